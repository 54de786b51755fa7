//! Handovers: when somebody else opened the way into an account, or widened it.
//!
//! Whoever keeps accounts could make one for an approver, or reset that of an approver, go in by the link, and have both
//! halves of a decision; or make one for a member, and read that member's mail. So an account that was handed over approves
//! nothing and reads no mail for a while, in which everybody who decides or audits is told of it, and it never decides about
//! what was proposed by whoever handed it over.

use super::Account;
use model::limit::ACCOUNT_HANDOVERS_MAX;
use model::{Actor, EventTime, Role};
use serde::{Deserialize, Serialize};

/// How an account was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It was made.
    Made,
    /// It was given roles with which people decide, or a member's mail.
    Roles,
    /// Its password and second factor were taken away, and a link was given out.
    Reset,
    /// Somebody went in by a link, or was bound to the sign-on. Who that was is not proved until others had time to ask.
    Entered,
}

impl Way {
    /// What happened, after the name of who did it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Made => "made the account",
            Self::Roles => "gave it roles that decide or read mail",
            Self::Reset => "took password and second factor away and gave out a new link",
            Self::Entered => "went in for the first time after that",
        }
    }
}

/// Roles with which somebody decides or reads mail.
pub const WATCHED: [Role; 3] = [Role::Analyst, Role::Approver, Role::MemberController];

/// A handover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// What happened.
    pub way: Way,
    /// The account that did it.
    pub by: String,
    /// When, in seconds since 1970.
    pub at_secs: i64,
}

/// Why somebody does not decide who otherwise may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// It was handed over a short while ago.
    #[error(
        "this account was handed over by {by}: until {} it approves nothing and reads no mail, so that others can ask whether \
         it is in the right hands",
        runtime::clock::rfc3339(*until)
    )]
    Fresh {
        /// Who handed it over.
        by: String,
        /// When it may decide.
        until: EventTime,
    },
    /// The proposal is by somebody who handed this account over.
    #[error("who proposed this has handed you your account over: another approver has to decide")]
    Handler,
}

impl Account {
    /// Notes a handover.
    pub fn handed_over(&mut self, way: Way, by: &str, now: EventTime) {
        if self.handovers.len() >= ACCOUNT_HANDOVERS_MAX {
            self.handovers.remove(0);
        }
        self.handovers.push(Handover { way, by: by.to_owned(), at_secs: now.0 });
    }

    /// What keeps the account from deciding at `now`: a handover less than `hold_secs` ago. Named is the latest that another
    /// account did.
    pub fn hold(&self, hold_secs: i64, now: EventTime) -> Option<NotYet> {
        let until =
            EventTime(self.handovers.iter().map(|handover| handover.at_secs).max()?).plus_secs(hold_secs);
        let by = self.handovers.iter().rev().find(|handover| handover.way != Way::Entered);
        let by = by.map_or_else(|| self.id.clone(), |handover| handover.by.clone());
        (now < until).then_some(NotYet::Fresh { by, until })
    }

    /// The account as one who acts at `now`: while it is held back it approves nothing.
    pub fn actor_at(&self, hold_secs: i64, now: EventTime) -> Actor {
        let mut actor = self.actor();
        if self.hold(hold_secs, now).is_some() {
            actor.roles.remove(&Role::Approver);
        }
        actor
    }

    /// Whether it may decide about what `proposed_by` proposed.
    ///
    /// # Errors
    /// [`NotYet`] says why not.
    pub fn check_decides(&self, proposed_by: &str, hold_secs: i64, now: EventTime) -> Result<(), NotYet> {
        match self.hold(hold_secs, now) {
            Some(held) => Err(held),
            None if self.was_handed_over_by(proposed_by) => Err(NotYet::Handler),
            None => Ok(()),
        }
    }

    /// Whether `other` handed it over.
    pub fn was_handed_over_by(&self, other: &str) -> bool {
        other != self.id && self.handovers.iter().any(|handover| handover.by.eq_ignore_ascii_case(other))
    }

    /// Whether others have to be told who got into it: it decides, or reads a member's mail.
    pub fn is_watched(&self) -> bool {
        self.roles().iter().any(|role| WATCHED.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AccountId;

    const NOW: EventTime = EventTime(1_610_960_400);
    const HOLD: i64 = 86_400;

    fn account() -> Account {
        let mut account = Account::new(&AccountId("approver-1".into()), &[Role::Approver].into(), None, NOW);
        account.handed_over(Way::Made, "admin-1", NOW);
        account
    }

    /// What the account says to a proposal of `proposed_by`, so many seconds after it was made.
    #[track_caller]
    fn check(account: &Account, proposed_by: &str, secs: i64, expected: Result<(), NotYet>) {
        assert_eq!(account.check_decides(proposed_by, HOLD, NOW.plus_secs(secs)), expected);
    }

    #[test]
    fn an_account_decides_only_when_others_had_time_to_ask() {
        let mut account = account();
        let fresh = |secs: i64| NotYet::Fresh { by: "admin-1".into(), until: NOW.plus_secs(secs) };
        check(&account, "analyst-1", HOLD - 1, Err(fresh(HOLD)));
        check(&account, "analyst-1", HOLD, Ok(()));
        account.handed_over(Way::Entered, "approver-1", NOW.plus_secs(1_000));
        check(&account, "analyst-1", HOLD, Err(fresh(HOLD + 1_000)));
        assert!(!account.actor_at(HOLD, NOW.plus_secs(HOLD)).has(Role::Approver));
        assert!(account.actor_at(HOLD, NOW.plus_secs(HOLD + 1_000)).has(Role::Approver));
    }

    #[test]
    fn it_never_decides_about_what_its_keeper_proposed() {
        check(&account(), "Admin-1", 10 * HOLD, Err(NotYet::Handler));
        let mut entered = account();
        entered.handed_over(Way::Entered, "approver-1", NOW);
        assert!(!entered.was_handed_over_by("approver-1"), "measures tell own proposals by themselves");
    }

    #[test]
    fn what_is_kept_of_handovers_is_bounded() {
        let mut account = account();
        for at in 0..100 {
            account.handed_over(Way::Reset, "admin-2", NOW.plus_secs(at));
        }
        assert_eq!(account.handovers.len(), ACCOUNT_HANDOVERS_MAX);
    }
}
