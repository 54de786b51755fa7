//! Everything under `--data`: the stores, the keys and the evidence log, opened together and made consistent.

mod inspection;
mod reading;

pub use inspection::{Inspection, inspect, is_data_folder};

use crate::evidence_log::{Entry, EvidenceLog};
use crate::intake::{self, Leaves};
use anyhow::{Context, Result};
use evidence::Signer;
use mail::member::House;
use model::LeafIndex;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use store::{Batch, Blobs, Embedded, Records, SecretKey};

/// Name that the log's checkpoints carry (C2SP checkpoint, "origin").
const ORIGIN: &str = "portcullis/evidence";
/// Environment variable with the key that seals originals; without it the key lies in `keys/seal.key`.
pub const SEAL_KEY_VARIABLE: &str = "PORTCULLIS_SEAL_KEY";
/// File of the documents.
const RECORDS: &str = "records.sqlite3";
/// Collection of private payloads, by leaf.
pub(crate) const DISCLOSURES: &str = "disclosure";
/// Collection of settings that commands share.
const SETTINGS: &str = "setting";
const HOUSE_KEY: &str = "house.csv";
/// Documents that are read at once.
const PAGE: usize = 1_000;

/// An open data folder.
pub struct Data {
    folder: PathBuf,
    /// The stores.
    pub store: Embedded,
    /// The evidence log.
    pub evidence: EvidenceLog,
    /// Which leaf proves which record; 24 bytes for each group commit.
    pub leaves: Leaves,
}

impl Data {
    /// Opens `folder`, or makes it. Whatever a crash left half done is completed: records without evidence get theirs.
    ///
    /// # Errors
    /// When another process has it open, a key does not fit, or something in it is damaged.
    pub fn open(folder: &Path) -> Result<Self> {
        check_ours(folder)?;
        let keys = folder.join("keys");
        for private in [folder, keys.as_path()] {
            make_private(private).with_context(|| format!("cannot make the folder {}", private.display()))?;
        }
        let seal = std::env::var(SEAL_KEY_VARIABLE).ok();
        let seal = SecretKey::load(seal.as_deref(), &keys.join("seal.key"), !Embedded::has_key(folder))?;
        let has_log = folder.join("evidence").join(evidence::source::CHECKPOINT_PATH).exists();
        let signing = SecretKey::load(None, &keys.join("evidence.key"), !has_log)?;
        let signer = Signer::from_seed(ORIGIN, signing.bytes())?;
        let mut store = Embedded::open(folder, &seal)
            .with_context(|| format!("cannot open the data folder {}", folder.display()))?;
        let evidence = EvidenceLog::open(&store.tiles, &mut store.salts, signer)?;
        std::fs::write(folder.join("evidence.vkey"), format!("{}\n", evidence.vkey()))
            .context("cannot write the public key")?;
        let mut data = Self { folder: folder.to_owned(), store, evidence, leaves: Leaves::default() };
        intake::take_back(&data)?;
        data.forget_unpublished()?;
        data.leaves = Leaves::read(&data)?;
        intake::repair(&mut data)?;
        Ok(data)
    }

    /// Opens a folder that must be there already.
    ///
    /// # Errors
    /// As [`Data::open`], and when nothing was ever scanned into `folder`.
    pub fn open_existing(folder: &Path) -> Result<Self> {
        ensure_is_there(folder)?;
        Self::open(folder)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the evidence log is, to be copied and verified anywhere.
    pub fn evidence_folder(&self) -> PathBuf {
        self.folder.join("evidence")
    }

    /// Records entries; their private payloads are stored before the checkpoint names them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn record(&mut self, entries: &[Entry]) -> Result<LeafIndex> {
        let Embedded { records, tiles, salts, .. } = &mut self.store;
        self.evidence.record(tiles, salts, entries, |first| {
            let mut batch = Batch::new();
            for (offset, entry) in entries.iter().enumerate() {
                batch.put(DISCLOSURES, &leaf_key(LeafIndex(first.0 + offset as u64)), entry.private.clone());
            }
            Ok(records.apply(&batch)?)
        })
    }

    /// Payloads beyond the last checkpoint are leftovers of a crash: left there, they would later stand behind entries that
    /// are not theirs.
    fn forget_unpublished(&self) -> Result<()> {
        let last = self.evidence.len().checked_sub(1).map(|last| leaf_key(LeafIndex(last)));
        loop {
            let page = self.store.records.scan(DISCLOSURES, last.as_deref(), PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new();
            page.iter().for_each(|(key, _)| {
                batch.delete(DISCLOSURES, key);
            });
            self.store.records.apply(&batch)?;
        }
    }

    /// The private payload behind an entry, if it is still kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn disclosure(&self, leaf: LeafIndex) -> Result<Option<Vec<u8>>> {
        match self.store.records.get(DISCLOSURES, &leaf_key(leaf))? {
            Some(payload) => Ok(Some(payload)),
            None => intake::disclosure(self, leaf),
        }
    }

