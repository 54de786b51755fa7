//! One record as it lies in a segment file: a header that can be recognised by itself, then the body.
//!
//! ```text
//! header  "PFR1" | body length u32 | ordinal u64 | time i64 | body check u32 | header check u32     (little endian)
//! body    number of terms u16 | terms u64 … | bytes of the record
//! erased  65535 u16 | zeros
//! ```
//! The terms lie with the record, so that the term index can be rebuilt from the records alone. The header has a check
//! of its own: a reader that lost its place finds the next record by it, and a damaged body does not hide the next one.

use model::limit::{RECORD_BYTES_MAX, RECORD_TERMS_MAX};
use model::{EventTime, Ordinal};
use xxhash_rust::xxh3::xxh3_64;

use crate::features::FeatureRow;

pub(super) const MAGIC: [u8; 4] = *b"PFR1";
pub(super) const HEADER_BYTES: usize = 32;
/// Bytes of the header that its own check covers.
const CHECKED_BYTES: usize = 28;
const BODY_BYTES_MAX: usize = 2 + 8 * RECORD_TERMS_MAX + RECORD_BYTES_MAX;
/// Largest frame, in bytes.
pub(super) const FRAME_BYTES_MAX: usize = HEADER_BYTES + BODY_BYTES_MAX;

/// Instead of a number of terms: the record was erased, and its body has only its length left.
const ERASED: [u8; 2] = u16::MAX.to_le_bytes();

/// A header whose own check holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) ordinal: Ordinal,
    pub(super) time: EventTime,
    pub(super) body_bytes: usize,
    body_check: u32,
}

/// A body whose check holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Body<'a> {
    terms: &'a [u8],
    pub(super) bytes: &'a [u8],
}

/// The low half of XXH3: it finds rot and torn writes, it does not stop forgery. The evidence log does that.
pub(super) fn check(bytes: &[u8]) -> u32 {
    xxh3_64(bytes) as u32
}

/// Appends the frame of a row that is within the limits.
pub(super) fn encode(ordinal: Ordinal, row: &FeatureRow<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER_BYTES]);
    out.extend_from_slice(&(row.terms.len() as u16).to_le_bytes());
    row.terms.iter().for_each(|term| out.extend_from_slice(&term.to_le_bytes()));
    out.extend_from_slice(row.bytes);
    if let Some((header, body)) =
        out.get_mut(start..).and_then(|frame| frame.split_at_mut_checked(HEADER_BYTES))
    {
        header.copy_from_slice(&Header::of(ordinal, row.time, body).encode());
    }
}

/// The frame of an erased record, as long as the one that it overwrites.
pub(super) fn erased(ordinal: Ordinal, time: EventTime, frame_bytes: usize) -> Vec<u8> {
    let mut frame = vec![0; frame_bytes];
    if let Some((header, body)) = frame.split_at_mut_checked(HEADER_BYTES) {
        Slots(body).put(ERASED);
        header.copy_from_slice(&Header::of(ordinal, time, body).encode());
    }
    frame
}

impl Header {
    fn of(ordinal: Ordinal, time: EventTime, body: &[u8]) -> Self {
        Self { ordinal, time, body_bytes: body.len(), body_check: check(body) }
    }

    fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        let (checked, own_check) = header.split_at_mut(CHECKED_BYTES);
        let mut slots = Slots(checked);
        slots.put(MAGIC);
        slots.put((self.body_bytes as u32).to_le_bytes());
        slots.put(self.ordinal.0.to_le_bytes());
        slots.put(self.time.0.to_le_bytes());
        slots.put(self.body_check.to_le_bytes());
        own_check.copy_from_slice(&check(checked).to_le_bytes());
        header
    }

    /// The header at the start of `bytes`, if there is one and its check holds.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let checked = bytes.get(..CHECKED_BYTES)?;
        let mut fields = Fields(bytes);
        let is_magic = fields.take()? == MAGIC;
        let header = Self {
            body_bytes: u32::from_le_bytes(fields.take()?) as usize,
            ordinal: Ordinal(u64::from_le_bytes(fields.take()?)),
            time: EventTime(i64::from_le_bytes(fields.take()?)),
            body_check: u32::from_le_bytes(fields.take()?),
        };
        let is_sound = is_magic && u32::from_le_bytes(fields.take()?) == check(checked);
        Some(header).filter(|header| is_sound && header.body_bytes <= BODY_BYTES_MAX)
    }

    /// Bytes of the whole frame.
    pub(super) fn frame_bytes(&self) -> usize {
        HEADER_BYTES + self.body_bytes
    }

    /// The body that follows this header in `frame`, if its check holds.
    pub(super) fn body<'a>(&self, frame: &'a [u8]) -> Option<Body<'a>> {
        let body = frame.get(HEADER_BYTES..self.frame_bytes())?;
        if check(body) != self.body_check {
            return None;
        }
        let (count, rest) = body.split_first_chunk()?;
        if *count == ERASED {
            return Some(Body { terms: &[], bytes: &[] });
        }
        let (terms, bytes) = rest.split_at_checked(8 * usize::from(u16::from_le_bytes(*count)))?;
        Some(Body { terms, bytes })
    }
}

impl Body<'_> {
    /// The terms in the order in which they were given.
    pub(super) fn terms(&self) -> impl Iterator<Item = u64> {
        self.terms.as_chunks().0.iter().map(|term| u64::from_le_bytes(*term))
    }
}

/// Takes fixed-size fields from the front.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

/// Puts fixed-size fields in at the front; what finds no room is left out.
pub(super) struct Slots<'a>(pub(super) &'a mut [u8]);

impl Slots<'_> {
    pub(super) fn put<const N: usize>(&mut self, field: [u8; N]) {
        if let Some((slot, rest)) = std::mem::take(&mut self.0).split_first_chunk_mut() {
            *slot = field;
            self.0 = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Vec<u8> {
        let mut out = Vec::new();
        encode(Ordinal(7), &FeatureRow { time: EventTime(-5), bytes: b"record", terms: &[1, 2] }, &mut out);
        out
    }

    fn decode(frame: &[u8]) -> Option<(Ordinal, EventTime, Vec<u64>, Vec<u8>)> {
        let header = Header::decode(frame)?;
        let body = header.body(frame)?;
        Some((header.ordinal, header.time, body.terms().collect(), body.bytes.to_vec()))
    }

    #[test]
    fn a_frame_reads_as_it_was_written() {
        assert_eq!(decode(&frame()), Some((Ordinal(7), EventTime(-5), vec![1, 2], b"record".to_vec())));
    }

    #[test]
    fn an_erased_frame_keeps_its_place_and_nothing_else() {
        let whole = frame();
        let frame = erased(Ordinal(7), EventTime(-5), whole.len());
        assert_eq!(decode(&frame), Some((Ordinal(7), EventTime(-5), vec![], vec![])));
        assert_eq!(frame.len(), whole.len());
        let body = &frame[HEADER_BYTES + ERASED.len()..];
        assert!(body.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_frame_with_any_bit_flipped_or_any_end_missing_does_not_read() {
        let whole = frame();
        for bit in 0..8 * whole.len() {
            let mut frame = whole.clone();
            frame[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&frame), None, "bit {bit}");
        }
        for len in 0..whole.len() {
            assert_eq!(decode(&whole[..len]), None, "length {len}");
        }
    }
}
