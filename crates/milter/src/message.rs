//! A message as a mail server tells it: the SMTP session, the envelope, the header fields and the body.

use crate::command::{Connect, Family, Path};
use crate::limit::{MACRO_BYTES_MAX, MACROS_MAX};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// A header field.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// As it is spelled, without the colon.
    pub name: Vec<u8>,
    /// Everything after the colon, with the blank there. Lines of a folded value are separated by single line feeds.
    pub value: Vec<u8>,
}

/// A message that was told to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Whom the server received it from, if it told.
    pub client: Option<Connect>,
    /// What the client called itself.
    pub helo: Vec<u8>,
    /// The envelope's sender.
    pub mail_from: Path,
    /// The envelope's recipients.
    pub rcpt_to: Vec<Path>,
    /// The header, in order.
    pub fields: Vec<Field>,
    /// Everything after the empty line, with the line ends that the server uses: carriage return and line feed.
    pub body: Vec<u8>,
    /// What the server told of the session and the message, by name without braces.
    pub macros: Macros,
    /// Whether something of it was left out.
    pub excess: Option<Excess>,
}

/// Why a message is not whole. Its fields and body are empty then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Its header and body are longer than what the filter takes.
    Bytes,
    /// It has more header fields than [`crate::limit::FIELDS_MAX`].
    Fields,
    /// It has more recipients than [`crate::limit::RECIPIENTS_MAX`].
    Recipients,
    /// Whoever drives the session had no room for it, see [`crate::Session::shed`].
    Shed,
}

impl Message {
    /// The client's address, if it came by a network.
    pub fn client_address(&self) -> Option<IpAddr> {
        match self.client.as_ref()?.family {
            Family::Inet { address, .. } => Some(address),
            Family::Unknown | Family::Unix { .. } => None,
        }
    }

    /// The server's name for the message (macro `i`), under which its own log has it.
    pub fn queue_id(&self) -> Option<&str> {
        std::str::from_utf8(self.macros.get("i")?).ok()
    }

    /// The message as the client sent it: header, empty line, body.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header: usize = self.fields.iter().map(Field::len).sum();
        let mut output = Vec::with_capacity(header + header / 16 + 2 + self.body.len());
        self.fields.iter().for_each(|field| field.write(&mut output));
        output.extend_from_slice(b"\r\n");
        output.extend_from_slice(&self.body);
        output
    }
}

impl Field {
    /// A field on one line, with a blank after its colon.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.as_bytes().to_vec(), value: format!(" {value}").into_bytes() }
    }

    /// Its name without blanks before the colon, which are obsolete, and which readers pass over (RFC 5322, section 4.5).
    pub fn plain_name(&self) -> &[u8] {
        self.name.trim_ascii_end()
    }

    /// Is this its name, in any case?
    pub fn is(&self, name: &str) -> bool {
        self.plain_name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// Appends the field as it stands in a message.
    pub fn write(&self, output: &mut Vec<u8>) {
        output.extend_from_slice(&self.name);
        output.push(b':');
        let mut before = b':';
        for &byte in &self.value {
            if byte == b'\n' && before != b'\r' {
                output.push(b'\r');
            }
            output.push(byte);
            before = byte;
        }
        output.extend_from_slice(b"\r\n");
    }

    /// Bytes of name and value with colon and line end, not counting those of folds.
    pub(crate) fn len(&self) -> usize {
        self.name.len() + self.value.len() + 3
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &String::from_utf8_lossy(&self.name))
            .field("value", &String::from_utf8_lossy(&self.value))
            .finish()
    }
}

/// Facts that a server tells beside its commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Macros(BTreeMap<Vec<u8>, Vec<u8>>);

impl Macros {
    /// The value of a macro, by its name without braces.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name.as_bytes()).map(Vec::as_slice)
    }

    /// Keeps a macro; a later value replaces an earlier one. What is beyond a limit is not kept.
    pub(crate) fn put(&mut self, name: &[u8], value: &[u8]) {
        let name = name.strip_prefix(b"{").and_then(|name| name.strip_suffix(b"}")).unwrap_or(name);
        let is_small = name.len() + value.len() <= MACRO_BYTES_MAX;
        if is_small && (self.0.len() < MACROS_MAX || self.0.contains_key(name)) {
            self.0.insert(name.to_vec(), value.to_vec());
        }
    }

    /// Adds those of `other`.
    pub(crate) fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, value)| self.put(name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_put_together_as_it_was_sent() {
        let field = |name: &str, value: &str| Field { name: name.into(), value: value.into() };
        let message = Message {
            fields: vec![field("Subject", " folded\n\tonce"), field("X-Bare", "none"), field("x-empty", "")],
            body: b"one\r\ntwo\r\n".to_vec(),
            ..Message::default()
        };
        let expected = "Subject: folded\r\n\tonce\r\nX-Bare:none\r\nx-empty:\r\n\r\none\r\ntwo\r\n";
        assert_eq!(String::from_utf8_lossy(&message.to_bytes()), expected);
    }

    #[test]
    fn a_name_is_recognised_in_any_case_and_with_blanks_before_its_colon() {
        let field = |name: &str| Field { name: name.into(), value: Vec::new() };
        assert!(field("subject").is("Subject") && field("Subject \t").is("subject"));
        assert!(!field("Subjects").is("Subject") && !field(" Subject").is("Subject"));
    }

    #[test]
    fn macros_are_found_with_and_without_braces_and_are_bounded() {
        let mut macros = Macros::default();
        macros.put(b"{client_addr}", b"192.0.2.7");
        macros.put(b"i", b"4fX");
        macros.put(b"i", b"5gY");
        macros.put(b"long", &vec![b'x'; MACRO_BYTES_MAX]);
        assert_eq!(macros.get("client_addr"), Some(b"192.0.2.7".as_slice()));
        assert_eq!(macros.get("i"), Some(b"5gY".as_slice()));
        assert_eq!(macros.get("long"), None);
        (0..2 * MACROS_MAX).for_each(|at| macros.put(at.to_string().as_bytes(), b""));
        assert_eq!(macros.0.len(), MACROS_MAX);
    }
}
