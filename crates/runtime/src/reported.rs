//! Mail that members or others reported as suspicious: who, when, and what was made of it. The notes are forgotten as long after
//! they were made as feature records are.

use crate::data::Data;
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// Collection of notes, the latest first.
pub const REPORTED: &str = "imap.reported";
/// One more than the largest second that a key can hold.
const SECONDS_END: i64 = 10_000_000_000;

/// One report of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The `From` of the report: a claim.
    pub reporter: String,
    /// When the report arrived, in seconds since 1970-01-01T00:00:00Z.
    pub received_secs: i64,
    /// When this was noted, likewise.
    pub noted_secs: i64,
    /// Where the report lies.
    pub source: String,
    /// Digest of the message that was reported; empty where the report quotes it in its text, out of which no message can be
    /// made again, and so none was judged.
    pub digest: String,
    /// Its author's address; empty likewise.
    pub from: String,
    /// Its subject; that of the report where the message is quoted.
    pub subject: String,
    /// What was proposed for it, as `model::Verdict` words it; empty where it was not judged.
    pub verdict: String,
    /// 0 to 100.
    pub score: u8,
    /// The campaign of concern that it belongs to.
    pub campaign: Option<String>,
}

impl Reported {
    /// Its place: the same report of the same message has the same, however often it is read.
    pub fn key(&self) -> String {
        let inverted = SECONDS_END - 1 - self.received_secs.clamp(0, SECONDS_END - 1);
        let what = if self.digest.is_empty() { &self.source } else { &self.digest };
        format!("{inverted:010}/{what}/{}", self.reporter)
    }
}

/// Reports, the latest first, after the one with the key `after`.
///
/// # Errors
/// When the store fails or a note is damaged.
pub fn list(data: &Data, after: Option<&str>, limit: usize) -> Result<Vec<Reported>> {
    data.documents_after(REPORTED, after, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Batch, Records};

    #[test]
    fn the_latest_comes_first_and_each_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("a new folder");
        for received_secs in [7, 1_600_000_000, 900, 900] {
            let report = Reported {
                reporter: "m004@house.example".into(),
                received_secs,
                noted_secs: 5,
                source: "imap:office/INBOX/7/1".into(),
                digest: String::new(),
                from: String::new(),
                subject: "Fwd".into(),
                verdict: String::new(),
                score: 0,
                campaign: None,
            };
            let mut batch = Batch::new();
            batch.put(REPORTED, &report.key(), serde_json::to_vec(&report).expect("JSON"));
            data.store.records.apply(&batch).expect("the store works");
        }
        let times = |after: Option<&str>| -> Vec<i64> {
            let rows = list(&data, after, 10).expect("the store works");
            rows.into_iter().map(|report| report.received_secs).collect()
        };
        assert_eq!(times(None), [1_600_000_000, 900, 7]);
        let first = list(&data, None, 1).expect("the store works").pop().expect("one").key();
        assert_eq!(times(Some(&first)), [900, 7]);
    }
}
