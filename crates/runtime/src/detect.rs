//! One message through every detector: what is recorded of it and what is printed of it.

use crate::intake::{self, Detected};
use crate::row::MessageRow;
use crate::source::RawMessage;
use mail::authentication::Authentication;
use mail::feature::{self, Feature};
use mail::member::House;
use mail::message::{self, Message, Reader};
use mail::{beacon, sender, verdict};
use model::{Defect, EventTime, MailboxKind, Sha256};

/// What detectors need beside the message.
pub struct Settings {
    /// The members, to know whose mailbox a folder is.
    pub house: House,
    /// Servers whose `Authentication-Results` are believed (RFC 8601 section 5).
    pub trusted_authserv_ids: Vec<String>,
    /// Time for messages that tell none.
    pub now: EventTime,
    /// Whether rows are wanted.
    pub wants_rows: bool,
}

/// A detected message.
#[derive(Debug)]
pub struct Output {
    /// What is to be recorded.
    pub detected: Detected,
    /// The row as JSON, without line end; empty where rows are not wanted.
    pub row: Vec<u8>,
    /// What the detectors propose.
    pub verdict: model::Verdict,
    /// Which mail in which mailbox it is.
    pub identity: Identity,
}

/// Runs one message through the detectors.
///
/// # Errors
/// A [`Defect`] where not even a header can be read: it is set aside.
pub fn detect(reader: &Reader, raw: &RawMessage, settings: &Settings) -> Result<Output, Defect> {
    let mut message = reader.read(&raw.bytes);
    if message.headers == 0 {
        let reason = message.truncations.first().copied().unwrap_or("no header could be read").to_owned();
        return Err(Defect {
            source: raw.source.clone(),
            position: format!("byte {}", raw.position),
            reason,
        });
    }
    deliver(&mut message, raw.mailbox.as_deref(), &settings.house);
    let remotes = beacon::remotes(&message);
    let traits = sender::traits(&message, &remotes);
    let fields = message.authentication_results.iter().map(String::as_str);
    let authentication = Authentication::from_headers(fields, &settings.trusted_authserv_ids);
    let judgement = verdict::judge(&message, &remotes, &traits, &authentication);
    let fallback = raw.fallback_time.unwrap_or(settings.now);
    let mut feature = Feature::of(&message, &remotes, traits, fallback);
    feature.digest = message::digest(&raw.bytes);
    feature.source = raw.source.clone();
    feature.verdict = judgement.verdict;
    feature.score = judgement.score;
    let row = if settings.wants_rows {
        to_json(&MessageRow::of(&raw.source, &message, &remotes, &judgement))
    } else {
        Vec::new()
    };
    let detected = Detected {
        time: feature.time,
        record: feature.encode(),
        terms: feature::terms(&feature),
        payload: intake::payload(&feature),
    };
    Ok(Output { detected, row, verdict: judgement.verdict, identity: Identity::of(&feature) })
}

/// The same mail in two members' mailboxes was delivered twice; read twice from one mailbox, it was delivered once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    digest: Sha256,
    mailbox: String,
}

impl Identity {
    /// The identity of a recorded message.
    pub fn of(feature: &Feature) -> Self {
        Self { digest: feature.digest, mailbox: feature.delivered_to.first().cloned().unwrap_or_default() }
    }
}

/// Where the server wrote no `Delivered-To`, a mailbox folder that is named like a member or an address tells.
fn deliver(message: &mut Message, mailbox: Option<&str>, house: &House) {
    let Some(mailbox) = mailbox.filter(|_| message.delivered_to.is_empty()) else { return };
    let name =
        mailbox.trim_end_matches('/').rsplit('/').find(|name| !name.starts_with('.')).unwrap_or_default();
    let Some(member) =
        house.by_id(name).or_else(|| house.by_address(name)).and_then(|index| house.member(index))
    else {
        return;
    };
    let own =
        member.addresses.iter().find(|(_, kind)| *kind == MailboxKind::House).or(member.addresses.first());
    message.delivered_to.extend(own.map(|(address, _)| address.clone()));
}

/// Serialising plain structs with string keys cannot fail.
fn to_json(row: &MessageRow) -> Vec<u8> {
    serde_json::to_vec(row).expect("rows hold only strings and numbers")
}
