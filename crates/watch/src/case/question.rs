//! The four questions that must be answered before a case is over. In the case that this program was made for, an employee's report
//! was closed as an isolated incident with all four open.

use model::EventTime;

/// What must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// How did they come in?
    EntryVector,
    /// What did they leave behind to come back by?
    Persistence,
    /// Whose passwords, keys or tokens may they have?
    Credentials,
    /// Which machines, accounts and data could they reach?
    Scope,
}

impl Question {
    /// All, in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::EntryVector, Self::Persistence, Self::Credentials, Self::Scope];

    /// Its word in commands and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::EntryVector => "entry-vector",
            Self::Persistence => "persistence",
            Self::Credentials => "credentials",
            Self::Scope => "scope",
        }
    }

    /// The question that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.word() == word)
    }

    /// As it is asked.
    pub fn text(self) -> &'static str {
        match self {
            Self::EntryVector => "How did they come in?",
            Self::Persistence => "What did they leave behind to come back by?",
            Self::Credentials => "Whose passwords, keys or tokens may they have?",
            Self::Scope => "Which machines, accounts and data could they reach?",
        }
    }
}

/// An answer with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In words.
    pub text: String,
    /// Sightings of the case and entries of the evidence log that show it; empty only where it was accepted as open.
    pub evidence: Vec<String>,
    /// The account that answered, or that proposed to accept the question as open.
    pub by: String,
    /// The second account, where the question was accepted as open.
    pub accepted_by: Option<String>,
    /// When.
    pub at: EventTime,
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Nobody answered it.
    Open,
    /// It was answered before the intruder was seen again, so the answer did not hold or is not whole.
    Overtaken,
    /// It is answered with evidence.
    Answered,
    /// Two persons accepted that it stays open, with a reason.
    Accepted,
}

impl Stand {
    /// Its word in files and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overtaken => "overtaken",
            Self::Answered => "answered",
            Self::Accepted => "accepted",
        }
    }

    /// May the case be closed as far as this question goes?
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Answered | Self::Accepted)
    }
}
