//! How far the files of a source are read, whether they are open or not: what is kept over a restart.

use super::log_source::{Candidate, FileId};
use super::memory::Memory;
use super::tail::{Position, is_copy};
use anyhow::{Context, Result};
use model::EventTime;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use watch::format::Format;
use watch::memory::KeyedState;

/// A file that is gone is forgotten after so many seconds.
const GONE_SECS: i64 = 14 * 86_400;
/// Keys of what is kept in the memory of correlations, beside theirs.
const POSITIONS: u8 = b'P';

/// What is known of a file.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Kept {
    pub(super) position: Position,
    /// When it was there last, in seconds since 1970.
    seen: i64,
}

/// All files of a source that were read.
#[derive(Debug, Default)]
pub(super) struct KeptFiles {
    source: String,
    files: BTreeMap<FileId, Kept>,
    /// How often files under a name were begun, less one.
    beginnings: HashMap<PathBuf, u64>,
}

impl KeptFiles {
    /// What `memory` knows of a source.
    ///
    /// # Errors
    /// When the memory cannot be read.
    pub(super) fn load(source: &str, memory: &mut Memory) -> Result<Self> {
        let mut this = Self { source: source.to_owned(), ..Self::default() };
        let prefix = prefix(POSITIONS, source);
        let mut end = prefix.clone();
        end.extend([0xff; 17]);
        let mut from = prefix.clone();
        loop {
            let page = memory.scan(&from, &end, 1_000)?;
            let Some((last, _)) = page.last() else { return Ok(this) };
            from = last.clone();
            from.push(0);
            for (key, value) in &page {
                let Some(id) = file_id(key.get(prefix.len()..).unwrap_or_default()) else { continue };
                let found: serde_json::Result<Kept> = serde_json::from_slice(value);
                let found = found.with_context(|| format!("how far {source} was read is damaged"))?;
                this.know(id, found);
            }
        }
    }

    /// Where a file was left.
    pub(super) fn position(&self, id: FileId) -> Option<&Position> {
        self.files.get(&id).map(|kept| &kept.position)
    }

    /// Knows how far a file is read, until that is forgotten or kept.
    pub(super) fn put(&mut self, id: FileId, position: Position, now: EventTime) {
        self.know(id, Kept { position, seen: now.0 });
    }

    fn know(&mut self, id: FileId, kept: Kept) {
        let highest = self.beginnings.entry(kept.position.path.clone()).or_default();
        *highest = kept.position.beginning.max(*highest);
        self.files.insert(id, kept);
    }

    /// The position of a file of which nothing is known, at its first byte.
    pub(super) fn begin(&self, path: &Path, format: Format) -> Position {
        let beginning = self.beginnings.get(path).map_or(0, |highest| highest + 1);
        Position::begin(path.to_owned(), beginning, format)
    }

    /// Files that were there at `now`.
    pub(super) fn present(&mut self, files: &[Candidate], now: EventTime) {
        for file in files {
            if let Some(kept) = self.files.get_mut(&file.id) {
                kept.seen = now.0;
            }
        }
    }

    /// Files that are gone or shorter than they were read: one that is new may be a copy of one of them.
    pub(super) fn emptied(&self, files: &[Candidate]) -> Vec<FileId> {
        let lengths: HashMap<FileId, u64> = files.iter().map(|file| (file.id, file.len)).collect();
        let is_emptied = |(id, kept): &(&FileId, &Kept)| {
            kept.position.format != Format::Evtx.word()
                && lengths.get(*id).is_none_or(|len| *len < kept.position.offset)
        };
        self.files.iter().filter(is_emptied).map(|(id, _)| *id).collect()
    }

    /// The position of the file among `emptied` of which this one is a copy.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn copied(&self, candidate: &Candidate, emptied: &[FileId]) -> io::Result<Option<Position>> {
        for kept in emptied.iter().filter_map(|id| self.files.get(id)) {
            if is_copy(candidate, &kept.position)? {
                return Ok(Some(kept.position.clone()));
            }
        }
        Ok(None)
    }

    /// Puts how far a file is read into what is committed together.
    ///
    /// # Errors
    /// When the memory refuses it.
    pub(super) fn keep(
        &mut self,
        memory: &mut Memory,
        id: FileId,
        position: Position,
        now: EventTime,
    ) -> Result<()> {
        let kept = Kept { position, seen: now.0 };
        memory.put(&self.key(id), serde_json::to_vec(&kept)?)?;
        self.know(id, kept);
        Ok(())
    }

    /// Forgets files that are gone for long.
    ///
    /// # Errors
    /// When the memory refuses it.
    pub(super) fn forget_gone(&mut self, memory: &mut Memory, now: EventTime) -> Result<()> {
        let is_gone = |(_, kept): &(&FileId, &Kept)| kept.seen < now.0 - GONE_SECS;
        let gone: Vec<FileId> = self.files.iter().filter(is_gone).map(|(id, _)| *id).collect();
        for id in gone {
            self.files.remove(&id);
            memory.delete(&self.key(id))?;
        }
        Ok(())
    }

    fn key(&self, id: FileId) -> Vec<u8> {
        let mut key = prefix(POSITIONS, &self.source);
        key.extend(id.device.to_be_bytes());
        key.extend(id.inode.to_be_bytes());
        key
    }
}

/// What keys of a kind and a source begin with.
pub(super) fn prefix(kind: u8, source: &str) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(source.as_bytes());
    key.push(0);
    key
}

fn file_id(bytes: &[u8]) -> Option<FileId> {
    let (device, inode) = bytes.split_at_checked(8)?;
    let number = |bytes: &[u8]| Some(u64::from_be_bytes(bytes.try_into().ok()?));
    Some(FileId { device: number(device)?, inode: number(inode)? })
}
