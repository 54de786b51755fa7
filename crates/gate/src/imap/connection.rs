//! Commands and their responses over one connection (RFC 3501 section 2.2).

use super::command::{Command, Part};
use super::error::ImapError;
use super::response::{self, Code, Response, Status};
use super::transport::Stream;
use super::wire::Decoder;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 16 << 10;
/// What one command may take, with a large message over a slow line.
const COMMAND_TIME: Duration = Duration::from_secs(15 * 60);

/// A connection to a server.
pub(super) struct Connection {
    stream: Box<dyn Stream>,
    decoder: Decoder,
    chunk: Vec<u8>,
    tags: u64,
    reply_time: Duration,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: Status,
    pub(super) code: Option<Code>,
}

impl Connection {
    /// Takes a stream over; the greeting was not read yet.
    pub(super) fn new(stream: Box<dyn Stream>, reply_time: Duration) -> Self {
        Self { stream, decoder: Decoder::default(), chunk: vec![0; CHUNK_BYTES], tags: 0, reply_time }
    }

    /// Gives the stream back, over which TLS is to begin.
    ///
    /// # Errors
    /// [`ImapError::Injected`] where the server said more than its last answer.
    pub(super) fn into_stream(self) -> Result<Box<dyn Stream>, ImapError> {
        if self.decoder.is_empty() { Ok(self.stream) } else { Err(ImapError::Injected) }
    }

    /// Runs a command; every response before its end goes to `each`.
    ///
    /// # Errors
    /// [`ImapError::Refused`] where the server says NO or BAD, and whatever ends a connection.
    pub(super) async fn run(
        &mut self,
        command: &Command,
        mut each: impl FnMut(Response),
    ) -> Result<Done, ImapError> {
        let done = self.converse(command, &mut each).await?;
        match done.status {
            Status::Ok => Ok(done),
            status => Err(refused(command.name(), status, done.code)),
        }
    }

    /// Runs a command to its end, however it ends.
    pub(super) async fn converse(
        &mut self,
        command: &Command,
        each: &mut impl FnMut(Response),
    ) -> Result<Done, ImapError> {
        bounded(command.name(), self.converse_unbounded(command, each)).await
    }

    async fn converse_unbounded(
        &mut self,
        command: &Command,
        each: &mut impl FnMut(Response),
    ) -> Result<Done, ImapError> {
        let name = command.name();
        let tag = self.begin(command).await?;
        for part in command.parts() {
            if let Part::Literal(bytes) = part {
                // The line before it was sent; the server may refuse the literal by ending the command.
                if let Some(done) = self.until_continue(name, &tag, each).await? {
                    return Ok(done);
                }
                self.send(bytes).await?;
                self.send_after_literal(command, part).await?;
            }
        }
        loop {
            match self.receive(name).await? {
                Response::Done { tag: ended, status, code } if ended == tag => {
                    return Ok(Done { status, code });
                }
                other => each(other),
            }
        }
    }

    /// Sends tag and text up to the first literal.
    pub(super) async fn begin(&mut self, command: &Command) -> Result<String, ImapError> {
        self.tags += 1;
        let tag = format!("P{}", self.tags);
        let mut line = format!("{tag} ").into_bytes();
        if let Some(Part::Text(text)) = command.parts().first() {
            line.extend_from_slice(text);
        }
        line.extend_from_slice(b"\r\n");
        self.send(&line).await?;
        Ok(tag)
    }

    /// Sends the text that follows a literal, or the end of the command.
    async fn send_after_literal(&mut self, command: &Command, literal: &Part) -> Result<(), ImapError> {
        let mut following = command.parts().iter().skip_while(|part| !std::ptr::eq(*part, literal)).skip(1);
        if let Some(Part::Text(text)) = following.next() {
            self.send(text).await?;
        }
        self.send(b"\r\n").await
    }

    /// Waits until the server asks for more; `Some` where it ended the command instead.
    pub(super) async fn until_continue(
        &mut self,
        name: &'static str,
        tag: &str,
        each: &mut impl FnMut(Response),
    ) -> Result<Option<Done>, ImapError> {
        loop {
            match self.receive(name).await? {
                Response::Continue => return Ok(None),
                Response::Done { tag: ended, status, code } if ended == tag => {
                    return Ok(Some(Done { status, code }));
                }
                other => each(other),
            }
        }
    }

    /// Sends bytes.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), ImapError> {
        let sending = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(self.reply_time, sending).await {
            Ok(sent) => sent.map_err(ImapError::Dropped),
            Err(_) => Err(ImapError::Silent { command: "what was sent" }),
        }
    }

    /// The next response, waiting no longer than for any answer.
    pub(super) async fn receive(&mut self, command: &'static str) -> Result<Response, ImapError> {
        let wait = self.reply_time;
        self.receive_within(wait).await?.ok_or(ImapError::Silent { command })
    }

    /// The next response; `None` where the server sends nothing for `wait`.
    pub(super) async fn receive_within(&mut self, wait: Duration) -> Result<Option<Response>, ImapError> {
        loop {
            if let Some(frame) = self.decoder.next()? {
                return Ok(Some(response::parse(frame)?));
            }
            let Ok(read) = timeout(wait, self.stream.read(&mut self.chunk)).await else { return Ok(None) };
            match read.map_err(ImapError::Dropped)? {
                0 => return Err(ImapError::Closed),
                count => self.decoder.feed(self.chunk.get(..count).unwrap_or_default()),
            }
        }
    }
}

/// Ends what takes longer than [`COMMAND_TIME`], however much the server says meanwhile. The connection cannot be used any more
/// then.
pub(super) async fn bounded<T>(
    command: &'static str,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, ImapError> {
    timeout(COMMAND_TIME, work).await.unwrap_or(Err(ImapError::Silent { command }))
}

/// The error for a command that ended otherwise than with OK.
pub(super) fn refused(command: &'static str, status: Status, code: Option<Code>) -> ImapError {
    ImapError::Refused { command, status, code: code.map(|code| code.name).unwrap_or_default() }
}
