//! Copies of a campaign moved out of members' mailboxes into a folder beside them, and brought back.
//!
//! Nothing is deleted but what was copied before, and nothing is moved that is not the message by its digest. Where it was
//! is kept before it is moved. So whatever was interrupted is done again, and finds what was done.

use super::account::Account;
use super::budget::Budget;
use super::cursor::key;
use super::error::ImapError;
use super::house::{Desk, House};
use super::locate::{Wanted, body_digest, locate};
use super::relocate::{Way, relocate};
use super::session::Session;
use model::Sha256;
use runtime::measure::purge::{Copy, MailboxError, Mailboxes};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Collection of what was moved out of a mailbox, by account and digest.
const PURGED: &str = "imap.purge";

/// Moves copies between mailboxes and the folder where purged ones lie. To be called where a thread may block.
pub struct Purger {
    accounts: Vec<Account>,
    holding: String,
    desk: Desk,
    budget: Budget,
    runtime: Handle,
    /// The connection that was used last: copies of one mailbox tend to follow each other.
    open: Option<(String, Session)>,
}

/// What is kept of a purged message.
#[derive(Debug, Serialize, Deserialize)]
struct Purged {
    /// Where it was.
    folder: String,
    /// Whether two persons decided to bring it back.
    is_restored: bool,
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
        Self { accounts, holding, desk: Desk::new(house), budget, runtime, open: None }
    }

    fn carry(&mut self, copy: &Copy, is_back: bool) -> Result<(), MailboxError> {
        let Some(account) = self.accounts.iter().find(|account| is_of(account, copy)).cloned() else {
            return Err(MailboxError::Never("no account is configured for this mailbox".to_owned()));
        };
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
        match runtime.block_on(working) {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailboxError::Gone),
            Err(error) => Err(MailboxError::Later(error.to_string())),
        }
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
        let open = self.open.take().filter(|(name, _)| *name == account.name);
        let mut session = match open {
            Some((_, session)) => session,
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

    async fn take_away(
        &self,
        session: &mut Session,
        account: &Account,
        wanted: Wanted<'_>,
    ) -> Result<bool, ImapError> {
        let mut is_found = false;
        for folder in account.folders.iter().filter(|folder| **folder != self.holding) {
            session.select(folder).await?;
            let uids = self.find(session, wanted).await?;
            if !uids.is_empty() {
                self.note(account, wanted.digest, folder, false).await?;
            }
            for uid in uids {
                let way = Way { from: folder, to: &self.holding };
                relocate(session, &self.budget, uid, wanted, way).await?;
                session.select(folder).await?;
                is_found = true;
            }
        }
        Ok(is_found || self.holds(session, wanted).await?)
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
        if !self.holds(session, wanted).await? {
            session.examine(&folder).await?;
            return Ok(!self.find(session, wanted).await?.is_empty());
        }
        session.select(&self.holding).await?;
        for uid in self.find(session, wanted).await? {
            let way = Way { from: &self.holding, to: &folder };
            relocate(session, &self.budget, uid, wanted, way).await?;
            session.select(&self.holding).await?;
        }
        Ok(true)
    }

    /// Whether the holding folder has it. It is made where it is missing.
    async fn holds(&self, session: &mut Session, wanted: Wanted<'_>) -> Result<bool, ImapError> {
        session.create(&self.holding).await?;
        session.examine(&self.holding).await?;
        Ok(!self.find(session, wanted).await?.is_empty())
    }

    async fn find(&self, session: &mut Session, wanted: Wanted<'_>) -> Result<Vec<u32>, ImapError> {
        locate(session, &self.budget, wanted).await
    }

    async fn note(
        &self,
        account: &Account,
        digest: Sha256,
        folder: &str,
        is_restored: bool,
    ) -> Result<(), ImapError> {
        let purged = Purged { folder: folder.to_owned(), is_restored };
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

/// Whether an account is the mailbox of a copy.
fn is_of(account: &Account, copy: &Copy) -> bool {
    let is_same = |text: &str| account.owner.as_deref().is_some_and(|owner| owner.eq_ignore_ascii_case(text));
    is_same(&copy.member) || is_same(&copy.mailbox)
}
