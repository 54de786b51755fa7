//! One run of the term index: the postings of a range of records, sorted by term, in one file.
//!
//! ```text
//! blocks   512 postings each (the last one fewer): term u64 | ordinal − first u32
//! fences   for each block: its first term u64 | its check u32
//! footer   "PFTRUN1\n" | first u64 | end u64 | postings u64 | level u32 | check of fences and footer u32
//! ```
//! Fences stay in memory (16 bytes a block, 2 bytes for 64 postings), so a lookup reads the blocks of its term and no
//! other. Each block is checked when it is read.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use xxhash_rust::xxh3::Xxh3Default;

use super::frame::{Fields, check};
use crate::disk::{Disk, DiskFile, remove_if_present};
use crate::{Result, StoreError};

const POSTING_BYTES: usize = 12;
const BLOCK_POSTINGS: usize = 512;
const BLOCK_BYTES: usize = BLOCK_POSTINGS * POSTING_BYTES;
const FENCE_BYTES: usize = 12;
const MAGIC: [u8; 8] = *b"PFTRUN1\n";
const FOOTER_BYTES: usize = 40;
/// Blocks that are read or written at once: 384 KiB.
const IO_BLOCKS: usize = 64;
/// Bytes that are written between two syncs of an unfinished run, so that its end does not wait for all of it.
const SYNC_BYTES: u64 = 16 << 20;
/// Records that one run may cover, because a posting holds 32 bits of its ordinal.
pub(super) const RUN_RECORDS_MAX: u64 = 1 << 32;

/// That a record was appended with a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub(super) term: u64,
    pub(super) ordinal: u64,
}

/// What a run covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    /// The records whose postings are in the run, all of them.
    pub(super) records: Range<u64>,
    /// How often its postings were merged.
    pub(super) level: u32,
}

