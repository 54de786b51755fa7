//! What a receiver found out about a message's sender: the results of SPF, DKIM, DMARC and ARC.
//!
//! Here they are read from `Authentication-Results` fields (RFC 8601) that hosts of the configured names wrote; the
//! runtime's resolver finds the same values out itself where DNS is allowed. In the campaigns that this program looks
//! for, authentication *passed*: it informs a judgement and never makes one.

use crate::domain::{domain_of, normal_host};
use model::limit;

pub mod alignment;
mod field;
mod lexer;
mod written;

pub use alignment::Alignment;
use field::{AuthenticationResults, ResInfo};

/// The outcome of one method, in the words of the RFC 8601 section 2.7 registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthResult {
    /// There was nothing to check: no record, no signature.
    None,
    /// The check succeeded.
    Pass,
    /// The check was made and failed.
    Fail,
    /// SPF only: the sender's domain disowns the client weakly.
    Softfail,
    /// The domain makes no statement, or the signature could not be processed.
    Neutral,
    /// The check succeeded, but local policy does not accept it.
    Policy,
    /// The check could not be made now, for example for want of DNS.
    Temperror,
    /// The check can never be made, for example for a record that does not parse.
    Permerror,
}

impl AuthResult {
    /// The result's keyword as RFC 8601 spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Softfail => "softfail",
            Self::Neutral => "neutral",
            Self::Policy => "policy",
            Self::Temperror => "temperror",
            Self::Permerror => "permerror",
        }
    }

    /// Reads a keyword in any case. Keywords that receivers invented are read as what they say with certainty:
    /// `bestguesspass` was no published policy, `hardfail` (RFC 5451) was a failure. `None` where it says nothing.
    fn from_keyword(keyword: &str) -> Option<Self> {
        const KEYWORDS: [(&str, AuthResult); 12] = [
            ("none", AuthResult::None),
            ("pass", AuthResult::Pass),
            ("fail", AuthResult::Fail),
            ("softfail", AuthResult::Softfail),
            ("neutral", AuthResult::Neutral),
            ("policy", AuthResult::Policy),
            ("temperror", AuthResult::Temperror),
            ("permerror", AuthResult::Permerror),
            ("hardfail", AuthResult::Fail),
            ("bestguesspass", AuthResult::None),
            ("error", AuthResult::Temperror),
            ("unknown", AuthResult::Permerror),
        ];
        let known = KEYWORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(keyword));
        known.map(|&(_, result)| result)
    }
}

/// Which of the two names of an SMTP client SPF was checked for (RFC 7208 sections 2.3 and 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpfIdentity {
    /// The domain of MAIL FROM, the one that DMARC aligns.
    MailFrom,
    /// The name that the client said in HELO or EHLO.
    Helo,
}

/// The result of SPF (RFC 7208).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// What the check came to.
    pub result: AuthResult,
    /// The domain that was checked, in lower case; empty where the receiver did not say.
    pub domain: String,
    /// Which identity that domain is.
    pub identity: SpfIdentity,
}

/// The result for one DKIM signature (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// What the check came to.
    pub result: AuthResult,
    /// The signing domain (`d=`), in lower case; empty where the receiver did not say.
    pub domain: String,
    /// The selector (`s=`); empty where the receiver did not say.
    pub selector: String,
}

/// What a domain owner asks for mail that fails DMARC (RFC 7489 section 6.3, `p=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DmarcPolicy {
    /// Nothing.
    None,
    /// To treat it as suspicious.
    Quarantine,
    /// To reject it.
    Reject,
}

impl DmarcPolicy {
    /// Reads `none`, `quarantine` or `reject` in any case.
    fn from_keyword(keyword: &str) -> Option<Self> {
        const KEYWORDS: [(&str, DmarcPolicy); 3] = [
            ("none", DmarcPolicy::None),
            ("quarantine", DmarcPolicy::Quarantine),
            ("reject", DmarcPolicy::Reject),
        ];
        let known = KEYWORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(keyword));
        known.map(|&(_, policy)| policy)
    }
}

/// The result of DMARC (RFC 7489).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// What the check came to.
    pub result: AuthResult,
    /// The domain of the From field as the receiver read it, in lower case; empty where it did not say.
    pub header_from: String,
    /// The policy that the domain publishes, where it was given.
    pub policy: Option<DmarcPolicy>,
}

/// All that is known about the authentication of one message. The default value knows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authentication {
    /// SPF, by preference of the MAIL FROM identity. `None` where nobody trusted reported it.
    pub spf: Option<Spf>,
    /// One result for each DKIM signature, at most [`limit::DKIM_RESULTS_MAX`], in the order in which they were given.
    pub dkim: Vec<Dkim>,
    /// DMARC. `None` where nobody trusted reported it.
    pub dmarc: Option<Dmarc>,
    /// The validity of the ARC chain as a whole (RFC 8617). `None` where nobody trusted reported it.
    pub arc: Option<AuthResult>,
}

