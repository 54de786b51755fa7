//! The bytes of what is remembered: numbers in as few bytes as they need, and a reader that believes nothing.

/// The first byte of every value. A program that meets another one starts anew with that group instead of guessing.
const VERSION: u8 = 2;
/// Room for the usual value.
const USUAL_BYTES: usize = 120;

/// Writes a value.
#[derive(Debug)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        bytes.push(VERSION);
        Self(bytes)
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    pub(crate) fn unsigned(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// As [`Writer::unsigned`], with the sign in the lowest bit.
    pub(crate) fn signed(&mut self, value: i64) {
        self.unsigned((value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
    }

    /// Eight bytes, for what has no small values.
    pub(crate) fn wide(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn length(&mut self, value: usize) {
        self.unsigned(value as u64);
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.length(value.len());
        self.0.extend(value);
    }
}

/// Reads a value. Everything is `None` where the bytes end too early or are beyond a limit.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// None if another version wrote the bytes.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        bytes.split_first().filter(|(version, _)| **version == VERSION).map(|(_, rest)| Self(rest))
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    pub(crate) fn wide(&mut self) -> Option<u64> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*value))
    }

    /// A number of things, of which there are at most `max`.
    pub(crate) fn length(&mut self, max: usize) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok().filter(|length| *length <= max)
    }

    pub(crate) fn bytes(&mut self, max: usize) -> Option<&'a [u8]> {
        let length = self.length(max)?;
        let (value, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }

    /// Is all read? Bytes left over mean that something else was written.
    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let unsigned = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        let signed = [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN];
        let mut writer = Writer::new();
        unsigned.iter().for_each(|value| writer.unsigned(*value));
        signed.iter().for_each(|value| writer.signed(*value));
        writer.wide(u64::MAX - 1);
        writer.byte(7);
        writer.bytes(b"text");
        let bytes = writer.into_bytes();
        let mut reader = Reader::new(&bytes).expect("the version is known");
        unsigned.iter().for_each(|value| assert_eq!(reader.unsigned(), Some(*value)));
        signed.iter().for_each(|value| assert_eq!(reader.signed(), Some(*value)));
        assert_eq!(reader.wide(), Some(u64::MAX - 1));
        assert_eq!(reader.byte(), Some(7));
        assert_eq!(reader.bytes(4), Some(b"text".as_slice()));
        assert!(reader.is_at_end());
    }

    #[test]
    fn what_ends_early_or_is_too_much_is_nothing() {
        assert!(Reader::new(&[]).is_none());
        assert!(Reader::new(&[VERSION + 1]).is_none());
        let read = |bytes: &[u8]| Reader::new(bytes).and_then(|mut reader| reader.unsigned());
        assert_eq!(read(&[VERSION]), None);
        assert_eq!(read(&[VERSION, 0x80]), None);
        assert_eq!(read(&[VERSION, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2]), None);
        let text =
            |bytes: &[u8]| Reader::new(bytes).and_then(|mut reader| reader.bytes(3).map(<[u8]>::to_vec));
        assert_eq!(text(&[VERSION, 4, 1, 2, 3, 4]), None);
        assert_eq!(text(&[VERSION, 3, 1, 2]), None);
        assert_eq!(text(&[VERSION, 2, 1, 2]), Some(vec![1, 2]));
    }
}