/// An open run.
pub(super) struct Run {
    pub(super) extent: Extent,
    pub(super) postings: u64,
    path: PathBuf,
    disk: Arc<dyn Disk>,
    file: Box<dyn DiskFile>,
    fences: Vec<Fence>,
    /// Set when a block did not read as written: then its records answer instead, and the next open rebuilds it.
    is_damaged: AtomicBool,
    /// Set when its file was removed because records were erased.
    is_retired: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Fence {
    first_term: u64,
    check: u32,
}

impl Extent {
    /// Where the run lies with the extension `run`, and before it is whole with `new`.
    fn path(&self, folder: &Path, extension: &str) -> PathBuf {
        folder.join(format!("terms-{:020}-{:020}.{extension}", self.records.start, self.records.end))
    }
}

impl Run {
    /// Opens the run at `path`; `None` where it is torn or damaged so that it must be rebuilt.
    pub(super) fn open(disk: &Arc<dyn Disk>, path: &Path) -> Result<Option<Self>> {
        let read = || -> io::Result<Option<Self>> {
            let file = disk.open(path)?;
            let Some(footer_position) = file.bytes()?.checked_sub(FOOTER_BYTES as u64) else {
                return Ok(None);
            };
            let mut footer = [0; FOOTER_BYTES];
            file.read_exact_at(&mut footer, footer_position)?;
            let Some((extent, postings, own_check)) = decode_footer(&footer) else { return Ok(None) };
            let blocks = postings.div_ceil(BLOCK_POSTINGS as u64);
            let fences_position = postings.saturating_mul(POSTING_BYTES as u64);
            if fences_position.saturating_add(blocks.saturating_mul(FENCE_BYTES as u64)) != footer_position {
                return Ok(None);
            }
            let mut fences = vec![0; blocks as usize * FENCE_BYTES];
            file.read_exact_at(&mut fences, fences_position)?;
            if footer_check(&fences, &footer) != own_check {
                return Ok(None);
            }
            let fences = fences.as_chunks().0.iter().filter_map(Fence::decode).collect();
            Ok(Some(Self {
                extent,
                postings,
                path: path.to_owned(),
                disk: Arc::clone(disk),
                file,
                fences,
                is_damaged: AtomicBool::new(false),
                is_retired: AtomicBool::new(false),
            }))
        };
        read().map_err(StoreError::at(path))
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// Notes that the run no longer reads as written, and removes its file so that the next open rebuilds it.
    pub(super) fn give_up(&self) -> Result<()> {
        self.is_damaged.store(true, Ordering::Relaxed);
        self.remove()
    }

    /// Removes the file, because it names erased records: the next open writes it anew from the records. Until then this
    /// process goes on with what it has open, and the run is merged with no other.
    pub(super) fn retire(&self) -> Result<()> {
        self.is_retired.store(true, Ordering::Relaxed);
        self.remove()
    }

    /// Whether its postings may go into another run.
    pub(super) fn may_merge(&self) -> bool {
        !self.is_damaged() && !self.is_retired.load(Ordering::Relaxed)
    }

    pub(super) fn remove(&self) -> Result<()> {
        self.disk.remove(&self.path).map_err(StoreError::at(&self.path))
    }

    /// The ordinals with `term`, in ascending order, repeats included. [`StoreError::Corrupt`] where a block is not as
    /// it was written.
    pub(super) fn lookup(&self, term: u64) -> Result<Vec<u64>> {
        let start = self.fences.partition_point(|fence| fence.first_term < term).saturating_sub(1);
        let end = self.fences.partition_point(|fence| fence.first_term <= term);
        let mut ordinals = Vec::new();
        for block in (start..end).step_by(IO_BLOCKS) {
            let bytes = self.read_blocks(block..end.min(block + IO_BLOCKS))?;
            let postings = self.decode(&bytes).filter(|posting| posting.term == term);
            ordinals.extend(postings.map(|posting| posting.ordinal));
        }
        Ok(ordinals)
    }

    /// Reads all blocks and tells whether they are as they were written.
    pub(super) fn check(&self) -> Result<()> {
        let blocks = self.fences.len();
        (0..blocks)
            .step_by(IO_BLOCKS)
            .try_for_each(|block| self.read_blocks(block..blocks.min(block + IO_BLOCKS)).map(drop))
    }

    /// All postings in order.
    pub(super) fn postings(self: Arc<Self>) -> Postings {
        Postings { run: self, next_block: 0, chunk: Vec::new(), next: 0 }
    }

    fn read_blocks(&self, blocks: Range<usize>) -> Result<Vec<u8>> {
        let position = (blocks.start * BLOCK_BYTES) as u64;
        let end = ((blocks.end * BLOCK_BYTES) as u64).min(self.postings * POSTING_BYTES as u64);
        let mut bytes = vec![0; end.saturating_sub(position) as usize];
        self.file.read_exact_at(&mut bytes, position).map_err(StoreError::reading(&self.path, position))?;
        let fences = self.fences.get(blocks).unwrap_or_default();
        let is_sound = |(block, fence): (&[u8], &Fence)| check(block) == fence.check;
        if bytes.chunks(BLOCK_BYTES).zip(fences).all(is_sound) {
            Ok(bytes)
        } else {
            Err(StoreError::corrupt(&self.path, position, "a block of postings is not as it was written"))
        }
    }

    fn decode<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = Posting> + use<'a> {
        let first = self.extent.records.start;
        bytes.as_chunks().0.iter().filter_map(move |posting| decode_posting(posting, first))
    }
}

/// The postings of a run, read a few blocks at a time.
pub(super) struct Postings {
    run: Arc<Run>,
    next_block: usize,
    chunk: Vec<Posting>,
    next: usize,
}

impl Postings {
    /// The next posting, or `None` at the end. A run that does not read as written is given up.
    pub(super) fn next(&mut self) -> Result<Option<Posting>> {
        if self.next == self.chunk.len() {
            let end = self.run.fences.len().min(self.next_block + IO_BLOCKS);
            let bytes = match self.run.read_blocks(self.next_block..end) {
                Err(error @ StoreError::Corrupt { .. }) => return self.run.give_up().and(Err(error)),
                bytes => bytes?,
            };
            self.chunk.clear();
            self.chunk.extend(self.run.decode(&bytes));
            (self.next, self.next_block) = (0, end);
        }
        let posting = self.chunk.get(self.next).copied();
        self.next += 1;
        Ok(posting)
    }
}

/// Writes a run. Its file has its final name only once it is whole and durable.
pub(super) struct RunWriter {
    folder: PathBuf,
    extent: Extent,
    disk: Arc<dyn Disk>,
    unfinished: PathBuf,
    file: Box<dyn DiskFile>,
    written: u64,
    synced: u64,
    postings: u64,
    /// Whole and partial blocks that are not yet in the file.
    buffer: Vec<u8>,
    fences: Vec<Fence>,
}

impl RunWriter {
    pub(super) fn create(disk: &Arc<dyn Disk>, folder: &Path, extent: Extent) -> Result<Self> {
        let unfinished = extent.path(folder, "new");
        let open = || disk.open(&unfinished).and_then(|file| file.set_len(0).map(|()| file));
        let file = open().map_err(StoreError::at(&unfinished))?;
        Ok(Self {
            folder: folder.to_owned(),
            extent,
            disk: Arc::clone(disk),
            unfinished,
            file,
            written: 0,
            synced: 0,
            postings: 0,
            buffer: Vec::with_capacity(IO_BLOCKS * BLOCK_BYTES),
            fences: Vec::new(),
        })
    }

