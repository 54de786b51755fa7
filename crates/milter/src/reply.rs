//! What a filter answers to a mail server.

use crate::command::Path;
use crate::limit::BODY_CHUNK_BYTES_MAX;
use crate::message::Field;
use crate::negotiate::Offer;
use crate::packet::{self, Packet};
use crate::text;

/// One reply. `text 00` below is a string and its zero byte, and an index has four bytes.
///
/// Changes of a message (from [`Reply::AddField`] to [`Reply::Quarantine`]) may be given only at its end, before the reply
/// that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// `O`: the answer to an offer.
    Negotiated(Offer),
    /// `c`: go on. At the end of a message: deliver it with the changes that were given.
    Continue,
    /// `a`: deliver the message and tell no more of it.
    Accept,
    /// `d`: take the message and forget it.
    Discard,
    /// `r`: refuse for good.
    Reject,
    /// `t`: refuse for now; the sender keeps the message.
    Tempfail,
    /// `y`: `text 00`. Refuse with this code and text.
    Code(ReplyCode),
    /// `s`: tell no more of the body.
    Skip,
    /// `p`: still at work; wait again as long.
    Progress,
    /// `h`: `name 00 value 00`. A field at the end of the header.
    AddField(Field),
    /// `i`: index, `name 00 value 00`. A field before the one that stands at the index, from 0, in the message as it will be
    /// delivered: with the server's own `Received` first.
    InsertField {
        /// How many fields will stand before it.
        index: u32,
        /// The field.
        field: Field,
    },
    /// `m`: index, `name 00 value 00`. The value of the field of that name that is the index-th, from 1, in the message as it
    /// was received: without the server's own `Received`. An empty value deletes the field.
    ChangeField {
        /// Which of the fields of this name.
        index: u32,
        /// The name, and the new value.
        field: Field,
    },
    /// `b`: at most 65,535 bytes. The next piece of the new body.
    ReplaceBody(Vec<u8>),
    /// `e`: `address 00`, then `argument 00` for each. Another sender of the envelope.
    ChangeSender(Path),
    /// `+`: `address 00`, or `2` with `argument 00` for each.
    AddRecipient(Path),
    /// `-`: `address 00`.
    DeleteRecipient(Vec<u8>),
    /// `q`: `reason 00`. Into the server's own hold queue.
    Quarantine(Vec<u8>),
}

/// A code of SMTP with its enhanced code and a text, such as `451 4.7.1 try again`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyCode(Vec<u8>);

impl ReplyCode {
    /// A reply of three parts, or `None` where a mail server would not take it: the code is 400 to 599, the enhanced code
    /// (RFC 3463) begins with the same digit, and the text is printable ASCII without `%`, which some servers expand.
    ///
    /// ```
    /// use milter::ReplyCode;
    /// assert!(ReplyCode::new(451, "4.7.1", "try again").is_some());
    /// assert!(ReplyCode::new(451, "5.7.1", "try again").is_none());
    /// ```
    pub fn new(code: u16, enhanced: &str, text: &str) -> Option<Self> {
        let is_printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%');
        let class = code / 100;
        let is_enhanced = enhanced.len() >= 5
            && enhanced.starts_with(&format!("{class}."))
            && enhanced.split('.').count() == 3
            && enhanced
                .split('.')
                .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()));
        ((4..=5).contains(&class) && is_enhanced && is_printable(text))
            .then(|| Self(format!("{code} {enhanced} {text}").into_bytes()))
    }

    /// As it is sent.
    pub fn text(&self) -> &[u8] {
        &self.0
    }
}

/// A packet that is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// No reply has this code.
    #[error("no reply has the code {code:#04x}")]
    Unknown {
        /// The packet's code.
        code: u8,
    },
    /// Its data is not what such a reply carries.
    #[error("the data of a {:?} reply is malformed", char::from(*code))]
    Malformed {
        /// The packet's code.
        code: u8,
    },
}

impl Reply {
    /// Appends the reply as a packet. A body that is longer than a packet takes becomes several.
    pub fn encode(&self, output: &mut Vec<u8>) {
        match self {
            Self::ReplaceBody(body) if !body.is_empty() => {
                for chunk in body.chunks(BODY_CHUNK_BYTES_MAX) {
                    packet::write(output, b'b', |output| output.extend_from_slice(chunk));
                }
            }
            _ => packet::write(output, self.code(), |output| self.write_data(output)),
        }
    }

