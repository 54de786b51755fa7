//! A signed-in connection, and what is done over it. Nothing here marks a message as read.

use super::account::{Account, Tls};
use super::authenticate;
use super::command::Command;
use super::connection::{Connection, bounded, refused};
use super::date::InternalDate;
use super::error::ImapError;
use super::response::{Code, Fetched, Response, Status, words};
use super::transport;
use crate::Trust;
use model::limit::{IMAP_FLAGS_MAX, IMAP_LISTED_MAX};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// A signed-in connection.
pub(super) struct Session {
    connection: Connection,
    capabilities: Vec<String>,
}

/// A folder that was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selected {
    /// UIDs are valid as long as this stays the same (RFC 3501 section 2.3.1.1).
    pub(super) uid_validity: u32,
    /// All UIDs are below it.
    pub(super) uid_next: u32,
}

/// A message of a folder, before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) uid: u32,
    pub(super) size: u64,
    pub(super) internal_date: Option<InternalDate>,
    pub(super) flags: Vec<String>,
}

/// What became of a message that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deletion {
    /// It is gone.
    Expunged,
    /// It is marked as deleted. The server cannot expunge one message by itself, and others are marked as well: these are
    /// their owner's.
    Marked,
}

/// Why waiting for new mail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    /// The folder changed.
    Changed,
    /// Nothing happened for as long as was asked.
    Elapsed,
    /// The program is ending.
    Stopped,
}

impl Session {
    /// Connects and signs in.
    pub(super) async fn open(account: &Account) -> Result<Self, ImapError> {
        bounded("the sign-in", Self::open_unbounded(account)).await
    }

    async fn open_unbounded(account: &Account) -> Result<Self, ImapError> {
        let stream = transport::connect(account).await?;
        let connection = Connection::new(stream, account.timing.reply);
        let mut session = Self { connection, capabilities: Vec::new() };
        let is_signed_in = session.greet().await?;
        if let Tls::StartTls(trust) = &account.tls {
            // STARTTLS is not possible any more, which is how somebody in between keeps TLS off (RFC 9051 section 11.1).
            if is_signed_in {
                return Err(ImapError::Missing("STARTTLS"));
            }
            session = session.start_tls(account, trust).await?;
        }
        session.ask_capabilities().await?;
        if !is_signed_in {
            authenticate::sign_in(&mut session.connection, &session.capabilities, account).await?;
            // What is offered changes with signing in (RFC 3501 section 6.1.1).
            session.ask_capabilities().await?;
        }
        Ok(session)
    }

    async fn greet(&mut self) -> Result<bool, ImapError> {
        match self.connection.receive("the greeting").await? {
            Response::Condition { status: Status::Ok, .. } => Ok(false),
            Response::Condition { status: Status::PreAuth, .. } => Ok(true),
            Response::Condition { status, code } => Err(refused("the greeting", status, code)),
            _ => Err(super::wire::WireError::Grammar.into()),
        }
    }

    /// Goes on over TLS. Whatever the server said before is forgotten.
    async fn start_tls(mut self, account: &Account, trust: &Trust) -> Result<Self, ImapError> {
        match self.connection.run(&Command::new("STARTTLS"), |_| ()).await {
            Ok(_) => {}
            Err(ImapError::Refused { .. }) => return Err(ImapError::Missing("STARTTLS")),
            Err(error) => return Err(error),
        }
        let stream = transport::secure(account, trust, self.connection.into_stream()?).await?;
        let connection = Connection::new(stream, account.timing.reply);
        Ok(Self { connection, capabilities: Vec::new() })
    }

    async fn ask_capabilities(&mut self) -> Result<(), ImapError> {
        let mut offered = Vec::new();
        self.connection
            .run(&Command::new("CAPABILITY"), |response| match response {
                Response::Capability(capabilities) => offered = capabilities,
                Response::Condition { code: Some(Code { name, arguments }), .. } if name == "CAPABILITY" => {
                    offered = words(&arguments);
                }
                _ => {}
            })
            .await?;
        self.capabilities = offered;
        Ok(())
    }

