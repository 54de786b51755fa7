//! The private key of a log.

use crate::{
    key::{Algorithm, KEY_BYTES, PublicKey, read_key, write_key},
    limit::NOTE_BYTES_MAX,
    note::{KeyError, NoteError, NoteSignature, SignedNote, Verifier, is_text},
};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;

/// What a private key in text form begins with, as Go's `sumdb/note` writes it.
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// The key of a log, which signs checkpoints. Its bytes are wiped from memory when it is dropped and are never shown.
///
/// ```
/// let signer = evidence::Signer::from_seed("log.example/evidence", &[7; 32])?;
/// assert!(!format!("{signer:?}").contains('7'));
/// # Ok::<(), evidence::note::KeyError>(())
/// ```
pub struct Signer {
    public: PublicKey,
    key: SigningKey,
}

impl Signer {
    /// The key that `seed` (32 bytes from a cryptographic random source) stands for, under `name`.
    ///
    /// ```
    /// let signer = evidence::Signer::from_seed("log.example", &[7; 32])?;
    /// assert_eq!(signer.name(), "log.example");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name cannot stand in a signature line.
    pub fn from_seed(name: &str, seed: &[u8; KEY_BYTES]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey::new(name, Algorithm::Note, key.verifying_key())?;
        Ok(Self { public, key })
    }

    /// Reads a private key in text form.
    ///
    /// ```
    /// use evidence::Signer;
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// assert_eq!(Signer::from_skey(&signer.to_skey())?.verifier(), signer.verifier());
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn from_skey(skey: &str) -> Result<Self, KeyError> {
        let text = skey.strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Format)?;
        let (name, id, seed) = read_key(text, Algorithm::Note)?;
        let signer = Self::from_seed(name, &seed)?;
        if signer.public.id == id { Ok(signer) } else { Err(KeyError::Id) }
    }

    /// The private key in text form: whoever has it can sign in the log's name.
    ///
    /// ```
    /// let skey = evidence::Signer::from_seed("log.example", &[7; 32])?.to_skey();
    /// assert!(skey.starts_with("PRIVATE+KEY+log.example+"));
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn to_skey(&self) -> String {
        let key = write_key(&self.public.name, self.public.id, Algorithm::Note, self.key.as_bytes());
        format!("{PRIVATE_PREFIX}{key}")
    }

    /// The name that the key signs under. For a log it is also the origin of its checkpoints.
    ///
    /// ```
    /// assert_eq!(evidence::Signer::from_seed("log.example", &[7; 32])?.name(), "log.example");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.public.name
    }

    /// The public half, which everyone may have.
    ///
    /// ```
    /// let verifier = evidence::Signer::from_seed("log.example", &[7; 32])?.verifier();
    /// assert_eq!(verifier.name(), "log.example");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn verifier(&self) -> Verifier {
        Verifier::from_key(self.public.clone())
    }

    /// Signs `text`, which must end in a newline and have no other control characters.
    ///
    /// ```
    /// let signer = evidence::Signer::from_seed("log.example", &[7; 32])?;
    /// let note = signer.sign("a text\n")?;
    /// assert_eq!(note.verify(&signer.verifier()), Ok(()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoteError::Format`] when the text cannot stand in a note.
    pub fn sign(&self, text: &str) -> Result<SignedNote, NoteError> {
        if !is_text(text) || text.len() > NOTE_BYTES_MAX / 2 {
            return Err(NoteError::Format);
        }
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        let signature = NoteSignature { name: self.public.name.clone(), key_id: self.public.id, bytes };
        Ok(SignedNote { text: text.to_owned(), signatures: vec![signature] })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.public.name).finish()
    }
}
