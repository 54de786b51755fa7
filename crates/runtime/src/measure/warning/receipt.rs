//! How a member says that a warning was read: signed in, or by the code that only the letter holds.

use super::{State, WARNINGS, Warning, entry, store};
use crate::data::Data;
use crate::measure::outbox::random_hex;
use crate::measure::{MeasureError, Result, note};
use evidence::Value;
use mail::message::digest;
use model::{Actor, EventTime, Role};

/// Bytes of a code, each two digits: 64 bits cannot be guessed.
const CODE_BYTES: usize = 8;

/// The text with a new code, and the digest of the code, which is all that is kept.
pub(super) fn with_code(id: &str, text: &str) -> Result<(String, String)> {
    let code = random_hex::<CODE_BYTES>()?;
    let told = format!(
        "{text}\nPlease tell us that you have read this: answer this message, or open the page /acknowledge of our mail security \
         console. The number of this warning is {id}, and the code that only you have is {code}.\n"
    );
    Ok((told, digest_of(&code)))
}

/// The member, signed in, has read a warning. The caller has made sure that the actor is `member`.
///
/// # Errors
/// [`MeasureError`]: by members only, and only the own warnings that were sent.
pub fn acknowledge(
    data: &mut Data,
    actor: &Actor,
    member: &str,
    id: &str,
    now: EventTime,
) -> Result<Warning> {
    if !actor.has(Role::MemberController) {
        return Err(MeasureError::RoleMissing("member-controller"));
    }
    // Somebody else's warning is as good as none: that it exists is not told.
    let warning = sent(data, id)?;
    if warning.member != member {
        return Err(MeasureError::Unknown("warning"));
    }
    note_read(data, warning, "signed in", now)
}

/// Somebody who has the letter has read it.
///
/// # Errors
/// [`MeasureError::Unknown`] where the warning or the code is none.
pub fn acknowledge_with_code(data: &mut Data, id: &str, code: &str, now: EventTime) -> Result<Warning> {
    let warning = sent(data, id)?;
    let expected = warning.code_digest.as_deref().unwrap_or_default();
    // Digests are compared, so the time that it takes tells nothing of the code.
    if digest_of(&code.trim().to_lowercase()) != expected {
        return Err(MeasureError::Unknown("warning"));
    }
    note_read(data, warning, "code", now)
}

fn sent(data: &Data, id: &str) -> Result<Warning> {
    let warning = WARNINGS.get(data, id)?;
    warning
        .filter(|warning| matches!(warning.state, State::Sent | State::Acknowledged))
        .ok_or(MeasureError::Unknown("warning"))
}

fn note_read(data: &mut Data, warning: Warning, how: &str, now: EventTime) -> Result<Warning> {
    if warning.state == State::Acknowledged {
        return Ok(warning);
    }
    let private = vec![("member", Value::from(warning.member.as_str())), ("how", Value::from(how))];
    let leaf = note::record(data, entry("warning.acknowledged", &warning, private, now))?;
    let read = Warning { state: State::Acknowledged, since: now, evidence: leaf.0, ..warning };
    store(data, &read)?;
    Ok(read)
}

fn digest_of(code: &str) -> String {
    digest(code.as_bytes()).to_string()
}
