//! The evidence log as pages and the interface show it: entries, proofs, the checkpoint.

use anyhow::{Context, Result};
use evidence::{LogReader, SignedCheckpoint, Value, Verifier};
use model::{EventTime, LeafIndex};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::evidence_log::TileStore;

/// An entry as it stands in the log.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its position.
    pub leaf: LeafIndex,
    /// Canonical JSON.
    pub json: String,
    /// `part.verb`.
    pub kind: String,
    /// When it happened.
    pub time: EventTime,
    /// Its public facts besides kind and time, as `name value`.
    pub facts: String,
}

/// An entry with what proves it.
#[derive(Debug, Clone)]
pub struct ProvedEntry {
    /// The entry.
    pub entry: LogEntry,
    /// Its leaf hash in hexadecimal digits.
    pub leaf_hash: String,
    /// The inclusion proof, from the leaf upwards.
    pub path: Vec<String>,
    /// The proof as a file (C2SP `tlog-proof`).
    pub proof: String,
    /// The checkpoint under which it is proved.
    pub checkpoint: CheckpointFacts,
}

/// The latest checkpoint.
#[derive(Debug, Clone)]
pub struct CheckpointFacts {
    /// Name of the log.
    pub origin: String,
    /// Entries under it.
    pub tree_size: u64,
    /// Root hash in hexadecimal digits.
    pub root_hash: String,
    /// The signed note.
    pub note: String,
    /// Names of those who signed it besides the log.
    pub witnesses: Vec<String>,
}

/// Members of an entry that are shown on their own.
const SHOWN_APART: [&str; 4] = ["v", "kind", "time", "commitment"];

/// At most `limit` entries before `before`, the latest first; from the end of the log where `before` is `None`.
///
/// # Errors
/// When the log cannot be read or was altered.
pub fn latest(data: &Data, before: Option<u64>, limit: usize) -> Result<Vec<LogEntry>> {
    let end = before.unwrap_or(u64::MAX).min(data.evidence.len());
    let start = end.saturating_sub(limit as u64);
    with_reader(data, |reader| {
        let mut entries = Vec::new();
        let wanted = usize::try_from(end - start).unwrap_or(limit);
        while entries.len() < wanted {
            let bundle = reader.entries_from(evidence::LeafIndex(start + entries.len() as u64))?;
            anyhow::ensure!(!bundle.is_empty(), "the evidence log ends before its checkpoint");
            entries.extend(bundle);
        }
        entries.truncate(wanted);
        let numbered = (start..).zip(entries).map(|(at, bytes)| entry(LeafIndex(at), &bytes));
        let mut entries = numbered.collect::<Result<Vec<_>>>()?;
        entries.reverse();
        Ok(entries)
    })
}

/// One entry with its proof, or `None` where the log ends before it.
///
/// # Errors
/// When the log cannot be read or was altered.
pub fn proved(data: &Data, leaf: LeafIndex) -> Result<Option<ProvedEntry>> {
    if leaf.0 >= data.evidence.len() {
        return Ok(None);
    }
    with_reader(data, |reader| {
        let index = evidence::LeafIndex(leaf.0);
        let bytes = reader.entry(index)?;
        let proof = reader.prove(index)?;
        Ok(Some(ProvedEntry {
            entry: entry(leaf, &bytes)?,
            leaf_hash: evidence::hash::leaf_hash(&bytes).to_string(),
            path: proof.path.iter().map(ToString::to_string).collect(),
            proof: proof.to_text(),
            checkpoint: facts(reader.checkpoint()),
        }))
    })
}

/// The latest checkpoint.
///
/// # Errors
/// When the log cannot be read or was altered.
pub fn checkpoint(data: &Data) -> Result<CheckpointFacts> {
    with_reader(data, |reader| Ok(facts(reader.checkpoint())))
}

/// Whether the salt behind an entry was erased, so that its commitment names nobody any more.
///
/// # Errors
/// When the store fails.
pub fn is_erased(data: &Data, leaf: LeafIndex) -> Result<bool> {
    use store::Salts;
    Ok(data.store.salts.get(leaf)?.is_none())
}

fn with_reader<T>(data: &Data, read: impl FnOnce(&LogReader<'_, TileStore<'_>>) -> Result<T>) -> Result<T> {
    let tiles = TileStore(&data.store.tiles);
    let verifier = Verifier::from_vkey(&data.evidence.vkey()).context("the log's own key cannot be read")?;
    let reader = LogReader::open(&tiles, &verifier).context("the evidence log cannot be opened")?;
    read(&reader)
}

fn facts(checkpoint: &SignedCheckpoint) -> CheckpointFacts {
    let stated = checkpoint.checkpoint();
    let note = checkpoint.note();
    let signers = note.signatures.iter().map(|signature| signature.name.clone());
    CheckpointFacts {
        origin: stated.origin.clone(),
        tree_size: stated.size.0,
        root_hash: stated.root.to_string(),
        note: String::from_utf8_lossy(&note.to_bytes()).into_owned(),
        witnesses: signers.filter(|name| *name != stated.origin).collect(),
    }
}

fn entry(leaf: LeafIndex, bytes: &[u8]) -> Result<LogEntry> {
    let value =
        Value::parse(bytes).with_context(|| format!("entry {leaf} of the evidence log is no JSON"))?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(LogEntry {
        leaf,
        json: String::from_utf8_lossy(bytes).into_owned(),
        kind: text("kind").to_owned(),
        time: parse_rfc3339(text("time")).unwrap_or(EventTime(0)),
        facts: public_facts(&value),
    })
}

fn public_facts(entry: &Value) -> String {
    let Value::Object(members) = entry else { return String::new() };
    let shown = members.iter().filter(|(name, _)| !SHOWN_APART.contains(&name.as_str()));
    let told = shown.map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_canonical(), str::to_owned);
        format!("{} {value}", name.replace('_', " "))
    });
    told.collect::<Vec<_>>().join(", ")
}
