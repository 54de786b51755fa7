//! What a token is found by: its sound with letters left out, its consonants, the names it is a form of, its syllable's class.

use crate::name::{Token, TokenKind, arabic, mandarin, nickname, sound::sound};

/// Shortest sound in which one letter may differ, and in which two may.
const ONE_EDIT_LETTERS: usize = 4;
const TWO_EDITS_LETTERS: usize = 7;
/// Shortest joining of two tokens in which one letter may differ.
const JOINED_EDIT_LETTERS: usize = 7;
/// Longest sound from which letters are left out; longer ones are compared as they are.
const LONGEST_EDITED: usize = 24;

/// A token with all that comparisons ask for.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) token: Token,
    pub(crate) sound: String,
    pub(crate) skeleton: String,
    /// Whether it is two neighbours joined.
    pub(crate) is_pair: bool,
}

impl Facts {
    pub(crate) fn new(token: Token, is_pair: bool) -> Self {
        let (sound, skeleton) = match token.kind {
            TokenKind::Word if is_pair => (sound(&token.text), String::new()),
            TokenKind::Word => (sound(&token.text), arabic::skeleton(&token.text)),
            TokenKind::Consonants => (String::new(), arabic::skeleton(&token.text)),
            TokenKind::Syllable => {
                (mandarin::class_of_pinyin(&token.text).unwrap_or(&token.text).to_owned(), String::new())
            }
            TokenKind::SyllableClass => (token.text.clone(), String::new()),
        };
        Self { token, sound, skeleton, is_pair }
    }

    /// Single letters and numbers have no neighbours.
    fn edits(&self) -> usize {
        if self.token.kind == TokenKind::Word { edits_of(&self.sound, self.is_pair) } else { 0 }
    }

    /// Hashes of everything the token is found by, each once.
    pub(crate) fn keys(&self) -> Vec<u32> {
        let mut found = Vec::with_capacity(64);
        match self.token.kind {
            TokenKind::Word => {
                deletions(self.sound.as_bytes(), self.edits(), &mut found);
                if self.skeleton.len() >= 2 {
                    found.push(hash(b'k', self.skeleton.as_bytes()));
                }
                if !self.is_pair {
                    found.extend(
                        nickname::roots(&self.token.text).iter().map(|root| hash(b'r', root.as_bytes())),
                    );
                }
            }
            TokenKind::Consonants => found.push(hash(b'k', self.skeleton.as_bytes())),
            TokenKind::Syllable | TokenKind::SyllableClass => found.push(hash(b'm', self.sound.as_bytes())),
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How many letters may differ in a sound that stands beside one at least as long.
pub(crate) fn edits_of(sound: &str, is_pair: bool) -> usize {
    let length = sound.len();
    if length > LONGEST_EDITED || sound.bytes().any(|byte| byte.is_ascii_digit()) {
        0
    } else if is_pair {
        usize::from(length >= JOINED_EDIT_LETTERS)
    } else if length >= TWO_EDITS_LETTERS {
        2
    } else {
        usize::from(length >= ONE_EDIT_LETTERS)
    }
}

/// The byte that stands for a kind in front of a stored token.
pub(crate) fn mark_of(kind: TokenKind) -> char {
    match kind {
        TokenKind::Word => 'w',
        TokenKind::Consonants => 'a',
        TokenKind::Syllable => 'p',
        TokenKind::SyllableClass => 'g',
    }
}

pub(crate) fn kind_of(mark: u8) -> Option<TokenKind> {
    Some(match mark {
        b'w' => TokenKind::Word,
        b'a' => TokenKind::Consonants,
        b'p' => TokenKind::Syllable,
        b'g' => TokenKind::SyllableClass,
        _ => return None,
    })
}

/// Hashes of a sound with up to `edits` letters left out: two sounds at most that many edits apart share one of them.
fn deletions(sound: &[u8], edits: usize, found: &mut Vec<u32>) {
    found.push(hash(b's', sound));
    if edits == 0 {
        return;
    }
    let mut shorter = Vec::with_capacity(sound.len());
    for left_out in 0..sound.len() {
        shorter.clear();
        shorter
            .extend(sound.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, byte)| *byte));
        found.push(hash(b's', &shorter));
        if edits < 2 {
            continue;
        }
        for second in left_out..shorter.len() {
            let rest =
                shorter.iter().enumerate().filter(|(place, _)| *place != second).map(|(_, byte)| *byte);
            found.push(hash_of(b's', rest));
        }
    }
}

fn hash(space: u8, bytes: &[u8]) -> u32 {
    hash_of(space, bytes.iter().copied())
}

/// FNV-1a with a last mixing, so that the upper bits, by which the table is entered, depend on every letter.
fn hash_of(space: u8, bytes: impl Iterator<Item = u8>) -> u32 {
    let start = (0x811c_9dc5_u32 ^ u32::from(space)).wrapping_mul(0x0100_0193);
    let mut mixed = bytes.fold(start, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x2c1b_3c6d);
    mixed ^ (mixed >> 13)
}
