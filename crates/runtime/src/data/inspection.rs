//! Looking for damage in a whole data folder: that each store is as it was written, and that what the log commits to is there
//! and fits. What was erased because its time was over is no damage.

use super::{DISCLOSURES, Data, leaf_key};
use crate::evidence_log::TileStore;
use crate::intake;
use crate::progress::Progress;
use crate::record::{self, Unread};
use anyhow::Result;
use evidence::{LogReader, Value, Verifier};
use model::limit::DEFECTS_KEPT_MAX;
use model::{LeafIndex, Ordinal, Sha256};
use std::collections::HashMap;
use std::path::Path;
use store::{Flaw, Inspector, Records, Salt, Salts, SealedBlobs, Segments, Sqlite, StoreError, TileFolder};

/// Entries of a full bundle, which are read together.
const BUNDLE: u64 = 256;

/// What was found in a data folder.
#[derive(Debug, Default)]
pub struct Inspection {
    /// What is not as it was written: the first ones.
    pub flaws: Vec<String>,
    /// How many there are.
    pub flaw_count: u64,
    /// Entries whose commitment is opened by their salt and payload.
    pub opened: u64,
    /// Entries whose salt was erased, so that nobody can open them any more.
    pub erased: u64,
    /// What could not be looked at, and why.
    pub unchecked: Vec<String>,
}

impl Inspection {
    fn tell(&mut self, flaw: &impl ToString) {
        self.flaw_count += 1;
        if self.flaws.len() < DEFECTS_KEPT_MAX {
            self.flaws.push(flaw.to_string());
        }
    }

    /// Takes what a store answered: damage is a flaw, and without a key the originals stay unchecked.
    fn take(&mut self, result: Result<(), StoreError>) {
        match result {
            Ok(()) => {}
            Err(StoreError::Refused { what }) => self.unchecked.push(format!("refused: {what}")),
            Err(error) => match Flaw::of(error) {
                Ok(flaw) => self.tell(&flaw),
                Err(error) => self.tell(&format!("{:#}", anyhow::Error::from(error))),
            },
        }
    }
}

/// Tells of flaws and of progress.
struct Ear<'a> {
    found: &'a mut Inspection,
    progress: &'a dyn Progress,
}

impl Inspector for Ear<'_> {
    fn flaw(&mut self, flaw: Flaw) {
        self.found.tell(&flaw);
    }

    fn at(&mut self, done: u64) {
        self.progress.at(done);
    }
}

/// Whether `folder` is a data folder, or what is left of one, and not only a copy of a log.
pub fn is_data_folder(folder: &Path) -> bool {
    [super::RECORDS, "salts", "features", "blobs"].iter().any(|name| folder.join(name).exists())
}

/// Reads everything in a data folder but the log itself, and looks whether it is as it was written and as the log, which
/// `verifier` accepts, commits to. It may be written to meanwhile.
pub fn inspect(folder: &Path, verifier: &Verifier, progress: &dyn Progress) -> Inspection {
    let mut found = Inspection::default();
    stage(&mut found, progress, "documents", |ear| {
        let path = folder.join(super::RECORDS);
        require(&path)?;
        Sqlite::open_reading(&path)?.inspect(ear)
    });
    stage(&mut found, progress, "mail records", |ear| {
        let path = folder.join("features");
        require(&path)?;
        Segments::open_reading(&path)?.inspect(ear)
    });
    stage(&mut found, progress, "originals", |ear| {
        let path = folder.join("blobs");
        require(&path)?;
        let key = super::reading::seal_key(folder).ok().flatten();
        SealedBlobs::open_reading(&path, key.as_ref())?.inspect(ear)
    });
    progress.begin("commitments", None);
    if let Err(error) = inspect_commitments(folder, verifier, progress, &mut found) {
        found.tell(&format!("what the log commits to could not be read: {error:#}"));
    }
    progress.end();
    found
}

