//! What a mail server tells a filter.

use crate::message::Field;
use crate::negotiate::Offer;
use crate::packet::{self, Packet};
use crate::text;
use std::net::IpAddr;

/// One command. `text 00` below is a string and its zero byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `O`: version, actions and steps, four bytes each. What the server can do; the first command.
    Negotiate(Offer),
    /// `D`: the code of the command that it belongs to, then `name 00 value 00` for each. Facts of the server's.
    Macros {
        /// The code of the command that follows.
        stage: u8,
        /// Names, those longer than one byte in braces, and values.
        macros: Vec<(Vec<u8>, Vec<u8>)>,
    },
    /// `C`: `host name 00`, the family, and but for an unknown one two bytes of port and `address 00`.
    Connect(Connect),
    /// `H`: `name 00`. What the client called itself.
    Helo(Vec<u8>),
    /// `M`: `address 00`, then `argument 00` for each ESMTP argument. A message begins.
    Mail(Path),
    /// `R`: as `M`. One more recipient.
    Recipient(Path),
    /// `T`: nothing. The client has said DATA.
    Data,
    /// `L`: `name 00 value 00`. One header field; lines of a folded value are separated by line feeds.
    Header(Field),
    /// `N`: nothing. The empty line after the header.
    EndOfHeaders,
    /// `B`: a piece of the body.
    Body(Vec<u8>),
    /// `E`: perhaps a last piece of the body. The message is whole.
    EndOfBody(Vec<u8>),
    /// `A`: nothing. The message is given up; the connection goes on.
    Abort,
    /// `Q`: nothing. The connection ends.
    Quit,
    /// `K`: nothing. The SMTP session ends; another one follows on the same connection.
    QuitNewConnection,
    /// `U`: `line 00`. An SMTP command that the server did not know.
    Unknown(Vec<u8>),
}

/// Whom a mail server is talking to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// The name that the server found for the client, or its address in brackets.
    pub host_name: Vec<u8>,
    /// How the client came.
    pub family: Family,
}

/// How a client came to a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Family {
    /// `U`: not known, or not by a network.
    Unknown,
    /// `L`: by a Unix socket, at this path.
    Unix {
        /// Without meaning for such a socket.
        port: u16,
        /// The socket's path.
        path: Vec<u8>,
    },
    /// `4` and `6`: by TCP.
    Inet {
        /// The client's port; 0 where the server does not tell.
        port: u16,
        /// The client's address.
        address: IpAddr,
    },
}

/// An address of the envelope as it was given, in angle brackets, and its ESMTP arguments (RFC 5321, section 4.1.1.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Such as `<pat@house.example>`; `<>` for a bounce.
    pub address: Vec<u8>,
    /// Such as `SIZE=2048`.
    pub arguments: Vec<Vec<u8>>,
}

impl Path {
    /// The address without its angle brackets; bytes that are not UTF-8 are replaced.
    ///
    /// ```
    /// let path = milter::Path { address: b"<pat@house.example>".to_vec(), arguments: Vec::new() };
    /// assert_eq!(path.mailbox(), "pat@house.example");
    /// ```
    pub fn mailbox(&self) -> String {
        let text = String::from_utf8_lossy(&self.address);
        let text = text.trim();
        text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text).to_owned()
    }
}

/// A packet that is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No command has this code.
    #[error("no command has the code {code:#04x}")]
    Unknown {
        /// The packet's code.
        code: u8,
    },
    /// Its data is not what such a command carries.
    #[error("the data of a {:?} command is malformed", char::from(*code))]
    Malformed {
        /// The packet's code.
        code: u8,
    },
}

impl Command {
    /// Reads a packet.
    ///
    /// # Errors
    /// [`CommandError`]. The packets after it can still be read, but what the server waits for is unknown.
    pub fn decode(packet: Packet<'_>) -> Result<Self, CommandError> {
        let Packet { code, data } = packet;
        let command = match code {
            b'O' => Offer::decode(data).map(Self::Negotiate),
            b'D' => macros(data),
            b'C' => Connect::decode(data).map(Self::Connect),
            b'H' => text::string(data).map(Self::Helo),
            b'M' => Path::decode(data).map(Self::Mail),
            b'R' => Path::decode(data).map(Self::Recipient),
            b'T' => Some(Self::Data),
            b'L' => text::pair(data).map(|(name, value)| Self::Header(Field { name, value })),
            b'N' => Some(Self::EndOfHeaders),
            b'B' => Some(Self::Body(data.to_vec())),
            b'E' => Some(Self::EndOfBody(data.to_vec())),
            b'A' => Some(Self::Abort),
            b'Q' => Some(Self::Quit),
            b'K' => Some(Self::QuitNewConnection),
            b'U' => text::string(data).map(Self::Unknown),
            _ => return Err(CommandError::Unknown { code }),
        };
        command.ok_or(CommandError::Malformed { code })
    }

    /// Appends the command as a packet: the server's side, for tests and measurements.
    pub fn encode(&self, output: &mut Vec<u8>) {
        packet::write(output, self.code(), |output| self.write_data(output));
    }

