//! The words of claims: relations and opinions of STIX 2.1, bases of the European Repository of Cyber Incidents (EuRepoC).

use serde::{Deserialize, Serialize};

/// How the subject of a claim and its object belong together; the relationship types of STIX 2.1, and one of ours for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// STIX `attributed-to`: the object did it, or answers for it.
    AttributedTo,
    /// STIX `related-to`: they have much in common, and more is not said.
    RelatedTo,
    /// STIX `duplicate-of`: two descriptions are of one actor.
    DuplicateOf,
    /// The object is another name that this source gives the subject.
    AlsoKnownAs,
}

/// On what basis an actor is named: the values of EuRepoC's field `attribution_basis`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A government or an entity of the state that was hit.
    ReceiverGovernment,
    /// An institution or agency of the European Union.
    EuInstitution,
    /// An international organisation.
    InternationalOrganization,
    /// The organisation that was hit.
    Receiver,
    /// The IT security community.
    ItSecurityCommunity,
    /// Media.
    Media,
    /// Somebody who was not hit.
    ThirdParty,
    /// Whoever did it says so.
    AttackerConfirms,
    /// Sources contradict each other.
    Contested,
}

/// STIX 2.1 `opinion-enum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opinion {
    /// A denial.
    StronglyDisagree,
    /// Rather not.
    Disagree,
    /// Neither.
    Neutral,
    /// Rather yes.
    Agree,
    /// A confirmation.
    StronglyAgree,
}

/// A word for each value, and each value for its word.
macro_rules! words {
    ($name:ident { $($value:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The word for it, as stored and exported.
            pub fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The value that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

words!(Relation {
    AttributedTo = "attributed-to",
    RelatedTo = "related-to",
    DuplicateOf = "duplicate-of",
    AlsoKnownAs = "also-known-as",
});

words!(Basis {
    ReceiverGovernment = "receiver-government",
    EuInstitution = "eu-institution",
    InternationalOrganization = "international-organization",
    Receiver = "receiver",
    ItSecurityCommunity = "it-security-community",
    Media = "media",
    ThirdParty = "third-party",
    AttackerConfirms = "attacker-confirms",
    Contested = "contested",
});

words!(Opinion {
    StronglyDisagree = "strongly-disagree",
    Disagree = "disagree",
    Neutral = "neutral",
    Agree = "agree",
    StronglyAgree = "strongly-agree",
});

impl Basis {
    /// The value in EuRepoC's data.
    pub fn eurepoc(self) -> &'static str {
        match self {
            Self::ReceiverGovernment => "Attribution by receiver government / state entity",
            Self::EuInstitution => "Attribution by EU institution/agency",
            Self::InternationalOrganization => "Attribution by international organization",
            Self::Receiver => "Receiver attributes attacker",
            Self::ItSecurityCommunity => "IT-security community attributes attacker",
            Self::Media => "Media-based attribution",
            Self::ThirdParty => "Attribution by third-party",
            Self::AttackerConfirms => "Attacker confirms",
            Self::Contested => "Contested attribution",
        }
    }
}
