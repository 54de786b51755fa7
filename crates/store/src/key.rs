//! The secret key under which originals are sealed: from the environment or from a file that only its owner can read.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::disk::{create_folder, read_if_present, remove_if_present, sync_folder};

/// Longest key file that is read, in bytes: 64 hexadecimal digits with some white space.
const KEY_FILE_BYTES_MAX: u64 = 256;

/// 32 secret bytes. It shows nothing of itself when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is neither 64 hexadecimal digits nor the base64 of 32 bytes. The text itself is not shown.
    #[error("a key is 64 hexadecimal digits or the base64 of 32 bytes")]
    Malformed,
    /// The key file holds something else.
    #[error("{path} holds no key: 64 hexadecimal digits or the base64 of 32 bytes")]
    MalformedFile {
        /// The key file.
        path: PathBuf,
    },
    /// Others than its owner can read the key file.
    #[error(
        "{path} can be read by others (mode {mode:03o}): run chmod 600; if they did read it, begin a new folder with a new key"
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file is not there, and a new key would not fit what the old one made.
    #[error(
        "{path} is missing, and a new key would not fit what is here: put it back, or set the variable that held the key"
    )]
    Missing {
        /// The key file.
        path: PathBuf,
    },
    /// The key file cannot be read or created.
    #[error("cannot use key file {path}")]
    Io {
        /// The key file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl SecretKey {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that `text` spells in hexadecimal or base64, white space around it aside.
    ///
    /// ```
    /// use store::SecretKey;
    /// let key = SecretKey::parse(&"ab".repeat(32))?;
    /// assert_eq!(key.bytes(), &[0xab; 32]);
    /// assert_eq!(format!("{key:?}"), "SecretKey(…)");
    /// # Ok::<(), store::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = from_hex(text).or_else(|| STANDARD.decode(text).ok()?.try_into().ok());
        bytes.map(Self).ok_or(KeyError::Malformed)
    }

    /// The key of the environment where it has one, otherwise that of the file. That is made where nothing was made with
    /// the key yet (`is_first_use`), and never again.
    ///
    /// # Errors
    /// As [`SecretKey::parse`] and [`SecretKey::load_or_create`]; [`KeyError::Missing`].
    pub fn load(environment: Option<&str>, path: &Path, is_first_use: bool) -> Result<Self, KeyError> {
        match environment {
            Some(text) => Self::parse(text),
            None if is_first_use => Self::load_or_create(path),
            None => Self::read(path)?.ok_or_else(|| KeyError::Missing { path: path.to_owned() }),
        }
    }

    /// The key in the file at `path`. Where there is none, a new random key is written there with mode 0600.
    ///
    /// # Errors
    /// [`KeyError::Exposed`], [`KeyError::MalformedFile`] or [`KeyError::Io`].
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        match Self::read(path)? {
            Some(key) => Ok(key),
            None => {
                create(path).map_err(io)?;
                // Read back, because another process may have been first: then its key counts.
                Self::read(path)?.ok_or_else(|| io(io::ErrorKind::NotFound.into()))
            }
        }
    }

    fn read(path: &Path) -> Result<Option<Self>, KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        let mode = match fs::metadata(path) {
            Ok(metadata) => metadata.mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
        let Some(text) = read_if_present(path, KEY_FILE_BYTES_MAX).map_err(io)? else { return Ok(None) };
        let malformed = || KeyError::MalformedFile { path: path.to_owned() };
        let text = str::from_utf8(&text).map_err(|_| malformed())?;
        Self::parse(text).map(Some).map_err(|_| malformed())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Random bytes of the operating system.
pub(crate) fn random_bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// Writes a new key durably beside its place, then links it there: a crash leaves no half key, and of two processes
/// that come at the same time one wins and neither overwrites.
fn create(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_folder(folder)?;
    let key: [u8; 32] = random_bytes()?;
    let name: [u8; 8] = random_bytes()?;
    let unfinished = folder.join(format!(".key-{:016x}", u64::from_le_bytes(name)));
    let linked = write_key(&unfinished, &key).and_then(|()| match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    });
    remove_if_present(&unfinished)?;
    linked?;
    sync_folder(folder)
}

fn write_key(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", model::Sha256(*key))?;
    file.sync_all()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| text.parse::<model::Sha256>().ok()).flatten().map(|bytes| bytes.0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u8>) {
        assert_eq!(SecretKey::parse(text).ok().map(|key| key.0), expected.map(|byte| [byte; 32]), "{text}");
    }

    #[test]
    fn a_key_is_hex_or_base64() {
        check(&"0a".repeat(32), Some(10));
        check(&format!(" {}\n", "0A".repeat(32)), Some(10));
        check(&STANDARD.encode([7; 32]), Some(7));
        for text in
            ["", "0a", &"0g".repeat(32), &"+a".repeat(32), &"0a".repeat(33), &STANDARD.encode([7; 31])]
        {
            check(text, None);
        }
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("secret/key");
        let key = SecretKey::load(None, &path, true).expect("a new key");
        assert_eq!(SecretKey::load(None, &path, true).expect("the same key"), key);
        assert_eq!(fs::metadata(&path).expect("a file").mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(dir.path().join("secret")).expect("a folder").count(),
            1,
            "nothing is left over"
        );
        assert_ne!(
            SecretKey::load(Some(&"0a".repeat(32)), &path, true).expect("a key"),
            key,
            "the environment counts"
        );
    }

    #[test]
    fn a_lost_key_is_not_replaced() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("key");
        assert!(matches!(SecretKey::load(None, &path, false), Err(KeyError::Missing { .. })));
        assert!(!path.exists());
    }

    #[test]
    fn an_exposed_or_malformed_key_file_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("key");
        SecretKey::load_or_create(&path).expect("a new key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
        let error = SecretKey::load_or_create(&path).expect_err("its group can read it");
        assert!(matches!(error, KeyError::Exposed { mode: 0o640, .. }), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
        fs::write(&path, "a password").expect("a write");
        assert!(matches!(SecretKey::load_or_create(&path), Err(KeyError::MalformedFile { .. })));
    }
}
