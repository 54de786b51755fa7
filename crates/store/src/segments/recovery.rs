//! Opening after a crash: the time index is brought in line with the records, and a torn tail is cut.
//!
//! An entry of the time index is written only after its record is durable. So records that the index names are never
//! cut, however they look now; after the last one, whole records are kept and the rest is a torn tail. Where sound
//! records follow damaged bytes, those bytes are rot and not a tail: the records in them keep their numbers.

use std::path::PathBuf;

use model::{EventTime, Ordinal};

use super::frame::{HEADER_BYTES, Header, MAGIC};
use super::journal::{Journal, Place};
use super::reader::{Found, SCAN_BYTES, Window};
use super::times::{Entry, TimeIndex};
use crate::{Result, StoreError};

/// Fewest bytes of a frame: a header, and the number of its terms.
const FRAME_BYTES_MIN: u64 = HEADER_BYTES as u64 + 2;
/// Entries that are collected before they are written to the index.
const PENDING_ENTRIES_MAX: usize = 1 << 16;

/// What was found wrong when a store was opened, and put right as far as possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// The last bytes of a record file were no whole record: writing it had not ended. They never were acknowledged.
    TailCut {
        /// The record file.
        path: PathBuf,
        /// Where it was cut, in bytes.
        position: u64,
        /// Bytes that were removed.
        bytes: u64,
    },
    /// The time index was written anew from the records.
    TimesRebuilt {
        /// The first record whose entry was missing.
        first: Ordinal,
        /// How many entries were missing.
        records: u64,
    },
    /// The term index was written anew from the records.
    TermsRebuilt {
        /// The first record whose postings were missing.
        first: Ordinal,
        /// How many records it was.
        records: u64,
    },
    /// The record files end before the last record that was acknowledged: something else cut or removed them.
    RecordsLost {
        /// The first record that is gone.
        first: Ordinal,
        /// How many are gone.
        records: u64,
    },
}

/// Brings `times` in line with the records, and cuts a torn tail.
pub(super) fn recover(journal: &mut Journal, times: &mut TimeIndex) -> Result<Vec<Repair>> {
    let named = times.len();
    // What a killed process left in the system's cache becomes durable before the index names it.
    journal.sync()?;
    let mut walk = Walk { window: Window::new(SCAN_BYTES), journal, times, repairs: Vec::new() };
    let start = walk.start()?;
    let kept = named.min(walk.times.len());
    for segment in start.segment..walk.journal.segments().len() {
        let position = if segment == start.segment { start.position } else { 0 };
        walk.segment(Place { segment, position })?;
    }
    walk.times.flush()?;
    let Walk { mut repairs, times, .. } = walk;
    if times.len() < named {
        repairs.push(Repair::RecordsLost { first: Ordinal(times.len()), records: named - times.len() });
    } else if kept < times.len() {
        // Runs of the term index may already vouch for these entries.
        times.sync()?;
        repairs.push(Repair::TimesRebuilt { first: Ordinal(kept), records: times.len() - kept });
    }
    Ok(repairs)
}

/// The walk over the records that the index does not name.
struct Walk<'a> {
    window: Window,
    journal: &'a mut Journal,
    times: &'a mut TimeIndex,
    repairs: Vec<Repair>,
}

