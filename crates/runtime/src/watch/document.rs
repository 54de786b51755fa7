//! Cases and sightings as they are stored: JSON of their own, so that what is on disk does not change when the part does.

use super::row::{RuleRow, SightingRow};
use model::{EventMillis, EventTime};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use watch::case::{Answer, Case, CaseId, Entity, EntityKind, Question, RuleShare, Span, Status};
use watch::sighting::{RuleHead, Sighting, SightingId};

/// A sighting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingDocument {
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// As it is printed.
    #[serde(flatten)]
    pub row: SightingRow,
    /// Milliseconds since 1970, by which it is ordered.
    pub millis: i64,
    /// Whom and what it is about.
    pub entities: Vec<EntityDocument>,
    /// Entry of the evidence log.
    pub evidence: u64,
}

impl SightingDocument {
    /// The document of a sighting.
    pub fn new(sighting: &Sighting, case: Option<CaseId>, evidence: u64) -> Self {
        Self {
            id: sighting.id.to_string(),
            row: SightingRow::new(sighting, case.map(|id| id.to_string())),
            millis: sighting.time.0,
            entities: sighting.entities.iter().map(EntityDocument::from).collect(),
            evidence,
        }
    }

    /// The sighting's id.
    pub fn sighting_id(&self) -> Option<SightingId> {
        self.id.parse().ok()
    }
}

/// Whom or what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityDocument {
    /// `host`, `account`, `address` or `path`.
    pub kind: String,
    /// In one spelling.
    pub name: String,
}

impl From<&Entity> for EntityDocument {
    fn from(entity: &Entity) -> Self {
        Self { kind: entity.kind.word().to_owned(), name: entity.name.clone() }
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseDocument {
    /// `CASE-1`.
    pub id: String,
    /// `forming`, `open`, `closed` or `joined`.
    pub status: String,
    /// Who closed it, or the case that it was joined to.
    pub ended_by: Option<String>,
    /// When it was closed, in seconds since 1970.
    pub closed_at: Option<i64>,
    /// What was concluded.
    pub conclusion: Option<String>,
    /// The first sighting, in milliseconds since 1970.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// How many there are.
    pub sightings: u64,
    /// What found them.
    pub rules: Vec<RuleDocument>,
    /// Whom and what they are about.
    pub entities: Vec<SeenDocument>,
    /// What was answered.
    pub answers: Vec<AnswerDocument>,
    /// When it was opened again.
    pub reopened_at: Option<i64>,
    /// How often.
    pub reopenings: u32,
    /// When the house became aware of a breach of personal data.
    pub aware_at: Option<i64>,
}

/// What one rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDocument {
    /// The rule.
    #[serde(flatten)]
    pub rule: RuleRow,
    /// How many sightings.
    pub sightings: u64,
    /// The first, in milliseconds since 1970.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// An entity of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDocument {
    /// Which one.
    #[serde(flatten)]
    pub entity: EntityDocument,
    /// The first sighting on it, in milliseconds since 1970.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDocument {
    /// `entry-vector`, `persistence`, `credentials` or `scope`.
    pub question: String,
    /// In words.
    pub text: String,
    /// Sightings and entries of the evidence log.
    pub evidence: Vec<String>,
    /// The account.
    pub by: String,
    /// The second account, where it was accepted as open.
    pub accepted_by: Option<String>,
    /// When, in seconds since 1970.
    pub at: i64,
}

impl From<&Case> for CaseDocument {
    fn from(case: &Case) -> Self {
        let (ended_by, closed_at, conclusion) = match &case.status {
            Status::Closed { by, at, conclusion } => (Some(by.clone()), Some(at.0), Some(conclusion.clone())),
            Status::Joined(older) => (Some(older.to_string()), None, None),
            Status::Forming | Status::Open => (None, None, None),
        };
        Self {
            id: case.id.to_string(),
            status: case.status.word().to_owned(),
            ended_by,
            closed_at,
            conclusion,
            first: case.span.first.0,
            last: case.span.last.0,
            sightings: case.sightings,
            rules: case.rules.values().map(RuleDocument::from).collect(),
            entities: case.entities.iter().map(SeenDocument::from).collect(),
            answers: case.answers.iter().map(AnswerDocument::from).collect(),
            reopened_at: case.reopened_at.map(|time| time.0),
            reopenings: case.reopenings,
            aware_at: case.aware_at.map(|time| time.0),
        }
    }
}

impl From<&RuleShare> for RuleDocument {
    fn from(share: &RuleShare) -> Self {
        Self {
            rule: RuleRow::from(share.rule.as_ref()),
            sightings: share.sightings,
            first: share.span.first.0,
            last: share.span.last.0,
        }
    }
}

impl From<(&Entity, &Span)> for SeenDocument {
    fn from((entity, span): (&Entity, &Span)) -> Self {
        Self { entity: EntityDocument::from(entity), first: span.first.0, last: span.last.0 }
    }
}

impl From<(&Question, &Answer)> for AnswerDocument {
    fn from((question, answer): (&Question, &Answer)) -> Self {
        Self {
            question: question.word().to_owned(),
            text: answer.text.clone(),
            evidence: answer.evidence.clone(),
            by: answer.by.clone(),
            accepted_by: answer.accepted_by.clone(),
            at: answer.at.0,
        }
    }
}

impl CaseDocument {
    /// The case; `None` where the document names what no case has.
    pub fn to_case(&self) -> Option<Case> {
        let span = |first, last| Span { first: EventMillis(first), last: EventMillis(last) };
        let rule = |rule: &RuleDocument| {
            let share = RuleShare {
                rule: Arc::new(RuleHead::from(&rule.rule)),
                sightings: rule.sightings,
                span: span(rule.first, rule.last),
            };
            (rule.rule.id.clone(), share)
        };
        let entity = |seen: &SeenDocument| {
            let kind = EntityKind::from_word(&seen.entity.kind)?;
            Some((Entity { kind, name: seen.entity.name.clone() }, span(seen.first, seen.last)))
        };
        let answer =
            |answer: &AnswerDocument| Some((Question::from_word(&answer.question)?, answer.to_answer()));
        Some(Case {
            id: self.id.parse().ok()?,
            status: self.to_status()?,
            span: span(self.first, self.last),
            sightings: self.sightings,
            rules: self.rules.iter().map(rule).collect(),
            entities: self.entities.iter().map(entity).collect::<Option<_>>()?,
            answers: self.answers.iter().map(answer).collect::<Option<_>>()?,
            reopened_at: self.reopened_at.map(EventTime),
            reopenings: self.reopenings,
            aware_at: self.aware_at.map(EventTime),
        })
    }

    fn to_status(&self) -> Option<Status> {
        match self.status.as_str() {
            "forming" => Some(Status::Forming),
            "open" => Some(Status::Open),
            "closed" => Some(Status::Closed {
                by: self.ended_by.clone()?,
                at: EventTime(self.closed_at?),
                conclusion: self.conclusion.clone()?,
            }),
            "joined" => self.ended_by.as_ref()?.parse().ok().map(Status::Joined),
            _ => None,
        }
    }
}

impl AnswerDocument {
    fn to_answer(&self) -> Answer {
        Answer {
            text: self.text.clone(),
            evidence: self.evidence.clone(),
            by: self.by.clone(),
            accepted_by: self.accepted_by.clone(),
            at: EventTime(self.at),
        }
    }
}