    /// Every document of a collection, by key.
    ///
    /// # Errors
    /// When the store fails.
    pub fn collection(&self, collection: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.collection_under(collection, "")
    }

    /// Every document of a collection whose key begins with `prefix`, by key.
    ///
    /// # Errors
    /// When the store fails.
    pub fn collection_under(&self, collection: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        // No key equals its own prefix: what follows the prefix is never empty.
        let mut after = Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty());
        loop {
            let page = self.store.records.scan(collection, after.as_deref(), PAGE)?;
            let is_last = page.len() < PAGE || page.last().is_some_and(|(key, _)| !key.starts_with(prefix));
            found.extend(page.into_iter().take_while(|(key, _)| key.starts_with(prefix)));
            if is_last {
                return Ok(found);
            }
            after = found.last().map(|(key, _)| key.clone());
        }
    }

    /// Every document of a collection of JSON, by key.
    ///
    /// # Errors
    /// When the store fails or a document is damaged.
    pub fn documents<T: DeserializeOwned>(&self, collection: &str) -> Result<Vec<T>> {
        self.documents_under(collection, "")
    }

    /// Every document of a collection of JSON whose key begins with `prefix`, by key.
    ///
    /// # Errors
    /// When the store fails or a document is damaged.
    pub fn documents_under<T: DeserializeOwned>(&self, collection: &str, prefix: &str) -> Result<Vec<T>> {
        parse(collection, self.collection_under(collection, prefix)?)
    }

    /// One document of a collection of JSON.
    ///
    /// # Errors
    /// When the store fails or the document is damaged.
    pub fn document<T: DeserializeOwned>(&self, collection: &str, key: &str) -> Result<Option<T>> {
        let parse = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        let document = self.store.records.get(collection, key)?.map(parse).transpose();
        document.with_context(|| format!("the record {collection}/{key} is damaged"))
    }

    /// At most `limit` documents of a collection of JSON, by key, from the first that is greater than `after`.
    ///
    /// # Errors
    /// When the store fails or a document is damaged.
    pub fn documents_after<T: DeserializeOwned>(
        &self,
        collection: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<T>> {
        parse(collection, self.store.records.scan(collection, after, limit)?)
    }

    /// At most `limit` documents of a collection of JSON, the last key first, from the last that is smaller than `before`.
    ///
    /// # Errors
    /// When the store fails or a document is damaged.
    pub fn documents_before<T: DeserializeOwned>(
        &self,
        collection: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<T>> {
        parse(collection, self.store.records.scan_back(collection, before, limit)?)
    }

    /// Keeps the list of members, so that later commands know whom an address belongs to. It names political groups, so
    /// it is sealed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep_house(&self, csv: &[u8]) -> Result<()> {
        let id = self.store.blobs.put(csv)?;
        let mut batch = Batch::new();
        batch.put(SETTINGS, HOUSE_KEY, id.to_string());
        Ok(self.store.records.apply(&batch)?)
    }

    /// The list of members that was kept last; empty where none was.
    ///
    /// # Errors
    /// When the store fails or the list was damaged.
    pub fn house(&self) -> Result<House> {
        let Some(id) = self.store.records.get(SETTINGS, HOUSE_KEY)? else { return Ok(House::default()) };
        let id = std::str::from_utf8(&id)?
            .parse()
            .map_err(|_| anyhow::anyhow!("the record of the list of members is damaged"))?;
        let csv = self.store.blobs.get(id)?.context("the sealed list of members is missing")?;
        Ok(House::parse(&csv, "members.csv")?.0)
    }
}

/// Documents of a collection of JSON.
fn parse<T: DeserializeOwned>(collection: &str, documents: Vec<(String, Vec<u8>)>) -> Result<Vec<T>> {
    let read = |(key, bytes): (String, Vec<u8>)| {
        serde_json::from_slice(&bytes).with_context(|| format!("the record {collection}/{key} is damaged"))
    };
    documents.into_iter().map(read).collect()
}

fn ensure_is_there(folder: &Path) -> Result<()> {
    anyhow::ensure!(
        folder.join(RECORDS).exists(),
        "{} is no data folder: scan something into it first (`portcullis mail scan --data {} PATH`)",
        folder.display(),
        folder.display()
    );
    Ok(())
}

