//! Originals in a folder, each sealed by XChaCha20-Poly1305 under one key.
//!
//! ```text
//! key-check      SHA-256 of a label and the key: tells a wrong key from a damaged file
//! packed.sqlite3 originals that came many at once, sealed the same way: one sync for all of them
//! new/           files that are being written; emptied on open, so that no original outlives its retention there
//! ab/abcd…       "PSB1", 24 bytes nonce, ciphertext, 16 bytes tag; the name is the digest of the plaintext
//! ```
//! The digest is the associated data: a sealed file that was renamed to another digest does not open. Deleting removes
//! the name; it is the key that makes a stolen or leftover block useless.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use model::Sha256;
use model::limit::{MESSAGE_BYTES_MAX, PACKED_BLOB_BYTES_MAX};
use sha2::Digest;

use crate::blobs::{Blobs, check_size, digest};
use crate::disk::{
    Disk, LocalDisk, create_folder, read_if_present, remove_if_present, sync_folder, write_durably,
};
use crate::inspection::{Flaw, Inspector};
use crate::key::{SecretKey, random_bytes};
use crate::reading::ReadingDisk;
use crate::records::{Batch, Records};
use crate::{Result, Sqlite, StoreError};

const MAGIC: &[u8; 4] = b"PSB1";
const UNFINISHED: &str = "new";
const NONCE_BYTES: usize = 24;
/// File by which a wrong key is told from damage.
pub(crate) const KEY_CHECK: &str = "key-check";
const KEY_CHECK_LABEL: &[u8] = b"portcullis sealed blobs key check 1";
/// Largest sealed file: the largest message with magic, nonce and tag.
const SEALED_BYTES_MAX: u64 = MESSAGE_BYTES_MAX as u64 + 44;

/// Collection of what is packed, by digest.
const PACKED: &str = "blob";

/// The embedded adapter of [`Blobs`].
pub struct SealedBlobs {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    /// None for a reader who has no key: then nothing opens.
    cipher: Option<XChaCha20Poly1305>,
    packed: Sqlite,
}

impl SealedBlobs {
    /// Opens the folder, and creates it where there is none; its blobs are then sealed with `key` for good.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] where another key sealed what is there, or any error of the disk.
    pub fn open(folder: &Path, key: &SecretKey) -> Result<Self> {
        Self::open_on(LocalDisk::shared(), folder, key)
    }

    /// Whether a key already seals what is or will be in `folder`.
    pub fn has_key(folder: &Path) -> bool {
        folder.join(KEY_CHECK).exists()
    }

    /// As [`SealedBlobs::open`], on another disk.
    ///
    /// # Errors
    /// As [`SealedBlobs::open`].
    pub fn open_on(disk: Arc<dyn Disk>, folder: &Path, key: &SecretKey) -> Result<Self> {
        let cipher = Some(XChaCha20Poly1305::new(key.bytes().into()));
        create_folder(&folder.join(UNFINISHED)).map_err(StoreError::at(folder))?;
        let packed = Sqlite::open(&folder.join("packed.sqlite3"))?;
        let blobs = Self { folder: folder.to_owned(), disk, cipher, packed };
        blobs.remove_unfinished().map_err(StoreError::at(folder))?;
        blobs.check_key(key)?;
        Ok(blobs)
    }

    /// Opens the folder for reading, also while another process writes to it. Without a key nothing can be opened, and all
    /// else works.
    ///
    /// # Errors
    /// As [`SealedBlobs::open`].
    pub fn open_reading(folder: &Path, key: Option<&SecretKey>) -> Result<Self> {
        let cipher = key.map(|key| XChaCha20Poly1305::new(key.bytes().into()));
        let packed = Sqlite::open_reading(&folder.join("packed.sqlite3"))?;
        let blobs = Self { folder: folder.to_owned(), disk: ReadingDisk::shared(), cipher, packed };
        if let Some(key) = key.filter(|_| Self::has_key(folder)) {
            blobs.check_key(key)?;
        }
        Ok(blobs)
    }

    /// Opens every blob, and tells `inspector` of those that are not what was sealed. A step is a blob.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where there is no key to open them with, or any error of the disk.
    pub fn inspect(&self, inspector: &mut dyn Inspector) -> Result<()> {
        self.packed.inspect(inspector)?;
        self.cipher()?;
        for (done, id) in (1..).zip(self.list()?) {
            if let Err(error) = self.get(id) {
                let flaw = Flaw::of(error)?;
                let place = if flaw.place.is_empty() { format!("original {id}") } else { flaw.place };
                inspector.flaw(Flaw { place, ..flaw });
            }
            inspector.at(done);
        }
        Ok(())
    }

    fn cipher(&self) -> Result<&XChaCha20Poly1305> {
        self.cipher.as_ref().ok_or_else(|| StoreError::refused("to open originals without their key"))
    }

    fn check_key(&self, key: &SecretKey) -> Result<()> {
        let path = self.folder.join(KEY_CHECK);
        let expected = sha2::Sha256::new().chain_update(KEY_CHECK_LABEL).chain_update(key.bytes()).finalize();
        match read_if_present(&path, 32).map_err(StoreError::at(&path))? {
            None => self.put_in_place(&path, &expected).map_err(StoreError::at(&path)),
            Some(found) if found.as_slice() == expected.as_slice() => Ok(()),
            Some(found) if found.len() == 32 => Err(StoreError::WrongKey { path: self.folder.clone() }),
            Some(_) => Err(StoreError::corrupt(&path, 0, "it is no digest")),
        }
    }

