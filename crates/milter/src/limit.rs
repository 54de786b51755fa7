//! Every buffer and count that a mail server, and through it a stranger, can fill.

/// Largest packet, in bytes after its length: libmilter's largest agreed size (`MDS_1M`) and its code. Beyond it the stream
/// cannot be followed any more.
pub const PACKET_BYTES_MAX: usize = (1 << 20) + 1;
/// Largest piece of a body in one packet, in bytes (`MILTER_CHUNK_SIZE`).
pub const BODY_CHUNK_BYTES_MAX: usize = 65_535;
/// Header fields of one message that are kept. A message with more is marked, see [`crate::Excess`].
pub const FIELDS_MAX: usize = 10_000;
/// Recipients of one message that are kept. A message with more is marked.
pub const RECIPIENTS_MAX: usize = 10_000;
/// Macros of one connection, and of one message, that are kept; further ones are not.
pub const MACROS_MAX: usize = 64;
/// Longest name and value of a macro together that is kept, in bytes; a longer one is not.
pub const MACRO_BYTES_MAX: usize = 4 << 10;
/// Strings in one packet that are read: arguments of MAIL and RCPT, macros. A packet with more is refused.
pub const STRINGS_MAX: usize = 512;
