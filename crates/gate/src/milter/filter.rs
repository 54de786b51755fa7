//! The filter that asks the live house.

use super::action::{Action, Failed, Filter, OnFailure};
use super::mark::{Mark, marked, unmarked};
use mail::message::Reader;
use milter::{Message, Path};
use model::{EventTime, GroupId, Verdict};
use runtime::clock;
use runtime::disarm::disarm;
use runtime::live::{Delivery, Envelope, Incoming, Judged, Live, LiveError, Wait};
use runtime::measure::blocking;
use runtime::measure::quarantine::{self, Arrival, Grounds};
use runtime::row::ReasonRow;
use std::collections::HashSet;
use std::sync::Arc;

/// The reason why mail of a blocked sender is kept.
const BLOCKED: &str = "BLOCKED_SENDER";

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

    /// What the machine may do of what is proposed.
    fn allowed(&self, proposed: Verdict) -> Verdict {
        match proposed {
            Verdict::Quarantine if self.policy.quarantines => Verdict::Quarantine,
            Verdict::Quarantine | Verdict::Disarm if self.policy.disarms => Verdict::Disarm,
            _ => Verdict::Pass,
        }
    }

    /// What two persons decided about this very message before it came.
    fn decided(&self, letter: &Letter<'_>) -> Result<Option<Decided>, Failed> {
        let data = self.live.data().map_err(failed)?;
        let envelope = &letter.envelope;
        if quarantine::is_released(&data, &letter.bytes, &envelope.rcpt_to, letter.received)
            .map_err(failed)?
            .is_some()
        {
            return Ok(Some(Decided::Released));
        }
        let author = letter.author();
        for sender in [author.as_str(), envelope.mail_from.as_str()] {
            if blocking::is_blocked(&data, sender).map_err(failed)? {
                return Ok(Some(Decided::Blocked));
            }
        }
        Ok(None)
    }

    fn deliver(&self, letter: &Letter<'_>, content: &[u8], removed: usize, judged: &Judged) -> Action {
        let mark = Mark {
            authserv_id: &self.policy.authserv_id,
            verdict: judged.verdict,
            score: judged.score,
            campaign: judged.campaign.as_deref(),
        };
        Action::Deliver(marked(letter.message, content, removed, &mark))
    }

    /// The original is sealed and its disarming is evidence before the harmless message goes on.
    fn disarm(&self, letter: &Letter<'_>, judged: &Judged, wait: &Wait) -> Result<Action, Failed> {
        wait.begin_to_write()?;
        let (disarmed, _) = disarm(&mut *self.live.data().map_err(failed)?, &letter.bytes).map_err(failed)?;
        Ok(self.deliver(letter, &disarmed.message, disarmed.removed.len(), judged))
    }

    /// The mail server forgets the message only when it is durable here.
    fn keep(&self, letter: &Letter<'_>, grounds: Grounds, wait: &Wait) -> Result<Action, Failed> {
        wait.must_keep()?;
        let arrival = Arrival::of(&letter.bytes, &letter.envelope, &self.live.house());
        quarantine::keep(&mut *self.live.data().map_err(failed)?, &arrival, grounds, letter.received)
            .map_err(failed)?;
        Ok(Action::Discard)
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
        let letter = Letter::of(message, clock::now());
        let decided = self.decided(&letter).or_else(|_| {
            // A data folder that a failed write closed is opened again when a message is handed over.
            self.live.observe(letter.incoming()).map_err(failed)?;
            self.decided(&letter)
        })?;
        if decided == Some(Decided::Released) {
            // It was judged and recorded when it came, and it is not filtered a second time.
            return Ok(Action::Deliver(self.unjudged(message)));
        }
        if decided == Some(Decided::Blocked) {
            wait.must_keep()?;
            let arrival = Arrival::of(&letter.bytes, &letter.envelope, &self.live.house());
            quarantine::note_blocked(&*self.live.data().map_err(failed)?, &arrival).map_err(failed)?;
        }
        let judged = match self.live.observe(letter.incoming()) {
            Ok(judged) => judged,
            Err(LiveError::Unreadable(_)) if decided == Some(Decided::Blocked) => {
                return self.keep(&letter, blocked(Grounds::default()), wait);
            }
            // Trying again would not help.
            Err(LiveError::Unreadable(_)) => {
                return Ok(match self.on_failure(&message.rcpt_to) {
                    OnFailure::Accept => Action::Deliver(self.unjudged(message)),
                    OnFailure::Tempfail => Action::Reject,
                });
            }
            Err(error) => return Err(failed(error)),
        };
        if decided == Some(Decided::Blocked) {
            return self.keep(&letter, blocked(Grounds::from(&judged)), wait);
        }
        match self.allowed(judged.verdict) {
            Verdict::Pass => {
                if judged.verdict == Verdict::Quarantine {
                    wait.begin_to_write()?;
                    let arrival = Arrival::of(&letter.bytes, &letter.envelope, &self.live.house());
                    quarantine::note_delivered(&*self.live.data().map_err(failed)?, &arrival)
                        .map_err(failed)?;
                }
                Ok(self.deliver(&letter, &letter.bytes, 0, &judged))
            }
            Verdict::Disarm => self.disarm(&letter, &judged, wait),
            Verdict::Quarantine => self.keep(&letter, Grounds::from(&judged), wait),
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

/// What persons decided about a message before it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decided {
    /// It was in quarantine, and is sent to its recipients.
    Released,
    /// Mail of its sender is kept.
    Blocked,
}

/// A message as it is judged.
struct Letter<'a> {
    message: &'a Message,
    bytes: Vec<u8>,
    envelope: Envelope,
    received: EventTime,
}

impl<'a> Letter<'a> {
    fn of(message: &'a Message, received: EventTime) -> Self {
        let envelope = Envelope {
            client_ip: message.client_address(),
            helo: String::from_utf8_lossy(&message.helo).into_owned(),
            mail_from: message.mail_from.mailbox(),
            rcpt_to: message.rcpt_to.iter().map(Path::mailbox).collect(),
        };
        Self { message, bytes: message.to_bytes(), envelope, received }
    }

    /// The address in `From`.
    fn author(&self) -> String {
        let from = self.message.fields.iter().filter(|field| field.is("From")).cloned().collect();
        let header = Message { fields: from, ..Message::default() }.to_bytes();
        Reader::default().read(&header).from.address
    }

    fn incoming(&self) -> Incoming {
        Incoming {
            bytes: self.bytes.clone(),
            source: format!("milter:{}", self.message.queue_id().unwrap_or_default()),
            mailbox: None,
            delivery: Delivery { received: self.received, envelope: Some(self.envelope.clone()) },
        }
    }
}

/// Persons decided, so how certain the machine is does not matter.
fn blocked(mut grounds: Grounds) -> Grounds {
    let detail = "two persons decided to keep mail of this sender".to_owned();
    grounds.reasons.insert(0, ReasonRow { code: BLOCKED.to_owned(), weight: 0.0, detail });
    grounds
}

fn failed(error: impl Into<anyhow::Error>) -> Failed {
    Failed(format!("{:#}", error.into()))
}
