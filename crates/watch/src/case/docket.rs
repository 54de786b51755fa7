//! All cases, and which one a sighting belongs to.

use super::entity::Entity;
use super::record::{Case, CaseId, Status};
use crate::sighting::Sighting;
use crate::sigma::rule::Level;
use model::{EventMillis, EventTime};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How grave a sighting must be to open a case.
pub const OPENING_LEVEL: Level = Level::High;
/// How grave a sighting must be to be remembered for a case at all.
pub const JOINING_LEVEL: Level = Level::Medium;
/// How long an entity joins what is seen on it, in days: the intruders of the commission were there for 403, silent for up to 270.
pub const MEMORY_DAYS: i64 = 400;

/// What became of a sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// It is not grave enough, or names nobody.
    Apart,
    /// It belongs to a case.
    Placed {
        /// Which one.
        case: CaseId,
        /// It opened the case, or made it grave enough to be worked on.
        is_opened: bool,
        /// The case had been closed, and is open again.
        is_reopened: bool,
        /// Younger cases that it showed to be the same one.
        joined: Vec<CaseId>,
        /// What it has in common with what was known; empty for the first sighting of a case.
        by: Vec<Entity>,
    },
}

/// All cases.
#[derive(Debug, Clone, Default)]
pub struct Docket {
    cases: BTreeMap<CaseId, Case>,
    /// The cases that know an entity, but for those that were joined.
    by_entity: HashMap<Entity, BTreeSet<CaseId>>,
}

impl Docket {
    /// The docket with these cases.
    pub fn new(cases: impl IntoIterator<Item = Case>) -> Self {
        let mut docket = Self::default();
        for case in cases {
            if !matches!(case.status, Status::Joined(_)) {
                docket.index(case.id, case.entities.keys());
            }
            docket.cases.insert(case.id, case);
        }
        docket
    }

    /// A case.
    pub fn case(&self, id: CaseId) -> Option<&Case> {
        self.cases.get(&id)
    }

    /// A case, to be answered or closed.
    pub fn case_mut(&mut self, id: CaseId) -> Option<&mut Case> {
        self.cases.get_mut(&id)
    }

    /// The case that a case is part of now: itself, or the one that it was joined to at last.
    pub fn current(&self, id: CaseId) -> CaseId {
        let mut current = id;
        // Cases are joined to older ones only, so this ends.
        while let Some(Status::Joined(older)) = self.cases.get(&current).map(|case| &case.status) {
            if *older >= current {
                break;
            }
            current = *older;
        }
        current
    }

    /// All of them, the oldest first.
    pub fn cases(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.cases.values()
    }

    /// Where a sighting belongs. The same sighting must be placed once only.
    pub fn place(&mut self, sighting: &Sighting, now: EventTime) -> Placement {
        if sighting.rule.level < JOINING_LEVEL || sighting.entities.is_empty() {
            return Placement::Apart;
        }
        let (known, by) = self.known(sighting);
        let mut known = known.into_iter();
        let id = known.next().unwrap_or_else(|| self.next_id());
        let mut case = self.cases.remove(&id).unwrap_or_else(|| Case::new(id, sighting.time));
        let before = case.status.clone();
        let joined: Vec<CaseId> = known.collect();
        joined.iter().for_each(|younger| self.join(&mut case, *younger, now));
        case.take(sighting, now);
        let placement = Placement::Placed {
            case: id,
            is_opened: before == Status::Forming && case.status == Status::Open,
            is_reopened: matches!(before, Status::Closed { .. }) && case.status == Status::Open,
            joined,
            by,
        };
        // A full case remembers no more entities, and must then not be found by them.
        self.index(id, sighting.entities.iter().filter(|entity| case.entities.contains_key(*entity)));
        self.cases.insert(id, case);
        placement
    }

    /// The cases that know an entity of the sighting, the oldest first, and these entities.
    fn known(&self, sighting: &Sighting) -> (BTreeSet<CaseId>, Vec<Entity>) {
        let mut cases = BTreeSet::new();
        let mut by = Vec::new();
        for entity in &sighting.entities {
            let of_entity = self.by_entity.get(entity).into_iter().flatten();
            let near: Vec<CaseId> =
                of_entity.copied().filter(|id| self.is_within_memory(*id, entity, sighting.time)).collect();
            if !near.is_empty() {
                by.push(entity.clone());
                cases.extend(near);
            }
        }
        (cases, by)
    }

    fn is_within_memory(&self, id: CaseId, entity: &Entity, time: EventMillis) -> bool {
        const MEMORY_MILLIS: i64 = MEMORY_DAYS * model::time::DAY_SECS * 1_000;
        let span = self.cases.get(&id).and_then(|case| case.entities.get(entity));
        span.is_some_and(|span| {
            time >= span.first.plus_millis(-MEMORY_MILLIS) && time <= span.last.plus_millis(MEMORY_MILLIS)
        })
    }

    fn next_id(&self) -> CaseId {
        CaseId(self.cases.keys().next_back().map_or(1, |last| last.0.saturating_add(1)))
    }

    fn join(&mut self, case: &mut Case, younger: CaseId, now: EventTime) {
        let Some(other) = self.cases.get_mut(&younger) else { return };
        case.take_over(other, now);
        other.status = Status::Joined(case.id);
        for entity in other.entities.keys() {
            let cases = self.by_entity.entry(entity.clone()).or_default();
            cases.remove(&younger);
            if case.entities.contains_key(entity) {
                cases.insert(case.id);
            }
        }
    }

    /// Knows from now on that a case knows these entities.
    fn index<'a>(&mut self, id: CaseId, entities: impl Iterator<Item = &'a Entity>) {
        for entity in entities {
            match self.by_entity.get_mut(entity) {
                Some(cases) => {
                    cases.insert(id);
                }
                None => {
                    self.by_entity.insert(entity.clone(), BTreeSet::from([id]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
