//! An operation is what one party does: a newsletter, a thread, a campaign. The roster is who gets which of its mails
//! when; the mails themselves are only written out when their turn comes, so that a large exercise needs little memory.

use crate::calendar::Calendar;
use crate::letter::Letter;
use crate::random::Random;
use crate::world::World;

/// One mail of one operation into one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Delivery {
    /// Seconds since 1970. First, so that sorting gives the order of delivery.
    pub(crate) at: i64,
    /// Index into [`Roster::operations`].
    pub(crate) operation: u32,
    /// Which mail of the operation; its meaning is the operation's own.
    pub(crate) issue: u32,
    /// The member's index.
    pub(crate) member: u32,
}

impl Delivery {
    pub(crate) fn member(&self) -> usize {
        self.member as usize
    }

    /// What is random about this mail alone.
    pub(crate) fn random(&self, seed: u64) -> Random {
        Random::keyed(seed, &[u64::from(self.issue), u64::from(self.member)])
    }
}

/// What one party does.
pub(crate) trait Operation {
    /// The kind, as `truth/lawful.jsonl` names it.
    fn kind(&self) -> &'static str;

    /// The party's name.
    fn party(&self) -> &str;

    fn message_id(&self, delivery: &Delivery) -> String;

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter;

    /// The URL that is fetched when the mail is shown, and reports it.
    fn beacon_url(&self, _delivery: &Delivery) -> Option<String> {
        None
    }

    /// The URL that a reader may follow.
    fn link_url(&self, _world: &World, _delivery: &Delivery) -> Option<String> {
        None
    }
}

/// All operations and all deliveries.
#[derive(Default)]
pub(crate) struct Roster {
    pub(crate) operations: Vec<Box<dyn Operation>>,
    pub(crate) deliveries: Vec<Delivery>,
}

impl Roster {
    /// Adds an operation with its deliveries `(at, issue, member)`; those after the exercise's end are left out.
    pub(crate) fn add(
        &mut self,
        calendar: Calendar,
        operation: Box<dyn Operation>,
        mails: Vec<(i64, usize, usize)>,
    ) {
        let index = self.operations.len() as u32;
        self.operations.push(operation);
        let kept = mails.into_iter().filter(|(at, _, _)| *at < calendar.end());
        self.deliveries.extend(kept.map(|(at, issue, member)| Delivery {
            at,
            operation: index,
            issue: issue as u32,
            member: member as u32,
        }));
    }

    pub(crate) fn operation(&self, delivery: &Delivery) -> &dyn Operation {
        self.operations
            .get(delivery.operation as usize)
            .expect("deliveries name operations of their roster")
            .as_ref()
    }
}
