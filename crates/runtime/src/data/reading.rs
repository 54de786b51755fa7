//! Opening the folder only to look: while `serve` writes to it, and on a copy that takes no writes. Nothing in it is changed,
//! and what is seen is one moment of it.

use super::{Data, SEAL_KEY_VARIABLE, ensure_is_there};
use crate::evidence_log::EvidenceLog;
use crate::intake::{self, Leaves};
use anyhow::{Context, Result};
use evidence::Verifier;
use std::path::Path;
use std::time::Duration;
use store::{Embedded, SecretKey, TileFolder};

/// How often a moment between two group commits is looked for, and the pause in between.
const LOOKS_MAX: usize = 100;
const PAUSE: Duration = Duration::from_millis(20);

impl Data {
    /// Opens a folder that is there already, only to look. It takes no lock and needs no key; without the sealing key no
    /// original can be opened.
    ///
    /// # Errors
    /// When nothing was ever recorded in `folder`, a key does not fit, or something in it is damaged. A folder that a crash
    /// left half done is completed first, if that is allowed.
    pub fn open_reading(folder: &Path) -> Result<Self> {
        match Self::look(folder, seal_key(folder)?.as_ref())? {
            Some(data) => Ok(data),
            None => Self::open(folder).with_context(|| {
                format!("a crash left {} half done, and it must be completed first", folder.display())
            }),
        }
    }

    /// As [`Data::open_reading`]; nothing where a crash left the folder half done.
    pub(super) fn look(folder: &Path, seal: Option<&SecretKey>) -> Result<Option<Self>> {
        ensure_is_there(folder)?;
        let verifier = verifier(folder)?;
        for look in 0..LOOKS_MAX {
            if look > 0 {
                std::thread::sleep(PAUSE);
            }
            let data = Self::look_once(folder, &verifier, seal)?;
            if intake::is_settled(&data)? {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    fn look_once(folder: &Path, verifier: &Verifier, seal: Option<&SecretKey>) -> Result<Self> {
        // The checkpoint first: what it names is in the stores that are opened after it.
        let evidence =
            EvidenceLog::open_reading(&TileFolder::open_reading(&folder.join("evidence")), verifier)?;
        let store = Embedded::open_reading(folder, seal)
            .with_context(|| format!("cannot read the data folder {}", folder.display()))?;
        let mut data = Self { folder: folder.to_owned(), store, evidence, leaves: Leaves::default() };
        data.leaves = Leaves::read(&data)?;
        data.leaves.forget_from(data.evidence.len());
        Ok(data)
    }
}

/// The public key beside the log.
fn verifier(folder: &Path) -> Result<Verifier> {
    let path = folder.join("evidence.vkey");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Verifier::from_vkey(text.trim()).with_context(|| format!("{} holds no public key", path.display()))
}

/// The sealing key, where the reader has it. A copy for others is made without it.
pub(super) fn seal_key(folder: &Path) -> Result<Option<SecretKey>> {
    match std::env::var(SEAL_KEY_VARIABLE) {
        Ok(text) => Ok(Some(SecretKey::parse(&text).with_context(|| SEAL_KEY_VARIABLE.to_owned())?)),
        Err(_) => Ok(SecretKey::load(None, &folder.join("keys/seal.key"), false).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence_log::Entry;
    use model::{EventTime, LeafIndex};

    fn entry(private: &str) -> Entry {
        Entry { kind: "test.entry", time: EventTime(0), public: Vec::new(), private: private.into() }
    }

    #[test]
    fn a_reader_sees_one_moment_of_a_folder_that_is_written_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Data::open(folder.path()).expect("a new folder");
        writer.record(&[entry("one")]).expect("the store works");
        let reader = Data::open_reading(folder.path()).expect("beside the writer");
        writer.record(&[entry("two")]).expect("the store works");
        assert_eq!(reader.evidence.len(), 1);
        assert_eq!(reader.disclosure(LeafIndex(0)).expect("a read"), Some(b"one".to_vec()));
        assert_eq!(reader.disclosure(LeafIndex(1)).expect("a read"), None);
        let later = Data::open_reading(folder.path()).expect("beside the writer");
        assert_eq!(later.disclosure(LeafIndex(1)).expect("a read"), Some(b"two".to_vec()));
    }

    #[test]
    fn a_reader_writes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Data::open(folder.path()).expect("a new folder"));
        let mut reader = Data::open_reading(folder.path()).expect("it is there");
        assert!(reader.record(&[entry("one")]).is_err());
        assert!(reader.keep_house(b"id,name,address,groups\n").is_err());
        drop(reader);
        assert_eq!(Data::open(folder.path()).expect("nobody holds it").evidence.len(), 0);
    }

    #[test]
    fn files_of_somebody_else_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("thesis.txt"), "years of work").expect("a file");
        let error = Data::open(folder.path()).err().expect("it is refused");
        assert!(error.is::<super::super::NotOurs>() && error.to_string().contains("thesis.txt"), "{error:#}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing was made");
    }
}
