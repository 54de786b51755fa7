//! What was noted about messages in mailboxes, forgotten in time.
//!
//! A cursor is never forgotten, because all mail of its folder would be new. The other notes keep a message from being treated
//! twice when a server numbers a folder anew; they are kept for as long as the message itself is known by its record.

use super::arrival::COPIES;
use super::purge::PURGED;
use model::EventTime;
use model::limit::IMAP_NOTES_LOOKED_AT_MAX;
use runtime::data::Data;
use runtime::reported::REPORTED;
use serde::Deserialize;
use store::{Batch, Records, StoreError};

/// Where forgetting goes on. It begins with the default, and begins again behind the last note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruning {
    collection: usize,
    after_key: Option<String>,
}

const COLLECTIONS: [&str; 3] = [COPIES, PURGED, REPORTED];

/// What all notes have.
#[derive(Deserialize)]
struct Noted {
    noted_secs: i64,
}

impl Pruning {
    /// Forgets what was noted before `before`, of at most [`IMAP_NOTES_LOOKED_AT_MAX`] notes; answers how many.
    ///
    /// # Errors
    /// When the store fails; then nothing is forgotten.
    pub fn step(&mut self, data: &mut Data, before: EventTime) -> Result<usize, StoreError> {
        let collection = COLLECTIONS.get(self.collection).copied().unwrap_or(COPIES);
        let page =
            data.store.records.scan(collection, self.after_key.as_deref(), IMAP_NOTES_LOOKED_AT_MAX)?;
        let mut batch = Batch::new();
        for (key, document) in &page {
            // What cannot be read is not ours to judge.
            if serde_json::from_slice::<Noted>(document).is_ok_and(|note| note.noted_secs < before.0) {
                batch.delete(collection, key);
            }
        }
        data.store.records.apply(&batch)?;
        self.after_key = page.last().map(|(key, _)| key.clone());
        if page.len() < IMAP_NOTES_LOOKED_AT_MAX {
            *self = Self { collection: (self.collection + 1) % COLLECTIONS.len(), after_key: None };
        }
        Ok(batch.changes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: [(&str, &str, i64); 5] = [
        (COPIES, "office/a", 100),
        (COPIES, "office/b", 300),
        (PURGED, "office/a", 199),
        (REPORTED, "a/m004@house.example", 200),
        ("imap.cursor", "office/INBOX", 0),
    ];

    #[test]
    fn only_what_is_old_is_forgotten_and_no_cursor() {
        let folder = tempfile::tempdir().unwrap();
        let mut data = Data::open(folder.path()).unwrap();
        let mut batch = Batch::new();
        for (collection, key, noted_secs) in NOTES {
            batch.put(collection, key, format!("{{\"noted_secs\":{noted_secs},\"other\":1}}"));
        }
        batch.put(COPIES, "office/c", "damaged");
        data.store.records.apply(&batch).unwrap();
        let mut pruning = Pruning::default();
        let forgotten: Vec<usize> =
            (0..4).map(|_| pruning.step(&mut data, EventTime(200)).unwrap()).collect();
        assert_eq!(forgotten, [1, 1, 0, 0]);
        let kept: Vec<(&str, &str)> = NOTES
            .iter()
            .map(|(collection, key, _)| (*collection, *key))
            .filter(|(collection, key)| data.store.records.get(collection, key).unwrap().is_some())
            .collect();
        assert_eq!(
            kept,
            [(COPIES, "office/b"), (REPORTED, "a/m004@house.example"), ("imap.cursor", "office/INBOX")]
        );
        assert!(data.store.records.get(COPIES, "office/c").unwrap().is_some());
    }
}
