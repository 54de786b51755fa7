//! The time index: for each record its time and where it begins in its segment, 16 bytes by ordinal.
//!
//! It is a projection of the records. It is synced before a run of the term index is written, so entries below the end of
//! the last run were durable, and opening reads only those after it: what a crash tore of them is cut and written anew from
//! the records. Each entry carries a check over itself and its ordinal, which finds rot in the others when they are read.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::EventTime;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::frame::{Fields, Slots};
use crate::disk::{Disk, DiskFile};
use crate::{Flaw, Result, StoreError};

/// Bytes of an entry: time i64, position u32, check u32.
const ENTRY_BYTES: usize = 16;
/// Bytes of an entry that its check covers.
const CHECKED_BYTES: usize = 12;
/// Entries that are read at once.
pub(super) const READ_ENTRIES: u64 = 4_096;

/// The time index of a folder.
pub(super) struct TimeIndex {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    file: Box<dyn DiskFile>,
    /// Entries in the file.
    written: u64,
    /// Entries of records that are not yet known to be durable. The file never runs ahead of the records.
    pending: Vec<Entry>,
    /// The first entry that was whole and not as it was written when the index was opened.
    damaged: Option<u64>,
    /// Set when an entry did not read as written: the next open writes the index anew.
    is_given_up: AtomicBool,
}

/// What the index says of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) time: EventTime,
    /// First byte of the record's frame in its segment. Segments are smaller than 4 GiB.
    pub(super) position: u32,
}

impl TimeIndex {
    /// Opens the index and keeps its longest sound beginning, of which the first `durable` entries are not read now.
    pub(super) fn open(disk: &Arc<dyn Disk>, folder: &Path, durable: u64) -> Result<Self> {
        let path = folder.join("times.index");
        let file = disk.open(&path).map_err(StoreError::at(&path))?;
        let bytes = file.bytes().map_err(StoreError::at(&path))?;
        let written = bytes / ENTRY_BYTES as u64;
        let is_given_up = AtomicBool::new(false);
        let disk = Arc::clone(disk);
        let mut index = Self { path, disk, file, written, pending: Vec::new(), damaged: None, is_given_up };
        let sound = index.sound_beginning(durable)?;
        index.damaged = (sound < written).then_some(sound);
        if sound * (ENTRY_BYTES as u64) < bytes {
            index.cut(sound)?;
        }
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

    /// Makes what was written durable.
    pub(super) fn sync(&self) -> Result<()> {
        self.file.sync().map_err(StoreError::at(&self.path))
    }

    /// Removes the file, so that the next open writes it anew; this process goes on with what it has open.
    pub(super) fn give_up(&self) -> Result<()> {
        if self.is_given_up.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.disk.remove(&self.path).map_err(StoreError::at(&self.path))
    }

    /// Forgets the entries from `len` on. Only for entries in the file, before any is pending.
    pub(super) fn cut(&mut self, len: u64) -> Result<()> {
        self.file.set_len(len * ENTRY_BYTES as u64).map_err(StoreError::at(&self.path))?;
        self.written = len;
        Ok(())
    }

    /// The entries of `range`, which is cut to [`READ_ENTRIES`] and to what there is; none for one that is damaged.
    pub(super) fn read(&self, range: Range<u64>) -> Result<Vec<Option<Entry>>> {
        let start = range.start.min(self.len());
        let end = range.end.min(self.len()).min(start + READ_ENTRIES).max(start);
        let mut entries = self.read_file(start.min(self.written)..end.min(self.written))?;
        let pending = start.max(self.written) - self.written..end.max(self.written) - self.written;
        let pending = self.pending.get(pending.start as usize..pending.end as usize).unwrap_or_default();
        entries.extend(pending.iter().copied().map(Some));
        Ok(entries)
    }

    /// The entry of one record, if there is one that is sound.
    pub(super) fn get(&self, ordinal: u64) -> Result<Option<Entry>> {
        Ok(self.read(ordinal..ordinal.saturating_add(1))?.first().copied().flatten())
    }

    /// The last sound entry of `range`, with its ordinal.
    pub(super) fn last_sound(&self, range: Range<u64>) -> Result<Option<(u64, Entry)>> {
        let mut end = range.end;
        while end > range.start {
            let start = end.saturating_sub(READ_ENTRIES).max(range.start);
            let entries = self.read(start..end)?;
            let sound = (start..).zip(entries).filter_map(|(ordinal, entry)| Some((ordinal, entry?)));
            if let Some(last) = sound.last() {
                return Ok(Some(last));
            }
            end = start;
        }
        Ok(None)
    }

    /// Reads all entries in the file, and tells the places of those that are not as they were written.
    pub(super) fn inspect(&self, flaw: &mut dyn FnMut(Flaw)) -> Result<()> {
        let mut tell = |ordinal: u64| {
            let reason = "an entry of the time index is not as it was written";
            flaw(Flaw::at_byte(self.path.clone(), ordinal * ENTRY_BYTES as u64, reason));
        };
        self.damaged.into_iter().for_each(&mut tell);
        let end = self.damaged.unwrap_or(self.written).min(self.written);
        for start in (0..end).step_by(READ_ENTRIES as usize) {
            let entries = self.read_file(start..end.min(start + READ_ENTRIES))?;
            (start..)
                .zip(&entries)
                .filter(|(_, entry)| entry.is_none())
                .for_each(|(ordinal, _)| tell(ordinal));
        }
        Ok(())
    }

    fn read_file(&self, range: Range<u64>) -> Result<Vec<Option<Entry>>> {
        let bytes = self.read_bytes(&range)?;
        Ok(range.zip(bytes.as_chunks().0).map(|(ordinal, entry)| Entry::decode(ordinal, entry)).collect())
    }

    fn read_bytes(&self, range: &Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = vec![0; (range.end - range.start) as usize * ENTRY_BYTES];
        let position = range.start * ENTRY_BYTES as u64;
        self.file.read_exact_at(&mut bytes, position).map_err(StoreError::reading(&self.path, position))?;
        Ok(bytes)
    }

    /// How many entries from the first on are sound, where those below `trusted` are.
    fn sound_beginning(&self, trusted: u64) -> Result<u64> {
        let mut sound = trusted.min(self.written);
        while sound < self.written {
            let range = sound..self.written.min(sound + READ_ENTRIES);
            sound += self.read_file(range.clone())?.iter().map_while(Option::as_ref).count() as u64;
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
