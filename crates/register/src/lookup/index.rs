//! The index of one version of a register, on disk: entries by postcode, then a sorted table of keys and where they lead.
//!
//! Only every thousandth key is in memory; a question reads one stretch of the table and the few entries that it leads to.

use super::entry::Entry;
use model::limit::REGISTER_LOOKUP_CANDIDATES_MAX;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom, Write};

const MAGIC: &[u8; 16] = b"PORTCULLIS-LOOK1";
/// Of a row of the table: key and offset.
const ROW_BYTES: u64 = 16;
/// Rows of the table from one key in memory to the next: 16 KiB are read at once.
const STRETCH: u64 = 1_024;
/// Offset and number of rows of the table, at the end of the file.
const FOOT_BYTES: u64 = 16;

/// Where electors of a place are found: the first 8 bytes of SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
    /// Of a postcode without spaces; none of none.
    pub fn of_postcode(postcode: &str) -> Option<Self> {
        (!postcode.is_empty()).then(|| Self::of(&[b"p", postcode.as_bytes()]))
    }

    /// Of a house, in the words of the first line of an address, and the first letter of a name. None without two words.
    pub fn of_house(house: &[String], initial: char) -> Option<Self> {
        let (number, street) = house.split_first()?;
        let longest = street.iter().max_by_key(|word| word.len())?;
        let mut letter = [0; 4];
        let letter = initial.encode_utf8(&mut letter);
        Some(Self::of(&[b"h", number.as_bytes(), b"\0", longest.as_bytes(), b"\0", letter.as_bytes()]))
    }

    fn of(parts: &[&[u8]]) -> Self {
        let digest = parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize();
        Self(digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)))
    }

    /// As it is sorted.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// As it was sorted.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }
}

/// Why an index cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It is not what was written.
    #[error("the index is damaged at byte {at}: make it again")]
    Damaged {
        /// Where.
        at: u64,
    },
    /// Reading or writing failed.
    #[error("cannot use the index")]
    Io(#[from] io::Error),
}

/// Writes an index: first all entries in the order of their postcodes, then all keys in their order.
#[derive(Debug)]
pub struct IndexWriter<W> {
    out: W,
    at: u64,
    table: u64,
}

