//! Signed notes (C2SP signed-note): a text, and under it the signatures of those who stand by it.

use crate::{
    key::{Algorithm, PublicKey},
    limit::{NOTE_BYTES_MAX, SIGNATURES_MAX},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// What a signature line begins with: an em dash and a space.
const LINE_PREFIX: &str = "\u{2014} ";

/// Why a key was refused.
///
/// ```
/// use evidence::{Signer, note::KeyError};
/// assert!(matches!(Signer::from_seed("two words", &[0; 32]), Err(KeyError::Name)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or has a space, a plus sign or a control character.
    #[error("a key name must not be empty nor have spaces, plus signs or control characters")]
    Name,
    /// The text is not `name+id+base64`.
    #[error("a key reads name+id+base64, with an id of eight hexadecimal digits")]
    Format,
    /// The key is for another kind of signature.
    #[error("the key is for another kind of signature")]
    Algorithm,
    /// The bytes are not an Ed25519 key.
    #[error("the key is not an Ed25519 key")]
    Key,
    /// The id is not that of this name and key: a part of the text was altered.
    #[error("the key id does not belong to this name and key")]
    Id,
}

/// Why a note was refused.
///
/// ```
/// use evidence::{SignedNote, note::NoteError};
/// assert!(matches!(SignedNote::parse(b"no signature\n"), Err(NoteError::Format)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The bytes are not a signed note, or break a limit.
    #[error("not a signed note")]
    Format,
    /// Nobody whose key is known has signed it.
    #[error("no signature of the given key")]
    Unsigned,
    /// A signature of a known key does not fit the text: one of them was altered.
    #[error("the signature does not fit the text")]
    Signature,
}

/// The public key of a log. Its text form is the *vkey* of the C2SP specifications.
///
/// ```
/// use evidence::{SignedNote, Verifier};
/// // The example of the specification.
/// let key: Verifier = Verifier::from_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")?;
/// let note = "This is an example message.\n\n\u{2014} example.com/foo \
///     Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/// assert_eq!(SignedNote::parse(note.as_bytes())?.verify(&key), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    key: PublicKey,
}

impl Verifier {
    /// Reads a vkey.
    ///
    /// ```
    /// use evidence::{Verifier, note::KeyError};
    /// let altered = "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    /// assert_eq!(Verifier::from_vkey(altered), Err(KeyError::Id));
    /// ```
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn from_vkey(vkey: &str) -> Result<Self, KeyError> {
        Ok(Self { key: PublicKey::from_vkey(vkey, Algorithm::Note)? })
    }

    pub(crate) const fn from_key(key: PublicKey) -> Self {
        Self { key }
    }

    /// The key as text.
    ///
    /// ```
    /// let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    /// assert_eq!(evidence::Verifier::from_vkey(vkey)?.to_vkey(), vkey);
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn to_vkey(&self) -> String {
        self.key.to_vkey()
    }

    /// The name that the key signs under.
    ///
    /// ```
    /// let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    /// assert_eq!(evidence::Verifier::from_vkey(vkey)?.name(), "example.com/foo");
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.key.name
    }
}

/// One signature line of a note.
///
/// ```
/// let note = evidence::Signer::from_seed("log.example", &[7; 32])?.sign("text\n")?;
/// assert_eq!(note.signatures[0].name, "log.example");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Id of the key: with the name it says which key and which kind of signature.
    pub key_id: u32,
    /// The signature, as its kind defines it.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// The signature line, with its newline.
    pub(crate) fn to_line(&self) -> String {
        let signature = STANDARD.encode([&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat());
        format!("{LINE_PREFIX}{} {signature}\n", self.name)
    }
}

/// A text and its signature lines. Nothing in it may be believed before [`SignedNote::verify`] says so.
///
/// ```
/// use evidence::SignedNote;
/// let note = evidence::Signer::from_seed("log.example", &[7; 32])?.sign("text\n")?;
/// assert_eq!(SignedNote::parse(&note.to_bytes())?, note);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    /// What is signed; ends in a newline.
    pub text: String,
    /// The signature lines, at least one.
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Reads a note, without believing it.
    ///
    /// ```
    /// use evidence::{SignedNote, note::NoteError};
    /// assert_eq!(SignedNote::parse(b"text\n\n\xe2\x80\x94 name !!!\n"), Err(NoteError::Format));
    /// ```
    ///
    /// # Errors
    /// [`NoteError::Format`] when it is not a note or is longer than [`NOTE_BYTES_MAX`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Format)?;
        // The last empty line divides text and signatures; the text may have empty lines of its own.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Format)?;
        let text = format!("{text}\n");
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Format)?;
        if bytes.len() > NOTE_BYTES_MAX || !is_text(&text) || lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::Format);
        }
        let signatures: Option<Vec<_>> = lines.split('\n').map(read_line).collect();
        Ok(Self { text, signatures: signatures.ok_or(NoteError::Format)? })
    }

    /// The note as bytes.
    ///
    /// ```
    /// let note = evidence::Signer::from_seed("log.example", &[7; 32])?.sign("text\n")?;
    /// assert!(note.to_bytes().starts_with("text\n\n\u{2014} log.example ".as_bytes()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut note = format!("{}\n", self.text);
        note.extend(self.signatures.iter().map(NoteSignature::to_line));
        note.into_bytes()
    }

    /// Checks that `verifier` signed the text. Signatures of other keys are ignored, as the specification demands.
    ///
    /// ```
    /// use evidence::{Signer, note::NoteError};
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let mut note = signer.sign("text\n")?;
    /// assert_eq!(note.verify(&Signer::from_seed("other", &[7; 32])?.verifier()), Err(NoteError::Unsigned));
    /// note.text = "another text\n".into();
    /// assert_eq!(note.verify(&signer.verifier()), Err(NoteError::Signature));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] or [`NoteError::Signature`].
    pub fn verify(&self, verifier: &Verifier) -> Result<(), NoteError> {
        self.verify_key(&verifier.key, |signature| verifier.key.accepts(self.text.as_bytes(), signature))
    }

    /// Checks all signatures of `key` with `accepts`. One that does not hold makes the whole note suspect.
    pub(crate) fn verify_key(
        &self,
        key: &PublicKey,
        accepts: impl Fn(&[u8]) -> bool,
    ) -> Result<(), NoteError> {
        let mut ours =
            self.signatures.iter().filter(|line| line.key_id == key.id && line.name == key.name).peekable();
        if ours.peek().is_none() {
            return Err(NoteError::Unsigned);
        }
        if ours.all(|line| accepts(&line.bytes)) { Ok(()) } else { Err(NoteError::Signature) }
    }
}

/// Whether `text` may be signed: not empty, ends in a newline, no other control characters below U+0020.
pub(crate) fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.bytes().any(|byte| byte < 0x20 && byte != b'\n')
}

/// Reads one signature line, without its newline.
pub(crate) fn read_line(line: &str) -> Option<NoteSignature> {
    let (name, signature) = line.strip_prefix(LINE_PREFIX)?.split_once(' ')?;
    let bytes = STANDARD.decode(signature).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
    let is_signature = crate::key::is_name(name) && !bytes.is_empty();
    let key_id = u32::from_be_bytes(*key_id);
    is_signature.then(|| NoteSignature { name: name.to_owned(), key_id, bytes: bytes.to_vec() })
}
