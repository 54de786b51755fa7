//! The leaf of an elector: a hash that says nothing without the register's key.
//!
//! Postcodes and names are few. Without a salt, who holds a leaf tries them all in a minute; so each row has a salt of its own,
//! derived from the key, the elector and the epoch, and each field one derived from the row's. To show one field, only its salt
//! is handed out, and the other fields stay as unknown as they were.

use crate::canonical::{self, Key};
use evidence::{Hash, hash::leaf_hash};
use ring::hmac;
use sha2::{Digest, Sha256};

/// Bytes of a register's key.
pub const KEY_BYTES: usize = 32;
/// Separates this use of the key from every other.
const ROW_LABEL: &[u8] = b"portcullis register row v1\0";

/// The secret that salts are derived from. Whoever has it and a seal can try names; without it nobody can.
pub struct RegisterKey(hmac::Key);

impl RegisterKey {
    /// The key of these bytes, which must be random.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The leaf of a row: RFC 6962's leaf hash over the key, with its length, and the commitments of its fields in their order.
    /// `fields` are canonical bytes; `epoch` tells the leaves of two seals of one register apart.
    pub fn leaf(&self, epoch: &str, key: &Key, fields: &[u8]) -> Hash {
        let row_salt = self.row_salt(epoch, key);
        let mut entry = length(key.as_bytes()).to_vec();
        entry.extend(key.as_bytes());
        for (name, value) in canonical::fields(fields) {
            entry.extend(commitment(&row_salt, name, value));
        }
        leaf_hash(&entry)
    }

    /// HMAC-SHA-256 over label, epoch and elector.
    fn row_salt(&self, epoch: &str, key: &Key) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(ROW_LABEL);
        context.update(&length(epoch.as_bytes()));
        context.update(epoch.as_bytes());
        context.update(key.as_bytes());
        context.sign().as_ref().try_into().unwrap_or_default()
    }
}

/// SHA-256 over the field's salt, its name and its value. The salt is SHA-256 over the row's salt and the name: inputs of
/// one length before the name, so neither can be taken for the other.
fn commitment(row_salt: &[u8; 32], name: &[u8], value: &[u8]) -> [u8; 32] {
    let salt = Sha256::new().chain_update(row_salt).chain_update(name).finalize();
    let named = Sha256::new().chain_update(salt).chain_update(length(name)).chain_update(name);
    named.chain_update(value).finalize().into()
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Row;

    #[test]
    fn key_epoch_elector_and_every_field_change_the_leaf() {
        let leaf = |secret: u8, epoch: &str, number: &str, surname: &str| {
            let row = Row::new(Key::of([number]), 1, [("postcode", "AB1 2CD"), ("surname", surname)]);
            RegisterKey::new(&[secret; KEY_BYTES]).leaf(epoch, &row.key, row.as_bytes())
        };
        let first = leaf(1, "2021-12-01", "7", "Hill");
        assert_eq!(first, leaf(1, "2021-12-01", "7", "Hill"));
        for other in [
            leaf(2, "2021-12-01", "7", "Hill"),
            leaf(1, "2022-01-04", "7", "Hill"),
            leaf(1, "2021-12-01", "8", "Hill"),
            leaf(1, "2021-12-01", "7", "Mill"),
        ] {
            assert_ne!(first, other);
        }
    }
}