impl<W: Write> IndexWriter<W> {
    /// Begins one.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(mut out: W) -> Result<Self, IndexError> {
        out.write_all(MAGIC)?;
        Ok(Self { out, at: MAGIC.len() as u64, table: 0 })
    }

    /// Takes an entry and answers where it lies.
    ///
    /// # Errors
    /// When writing fails.
    pub fn entry(&mut self, bytes: &[u8]) -> Result<u64, IndexError> {
        let at = self.at;
        let length = u32::try_from(bytes.len()).map_err(|_| IndexError::Damaged { at })?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(bytes)?;
        self.at += 4 + bytes.len() as u64;
        Ok(at)
    }

    /// Takes a row of the table, after all entries.
    ///
    /// # Errors
    /// When writing fails.
    pub fn row(&mut self, key: Key, at: u64) -> Result<(), IndexError> {
        self.out.write_all(&key.to_bytes())?;
        self.out.write_all(&at.to_be_bytes())?;
        self.table += 1;
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, IndexError> {
        self.out.write_all(&self.at.to_be_bytes())?;
        self.out.write_all(&self.table.to_be_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Reads an index.
#[derive(Debug)]
pub struct IndexReader<R> {
    input: R,
    /// Where the table begins, and its rows.
    table: u64,
    rows: u64,
    /// Every [`STRETCH`]th key.
    sparse: Vec<Key>,
}

impl<R: Read + Seek> IndexReader<R> {
    /// Opens one: reads its end and one key in a thousand.
    ///
    /// # Errors
    /// When it is damaged or reading fails.
    pub fn open(mut input: R) -> Result<Self, IndexError> {
        let length = input.seek(SeekFrom::End(0))?;
        let foot = length.checked_sub(FOOT_BYTES).ok_or(IndexError::Damaged { at: length })?;
        input.seek(SeekFrom::Start(foot))?;
        let (table, rows) = (read_number(&mut input)?, read_number(&mut input)?);
        let is_whole = rows.checked_mul(ROW_BYTES).and_then(|bytes| bytes.checked_add(table)) == Some(foot);
        input.seek(SeekFrom::Start(0))?;
        let mut magic = [0; 16];
        input.read_exact(&mut magic)?;
        if !is_whole || magic != *MAGIC {
            return Err(IndexError::Damaged { at: foot });
        }
        let mut reader = Self { input, table, rows, sparse: Vec::new() };
        for row in (0..rows).step_by(1_024) {
            let key = reader.read_rows(row, 1)?.first().map(|(key, _)| *key);
            reader.sparse.extend(key);
        }
        Ok(reader)
    }

    fn read_rows(&mut self, first: u64, count: u64) -> Result<Vec<(Key, u64)>, IndexError> {
        let count = count.min(self.rows.saturating_sub(first));
        self.input.seek(SeekFrom::Start(self.table + first * ROW_BYTES))?;
        let mut bytes = Vec::new();
        (&mut self.input).take(count * ROW_BYTES).read_to_end(&mut bytes)?;
        let (rows, _) = bytes.as_chunks::<16>();
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Ok(rows
            .iter()
            .map(|row| {
                (Key(number(row.get(..8).unwrap_or_default())), number(row.get(8..).unwrap_or_default()))
            })
            .collect())
    }

    /// Entries under a key, as many as [`REGISTER_LOOKUP_CANDIDATES_MAX`]; for a postcode, all that stand together there.
    ///
    /// # Errors
    /// When the index is damaged or reading fails.
    pub fn entries(&mut self, key: Key, is_postcode: bool) -> Result<Vec<Entry>, IndexError> {
        let mut entries = Vec::new();
        for at in self.places(key)? {
            if is_postcode {
                self.read_group(at, key, &mut entries)?;
            } else {
                entries.extend(self.read_entry(at)?.map(|(entry, _)| entry));
            }
        }
        Ok(entries)
    }

    fn places(&mut self, key: Key) -> Result<Vec<u64>, IndexError> {
        let stretch = self.sparse.partition_point(|first| *first < key).saturating_sub(1) as u64;
        let mut places = Vec::new();
        for first in (stretch * STRETCH..self.rows).step_by(1_024) {
            let rows = self.read_rows(first, STRETCH)?;
            let is_over = rows.last().is_none_or(|(last, _)| *last > key);
            places.extend(rows.iter().filter(|(other, _)| *other == key).map(|(_, at)| *at));
            if is_over || places.len() >= REGISTER_LOOKUP_CANDIDATES_MAX {
                break;
            }
        }
        places.truncate(REGISTER_LOOKUP_CANDIDATES_MAX);
        Ok(places)
    }

    fn read_group(&mut self, mut at: u64, key: Key, entries: &mut Vec<Entry>) -> Result<(), IndexError> {
        while entries.len() < REGISTER_LOOKUP_CANDIDATES_MAX
            && let Some((entry, next)) = self.read_entry(at)?
            && entry.by_postcode() == Some(key)
        {
            entries.push(entry);
            at = next;
        }
        Ok(())
    }

    /// The entry at `at` and where the next one is; none at the end of them.
    fn read_entry(&mut self, at: u64) -> Result<Option<(Entry, u64)>, IndexError> {
        if at >= self.table {
            return Ok(None);
        }
        self.input.seek(SeekFrom::Start(at))?;
        let mut length = [0; 4];
        self.input.read_exact(&mut length)?;
        let length = u64::from(u32::from_be_bytes(length));
        let next = at + 4 + length;
        if next > self.table {
            return Err(IndexError::Damaged { at });
        }
        let mut bytes = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut bytes)?;
        let entry = Entry::from_bytes(&bytes).ok_or(IndexError::Damaged { at })?;
        Ok(Some((entry, next)))
    }
}

fn read_number(input: &mut impl Read) -> Result<u64, IndexError> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}
