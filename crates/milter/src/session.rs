//! A connection of a mail server, command by command: what is answered at once, and when a message is whole.
//!
//! The order of commands is `Negotiate`, then for each SMTP session `Connect`, `Helo`, and for each message `Mail`,
//! `Recipient`..., `Data`, `Header`..., `EndOfHeaders`, `Body`..., `EndOfBody`. Macros come before the command that they
//! belong to. `Abort` ends a message, and a server may start over at any step. Whatever may be left out by agreement, or by
//! a server that leaves out more, is not missed; but a message has a `Mail` before it and is answered at its end.

use crate::command::{Command, Connect};
use crate::limit::{FIELDS_MAX, RECIPIENTS_MAX};
use crate::message::{Excess, Field, Macros, Message};
use crate::negotiate::{Refusal, Steps, Wants, negotiate};
use crate::reply::Reply;

/// A mail server's connection.
#[derive(Debug)]
pub struct Session {
    wants: Wants,
    message_bytes_max: usize,
    /// What is agreed; `None` before the negotiation.
    steps: Option<Steps>,
    client: Option<Connect>,
    helo: Vec<u8>,
    /// Macros of the connection.
    macros: Macros,
    /// Macros of the message, which come before its first command.
    message_macros: Macros,
    message: Option<Message>,
    /// Bytes of the message's fields and body.
    held: usize,
}

/// What follows from a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The server waits for nothing.
    Wait,
    /// The server waits for this.
    Reply(Reply),
    /// A message is whole, and the server waits for what becomes of it: changes, and a reply that decides. An
    /// [`Excess`] of it is to be looked at first.
    Judge(Box<Message>),
    /// The connection ends.
    Close,
}

