//! A rule, as its author wrote it, with its detection taken apart.

use super::condition::Condition;

/// Where in a user's files something stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it.
    pub file: std::sync::Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

/// How grave a match is (specification, `level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Worth recording, never an alert.
    Informational,
    /// Seldom of interest alone.
    Low,
    /// To be looked at in time.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

impl Level {
    /// Sigma's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|level| level.word() == word)
    }
}

/// What logs a rule is about; an absent word means any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Logsource {
    /// `process_creation`, `webserver`, ...
    pub category: Option<String>,
    /// `windows`, `linux`, ...
    pub product: Option<String>,
    /// `security`, `iis`, ...
    pub service: Option<String>,
}

/// A rule that looks at one event at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its UUID, or the title where it has none.
    pub id: String,
    /// Its `name`, by which correlations refer to it.
    pub name: Option<String>,
    /// What it finds, in a line.
    pub title: String,
    /// What it finds, at length.
    pub description: String,
    /// How grave a match is; `medium` where the rule does not say.
    pub level: Level,
    /// `attack.t1190`, ...
    pub tags: Vec<String>,
    /// Lawful things that match too.
    pub falsepositives: Vec<String>,
    /// The fields that a person should see with a match.
    pub fields: Vec<String>,
    /// What logs it is about.
    pub logsource: Logsource,
    /// When it matches: one of them (a rule may have a list of conditions).
    pub conditions: Vec<Condition>,
    /// Where it stands.
    pub place: Place,
}
