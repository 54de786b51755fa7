//! How well a domain of our own is protected against forgery and eavesdropping: SPF, DKIM, DMARC, MTA-STS and TLS-RPT.
//!
//! What records mean is told by pure functions of their text; who is asked for them is a [`Dns`]. Nothing is asked unless the
//! caller has a resolver that may ask.

mod ask;
mod dkim;
mod dmarc;
mod kept;
mod policy_file;
mod spf;
mod tag;
mod transport;

use crate::resolver::NoAnswer;
use serde::{Deserialize, Serialize};

pub use ask::{Live, look_up};
pub use kept::{Kept, all_kept, forget_others, is_due, keep, kept};

/// Who answers questions about names. `Ok` of nothing says that there is no such record.
pub trait Dns {
    /// The TXT records at a name, each as one text.
    ///
    /// # Errors
    /// [`NoAnswer`] where it is not known whether there are any.
    fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer>;

    /// The hosts that take mail for a name; the host `` where it says that none does (RFC 7505).
    ///
    /// # Errors
    /// [`NoAnswer`] where it is not known whether there are any.
    fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer>;
}

/// How good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Nothing to do.
    Good,
    /// It was not asked for, or nobody answered.
    Unknown,
    /// It works and could protect more.
    Improve,
    /// It is not there.
    Missing,
    /// It is there and does not protect.
    Bad,
}

impl Grade {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Improve => "improve",
            Self::Missing => "missing",
            Self::Bad => "bad",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topic {
    /// Which servers may send (RFC 7208).
    #[serde(rename = "SPF")]
    Spf,
    /// What receivers check signatures with (RFC 6376).
    #[serde(rename = "DKIM")]
    Dkim,
    /// What becomes of forged mail (RFC 7489).
    #[serde(rename = "DMARC")]
    Dmarc,
    /// Whether mail to us must be encrypted on its way (RFC 8461).
    #[serde(rename = "MTA-STS")]
    MtaSts,
    /// Who tells when it cannot be (RFC 8460).
    #[serde(rename = "TLS-RPT")]
    TlsRpt,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub topic: Topic,
    /// How good it is.
    pub grade: Grade,
    /// What is so.
    pub what: String,
    /// What to do; empty where there is nothing.
    pub advice: String,
}

/// Everything found of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posture {
    /// The domain.
    pub domain: String,
    /// The worst of the findings.
    pub grade: Grade,
    /// By topic.
    pub findings: Vec<Finding>,
}

/// The policy file of MTA-STS, which is fetched over HTTPS (RFC 8461 section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyFile<'a> {
    /// It was not fetched.
    NotFetched,
    /// Its text.
    Text(&'a str),
    /// Its server refused it, and so it does to senders.
    Refused(&'a str),
    /// Its server could not be reached from here.
    Unreachable(&'a str),
}

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// A domain of our own.
    pub domain: &'a str,
    /// The DKIM selectors that our servers sign with: DNS does not list them.
    pub selectors: &'a [String],
    /// Its MTA-STS policy.
    pub policy: PolicyFile<'a>,
}

/// Checks a domain.
pub fn check(dns: &dyn Dns, question: &Question<'_>) -> Posture {
    let domain = mail::domain::normal_host(question.domain).into_owned();
    let mut findings = spf::check(dns, &domain);
    findings.extend(dkim::check(dns, &domain, question.selectors));
    findings.extend(dmarc::check(dns, &domain));
    findings.extend(transport::check_mta_sts(dns, &domain, question.policy));
    findings.extend(transport::check_tls_rpt(dns, &domain));
    let grade = findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Unknown);
    Posture { domain, grade, findings }
}

impl Topic {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
            Self::MtaSts => "MTA-STS",
            Self::TlsRpt => "TLS-RPT",
        }
    }

    fn good(self, what: impl Into<String>) -> Finding {
        self.finding(Grade::Good, what, "")
    }

    fn improve(self, what: impl Into<String>, advice: &str) -> Finding {
        self.finding(Grade::Improve, what, advice)
    }

    fn missing(self, what: impl Into<String>, advice: &str) -> Finding {
        self.finding(Grade::Missing, what, advice)
    }

    fn bad(self, what: impl Into<String>, advice: &str) -> Finding {
        self.finding(Grade::Bad, what, advice)
    }

    fn unknown(self, what: impl Into<String>, advice: &str) -> Finding {
        self.finding(Grade::Unknown, what, advice)
    }

    fn unanswered(self) -> Finding {
        self.unknown(
            "the name servers did not answer",
            "it is asked for again within a day; `portcullis domain check --dns=ADDRESS` asks others",
        )
    }

    fn finding(self, grade: Grade, what: impl Into<String>, advice: &str) -> Finding {
        Finding { topic: self, grade, what: what.into(), advice: advice.to_owned() }
    }
}

#[cfg(test)]
mod tests;
