//! Messages out of files and streams: one after another, whatever the paths are.

use super::content::{self, Content, Trust};
use super::folder::{Input, Inputs, Place};
use super::stream::{self, Broken, Stream};
use super::{Progress, defect_at_byte, name_of};
use mail::mbox::MboxReader;
use model::limit::{MESSAGE_BYTES_MAX, SNIFF_BYTES_MAX};
use model::{Defect, EventTime};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A message as it was found, with where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMessage {
    /// The path of the file, with `#N` (from 1) for a message of an mbox; `-` for standard input.
    pub source: String,
    /// The root of the Maildir, or the folder that the file lies in; `None` for what was named by itself.
    pub mailbox: Option<String>,
    /// The message, without the separator line and the quoting of an mbox.
    pub bytes: Vec<u8>,
    /// The time of delivery that the mbox or the Maildir tells, for messages whose own `Date` cannot be used.
    pub fallback_time: Option<EventTime>,
    /// Where the message (or its separator line) begins in the plain file, in bytes.
    pub position: u64,
}

/// Opens `paths`, which may be messages, mboxes, Maildirs, folders of these, and `-` for standard input, each perhaps
/// compressed with gzip or zstd. Only the sizes of the files are looked up before the first message is asked for.
pub fn open(paths: &[PathBuf]) -> Messages {
    let progress = Arc::new(Progress::new(Inputs::bytes_total(paths)));
    Messages { inputs: Inputs::new(paths), mailbox: None, progress }
}

/// The messages below some paths, in a fixed order; one is in memory at a time. What is not mail or cannot be read is a
/// [`Defect`].
pub struct Messages {
    inputs: Inputs,
    /// The mbox that is being read.
    mailbox: Option<Box<OpenMailbox>>,
    progress: Arc<Progress>,
}

struct OpenMailbox {
    name: String,
    folder: Option<String>,
    messages: MboxReader<Stream>,
}

/// What a file turned out to be.
enum Opened {
    Message(RawMessage),
    Mailbox(Box<OpenMailbox>),
    Nothing,
}

impl Messages {
    /// How far the reading has come.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    fn next_item(&mut self) -> Option<Result<RawMessage, Defect>> {
        loop {
            if let Some(item) = self.mailbox.as_mut().and_then(|mailbox| mailbox.next()) {
                return Some(item);
            }
            self.mailbox = None;
            let opened = self.inputs.next()?.and_then(|input| open_input(&input, &self.progress));
            match opened {
                Ok(Opened::Message(message)) => return Some(Ok(message)),
                Ok(Opened::Mailbox(mailbox)) => self.mailbox = Some(mailbox),
                Ok(Opened::Nothing) => {}
                Err(defect) => return Some(Err(defect)),
            }
        }
    }
}

impl Iterator for Messages {
    type Item = Result<RawMessage, Defect>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.next_item()?;
        if item.is_ok() {
            self.progress.add_message();
        }
        Some(item)
    }
}

impl OpenMailbox {
    fn next(&mut self) -> Option<Result<RawMessage, Defect>> {
        let message = match self.messages.next()? {
            Ok(message) => message,
            Err(defect) => return Some(Err(defect)),
        };
        Some(Ok(RawMessage {
            source: format!("{}#{}", self.name, message.number),
            mailbox: self.folder.clone(),
            bytes: message.bytes,
            fallback_time: message.time,
            position: message.offset,
        }))
    }
}

fn open_input(input: &Input, progress: &Arc<Progress>) -> Result<Opened, Defect> {
    let name = name_of(&input.path);
    let mut stream = stream::open(input, progress)
        .map_err(|error| defect_at_byte(&name, 0, format!("cannot read: {error}")))?;
    let mut head = Vec::with_capacity(input.room(SNIFF_BYTES_MAX));
    let failure = stream.by_ref().take(SNIFF_BYTES_MAX as u64).read_to_end(&mut head).err();
    let is_broken = failure.is_some();
    let rest: Stream = match head.len() {
        _ if is_broken => Box::new(Broken(failure)),
        SNIFF_BYTES_MAX.. => stream,
        // All of it is read; to ask again would be one call of the system for each small message.
        _ => Box::new(io::empty()),
    };
    let preamble = content::preamble_len(&head);
    head.drain(..preamble);
    let file = Beginning { name, input, preamble: preamble as u64, head, rest };
    match content::of(&file.head, trust(input)) {
        Content::Mailbox => Ok(file.mailbox()),
        Content::Message => file.message(),
        Content::Empty if !is_broken && trust(input) == Trust::Unknown => Ok(Opened::Nothing),
        Content::Empty | Content::Other => Err(file.neither()),
    }
}

