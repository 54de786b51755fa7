//! One entry of a sanctions list, in the words that all lists share, beside everything that the list itself says of it.

use std::fmt;

/// Which list an entry stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListId {
    /// UK Sanctions List of the FCDO, since 28 January 2026 the only one of the United Kingdom.
    Uk,
    /// Specially Designated Nationals of OFAC.
    UsSdn,
    /// Consolidated non-SDN list of OFAC.
    UsConsolidated,
    /// Consolidated list of the UN Security Council.
    Un,
    /// Consolidated financial sanctions list of the European Union.
    Eu,
}

impl ListId {
    /// Every list.
    pub const ALL: [Self; 5] = [Self::Uk, Self::UsSdn, Self::UsConsolidated, Self::Un, Self::Eu];

    /// Short name, which is kept in evidence and in file names.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::UsSdn => "us-sdn",
            Self::UsConsolidated => "us-cons",
            Self::Un => "un",
            Self::Eu => "eu",
        }
    }

    /// The list with this short name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }
}

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What is designated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Kind {
    /// A human being.
    Person,
    /// A company, a body or a group.
    Organisation,
    /// A ship.
    Vessel,
    /// An aircraft.
    Aircraft,
    /// The list does not say.
    #[default]
    Unknown,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Person, Self::Organisation, Self::Vessel, Self::Aircraft, Self::Unknown];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Vessel => "vessel",
            Self::Aircraft => "aircraft",
            Self::Unknown => "unknown",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a name is to its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameRole {
    /// The name under which the list has the entry, in any script.
    Primary,
    /// Another name that the list holds for good ("a.k.a.", "good quality").
    Alias,
    /// A name that was borne before ("f.k.a.").
    Former,
    /// A name that the list itself calls weak or of low quality: alone it is no ground for suspicion.
    Weak,
}

impl NameRole {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Alias => "alias",
            Self::Former => "former",
            Self::Weak => "weak",
        }
    }
}

/// A name in the parts that the list gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NameParts {
    /// Family name; empty where the list leaves it open.
    pub family: String,
    /// Given and middle names, in the list's order; may be empty.
    pub given: String,
}

/// One name of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The whole name as one would write it, given names first where the list tells parts apart.
    pub text: String,
    /// What it is to its bearer.
    pub role: NameRole,
    /// Its parts, where the list tells them apart.
    pub parts: Option<NameParts>,
}

impl Name {
    /// A name without parts.
    pub fn whole(text: &str, role: NameRole) -> Self {
        Self { text: one_spaced(text), role, parts: None }
    }

    /// A name of given names and a family name. `None` where both are empty; one of them alone is no order of parts.
    pub fn of_parts(given: &str, family: &str, role: NameRole) -> Option<Self> {
        let (given, family) = (one_spaced(given), one_spaced(family));
        match (given.is_empty(), family.is_empty()) {
            (true, true) => None,
            (true, false) => Some(Self::whole(&family, role)),
            (false, true) => Some(Self::whole(&given, role)),
            (false, false) => Some(Self {
                text: format!("{given} {family}"),
                role,
                parts: Some(NameParts { family, given }),
            }),
        }
    }
}

/// Text with single blanks, and none at its ends: lists wrap and pad their cells.
pub(super) fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A date of which month and day may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// Year of the Gregorian calendar, 1000 to 2999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day of the month, 1 to 31; never without a month.
    pub day: Option<u8>,
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// When a person was born, as far as the list knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birth {
    /// The date, or the first one of a range.
    pub date: PartialDate,
    /// The last one of a range.
    pub until: Option<PartialDate>,
    /// The list says "circa" or "approximately".
    pub is_circa: bool,
}

impl Birth {
    /// A date that the list is sure of.
    pub const fn on(date: PartialDate) -> Self {
        Self { date, until: None, is_circa: false }
    }
}

impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_circa {
            f.write_str("circa ")?;
        }
        write!(f, "{}", self.date)?;
        match self.until {
            Some(until) => write!(f, " to {until}"),
            None => Ok(()),
        }
    }
}

/// A number that stands for one person or company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// What kind of number, in the list's own words, such as `Passport` or `Tax ID No.`.
    pub kind: String,
    /// The number as it is published.
    pub value: String,
    /// Who issued it, in the list's own words; empty where that is open.
    pub country: String,
}

/// One entry of a sanctions list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The list.
    pub list: ListId,
    /// The list's own identifier of the entry, which stays over its versions.
    pub uid: String,
    /// Identifiers of the same entry elsewhere, such as the OFSI Group ID or the reference of the UN.
    pub other_ids: Vec<String>,
    /// What is designated.
    pub kind: Kind,
    /// Names, primary ones first.
    pub names: Vec<Name>,
    /// Dates of birth; several where the list is unsure.
    pub births: Vec<Birth>,
    /// Nationalities and citizenships, in the list's own words.
    pub nationalities: Vec<String>,
    /// Passports, identity cards, registrations.
    pub identifiers: Vec<Identifier>,
    /// Addresses, one line each.
    pub addresses: Vec<String>,
    /// Regimes or programmes under which it is designated.
    pub programmes: Vec<String>,
    /// Everything of the published record as it is written there, in its order: the path of a field and its value.
    pub fields: Vec<(String, String)>,
}

impl Entry {
    /// An entry that has only its identifier yet.
    pub fn new(list: ListId, uid: &str) -> Self {
        Self {
            list,
            uid: uid.trim().to_owned(),
            other_ids: Vec::new(),
            kind: Kind::Unknown,
            names: Vec::new(),
            births: Vec::new(),
            nationalities: Vec::new(),
            identifiers: Vec::new(),
            addresses: Vec::new(),
            programmes: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// The first name, under which people find the entry.
    pub fn primary(&self) -> &str {
        self.names.first().map_or("", |name| name.text.as_str())
    }
}
