//! One file that is followed: read as it grows, from where it was left, and from its beginning when it was emptied.

use super::log_source::{Candidate, FileId};
use super::watcher::Watcher;
use model::EventMillis;
use model::limit::{LOG_HEAD_BYTES_MAX, LOG_TURN_BYTES};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use watch::correlation::Offset;
use watch::event::{Event, FieldNames};
use watch::format::{Format, Framed, Framing, LineReader, evtx};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes before an offset by which a file is known to be the one that was read.
const MARK_BYTES: u64 = 256;

/// How far a file is read: what a restart goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Where it was found first; with `beginning` this makes the number of the source.
    pub(super) path: PathBuf,
    /// How often files under this name were begun from the first byte.
    pub(super) beginning: u64,
    /// The next byte to read; of EVTX the number of the last record.
    pub(super) offset: u64,
    /// The line that begins there, from 1.
    pub(super) line: u64,
    /// Of the bytes before `offset`, at most 256.
    pub(super) mark: u64,
    /// [`Format::word`].
    pub(super) format: String,
    /// Lines that say what records mean.
    pub(super) heading: Vec<String>,
}

impl Position {
    /// A file that is begun.
    pub(super) fn begin(path: PathBuf, beginning: u64, format: Format) -> Self {
        let format = format.word().to_owned();
        Self { path, beginning, offset: 0, line: 1, mark: xxh3_64(&[]), format, heading: Vec::new() }
    }

    /// The same file, emptied and begun again.
    fn again(&self) -> Self {
        Self { beginning: self.beginning + 1, offset: 0, line: 1, mark: xxh3_64(&[]), ..self.clone() }
    }

    /// The number under which correlations and sightings know it.
    pub(super) fn source_number(&self, source: &str) -> u64 {
        Offset::source_of(&format!("{source}\n{}\n{}", self.path.display(), self.beginning))
    }

    fn format(&self) -> Format {
        Format::from_word(&self.format).unwrap_or(Format::Json)
    }

    /// Bytes that are not read yet of a file that has `len` of them.
    pub(super) fn lag(&self, len: u64) -> u64 {
        if self.format() == Format::Evtx { 0 } else { len.saturating_sub(self.offset) }
    }

    /// Whether the file holds nothing beyond it. Of EVTX only its records tell.
    pub(super) fn is_at_end(&self, len: u64) -> bool {
        self.format() != Format::Evtx && self.offset == len
    }
}

/// What a turn gives.
pub(super) enum Item<'a> {
    /// A record.
    Record {
        /// What it says.
        text: &'a str,
        /// Where it begins, or its number.
        at: u64,
        /// `line N` or `record N`.
        place: &'a dyn Fn() -> String,
    },
    /// Something that cannot be read.
    Defect {
        /// `line N` or `after record N`.
        place: String,
        /// Why.
        reason: &'a str,
    },
}

