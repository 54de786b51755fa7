//! What is known of one case.

use super::entity::Entity;
use super::question::{Answer, Question, Stand};
use crate::sighting::{RuleHead, Sighting};
use crate::sigma::rule::Level;
use model::limit::CASE_ENTITIES_MAX;
use model::{EventMillis, EventTime};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The number of a case, from 1 in the order of opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(pub u64);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CASE-{}", self.0)
    }
}

/// Text that is no id of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a case: CASE-1 is one")]
pub struct InvalidCaseId;

impl FromStr for CaseId {
    type Err = InvalidCaseId;

    /// Takes the bare number too, because that is what people type.
    fn from_str(text: &str) -> Result<Self, InvalidCaseId> {
        let digits = text.strip_prefix("CASE-").or_else(|| text.strip_prefix("case-")).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidCaseId);
        }
        digits.parse().map(Self).map_err(|_| InvalidCaseId)
    }
}

/// How a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Sightings that alone are no reason to look; they are remembered until a grave one joins them.
    Forming,
    /// Somebody has to work on it.
    Open,
    /// Its questions are settled.
    Closed {
        /// The account that closed it.
        by: String,
        /// When.
        at: EventTime,
        /// The conclusion.
        conclusion: String,
    },
    /// Its sightings belong to an older case now.
    Joined(CaseId),
}

impl Status {
    /// Its word in files and on pages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Forming => "forming",
            Self::Open => "open",
            Self::Closed { .. } => "closed",
            Self::Joined(_) => "joined",
        }
    }
}

/// From when to when something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first time.
    pub first: EventMillis,
    /// The last time.
    pub last: EventMillis,
}

impl Span {
    /// A span of one moment.
    pub fn at(time: EventMillis) -> Self {
        Self { first: time, last: time }
    }

    /// Makes it reach to `other` too.
    pub fn cover(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// What one rule found in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleShare {
    /// The rule.
    pub rule: Arc<RuleHead>,
    /// How many sightings.
    pub sightings: u64,
    /// From when to when.
    pub span: Span,
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// How it stands.
    pub status: Status,
    /// From the first sighting to the last, in the time of the events.
    pub span: Span,
    /// How many sightings.
    pub sightings: u64,
    /// What found them, by the rule's id.
    pub rules: BTreeMap<String, RuleShare>,
    /// Whom and what they are about; at most [`CASE_ENTITIES_MAX`].
    pub entities: BTreeMap<Entity, Span>,
    /// The last answer to each question.
    pub answers: BTreeMap<Question, Answer>,
    /// When it was opened again after it had been closed, the last time.
    pub reopened_at: Option<EventTime>,
    /// How often it was opened again.
    pub reopenings: u32,
    /// When the house became aware that personal data was or may have been touched: the clocks of notification run from then.
    pub aware_at: Option<EventTime>,
}

/// Why a case cannot be closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseRefused {
    /// Questions are not settled.
    #[error("{} open: {}", count(.0.len()), names(.0))]
    Questions(Vec<Question>),
    /// It is not open.
    #[error("this case is {0}, not open")]
    NotOpen(&'static str),
}

fn count(questions: usize) -> String {
    if questions == 1 { "1 question is".to_owned() } else { format!("{questions} questions are") }
}

fn names(questions: &[Question]) -> String {
    questions.iter().map(|question| question.word()).collect::<Vec<_>>().join(", ")
}

impl Case {
    /// A case that has seen nothing yet.
    pub(super) fn new(id: CaseId, time: EventMillis) -> Self {
        Self {
            id,
            status: Status::Forming,
            span: Span::at(time),
            sightings: 0,
            rules: BTreeMap::new(),
            entities: BTreeMap::new(),
            answers: BTreeMap::new(),
            reopened_at: None,
            reopenings: 0,
            aware_at: None,
        }
    }

    /// The gravest that was seen.
    pub fn level(&self) -> Level {
        self.rules.values().map(|share| share.rule.level).max().unwrap_or(Level::Informational)
    }