    /// Does it decide, so that the server waits no longer?
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Continue
                | Self::Accept
                | Self::Discard
                | Self::Reject
                | Self::Tempfail
                | Self::Code(_)
                | Self::Skip
                | Self::Negotiated(_)
        )
    }

    /// Reads a packet: the server's side, for tests and measurements.
    ///
    /// # Errors
    /// [`ReplyError`].
    pub fn decode(packet: Packet<'_>) -> Result<Self, ReplyError> {
        let Packet { code, data } = packet;
        let field = |data: &[u8]| text::pair(data).map(|(name, value)| Field { name, value });
        let indexed = || text::number(data).and_then(|(index, data)| Some((index, field(data)?)));
        let reply = match code {
            b'O' => Offer::decode(data).map(Self::Negotiated),
            b'c' => Some(Self::Continue),
            b'a' => Some(Self::Accept),
            b'd' => Some(Self::Discard),
            b'r' => Some(Self::Reject),
            b't' => Some(Self::Tempfail),
            b'y' => text::string(data).map(|text| Self::Code(ReplyCode(text))),
            b's' => Some(Self::Skip),
            b'p' => Some(Self::Progress),
            b'h' => field(data).map(Self::AddField),
            b'i' => indexed().map(|(index, field)| Self::InsertField { index, field }),
            b'm' => indexed().map(|(index, field)| Self::ChangeField { index, field }),
            b'b' => Some(Self::ReplaceBody(data.to_vec())),
            b'e' => Path::decode(data).map(Self::ChangeSender),
            b'+' | b'2' => Path::decode(data).map(Self::AddRecipient),
            b'-' => text::string(data).map(Self::DeleteRecipient),
            b'q' => text::string(data).map(Self::Quarantine),
            _ => return Err(ReplyError::Unknown { code }),
        };
        reply.ok_or(ReplyError::Malformed { code })
    }

    fn code(&self) -> u8 {
        match self {
            Self::Negotiated(_) => b'O',
            Self::Continue => b'c',
            Self::Accept => b'a',
            Self::Discard => b'd',
            Self::Reject => b'r',
            Self::Tempfail => b't',
            Self::Code(_) => b'y',
            Self::Skip => b's',
            Self::Progress => b'p',
            Self::AddField(_) => b'h',
            Self::InsertField { .. } => b'i',
            Self::ChangeField { .. } => b'm',
            Self::ReplaceBody(_) => b'b',
            Self::ChangeSender(_) => b'e',
            Self::AddRecipient(path) if path.arguments.is_empty() => b'+',
            Self::AddRecipient(_) => b'2',
            Self::DeleteRecipient(_) => b'-',
            Self::Quarantine(_) => b'q',
        }
    }

    fn write_data(&self, output: &mut Vec<u8>) {
        match self {
            Self::Negotiated(offer) => offer.write(output),
            Self::Code(ReplyCode(text)) | Self::DeleteRecipient(text) | Self::Quarantine(text) => {
                text::put(output, text);
            }
            Self::AddField(field) => put_field(output, field),
            Self::InsertField { index, field } | Self::ChangeField { index, field } => {
                output.extend_from_slice(&index.to_be_bytes());
                put_field(output, field);
            }
            Self::ReplaceBody(body) => output.extend_from_slice(body),
            Self::ChangeSender(path) | Self::AddRecipient(path) => path.write(output),
            Self::Continue
            | Self::Accept
            | Self::Discard
            | Self::Reject
            | Self::Tempfail
            | Self::Skip
            | Self::Progress => {}
        }
    }
}

fn put_field(output: &mut Vec<u8>, field: &Field) {
    text::put(output, &field.name);
    text::put(output, &field.value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Packets;

    #[test]
    fn a_long_body_is_sent_in_pieces_that_servers_take() {
        let body = vec![b'x'; 2 * BODY_CHUNK_BYTES_MAX + 1];
        let mut bytes = Vec::new();
        Reply::ReplaceBody(body.clone()).encode(&mut bytes);
        let mut packets = Packets::default();
        packets.push(&bytes);
        let mut pieces = Vec::new();
        while let Some(packet) = packets.take().expect("packets") {
            pieces.push(packet.data.len());
        }
        assert_eq!(pieces, [BODY_CHUNK_BYTES_MAX, BODY_CHUNK_BYTES_MAX, 1]);
    }

    #[test]
    fn an_empty_body_is_still_a_body() {
        let mut bytes = Vec::new();
        Reply::ReplaceBody(Vec::new()).encode(&mut bytes);
        assert_eq!(bytes, b"\0\0\0\x01b");
    }

    #[test]
    fn codes_that_a_server_would_not_take_are_refused() {
        let check = |code, enhanced, text, expected: Option<&str>| {
            let text = ReplyCode::new(code, enhanced, text)
                .map(|code| String::from_utf8_lossy(code.text()).into_owned());
            assert_eq!(text.as_deref(), expected);
        };
        check(451, "4.7.1", "try again", Some("451 4.7.1 try again"));
        check(550, "5.7.1", "", Some("550 5.7.1 "));
        check(250, "2.0.0", "fine", None);
        check(550, "4.7.1", "other class", None);
        check(550, "5.7", "two parts", None);
        check(550, "5..1", "empty part", None);
        check(550, "5.7.1", "100 % sure", None);
        check(550, "5.7.1", "two\r\nlines", None);
    }
}