impl Walk<'_> {
    /// Where the records that the index does not name begin. Entries that point to nothing are removed from it.
    fn start(&mut self) -> Result<Place> {
        let none = Place { segment: 0, position: 0 };
        let Some(last) = self.times.len().checked_sub(1) else { return Ok(none) };
        let (Some(segment), Some(entry)) = (self.journal.segment_of(last), self.times.get(last)?) else {
            self.times.cut(0)?;
            return Ok(none);
        };
        let position = u64::from(entry.position);
        let is_inside = position < self.journal.segment_bytes(segment);
        match self.window.find(self.journal, Place { segment, position })? {
            Found::Frame(header, _) | Found::DamagedBody(header) if header.ordinal.0 == last => {
                Ok(Place { segment, position: position + header.frame_bytes() as u64 })
            }
            // A damaged header: how long the record was is not known. What follows up to the next sound header may
            // all be its own, and is left for whoever can mend it.
            Found::Nothing if is_inside => {
                let damaged = Place { segment, position };
                let Some((next, header)) = self.next_sound(damaged)? else {
                    return Ok(Place { segment, position: self.journal.segment_bytes(segment) });
                };
                self.add_damaged(position, header.ordinal.0)?;
                Ok(Place { segment, position: next })
            }
            _ => {
                let first = self.journal.segments().get(segment).map_or(0, |segment| segment.first);
                self.times.cut(first.min(last))?;
                Ok(Place { segment, position: 0 })
            }
        }
    }

    /// Adds the records of one segment from `place` to its end.
    fn segment(&mut self, mut place: Place) -> Result<()> {
        let end = self.journal.segment_bytes(place.segment);
        while place.position < end {
            match self.window.find(self.journal, place)? {
                Found::Frame(header, _) if header.ordinal.0 == self.times.len() => {
                    self.add(header.time, place.position)?;
                    place.position += header.frame_bytes() as u64;
                }
                Found::Unfinished => return self.end(place),
                _ => match self.next_sound(place)? {
                    Some((position, header)) => {
                        self.add_damaged(place.position, header.ordinal.0)?;
                        place.position = position;
                    }
                    None => return self.end(place),
                },
            }
        }
        self.end(place)
    }

    /// Ends a segment of which everything before `place` is known: a torn tail is cut, records that should have come
    /// before the next segment are damaged.
    fn end(&mut self, place: Place) -> Result<()> {
        let Some(segment) = self.journal.segments().get(place.segment) else { return Ok(()) };
        let path = segment.path.clone();
        let bytes = self.journal.segment_bytes(place.segment) - place.position;
        if place.segment + 1 == self.journal.segments().len() {
            if bytes > 0 {
                self.journal.cut(place.position)?;
                self.repairs.push(Repair::TailCut { path, position: place.position, bytes });
            }
            return Ok(());
        }
        let next_first = self.journal.end_of(place.segment);
        let missing = next_first.checked_sub(self.times.len());
        if missing.is_some_and(|missing| missing <= bytes / FRAME_BYTES_MIN) {
            self.add_damaged(place.position, next_first)
        } else {
            Err(StoreError::corrupt(
                &path,
                place.position,
                "its records do not reach to those of the next file",
            ))
        }
    }

    /// The next frame after `place` with a sound header and a number that can follow. A header inside a record's own
    /// bytes could pass too, but only where rot meets bytes that were made to look so; it would get a number that no
    /// acknowledged record has.
    fn next_sound(&mut self, place: Place) -> Result<Option<(u64, Header)>> {
        let end = self.journal.segment_bytes(place.segment);
        let expected = self.times.len();
        let mut position = place.position + 1;
        while position + FRAME_BYTES_MIN <= end {
            let at = Place { segment: place.segment, position };
            let bytes = self.window.bytes_at(self.journal, at, SCAN_BYTES as usize)?;
            let Some(offset) = bytes.windows(MAGIC.len()).position(|window| window == MAGIC) else {
                position += (bytes.len().saturating_sub(MAGIC.len() - 1)).max(1) as u64;
                continue;
            };
            position += offset as u64;
            let at = Place { segment: place.segment, position };
            let header = Header::decode(self.window.bytes_at(self.journal, at, HEADER_BYTES)?);
            let lost_max = (position - place.position) / FRAME_BYTES_MIN;
            match header.filter(|header| {
                let lost = header.ordinal.0.checked_sub(expected);
                lost.is_some_and(|lost| lost <= lost_max)
            }) {
                Some(header) => return Ok(Some((position, header))),
                None => position += 1,
            }
        }
        Ok(None)
    }

    /// Gives the records up to `end`, which can no longer be read, their numbers. Their bytes begin at `position`.
    fn add_damaged(&mut self, position: u64, end: u64) -> Result<()> {
        let last = self.times.len().checked_sub(1);
        let before = last.map(|last| self.times.get(last)).transpose()?.flatten();
        let time = before.map_or(EventTime(0), |entry| entry.time);
        while self.times.len() < end {
            self.add(time, position)?;
        }
        Ok(())
    }

    fn add(&mut self, time: EventTime, position: u64) -> Result<()> {
        let position =
            u32::try_from(position).map_err(|_| StoreError::refused("a record file beyond 4 GiB"))?;
        self.times.push(Entry { time, position });
        if self.times.pending() >= PENDING_ENTRIES_MAX { self.times.flush() } else { Ok(()) }
    }
}