    /// Adds a posting that is not less than the one before.
    pub(super) fn push(&mut self, posting: Posting) -> Result<()> {
        if self.postings.is_multiple_of(BLOCK_POSTINGS as u64) {
            self.end_block(posting.term)?;
        }
        self.buffer.extend_from_slice(&posting.term.to_le_bytes());
        let offset = posting.ordinal.saturating_sub(self.extent.records.start) as u32;
        self.buffer.extend_from_slice(&offset.to_le_bytes());
        self.postings += 1;
        Ok(())
    }

    /// Writes fences and footer, makes all durable, and opens the run.
    pub(super) fn finish(mut self) -> Result<Run> {
        self.check_last_block();
        let mut tail = self.fences.iter().flat_map(Fence::encode).collect::<Vec<u8>>();
        let footer = encode_footer(&self.extent, self.postings, &tail);
        tail.extend_from_slice(&footer);
        self.buffer.append(&mut tail);
        self.flush()?;
        let path = self.extent.path(&self.folder, "run");
        self.file
            .sync()
            .and_then(|()| std::fs::rename(&self.unfinished, &path))
            .map_err(StoreError::at(&self.unfinished))?;
        Run::open(&self.disk, &path)?
            .ok_or_else(|| StoreError::corrupt(&path, 0, "what was written does not read back"))
    }

    /// Removes what was written.
    pub(super) fn abandon(self) -> Result<()> {
        remove_if_present(&self.unfinished).map_err(StoreError::at(&self.unfinished))
    }

    /// Ends the block before a new one that begins with `first_term`.
    fn end_block(&mut self, first_term: u64) -> Result<()> {
        self.check_last_block();
        if self.buffer.len() >= IO_BLOCKS * BLOCK_BYTES {
            self.flush()?;
        }
        if self.written - self.synced >= SYNC_BYTES {
            self.file.sync().map_err(StoreError::at(&self.unfinished))?;
            self.synced = self.written;
        }
        self.fences.push(Fence { first_term, check: 0 });
        Ok(())
    }

    fn check_last_block(&mut self) {
        let Some(fence) = self.fences.last_mut() else { return };
        let last = self.buffer.chunks(BLOCK_BYTES).last().unwrap_or_default();
        fence.check = check(last);
    }

    fn flush(&mut self) -> Result<()> {
        self.file.write_all_at(&self.buffer, self.written).map_err(StoreError::at(&self.unfinished))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Fence {
    fn encode(&self) -> impl Iterator<Item = u8> + use<> {
        self.first_term.to_le_bytes().into_iter().chain(self.check.to_le_bytes())
    }

    fn decode(bytes: &[u8; FENCE_BYTES]) -> Option<Self> {
        let mut fields = Fields(bytes);
        Some(Self {
            first_term: u64::from_le_bytes(fields.take()?),
            check: u32::from_le_bytes(fields.take()?),
        })
    }
}

fn decode_posting(bytes: &[u8; POSTING_BYTES], first: u64) -> Option<Posting> {
    let mut fields = Fields(bytes);
    let term = u64::from_le_bytes(fields.take()?);
    Some(Posting { term, ordinal: first + u64::from(u32::from_le_bytes(fields.take()?)) })
}

fn encode_footer(extent: &Extent, postings: u64, fences: &[u8]) -> Vec<u8> {
    let mut footer = MAGIC.to_vec();
    for field in [extent.records.start, extent.records.end, postings] {
        footer.extend_from_slice(&field.to_le_bytes());
    }
    footer.extend_from_slice(&extent.level.to_le_bytes());
    footer.extend_from_slice(&footer_check(fences, &footer).to_le_bytes());
    footer
}

fn decode_footer(footer: &[u8; FOOTER_BYTES]) -> Option<(Extent, u64, u32)> {
    let mut fields = Fields(footer);
    let is_magic = fields.take()? == MAGIC;
    let start = u64::from_le_bytes(fields.take()?);
    let end = u64::from_le_bytes(fields.take()?);
    let postings = u64::from_le_bytes(fields.take()?);
    let level = u32::from_le_bytes(fields.take()?);
    let own_check = u32::from_le_bytes(fields.take()?);
    is_magic.then_some((Extent { records: start..end, level }, postings, own_check))
}

/// The check over the fences and over the footer without its own last field.
fn footer_check(fences: &[u8], footer: &[u8]) -> u32 {
    let mut hasher = Xxh3Default::new();
    hasher.update(fences);
    hasher.update(footer.get(..FOOTER_BYTES - 4).unwrap_or(footer));
    hasher.digest() as u32
}
