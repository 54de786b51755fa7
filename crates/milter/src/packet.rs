//! Packets: a stream cut by lengths.

use crate::limit::PACKET_BYTES_MAX;

/// Bytes of a packet's length.
const LENGTH_BYTES: usize = 4;

/// One packet of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is.
    pub code: u8,
    /// What follows the code.
    pub data: &'a [u8],
}

/// A stream that cannot be followed any more: where the next packet begins is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// A packet of no bytes has not even a code.
    #[error("a packet without a code")]
    Empty,
    /// Its length is beyond [`PACKET_BYTES_MAX`].
    #[error("a packet of {bytes} bytes, at most {PACKET_BYTES_MAX} are read")]
    TooLong {
        /// The length that it claims.
        bytes: u32,
    },
}

/// Bytes that arrived and are not yet taken as packets. It never holds more than what was pushed and not taken, so a caller
/// that takes all packets after each push holds at most one packet and one push.
///
/// ```
/// let mut packets = milter::Packets::default();
/// packets.push(b"\0\0\0\x01");
/// assert_eq!(packets.take(), Ok(None));
/// packets.push(b"Q\0\0");
/// assert_eq!(packets.take().unwrap().unwrap().code, b'Q');
/// ```
#[derive(Debug, Default)]
pub struct Packets {
    buffer: Vec<u8>,
    /// Everything before it was taken.
    taken: usize,
}

impl Packets {
    /// Adds bytes as they arrived, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole packet, if it is there.
    ///
    /// # Errors
    /// [`PacketError`]; the connection is then of no more use.
    pub fn take(&mut self) -> Result<Option<Packet<'_>>, PacketError> {
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
        let bytes = u32::from_be_bytes(*length);
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        if length > PACKET_BYTES_MAX {
            return Err(PacketError::TooLong { bytes });
        }
        let Some(content) = rest.get(..length) else { return Ok(None) };
        let (&code, data) = content.split_first().ok_or(PacketError::Empty)?;
        self.taken += LENGTH_BYTES + length;
        Ok(Some(Packet { code, data }))
    }
}

/// Appends a packet to `output`; `write` appends its data.
pub(crate) fn write(output: &mut Vec<u8>, code: u8, write: impl FnOnce(&mut Vec<u8>)) {
    let start = output.len();
    output.extend_from_slice(&[0; LENGTH_BYTES]);
    output.push(code);
    write(output);
    let length = u32::try_from(output.len() - start - LENGTH_BYTES).unwrap_or(u32::MAX);
    if let Some(place) = output.get_mut(start..start + LENGTH_BYTES) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<Option<(u8, &[u8])>, PacketError>) {
        let mut packets = Packets::default();
        packets.push(bytes);
        assert_eq!(packets.take().map(|packet| packet.map(|packet| (packet.code, packet.data))), expected);
    }

    #[test]
    fn a_packet_is_taken_when_it_is_whole() {
        check(b"", Ok(None));
        check(b"\0\0\0\x02L", Ok(None));
        check(b"\0\0\0\x02Lx", Ok(Some((b'L', b"x"))));
        check(b"\0\0\0\x01Nrest", Ok(Some((b'N', b""))));
    }

    #[test]
    fn lengths_that_cannot_be_are_refused_before_anything_is_read() {
        check(b"\0\0\0\0", Err(PacketError::Empty));
        check(b"\0\x10\0\x01", Ok(None));
        check(b"\0\x10\0\x02", Err(PacketError::TooLong { bytes: 0x10_0002 }));
        check(b"\xff\xff\xff\xff", Err(PacketError::TooLong { bytes: u32::MAX }));
    }
}