    fn unfinished(&self) -> PathBuf {
        self.folder.join(UNFINISHED)
    }

    fn remove_unfinished(&self) -> io::Result<()> {
        for file in fs::read_dir(self.unfinished())? {
            fs::remove_file(file?.path())?;
        }
        Ok(())
    }

    fn place(&self, id: Sha256) -> PathBuf {
        let name = id.to_string();
        self.folder.join(name.get(..2).unwrap_or_default()).join(name)
    }

    fn seal(&self, id: Sha256, bytes: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = random_bytes().map_err(StoreError::at(&self.folder))?;
        let payload = Payload { msg: bytes, aad: &id.0 };
        let sealed = self
            .cipher()?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| StoreError::refused("a blob beyond what the cipher can seal"))?;
        Ok([MAGIC.as_slice(), &nonce, &sealed].concat())
    }

    fn unseal(
        cipher: &XChaCha20Poly1305,
        id: Sha256,
        sealed: &[u8],
    ) -> std::result::Result<Vec<u8>, &'static str> {
        let rest = sealed.strip_prefix(MAGIC.as_slice()).ok_or("it is no sealed file")?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or("the file ends too early")?;
        let payload = Payload { msg: sealed, aad: &id.0 };
        cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| "it is not what was sealed")
    }

    /// Writes under another name, then renames: a reader sees all of it or nothing, also after a crash.
    fn put_in_place(&self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        let name: [u8; 16] = random_bytes()?;
        let unfinished = self.unfinished().join(format!("{:032x}", u128::from_le_bytes(name)));
        write_durably(self.disk.as_ref(), &unfinished, bytes).inspect_err(|_| {
            // The write has failed already, and the next open empties the folder.
            let _ = remove_if_present(&unfinished);
        })?;
        let parent = place.parent().unwrap_or(&self.folder);
        create_folder(parent)?;
        fs::rename(&unfinished, place)?;
        sync_folder(parent)?;
        sync_folder(&self.folder)
    }
}

impl Blobs for SealedBlobs {
    fn put(&self, bytes: &[u8]) -> Result<Sha256> {
        check_size(bytes)?;
        let id = digest(bytes);
        if matches!(self.get(id), Ok(Some(_))) {
            return Ok(id);
        }
        let place = self.place(id);
        self.put_in_place(&place, &self.seal(id, bytes)?).map_err(StoreError::at(&place))?;
        Ok(id)
    }

    fn put_all(&self, many: &[&[u8]]) -> Result<Vec<Sha256>> {
        let mut batch = Batch::new();
        let mut ids = Vec::with_capacity(many.len());
        for bytes in many {
            if bytes.len() > PACKED_BLOB_BYTES_MAX {
                ids.push(self.put(bytes)?);
                continue;
            }
            let id = digest(bytes);
            if !matches!(self.get(id), Ok(Some(_))) {
                batch.put(PACKED, &id.to_string(), self.seal(id, bytes)?);
            }
            ids.push(id);
        }
        self.packed.apply(&batch)?;
        Ok(ids)
    }

    fn get(&self, id: Sha256) -> Result<Option<Vec<u8>>> {
        let cipher = self.cipher()?;
        if let Some(sealed) = self.packed.get(PACKED, &id.to_string())? {
            let corrupt = |reason| StoreError::corrupt(self.packed.path(), 0, reason);
            return Self::unseal(cipher, id, &sealed).map(Some).map_err(corrupt);
        }
        let place = self.place(id);
        let Some(sealed) = read_if_present(&place, SEALED_BYTES_MAX).map_err(StoreError::at(&place))? else {
            return Ok(None);
        };
        Self::unseal(cipher, id, &sealed).map(Some).map_err(|reason| StoreError::corrupt(&place, 0, reason))
    }

    fn delete(&self, id: Sha256) -> Result<()> {
        if self.packed.get(PACKED, &id.to_string())?.is_some() {
            self.packed.apply(Batch::new().delete(PACKED, &id.to_string()))?;
        }
        let place = self.place(id);
        let Some(parent) = place.parent().filter(|parent| parent.is_dir()) else { return Ok(()) };
        remove_if_present(&place).and_then(|()| sync_folder(parent)).map_err(StoreError::at(&place))
    }

    fn list(&self) -> Result<Vec<Sha256>> {
        let packed = self.packed.keys(PACKED)?;
        let mut ids: Vec<Sha256> = packed.iter().filter_map(|name| name.parse().ok()).collect();
        for folder in names(&self.folder)?.filter(|name| name.len() == 2) {
            ids.extend(names(&self.folder.join(folder))?.filter_map(|name| name.parse::<Sha256>().ok()));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

/// The names in a folder; those that are no text are none of ours.
fn names(folder: &Path) -> Result<impl Iterator<Item = String>> {
    let entries = fs::read_dir(folder).map_err(StoreError::at(folder))?;
    let names: io::Result<Vec<_>> = entries.map(|entry| entry.map(|entry| entry.file_name())).collect();
    Ok(names.map_err(StoreError::at(folder))?.into_iter().filter_map(|name| name.into_string().ok()))
}
