//! The file of a seal: which electors there were, and the record of each. Its layout is in `docs/register.md`.
//!
//! What ends a seal proves that it is whole: a count, the root, and a hash over everything before. A file that was torn or
//! altered in any bit is never accepted.

use crate::leaf::Record;
use crate::sort::{Item, SortError};
use evidence::{CompactTree, Hash};
use model::limit::{REGISTER_RECORD_BYTES_MAX, SEAL_HEADING_BYTES_MAX};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};

/// First bytes of a seal; the digit is the version.
const MAGIC: &[u8; 16] = b"PORTCULLIS-SEAL2";
/// Stands where the length of a key would, after the last elector.
const END: u32 = u32::MAX;
/// Longest key in a seal: all of a row, with lengths.
const KEY_BYTES_MAX: usize = 2 * REGISTER_RECORD_BYTES_MAX;

/// What a seal says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// Name of the register.
    pub register: String,
    /// Goes into every salt, so that leaves of two seals cannot be compared without the key.
    pub epoch: String,
    /// Fields that make the key.
    pub key_fields: Vec<String>,
}

/// What all leaves come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Electors.
    pub rows: u64,
    /// Root of the Merkle tree (RFC 6962) over their leaves in order of their keys.
    pub root: Hash,
}

/// Why a seal cannot be written or believed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Reading or writing failed.
    #[error("cannot read or write the seal")]
    Io(#[from] io::Error),
    /// It does not begin as a seal does.
    #[error("this is not a seal that this version knows")]
    NotASeal,
    /// It is torn or was altered.
    #[error("the seal is damaged: {reason}")]
    Damaged {
        /// What does not agree.
        reason: &'static str,
    },
    /// The rows to be compared with it could not be sorted.
    #[error(transparent)]
    Sort(#[from] SortError),
}

const fn damaged(reason: &'static str) -> SealError {
    SealError::Damaged { reason }
}

/// Writes a seal, elector by elector.
pub struct SealWriter<W> {
    out: W,
    hash: Sha256,
    tree: CompactTree,
    last: Option<Vec<u8>>,
}

impl<W: Write> SealWriter<W> {
    /// Begins a seal.
    ///
    /// # Errors
    /// When writing fails, or the heading is longer than a reader would believe.
    pub fn new(out: W, heading: &Heading) -> Result<Self, SealError> {
        let text = serde_json::to_vec(heading).map_err(io::Error::from)?;
        let length = u32::try_from(text.len()).ok().filter(|_| text.len() <= SEAL_HEADING_BYTES_MAX);
        let length =
            length.ok_or_else(|| io::Error::other("the names in the heading of the seal are too long"))?;
        let mut writer = Self { out, hash: Sha256::new(), tree: CompactTree::default(), last: None };
        writer.put(MAGIC)?;
        writer.put(&length.to_be_bytes())?;
        writer.put(&text)?;
        Ok(writer)
    }

    /// Adds the next elector.
    ///
    /// # Errors
    /// When writing fails, or the key is not above the one before.
    pub fn push(&mut self, key: &[u8], record: Record) -> Result<(), SealError> {
        if self.last.as_deref().is_some_and(|last| last >= key) || key.len() > KEY_BYTES_MAX {
            return Err(damaged("the keys do not ascend"));
        }
        self.put(&u32::try_from(key.len()).unwrap_or(END).to_be_bytes())?;
        self.put(key)?;
        self.put(&record.to_bytes())?;
        self.tree.push(record.leaf(key));
        key.clone_into(self.last.get_or_insert_default());
        Ok(())
    }

    /// Ends the seal. The caller makes it durable.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<(W, Summary), SealError> {
        let summary = Summary { rows: self.tree.size().0, root: self.tree.root() };
        self.put(&END.to_be_bytes())?;
        self.put(&summary.rows.to_be_bytes())?;
        self.put(summary.root.as_bytes())?;
        self.out.write_all(&self.hash.finalize())?;
        self.out.flush()?;
        Ok((self.out, summary))
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Reads a seal, elector by elector: the bodies of its items are [`Record`]s. What it yielded may be believed only when the end was reached without an error.
pub struct SealReader<R> {
    input: R,
    hash: Sha256,
    tree: CompactTree,
    heading: Heading,
    last: Option<Vec<u8>>,
    is_ended: bool,
}

impl<R: Read> SealReader<R> {
    /// Opens a seal.
    ///
    /// # Errors
    /// When it is none, or its heading is damaged.
    pub fn open(mut input: R) -> Result<Self, SealError> {
        let mut hash = Sha256::new();
        let magic: [u8; 16] = take_array(&mut input, &mut hash).map_err(|_| SealError::NotASeal)?;
        if magic != *MAGIC {
            return Err(SealError::NotASeal);
        }
        let length = u32::from_be_bytes(take_array(&mut input, &mut hash)?);
        let text = take(&mut input, &mut hash, length, SEAL_HEADING_BYTES_MAX)?;
        let heading = serde_json::from_slice(&text).map_err(|_| damaged("its heading is not readable"))?;
        Ok(Self { input, hash, tree: CompactTree::default(), heading, last: None, is_ended: false })
    }

    /// What it says of itself.
    pub const fn heading(&self) -> &Heading {
        &self.heading
    }

    /// What its leaves come to, so far; all of them, once the end was reached.
    pub fn summary(&self) -> Summary {
        Summary { rows: self.tree.size().0, root: self.tree.root() }
    }

    fn read(&mut self) -> Result<Option<Item>, SealError> {
        let length = u32::from_be_bytes(take_array(&mut self.input, &mut self.hash)?);
        if length == END {
            return self.check_end().map(|()| None);
        }
        let key = take(&mut self.input, &mut self.hash, length, KEY_BYTES_MAX)?;
        if self.last.as_ref().is_some_and(|last| *last >= key) {
            return Err(damaged("its keys do not ascend"));
        }
        let body: [u8; Record::LEN] = take_array(&mut self.input, &mut self.hash)?;
        let record = Record::from_bytes(&body).ok_or_else(|| damaged("a record is too short"))?;
        self.tree.push(record.leaf(&key));
        key.clone_into(self.last.get_or_insert_default());
        Ok(Some(Item { key, body: body.to_vec(), line: 0 }))
    }

    fn check_end(&mut self) -> Result<(), SealError> {
        let rows = u64::from_be_bytes(take_array(&mut self.input, &mut self.hash)?);
        let root: [u8; Hash::LEN] = take_array(&mut self.input, &mut self.hash)?;
        let expected = self.hash.clone().finalize();
        let found: [u8; 32] = take_array(&mut self.input, &mut self.hash)?;
        let summary = self.summary();
        if found != *expected {
            return Err(damaged("its checksum is another"));
        }
        if rows != summary.rows || root != *summary.root.as_bytes() {
            return Err(damaged("its leaves do not come to its root"));
        }
        let mut beyond = [0];
        if self.input.read(&mut beyond)? > 0 {
            return Err(damaged("something follows its end"));
        }
        Ok(())
    }
}

impl<R: Read> Iterator for &mut SealReader<R> {
    type Item = Result<Item, SealError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let read = self.read();
        self.is_ended = !matches!(read, Ok(Some(_)));
        read.transpose()
    }
}

fn take_array<const N: usize>(input: &mut impl Read, hash: &mut Sha256) -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    fill(input, &mut bytes)?;
    hash.update(bytes);
    Ok(bytes)
}

