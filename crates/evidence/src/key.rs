//! What signer, verifier and witness keys have in common: a name, a key id, and how they are written (C2SP signed-note).

use crate::{hash::digest, note::KeyError};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};

/// Bytes of an Ed25519 public key, and of the seed of a private one (RFC 8032).
pub(crate) const KEY_BYTES: usize = 32;

/// What a key signs; part of its id, so that one key pair never signs two kinds of thing under one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Plain Ed25519 over the note text.
    Note = 0x01,
    /// Timestamped Ed25519 cosignature over a checkpoint.
    Cosignature = 0x04,
}

/// A public key under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub(crate) name: String,
    pub(crate) id: u32,
    algorithm: Algorithm,
    key: VerifyingKey,
}

impl PublicKey {
    pub(crate) fn new(name: &str, algorithm: Algorithm, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let id = key_id(name, algorithm, key.as_bytes());
        Ok(Self { name: name.to_owned(), id, algorithm, key })
    }

    /// Reads `name+id+base64(algorithm || key)`.
    pub(crate) fn from_vkey(vkey: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let (name, id, bytes) = read_key(vkey, algorithm)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Key)?;
        let key = Self::new(name, algorithm, key)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }

    pub(crate) fn to_vkey(&self) -> String {
        write_key(&self.name, self.id, self.algorithm, self.key.as_bytes())
    }

    /// Checks an Ed25519 signature strictly: a signature that someone else could vary is refused.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

/// Key names are not empty and have no spaces, plus signs or control characters, which separate the parts of a line.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// SHA-256(name || newline || algorithm || key), its first four bytes.
pub(crate) fn key_id(name: &str, algorithm: Algorithm, key: &[u8]) -> u32 {
    let hash = digest(&[name.as_bytes(), b"\n", &[algorithm as u8], key]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Writes the text form that public and private keys share.
pub(crate) fn write_key(name: &str, id: u32, algorithm: Algorithm, key: &[u8; KEY_BYTES]) -> String {
    let mut bytes = vec![algorithm as u8];
    bytes.extend_from_slice(key);
    format!("{name}+{id:08x}+{}", STANDARD.encode(bytes))
}

/// Reads the text form that public and private keys share: name, id, key. The caller checks that they fit together.
pub(crate) fn read_key(text: &str, algorithm: Algorithm) -> Result<(&str, u32, [u8; KEY_BYTES]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Format);
    };
    let id = Some(id).filter(|id| id.len() == 8 && !id.starts_with('+')).ok_or(KeyError::Format)?;
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Format)?;
    let bytes = STANDARD.decode(key).map_err(|_| KeyError::Format)?;
    match bytes.split_first() {
        Some((first, key)) if *first == algorithm as u8 => {
            Ok((name, id, key.try_into().map_err(|_| KeyError::Key)?))
        }
        _ => Err(KeyError::Algorithm),
    }
}
