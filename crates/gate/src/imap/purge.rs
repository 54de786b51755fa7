//! Copies of a campaign moved out of members' mailboxes into a folder beside them, and brought back.
//!
//! Nothing is deleted but what was copied before, and nothing is moved that is not the message by its digest. Where it was
//! is kept before it is moved. So whatever was interrupted is done again, and finds what was done.

use super::account::{Account, Mode};
use super::budget::Budget;
use super::cursor::key;
use super::error::ImapError;
use super::house::{Desk, House};
use super::locate::{Located, Wanted, body_digest, locate};
use super::relocate::{Way, relocate};
use super::session::Session;
use model::Sha256;
use runtime::measure::purge::{Copy, MailboxError, Mailboxes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// Collection of what was moved out of a mailbox, by account and digest.
pub(super) const PURGED: &str = "imap.purge";

/// What one copy may take. A server that keeps this thread waiting keeps all other mailboxes waiting.
const COPY_TIME: Duration = Duration::from_secs(10 * 60);
/// For how long nothing is tried with a server that failed.
const REST: Duration = Duration::from_secs(60);

/// Moves copies between mailboxes and the folder where purged ones lie. To be called where a thread may block.
pub struct Purger {
    accounts: Vec<Account>,
    holding: String,
    desk: Desk,
    budget: Budget,
    runtime: Handle,
    /// The connection that was used last: copies of one mailbox tend to follow each other.
    open: Option<(String, Session)>,
    /// When accounts may be tried again whose servers failed.
    resting: BTreeMap<String, Instant>,
}

/// What is kept of a purged message.
#[derive(Debug, Serialize, Deserialize)]
struct Purged {
    /// Where it was.
    folder: String,
    /// Whether two persons decided to bring it back.
    is_restored: bool,
    /// When that was noted, in seconds since 1970-01-01T00:00:00Z.
    noted_secs: i64,
}

impl Purger {
    /// For these accounts; `holding` is the folder in each of them that purged copies are moved to.
    pub fn new(
        accounts: Vec<Account>,
        holding: String,
        house: Arc<dyn House>,
        budget: Budget,
        runtime: Handle,
    ) -> Self {
        Self {
            accounts,
            holding,
            desk: Desk::new(house),
            budget,
            runtime,
            open: None,
            resting: BTreeMap::new(),
        }
    }

    fn carry(&mut self, copy: &Copy, is_back: bool) -> Result<(), MailboxError> {
        let Some(account) = self.account_of(copy).cloned() else {
            return Err(MailboxError::Never("no account is configured for this mailbox".to_owned()));
        };
        if self.resting.get(&account.name).is_some_and(|until| Instant::now() < *until) {
            return Err(MailboxError::Later("the server failed a moment ago".to_owned()));
        }
        let Ok(digest) = copy.digest.parse::<Sha256>() else {
            return Err(MailboxError::Never("the digest in the plan is damaged".to_owned()));
        };
        let runtime = self.runtime.clone();
        let working = async {
            let disarmed_body = self.disarmed_body(digest).await?;
            let wanted =
                Wanted { digest, message_id: &copy.message_id, disarmed_body, received: copy.received };
            self.work(&account, wanted, is_back).await
        };
        let worked = runtime.block_on(async { tokio::time::timeout(COPY_TIME, working).await });
        match worked.unwrap_or(Err(ImapError::Silent { command: "a whole copy" })) {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailboxError::Gone),
            Err(error @ ImapError::Candidates) => Err(MailboxError::Never(error.to_string())),
            Err(error) => {
                if !error.leaves_connection() {
                    self.resting.insert(account.name, Instant::now() + REST);
                }
                Err(MailboxError::Later(error.to_string()))
            }
        }
    }

    /// The account in which the copy was seen, or else the first one of its owner.
    fn account_of(&self, copy: &Copy) -> Option<&Account> {
        let mut of_owner = self.accounts.iter().filter(|account| is_of(account, copy));
        let is_source = |account: &&Account| copy.source.starts_with(&format!("imap:{}/", account.name));
        of_owner.clone().find(is_source).or_else(|| of_owner.next())
    }

    /// What a member has in its place, if it was disarmed on its way: the header is then not the one that was recorded. A
    /// body of nothing is that of many messages, and tells none of them.
    async fn disarmed_body(&self, digest: Sha256) -> Result<Option<Sha256>, ImapError> {
        let disarming = self.desk.ask(move |house| {
            let original = house.sealed(digest)?;
            Ok(original.map(|original| mail::disarm::disarm(&original).message))
        });
        let body = disarming.await?.map(|message| body_digest(&message));
        Ok(body.filter(|body| *body != body_digest(b"")))
    }

    /// Over the open connection, or a new one; `false` where the copy is in neither place.
    async fn work(
        &mut self,
        account: &Account,
        wanted: Wanted<'_>,
        is_back: bool,
    ) -> Result<bool, ImapError> {
        let mut session = match self.still_open(account).await {
            Some(session) => session,
            None => Session::open(account).await?,
        };
        let worked = match is_back {
            true => self.bring_back(&mut session, account, wanted).await,
            false => self.take_away(&mut session, account, wanted).await,
        };
        // After an error nobody knows what the connection still has to say.
        if worked.is_ok() {
            self.open = Some((account.name.clone(), session));
        }
        worked
    }

    /// The connection of last time, where it still works. Servers close connections that were quiet for long, which says nothing
    /// of how they are now.
    async fn still_open(&mut self, account: &Account) -> Option<Session> {
        let (_, mut session) = self.open.take().filter(|(name, _)| *name == account.name)?;
        session.refresh().await.ok().map(|()| session)
    }

    async fn take_away(
        &self,
        session: &mut Session,
        account: &Account,
        wanted: Wanted<'_>,
    ) -> Result<bool, ImapError> {
        let mut is_found = false;
        for folder in account.folders.iter().filter(|folder| **folder != self.holding) {
            let uid_validity = session.select(folder).await?.uid_validity;
            let found = locate(session, &self.budget, wanted).await?;
            if !found.is_empty() {
                self.note(account, wanted.digest, folder, false).await?;
            }
            for Located { uid, digest } in found {
                let way = Way { from: folder, uid_validity, to: &self.holding };
                relocate(session, &self.budget, uid, exactly(wanted, digest), way).await?;
                session.select_again(folder, uid_validity).await?;
                is_found = true;
            }
        }
        for holding in self.holdings(account) {
            is_found = is_found || self.holds(session, holding, wanted).await?;
        }
        Ok(is_found)
    }

    /// Where a message may lie that is out of its owner's way: purged, or moved when it came.
    fn holdings<'a>(&'a self, account: &'a Account) -> Vec<&'a str> {
        let mut holdings = vec![self.holding.as_str()];
        if let Mode::Quarantine { folder } = &account.mode {
            holdings.push(folder);
        }
        holdings
    }

    async fn bring_back(
        &self,
        session: &mut Session,
        account: &Account,
        wanted: Wanted<'_>,
    ) -> Result<bool, ImapError> {
        let first = account.folders.first().map_or("INBOX", String::as_str);
        let kept: Option<Purged> =
            self.desk.read(PURGED, &key(&account.name, &wanted.digest.to_string())).await?;
        let folder = kept.map_or_else(|| first.to_owned(), |purged| purged.folder);
        // Before it is there: whoever watches the folder is to leave it as these persons wanted it.
        self.note(account, wanted.digest, &folder, true).await?;
        let mut is_found = false;
        for holding in self.holdings(account) {
            session.create(holding).await?;
            let uid_validity = session.select(holding).await?.uid_validity;
            for Located { uid, digest } in locate(session, &self.budget, wanted).await? {
                let way = Way { from: holding, uid_validity, to: &folder };
                relocate(session, &self.budget, uid, exactly(wanted, digest), way).await?;
                session.select_again(holding, uid_validity).await?;
                is_found = true;
            }
        }
        if is_found {
            return Ok(true);
        }
        session.examine(&folder).await?;
        Ok(!locate(session, &self.budget, wanted).await?.is_empty())
    }

    /// Whether a holding folder has it. The folder is made where it is missing.
    async fn holds(
        &self,
        session: &mut Session,
        holding: &str,
        wanted: Wanted<'_>,
    ) -> Result<bool, ImapError> {
        session.create(holding).await?;
        session.examine(holding).await?;
        Ok(!locate(session, &self.budget, wanted).await?.is_empty())
    }

    async fn note(
        &self,
        account: &Account,
        digest: Sha256,
        folder: &str,
        is_restored: bool,
    ) -> Result<(), ImapError> {
        let noted_secs = runtime::clock::now().0;
        let purged = Purged { folder: folder.to_owned(), is_restored, noted_secs };
        self.desk.write(PURGED, &key(&account.name, &digest.to_string()), &purged).await
    }
}

impl Mailboxes for Purger {
    fn move_away(&mut self, copy: &Copy) -> Result<(), MailboxError> {
        self.carry(copy, false)
    }

    fn put_back(&mut self, copy: &Copy) -> Result<(), MailboxError> {
        self.carry(copy, true)
    }
}

/// Whether persons decided that this message is to be in the mailbox after all.
pub(super) async fn is_restored(desk: &Desk, account: &str, digest: Sha256) -> Result<bool, ImapError> {
    let purged: Option<Purged> = desk.read(PURGED, &key(account, &digest.to_string())).await?;
    Ok(purged.is_some_and(|purged| purged.is_restored))
}

/// The same message as it lies in a folder.
fn exactly(wanted: Wanted<'_>, digest: Sha256) -> Wanted<'_> {
    Wanted { digest, disarmed_body: None, ..wanted }
}

/// Whether an account is the mailbox of a copy.
fn is_of(account: &Account, copy: &Copy) -> bool {
    let is_same = |text: &str| account.owner.as_deref().is_some_and(|owner| owner.eq_ignore_ascii_case(text));
    is_same(&copy.member) || is_same(&copy.mailbox)
}
