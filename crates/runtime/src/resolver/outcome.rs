//! From `mail-auth`'s results to the words of RFC 8601.

use mail::authentication::{AuthResult, Dkim, Dmarc, DmarcPolicy};
use mail::domain::{domain_of, normal_host};
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::dmarc::Policy;
use mail_auth::{
    ArcOutput, AuthenticatedMessage, DkimOutput, DkimResult, DmarcOutput, DmarcResult, Error, SpfResult,
};
use model::limit;

pub(super) fn spf(result: SpfResult) -> AuthResult {
    match result {
        SpfResult::Pass => AuthResult::Pass,
        SpfResult::Fail => AuthResult::Fail,
        SpfResult::SoftFail => AuthResult::Softfail,
        SpfResult::Neutral => AuthResult::Neutral,
        SpfResult::TempError => AuthResult::Temperror,
        SpfResult::PermError => AuthResult::Permerror,
        SpfResult::None => AuthResult::None,
    }
}

pub(super) fn dkim(outputs: &[DkimOutput<'_>]) -> Vec<Dkim> {
    let results = outputs.iter().map(|output| match output.signature() {
        Some(signature) => of_signature(dkim_result(output.result()), signature),
        None => unnamed(dkim_result(output.result())),
    });
    results.take(limit::DKIM_RESULTS_MAX).collect()
}

/// A body that does not match its hash is a failed signature (RFC 6376 section 6.1.3), which `mail-auth` calls neutral.
fn dkim_result(result: &DkimResult) -> AuthResult {
    match result {
        DkimResult::Pass => AuthResult::Pass,
        DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch)) | DkimResult::Fail(_) => {
            AuthResult::Fail
        }
        DkimResult::Neutral(_) => AuthResult::Neutral,
        DkimResult::PermError(_) => AuthResult::Permerror,
        DkimResult::TempError(_) => AuthResult::Temperror,
        DkimResult::None => AuthResult::None,
    }
}

/// The result for a message that has ARC fields: its chain passes or fails (RFC 8617 section 4.4), and only want of an
/// answer leaves it open. What `mail-auth` calls no chain are then remains of one, which is a failure (section 5.2).
pub(super) fn arc(output: &ArcOutput<'_>) -> AuthResult {
    match output.result() {
        DkimResult::Pass => AuthResult::Pass,
        DkimResult::TempError(_) => AuthResult::Temperror,
        DkimResult::None | DkimResult::Neutral(_) | DkimResult::Fail(_) | DkimResult::PermError(_) => {
            AuthResult::Fail
        }
    }
}

pub(super) fn dmarc(output: &DmarcOutput) -> Dmarc {
    let policy = match output.policy() {
        Policy::None => Some(DmarcPolicy::None),
        Policy::Quarantine => Some(DmarcPolicy::Quarantine),
        Policy::Reject => Some(DmarcPolicy::Reject),
        Policy::Unspecified => None,
    };
    Dmarc {
        result: dmarc_result(&output.result()),
        header_from: normal_host(output.domain()).into_owned(),
        policy: output.dmarc_record().and(policy),
    }
}

fn dmarc_result(result: &DmarcResult) -> AuthResult {
    match result {
        DmarcResult::Pass => AuthResult::Pass,
        DmarcResult::Fail(_) => AuthResult::Fail,
        DmarcResult::TempError(_) => AuthResult::Temperror,
        DmarcResult::PermError(_) => AuthResult::Permerror,
        DmarcResult::None => AuthResult::None,
    }
}

/// What stands for the signatures until they are checked.
pub(super) fn unanswered_dkim(message: &AuthenticatedMessage<'_>) -> Vec<Dkim> {
    let signatures = message.dkim_headers.iter().take(limit::DKIM_RESULTS_MAX);
    signatures.map(|field| of_signature(AuthResult::Temperror, &field.header)).collect()
}

/// What stands for the chain until it is checked; `None` where there is no ARC field at all.
pub(super) fn unanswered_arc(message: &AuthenticatedMessage<'_>) -> Option<AuthResult> {
    let is_there = message.has_arc_errors
        || !(message.as_headers.is_empty()
            && message.ams_headers.is_empty()
            && message.aar_headers.is_empty());
    is_there.then_some(AuthResult::Temperror)
}

/// What stands for DMARC until it is checked.
pub(super) fn unanswered_dmarc(message: &AuthenticatedMessage<'_>) -> Dmarc {
    let header_from = normal_host(domain_of(message.from())).into_owned();
    Dmarc { result: AuthResult::Temperror, header_from, policy: None }
}

/// What stands for signatures that local limits do not let us check (RFC 8601 section 2.7.1, `policy`).
pub(super) fn refused() -> Dkim {
    unnamed(AuthResult::Policy)
}

fn of_signature(result: AuthResult, signature: &Signature) -> Dkim {
    Dkim { result, domain: normal_host(&signature.d).into_owned(), selector: signature.s.clone() }
}

fn unnamed(result: AuthResult) -> Dkim {
    Dkim { result, domain: String::new(), selector: String::new() }
}
