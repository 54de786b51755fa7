//! Witness cosignatures (C2SP tlog-cosignature, `cosignature/v1`, Ed25519).
//!
//! A log that signs its own checkpoints could show two people two different logs. A witness that cosigns only what is
//! consistent with what it cosigned before makes that visible.

use crate::{
    checkpoint::SignedCheckpoint,
    key::{Algorithm, PublicKey},
    note::{KeyError, NoteError, NoteSignature, read_line},
};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;

/// The public key of a witness.
///
/// ```
/// use evidence::{Witness, WitnessSigner};
/// let witness = WitnessSigner::from_seed("witness.example/w1", &[3; 32])?.witness();
/// assert_eq!(Witness::from_vkey(&witness.to_vkey())?, witness);
/// # Ok::<(), evidence::note::KeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    key: PublicKey,
}

impl Witness {
    /// Reads a vkey of signature type 0x04.
    ///
    /// ```
    /// use evidence::{Witness, note::KeyError};
    /// // This key signs notes: it is no witness.
    /// let log = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    /// assert_eq!(Witness::from_vkey(log), Err(KeyError::Algorithm));
    /// ```
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn from_vkey(vkey: &str) -> Result<Self, KeyError> {
        Ok(Self { key: PublicKey::from_vkey(vkey, Algorithm::Cosignature)? })
    }

    /// The key as text.
    ///
    /// ```
    /// let witness = evidence::WitnessSigner::from_seed("w1", &[3; 32])?.witness();
    /// assert!(witness.to_vkey().starts_with("w1+"));
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn to_vkey(&self) -> String {
        self.key.to_vkey()
    }

    /// The name that the witness signs under.
    ///
    /// ```
    /// assert_eq!(evidence::WitnessSigner::from_seed("w1", &[3; 32])?.witness().name(), "w1");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.key.name
    }

    /// When this witness cosigned `checkpoint`, in seconds since the Unix epoch, as it says itself. The latest time counts
    /// when it did so more than once.
    ///
    /// ```
    /// use evidence::{Checkpoint, Signer, WitnessSigner, SignedCheckpoint, hash::empty_root, TreeSize};
    /// let log = Signer::from_seed("log.example", &[7; 32])?;
    /// let witness = WitnessSigner::from_seed("w1", &[3; 32])?;
    /// let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// let mut signed = SignedCheckpoint::sign(checkpoint, &log)?;
    /// assert!(witness.witness().verify(&signed).is_err());
    /// let line = witness.cosign(&signed, 1_700_000_000);
    /// signed.add_cosignature(&line, &witness.witness())?;
    /// assert_eq!(witness.witness().verify(&signed), Ok(1_700_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] when it did not, [`NoteError::Signature`] when its cosignature does not hold.
    pub fn verify(&self, checkpoint: &SignedCheckpoint) -> Result<u64, NoteError> {
        let note = checkpoint.note();
        note.verify_key(&self.key, |bytes| self.time_of(&note.text, bytes).is_some())?;
        let times = note.signatures.iter().filter_map(|line| self.time_of(&note.text, &line.bytes));
        times.max().ok_or(NoteError::Unsigned)
    }

    /// The signature that `line` carries, if it is this witness's over `text`.
    pub(crate) fn accept(&self, text: &str, line: &str) -> Result<NoteSignature, NoteError> {
        let signature = read_line(line.trim_end_matches('\n')).ok_or(NoteError::Format)?;
        if signature.name != self.key.name || signature.key_id != self.key.id {
            return Err(NoteError::Unsigned);
        }
        self.time_of(text, &signature.bytes).map(|_| signature).ok_or(NoteError::Signature)
    }

    /// The time in a `timestamped_signature`, if the signature holds.
    fn time_of(&self, text: &str, bytes: &[u8]) -> Option<u64> {
        let (time, signature) = bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let is_time = i64::try_from(time).is_ok();
        (is_time && self.key.accepts(message(text, time).as_bytes(), signature)).then_some(time)
    }
}

/// The key of a witness: one house can cosign the log of another with it.
///
/// ```
/// let witness = evidence::WitnessSigner::from_seed("witness.example/w1", &[3; 32])?;
/// assert_eq!(witness.witness().name(), "witness.example/w1");
/// # Ok::<(), evidence::note::KeyError>(())
/// ```
pub struct WitnessSigner {
    public: PublicKey,
    key: SigningKey,
}

impl WitnessSigner {
    /// The key that `seed` (32 bytes from a cryptographic random source) stands for. The same seed must not be used for a
    /// second witness, since the signed text does not name the witness.
    ///
    /// ```
    /// assert!(evidence::WitnessSigner::from_seed("", &[3; 32]).is_err());
    /// ```
    ///
    /// # Errors
    /// [`KeyError::Name`] when the name cannot stand in a signature line.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = PublicKey::new(name, Algorithm::Cosignature, key.verifying_key())?;
        Ok(Self { public, key })
    }

    /// The public half.
    ///
    /// ```
    /// assert_eq!(evidence::WitnessSigner::from_seed("w1", &[3; 32])?.witness().name(), "w1");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn witness(&self) -> Witness {
        Witness { key: self.public.clone() }
    }

    /// Cosigns `checkpoint` at `unix_secs`: returns the signature line. The caller has checked a consistency proof from the
    /// largest checkpoint of this log that it cosigned before.
    ///
    /// ```
    /// # use evidence::{Checkpoint, Signer, WitnessSigner, SignedCheckpoint, hash::empty_root, TreeSize};
    /// # let log = Signer::from_seed("log.example", &[7; 32])?;
    /// # let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// # let signed = SignedCheckpoint::sign(checkpoint, &log)?;
    /// let line = WitnessSigner::from_seed("w1", &[3; 32])?.cosign(&signed, 1_700_000_000);
    /// assert!(line.starts_with("\u{2014} w1 ") && line.ends_with('\n'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cosign(&self, checkpoint: &SignedCheckpoint, unix_secs: u64) -> String {
        let signature = self.key.sign(message(&checkpoint.note().text, unix_secs).as_bytes());
        let bytes = [unix_secs.to_be_bytes().as_slice(), &signature.to_bytes()].concat();
        NoteSignature { name: self.public.name.clone(), key_id: self.public.id, bytes }.to_line()
    }
}

impl fmt::Debug for WitnessSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WitnessSigner").field(&self.public.name).finish()
    }
}

/// What a witness signs: the checkpoint under a header that nothing else begins with.
fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
