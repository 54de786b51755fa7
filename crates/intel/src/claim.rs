//! Claims: that somebody says something about somebody, when, on what basis, how sure, and what else it could be.
//!
//! A claim is never merged with another one, however alike their words are: whoever reads two findings of one month reads two.

mod confidence;
mod hypothesis;
mod vocabulary;

pub use confidence::{Confidence, ConfidenceError, Credibility, Reliability};
pub use hypothesis::Hypothesis;
pub use vocabulary::{Basis, Opinion, Relation};

use model::EventTime;
use model::limit::{CLAIM_ITEMS_MAX, CLAIM_REPLIES_MAX, CLAIM_RIVALS_MAX, CLAIM_TEXT_BYTES_MAX};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What it is about, such as `CASE-1`, a campaign, or an incident in words.
    pub subject: String,
    /// How subject and object belong together.
    pub relation: Relation,
    /// Who or what the subject is put down to.
    pub object: Object,
    /// Who says so: an authority, a company, ourselves.
    pub claimant: String,
    /// When it was said, in seconds since 1970.
    #[serde(with = "seconds")]
    pub made_at: EventTime,
    /// On what basis, in the words of EuRepoC.
    pub basis: Basis,
    /// How sure the claimant is, in the scale that the claimant used.
    pub confidence: Confidence,
    /// Where it can be read.
    pub source: String,
    /// What speaks for or against it.
    #[serde(default)]
    pub items: Vec<Item>,
    /// What else it could be, besides the two that are always there.
    #[serde(default)]
    pub rivals: Vec<Rival>,
}

/// Who or what a subject is put down to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// An actor by a name that its source gives it. It takes two persons to say so.
    Named(String),
    /// What is known without a name, such as `a state-affiliated entity`.
    Unnamed(String),
}

impl Object {
    /// Its words.
    pub fn text(&self) -> &str {
        match self {
            Self::Named(text) | Self::Unnamed(text) => text,
        }
    }

    /// Whether somebody is named.
    pub fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }
}

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What was observed, in words.
    pub text: String,
    /// Who reports it.
    pub source: String,
    /// Where it was seen first. What several sources have from one origin counts once.
    pub origin: String,
    /// Its entry of the evidence log, where we saw it ourselves.
    #[serde(default)]
    pub entry: Option<u64>,
    /// How much likelier the item is under a hypothesis than when the actor is unknown, with where the figure comes from.
    /// Without a figure the item is shown and weighs nothing.
    #[serde(default)]
    pub ratios: Option<Ratios>,
}

/// Likelihood ratios against the hypothesis `unknown`, which has 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratios {
    /// By hypothesis, between [`RATIO_MIN`] and [`RATIO_MAX`]; one that is missing has 1.
    pub of: BTreeMap<Hypothesis, f64>,
    /// Where the figures come from: a measurement, a paper, the judgement of a person who is named.
    pub source: String,
}

/// The smallest ratio of one item: nothing that a person wrote down is surer than a thousand to one.
pub const RATIO_MIN: f64 = 0.001;
/// The largest ratio of one item.
pub const RATIO_MAX: f64 = 1_000.0;

/// Something else that it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rival {
    /// The hypothesis.
    pub hypothesis: Hypothesis,
    /// Why it is one; may be empty.
    #[serde(default)]
    pub text: String,
}

/// What somebody answered to a claim. A denial is a STIX opinion `strongly-disagree`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Who answered.
    pub by: String,
    /// When.
    #[serde(with = "seconds")]
    pub at: EventTime,
    /// How far they agree.
    pub opinion: Opinion,
    /// What they said.
    pub text: String,
    /// Where it can be read.
    pub source: String,
}

/// Why a claim or a reply is none.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClaimError {
    /// A text is missing or too long.
    #[error("{field} has {bytes} bytes: it takes 1 to {CLAIM_TEXT_BYTES_MAX}")]
    Text {
        /// Which one.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// There is more than one claim can have.
    #[error("{count} {what}: at most {max}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many there can be.
        max: usize,
    },
    /// A likelihood ratio is no number in its range.
    #[error("item {item}: the ratio {ratio} of `{hypothesis}` is not between {RATIO_MIN} and {RATIO_MAX}")]
    Ratio {
        /// Number of the item, from 1.
        item: usize,
        /// Of which hypothesis.
        hypothesis: Hypothesis,
        /// The figure.
        ratio: f64,
    },
    /// `unknown` is what all others are measured by.
    #[error("item {item}: `unknown` is what ratios are measured by, and has none")]
    RatioOfUnknown {
        /// Number of the item, from 1.
        item: usize,
    },
    /// A ratio is about a hypothesis that the claim does not have.
    #[error("item {item}: `{hypothesis}` is neither the claim nor one of its rivals")]
    NoSuchHypothesis {
        /// Number of the item, from 1.
        item: usize,
        /// The hypothesis.
        hypothesis: Hypothesis,
    },
    /// The claim itself is listed as its rival.
    #[error("the claim is no rival of itself")]
    OwnRival,
}

