//! How the text of a log is encoded: UTF-8, or UTF-16 with a mark of its order, which some programs on Windows write.

/// An encoding, and what is left of a unit that came in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encoding {
    /// The log's first bytes have not come.
    Unknown,
    Utf8,
    Utf16 {
        is_big: bool,
        part: Part,
    },
}

/// The first byte of a unit, and the first unit of a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    byte: Option<u8>,
    high: Option<u16>,
}

const REPLACEMENT: &str = "\u{fffd}";

impl Encoding {
    /// By the mark at the beginning of a log.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => Self::Utf16 { is_big: false, part: Part::default() },
            [0xfe, 0xff, ..] => Self::Utf16 { is_big: true, part: Part::default() },
            _ => Self::Utf8,
        }
    }

    /// Adds `bytes` to `out` in UTF-8; says how many bytes of the log a mark at its beginning took.
    pub(super) fn decode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> u64 {
        match self {
            Self::Utf8 => {
                out.extend_from_slice(bytes);
                0
            }
            Self::Utf16 { is_big, part } => {
                part.decode(bytes, *is_big, out);
                0
            }
            Self::Unknown => self.begin(bytes, out),
        }
    }

    /// The first bytes wait in `out` until there are enough of them to know.
    fn begin(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> u64 {
        out.extend_from_slice(bytes);
        if out.len() < 3 && matches!(out.as_slice(), [0xef] | [0xef, 0xbb] | [0xff] | [0xfe] | []) {
            return 0;
        }
        let head = std::mem::take(out);
        *self = Self::of(&head);
        let mark = match (&self, head.as_slice()) {
            (Self::Utf16 { .. }, _) => 2,
            (_, [0xef, 0xbb, 0xbf, ..]) => 3,
            _ => 0,
        };
        self.decode(head.get(mark..).unwrap_or_default(), out);
        u64::try_from(mark).unwrap_or_default()
    }

    /// No more bytes come: half a character is a broken one.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Self::Utf16 { part, .. } = self
            && (part.byte.take().is_some() | part.high.take().is_some())
        {
            out.extend_from_slice(REPLACEMENT.as_bytes());
        }
    }

    /// How many bytes of the log a part of the decoded text was.
    pub(super) fn length(&self, decoded: &[u8]) -> u64 {
        let bytes = match self {
            // In UTF-8, each byte that begins a character is a unit in UTF-16, and that of a long one is two.
            Self::Utf16 { .. } => decoded.iter().fold(0_usize, |bytes, byte| {
                bytes.saturating_add(match byte {
                    0x80..0xc0 => 0,
                    0xf0.. => 4,
                    _ => 2,
                })
            }),
            Self::Utf8 | Self::Unknown => decoded.len(),
        };
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Part {
    fn decode(&mut self, bytes: &[u8], is_big: bool, out: &mut Vec<u8>) {
        for byte in bytes {
            let Some(first) = self.byte.take() else {
                self.byte = Some(*byte);
                continue;
            };
            let pair = [first, *byte];
            self.unit(if is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }, out);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(found)) = char::decode_utf16([high, unit]).next() {
                return push(found, out);
            }
            out.extend_from_slice(REPLACEMENT.as_bytes());
        }
        match unit {
            0xd800..0xdc00 => self.high = Some(unit),
            _ => push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), out),
        }
    }
}

fn push(found: char, out: &mut Vec<u8>) {
    out.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
}
