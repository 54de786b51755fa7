//! Reading records in order: a window that moves over the record files, and the frames that the time index names.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use model::{EventTime, Ordinal};

use super::frame::{Body, HEADER_BYTES, Header, erased};
use super::journal::{Journal, Place};
use super::times::{Entry, READ_ENTRIES, TimeIndex};
use crate::features::{Damage, Times};
use crate::{Result, StoreError};

/// Bytes that are read at once when many records are read in order.
pub(super) const SCAN_BYTES: u64 = 1 << 20;
/// Bytes that are read at once for one record: most fit.
pub(super) const GET_BYTES: u64 = 2 << 10;

/// A stretch of a record file in memory.
pub(super) struct Window {
    read_bytes: u64,
    place: Place,
    bytes: Vec<u8>,
}

/// What lies at a place of a record file.
pub(super) enum Found<'a> {
    /// A whole, sound frame.
    Frame(Header, Body<'a>),
    /// A sound header whose body is damaged.
    DamagedBody(Header),
    /// A sound header whose body goes on beyond the end of the file.
    Unfinished,
    /// No sound header.
    Nothing,
}

impl Window {
    /// A window that reads at least `read_bytes` at once.
    pub(super) fn new(read_bytes: u64) -> Self {
        Self { read_bytes, place: Place { segment: usize::MAX, position: 0 }, bytes: Vec::new() }
    }

    /// What lies at `place`.
    pub(super) fn find(&mut self, journal: &Journal, place: Place) -> Result<Found<'_>> {
        let Some(header) = Header::decode(self.bytes_at(journal, place, HEADER_BYTES)?) else {
            return Ok(Found::Nothing);
        };
        let frame = self.bytes_at(journal, place, header.frame_bytes())?;
        Ok(match header.body(frame) {
            Some(body) => Found::Frame(header, body),
            None if frame.len() < header.frame_bytes() => Found::Unfinished,
            None => Found::DamagedBody(header),
        })
    }

    /// `len` bytes at `place`, fewer where the segment ends before.
    pub(super) fn bytes_at(&mut self, journal: &Journal, place: Place, len: usize) -> Result<&[u8]> {
        let offset = place.position.checked_sub(self.place.position);
        let held = offset.filter(|offset| {
            self.place.segment == place.segment && offset + len as u64 <= self.bytes.len() as u64
        });
        let offset = match held {
            Some(offset) => offset as usize,
            None => {
                let end = place.position.saturating_add(self.read_bytes.max(len as u64));
                self.bytes = journal.read(place, end)?;
                self.place = place;
                0
            }
        };
        let end = self.bytes.len().min(offset + len);
        Ok(self.bytes.get(offset..end).unwrap_or_default())
    }
}

/// The records that the time index names.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) journal: &'a Journal,
    pub(super) times: &'a TimeIndex,
}

/// One record, or where and why it cannot be read.
pub(super) type OneRecord<'a> = std::result::Result<(Header, Body<'a>), Damage>;

/// Called for each record in order, with what could be read of it.
pub(super) type FrameVisitor<'a> = dyn FnMut(Ordinal, OneRecord<'_>) -> ControlFlow<()> + 'a;

impl<'a> Reader<'a> {
    /// Visits the records of `range` in order, damaged ones too.
    pub(super) fn frames(&self, range: Range<u64>, visit: &mut FrameVisitor<'_>) -> Result<()> {
        let mut window = Window::new(SCAN_BYTES);
        let mut next = range.start;
        while next < range.end {
            let entries = self.entries(next..range.end)?;
            if entries.is_empty() {
                break;
            }
            for (ordinal, entry) in (next..).zip(&entries) {
                let record = self.one(ordinal, entry.position, &mut window)?;
                if visit(Ordinal(ordinal), record).is_break() {
                    return Ok(());
                }
            }
            next += entries.len() as u64;
        }
        Ok(())
    }

    /// The record `ordinal` as its entry places it.
    pub(super) fn get(&self, ordinal: Ordinal) -> Result<Option<Vec<u8>>> {
        let entries = self.entries(ordinal.0..ordinal.0.saturating_add(1))?;
        let Some(entry) = entries.first() else { return Ok(None) };
        let mut window = Window::new(GET_BYTES);
        let (_, body) = self.one(ordinal.0, entry.position, &mut window)?.map_err(StoreError::from)?;
        Ok(Some(body.bytes.to_vec()))
    }

