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
        return plain(io::stdin(), progress);
    }
    plain(File::open(&input.path)?, progress)
}

/// The plain bytes of `stored`, which its first bytes tell to be gzip, zstd or neither.
pub(super) fn plain(stored: impl Read + Send + 'static, progress: &Arc<Progress>) -> io::Result<Stream> {
    let stored_bytes = Arc::new(AtomicU64::new(0));
    let counted = Counted { input: stored, progress: Arc::clone(progress), bytes: Arc::clone(&stored_bytes) };
    let mut stored = BufReader::with_capacity(READ_BYTES, counted);
    let mut magic = Vec::new();
    stored.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
    let (is_gzip, is_zstd) = (magic.starts_with(GZIP_MAGIC), magic.starts_with(ZSTD_MAGIC));
    let stored = Cursor::new(magic).chain(stored);
    if is_gzip {
        return Ok(Box::new(Bounded { decoder: MultiGzDecoder::new(stored), stored_bytes, plain_bytes: 0 }));
    }
    if is_zstd {
        let decoder = zstd::stream::read::Decoder::new(stored)?;
        return Ok(Box::new(Bounded { decoder, stored_bytes, plain_bytes: 0 }));
    }
    Ok(Box::new(stored))
}

/// Counts what is read, for the progress of all and for the ratio of this stream.
struct Counted<R> {
    input: R,
    progress: Arc<Progress>,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.progress.add_bytes(count as u64);
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A decoder that stops when its output outgrows its input beyond all reason.
struct Bounded<D> {
    decoder: D,
    stored_bytes: Arc<AtomicU64>,
    plain_bytes: u64,
}

impl<D: Read> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = buffer.len().min(DECODER_STEP_BYTES);
        let count = self.decoder.read(buffer.get_mut(..step).unwrap_or_default())?;
        self.plain_bytes += count as u64;
        let stored_bytes = self.stored_bytes.load(Ordering::Relaxed);
        if self.plain_bytes > GROWTH_BYTES_FREE + stored_bytes.saturating_mul(DECOMPRESSION_RATIO_MAX) {
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