/// A command that cannot stand where it does, or a server that cannot be worked with. The connection is to be closed, which
/// a server takes for a failed filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// The first command is the negotiation, and there is only one.
    #[error("a {:?} command where the negotiation stands", char::from(*code))]
    Negotiation {
        /// The command's code.
        code: u8,
    },
    /// A recipient, field or body without a message.
    #[error("a {:?} command outside of a message", char::from(*code))]
    NoMessage {
        /// The command's code.
        code: u8,
    },
    /// The two sides cannot agree.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Session {
    /// A connection that has just been made. Header and body of one message may have `message_bytes_max` bytes together.
    pub fn new(wants: Wants, message_bytes_max: usize) -> Self {
        Self {
            wants,
            message_bytes_max,
            steps: None,
            client: None,
            helo: Vec::new(),
            macros: Macros::default(),
            message_macros: Macros::default(),
            message: None,
            held: 0,
        }
    }

    /// Takes the next command.
    ///
    /// # Errors
    /// [`OutOfOrder`]; the connection is to be closed.
    pub fn feed(&mut self, command: Command) -> Result<Next, OutOfOrder> {
        let code = command.code();
        let Some(steps) = self.steps else { return self.open(&command) };
        let unanswered = match command {
            Command::Negotiate(_) => return Err(OutOfOrder::Negotiation { code }),
            Command::Macros { stage, macros } => {
                self.take_macros(stage, &macros);
                return Ok(Next::Wait);
            }
            Command::Connect(connect) => {
                // Its macros came before it, so these stay.
                self.end_connection();
                self.client = Some(connect);
                Steps::NO_REPLY_CONNECT
            }
            Command::Helo(name) => {
                self.helo = name;
                Steps::NO_REPLY_HELO
            }
            Command::Mail(mail_from) => {
                self.held = 0;
                self.message = Some(Message { mail_from, ..Message::default() });
                Steps::NO_REPLY_MAIL
            }
            Command::Recipient(path) => {
                let message = self.message.as_mut().ok_or(OutOfOrder::NoMessage { code })?;
                if message.rcpt_to.len() < RECIPIENTS_MAX {
                    message.rcpt_to.push(path);
                } else {
                    self.leave_out(Excess::Recipients);
                }
                Steps::NO_REPLY_RECIPIENT
            }
            Command::Data => Steps::NO_REPLY_DATA,
            Command::Header(field) => {
                self.take_field(field)?;
                Steps::NO_REPLY_HEADER
            }
            Command::EndOfHeaders => Steps::NO_REPLY_END_OF_HEADERS,
            Command::Body(piece) => {
                self.take_body(code, &piece)?;
                Steps::NO_REPLY_BODY
            }
            Command::EndOfBody(piece) => {
                self.take_body(code, &piece)?;
                return self.finish(code);
            }
            Command::Abort => {
                self.end_message();
                return Ok(Next::Wait);
            }
            Command::QuitNewConnection => {
                self.end_connection();
                self.macros = Macros::default();
                return Ok(Next::Wait);
            }
            Command::Quit => return Ok(Next::Close),
            Command::Unknown(_) => Steps::NO_REPLY_UNKNOWN,
        };
        Ok(if steps.contains(unanswered) { Next::Wait } else { Next::Reply(Reply::Continue) })
    }

    /// Bytes of header and body that are held of a message which is not whole yet.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Is a message under way?
    pub fn is_in_message(&self) -> bool {
        self.message.is_some()
    }

    /// Lets go of what is held of the message under way. The rest of it is followed, and it comes as [`Excess::Shed`].
    pub fn shed(&mut self) {
        self.leave_out(Excess::Shed);
    }

    fn open(&mut self, command: &Command) -> Result<Next, OutOfOrder> {
        match command {
            Command::Negotiate(offer) => {
                let agreed = negotiate(offer, &self.wants)?;
                self.steps = Some(agreed.steps);
                Ok(Next::Reply(Reply::Negotiated(agreed)))
            }
            Command::Quit => Ok(Next::Close),
            _ => Err(OutOfOrder::Negotiation { code: command.code() }),
        }
    }

    fn take_macros(&mut self, stage: u8, macros: &[(Vec<u8>, Vec<u8>)]) {
        let kept = if matches!(stage, b'C' | b'H') { &mut self.macros } else { &mut self.message_macros };
        macros.iter().for_each(|(name, value)| kept.put(name, value));
    }

    fn take_field(&mut self, field: Field) -> Result<(), OutOfOrder> {
        let message = self.message.as_mut().ok_or(OutOfOrder::NoMessage { code: b'L' })?;
        let held = self.held.saturating_add(field.len());
        if message.excess.is_some() {
        } else if held > self.message_bytes_max {
            self.leave_out(Excess::Bytes);
        } else if message.fields.len() == FIELDS_MAX {
            self.leave_out(Excess::Fields);
        } else {
            self.held = held;
            message.fields.push(field);
        }
        Ok(())
    }

    fn take_body(&mut self, code: u8, piece: &[u8]) -> Result<(), OutOfOrder> {
        let message = self.message.as_mut().ok_or(OutOfOrder::NoMessage { code })?;
        let held = self.held.saturating_add(piece.len());
        if message.excess.is_some() {
        } else if held > self.message_bytes_max {
            self.leave_out(Excess::Bytes);
        } else {
            self.held = held;
            message.body.extend_from_slice(piece);
        }
        Ok(())
    }

    /// A message of which something is missing must not be judged by the rest, so nothing of its content is kept.
    fn leave_out(&mut self, excess: Excess) {
        if let Some(message) = self.message.as_mut() {
            message.excess.get_or_insert(excess);
            message.fields = Vec::new();
            message.body = Vec::new();
            self.held = 0;
        }
    }

    fn finish(&mut self, code: u8) -> Result<Next, OutOfOrder> {
        let mut message = self.message.take().ok_or(OutOfOrder::NoMessage { code })?;
        message.client.clone_from(&self.client);
        message.helo.clone_from(&self.helo);
        message.macros = self.macros.clone();
        message.macros.extend(&self.message_macros);
        self.end_message();
        Ok(Next::Judge(Box::new(message)))
    }

    fn end_message(&mut self) {
        self.message = None;
        self.message_macros = Macros::default();
        self.held = 0;
    }

    fn end_connection(&mut self) {
        self.end_message();
        self.client = None;
        self.helo = Vec::new();
    }
}

#[cfg(test)]
mod tests;
