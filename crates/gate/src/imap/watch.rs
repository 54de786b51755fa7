//! One account, for as long as the program runs: connected, worked through, waited on, and connected again.

use super::account::{Account, Mode, Timing};
use super::arrival::{Arrivals, Outcome};
use super::backoff::Backoff;
use super::budget::Budget;
use super::cursor::Cursor;
use super::error::ImapError;
use super::house::{Desk, House};
use super::session::{Listed, Selected, Session, Woken};
use super::standing::Standing;
use model::limit::IMAP_LISTED_MAX;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

/// UIDs that are asked for at once. Where none of them is in use, twice as many are asked for next.
const SPAN: u32 = IMAP_LISTED_MAX as u32;

/// How often a connection may break at one message before the message is passed over. Servers do break at a message that they
/// kept badly, every time, and no later mail would ever be judged.
const STUMBLES_MAX: u32 = 8;

/// Works on an account until `stop` becomes true. The receiver tells how it goes.
pub fn spawn(
    account: Account,
    house: Arc<dyn House>,
    budget: Budget,
    stop: watch::Receiver<bool>,
) -> (JoinHandle<()>, watch::Receiver<Standing>) {
    let (standing, told) = watch::channel(Standing::default());
    let stumbles = Mutex::default();
    let watcher = Watcher { account, desk: Desk::new(house), budget, standing, stop, stumbles };
    (tokio::spawn(watcher.run()), told)
}

struct Watcher {
    account: Account,
    desk: Desk,
    budget: Budget,
    standing: watch::Sender<Standing>,
    stop: watch::Receiver<bool>,
    stumbles: Mutex<Stumbles>,
}

/// The message at which the connection broke last, and how often in a row.
#[derive(Debug, Default)]
struct Stumbles {
    /// Folder, UIDVALIDITY and UID.
    at: (String, u32, u32),
    times: u32,
}

