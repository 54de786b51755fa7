//! The time index: for each record its time and where it begins in its segment, 16 bytes by ordinal.
//!
//! It is a projection of the records and is never synced. Each entry carries a check over itself and its ordinal;
//! what a crash tore is cut on open and written anew from the records.

use std::ops::Range;
use std::path::{Path, PathBuf};

use model::EventTime;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::frame::{Fields, Slots};
use crate::disk::{Disk, DiskFile};
use crate::{Result, StoreError};

/// Bytes of an entry: time i64, position u32, check u32.
const ENTRY_BYTES: usize = 16;
/// Bytes of an entry that its check covers.
const CHECKED_BYTES: usize = 12;
/// Entries that are read at once.
pub(super) const READ_ENTRIES: u64 = 4_096;

/// The time index of a folder.
pub(super) struct TimeIndex {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Entries in the file.
    written: u64,
    /// Entries of records that are not yet known to be durable. The file never runs ahead of the records.
    pending: Vec<Entry>,
}

/// What the index says of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) time: EventTime,
    /// First byte of the record's frame in its segment. Segments are smaller than 4 GiB.
    pub(super) position: u32,
}

impl TimeIndex {
    /// Opens the index and keeps its longest sound beginning.
    pub(super) fn open(disk: &dyn Disk, folder: &Path) -> Result<Self> {
        let path = folder.join("times.index");
        let file = disk.open(&path).map_err(StoreError::at(&path))?;
        let bytes = file.bytes().map_err(StoreError::at(&path))?;
        let mut index = Self { path, file, written: bytes / ENTRY_BYTES as u64, pending: Vec::new() };
        let sound = index.sound_beginning()?;
        index.cut(sound)?;
        Ok(index)
    }

    pub(super) fn len(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    /// Entries that wait until their records are durable.
    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.pending.push(entry);
    }

    /// Writes the entries that wait. To be called when their records are durable.
    pub(super) fn flush(&mut self) -> Result<()> {
        let numbered = (self.written..).zip(&self.pending);
        let bytes: Vec<u8> = numbered.flat_map(|(ordinal, entry)| entry.encode(ordinal)).collect();
        let position = self.written * ENTRY_BYTES as u64;
        self.file.write_all_at(&bytes, position).map_err(StoreError::at(&self.path))?;
        self.written = self.len();
        self.pending.clear();
        Ok(())
    }

    /// Forgets the entries from `len` on. Only for entries in the file, before any is pending.
    pub(super) fn cut(&mut self, len: u64) -> Result<()> {
        self.file.set_len(len * ENTRY_BYTES as u64).map_err(StoreError::at(&self.path))?;
        self.written = len;
        Ok(())
    }

    /// The entries of `range`, which is cut to [`READ_ENTRIES`] and to what there is.
    pub(super) fn read(&self, range: Range<u64>) -> Result<Vec<Entry>> {
        let start = range.start.min(self.len());
        let end = range.end.min(self.len()).min(start + READ_ENTRIES).max(start);
        let mut entries = self.read_file(start.min(self.written)..end.min(self.written))?;
        let pending = start.max(self.written) - self.written..end.max(self.written) - self.written;
        entries.extend_from_slice(
            self.pending.get(pending.start as usize..pending.end as usize).unwrap_or_default(),
        );
        Ok(entries)
    }

    /// The entry of one record, if there is one.
    pub(super) fn get(&self, ordinal: u64) -> Result<Option<Entry>> {
        Ok(self.read(ordinal..ordinal.saturating_add(1))?.first().copied())
    }

    fn read_file(&self, range: Range<u64>) -> Result<Vec<Entry>> {
        let bytes = self.read_bytes(&range)?;
        let chunks = range.clone().zip(bytes.as_chunks().0);
        let entries: Vec<_> = chunks.map_while(|(ordinal, entry)| Entry::decode(ordinal, entry)).collect();
        if entries.len() as u64 == range.end - range.start {
            return Ok(entries);
        }
        let position = (range.start + entries.len() as u64) * ENTRY_BYTES as u64;
        Err(StoreError::corrupt(&self.path, position, "its entry has changed since it was opened"))
    }

    fn read_bytes(&self, range: &Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = vec![0; (range.end - range.start) as usize * ENTRY_BYTES];
        let position = range.start * ENTRY_BYTES as u64;
        self.file.read_exact_at(&mut bytes, position).map_err(StoreError::reading(&self.path, position))?;
        Ok(bytes)
    }

    /// How many entries from the first on are sound.
    fn sound_beginning(&self) -> Result<u64> {
        let mut sound = 0;
        while sound < self.written {
            let range = sound..self.written.min(sound + READ_ENTRIES);
            let bytes = self.read_bytes(&range)?;
            let chunks = range.clone().zip(bytes.as_chunks().0);
            sound += chunks.map_while(|(ordinal, entry)| Entry::decode(ordinal, entry)).count() as u64;
            if sound < range.end {
                break;
            }
        }
        Ok(sound)
    }
}

impl Entry {
    fn encode(&self, ordinal: u64) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        let (checked, own_check) = bytes.split_at_mut(CHECKED_BYTES);
        let mut slots = Slots(checked);
        slots.put(self.time.0.to_le_bytes());
        slots.put(self.position.to_le_bytes());
        own_check.copy_from_slice(&check_entry(checked, ordinal).to_le_bytes());
        bytes
    }

    fn decode(ordinal: u64, bytes: &[u8; ENTRY_BYTES]) -> Option<Self> {
        let own_check = check_entry(bytes.get(..CHECKED_BYTES)?, ordinal);
        let mut fields = Fields(bytes);
        let time = EventTime(i64::from_le_bytes(fields.take()?));
        let position = u32::from_le_bytes(fields.take()?);
        (u32::from_le_bytes(fields.take()?) == own_check).then_some(Self { time, position })
    }
}

/// The check of an entry. The ordinal is its seed, so an entry in the place of another does not pass.
fn check_entry(checked: &[u8], ordinal: u64) -> u32 {
    xxh3_64_with_seed(checked, ordinal) as u32
}
