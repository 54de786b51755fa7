//! Report files unpacked: gzip, zip or plain, within bounds on size and growth.

use super::{Defects, zip};
use flate2::read::MultiGzDecoder;
use model::limit::{REPORT_BYTES_MAX, REPORT_FILE_BYTES_MAX, REPORT_RATIO_MAX};
use std::borrow::Cow;
use std::io::Read;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// Bytes that are asked of a decoder at once.
const STEP_BYTES: usize = 32 << 10;
/// A small file may grow by this much whatever the ratio.
const GROWTH_BYTES_FREE: usize = 1 << 20;

pub(super) fn is_gzip(data: &[u8]) -> bool {
    data.starts_with(GZIP_MAGIC)
}

pub(super) fn is_zip(data: &[u8]) -> bool {
    data.starts_with(ZIP_MAGIC)
}

/// The plain bytes of a report file; `None` where nothing could be unpacked. One layer only.
pub(super) fn unpack<'a>(packed: &'a [u8], defects: &mut Defects) -> Option<Cow<'a, [u8]>> {
    if packed.len() > REPORT_FILE_BYTES_MAX {
        defects.tell(0, format!("the file is over the limit of {REPORT_FILE_BYTES_MAX} bytes"));
        return None;
    }
    if is_gzip(packed) {
        // Some reporters write several members, and some leave bytes behind the last one.
        return inflate(MultiGzDecoder::new(packed), packed.len(), defects).map(Cow::Owned);
    }
    if is_zip(packed) {
        return zip::first_file(packed, defects).map(Cow::Owned);
    }
    Some(Cow::Borrowed(packed))
}

/// Everything that `decoder` makes of `packed_len` bytes. Where the data is damaged, what came before the damage is kept:
/// whether a report is whole, its last line tells. A bomb leaves nothing.
pub(super) fn inflate(mut decoder: impl Read, packed_len: usize, defects: &mut Defects) -> Option<Vec<u8>> {
    let grown = packed_len.saturating_mul(REPORT_RATIO_MAX).saturating_add(GROWTH_BYTES_FREE);
    let bytes_max = REPORT_BYTES_MAX.min(grown);
    let mut plain = Vec::new();
    let mut step = vec![0; STEP_BYTES];
    loop {
        match decoder.read(&mut step) {
            Ok(0) => return Some(plain),
            Ok(count) => plain.extend_from_slice(step.get(..count).unwrap_or_default()),
            Err(error) if plain.is_empty() => {
                defects.tell(0, format!("cannot unpack: {error}"));
                return None;
            }
            Err(error) => {
                defects.tell(plain.len() as u64, format!("cannot unpack further: {error}"));
                return Some(plain);
            }
        }
        if plain.len() > bytes_max {
            let reason = format!("the file grows beyond {bytes_max} bytes when it is unpacked");
            defects.tell(bytes_max as u64, reason);
            return None;
        }
    }
}