impl Watcher {
    async fn run(mut self) {
        let Timing { retry_first, retry_max, .. } = self.account.timing;
        let mut backoff = Backoff::new(retry_first, retry_max, &self.account.name);
        while !self.is_stopping() {
            let rounds = self.standing.borrow().rounds;
            let Err(error) = self.work().await else { return };
            if self.standing.borrow().rounds > rounds {
                backoff.reset();
            }
            let wait = backoff.next();
            self.note_failure(&error, wait);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = self.stop.wait_for(|is_stopped| *is_stopped) => return,
            }
        }
    }

    /// Over one connection, until it breaks (an error) or the program ends.
    async fn work(&mut self) -> Result<(), ImapError> {
        let mut session = Session::open(&self.account).await?;
        self.standing.send_modify(|standing| {
            standing.is_connected = true;
            standing.last_error = None;
        });
        info!(account = %self.account.name, "imap.connected");
        let folders = self.account.folders.clone();
        while !self.is_stopping() {
            // The first folder comes last and stays selected, so that IDLE tells what happened in it since.
            for folder in folders.iter().rev() {
                self.work_through(&mut session, folder).await?;
            }
            self.standing.send_modify(|standing| {
                standing.rounds += 1;
                standing.last_seen = Some(runtime::clock::now());
            });
            if self.wait(&mut session).await? == Woken::Stopped {
                break;
            }
        }
        session.close().await;
        Ok(())
    }

    /// Waits for new mail: in the first folder until the server tells, in others until the next poll.
    async fn wait(&mut self, session: &mut Session) -> Result<Woken, ImapError> {
        let Timing { idle, poll, .. } = self.account.timing;
        if session.offers("IDLE") {
            let longest = idle.min(Timing::IDLE_MAX);
            let wait = if self.account.folders.len() > 1 { longest.min(poll) } else { longest };
            return session.idle(wait, &mut self.stop).await;
        }
        tokio::select! {
            () = tokio::time::sleep(poll) => Ok(Woken::Elapsed),
            _ = self.stop.wait_for(|is_stopped| *is_stopped) => Ok(Woken::Stopped),
        }
    }

    /// Works on everything in a folder that is new since the last time.
    async fn work_through(&mut self, session: &mut Session, folder: &str) -> Result<(), ImapError> {
        let selected = self.enter(session, folder).await?;
        let mut cursor = Cursor::load(&self.desk, &self.account.name, folder, selected.uid_validity).await?;
        let mut span = SPAN;
        while let Some(first) = cursor.next().filter(|first| *first < selected.uid_next) {
            let last = first.saturating_add(span - 1).min(selected.uid_next - 1);
            let page = session.list(first, last).await?;
            for listed in &page {
                self.work_on(session, folder, selected, listed).await?;
                cursor.advance(listed.uid);
                if self.account.mode != Mode::Observe {
                    cursor.save(&self.desk, &self.account.name, folder).await?;
                }
                if self.is_stopping() {
                    return cursor.save(&self.desk, &self.account.name, folder).await;
                }
            }
            if page.len() < IMAP_LISTED_MAX {
                cursor.advance(last);
            }
            cursor.save(&self.desk, &self.account.name, folder).await?;
            span = if page.is_empty() { span.saturating_mul(2) } else { SPAN };
        }
        Ok(())
    }

    async fn enter(&self, session: &mut Session, folder: &str) -> Result<Selected, ImapError> {
        match self.account.mode {
            Mode::Observe | Mode::Reports => session.examine(folder).await,
            Mode::Disarm | Mode::Quarantine { .. } => session.select(folder).await,
        }
    }

    /// Works on one message. What concerns only this message is counted and left behind: one message that a server will not
    /// let go must not keep all later ones from being judged.
    async fn work_on(
        &self,
        session: &mut Session,
        folder: &str,
        selected: Selected,
        listed: &Listed,
    ) -> Result<(), ImapError> {
        let (account, desk, budget) = (&self.account, &self.desk, &self.budget);
        let uid_validity = selected.uid_validity;
        let mut arrivals = Arrivals { account, desk, budget, session, folder, uid_validity };
        match arrivals.handle(listed).await {
            Ok(outcome) => self.note(outcome, listed.uid),
            Err(error) if concerns_one_message(&error) => {
                error!(account = %account.name, uid = listed.uid, %error, "imap.message_kept_as_it_is");
                self.standing.send_modify(|standing| standing.failed += 1);
                // The failed work may have left another folder selected.
                let entered = self.enter(session, folder).await?;
                if entered.uid_validity != uid_validity {
                    return Err(ImapError::Renumbered);
                }
            }
            Err(error) if !error.leaves_connection() => {
                if !self.is_hopeless(folder, uid_validity, listed.uid) {
                    return Err(error);
                }
                error!(account = %account.name, uid = listed.uid, %error, "imap.message_passed_over");
                self.standing.send_modify(|standing| standing.failed += 1);
                // This connection is of no use any more; the next one goes on behind this message.
                let mut cursor = Cursor::load(desk, &account.name, folder, uid_validity).await?;
                cursor.advance(listed.uid);
                cursor.save(desk, &account.name, folder).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Counts that the connection broke at a message; whether that happened too often to try again.
    fn is_hopeless(&self, folder: &str, uid_validity: u32, uid: u32) -> bool {
        let mut stumbles = self.stumbles.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (folder.to_owned(), uid_validity, uid);
        let times = if stumbles.at == at { stumbles.times + 1 } else { 1 };
        *stumbles = Stumbles { at, times };
        times >= STUMBLES_MAX
    }

    fn note(&self, outcome: Outcome, uid: u32) {
        let account = &self.account.name;
        match outcome {
            Outcome::TooLarge | Outcome::Unreadable => {
                warn!(%account, uid, ?outcome, "imap.message_not_read");
            }
            Outcome::Marked => warn!(%account, uid, "imap.original_only_marked_as_deleted"),
            _ => {}
        }
        self.standing.send_modify(|standing| match outcome {
            Outcome::Recorded => standing.recorded += 1,
            Outcome::Disarmed => {
                (standing.recorded, standing.disarmed) = (standing.recorded + 1, standing.disarmed + 1)
            }
            Outcome::Moved => {
                (standing.recorded, standing.moved) = (standing.recorded + 1, standing.moved + 1)
            }
            Outcome::Marked => {
                (standing.recorded, standing.failed) = (standing.recorded + 1, standing.failed + 1)
            }
            Outcome::Reported(count) => standing.reported += count as u64,
            Outcome::TooLarge | Outcome::Unreadable => standing.failed += 1,
            Outcome::OwnCopy | Outcome::Gone => {}
        });
    }

    fn note_failure(&self, error: &ImapError, wait: std::time::Duration) {
        let (account, wait_secs) = (&self.account.name, wait.as_secs());
        match error {
            // Nobody but a person can mend these.
            ImapError::NotAccepted { .. } | ImapError::Secret(_) | ImapError::PlainBeyondLoopback { .. } => {
                error!(%account, wait_secs, %error, "imap.cannot_sign_in");
            }
            _ => warn!(%account, wait_secs, %error, "imap.connecting_again"),
        }
        self.standing.send_modify(|standing| {
            standing.is_connected = false;
            standing.last_error = Some(error.to_string());
        });
    }

    fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }
}

/// Whether an error says something of one message, rather than of the server as it is now (RFC 5530) or of the house.
fn concerns_one_message(error: &ImapError) -> bool {
    match error {
        ImapError::Altered | ImapError::Candidates => true,
        ImapError::Refused { code, .. } => {
            error.leaves_connection()
                && !["UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA"].contains(&code.as_str())
        }
        _ => false,
    }
}