    /// What the gravest rule found, the first of them: what a person calls the case by.
    pub fn title(&self) -> &str {
        let gravest =
            self.rules.values().max_by_key(|share| (share.rule.level, std::cmp::Reverse(share.span.first)));
        gravest.map_or("", |share| share.rule.title.as_str())
    }

    /// ATT&CK techniques with when they were first seen, in that order.
    pub fn techniques(&self) -> Vec<(String, EventMillis)> {
        let mut first: BTreeMap<String, EventMillis> = BTreeMap::new();
        for share in self.rules.values() {
            for technique in share.rule.techniques() {
                let seen = first.entry(technique).or_insert(share.span.first);
                *seen = (*seen).min(share.span.first);
            }
        }
        let mut techniques: Vec<_> = first.into_iter().collect();
        techniques.sort_by_key(|(_, time)| *time);
        techniques
    }

    /// How a question stands.
    pub fn stand(&self, question: Question) -> Stand {
        match self.answers.get(&question) {
            None => Stand::Open,
            Some(answer) if self.reopened_at.is_some_and(|reopened| answer.at < reopened) => Stand::Overtaken,
            Some(answer) if answer.accepted_by.is_some() => Stand::Accepted,
            Some(_) => Stand::Answered,
        }
    }

    /// The questions that keep it open.
    pub fn unsettled(&self) -> Vec<Question> {
        Question::ALL.into_iter().filter(|question| !self.stand(*question).is_settled()).collect()
    }

    /// Whether it may be closed.
    ///
    /// # Errors
    /// With what keeps it open.
    pub fn check_close(&self) -> Result<(), CloseRefused> {
        if self.status != Status::Open {
            return Err(CloseRefused::NotOpen(self.status.word()));
        }
        let unsettled = self.unsettled();
        if unsettled.is_empty() { Ok(()) } else { Err(CloseRefused::Questions(unsettled)) }
    }

    /// Takes a sighting in. A closed case is open again from `now` on.
    pub(super) fn take(&mut self, sighting: &Sighting, now: EventTime) {
        let span = Span::at(sighting.time);
        self.span.cover(span);
        self.sightings += 1;
        let new = || RuleShare { rule: Arc::clone(&sighting.rule), sightings: 0, span };
        let share = self.rules.entry(sighting.rule.id.clone()).or_insert_with(new);
        share.sightings += 1;
        share.span.cover(span);
        sighting.entities.iter().for_each(|entity| self.remember(entity, span));
        self.rise(sighting.rule.level, now);
    }

    /// Takes everything of a younger case over.
    pub(super) fn take_over(&mut self, other: &Self, now: EventTime) {
        self.span.cover(other.span);
        self.sightings += other.sightings;
        for (id, theirs) in &other.rules {
            match self.rules.get_mut(id) {
                Some(ours) => {
                    ours.sightings += theirs.sightings;
                    ours.span.cover(theirs.span);
                }
                None => {
                    self.rules.insert(id.clone(), theirs.clone());
                }
            }
        }
        other.entities.iter().for_each(|(entity, span)| self.remember(entity, *span));
        self.aware_at = [self.aware_at, other.aware_at].into_iter().flatten().min();
        self.rise(other.level(), now);
    }

    fn remember(&mut self, entity: &Entity, span: Span) {
        let is_full = self.entities.len() >= CASE_ENTITIES_MAX;
        match self.entities.get_mut(entity) {
            Some(known) => known.cover(span),
            None if is_full => {}
            None => {
                self.entities.insert(entity.clone(), span);
            }
        }
    }

    fn rise(&mut self, level: Level, now: EventTime) {
        match self.status {
            Status::Forming if level >= super::docket::OPENING_LEVEL => self.status = Status::Open,
            Status::Closed { .. } => {
                self.status = Status::Open;
                self.reopened_at = Some(now);
                self.reopenings = self.reopenings.saturating_add(1);
            }
            _ => {}
        }
    }
}
