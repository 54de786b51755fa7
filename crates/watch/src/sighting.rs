//! A sighting: a rule matched an event, or a correlation gave an alert. It says where to look and whom it is about.

use crate::case::entity::Entity;
use crate::correlation::{self, Offset};
use crate::sigma::rule::Level;
use model::EventMillis;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Identifies a sighting by what it was made of, so that reading the same log again gives the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SightingId(pub [u8; 16]);

impl SightingId {
    /// What the rule with the id `rule` says of the event at `at`.
    pub fn of_match(rule: &str, at: Offset) -> Self {
        Self(correlation::match_id(rule, at))
    }
}

impl fmt::Display for SightingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Text that is no id of a sighting: 32 hexadecimal digits are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a sighting: 32 hexadecimal digits are expected")]
pub struct NoSightingId;

impl FromStr for SightingId {
    type Err = NoSightingId;

    fn from_str(text: &str) -> Result<Self, NoSightingId> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoSightingId);
        }
        u128::from_str_radix(text, 16).map(|id| Self(id.to_be_bytes())).map_err(|_| NoSightingId)
    }
}

/// What a person needs to know of the rule behind a sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHead {
    /// Its id.
    pub id: String,
    /// What it finds.
    pub title: String,
    /// How grave a match is.
    pub level: Level,
    /// `attack.t1190`, ...
    pub tags: Vec<String>,
}

impl RuleHead {
    /// ATT&CK techniques among the tags, as ATT&CK spells them: `T1190`, `T1505.003`.
    pub fn techniques(&self) -> impl Iterator<Item = String> {
        self.tags.iter().filter_map(|tag| technique(tag))
    }
}

/// `attack.t1505.003` is `T1505.003`; a tactic or a group is none.
fn technique(tag: &str) -> Option<String> {
    let name = tag.strip_prefix("attack.")?;
    let digits = name.strip_prefix(['t', 'T'])?;
    let is_technique = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
    is_technique.then(|| format!("T{digits}"))
}

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Of what it was made.
    pub id: SightingId,
    /// The rule.
    pub rule: Arc<RuleHead>,
    /// When what was seen happened.
    pub time: EventMillis,
    /// `windows/sysmon`, `iis`, ...: what wrote the event.
    pub logsource: String,
    /// The file, or the source by its configured name.
    pub source: String,
    /// `line N` or `record N`, from 1.
    pub position: String,
    /// Fields of the event that the rule looked at, or that it wants shown.
    pub fields: Vec<(String, String)>,
    /// Whom and what it is about.
    pub entities: Vec<Entity>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_techniques_are_spelled_as_attack_spells_them() {
        let check = |tag, expected: Option<&str>| assert_eq!(technique(tag).as_deref(), expected, "{tag}");
        check("attack.t1190", Some("T1190"));
        check("attack.t1505.003", Some("T1505.003"));
        check("attack.persistence", None);
        check("attack.ta0003", None);
        check("attack.g0128", None);
        check("cve.2021-34473", None);
        check("attack.t", None);
    }

    #[test]
    fn an_id_is_read_as_it_is_printed() {
        let id = SightingId([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "07", "zz070707070707070707070707070707", "+7070707070707070707070707070707"] {
            assert_eq!(bad.parse::<SightingId>(), Err(NoSightingId), "{bad}");
        }
    }
}
