//! What commands and the HTTP interface print of sightings and cases as JSON: a promise to other programs.

use super::document::{CaseDocument, SightingDocument};
use crate::clock::rfc3339;
use model::EventMillis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use watch::case::{Case, CaseId, Question};
use watch::sighting::{RuleHead, Sighting};
use watch::sigma::rule::Level;

/// A rule, as far as a reader of sightings needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRow {
    /// Its id.
    pub id: String,
    /// What it finds.
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// `attack.t1190`, ...
    pub tags: Vec<String>,
}

impl From<&RuleHead> for RuleRow {
    fn from(rule: &RuleHead) -> Self {
        Self {
            id: rule.id.clone(),
            title: rule.title.clone(),
            level: rule.level.word().to_owned(),
            tags: rule.tags.clone(),
        }
    }
}

impl From<&RuleRow> for RuleHead {
    fn from(row: &RuleRow) -> Self {
        Self {
            id: row.id.clone(),
            title: row.title.clone(),
            level: Level::from_word(&row.level).unwrap_or(Level::Medium),
            tags: row.tags.clone(),
        }
    }
}

/// One sighting of `watch scan --format jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingRow {
    /// The rule.
    pub rule: RuleRow,
    /// When it happened, RFC 3339 in UTC with milliseconds.
    pub time: String,
    /// What wrote the event, such as `windows/sysmon`.
    pub logsource: String,
    /// The file, or the source by its name.
    pub source: String,
    /// `line N` or `record N`.
    pub position: String,
    /// The fields that the rule looked at.
    pub event: BTreeMap<String, String>,
    /// The case that it belongs to.
    pub case: Option<String>,
}

impl SightingRow {
    /// The row of a sighting.
    pub fn new(sighting: &Sighting, case: Option<String>) -> Self {
        Self {
            rule: RuleRow::from(sighting.rule.as_ref()),
            time: millis_rfc3339(sighting.time),
            logsource: sighting.logsource.clone(),
            source: sighting.source.clone(),
            position: sighting.position.clone(),
            event: joined(&sighting.fields),
            case,
        }
    }
}

impl SightingRow {
    /// The case that the sighting belonged to when it was recorded.
    pub fn case_id(&self) -> Option<CaseId> {
        self.case.as_deref()?.parse().ok()
    }
}

/// Several values of one field stand in one text, as a person would write them.
fn joined(fields: &[(String, String)]) -> BTreeMap<String, String> {
    let mut row: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in fields {
        row.entry(name.clone())
            .and_modify(|known| {
                known.push_str(", ");
                known.push_str(value);
            })
            .or_insert_with(|| value.clone());
    }
    row
}

/// A time with milliseconds as RFC 3339 in UTC; times that no calendar holds as milliseconds.
pub fn millis_rfc3339(time: EventMillis) -> String {
    let Ok(stamp) = jiff::Timestamp::from_millisecond(time.0) else { return format!("{}ms", time.0) };
    let text = stamp.to_string();
    if text.contains('.') { format!("{stamp:.3}") } else { text }
}

/// A case as `case list` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseHeadRow {
    /// Its id.
    pub id: String,
    /// `forming`, `open`, `closed` or `joined`.
    pub status: String,
    /// The gravest that was seen.
    pub level: String,
    /// What it is called by.
    pub title: String,
    /// The first sighting, RFC 3339.
    pub first: String,
    /// The last one.
    pub last: String,
    /// How many there are.
    pub sightings: u64,
    /// Hosts, accounts, addresses and paths, such as `host exch01`.
    pub entities: Vec<String>,
    /// Questions that keep it open.
    pub open_questions: Vec<String>,
}

/// Entities that a line of a list names.
const ENTITIES_IN_HEAD: usize = 6;

impl From<&Case> for CaseHeadRow {
    fn from(case: &Case) -> Self {
        Self {
            id: case.id.to_string(),
            status: case.status.word().to_owned(),
            level: case.level().word().to_owned(),
            title: case.title().to_owned(),
            first: millis_rfc3339(case.span.first),
            last: millis_rfc3339(case.span.last),
            sightings: case.sightings,
            entities: case.entities.keys().take(ENTITIES_IN_HEAD).map(ToString::to_string).collect(),
            open_questions: case.unsettled().into_iter().map(|question| question.word().to_owned()).collect(),
        }
    }
}

/// Everything about a case: `case show --format json` and `case export`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// As it is stored.
    #[serde(flatten)]
    pub case: CaseDocument,
    /// The gravest that was seen.
    pub level: String,
    /// What it is called by.
    pub title: String,
    /// ATT&CK techniques with their first time.
    pub techniques: BTreeMap<String, String>,
    /// How each question stands.
    pub questions: BTreeMap<String, String>,
    /// The clocks of notification.
    pub clocks: Vec<ClockRow>,
    /// Its sightings in order of time.
    pub timeline: Vec<SightingDocument>,
}

/// A clock of notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRow {
    /// What is to be done.
    pub what: String,
    /// The law.
    pub source: String,
    /// When it began; `null` before the house says that it is aware of a breach.
    pub since: Option<String>,
    /// When it ends, where the law names a time.
    pub until: Option<String>,
}

/// A notification must be made to the supervisor within so many hours (UK GDPR, article 33(1)).
pub const SUPERVISOR_HOURS: i64 = 72;

/// The clocks of a case.
pub fn clocks(case: &Case) -> Vec<ClockRow> {
    let since = case.aware_at.map(rfc3339);
    let until = case.aware_at.map(|aware| rfc3339(aware.plus_secs(SUPERVISOR_HOURS * 3_600)));
    let clock = |what: &str, source: &str, until| ClockRow {
        what: what.to_owned(),
        source: source.to_owned(),
        since: since.clone(),
        until,
    };
    vec![
        clock(
            "notify the supervisory authority (in the UK: ICO) within 72 hours",
            "UK GDPR article 33(1)",
            until,
        ),
        clock(
            "tell the people concerned without undue delay if the risk to them is high",
            "UK GDPR article 34(1)",
            None,
        ),
    ]
}

impl CaseRow {
    /// The row of a case with its sightings.
    pub fn new(case: &Case, timeline: Vec<SightingDocument>) -> Self {
        Self {
            case: CaseDocument::from(case),
            level: case.level().word().to_owned(),
            title: case.title().to_owned(),
            techniques: case
                .techniques()
                .into_iter()
                .map(|(name, time)| (name, millis_rfc3339(time)))
                .collect(),
            questions: Question::ALL
                .into_iter()
                .map(|question| (question.word().to_owned(), case.stand(question).word().to_owned()))
                .collect(),
            clocks: clocks(case),
            timeline,
        }
    }
}
