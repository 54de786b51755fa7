//! The memory of a thread that matches events: kept from event to event, so that nothing is allocated once it has grown.

use super::literal_table::wide;
use super::tape::{Tape, Wanted};
use crate::event::Origin;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// What a thread needs to match events. One serves one engine.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) tape: Tape,
    pub(super) marks: Marks,
    pub(super) classes: Classes,
    pub(super) candidates: Vec<u32>,
    pub(super) matched: Vec<u32>,
}

/// What is known about predicates and rules for the event at hand. A mark that carries another event's number says nothing, so that
/// none has to be wiped.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The number of the event; never nought.
    event: u32,
    /// By predicate: the event for which it is known, doubled, and one more if it holds.
    predicates: Box<[u32]>,
    /// By predicate: the event, and which of its values was checked last.
    tried: Box<[(u32, u32)]>,
    /// By rule: the event that woke it.
    rules: Box<[u32]>,
}

/// Event numbers are doubled in marks.
const EVENT_MAX: u32 = u32::MAX >> 1;

impl Marks {
    /// Forgets the event before, with room for so many predicates and rules.
    pub(super) fn begin(&mut self, predicates: u32, rules: u32) {
        if self.predicates.len() != wide(predicates)
            || self.rules.len() != wide(rules)
            || self.event >= EVENT_MAX
        {
            self.predicates = vec![0; wide(predicates)].into();
            self.tried = vec![(0, 0); wide(predicates)].into();
            self.rules = vec![0; wide(rules)].into();
            self.event = 0;
        }
        self.event = self.event.saturating_add(1);
    }

    /// Is the predicate known to hold?
    #[inline]
    pub(super) fn is_held(&self, predicate: u32) -> bool {
        self.known(predicate) == Some(true)
    }

    /// What is known of the predicate.
    #[inline]
    pub(super) fn known(&self, predicate: u32) -> Option<bool> {
        let mark = self.predicates.get(wide(predicate))?;
        (mark >> 1 == self.event).then_some(mark & 1 == 1)
    }

    /// Now it is known to hold.
    #[inline]
    pub(super) fn hold(&mut self, predicate: u32) {
        self.know(predicate, true);
    }

    /// Now it is known whether it holds.
    #[inline]
    pub(super) fn know(&mut self, predicate: u32, holds: bool) {
        if let Some(mark) = self.predicates.get_mut(wide(predicate)) {
            *mark = self.event << 1 | u32::from(holds);
        }
    }

    /// Is this the first time in a row that the predicate is to be checked on this value?
    pub(super) fn try_value(&mut self, predicate: u32, place: u32) -> bool {
        let Some(tried) = self.tried.get_mut(wide(predicate)) else { return false };
        std::mem::replace(tried, (self.event, place)) != (self.event, place)
    }

    /// Wakes a rule; false if it was awake.
    #[inline]
    pub(super) fn wake(&mut self, rule: u32) -> bool {
        let Some(mark) = self.rules.get_mut(wide(rule)) else { return false };
        std::mem::replace(mark, self.event) != self.event
    }
}

/// Which groups events of an origin belong to: asked for each event.
#[derive(Debug, Default)]
pub(super) struct Classes {
    hasher: RandomState,
    /// The class of the event before, which the next one nearly always is of too.
    last: usize,
    by_hash: HashMap<u64, usize>,
    all: Vec<Class>,
}

/// Events of one origin.
#[derive(Debug)]
pub(super) struct Class {
    origin: Origin<'static>,
    /// Groups by their place.
    pub(super) groups: Box<[u32]>,
    pub(super) wanted: Wanted,
}

/// Origins that are remembered; a log that makes up more of them is matched more slowly.
const CLASSES_MAX: usize = 1_024;

impl Classes {
    /// The class of `origin`, which `make` makes if it is new.
    pub(super) fn get(
        &mut self,
        origin: &Origin<'_>,
        make: impl FnOnce() -> (Box<[u32]>, Wanted),
    ) -> Option<&Class> {
        if self.all.get(self.last).is_some_and(|class| class.origin == *origin) {
            return self.all.get(self.last);
        }
        let hash = self.hasher.hash_one(origin);
        let known = self
            .by_hash
            .get(&hash)
            .copied()
            .filter(|at| self.all.get(*at).is_some_and(|class| class.origin == *origin));
        if let Some(at) = known {
            self.last = at;
            return self.all.get(at);
        }
        if self.all.len() >= CLASSES_MAX {
            self.by_hash.clear();
            self.all.clear();
        }
        let (groups, wanted) = make();
        self.last = self.all.len();
        self.by_hash.insert(hash, self.last);
        self.all.push(Class { origin: owned(origin), groups, wanted });
        self.all.last()
    }
}

fn owned(origin: &Origin<'_>) -> Origin<'static> {
    let owned = |text: &std::borrow::Cow<'_, str>| text.clone().into_owned().into();
    Origin {
        product: origin.product.as_ref().map(owned),
        services: origin.services.iter().map(owned).collect(),
        categories: origin.categories.iter().map(owned).collect(),
    }
}