fn take(input: &mut impl Read, hash: &mut Sha256, length: u32, max: usize) -> Result<Vec<u8>, SealError> {
    let length = usize::try_from(length).ok().filter(|length| *length <= max);
    let mut bytes = vec![0; length.ok_or_else(|| damaged("a length is beyond all limits"))?];
    fill(input, &mut bytes)?;
    hash.update(&bytes);
    Ok(bytes)
}

fn fill(input: &mut impl Read, bytes: &mut [u8]) -> Result<(), SealError> {
    input.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
        _ => SealError::Io(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn record(row: u8) -> Record {
        Record { mark: [row; 16], fields: [row; 32] }
    }

    fn seal(rows: u8) -> (Vec<u8>, Summary) {
        let heading = Heading { register: "r".into(), epoch: "e".into(), key_fields: vec!["number".into()] };
        let mut writer = SealWriter::new(Vec::new(), &heading).unwrap();
        (0..rows).for_each(|row| writer.push(&[row], record(row)).unwrap());
        writer.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Summary, SealError> {
        let mut reader = SealReader::open(bytes)?;
        (&mut reader).try_for_each(|item| item.map(|_| ()))?;
        Ok(reader.summary())
    }

    #[test]
    fn what_was_written_is_read() {
        for rows in [0, 1, 5] {
            let (bytes, summary) = seal(rows);
            assert_eq!(read(&bytes).unwrap(), summary);
            assert_eq!(summary.rows, u64::from(rows));
        }
    }

    #[test]
    fn no_half_seal_and_no_flipped_bit_is_accepted() {
        let (bytes, _) = seal(3);
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&flipped).is_err(), "bit {bit}");
        }
        assert!(read(&[bytes.as_slice(), b"x"].concat()).is_err());
    }

    #[test]
    fn keys_that_do_not_ascend_are_refused() {
        let heading = Heading { register: "r".into(), epoch: "e".into(), key_fields: vec![] };
        let mut writer = SealWriter::new(Vec::new(), &heading).unwrap();
        writer.push(b"b", record(2)).unwrap();
        assert!(writer.push(b"b", record(2)).is_err());
        assert!(writer.push(b"a", record(1)).is_err());
    }
}