impl Claim {
    /// All hypotheses: the claim, its rivals, and always a false flag and an unknown actor.
    pub fn hypotheses(&self) -> BTreeSet<Hypothesis> {
        let always = [Hypothesis::Claim, Hypothesis::FalseFlag, Hypothesis::Unknown];
        always.into_iter().chain(self.rivals.iter().map(|rival| rival.hypothesis.clone())).collect()
    }

    /// Whether it is one that can be kept.
    ///
    /// # Errors
    /// [`ClaimError`], naming what is missing or too much.
    pub fn check(&self) -> Result<(), ClaimError> {
        let texts = [
            ("the subject", self.subject.as_str()),
            ("the object", self.object.text()),
            ("the claimant", &self.claimant),
            ("the source", &self.source),
        ];
        texts.into_iter().try_for_each(|(field, value)| text(field, value))?;
        count("items", self.items.len(), CLAIM_ITEMS_MAX)?;
        count("rivals", self.rivals.len(), CLAIM_RIVALS_MAX)?;
        self.rivals.iter().try_for_each(check_rival)?;
        let hypotheses = self.hypotheses();
        self.items.iter().zip(1..).try_for_each(|(item, number)| check_item(item, number, &hypotheses))
    }
}

impl Reply {
    /// Whether it is one that can be kept beside `others` of the same claim.
    ///
    /// # Errors
    /// [`ClaimError`], naming what is missing or too much.
    pub fn check(&self, others: usize) -> Result<(), ClaimError> {
        count("replies", others.saturating_add(1), CLAIM_REPLIES_MAX)?;
        let texts = [("who replied", &self.by), ("the reply", &self.text), ("the source", &self.source)];
        texts.into_iter().try_for_each(|(field, value)| text(field, value))
    }
}

fn check_rival(rival: &Rival) -> Result<(), ClaimError> {
    match &rival.hypothesis {
        Hypothesis::Claim => Err(ClaimError::OwnRival),
        Hypothesis::Other(name) => text("a rival", name),
        Hypothesis::FalseFlag | Hypothesis::Unknown => Ok(()),
    }
}

fn check_item(item: &Item, number: usize, hypotheses: &BTreeSet<Hypothesis>) -> Result<(), ClaimError> {
    let texts = [
        ("an item", &item.text),
        ("the source of an item", &item.source),
        ("the origin of an item", &item.origin),
    ];
    texts.into_iter().try_for_each(|(field, value)| text(field, value))?;
    let Some(ratios) = &item.ratios else { return Ok(()) };
    text("the source of a ratio", &ratios.source)?;
    ratios.of.iter().try_for_each(|(hypothesis, ratio)| check_ratio(number, hypothesis, *ratio, hypotheses))
}

fn check_ratio(
    item: usize,
    hypothesis: &Hypothesis,
    ratio: f64,
    hypotheses: &BTreeSet<Hypothesis>,
) -> Result<(), ClaimError> {
    let hypothesis = hypothesis.clone();
    if hypothesis == Hypothesis::Unknown {
        Err(ClaimError::RatioOfUnknown { item })
    } else if !hypotheses.contains(&hypothesis) {
        Err(ClaimError::NoSuchHypothesis { item, hypothesis })
    } else if !(RATIO_MIN..=RATIO_MAX).contains(&ratio) {
        Err(ClaimError::Ratio { item, hypothesis, ratio })
    } else {
        Ok(())
    }
}

fn text(field: &'static str, value: &str) -> Result<(), ClaimError> {
    let bytes = value.trim().len();
    if (1..=CLAIM_TEXT_BYTES_MAX).contains(&bytes) { Ok(()) } else { Err(ClaimError::Text { field, bytes }) }
}

fn count(what: &'static str, count: usize, max: usize) -> Result<(), ClaimError> {
    if count <= max { Ok(()) } else { Err(ClaimError::TooMany { what, count, max }) }
}

/// Times in documents: whole seconds since 1970.
mod seconds {
    use model::EventTime;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &EventTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventTime, D::Error> {
        i64::deserialize(deserializer).map(EventTime)
    }
}

#[cfg(test)]
mod tests;