fn stage(
    found: &mut Inspection,
    progress: &dyn Progress,
    name: &str,
    work: impl FnOnce(&mut Ear<'_>) -> Result<(), StoreError>,
) {
    progress.begin(name, None);
    let result = work(&mut Ear { found, progress });
    found.take(result);
    progress.end();
}

/// A store that is gone altogether is damage too.
fn require(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    Err(StoreError::Corrupt { path: path.to_owned(), position: 0, reason: "it is missing" })
}

fn inspect_commitments(
    folder: &Path,
    verifier: &Verifier,
    progress: &dyn Progress,
    found: &mut Inspection,
) -> Result<()> {
    // Nothing sealed is asked for, and whether the key fits was told already.
    let Some(data) = Data::look(folder, None)? else {
        found.unchecked.push("a crash left the folder half done: open it for writing once".to_owned());
        return Ok(());
    };
    let folder = TileFolder::open_reading(&data.evidence_folder());
    let tiles = TileStore(&folder);
    let reader = LogReader::open(&tiles, verifier)?;
    let size = data.evidence.len();
    let mut first = 0;
    while first < size {
        let end = (first + BUNDLE).min(size);
        // What is wrong with the log itself is told by whoever verifies that.
        if let Ok(entries) = reader.entries_from(evidence::LeafIndex(first)) {
            inspect_bundle(&data, LeafIndex(first)..LeafIndex(end), &entries, found)?;
        }
        progress.at(end);
        first = end;
    }
    Ok(())
}

/// What an entry commits to, as far as it is still there.
enum Payload {
    /// A document of its own.
    Document(Vec<u8>),
    /// It is made anew from a record.
    Record(Ordinal, Vec<u8>),
    /// The record was erased.
    Erased,
    /// The record cannot be read.
    Unread(Ordinal),
}

fn inspect_bundle(
    data: &Data,
    leaves: std::ops::Range<LeafIndex>,
    entries: &[Vec<u8>],
    found: &mut Inspection,
) -> Result<()> {
    let mut payloads = documents(data, &leaves)?;
    payloads.extend(records(data, &leaves)?);
    for (leaf, entry) in (leaves.start.0..leaves.end.0).map(LeafIndex).zip(entries) {
        let salt = match data.store.salts.get(leaf) {
            Ok(Some(salt)) => salt,
            Ok(None) if leaf.0 < data.store.salts.len() => {
                found.erased += 1;
                continue;
            }
            Ok(None) => {
                found.tell(&at_salt(data, leaf, "its salt is missing"));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        inspect_entry(data, leaf, entry, &salt, payloads.remove(&leaf), found);
    }
    Ok(())
}

fn inspect_entry(
    data: &Data,
    leaf: LeafIndex,
    entry: &[u8],
    salt: &Salt,
    payload: Option<Payload>,
    found: &mut Inspection,
) {
    let is_opened =
        |payload: &[u8]| commitment(entry).is_some_and(|it| it == evidence::commit(salt, payload));
    match payload {
        Some(Payload::Document(payload) | Payload::Record(_, payload)) if is_opened(&payload) => {
            found.opened += 1;
        }
        Some(Payload::Unread(ordinal)) if is_opened(&intake::unreadable(ordinal)) => found.opened += 1,
        Some(Payload::Erased) => found.erased += 1,
        Some(Payload::Document(_)) => {
            let what = format!("not opened by this salt and the document {DISCLOSURES}/{}", leaf_key(leaf));
            found.tell(&at_salt(data, leaf, &what));
        }
        Some(Payload::Record(ordinal, _)) => {
            let what = format!("not opened by this salt and what record {} holds", ordinal.0);
            found.tell(&at_salt(data, leaf, &what));
        }
        Some(Payload::Unread(ordinal)) => {
            let path = data.folder().join("features");
            let what = format!("cannot be opened, because record {} cannot be read", ordinal.0);
            found.tell(&format!("{}: entry {} {what}", path.display(), leaf.0));
        }
        None => {
            let path = data.folder().join(super::RECORDS);
            let place = format!("document {DISCLOSURES}/{}", leaf_key(leaf));
            let what = "is missing, and was not erased with its salt; an `evidence erase` that was interrupted \
                leaves this too: run it again";
            found.tell(&format!("{}: {place}: what entry {} commits to {what}", path.display(), leaf.0));
        }
    }
}

fn at_salt(data: &Data, leaf: LeafIndex, what: &str) -> String {
    let (path, position) = (data.folder().join("salts"), leaf.0 * size_of::<Salt>() as u64);
    format!("{}: byte {position}: the commitment of entry {}: {what}", path.display(), leaf.0)
}

/// The commitment that an entry states.
fn commitment(entry: &[u8]) -> Option<[u8; 32]> {
    let value = Value::parse(entry).ok()?;
    let text = value.get("commitment")?.as_str()?;
    text.parse::<Sha256>().ok().map(|digest| digest.0)
}

/// Payloads of these leaves that are documents.
fn documents(data: &Data, leaves: &std::ops::Range<LeafIndex>) -> Result<HashMap<LeafIndex, Payload>> {
    let before = leaves.start.0.checked_sub(1).map(|leaf| leaf_key(LeafIndex(leaf)));
    let page = data.store.records.scan(DISCLOSURES, before.as_deref(), BUNDLE as usize)?;
    let read = |(key, payload): (String, Vec<u8>)| {
        let leaf = LeafIndex(key.parse().ok()?);
        leaves.contains(&leaf).then_some((leaf, Payload::Document(payload)))
    };
    Ok(page.into_iter().filter_map(read).collect())
}

/// Payloads of these leaves that are made from records.
fn records(data: &Data, leaves: &std::ops::Range<LeafIndex>) -> Result<HashMap<LeafIndex, Payload>> {
    let of_leaf = |leaf| Some((data.leaves.record_of(leaf)?, leaf));
    let by_record: HashMap<Ordinal, LeafIndex> =
        (leaves.start.0..leaves.end.0).filter_map(|leaf| of_leaf(LeafIndex(leaf))).collect();
    let mut ordinals: Vec<Ordinal> = by_record.keys().copied().collect();
    ordinals.sort_unstable();
    let mut payloads = HashMap::new();
    record::read_many(data, &ordinals, |ordinal, read| {
        let payload = match read {
            Ok(feature) => Payload::Record(ordinal, intake::payload(&feature)),
            Err(Unread::Erased) => Payload::Erased,
            Err(Unread::Damaged(_)) => Payload::Unread(ordinal),
        };
        payloads.extend(by_record.get(&ordinal).map(|leaf| (*leaf, payload)));
    })?;
    Ok(payloads)
}
