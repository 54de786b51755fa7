//! Sessions of people in browsers: who they are until they sign out, stay away, or the day is over.
//!
//! Sessions live in memory and end with the process: a restart asks everybody to sign in again, and no request has to
//! write to the store. The table holds only hashes, so that a copy of the memory opens no session.

use crate::page::Notice;
use crate::secret::{self, SecretHash};
use crate::settings::SessionLimits;
use model::limit::{SESSIONS_MAX, SESSIONS_OF_ACCOUNT_MAX};
use model::{AccountId, EventTime};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A session, as a request finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// What each form of this session must carry.
    pub csrf: String,
    opened: EventTime,
    seen: EventTime,
    /// What became of the last action, until a page has told it.
    notice: Option<Notice>,
}

/// All sessions.
pub struct Sessions {
    limits: SessionLimits,
    /// By hash of the id. Each request locks it for a lookup only.
    table: Mutex<HashMap<SecretHash, Session>>,
}

impl Sessions {
    /// No sessions yet.
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, table: Mutex::default() }
    }

    /// Opens a session and answers its id, which only the browser keeps. `former` is the id that the browser came with: it
    /// ends, so that nobody who planted it shares the new session.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn open(
        &self,
        account: &AccountId,
        former: Option<&str>,
        now: EventTime,
    ) -> Result<String, secret::NoRandomness> {
        let id = secret::draw()?;
        let csrf = secret::draw()?;
        let session = Session { account: account.clone(), csrf, opened: now, seen: now, notice: None };
        let mut table = self.lock();
        if let Some(former) = former {
            table.remove(&secret::hash(former));
        }
        self.make_room(&mut table, account, now);
        table.insert(secret::hash(&id), session);
        Ok(id)
    }

    /// The session with this id, if it has not ended. Finding it counts as a request.
    pub fn find(&self, id: &str, now: EventTime) -> Option<Session> {
        let key = secret::hash(id);
        let mut table = self.lock();
        let session = table.get_mut(&key)?;
        if self.has_ended(session, now) {
            table.remove(&key);
            return None;
        }
        session.seen = session.seen.max(now);
        Some(session.clone())
    }

    /// Leaves word of what became of an action, for the next page.
    pub fn leave(&self, id: &str, notice: Notice) {
        if let Some(session) = self.lock().get_mut(&secret::hash(id)) {
            session.notice = Some(notice);
        }
    }

    /// What became of the last action; it is told once.
    pub fn take_notice(&self, id: &str) -> Option<Notice> {
        self.lock().get_mut(&secret::hash(id))?.notice.take()
    }

    /// Ends one session.
    pub fn close(&self, id: &str) {
        self.lock().remove(&secret::hash(id));
    }

    /// Ends every session of an account: its password or its roles changed.
    pub fn close_all_of(&self, account: &AccountId) {
        self.lock().retain(|_, session| session.account != *account);
    }

    /// Open sessions, those that ended unnoticed among them.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nobody is signed in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn has_ended(&self, session: &Session, now: EventTime) -> bool {
        now.secs_since(session.seen) > self.limits.idle_secs
            || now.secs_since(session.opened) > self.limits.absolute_secs
    }

    /// Nobody fills the table alone: of too many sessions of one account, the one that was away longest goes. If the table is
    /// full, ended sessions go; if none had ended, the one of all that was away longest does.
    fn make_room(&self, table: &mut HashMap<SecretHash, Session>, account: &AccountId, now: EventTime) {
        let own = || table.iter().filter(|(_, session)| session.account == *account);
        let surplus = if own().count() >= SESSIONS_OF_ACCOUNT_MAX { away_longest(own()) } else { None };
        if let Some(surplus) = surplus {
            table.remove(&surplus);
        }
        if table.len() >= SESSIONS_MAX {
            table.retain(|_, session| !self.has_ended(session, now));
        }
        if table.len() >= SESSIONS_MAX
            && let Some(oldest) = away_longest(table.iter())
        {
            table.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SecretHash, Session>> {
        // Every change of the table is one insertion or removal, so it is whole even after a panic elsewhere.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn away_longest<'a>(sessions: impl Iterator<Item = (&'a SecretHash, &'a Session)>) -> Option<SecretHash> {
    sessions.min_by_key(|(_, session)| session.seen).map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: EventTime = EventTime(1_610_960_400);
    const LIMITS: SessionLimits = SessionLimits { idle_secs: 600, absolute_secs: 3_600 };

    fn account() -> AccountId {
        AccountId("analyst-1".into())
    }

    /// A request at each of these seconds after sign-in; the last one finds the session or not.
    #[track_caller]
    fn check(requests: &[i64], is_found: bool) {
        let sessions = Sessions::new(LIMITS);
        let id = sessions.open(&account(), None, START).expect("randomness");
        let found: Vec<bool> =
            requests.iter().map(|secs| sessions.find(&id, START.plus_secs(*secs)).is_some()).collect();
        assert_eq!(found.last(), Some(&is_found), "{requests:?}");
    }

    #[test]
    fn a_session_ends_when_nobody_comes_and_at_the_end_of_the_day() {
        check(&[600], true);
        check(&[601], false);
        check(&[600, 1_200, 1_800], true);
        check(&[600, 1_200, 1_800, 2_400, 3_000, 3_600], true);
        check(&[600, 1_200, 1_800, 2_400, 3_000, 3_600, 3_601], false);
    }

    #[test]
    fn signing_in_again_ends_the_session_that_the_browser_came_with() {
        let sessions = Sessions::new(LIMITS);
        let planted = sessions.open(&account(), None, START).expect("randomness");
        let fresh = sessions.open(&account(), Some(&planted), START).expect("randomness");
        assert_ne!(planted, fresh);
        assert_eq!(sessions.find(&planted, START), None);
        assert!(sessions.find(&fresh, START).is_some());
    }

    #[test]
    fn all_sessions_of_one_account_end_together_and_no_others() {
        let sessions = Sessions::new(LIMITS);
        let mine = sessions.open(&account(), None, START).expect("randomness");
        let other = sessions.open(&AccountId("approver-1".into()), None, START).expect("randomness");
        sessions.close_all_of(&account());
        assert_eq!(sessions.find(&mine, START), None);
        assert!(sessions.find(&other, START).is_some());
    }

    #[test]
    fn the_table_is_bounded_and_forgets_who_was_away_longest() {
        let sessions = Sessions::new(LIMITS);
        let open = |name: usize, secs| {
            let account = AccountId(format!("analyst-{name}"));
            sessions.open(&account, None, START.plus_secs(secs)).expect("randomness")
        };
        let first = open(0, 0);
        for name in 1..=SESSIONS_MAX {
            open(name, 1);
        }
        assert_eq!(sessions.len(), SESSIONS_MAX);
        assert_eq!(sessions.find(&first, START.plus_secs(1)), None);
    }

    #[test]
    fn nobody_fills_the_table_alone() {
        let sessions = Sessions::new(LIMITS);
        let other = sessions.open(&AccountId("approver-1".into()), None, START).expect("randomness");
        let first = sessions.open(&account(), None, START).expect("randomness");
        for _ in 0..SESSIONS_OF_ACCOUNT_MAX {
            sessions.open(&account(), None, START.plus_secs(1)).expect("randomness");
        }
        assert_eq!(sessions.len(), SESSIONS_OF_ACCOUNT_MAX + 1);
        assert!(sessions.find(&first, START).is_none() && sessions.find(&other, START).is_some());
    }
}