    /// The record `ordinal` at the position that its entry states. The outer error is the disk's, the inner one is
    /// damage to this record alone.
    fn one<'w>(&self, ordinal: u64, position: u32, window: &'w mut Window) -> Result<OneRecord<'w>> {
        let place = Place {
            segment: self.journal.segment_of(ordinal).unwrap_or_default(),
            position: u64::from(position),
        };
        let reason = match window.find(self.journal, place) {
            Ok(Found::Frame(header, body)) if header.ordinal.0 == ordinal => return Ok(Ok((header, body))),
            Ok(Found::Frame(..)) => "another record is in its place",
            Ok(Found::DamagedBody(_)) => "its body is not as it was written",
            Ok(Found::Unfinished) => "the file ends too early",
            Ok(Found::Nothing) => "its header is not as it was written",
            Err(StoreError::Corrupt { reason, .. }) => reason,
            Err(error) => return Err(error),
        };
        let path = self.journal.segments().get(place.segment).map(|segment| segment.path.clone());
        let (ordinal, path) = (Ordinal(ordinal), path.unwrap_or_default());
        Ok(Err(Damage { ordinal, path, position: place.position, reason }))
    }

    /// Overwrites records, which are durable, where they lie. One whose place is lost cannot be found and is left.
    pub(super) fn erase(&self, ordinals: &[u64]) -> Result<()> {
        let mut touched = BTreeSet::new();
        for &ordinal in ordinals {
            let Some(entry) = self.entries(ordinal..ordinal.saturating_add(1))?.first().copied() else {
                continue;
            };
            let Some(segment) = self.journal.segment_of(ordinal) else { continue };
            let place = Place { segment, position: u64::from(entry.position) };
            let header = match Window::new(GET_BYTES).find(self.journal, place)? {
                Found::Frame(header, _) | Found::DamagedBody(header) if header.ordinal.0 == ordinal => header,
                _ => continue,
            };
            let frame = erased(header.ordinal, header.time, header.frame_bytes());
            self.journal.overwrite(place, &frame)?;
            touched.insert(segment);
        }
        touched.into_iter().try_for_each(|segment| self.journal.sync_segment(segment))
    }

    /// The times of all records, read a few thousand at a time.
    pub(super) fn times(self) -> Times<'a> {
        let chunks = (0..self.times.len()).step_by(READ_ENTRIES as usize);
        Box::new(chunks.flat_map(move |start| match self.entries(start..start + READ_ENTRIES) {
            Ok(entries) => {
                let numbered = (start..).map(Ordinal).zip(entries);
                numbered.map(|(ordinal, entry)| Ok((entry.time, ordinal))).collect::<Vec<_>>()
            }
            Err(error) => vec![Err(error)],
        }))
    }

    /// The entries of `range`, cut as by the index. One that is damaged is made anew from the records.
    fn entries(&self, range: Range<u64>) -> Result<Vec<Entry>> {
        let mut window = Window::new(SCAN_BYTES);
        let mut entries = Vec::new();
        for (ordinal, entry) in (range.start..).zip(self.times.read(range)?) {
            entries.push(match entry {
                Some(entry) => entry,
                None => self.restored(ordinal, entries.last().copied(), &mut window)?,
            });
        }
        Ok(entries)
    }

    /// The entry of a record, by walking the record file from the nearest one before it whose place is known. `before`
    /// is the entry of the predecessor where that is at hand. Where the walk meets damage, the entry points to that.
    fn restored(&self, ordinal: u64, before: Option<Entry>, window: &mut Window) -> Result<Entry> {
        self.times.give_up()?;
        let segment = self.journal.segment_of(ordinal).unwrap_or_default();
        let first = self.journal.segments().get(segment).map_or(0, |segment| segment.first);
        let known = match before.filter(|_| ordinal > first) {
            Some(before) => Some((ordinal - 1, before)),
            None => self.times.last_sound(first..ordinal)?,
        };
        let (mut at, mut entry) = known.unwrap_or((first, Entry { time: EventTime(0), position: 0 }));
        loop {
            let place = Place { segment, position: u64::from(entry.position) };
            match window.find(self.journal, place)? {
                Found::Frame(header, _) | Found::DamagedBody(header) if header.ordinal.0 == at => {
                    entry.time = header.time;
                    if at == ordinal {
                        return Ok(entry);
                    }
                    entry.position = entry.position.saturating_add(header.frame_bytes() as u32);
                    at += 1;
                }
                _ => return Ok(entry),
            }
        }
    }
}
