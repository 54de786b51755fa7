//! A mail server's side of the protocol, over a socket.

use milter::command::Family;
use milter::{Actions, Command, Connect, Field, Message, Offer, Packets, Path, Reply, Steps, edit};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What Postfix 3.7 offers.
pub(crate) const OFFER: Offer = Offer { version: 6, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };
/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is delivered as these bytes.
    Delivered(Vec<u8>),
    /// It is forgotten.
    Discarded,
    /// Its sender is told this.
    Refused(String),
}

/// A connection to a filter.
pub(crate) struct MailServer<S> {
    stream: S,
    packets: Packets,
    /// Whether the filter answers every step.
    is_answered: bool,
}

/// A message as a mail server has it.
pub(crate) fn letter(rcpt_to: &[&str], content: &[u8]) -> Message {
    let (fields, body) = edit::split(content);
    let path = |address: &&str| Path { address: format!("<{address}>").into_bytes(), arguments: Vec::new() };
    Message {
        mail_from: path(&"bounce@mailer.example"),
        rcpt_to: rcpt_to.iter().map(path).collect(),
        fields,
        body: body.to_vec(),
        ..Message::default()
    }
}

impl MailServer<TcpStream> {
    /// Connects and negotiates.
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Self::over(stream)
    }
}

impl<S: Read + Write> MailServer<S> {
    /// Negotiates over a connection.
    pub(crate) fn over(stream: S) -> io::Result<Self> {
        let mut server = Self { stream, packets: Packets::default(), is_answered: false };
        server.send(&[Command::Negotiate(OFFER)])?;
        match server.reply()? {
            Reply::Negotiated(agreed) => {
                server.is_answered = !agreed.steps.contains(Steps::NO_REPLY_HEADER);
            }
            other => return Err(io::Error::other(format!("{other:?}"))),
        }
        let family = Family::Inet { port: 4711, address: [192, 0, 2, 9].into() };
        server.send(&[
            Command::Connect(Connect { host_name: b"out.mailer.example".to_vec(), family }),
            Command::Helo(b"out.mailer.example".to_vec()),
        ])?;
        Ok(server)
    }

    /// Tells a message to its end and takes the answer.
    pub(crate) fn deliver(&mut self, queue_id: &str, message: &Message) -> io::Result<Outcome> {
        self.tell(queue_id, message)?;
        self.outcome(message)
    }

    /// Tells a message to its end.
    pub(crate) fn tell(&mut self, queue_id: &str, message: &Message) -> io::Result<()> {
        let mut commands = begin(message);
        commands.extend(
            message
                .body
                .chunks(milter::limit::BODY_CHUNK_BYTES_MAX)
                .map(|piece| Command::Body(piece.to_vec())),
        );
        let macros = vec![(b"i".to_vec(), queue_id.as_bytes().to_vec())];
        commands.push(Command::Macros { stage: b'E', macros });
        commands.push(Command::EndOfBody(Vec::new()));
        self.send(&commands)
    }

    /// Takes the answer to a message.
    pub(crate) fn outcome(&mut self, message: &Message) -> io::Result<Outcome> {
        let mut replies = Vec::new();
        loop {
            let reply = self.reply()?;
            match reply {
                Reply::Continue | Reply::Accept => {
                    let delivered = edit::apply(message, &replies);
                    return Ok(Outcome::Delivered(
                        delivered.ok_or_else(|| io::Error::other("no such field"))?,
                    ));
                }
                Reply::Discard => return Ok(Outcome::Discarded),
                Reply::Code(code) => {
                    return Ok(Outcome::Refused(String::from_utf8_lossy(code.text()).into_owned()));
                }
                other => replies.push(other),
            }
        }
    }

    /// Sends commands in one piece, and takes the answers to all but the end of a message.
    pub(crate) fn send(&mut self, commands: &[Command]) -> io::Result<()> {
        let mut bytes = Vec::new();
        commands.iter().for_each(|command| command.encode(&mut bytes));
        self.stream.write_all(&bytes)?;
        let answered = if self.is_answered { commands } else { &[] };
        for _ in answered.iter().filter(|command| has_answer(command)) {
            match self.reply()? {
                Reply::Continue => {}
                other => return Err(io::Error::other(format!("{other:?}"))),
            }
        }
        Ok(())
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let mut buffer = [0; 16 << 10];
        loop {
            if let Some(packet) = self.packets.take().map_err(io::Error::other)? {
                return Reply::decode(packet).map_err(io::Error::other);
            }
            match self.stream.read(&mut buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => self.packets.push(buffer.get(..read).unwrap_or_default()),
            }
        }
    }
}

/// Envelope and header of a message.
pub(crate) fn begin(message: &Message) -> Vec<Command> {
    let mut commands = vec![Command::Mail(message.mail_from.clone())];
    commands.extend(message.rcpt_to.iter().cloned().map(Command::Recipient));
    commands.push(Command::Data);
    commands.extend(message.fields.iter().cloned().map(|field: Field| Command::Header(field)));
    commands.push(Command::EndOfHeaders);
    commands
}

/// Is it a step, which a filter may answer, and not the end of a message, which it judges first?
fn has_answer(command: &Command) -> bool {
    !matches!(
        command,
        Command::Negotiate(_)
            | Command::Macros { .. }
            | Command::EndOfBody(_)
            | Command::Abort
            | Command::Quit
            | Command::QuitNewConnection
    )
}
