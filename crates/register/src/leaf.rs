//! The leaf of an elector: a hash that says nothing without the register's key.
//!
//! Postcodes and names are few. Without a salt, who holds a leaf tries them all in a minute; so each row has a seed of its own,
//! derived from the key, the elector and the epoch, and each field a salt derived from the row's seed. To show one field, only
//! its salt is handed out, and the other fields stay as unknown as they were.
//!
//! Salts change with the epoch, so two seals of one register have no leaf in common. What says that an elector is the same in
//! both is the mark of [`Record`], which has no epoch in it.

use crate::canonical::{self, Key};
use evidence::{Hash, hash::leaf_hash};
use ring::hmac;
use sha2::{Digest, Sha256};

/// Bytes of a register's key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a field's salt.
pub const SALT_BYTES: usize = 16;
/// Bytes of a mark.
pub const MARK_BYTES: usize = 16;
/// Separate the uses of the key from one another.
const EPOCH_LABEL: &[u8] = b"portcullis register epoch v2\0";
const MARK_LABEL: &[u8] = b"portcullis register mark v2\0";

/// The secret that salts are derived from. Whoever has it and a seal can try names; without it nobody can.
pub struct RegisterKey(hmac::Key);

impl RegisterKey {
    /// The key of these bytes, which must be random.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// What makes the records of one seal; `epoch` tells the leaves of two seals of one register apart.
    pub fn sealing(&self, epoch: &str) -> SealingKey {
        SealingKey { seeds: self.derived(EPOCH_LABEL, epoch), marks: self.derived(MARK_LABEL, "") }
    }

    fn derived(&self, label: &[u8], text: &str) -> hmac::Key {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label);
        context.update(text.as_bytes());
        hmac::Key::new(hmac::HMAC_SHA256, context.sign().as_ref())
    }
}

/// What a seal holds of an elector beside the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The same as long as key and fields are, over all seals made with one register key; says nothing else.
    pub mark: [u8; MARK_BYTES],
    /// SHA-256 over the commitments of the fields, in the order of the fields' names.
    pub fields: [u8; 32],
}

impl Record {
    /// Bytes of a record.
    pub const LEN: usize = MARK_BYTES + 32;

    /// The bytes that a seal holds.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (mark, fields) = bytes.split_at_mut(MARK_BYTES);
        mark.copy_from_slice(&self.mark);
        fields.copy_from_slice(&self.fields);
        bytes
    }

    /// The record of these bytes; none when they are more or fewer.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (mark, fields) = bytes.split_first_chunk::<MARK_BYTES>()?;
        Some(Self { mark: *mark, fields: fields.try_into().ok()? })
    }

    /// RFC 6962's leaf hash over the key, with its length, and the record.
    pub fn leaf(self, key: &[u8]) -> Hash {
        let mut entry = Vec::with_capacity(4 + key.len() + Self::LEN);
        entry.extend(u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
        entry.extend(key);
        entry.extend(self.to_bytes());
        leaf_hash(&entry)
    }
}

/// Makes records, and what shows single fields of them.
pub struct SealingKey {
    /// Key of the rows' seeds: HMAC-SHA-256 of the register key over label and epoch.
    seeds: hmac::Key,
    /// Key of the marks.
    marks: hmac::Key,
}

impl SealingKey {
    /// The record of a row. `fields` are canonical bytes.
    pub fn record(&self, key: &Key, fields: &[u8]) -> Record {
        let mut commitments = Sha256::new();
        for opening in self.openings(key, fields) {
            commitments.update(opening.commitment());
        }
        Record { mark: self.mark(key, fields), fields: commitments.finalize().into() }
    }

