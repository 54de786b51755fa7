//! The filter that asks the live house.

use super::action::{Action, Failed, Filter, OnFailure};
use super::arc::Sealer;
use super::mark::{Mark, marked, unmarked};
use milter::{Message, Path};
use model::GroupId;
use runtime::clock;
use runtime::live::{Delivery, Envelope, Fate, Incoming, Judged, Live, LiveError, Powers, Wait};
use std::collections::HashSet;
use std::sync::Arc;

/// What the machine may do by itself, and what holds when it cannot judge.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The name under which `Authentication-Results` are written (RFC 8601, section 2.5): one that no other filter uses.
    pub authserv_id: String,
    /// Whether messages are disarmed. Otherwise they are only marked.
    pub disarms: bool,
    /// Whether messages are kept in quarantine. Otherwise they are disarmed, if that is allowed.
    pub quarantines: bool,
    /// What becomes of messages that cannot be judged.
    pub on_failure: OnFailure,
    /// Groups whose members get such messages.
    pub fail_open_groups: HashSet<GroupId>,
    /// Groups whose members do not. A member of both kinds of groups does not.
    pub fail_closed_groups: HashSet<GroupId>,
    /// Who vouches for what was known of a message's sender, where the house has a key for that.
    pub sealer: Option<Arc<Sealer>>,
}

/// Asks the live house, which records every message as evidence before it answers.
pub struct LiveFilter {
    live: Live,
    policy: Policy,
}

impl LiveFilter {
    /// A filter by this policy.
    pub fn new(live: Live, policy: Policy) -> Self {
        Self { live, policy }
    }

    fn deliver(&self, letter: &Letter<'_>, content: &[u8], removed: usize, judged: &Judged) -> Action {
        let mark = Mark {
            authserv_id: &self.policy.authserv_id,
            verdict: judged.verdict,
            score: judged.score,
            campaign: judged.campaign.as_deref(),
            authentication: &judged.authentication,
            sealing: self.policy.sealer.as_deref().map(|sealer| (sealer, clock::now())),
        };
        Action::Deliver(marked(letter.message, content, removed, &mark))
    }

    fn on_failure_of(&self, recipient: &Path) -> OnFailure {
        let house = self.live.house();
        let member = house.by_address(&recipient.mailbox()).and_then(|index| house.member(index));
        let is_in = |groups: &HashSet<GroupId>| {
            member.is_some_and(|member| member.groups.iter().any(|group| groups.contains(group)))
        };
        if is_in(&self.policy.fail_closed_groups) {
            OnFailure::Tempfail
        } else if is_in(&self.policy.fail_open_groups) {
            OnFailure::Accept
        } else {
            self.policy.on_failure
        }
    }
}

impl Filter for LiveFilter {
    fn decide(&self, message: &Message, wait: &Arc<Wait>) -> Result<Action, Failed> {
        let letter = Letter::of(message);
        let powers = Powers { disarms: self.policy.disarms, quarantines: self.policy.quarantines };
        match self.live.treat(letter.incoming(), powers, wait) {
            Ok(Fate::Released) => Ok(Action::Deliver(self.unjudged(message))),
            Ok(Fate::Kept) => Ok(Action::Discard),
            Ok(Fate::Delivered(judged)) => Ok(self.deliver(&letter, &letter.bytes, 0, &judged)),
            Ok(Fate::Disarmed(judged, disarmed)) => {
                Ok(self.deliver(&letter, &disarmed.message, disarmed.removed.len(), &judged))
            }
            // Trying again would not help.
            Err(LiveError::Unreadable(_)) => Ok(match self.on_failure(&message.rcpt_to) {
                OnFailure::Accept => Action::Deliver(self.unjudged(message)),
                OnFailure::Tempfail => Action::Reject,
            }),
            Err(error) => Err(Failed(error.to_string())),
        }
    }

    fn on_failure(&self, rcpt_to: &[Path]) -> OnFailure {
        let modes = rcpt_to.iter().map(|recipient| self.on_failure_of(recipient));
        modes.max().unwrap_or(self.policy.on_failure)
    }

    fn unjudged(&self, message: &Message) -> Vec<u8> {
        unmarked(message, &self.policy.authserv_id)
    }
}

/// A message as it is judged.
struct Letter<'a> {
    message: &'a Message,
    bytes: Vec<u8>,
    envelope: Envelope,
}

impl<'a> Letter<'a> {
    fn of(message: &'a Message) -> Self {
        let envelope = Envelope {
            client_ip: message.client_address(),
            helo: String::from_utf8_lossy(&message.helo).into_owned(),
            mail_from: message.mail_from.mailbox(),
            rcpt_to: message.rcpt_to.iter().map(Path::mailbox).collect(),
        };
        Self { message, bytes: message.to_bytes(), envelope }
    }

    fn incoming(&self) -> Incoming {
        Incoming {
            bytes: self.bytes.clone(),
            source: format!("milter:{}", self.message.queue_id().unwrap_or_default()),
            mailbox: None,
            delivery: Delivery { received: clock::now(), envelope: Some(self.envelope.clone()) },
        }
    }
}
