//! The one file of a zip archive (APPNOTE 6.3.10): what reporters write, and nothing more.
//!
//! A general reader would offer names, paths and a table of entries that a sender fills; a report needs the bytes of one.

use super::Defects;
use super::unpack::inflate;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use model::limit::ARCHIVE_FILES_MAX;

const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
/// Bytes of the end record without its comment (section 4.3.16).
const END_BYTES: usize = 22;
/// Bytes of a directory entry without its names (section 4.3.12).
const ENTRY_BYTES: usize = 46;
/// Bytes of a local header without its names (section 4.3.7).
const LOCAL_BYTES: usize = 30;
/// Longest comment behind the end record.
const COMMENT_BYTES_MAX: usize = u16::MAX as usize;
/// What a size says that stands elsewhere, as archives beyond 4 GiB have it (section 4.5.3).
const ELSEWHERE: usize = u32::MAX as usize;

const IS_ENCRYPTED: usize = 1;
const STORED: usize = 0;
const DEFLATED: usize = 8;

/// A file as the directory describes it.
struct Entry<'a> {
    name: &'a [u8],
    flags: usize,
    method: usize,
    crc: u32,
    packed_len: usize,
    /// Where its local header begins.
    offset: usize,
}

/// The bytes of the first file in `archive`; folders are passed over.
pub(super) fn first_file(archive: &[u8], defects: &mut Defects) -> Option<Vec<u8>> {
    let found = match directory(archive) {
        Some(directory) => files(directory),
        None => {
            defects.tell(archive.len() as u64, "the archive has no directory at its end");
            return None;
        }
    };
    if found.len() > 1 {
        defects.tell(0, "the archive has several files, of which the first is read");
    }
    let Some(entry) = found.first() else {
        defects.tell(0, "the archive has no file");
        return None;
    };
    match packed(archive, entry) {
        Ok(packed) => open(entry, packed, defects),
        Err(reason) => {
            defects.tell(entry.offset as u64, reason);
            None
        }
    }
}

/// The directory, from its first entry on.
fn directory(archive: &[u8]) -> Option<&[u8]> {
    let start = archive.len().saturating_sub(END_BYTES + COMMENT_BYTES_MAX);
    let tail = archive.get(start..)?;
    let end = memchr::memmem::rfind(tail, END_OF_DIRECTORY)?;
    archive.get(number(tail.get(end..)?, 16, 4)?..)
}

/// The files that the directory names, as far as they are looked at.
fn files(mut directory: &[u8]) -> Vec<Entry<'_>> {
    let mut files = Vec::new();
    for _ in 0..ARCHIVE_FILES_MAX {
        let Some((entry, rest)) = entry(directory) else { break };
        directory = rest;
        let is_file = !entry.name.ends_with(b"/") && !entry.name.starts_with(b"__MACOSX/");
        files.extend(is_file.then_some(entry));
    }
    files
}

fn entry(directory: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let fixed = directory.get(..ENTRY_BYTES).filter(|fixed| fixed.starts_with(DIRECTORY_ENTRY))?;
    let name_len = number(fixed, 28, 2)?;
    let entry = Entry {
        name: directory.get(ENTRY_BYTES..ENTRY_BYTES + name_len)?,
        flags: number(fixed, 8, 2)?,
        method: number(fixed, 10, 2)?,
        crc: u32::try_from(number(fixed, 16, 4)?).ok()?,
        packed_len: number(fixed, 20, 4)?,
        offset: number(fixed, 42, 4)?,
    };
    let len = ENTRY_BYTES + name_len + number(fixed, 30, 2)? + number(fixed, 32, 2)?;
    Some((entry, directory.get(len..)?))
}

/// The packed bytes of a file.
fn packed<'a>(archive: &'a [u8], entry: &Entry<'_>) -> Result<&'a [u8], &'static str> {
    if entry.flags & IS_ENCRYPTED != 0 {
        return Err("the archive is encrypted");
    }
    if entry.packed_len == ELSEWHERE || entry.offset == ELSEWHERE {
        return Err("the archive is of the kind for more than 4 GiB");
    }
    let data = || {
        let header = archive.get(entry.offset..).filter(|header| header.starts_with(LOCAL_HEADER))?;
        let start = LOCAL_BYTES + number(header, 26, 2)? + number(header, 28, 2)?;
        header.get(start..)?.get(..entry.packed_len)
    };
    data().ok_or("the archive's directory points to no file")
}

fn open(entry: &Entry<'_>, packed: &[u8], defects: &mut Defects) -> Option<Vec<u8>> {
    let plain = match entry.method {
        STORED => inflate(packed, packed.len(), defects),
        DEFLATED => inflate(DeflateDecoder::new(packed), packed.len(), defects),
        other => {
            defects.tell(entry.offset as u64, format!("the archive is packed by method {other}"));
            None
        }
    }?;
    let mut crc = Crc::new();
    crc.update(&plain);
    if crc.sum() != entry.crc {
        defects.tell(plain.len() as u64, "the file does not have the checksum that its archive tells");
    }
    Some(plain)
}

/// The number of `len` bytes, lowest first, at `at`.
fn number(bytes: &[u8], at: usize, len: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + len)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}
