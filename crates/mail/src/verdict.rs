//! The verdict on one message: which traits of phishing it shows, what they weigh together, what is proposed.
//!
//! Structure and identity only: who claims to write, from where, leading whither, built how. No list of words, no model of
//! language: what members are written about is nobody's business (the one table of names is that of well-known brands,
//! against the name that a sender gives himself). Pure, and a few microseconds for a usual message.

use crate::authentication::{AuthResult, Authentication};
use crate::beacon::Remote;
use crate::message::Message;
use crate::sender::SenderTraits;
use model::{Reason, Verdict};

mod brand;
mod content;
mod facts;
mod identity;
mod letters;
mod link;
mod service;
mod unread;
pub mod weight;

use facts::Facts;
pub(crate) use link::shown_host;
pub use unread::look_closer;

/// Score from which a message is kept from the reader until a person has looked.
pub const QUARANTINE_SCORE: u8 = 60;

/// What is proposed for a message, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The proposal.
    pub verdict: Verdict,
    /// How certain: 0 to 100. The logistic of the reasons' weights and [`weight::PRIOR`], in per cent, rounded down.
    pub score: u8,
    /// What speaks for and against, heaviest first.
    pub reasons: Vec<Reason>,
}

/// Judges one message. `remotes` and `traits` are its own, `authentication` what trusted servers found.
///
/// A message that does not reach [`QUARANTINE_SCORE`] is disarmed if rendering it would report the opening. That adds
/// nothing to the score: most lawful bulk mail carries such pixels, and a disarmed message can be read like any other.
///
/// ```
/// use mail::{authentication::Authentication, beacon, message::Reader, sender, verdict};
/// let raw = b"From: \"PayPal Support\" <x81kq0z7@freehost.example>\r\nTo: clerk@house.example\r\n\r\nhello";
/// let message = Reader::default().read(raw);
/// let remotes = beacon::remotes(&message);
/// let traits = sender::traits(&message, &remotes);
/// let judgement = verdict::judge(&message, &remotes, &traits, &Authentication::default());
/// assert!(judgement.reasons.iter().any(|reason| reason.code == "NAME_BRAND"));
/// ```
pub fn judge(
    message: &Message,
    remotes: &[Remote],
    traits: &SenderTraits,
    authentication: &Authentication,
) -> Judgement {
    let facts = Facts::of(message, remotes, traits);
    let mut reasons = Vec::new();
    identity::find(&facts, &mut reasons);
    link::find(&facts, &mut reasons);
    content::find(&facts, &mut reasons);
    find_authentication(authentication, &mut reasons);
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    let score = score(&reasons);
    let verdict = if score >= QUARANTINE_SCORE {
        Verdict::Quarantine
    } else if remotes.iter().any(Remote::is_beacon) {
        Verdict::Disarm
    } else {
        Verdict::Pass
    };
    Judgement { verdict, score, reasons }
}

/// The logistic function of the summed log odds, in per cent. 100 is left to proof, which a sum of weights is not.
fn score(reasons: &[Reason]) -> u8 {
    let log_odds = weight::PRIOR + reasons.iter().map(|reason| reason.weight).sum::<f32>();
    let percent = 100.0 / (1.0 + (-log_odds).exp());
    percent.clamp(0.0, 99.0) as u8
}

fn find_authentication(authentication: &Authentication, reasons: &mut Vec<Reason>) {
    let spf = authentication.spf.as_ref();
    if let Some(spf) = spf.filter(|spf| spf.result == AuthResult::Fail) {
        reasons.push(weight::SPF_FAIL.reason(spf.domain.clone()));
    }
    let Some(dmarc) = &authentication.dmarc else { return };
    match dmarc.result {
        AuthResult::Fail => reasons.push(weight::DMARC_FAIL.reason(dmarc.header_from.clone())),
        AuthResult::Pass => reasons.push(weight::DMARC_PASS.reason(dmarc.header_from.clone())),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
