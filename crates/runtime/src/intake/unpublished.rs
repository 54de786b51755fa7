//! Documents that name entries which are not published yet. They are stored before the checkpoint, so that a crash after it
//! leaves nothing out. A crash before it leaves documents whose entries never were; what stood in their places is stored
//! with them and put back.

use crate::data::Data;
use anyhow::{Context, Result};
use model::LeafIndex;
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// One document: what the last group commit replaced.
const UNPUBLISHED: &str = "intake.unpublished";
const LAST: &str = "last";

#[derive(Serialize, Deserialize)]
struct Unpublished {
    /// Entries of the log, once they are published.
    end: u64,
    replaced: Vec<Replaced>,
}

#[derive(Serialize, Deserialize)]
struct Replaced {
    collection: String,
    key: String,
    document: Option<Vec<u8>>,
}

/// Adds to `batch` what its documents replace; they are as good as absent until the log has `end` entries.
pub(super) fn put(records: &dyn Records, batch: &mut Batch, end: LeafIndex) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut replaced = Vec::with_capacity(batch.changes().len());
    for change in batch.changes() {
        replaced.push(Replaced {
            document: records.get(&change.collection, &change.key)?,
            collection: change.collection.clone(),
            key: change.key.clone(),
        });
    }
    batch.put(UNPUBLISHED, LAST, serde_json::to_vec(&Unpublished { end: end.0, replaced })?);
    Ok(())
}

/// Whether all documents name entries that are published. They do not for a moment in each group commit, and after a crash
/// until the folder is opened for writing.
///
/// # Errors
/// When the store fails.
pub(crate) fn is_settled(data: &Data) -> Result<bool> {
    let last: Option<Unpublished> = data.document(UNPUBLISHED, LAST)?;
    Ok(last.is_none_or(|last| last.end <= data.evidence.len()))
}

/// Puts back what a crash replaced too early.
///
/// # Errors
/// When the store fails.
pub(crate) fn take_back(data: &Data) -> Result<()> {
    let Some(bytes) = data.store.records.get(UNPUBLISHED, LAST)? else { return Ok(()) };
    let unpublished: Unpublished =
        serde_json::from_slice(&bytes).context("what the last group commit replaced is damaged")?;
    if unpublished.end <= data.evidence.len() {
        return Ok(());
    }
    let mut batch = Batch::new();
    for Replaced { collection, key, document } in unpublished.replaced {
        match document {
            Some(document) => batch.put(&collection, &key, document),
            None => batch.delete(&collection, &key),
        };
    }
    batch.delete(UNPUBLISHED, LAST);
    Ok(data.store.records.apply(&batch)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence_log::Entry;
    use crate::intake::{Beside, commit_with};
    use model::EventTime;

    const ROWS: &str = "test.row";

    fn entry() -> Entry {
        Entry { kind: "test.entry", time: EventTime(0), public: Vec::new(), private: b"{}".to_vec() }
    }

    fn write(data: &mut Data, text: &str) -> Result<()> {
        let beside = Beside { originals: vec![b"original"], entries: vec![entry()] };
        commit_with(data, &[], &beside, |_, leaf, batch| {
            batch.put(ROWS, "a", format!("{text} {}", leaf.0)).put(ROWS, text, "");
            Ok(())
        })
    }

    #[track_caller]
    fn check(data: &Data, expected: &[(&str, &str)]) {
        let rows = data.collection(ROWS).expect("the store works");
        let expected: Vec<(String, Vec<u8>)> =
            expected.iter().map(|(key, text)| ((*key).to_owned(), text.as_bytes().to_vec())).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn documents_of_entries_that_were_never_published_are_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        write(&mut data, "one").expect("the store works");
        check(&data, &[("a", "one 0"), ("one", "")]);
        // The checkpoint cannot be published where a folder is in its way.
        let (checkpoint, aside) = (folder.path().join("evidence/checkpoint"), folder.path().join("aside"));
        std::fs::rename(&checkpoint, &aside).expect("it is moved");
        std::fs::create_dir_all(checkpoint.join("in-the-way")).expect("a folder");
        write(&mut data, "two").expect_err("it cannot be published");
        check(&data, &[("a", "two 1"), ("one", ""), ("two", "")]);
        drop(data);
        std::fs::remove_dir_all(&checkpoint).expect("it is removed");
        std::fs::rename(&aside, &checkpoint).expect("it is moved back");
        let mut data = Data::open(folder.path()).expect("the folder is whole");
        check(&data, &[("a", "one 0"), ("one", "")]);
        write(&mut data, "three").expect("the store works");
        drop(data);
        check(
            &Data::open(folder.path()).expect("it is whole"),
            &[("a", "three 1"), ("one", ""), ("three", "")],
        );
    }
}