    /// Its code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Negotiate(_) => b'O',
            Self::Macros { .. } => b'D',
            Self::Connect(_) => b'C',
            Self::Helo(_) => b'H',
            Self::Mail(_) => b'M',
            Self::Recipient(_) => b'R',
            Self::Data => b'T',
            Self::Header(_) => b'L',
            Self::EndOfHeaders => b'N',
            Self::Body(_) => b'B',
            Self::EndOfBody(_) => b'E',
            Self::Abort => b'A',
            Self::Quit => b'Q',
            Self::QuitNewConnection => b'K',
            Self::Unknown(_) => b'U',
        }
    }

    fn write_data(&self, output: &mut Vec<u8>) {
        match self {
            Self::Negotiate(offer) => offer.write(output),
            Self::Macros { stage, macros } => {
                output.push(*stage);
                for (name, value) in macros {
                    text::put(output, name);
                    text::put(output, value);
                }
            }
            Self::Connect(connect) => connect.write(output),
            Self::Helo(text) | Self::Unknown(text) => text::put(output, text),
            Self::Mail(path) | Self::Recipient(path) => path.write(output),
            Self::Header(field) => {
                text::put(output, &field.name);
                text::put(output, &field.value);
            }
            Self::Body(piece) | Self::EndOfBody(piece) => output.extend_from_slice(piece),
            Self::Data | Self::EndOfHeaders | Self::Abort | Self::Quit | Self::QuitNewConnection => {}
        }
    }
}

fn macros(data: &[u8]) -> Option<Command> {
    let (&stage, data) = data.split_first()?;
    let mut strings = text::strings(data)?.into_iter();
    let mut macros = Vec::new();
    while let Some(name) = strings.next() {
        macros.push((name, strings.next()?));
    }
    Some(Command::Macros { stage, macros })
}

impl Path {
    pub(crate) fn decode(data: &[u8]) -> Option<Self> {
        let mut strings = text::strings(data)?.into_iter();
        Some(Self { address: strings.next()?, arguments: strings.collect() })
    }

    pub(crate) fn write(&self, output: &mut Vec<u8>) {
        text::put(output, &self.address);
        self.arguments.iter().for_each(|argument| text::put(output, argument));
    }
}

impl Connect {
    fn decode(data: &[u8]) -> Option<Self> {
        let end = data.iter().position(|&byte| byte == 0)?;
        let (host_name, rest) = data.split_at_checked(end)?;
        let (family, rest) = rest.get(1..)?.split_first()?;
        let family = match family {
            b'U' => Family::Unknown,
            b'L' | b'4' | b'6' => {
                let (port, rest) = rest.split_first_chunk::<2>()?;
                let port = u16::from_be_bytes(*port);
                let text = text::string(rest)?;
                if *family == b'L' {
                    Family::Unix { port, path: text }
                } else {
                    Family::Inet { port, address: address(&text)? }
                }
            }
            _ => return None,
        };
        Some(Self { host_name: host_name.to_vec(), family })
    }

    fn write(&self, output: &mut Vec<u8>) {
        text::put(output, &self.host_name);
        let (code, port, address) = match &self.family {
            Family::Unknown => return output.push(b'U'),
            Family::Unix { port, path } => (b'L', port, path.clone()),
            Family::Inet { port, address: IpAddr::V4(address) } => {
                (b'4', port, address.to_string().into_bytes())
            }
            Family::Inet { port, address: IpAddr::V6(address) } => {
                (b'6', port, format!("IPv6:{address}").into_bytes())
            }
        };
        output.push(code);
        output.extend_from_slice(&port.to_be_bytes());
        text::put(output, &address);
    }
}

/// Mail servers write IPv6 addresses as RFC 5321 section 4.1.3 does, with `IPv6:` before them, or bare.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    text.strip_prefix("IPv6:").unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(code: u8, data: &[u8], expected: Expect) {
        expected.assert_eq(&match Command::decode(Packet { code, data }) {
            Ok(command) => format!("{command:?}"),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn a_client_is_told_with_its_address() {
        let family = |data: &[u8]| match Command::decode(Packet { code: b'C', data }) {
            Ok(Command::Connect(connect)) => Some(connect.family),
            _ => None,
        };
        let inet =
            |address: &str| Some(Family::Inet { port: 25, address: address.parse().expect("an address") });
        assert_eq!(family(b"a.example\x004\0\x19192.0.2.7\0"), inet("192.0.2.7"));
        assert_eq!(family(b"a.example\x006\0\x19IPv6:2001:db8::7\0"), inet("2001:db8::7"));
        assert_eq!(family(b"a.example\x006\0\x192001:db8::7\0"), inet("2001:db8::7"));
        assert_eq!(family(b"localhost\0U"), Some(Family::Unknown));
        assert_eq!(family(b"a\x004\0\x19no address\0"), None);
        assert_eq!(family(b"a\x004\0"), None);
        assert_eq!(family(b"no end"), None);
    }

    #[test]
    fn paths_macros_and_fields_are_strings() {
        check(
            b'M',
            b"<a@b.example>\0SIZE=9\0",
            expect![[
                r#"Mail(Path { address: [60, 97, 64, 98, 46, 101, 120, 97, 109, 112, 108, 101, 62], arguments: [[83, 73, 90, 69, 61, 57]] })"#
            ]],
        );
        check(b'D', b"Ei\0ABC\0", expect!["Macros { stage: 69, macros: [([105], [65, 66, 67])] }"]);
        check(b'D', b"E", expect!["Macros { stage: 69, macros: [] }"]);
        check(b'L', b"A\0 b\0", expect!["Header(Field { name: \"A\", value: \" b\" })"]);
    }

    #[test]
    fn what_is_no_command_is_told() {
        check(b'D', b"", expect!["the data of a 'D' command is malformed"]);
        check(b'D', b"Ei\0", expect!["the data of a 'D' command is malformed"]);
        check(b'L', b"A\0b\0c\0", expect!["the data of a 'L' command is malformed"]);
        check(b'H', b"no end", expect!["the data of a 'H' command is malformed"]);
        check(b'M', b"", expect!["the data of a 'M' command is malformed"]);
        check(b'O', b"\0\0\0\x06", expect!["the data of a 'O' command is malformed"]);
        check(b'?', b"", expect!["no command has the code 0x3f"]);
        check(b'R', &b"x\0".repeat(513), expect!["the data of a 'R' command is malformed"]);
    }
}
