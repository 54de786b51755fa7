//! The index as one file: a heading, sorted arrays, and a checksum over all of it.
//!
//! All numbers are 32 bits, little endian. Reading believes nothing: lengths, order and every number that is a place elsewhere
//! are checked, so that a damaged or forged file is refused and never searched.

use sha2::{Digest, Sha256};

use super::table::{Rows, Texts};
use super::{Index, NO_PAIR};

const MAGIC: &[u8; 8] = b"PCSCREEN";
/// Counts up whenever the arrays or the folding of names change, since an index only answers the engine that built it.
pub const VERSION: u32 = 1;
const CHECKSUM_BYTES: usize = 32;

/// Why an index was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It is not an index, or is cut off.
    #[error("not an index of names, or cut off")]
    Shape,
    /// Another version of the engine made it.
    #[error("the index is of version {found}, this engine reads {VERSION}; build it again")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// Its bytes are not those that were written.
    #[error("the checksum of the index does not agree; build it again")]
    Checksum,
    /// An array points outside of another.
    #[error("array {array} of the index is not in order; build it again")]
    Array {
        /// Its number, from the beginning of the file.
        array: usize,
    },
}

impl Index {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        for texts in self.texts() {
            write(&mut bytes, &texts.ends);
            bytes.extend_from_slice(&(texts.bytes.len() as u32).to_le_bytes());
            bytes.extend_from_slice(texts.bytes.as_bytes());
        }
        for rows in self.rows() {
            write(&mut bytes, &rows.ends);
            write(&mut bytes, &rows.values);
        }
        for array in self.arrays() {
            write(&mut bytes, array);
        }
        let checksum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`IndexError`] says why the bytes are no index that this engine can search.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexError> {
        let body = bytes.len().checked_sub(CHECKSUM_BYTES).and_then(|end| bytes.split_at_checked(end));
        let (body, checksum) = body.ok_or(IndexError::Shape)?;
        let mut rest = body.strip_prefix(MAGIC).ok_or(IndexError::Shape)?;
        let found = number(&mut rest)?;
        if found != VERSION {
            return Err(IndexError::Version { found });
        }
        if Sha256::digest(body).as_slice() != checksum {
            return Err(IndexError::Checksum);
        }
        let mut index = Self::default();
        for texts in index.texts_mut() {
            texts.ends = read(&mut rest)?;
            let length = number(&mut rest)? as usize;
            let (text, after) = rest.split_at_checked(length).ok_or(IndexError::Shape)?;
            texts.bytes = std::str::from_utf8(text).map_err(|_| IndexError::Shape)?.to_owned();
            rest = after;
        }
        for rows in index.rows_mut() {
            rows.ends = read(&mut rest)?;
            rows.values = read(&mut rest)?;
        }
        for array in index.arrays_mut() {
            *array = read(&mut rest)?;
        }
        if !rest.is_empty() {
            return Err(IndexError::Shape);
        }
        index.verify()?;
        index.derive();
        Ok(index)
    }

    fn texts(&self) -> [&Texts; 8] {
        [
            &self.tokens,
            &self.sounds,
            &self.skeletons,
            &self.name_texts,
            &self.entry_lists,
            &self.entry_uids,
            &self.entry_nationalities,
            &self.entry_identifiers,
        ]
    }

    fn texts_mut(&mut self) -> [&mut Texts; 8] {
        [
            &mut self.tokens,
            &mut self.sounds,
            &mut self.skeletons,
            &mut self.name_texts,
            &mut self.entry_lists,
            &mut self.entry_uids,
            &mut self.entry_nationalities,
            &mut self.entry_identifiers,
        ]
    }

    fn rows(&self) -> [&Rows; 5] {
        [&self.form_tokens, &self.entry_births, &self.all, &self.prefix, &self.abbreviated]
    }

    fn rows_mut(&mut self) -> [&mut Rows; 5] {
        [
            &mut self.form_tokens,
            &mut self.entry_births,
            &mut self.all,
            &mut self.prefix,
            &mut self.abbreviated,
        ]
    }

    fn arrays(&self) -> [&Vec<u32>; 8] {
        [
            &self.weights,
            &self.key_hashes,
            &self.key_tokens,
            &self.form_pairs,
            &self.form_names,
            &self.name_entries,
            &self.name_weak,
            &self.entry_kinds,
        ]
    }

    fn arrays_mut(&mut self) -> [&mut Vec<u32>; 8] {
        [
            &mut self.weights,
            &mut self.key_hashes,
            &mut self.key_tokens,
            &mut self.form_pairs,
            &mut self.form_names,
            &mut self.name_entries,
            &mut self.name_weak,
            &mut self.entry_kinds,
        ]
    }

    /// Checks that the arrays fit each other; numbers count them as they stand in the file.
    fn verify(&self) -> Result<(), IndexError> {
        let (tokens, forms, names, entries) =
            (self.tokens.len(), self.form_names.len(), self.name_entries.len(), self.entry_kinds.len());
        let text_counts = [tokens, tokens, tokens, names, entries, entries, entries, entries];
        let row_counts = [forms, entries, tokens, tokens, tokens];
        let row_bounds = [tokens, usize::MAX, forms, forms, forms];
        let (keys, pairs) = (self.key_hashes.len(), self.form_tokens.values.len());
        let array_counts = [tokens, keys, keys, pairs, forms, names, names, entries];
        let array_bounds =
            [usize::MAX, usize::MAX, tokens, tokens, names, entries, 2, crate::list::Kind::ALL.len()];
        let mut are_good = Vec::new();
        are_good.extend(self.texts().iter().zip(text_counts).map(|(texts, count)| {
            texts.len() == count
                && ascends(&texts.ends, texts.bytes.len())
                && texts.ends.iter().all(|end| texts.bytes.is_char_boundary(*end as usize))
        }));
        are_good.extend(self.rows().iter().zip(row_counts).zip(row_bounds).map(|((rows, count), bound)| {
            rows.len() == count
                && ascends(&rows.ends, rows.values.len())
                && rows.values.iter().all(|value| (*value as usize) < bound)
        }));
        are_good.extend(self.arrays().iter().zip(array_counts).zip(array_bounds).map(
            |((array, count), bound)| {
                array.len() == count
                    && array
                        .iter()
                        .all(|value| (*value as usize) < bound || (bound == tokens && *value == NO_PAIR))
            },
        ));
        are_good.push(self.key_hashes.is_sorted());
        are_good.push(self.weights.iter().all(|weight| (0.0..100.0).contains(&f32::from_bits(*weight))));
        match are_good.iter().position(|is_good| !is_good) {
            Some(array) => Err(IndexError::Array { array }),
            None => Ok(()),
        }
    }
}

fn ascends(ends: &[u32], length: usize) -> bool {
    ends.is_sorted() && ends.last().map_or(length == 0, |last| *last as usize == length)
}

fn write(bytes: &mut Vec<u8>, array: &[u32]) {
    bytes.extend_from_slice(&(array.len() as u32).to_le_bytes());
    array.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
}

fn number(rest: &mut &[u8]) -> Result<u32, IndexError> {
    let (first, after) = rest.split_first_chunk::<4>().ok_or(IndexError::Shape)?;
    *rest = after;
    Ok(u32::from_le_bytes(*first))
}

/// Reads an array; nothing is reserved before its bytes are known to be there.
fn read(rest: &mut &[u8]) -> Result<Vec<u32>, IndexError> {
    let length = (number(rest)? as usize).checked_mul(4).ok_or(IndexError::Shape)?;
    let (bytes, after) = rest.split_at_checked(length).ok_or(IndexError::Shape)?;
    *rest = after;
    let (chunks, _) = bytes.as_chunks::<4>();
    Ok(chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect())
}