    /// Whether the server offers this extension.
    pub(super) fn offers(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|offered| offered == capability)
    }

    /// Selects a folder to change it.
    pub(super) async fn select(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.enter(Command::new("SELECT"), folder).await
    }

    /// Selects a folder again, whose UIDs are to be those of before.
    ///
    /// # Errors
    /// [`ImapError::Renumbered`] where they are not: any of them may be another message now.
    pub(super) async fn select_again(&mut self, folder: &str, uid_validity: u32) -> Result<(), ImapError> {
        let selected = self.select(folder).await?;
        if selected.uid_validity == uid_validity { Ok(()) } else { Err(ImapError::Renumbered) }
    }

    /// Selects a folder so that nothing in it changes, not even which of its messages are recent.
    pub(super) async fn examine(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.enter(Command::new("EXAMINE"), folder).await
    }

    async fn enter(&mut self, command: Command, folder: &str) -> Result<Selected, ImapError> {
        let (mut uid_validity, mut uid_next) = (None, None);
        self.connection
            .run(&command.folder(folder), |response| {
                if let Response::Condition { code: Some(Code { name, arguments }), .. } = response {
                    match name.as_str() {
                        "UIDVALIDITY" => uid_validity = arguments.parse().ok(),
                        "UIDNEXT" => uid_next = arguments.parse().ok(),
                        _ => {}
                    }
                }
            })
            .await?;
        // Without it no UID could be remembered, so that all mail would be new each time.
        let uid_validity = uid_validity.ok_or(ImapError::Missing("UIDVALIDITY"))?;
        let uid_next = match uid_next {
            Some(uid_next) => uid_next,
            // RFC 3501 asks for it; some old servers do not say it.
            None => self.highest_uid().await?.saturating_add(1),
        };
        Ok(Selected { uid_validity, uid_next })
    }

    /// The highest UID of the selected folder; 0 where it is empty.
    async fn highest_uid(&mut self) -> Result<u32, ImapError> {
        let mut highest = 0;
        self.connection
            .run(&Command::new("UID FETCH").words("*").words("(UID)"), |response| {
                if let Response::Fetch(Fetched { uid: Some(uid), .. }) = response {
                    highest = highest.max(uid);
                }
            })
            .await?;
        Ok(highest)
    }

    /// The messages with UIDs `first..=last`, ascending; at most [`IMAP_LISTED_MAX`], the lowest.
    pub(super) async fn list(&mut self, first: u32, last: u32) -> Result<Vec<Listed>, ImapError> {
        let command = Command::new("UID FETCH")
            .words(&format!("{first}:{last}"))
            .words("(UID RFC822.SIZE INTERNALDATE FLAGS)");
        let mut found = std::collections::BTreeMap::new();
        self.connection
            .run(&command, |response| {
                let Response::Fetch(fetched) = response else { return };
                let Some(listed) = listed(fetched).filter(|listed| (first..=last).contains(&listed.uid))
                else {
                    return;
                };
                found.insert(listed.uid, listed);
                if found.len() > IMAP_LISTED_MAX {
                    found.pop_last();
                }
            })
            .await?;
        Ok(found.into_values().collect())
    }

    /// One message as the server lists it, if it is still there.
    pub(super) async fn look_up(&mut self, uid: u32) -> Result<Option<Listed>, ImapError> {
        Ok(self.list(uid, uid).await?.pop())
    }

    /// The bytes of a message, if it is still there.
    pub(super) async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, ImapError> {
        let command = Command::new("UID FETCH").words(&uid.to_string()).words("(UID BODY.PEEK[])");
        let mut body = None;
        self.connection
            .run(&command, |response| match response {
                Response::Fetch(fetched) if fetched.uid == Some(uid) && fetched.body.is_some() => {
                    body = fetched.body;
                }
                _ => {}
            })
            .await?;
        Ok(body)
    }

    /// UIDs of the selected folder, ascending, by a search of our own making; at most [`IMAP_LISTED_MAX`].
    pub(super) async fn search(&mut self, criteria: Command) -> Result<Vec<u32>, ImapError> {
        let mut found = Vec::new();
        self.connection
            .run(&criteria, |response| {
                if let Response::Search(uids) = response {
                    found.extend(uids.into_iter().take(IMAP_LISTED_MAX.saturating_sub(found.len())));
                }
            })
            .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Puts a message into a folder. The folder's UIDVALIDITY and the message's UID are told by servers with UIDPLUS (RFC 4315).
    pub(super) async fn append(
        &mut self,
        folder: &str,
        flags: &[String],
        date: Option<&InternalDate>,
        message: Vec<u8>,
    ) -> Result<Option<(u32, u32)>, ImapError> {
        let mut command =
            Command::new("APPEND").folder(folder).words(&format!("({})", kept(flags).join(" ")));
        if let Some(date) = date {
            command = command.words(&format!("\"{}\"", date.text()));
        }
        let done = self.connection.run(&command.literal(message), |_| ()).await?;
        let code = done.code.filter(|code| code.name == "APPENDUID");
        Ok(code.and_then(|code| {
            let (uid_validity, uid) = code.arguments.split_once(' ')?;
            Some((uid_validity.parse().ok()?, uid.parse().ok()?))
        }))
    }

    /// Deletes one message of the selected folder, and no other.
    pub(super) async fn delete(&mut self, uid: u32) -> Result<Deletion, ImapError> {
        let store = Command::new("UID STORE").words(&uid.to_string()).words("+FLAGS.SILENT (\\Deleted)");
        self.connection.run(&store, |_| ()).await?;
        if self.offers("UIDPLUS") {
            let expunge = Command::new("UID EXPUNGE").words(&uid.to_string());
            self.connection.run(&expunge, |_| ()).await?;
            return Ok(Deletion::Expunged);
        }
        if self.search(Command::new("UID SEARCH").words("DELETED")).await? != [uid] {
            return Ok(Deletion::Marked);
        }
        self.connection.run(&Command::new("EXPUNGE"), |_| ()).await?;
        Ok(Deletion::Expunged)
    }

    /// Moves one message to another folder in one step (RFC 6851).
    pub(super) async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), ImapError> {
        let command = Command::new("UID MOVE").words(&uid.to_string()).folder(folder);
        self.connection.run(&command, |_| ()).await.map(drop)
    }

    /// Copies one message to another folder.
    pub(super) async fn copy_to(&mut self, uid: u32, folder: &str) -> Result<(), ImapError> {
        let command = Command::new("UID COPY").words(&uid.to_string()).folder(folder);
        self.connection.run(&command, |_| ()).await.map(drop)
    }

    /// Lets the server tell what has changed in the selected folder.
    pub(super) async fn refresh(&mut self) -> Result<(), ImapError> {
        self.connection.run(&Command::new("NOOP"), |_| ()).await.map(drop)
    }

    /// Makes a folder; one that is there already is no error.
    pub(super) async fn create(&mut self, folder: &str) -> Result<(), ImapError> {
        match self.connection.run(&Command::new("CREATE").folder(folder), |_| ()).await {
            Ok(_) => Ok(()),
            // Not every server says so by the code ALREADYEXISTS; whether it can be used is seen when it is.
            Err(ImapError::Refused { status: Status::No, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits until the selected folder changes (RFC 2177), for `wait` at most.
    pub(super) async fn idle(
        &mut self,
        wait: Duration,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Woken, ImapError> {
        const NAME: &str = "IDLE";
        let mut is_changed = false;
        let tag = self.connection.begin(&Command::new(NAME)).await?;
        let mut note = |response| is_changed |= matches!(response, Response::Exists(_));
        if let Some(done) = bounded(NAME, self.connection.until_continue(NAME, &tag, &mut note)).await? {
            return Err(refused(NAME, done.status, done.code));
        }
        let deadline = Instant::now() + wait;
        let woken = loop {
            if is_changed {
                break Woken::Changed;
            }
            tokio::select! {
                // A server that trickles bytes does not put the end off.
                response = timeout_at(deadline, self.connection.receive_within(wait)) => match response {
                    Err(_) => break Woken::Elapsed,
                    Ok(response) => match response? {
                        None => break Woken::Elapsed,
                        Some(Response::Condition { status: Status::Bye, .. }) => return Err(ImapError::Closed),
                        Some(response) => is_changed = matches!(response, Response::Exists(_)),
                    },
                },
                _ = stop.wait_for(|is_stopped| *is_stopped) => break Woken::Stopped,
            }
        };
        self.connection.send(b"DONE\r\n").await?;
        let ended = bounded(NAME, self.connection.until_continue(NAME, &tag, &mut |_| ())).await?;
        ended.map(|_| woken).ok_or_else(|| super::wire::WireError::Grammar.into())
    }

    /// Says goodbye. Whether it is heard does not matter.
    pub(super) async fn close(mut self) {
        let _ = self.connection.run(&Command::new("LOGOUT"), |_| ()).await;
    }
}

fn listed(fetched: Fetched) -> Option<Listed> {
    let Fetched { uid, size, internal_date, flags, .. } = fetched;
    Some(Listed { uid: uid?, size: size?, internal_date, flags })
}

/// Flags that a copy can have: not `\Recent`, which only a server sets, and nothing that would break the command.
fn kept(flags: &[String]) -> Vec<&str> {
    let is_atom = |flag: &str| {
        let name = flag.strip_prefix('\\').unwrap_or(flag);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
    };
    flags
        .iter()
        .map(String::as_str)
        .filter(|flag| is_atom(flag) && !flag.eq_ignore_ascii_case("\\Recent"))
        .take(IMAP_FLAGS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_a_copy_cannot_have_are_left_out() {
        let flags = ["\\Seen", "\\recent", "$Junk", "a b", "x)\r\nA1 LOGOUT", "\\", "\\*"].map(str::to_owned);
        assert_eq!(kept(&flags), ["\\Seen", "$Junk"]);
    }
}
