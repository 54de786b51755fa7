//! Entry bundles (C2SP tlog-tiles, "Log entries"): the entries themselves, each after its length in 16 bits, big endian.

use crate::limit::ENTRY_BYTES_MAX;

/// Bytes that an entry takes in a bundle besides its own.
pub(crate) const LENGTH_BYTES: usize = 2;

/// Adds an entry at the end of a bundle. Returns `false`, and adds nothing, when it is too long for the format.
///
/// ```
/// let mut bundle = Vec::new();
/// assert!(evidence::bundle::push(&mut bundle, b"abc"));
/// assert_eq!(bundle, b"\x00\x03abc");
/// assert!(!evidence::bundle::push(&mut bundle, &[0; 65_536]));
/// ```
#[must_use]
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// A bundle divided into its entries.
///
/// ```
/// let divided = evidence::bundle::divide(b"\x00\x01a\x00\x02bc", 2);
/// assert_eq!(divided.entries, [&b"a"[..], b"bc"]);
/// assert!(divided.is_whole);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided<'a> {
    /// The entries that could be read, at most as many as were asked for.
    pub entries: Vec<&'a [u8]>,
    /// Whether there were exactly as many entries as asked for, and no byte after them.
    pub is_whole: bool,
}

/// Divides `bundle` into `width` entries, as far as that is possible.
///
/// ```
/// // The second entry claims 9 bytes and has 2.
/// let divided = evidence::bundle::divide(b"\x00\x01a\x00\x09bc", 2);
/// assert_eq!((divided.entries.len(), divided.is_whole), (1, false));
/// ```
pub fn divide(bundle: &[u8], width: usize) -> Divided<'_> {
    let mut entries = Vec::with_capacity(width.min(bundle.len() / LENGTH_BYTES));
    let mut rest = bundle;
    while entries.len() < width {
        let Some((entry, after)) = next(rest) else { break };
        entries.push(entry);
        rest = after;
    }
    let is_whole = entries.len() == width && rest.is_empty();
    Divided { entries, is_whole }
}

fn next(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

const _: () = assert!(ENTRY_BYTES_MAX == u16::MAX as usize, "the length of an entry has 16 bits");
