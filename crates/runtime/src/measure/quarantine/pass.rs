//! How a released message passes our own gate. Nothing in the message says that it may: a header could be forged. What it
//! says is known here by its digest, for those recipients that two persons decided about. Whoever sends the same bytes to
//! the same persons again sends them what they were allowed to have.

use super::Item;
use crate::data::Data;
use crate::measure::series;
use crate::measure::{Result, seconds};
use mail::message::digest;
use model::{EventTime, LeafIndex, Sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Batch, Records};

/// By digest and identifier of the message.
const PASSES: &str = "quarantine.pass";
/// Passes of one digest that are looked at: the same message to several groups of recipients.
const PASSES_MAX: usize = 64;
/// How long a pass holds, in seconds: as long as mail servers on the way may keep trying, and a mailbox may be read late.
const PASS_SECS: i64 = 30 * 86_400;

/// Fields that mail servers on the way put in or take out.
const TRACE_FIELDS: &[&str] = &[
    "arc-authentication-results",
    "arc-message-signature",
    "arc-seal",
    "authentication-results",
    "bcc",
    "content-length",
    "delivered-to",
    "envelope-to",
    "received",
    "received-spf",
    "resent-bcc",
    "return-path",
    "x-original-to",
];

#[derive(Serialize, Deserialize)]
struct Pass {
    item: String,
    rcpt_to: BTreeSet<String>,
    #[serde(with = "seconds")]
    until: EventTime,
    evidence: u64,
}

/// The message in quarantine that this is, if two persons released it to all of these recipients.
///
/// # Errors
/// When the store fails.
pub fn is_released(
    data: &Data,
    message: &[u8],
    rcpt_to: &[String],
    now: EventTime,
) -> Result<Option<String>> {
    if rcpt_to.is_empty() || data.store.records.scan(PASSES, None, 1)?.is_empty() {
        return Ok(None);
    }
    let prefix = format!("{}/", essence(message));
    let passes = data.store.records.scan(PASSES, Some(&prefix), PASSES_MAX)?;
    for (key, _) in passes.iter().take_while(|(key, _)| key.starts_with(&prefix)) {
        let Some(pass) = series::document::<Pass>(data, PASSES, key)? else { continue };
        let is_for_all = rcpt_to.iter().all(|address| pass.rcpt_to.contains(&normal(address)));
        if is_for_all && now < pass.until {
            return Ok(Some(pass.item));
        }
    }
    Ok(None)
}

pub(super) fn register(
    batch: &mut Batch,
    message: &[u8],
    item: &Item,
    leaf: LeafIndex,
    now: EventTime,
) -> Result<()> {
    let pass = Pass {
        item: item.id.clone(),
        rcpt_to: item.rcpt_to.iter().map(|address| normal(address)).collect(),
        until: now.plus_secs(PASS_SECS),
        evidence: leaf.0,
    };
    series::put(batch, PASSES, &format!("{}/{}", essence(message), item.id), &pass)
}

fn normal(address: &str) -> String {
    address.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase()
}

/// Digest of what no mail server changes on the way: all fields but those of trace, and the body, with one spelling of line
/// ends and none at its end.
fn essence(message: &[u8]) -> Sha256 {
    let mut kept = Vec::with_capacity(message.len());
    let mut lines = message.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut is_trace = false;
    for line in lines.by_ref() {
        if line.is_empty() {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            is_trace = is_trace_field(line);
        }
        if !is_trace {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    kept.push(b'\n');
    for line in lines {
        kept.extend_from_slice(line);
        kept.push(b'\n');
    }
    while kept.last() == Some(&b'\n') {
        kept.pop();
    }
    digest(&kept)
}

fn is_trace_field(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).trim().to_lowercase();
    TRACE_FIELDS.contains(&name.as_str()) || name.starts_with("x-portcullis-")
}

#[cfg(test)]
mod tests {
    use super::essence;

    const SENT: &str = "Subject: a\r\nFrom: x@paper.example\r\n\r\nBody\r\n";

    #[track_caller]
    fn check(received: &str, is_same: bool) {
        assert_eq!(essence(received.as_bytes()) == essence(SENT.as_bytes()), is_same, "{received}");
    }

    #[test]
    fn what_servers_on_the_way_do_changes_nothing() {
        check(SENT, true);
        check(&SENT.replace("\r\n", "\n"), true);
        check(&format!("Received: from a.example\r\n\tby b.example; Mon\r\n{SENT}\r\n"), true);
        check(&format!("X-Portcullis-Verdict: pass\r\nReturn-Path: <x@paper.example>\r\n{SENT}"), true);
    }

    #[test]
    fn any_other_change_is_another_message() {
        check(&SENT.replace("Body", "Body."), false);
        check(&format!("Content-Type: text/html\r\n{SENT}"), false);
        check(&SENT.replace("Subject: a", "Subject: b"), false);
        check(&SENT.replace("\r\n\r\n", "\r\n\r\n\r\n"), false);
    }
}
