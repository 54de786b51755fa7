//! What is said to a server: words and strings, in which nothing from mail can become a command.

use model::limit::IMAP_QUOTED_BYTES_MAX;
use std::fmt;

/// A command without its tag.
#[derive(Clone)]
pub(super) struct Command {
    name: &'static str,
    parts: Vec<Part>,
}

/// What is sent at once.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text of the command line.
    Text(Vec<u8>),
    /// Bytes that are announced by their size, and sent when the server asks for them.
    Literal(Vec<u8>),
}

impl Command {
    /// A command of this name, such as `UID FETCH`.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, parts: vec![Part::Text(name.as_bytes().to_vec())] }
    }

    /// The name, for errors.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// What to send, in this order.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Adds words of our own making.
    pub(super) fn words(mut self, words: &str) -> Self {
        debug_assert!(words.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "words are ours");
        self.text(words.as_bytes());
        self
    }

    /// Adds a string of any bytes but NUL: quoted where it is short and plain, else as a literal.
    pub(super) fn string(mut self, bytes: &[u8]) -> Self {
        let is_plain = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
        if bytes.len() <= IMAP_QUOTED_BYTES_MAX && bytes.iter().all(is_plain) {
            self.text(&[b"\"", bytes, b"\""].concat());
            return self;
        }
        self.literal(bytes.to_vec())
    }

    /// Adds the name of a folder, in the encoding that old servers need.
    pub(super) fn folder(self, folder: &str) -> Self {
        self.string(modified_utf7(folder).as_bytes())
    }

    /// Adds bytes as a literal.
    pub(super) fn literal(mut self, bytes: Vec<u8>) -> Self {
        self.text(format!("{{{}}}", bytes.len()).as_bytes());
        self.parts.push(Part::Literal(bytes));
        self
    }

    fn text(&mut self, text: &[u8]) {
        match self.parts.last_mut() {
            Some(Part::Text(line)) => {
                line.push(b' ');
                line.extend_from_slice(text);
            }
            _ => self.parts.push(Part::Text([b" ", text].concat())),
        }
    }
}

/// Only the name: the rest may be a password or mail.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The name of a folder in modified UTF-7 (RFC 3501 section 5.1.3).
fn modified_utf7(name: &str) -> String {
    use base64::Engine;
    use base64::alphabet::IMAP_MUTF7;
    use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};
    let engine = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let mut encoded = String::with_capacity(name.len());
    let mut foreign: Vec<u8> = Vec::new();
    let flush = |foreign: &mut Vec<u8>, encoded: &mut String| {
        if !foreign.is_empty() {
            encoded.push('&');
            engine.encode_string(&*foreign, encoded);
            encoded.push('-');
            foreign.clear();
        }
    };
    for character in name.chars() {
        if (' '..='~').contains(&character) {
            flush(&mut foreign, &mut encoded);
            encoded.push(character);
            if character == '&' {
                encoded.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(character.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut foreign, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: Command, expected: &[&str]) {
        let sent: Vec<String> = command
            .parts()
            .iter()
            .map(|part| match part {
                Part::Text(bytes) | Part::Literal(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            })
            .collect();
        assert_eq!(sent, expected);
    }

    #[test]
    fn plain_strings_are_quoted_and_others_are_literals() {
        check(Command::new("SELECT").string(b"INBOX"), &["SELECT \"INBOX\""]);
        check(
            Command::new("LOGIN").string(b"a").string(b"p\"\r\nA2 LOGOUT").words("X"),
            &["LOGIN \"a\" {13}", "p\"\r\nA2 LOGOUT", " X"],
        );
        check(Command::new("X").string(b""), &["X \"\""]);
    }

    #[test]
    fn names_of_folders_are_encoded() {
        for (name, expected) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("Gesch\u{fc}tzt/\u{53f0}\u{5317}x", "Gesch&APw-tzt/&U,BTFw-x"),
            ("\u{1f4e7}", "&2D3c5w-"),
            ("a\r\nb", "a&AA0ACg-b"),
        ] {
            assert_eq!(modified_utf7(name), expected);
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        assert_eq!(format!("{:?}", Command::new("LOGIN").string(b"user").string(b"secret")), "LOGIN");
    }
}