impl Authentication {
    /// Reads the unfolded values of `Authentication-Results` fields, topmost first.
    ///
    /// A field counts only if its authserv-id is one of `trusted` (compared without regard to case). Microsoft 365
    /// writes the field without an authserv-id; such a field counts only if `trusted` holds the empty string. Where
    /// two trusted fields report one method, the upper one stands: it is the later hop's, and a forged field that a
    /// border host failed to remove (RFC 8601 section 5) lies below it. Takes time linear in the fields' bytes, and
    /// allocates nothing for fields that do not count.
    ///
    /// ```
    /// use mail::authentication::{Alignment, Authentication};
    /// let field = "mx.assembly.example; dkim=pass header.d=mail.daily.example; spf=none smtp.mailfrom=else.example";
    /// let found = Authentication::from_headers([field].into_iter(), &["mx.assembly.example".to_owned()]);
    /// assert_eq!(found.aligned("news@daily.example"), Alignment::Relaxed);
    /// ```
    pub fn from_headers<'a>(fields: impl Iterator<Item = &'a str>, trusted: &[String]) -> Self {
        let mut found = Self::default();
        for field in fields.take(limit::HEADERS_MAX) {
            let results = AuthenticationResults::parse(field);
            if trusted.iter().any(|id| id.eq_ignore_ascii_case(results.authserv_id())) {
                found.complete_from(Self::from_resinfos(results));
            }
        }
        found
    }

    /// How far the authenticated domains vouch for the domain of `header_from`, an address or a domain.
    pub fn aligned(&self, header_from: &str) -> Alignment {
        Alignment::of(self, header_from)
    }

    fn from_resinfos<'a>(resinfos: impl Iterator<Item = ResInfo<'a>>) -> Self {
        let mut found = Self::default();
        for resinfo in resinfos {
            let Some(result) = AuthResult::from_keyword(resinfo.result) else { continue };
            match resinfo.method {
                method if method.eq_ignore_ascii_case("spf") => found.note_spf(spf(result, &resinfo)),
                method if method.eq_ignore_ascii_case("dkim") => found.note_dkim(dkim(result, &resinfo)),
                method if method.eq_ignore_ascii_case("dmarc") => {
                    found.dmarc.get_or_insert_with(|| dmarc(result, &resinfo));
                }
                method if method.eq_ignore_ascii_case("arc") => {
                    found.arc.get_or_insert(result);
                }
                _ => {}
            }
        }
        found
    }

    /// A host may report SPF for HELO and for MAIL FROM; only the latter can align (RFC 7489 section 3.1.2).
    fn note_spf(&mut self, spf: Spf) {
        let is_better = self
            .spf
            .as_ref()
            .is_none_or(|held| held.identity == SpfIdentity::Helo && spf.identity == SpfIdentity::MailFrom);
        if is_better {
            self.spf = Some(spf);
        }
    }

    /// `dkim=none` says that there was no signature, which an empty list says already.
    fn note_dkim(&mut self, dkim: Dkim) {
        if dkim.result != AuthResult::None && self.dkim.len() < limit::DKIM_RESULTS_MAX {
            self.dkim.push(dkim);
        }
    }

    fn complete_from(&mut self, lower: Self) {
        self.spf = self.spf.take().or(lower.spf);
        self.dmarc = self.dmarc.take().or(lower.dmarc);
        self.arc = self.arc.or(lower.arc);
        if self.dkim.is_empty() {
            self.dkim = lower.dkim;
        }
    }
}

/// Which host an `Authentication-Results` field claims to be from, by its unfolded value; empty where it names none.
///
/// ```
/// assert_eq!(mail::authentication::authserv_id(" (by) mx.house.example 1; none"), "mx.house.example");
/// ```
pub fn authserv_id(field: &str) -> String {
    AuthenticationResults::parse(field).authserv_id().to_owned()
}

fn spf(result: AuthResult, resinfo: &ResInfo<'_>) -> Spf {
    let mail_from = resinfo.mail_from.as_deref().map(domain).filter(|domain| !domain.is_empty());
    match (mail_from, resinfo.helo.as_deref()) {
        (None, Some(helo)) => Spf { result, domain: domain(helo), identity: SpfIdentity::Helo },
        (mail_from, _) => {
            Spf { result, domain: mail_from.unwrap_or_default(), identity: SpfIdentity::MailFrom }
        }
    }
}

/// The signing domain is `header.d`; a host that reports the signing identity `header.i` instead names a domain at or
/// below it (RFC 6376 section 3.5).
fn dkim(result: AuthResult, resinfo: &ResInfo<'_>) -> Dkim {
    let signer = resinfo.signing_domain.as_deref().or(resinfo.signing_identity.as_deref());
    let selector = resinfo.selector.as_deref().filter(|selector| selector.len() <= limit::DOMAIN_BYTES_MAX);
    Dkim {
        result,
        domain: signer.map(domain).unwrap_or_default(),
        selector: selector.unwrap_or_default().to_owned(),
    }
}

fn dmarc(result: AuthResult, resinfo: &ResInfo<'_>) -> Dmarc {
    let stated = resinfo.policy.as_deref().or_else(|| resinfo.comment.and_then(policy_in_comment));
    Dmarc {
        result,
        header_from: resinfo.header_from.as_deref().map(domain).unwrap_or_default(),
        policy: stated.and_then(DmarcPolicy::from_keyword),
    }
}

/// Large receivers give the policy in a comment only: `(p=REJECT sp=REJECT dis=NONE)`.
fn policy_in_comment(comment: &str) -> Option<&str> {
    let mut words = comment.split([' ', ',', ';', '\t']);
    words.find_map(|word| word.strip_prefix("p=").or_else(|| word.strip_prefix("P=")))
}

/// The domain of an address or the domain itself, in its comparable spelling; empty where it is longer than DNS allows.
fn domain(pvalue: &str) -> String {
    let host = domain_of(pvalue.trim_matches(['<', '>']));
    if host.len() > limit::DOMAIN_BYTES_MAX { String::new() } else { normal_host(host).into_owned() }
}

#[cfg(test)]
mod tests;