/// Who takes what a turn gives: the number of the source, and the reader of the records.
pub(super) type Sink<'s> = &'s mut dyn FnMut(u64, &mut LineReader, Item<'_>);

/// A file that is followed.
pub(super) struct Tail {
    /// Which file.
    pub(super) id: FileId,
    /// What it is called now.
    pub(super) name: Arc<str>,
    /// How far records were given out.
    pub(super) position: Position,
    /// The number of the source.
    pub(super) number: u64,
    /// The time of events that have none.
    pub(super) written: EventMillis,
    source: String,
    file: File,
    reader: LineReader,
    framing: Framing,
    /// How far bytes were read.
    fed: u64,
    /// The last bytes that were read.
    recent: Vec<u8>,
    /// Length and time of an EVTX file when it was read last.
    read_at: Option<(u64, EventMillis)>,
}

impl Tail {
    /// Opens a file at a position; at its beginning again if other bytes stand before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn open(
        candidate: &Candidate,
        position: Position,
        source: &str,
        watcher: &mut Watcher,
    ) -> io::Result<Self> {
        let file = File::open(&candidate.path)?;
        let is_evtx = position.format() == Format::Evtx;
        let recent = if is_evtx { Vec::new() } else { before(&file, position.offset)? };
        let position = if is_evtx || xxh3_64(&recent) == position.mark { position } else { position.again() };
        let recent = if position.offset == 0 { Vec::new() } else { recent };
        let name: Arc<str> = candidate.path.to_string_lossy().into();
        let mut this = Self {
            id: candidate.id,
            number: position.source_number(source),
            written: candidate.written,
            source: source.to_owned(),
            reader: watcher.reader(position.format(), &name, candidate.written),
            framing: Framing::new(position.format(), 0, 1),
            fed: position.offset,
            position,
            name,
            file,
            recent,
            read_at: None,
        };
        this.go_on(watcher.names())?;
        Ok(this)
    }

    /// Makes ready to read from the position on.
    fn go_on(&mut self, names: &FieldNames) -> io::Result<()> {
        let mut head = [0_u8; 2];
        let count = self.file.read_at(&mut head, 0)?;
        let Position { offset, line, .. } = self.position;
        self.framing = Framing::new(self.position.format(), offset, line)
            .encoded_as(head.get(..count).unwrap_or_default());
        for line in &self.position.heading {
            // A heading that was read once is read again; an error would come up with the first record.
            let _ = self.reader.read(line, names, &mut Event::default());
        }
        self.fed = offset;
        self.file.seek(SeekFrom::Start(offset)).map(|_| ())
    }

    /// The open file as it is now, also where nothing has its name any more.
    pub(super) fn candidate(&self) -> Option<Candidate> {
        let len = self.file.metadata().ok()?.len();
        let path = PathBuf::from(&*self.name);
        Some(Candidate { path, id: self.id, len, written: self.written, is_aside: true })
    }

    /// Bytes that are not read yet.
    pub(super) fn lag(&self, len: u64) -> u64 {
        if self.position.format() == Format::Evtx { 0 } else { len.saturating_sub(self.fed) }
    }

    /// Whether nothing waits in it: no bytes, and no record that may go on.
    pub(super) fn is_quiet(&self) -> bool {
        self.position.is_at_end(self.fed)
    }

    /// Reads on, at most [`LOG_TURN_BYTES`]; answers how many bytes came.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn turn(
        &mut self,
        len: u64,
        written: EventMillis,
        names: &FieldNames,
        sink: Sink<'_>,
    ) -> io::Result<u64> {
        self.written = written;
        if self.position.format() == Format::Evtx {
            return self.turn_evtx(len, written, sink);
        }
        if len == self.fed {
            return Ok(0);
        }
        if len < self.fed || before(&self.file, self.fed)? != self.recent {
            self.position = self.position.again();
            self.number = self.position.source_number(&self.source);
            self.recent.clear();
            self.go_on(names)?;
        }
        let mut buffer = vec![0_u8; 256 << 10];
        let mut taken = 0_u64;
        while taken < LOG_TURN_BYTES as u64 {
            let count = self.file.read(&mut buffer)?;
            let Some(bytes @ [_, ..]) = buffer.get(..count) else { break };
            taken += count as u64;
            self.remember(bytes);
            self.push(Some(bytes), sink);
        }
        Ok(taken)
    }

    /// Nothing came for a while: what is whole is given out.
    pub(super) fn idle(&mut self, sink: Sink<'_>) {
        self.push(None, sink);
    }

    fn push(&mut self, bytes: Option<&[u8]>, sink: Sink<'_>) {
        let Self { framing, reader, position, number, .. } = self;
        let mut take = |framed: Framed<'_>| match framed {
            Framed::Record(record) => {
                let place = || format!("line {}", record.line);
                sink(*number, reader, Item::Record { text: &record.text, at: record.offset, place: &place });
                position.offset = record.end;
                let further = record.text.bytes().filter(|byte| *byte == b'\n').count();
                position.line = record.line.saturating_add(further as u64).saturating_add(1);
            }
            Framed::Defect { line, reason, .. } => {
                sink(*number, reader, Item::Defect { place: format!("line {line}"), reason });
            }
        };
        match bytes {
            Some(bytes) => framing.push(bytes, &mut take),
            None => framing.idle(&mut take),
        }
        if position.heading != reader.heading() {
            position.heading = reader.heading().to_vec();
        }
    }

    fn remember(&mut self, bytes: &[u8]) {
        self.fed += bytes.len() as u64;
        self.recent.extend_from_slice(bytes);
        let surplus = self.recent.len().saturating_sub(MARK_BYTES as usize);
        self.recent.drain(..surplus);
    }

    /// The position as it is to be kept.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn current(&mut self) -> io::Result<&Position> {
        if self.position.format() != Format::Evtx {
            self.position.mark = xxh3_64(&before(&self.file, self.position.offset)?);
        }
        Ok(&self.position)
    }

    /// An EVTX file is read as a whole when it has changed, because its records are in chunks that are written over.
    fn turn_evtx(&mut self, len: u64, written: EventMillis, sink: Sink<'_>) -> io::Result<u64> {
        if self.read_at.replace((len, written)) == Some((len, written)) {
            return Ok(0);
        }
        let last = self.position.offset;
        let mut taken = 0;
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        let Self { reader, position, number: source, .. } = self;
        let read = evtx::read(file, &mut |item| match item {
            evtx::Item::Record { number, text } if number > last => {
                taken += text.len() as u64;
                position.offset = position.offset.max(number);
                sink(
                    *source,
                    reader,
                    Item::Record { text, at: number, place: &|| format!("record {number}") },
                );
            }
            evtx::Item::Record { .. } => {}
            evtx::Item::Defect { after, reason } if after >= last => {
                sink(
                    *source,
                    reader,
                    Item::Defect { place: format!("after record {after}"), reason: &reason },
                );
            }
            evtx::Item::Defect { .. } => {}
        });
        if let Err(reason) = read {
            sink(*source, reader, Item::Defect { place: "byte 0".to_owned(), reason: &reason });
        }
        Ok(taken)
    }
}

/// At most 256 bytes before `offset`.
fn before(file: &File, offset: u64) -> io::Result<Vec<u8>> {
    let from = offset.saturating_sub(MARK_BYTES);
    let mut bytes = vec![0_u8; (offset - from) as usize];
    let mut read = 0;
    while let Some(rest @ [_, ..]) = bytes.get_mut(read..) {
        match file.read_at(rest, from + read as u64)? {
            0 => break,
            count => read += count,
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

/// The first bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn head(candidate: &Candidate) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(&candidate.path)?.take(LOG_HEAD_BYTES_MAX as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether the file goes on where another one, which was emptied or is gone, had come to: it is a copy of that one.
///
/// # Errors
/// When it cannot be read.
pub(super) fn is_copy(candidate: &Candidate, position: &Position) -> io::Result<bool> {
    if position.offset < MARK_BYTES || candidate.len < position.offset {
        return Ok(false);
    }
    Ok(xxh3_64(&before(&File::open(&candidate.path)?, position.offset)?) == position.mark)
}