    /// What opens each field of a row, in their order.
    pub fn openings<'a>(&self, key: &Key, fields: &'a [u8]) -> impl Iterator<Item = Opening<'a>> + use<'a> {
        let mut salts = Salts::new(&hmac::sign(&self.seeds, key.as_bytes()));
        canonical::fields(fields).map(move |(name, value)| Opening { salt: salts.next(), name, value })
    }

    fn mark(&self, key: &Key, fields: &[u8]) -> [u8; MARK_BYTES] {
        let mut context = hmac::Context::with_key(&self.marks);
        context.update(&u32::try_from(key.as_bytes().len()).unwrap_or(u32::MAX).to_be_bytes());
        context.update(key.as_bytes());
        context.update(fields);
        context.sign().as_ref().first_chunk().copied().unwrap_or_default()
    }
}

/// A field with its salt: whoever gets them can compute the field's commitment, and so test that it is in a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Random to everybody without the register key.
    pub salt: [u8; SALT_BYTES],
    /// Name of the field.
    pub name: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
}

impl Opening<'_> {
    /// SHA-256 over the salt, the length of the name in two bytes, the name and the value. Salt and usual names and values
    /// fit into one block of the hash, which sealing millions of rows takes most of its time for.
    pub fn commitment(&self) -> [u8; 32] {
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_be_bytes();
        let named = Sha256::new().chain_update(self.salt).chain_update(length).chain_update(self.name);
        named.chain_update(self.value).finalize().into()
    }
}

/// The salts of a row's fields: halves of SHA-256 over the row's seed and a counter of four bytes.
struct Salts {
    seed: [u8; 32],
    block: [u8; 32],
    /// Salts given out.
    count: u32,
}

impl Salts {
    fn new(seed: &hmac::Tag) -> Self {
        Self { seed: seed.as_ref().try_into().unwrap_or_default(), block: [0; 32], count: 0 }
    }

    fn next(&mut self) -> [u8; SALT_BYTES] {
        let is_even = self.count.is_multiple_of(2);
        if is_even {
            let counter = (self.count / 2).to_be_bytes();
            self.block = Sha256::new().chain_update(self.seed).chain_update(counter).finalize().into();
        }
        self.count += 1;
        let half = if is_even { self.block.first_chunk() } else { self.block.last_chunk() };
        half.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Row;

    fn record(secret: u8, epoch: &str, number: &str, surname: &str) -> (Record, Hash) {
        let row = Row::new(Key::of([number]), 1, [("postcode", "AB1 2CD"), ("surname", surname)]);
        let record = RegisterKey::new(&[secret; KEY_BYTES]).sealing(epoch).record(&row.key, row.as_bytes());
        (record, record.leaf(row.key.as_bytes()))
    }

    #[test]
    fn key_epoch_elector_and_every_field_change_the_leaf() {
        let (first, leaf) = record(1, "2021-12-01", "7", "Hill");
        assert_eq!(record(1, "2021-12-01", "7", "Hill"), (first, leaf));
        for other in [
            record(2, "2021-12-01", "7", "Hill"),
            record(1, "2022-01-04", "7", "Hill"),
            record(1, "2021-12-01", "8", "Hill"),
            record(1, "2021-12-01", "7", "Mill"),
        ] {
            assert_ne!(leaf, other.1);
        }
    }

    #[test]
    fn the_mark_outlives_the_epoch_and_nothing_else() {
        let mark = |secret, epoch, number, surname| record(secret, epoch, number, surname).0.mark;
        let first = mark(1, "2021-12-01", "7", "Hill");
        assert_eq!(first, mark(1, "2022-01-04", "7", "Hill"));
        for other in [mark(2, "e", "7", "Hill"), mark(1, "e", "8", "Hill"), mark(1, "e", "7", "Mill")] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn every_field_has_a_salt_of_its_own() {
        let row = Row::new(Key::of(["7"]), 1, ["a", "b", "c", "d", "e"].map(|name| (name, "same")));
        let key = RegisterKey::new(&[1; KEY_BYTES]).sealing("e");
        let salts: std::collections::BTreeSet<_> =
            key.openings(&row.key, row.as_bytes()).map(|opening| opening.salt).collect();
        assert_eq!(salts.len(), 5);
    }
}