/// A file of which the first bytes have been read.
struct Beginning<'a> {
    name: String,
    input: &'a Input,
    /// Bytes before `head`.
    preamble: u64,
    head: Vec<u8>,
    rest: Stream,
}

impl Beginning<'_> {
    fn mailbox(self) -> Opened {
        let stream: Stream = Box::new(Cursor::new(self.head).chain(self.rest));
        let messages = MboxReader::new(stream, &*self.name).at_offset(self.preamble);
        Opened::Mailbox(Box::new(OpenMailbox { name: self.name, folder: self.input.mailbox(), messages }))
    }

    fn message(self) -> Result<Opened, Defect> {
        let mut bytes = self.head;
        let room = (MESSAGE_BYTES_MAX + 1).saturating_sub(bytes.len());
        bytes.reserve(self.input.room(MESSAGE_BYTES_MAX).saturating_sub(bytes.len()));
        if let Err(error) = self.rest.take(room as u64).read_to_end(&mut bytes) {
            return Err(cut_off(&self.name, self.preamble + bytes.len() as u64, &error));
        }
        if bytes.len() > MESSAGE_BYTES_MAX {
            let reason = format!("a message over the limit of {MESSAGE_BYTES_MAX} bytes");
            return Err(defect_at_byte(&self.name, self.preamble, reason));
        }
        Ok(Opened::Message(RawMessage {
            source: self.name,
            mailbox: self.input.mailbox(),
            bytes,
            fallback_time: self.input.delivery_time(),
            position: self.preamble,
        }))
    }

    /// What is wrong with a file that is not mail: if it broke off, that is the reason to tell.
    fn neither(mut self) -> Defect {
        match self.rest.read(&mut [0]) {
            Err(error) => cut_off(&self.name, self.preamble + self.head.len() as u64, &error),
            Ok(_) if self.head.is_empty() => defect_at_byte(&self.name, 0, "an empty message"),
            Ok(_) => defect_at_byte(&self.name, self.preamble, "neither a message nor a mailbox"),
        }
    }
}

impl Input {
    /// Bytes for which there must be room to read it at once, at most `max`, and one to see that it ends there.
    fn room(&self, max: usize) -> usize {
        let stored_len = self.stored_len.and_then(|length| usize::try_from(length).ok());
        stored_len.unwrap_or_default().min(max) + 1
    }

    fn mailbox(&self) -> Option<String> {
        match &self.place {
            Place::Named => None,
            Place::Folder(folder) | Place::Maildir(folder) => Some(folder.clone()),
        }
    }

    /// The seconds since 1970 with which the name of a Maildir message begins.
    fn delivery_time(&self) -> Option<EventTime> {
        let Place::Maildir(_) = self.place else {
            return None;
        };
        let name = self.path.file_name()?.to_str()?;
        let secs = name.split('.').next()?.parse::<u32>().ok()?;
        (secs > 0).then_some(EventTime(secs.into()))
    }
}

fn cut_off(name: &str, byte: u64, error: &io::Error) -> Defect {
    defect_at_byte(name, byte, format!("cannot read on, and what came before is cut off: {error}"))
}

fn trust(input: &Input) -> Trust {
    let is_compression = |extension: &str| matches!(extension, "gz" | "zst");
    let extension =
        |path: &Path| path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let named = match extension(&input.path) {
        Some(outer) if is_compression(&outer) => {
            input.path.file_stem().and_then(|stem| extension(Path::new(stem)))
        }
        extension => extension,
    };
    let is_said = matches!(input.place, Place::Maildir(_)) || named.as_deref() == Some("eml");
    if is_said { Trust::SaidToBeMail } else { Trust::Unknown }
}