/// A folder with files of somebody else, among which ours would be lost.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} is not empty and no data folder ({} is in it): name a new or an empty one", .folder.display(), .found.display()
)]
pub struct NotOurs {
    /// The folder.
    folder: PathBuf,
    /// Something in it that is not ours.
    found: PathBuf,
}

/// Names that a crash may leave in a folder before its documents are there.
const OURS: [&str; 4] = ["keys", "lock", "evidence.vkey", "lost+found"];

/// Refuses a folder in which something else is kept.
fn check_ours(folder: &Path) -> Result<()> {
    if folder.join(RECORDS).exists() || !folder.is_dir() {
        return Ok(());
    }
    let files = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for file in files {
        let found = PathBuf::from(file?.file_name());
        let is_hidden = found.as_os_str().as_encoded_bytes().starts_with(b".");
        let is_ours = OURS.iter().any(|ours| found.as_os_str() == *ours) || is_records(&found);
        if !is_hidden && !is_ours {
            return Err(NotOurs { folder: folder.to_owned(), found }.into());
        }
    }
    Ok(())
}

/// Whether this is the file of documents or one that SQLite keeps beside it.
fn is_records(file: &Path) -> bool {
    file.as_os_str().as_encoded_bytes().starts_with(RECORDS.as_bytes())
}

/// Makes a folder that only its owner can look into; one that is there already keeps its mode.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        Ok(())
    } else {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }
}

/// Keys of leaves sort like the leaves.
pub fn leaf_key(leaf: LeafIndex) -> String {
    format!("{:016}", leaf.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Settings, detect};
    use crate::intake::Detected;
    use crate::source::RawMessage;
    use mail::message::Reader;
    use model::EventTime;
    use std::sync::Arc;
    use store::{Features, Salts};

    fn detected(raw: &str) -> Detected {
        let settings = Settings {
            house: Arc::default(),
            trusted_authserv_ids: Vec::new(),
            resolver: Arc::default(),
            now: EventTime(1_610_960_400),
            wants_rows: false,
        };
        let raw = RawMessage {
            source: "a.eml".into(),
            mailbox: None,
            bytes: raw.as_bytes().to_vec(),
            fallback_time: None,
            position: 0,
        };
        detect(&Reader::default(), &raw, &settings).expect("it has a header").detected
    }

    #[test]
    fn a_payload_left_by_a_crash_stands_behind_no_later_entry() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("a new folder");
        let mut batch = Batch::new();
        batch.put(DISCLOSURES, &leaf_key(LeafIndex(0)), b"never published".to_vec());
        data.store.records.apply(&batch).expect("the store works");
        drop(data);
        let mut data = Data::open(folder.path()).expect("the folder");
        let message = detected("From: a@b.example\r\n\r\nhello");
        intake::commit(&mut data, std::slice::from_ref(&message)).expect("the store works");
        assert_eq!(data.disclosure(LeafIndex(0)).expect("the store works"), Some(message.payload));
    }

    #[test]
    fn published_payloads_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let entry =
            Entry { kind: "test.entry", time: EventTime(0), public: Vec::new(), private: b"{}".to_vec() };
        data.record(&[entry.clone(), entry]).expect("the store works");
        drop(data);
        let data = Data::open(folder.path()).expect("the folder");
        for leaf in [0, 1] {
            assert_eq!(data.disclosure(LeafIndex(leaf)).expect("the store works"), Some(b"{}".to_vec()));
        }
    }

    #[test]
    fn lost_salts_are_told_before_anything_is_appended() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        intake::commit(&mut data, &[detected("From: a@b.example\r\n\r\nhello")]).expect("the store works");
        data.store.salts.truncate(0).expect("the store works");
        drop(data);
        let error = Data::open(folder.path()).err().expect("it is refused");
        assert!(format!("{error:#}").contains("only 0 salts are left"), "{error:#}");
    }

    /// A crash left a record without evidence, and then its bytes rotted: the folder opens, and the entry says so.
    #[test]
    fn a_damaged_record_without_evidence_gets_an_entry_that_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let message = detected("From: a@b.example\r\n\r\nhello");
        let row = store::FeatureRow { time: message.time, bytes: &message.record, terms: &message.terms };
        data.store.features.append(&[row]).and_then(|_| data.store.features.sync()).expect("the store works");
        drop(data);
        let path = folder.path().join("features/records-00000000000000000000.seg");
        let mut bytes = std::fs::read(&path).expect("the feature records");
        *bytes.last_mut().expect("a record") ^= 1;
        std::fs::write(&path, bytes).expect("the damaged records");
        let data = Data::open(folder.path()).expect("the folder");
        assert_eq!((data.evidence.len(), data.leaves.of(model::Ordinal(0))), (1, Some(LeafIndex(0))));
    }
}
