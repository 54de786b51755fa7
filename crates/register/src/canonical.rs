//! One spelling of a row: every part with its length before it, fields in the order of their names, empty ones left out.
//!
//! Lengths keep two rows apart whose texts run together alike; the order of names makes the order of columns not matter.

use std::{borrow::Cow, fmt};

/// An elector's key: the values of the key columns, each with its length (two bytes, big-endian) before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// The key of these values.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut bytes = Vec::new();
        values.into_iter().for_each(|value| put(&mut bytes, value));
        Self(bytes)
    }

    /// A key as it stands in a seal.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes that are sorted by, hashed and stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The values of the key columns.
    pub fn parts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        Parts(&self.0).map(String::from_utf8_lossy)
    }

    /// Whether every value is empty.
    pub fn is_blank(&self) -> bool {
        Parts(&self.0).all(<[u8]>::is_empty)
    }
}

/// The values with `/` between them, as electoral offices write numbers.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.parts().enumerate() {
            let slash = if place > 0 { "/" } else { "" };
            write!(f, "{slash}{part}")?;
        }
        Ok(())
    }
}

/// One elector's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub key: Key,
    /// Line of the file at which the row begins, from 1.
    pub line: u64,
    /// Names and values in turn, each with its length before it.
    fields: Vec<u8>,
}

impl Row {
    /// The row of these fields, which come in the order of their names; empty values are left out.
    pub fn new<'a>(key: Key, line: u64, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut bytes = Vec::new();
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            put(&mut bytes, name);
            put(&mut bytes, value);
        }
        Self { key, line, fields: bytes }
    }

    /// The canonical bytes of the fields without the key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.fields
    }
}

/// Names and values of canonical bytes.
pub fn fields(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut parts = Parts(bytes);
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
}

/// Values are far below 64 KiB: the reader sets aside what is longer than its limit. What is beyond would be cut here, not
/// misread.
fn put(bytes: &mut Vec<u8>, value: &str) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(value.bytes().take(usize::from(length)));
}

/// Parts with their lengths before them; a broken end ends them.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<2>()?;
        let (part, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.0 = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_run_together_alike_are_kept_apart() {
        assert_ne!(Key::of(["AB", "1"]), Key::of(["A", "B1"]));
        assert_eq!(Key::of(["AB", "17", ""]).to_string(), "AB/17/");
        assert!(Key::of(["", ""]).is_blank());
    }

    #[test]
    fn empty_fields_are_like_absent_ones() {
        let row =
            |fields: &[(&'static str, &'static str)]| Row::new(Key::of(["1"]), 2, fields.iter().copied());
        assert_eq!(row(&[("a", "x"), ("b", "")]), row(&[("a", "x")]));
        let row = row(&[("a", "x"), ("c", "yz")]);
        let found: Vec<_> = fields(row.as_bytes()).collect();
        assert_eq!(found, [(&b"a"[..], &b"x"[..]), (&b"c"[..], &b"yz"[..])]);
    }
}
