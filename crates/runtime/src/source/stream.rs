//! One input as a stream of plain bytes: opened, counted, and decompressed within bounds.

use super::folder::Input;
use super::{Progress, STDIN};
use flate2::read::MultiGzDecoder;
use model::limit::DECOMPRESSION_RATIO_MAX;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A stream that may be handed to another thread.
pub(super) type Stream = Box<dyn Read + Send>;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const MAGIC_BYTES: u64 = 4;
const READ_BYTES: usize = 32 << 10;
/// Bytes that are asked of a decoder at once. A decoder that meets damage loses what it made in the same step, so that a
/// larger step would lose messages that were whole.
const DECODER_STEP_BYTES: usize = 4 << 10;
/// Small inputs may grow by this much whatever the ratio: a few hundred bytes of blank space compress far below it.
const GROWTH_BYTES_FREE: u64 = 1 << 20;

/// Opens `input` as plain bytes.
pub(super) fn open(input: &Input, progress: &Arc<Progress>) -> io::Result<Stream> {
    if input.path == Path::new(STDIN) {
        return plain(io::stdin(), 0, progress);
    }
    plain(File::open(&input.path)?, input.stored_len.unwrap_or_default(), progress)
}

/// The plain bytes of `stored`, which its first bytes tell to be gzip, zstd or neither. Whatever is left of its `stored_len`
/// bytes when the stream is dropped counts as done, so that files that are not read to their end do not hold progress back.
pub(super) fn plain(
    stored: impl Read + Send + 'static,
    stored_len: u64,
    progress: &Arc<Progress>,
) -> io::Result<Stream> {
    let bytes_read = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        input: stored,
        progress: Arc::clone(progress),
        bytes_read: Arc::clone(&bytes_read),
        stored_len,
    };
    let mut stored = BufReader::with_capacity(READ_BYTES, counted);
    let mut magic = Vec::new();
    stored.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
    let (is_gzip, is_zstd) = (magic.starts_with(GZIP_MAGIC), magic.starts_with(ZSTD_MAGIC));
    let stored = Cursor::new(magic).chain(stored);
    if is_gzip {
        return Ok(Box::new(Bounded { decoder: MultiGzDecoder::new(stored), bytes_read, bytes_made: 0 }));
    }
    if is_zstd {
        let decoder = zstd::stream::read::Decoder::new(stored)?;
        return Ok(Box::new(Bounded { decoder, bytes_read, bytes_made: 0 }));
    }
    Ok(Box::new(stored))
}

/// Counts what is read, for the progress of all and for the ratio of this stream.
struct Counted<R> {
    input: R,
    progress: Arc<Progress>,
    /// Shared with the decoder of this stream; only this reader writes it.
    bytes_read: Arc<AtomicU64>,
    stored_len: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.progress.add_bytes(count as u64);
        self.bytes_read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R> Drop for Counted<R> {
    fn drop(&mut self) {
        self.progress.add_bytes(self.stored_len.saturating_sub(self.bytes_read.load(Ordering::Relaxed)));
    }
}

/// A decoder that stops when its output outgrows its input beyond all reason.
struct Bounded<D> {
    decoder: D,
    bytes_read: Arc<AtomicU64>,
    bytes_made: u64,
}

impl<D: Read> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = buffer.len().min(DECODER_STEP_BYTES);
        let count = self.decoder.read(buffer.get_mut(..step).unwrap_or_default())?;
        self.bytes_made += count as u64;
        let bytes_read = self.bytes_read.load(Ordering::Relaxed);
        if self.bytes_made > GROWTH_BYTES_FREE + bytes_read.saturating_mul(DECOMPRESSION_RATIO_MAX) {
            let reason =
                format!("the data grows more than {DECOMPRESSION_RATIO_MAX} times when decompressed");
            return Err(io::Error::other(reason));
        }
        Ok(count)
    }
}

/// A stream that broke while its beginning was looked at: it breaks again when it is read that far.
pub(super) struct Broken(pub(super) Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
