//! Strings in packets: each ends with a zero byte.

use crate::limit::STRINGS_MAX;

/// The strings of a packet's data, or `None` where the last one does not end or there are too many.
///
/// What follows the last zero byte belongs to no string, so it must be nothing.
pub(crate) fn strings(data: &[u8]) -> Option<Vec<Vec<u8>>> {
    if data.is_empty() {
        return Some(Vec::new());
    }
    let inner = data.strip_suffix(b"\0")?;
    let strings: Vec<Vec<u8>> =
        inner.split(|&byte| byte == 0).take(STRINGS_MAX + 1).map(<[u8]>::to_vec).collect();
    (strings.len() <= STRINGS_MAX).then_some(strings)
}

/// The one string that a packet's data is.
pub(crate) fn string(data: &[u8]) -> Option<Vec<u8>> {
    let inner = data.strip_suffix(b"\0")?;
    (!inner.contains(&0)).then(|| inner.to_vec())
}

/// The two strings that a packet's data is.
pub(crate) fn pair(data: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let inner = data.strip_suffix(b"\0")?;
    let mut parts = inner.split(|&byte| byte == 0);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(first), Some(second), None) => Some((first.to_vec(), second.to_vec())),
        _ => None,
    }
}

/// Appends a string. A zero byte would end it early and shift everything after it, so none is written.
pub(crate) fn put(output: &mut Vec<u8>, string: &[u8]) {
    output.extend(string.iter().copied().filter(|&byte| byte != 0));
    output.push(0);
}

/// Splits a big-endian number off.
pub(crate) fn number(data: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = data.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}
