//! The record files: frames appended to `records-<first ordinal>.seg`, rolled at a fixed size.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Ordinal;

use super::frame::{FRAME_BYTES_MAX, encode};
use crate::disk::{Disk, DiskFile, sync_folder};
use crate::features::FeatureRow;
use crate::{Result, StoreError};

/// Bytes of frames that are collected before they are handed to the system.
const BUFFER_BYTES: usize = 1 << 20;

/// All record files of a folder, in order.
pub(super) struct Journal {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    segment_bytes_max: u64,
    segments: Vec<Segment>,
    /// The last bytes of the last segment, not yet handed to the system.
    buffer: Vec<u8>,
}

/// One record file.
pub(super) struct Segment {
    pub(super) first: u64,
    pub(super) path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Bytes in the file, without those in the buffer.
    pub(super) bytes: u64,
}

/// Where a frame lies: which segment, and its first byte there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: usize,
    pub(super) position: u64,
}

impl Journal {
    /// Opens all record files of `folder`.
    pub(super) fn open(folder: &Path, disk: Arc<dyn Disk>, segment_bytes_max: u64) -> Result<Self> {
        let mut segments = Vec::new();
        for entry in fs::read_dir(folder).map_err(StoreError::at(folder))? {
            let path = entry.map_err(StoreError::at(folder))?.path();
            if let Some(first) = first_of(&path) {
                segments.push(Segment::open(disk.as_ref(), path, first)?);
            }
        }
        segments.sort_by_key(|segment| segment.first);
        Ok(Self { folder: folder.to_owned(), disk, segment_bytes_max, segments, buffer: Vec::new() })
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Appends a row and says at which byte of its segment it begins.
    pub(super) fn push(&mut self, ordinal: Ordinal, row: &FeatureRow<'_>) -> Result<u64> {
        if self.segments.is_empty() || self.tail_bytes() + FRAME_BYTES_MAX as u64 > self.segment_bytes_max {
            self.roll(ordinal)?;
        }
        let position = self.tail_bytes();
        encode(ordinal, row, &mut self.buffer);
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(position)
    }

    /// Makes everything appended durable. Files before the last are durable since they were rolled.
    pub(super) fn sync(&mut self) -> Result<()> {
        self.flush()?;
        let Some(tail) = self.segments.last() else { return Ok(()) };
        tail.file.sync().map_err(StoreError::at(&tail.path))
    }

    /// The segment that holds `ordinal`, if any does.
    pub(super) fn segment_of(&self, ordinal: u64) -> Option<usize> {
        self.segments.partition_point(|segment| segment.first <= ordinal).checked_sub(1)
    }

    /// The first ordinal of the segment after `segment`, or the greatest there could be.
    pub(super) fn end_of(&self, segment: usize) -> u64 {
        self.segments.get(segment + 1).map_or(u64::MAX, |next| next.first)
    }

    /// Bytes of a segment, those in the buffer included.
    pub(super) fn segment_bytes(&self, segment: usize) -> u64 {
        let buffered = if segment + 1 == self.segments.len() { self.buffer.len() as u64 } else { 0 };
        self.segments.get(segment).map_or(0, |segment| segment.bytes + buffered)
    }

    /// The bytes from `place` to `end` of its segment, fewer where the segment ends before.
    pub(super) fn read(&self, place: Place, end: u64) -> Result<Vec<u8>> {
        let Some(segment) = self.segments.get(place.segment) else { return Ok(Vec::new()) };
        let end = end.min(self.segment_bytes(place.segment));
        let start = place.position.min(end);
        let on_disk = start.min(segment.bytes)..end.min(segment.bytes);
        let buffered = start.max(segment.bytes) - segment.bytes..end.max(segment.bytes) - segment.bytes;
        let mut bytes = vec![0; (on_disk.end - on_disk.start) as usize];
        segment
            .file
            .read_exact_at(&mut bytes, on_disk.start)
            .map_err(StoreError::reading(&segment.path, on_disk.start))?;
        if buffered.start < buffered.end {
            bytes.extend_from_slice(
                self.buffer.get(buffered.start as usize..buffered.end as usize).unwrap_or_default(),
            );
        }
        Ok(bytes)
    }

    /// Overwrites the frame at `place` with one as long. Nothing of the segment may wait to be written.
    pub(super) fn overwrite(&self, place: Place, frame: &[u8]) -> Result<()> {
        let Some(segment) = self.segments.get(place.segment) else { return Ok(()) };
        segment.file.write_all_at(frame, place.position).map_err(StoreError::at(&segment.path))
    }

    /// Makes what was overwritten in a segment durable.
    pub(super) fn sync_segment(&self, segment: usize) -> Result<()> {
        let Some(segment) = self.segments.get(segment) else { return Ok(()) };
        segment.file.sync().map_err(StoreError::at(&segment.path))
    }

    /// Cuts the last segment at `position`: what follows never was acknowledged.
    pub(super) fn cut(&mut self, position: u64) -> Result<()> {
        let Some(tail) = self.segments.last_mut() else { return Ok(()) };
        tail.file.set_len(position).and_then(|()| tail.file.sync()).map_err(StoreError::at(&tail.path))?;
        tail.bytes = position;
        Ok(())
    }

    fn tail_bytes(&self) -> u64 {
        self.segment_bytes(self.segments.len().saturating_sub(1))
    }

    fn flush(&mut self) -> Result<()> {
        let Some(tail) = self.segments.last_mut() else { return Ok(()) };
        tail.file.write_all_at(&self.buffer, tail.bytes).map_err(StoreError::at(&tail.path))?;
        tail.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Begins a new segment. The one before is durable first, so that only the last one can ever be torn.
    fn roll(&mut self, first: Ordinal) -> Result<()> {
        self.sync()?;
        let path = self.folder.join(format!("records-{:020}.seg", first.0));
        self.segments.push(Segment::open(self.disk.as_ref(), path, first.0)?);
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))
    }
}

impl Segment {
    fn open(disk: &dyn Disk, path: PathBuf, first: u64) -> Result<Self> {
        let opened: io::Result<_> = disk.open(&path).and_then(|file| Ok((file.bytes()?, file)));
        let (bytes, file) = opened.map_err(StoreError::at(&path))?;
        Ok(Self { first, path, file, bytes })
    }
}

/// The first ordinal of a record file, by its name.
fn first_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("records-")?.strip_suffix(".seg")?.parse().ok()
}
