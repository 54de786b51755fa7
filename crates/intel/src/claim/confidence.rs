//! How sure a claimant is: stated in one of three scales, and read in the others by a mapping that is written down here.
//!
//! Admiralty credibility and the numbers 0 to 100 are tied by STIX 2.1, appendix A. PHIA's yardstick is tied to the numbers by the
//! middle of each band; a number in a gap between two bands belongs to the nearer one. What was derived is never shown as stated.

use model::Likelihood;
use serde::{Deserialize, Serialize};

/// A confidence in the scale in which it was stated.
///
/// ```
/// use intel::claim::{Confidence, Credibility};
/// let stated: Confidence = "almost certain".parse()?;
/// assert_eq!(stated.score(), Some(97));
/// assert_eq!("B2".parse::<Confidence>()?.phia().map(|term| term.to_string()), Some("likely".into()));
/// assert_eq!("55".parse::<Confidence>()?.credibility(), Some(Credibility(3)));
/// # Ok::<(), intel::claim::ConfidenceError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Confidence {
    /// A term of the PHIA probability yardstick.
    Phia(Likelihood),
    /// A grade of the Admiralty code (NATO STANAG 2511), such as `B2`.
    Admiralty(Reliability, Credibility),
    /// A number, 0 to 100.
    Score(u8),
}

/// How reliable a source is, `A` to `F`. It says nothing about one piece of information, so no other scale is derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reliability(pub char);

/// How credible one piece of information is, 1 (confirmed) to 5 (improbable); 6 cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credibility(pub u8);

/// A text is a confidence in none of the scales.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no confidence: a PHIA term such as `highly likely`, an Admiralty grade such as `B2`, or 0 to 100"
)]
pub struct ConfidenceError(String);

/// The bands of the yardstick with the middle of each: 0-5, 10-20, 25-35, 40-50, 55-75, 80-90, 95-100.
const BANDS: [(Likelihood, u8); 7] = [
    (Likelihood::RemoteChance, 2),
    (Likelihood::HighlyUnlikely, 15),
    (Likelihood::Unlikely, 30),
    (Likelihood::RealisticPossibility, 45),
    (Likelihood::Likely, 65),
    (Likelihood::HighlyLikely, 85),
    (Likelihood::AlmostCertain, 97),
];

impl Confidence {
    /// As a number, 0 to 100; `None` where credibility cannot be judged.
    pub fn score(self) -> Option<u8> {
        match self {
            Self::Score(score) => Some(score),
            Self::Phia(term) => BANDS.iter().find(|(band, _)| *band == term).map(|(_, score)| *score),
            Self::Admiralty(_, Credibility(grade)) => match grade {
                1 => Some(90),
                2 => Some(70),
                3 => Some(50),
                4 => Some(30),
                5 => Some(10),
                _ => None,
            },
        }
    }

    /// As a term of the yardstick.
    pub fn phia(self) -> Option<Likelihood> {
        match self {
            Self::Phia(term) => Some(term),
            other => other.score().map(|score| Likelihood::of(f64::from(score) / 100.0)),
        }
    }

    /// As a credibility of the Admiralty code.
    pub fn credibility(self) -> Option<Credibility> {
        match self {
            Self::Admiralty(_, credibility) => Some(credibility),
            other => other.score().map(|score| match score {
                80.. => Credibility(1),
                60..=79 => Credibility(2),
                40..=59 => Credibility(3),
                20..=39 => Credibility(4),
                _ => Credibility(5),
            }),
        }
    }

    /// The scale in which it was stated.
    pub fn scale(self) -> &'static str {
        match self {
            Self::Phia(_) => "PHIA",
            Self::Admiralty(..) => "Admiralty",
            Self::Score(_) => "0-100",
        }
    }
}

impl std::str::FromStr for Confidence {
    type Err = ConfidenceError;

    fn from_str(text: &str) -> Result<Self, ConfidenceError> {
        let word = text.trim().to_lowercase();
        let term = BANDS.iter().map(|(term, _)| *term).find(|term| is_term(*term, &word)).map(Self::Phia);
        let score = || word.parse().ok().filter(|score| *score <= 100).map(Self::Score);
        term.or_else(|| admiralty(&word)).or_else(score).ok_or_else(|| ConfidenceError(text.to_owned()))
    }
}

/// Terms are written with and without their article.
fn is_term(term: Likelihood, word: &str) -> bool {
    let name = term.to_string();
    name == word || name.strip_prefix("a ") == Some(word)
}

fn admiralty(word: &str) -> Option<Confidence> {
    let mut letters = word.chars();
    let (source, information, rest) = (letters.next()?, letters.next()?, letters.next());
    let is_grade = ('a'..='f').contains(&source) && ('1'..='6').contains(&information) && rest.is_none();
    let credibility = u8::try_from(information.to_digit(10)?).ok()?;
    let grade = Confidence::Admiralty(Reliability(source.to_ascii_uppercase()), Credibility(credibility));
    is_grade.then_some(grade)
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Phia(term) => write!(f, "{term}"),
            Self::Admiralty(Reliability(source), Credibility(information)) => {
                write!(f, "{source}{information}")
            }
            Self::Score(score) => write!(f, "{score}"),
        }
    }
}

impl TryFrom<String> for Confidence {
    type Error = ConfidenceError;

    fn try_from(text: String) -> Result<Self, ConfidenceError> {
        text.parse()
    }
}

impl From<Confidence> for String {
    fn from(confidence: Confidence) -> Self {
        confidence.to_string()
    }
}
