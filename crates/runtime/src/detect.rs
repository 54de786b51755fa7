//! One message through every detector: what is recorded of it and what is printed of it.

use crate::intake::{self, Detected};
use crate::resolver::{self, Resolver};
use crate::row::MessageRow;
use crate::source::RawMessage;
use mail::authentication::{AuthResult, Authentication};
use mail::feature::{self, Feature};
use mail::member::House;
use mail::message::{self, Message, Reader};
use mail::verdict::Judgement;
use mail::{beacon, sender, verdict};
use model::{Defect, EventTime, MailboxKind, Sha256};
use std::net::IpAddr;
use std::sync::Arc;

/// What detectors need beside the message.
#[derive(Clone)]
pub struct Settings {
    /// The members, to know whose mailbox a folder is.
    pub house: Arc<House>,
    /// Servers whose `Authentication-Results` are believed (RFC 8601 section 5).
    pub trusted_authserv_ids: Vec<String>,
    /// Asks name servers where that is allowed; offline it knows nothing and asks nobody.
    pub resolver: Arc<Resolver>,
    /// Time for messages that tell none.
    pub now: EventTime,
    /// Whether rows are wanted.
    pub wants_rows: bool,
}

/// What a mail server says of a message that it is handing over. It is believed where the message's own header says other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When it arrived.
    pub received: EventTime,
    /// The SMTP session, where there is one.
    pub envelope: Option<Envelope>,
}

/// The SMTP session of a message (RFC 5321).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The address that the message was received from, if it came by a network.
    pub client_ip: Option<IpAddr>,
    /// The name that the client said in HELO or EHLO.
    pub helo: String,
    /// The address of MAIL FROM without its angle brackets; empty for a bounce.
    pub mail_from: String,
    /// The addresses of RCPT TO without their angle brackets.
    pub rcpt_to: Vec<String>,
}

/// A detected message.
#[derive(Debug)]
pub struct Output {
    /// What is to be recorded.
    pub detected: Detected,
    /// The row as JSON, without line end; empty where rows are not wanted.
    pub row: Vec<u8>,
    /// What the detectors propose.
    pub judgement: Judgement,
    /// Which mail in which mailbox it is.
    pub identity: Identity,
    /// The same mail with its lines ended the other way, where it may be recorded so.
    pub twin: Option<Identity>,
    /// What is known of its sender's authentication.
    pub authentication: Authentication,
}

/// Runs one message through the detectors.
///
/// # Errors
/// A [`Defect`] where not even a header can be read: it is set aside.
pub fn detect(reader: &Reader, raw: &RawMessage, settings: &Settings) -> Result<Output, Defect> {
    detect_delivered(reader, raw, None, settings)
}

/// As [`detect`], of a message that a mail server is handing over.
///
/// # Errors
/// As [`detect`].
pub fn detect_delivered(
    reader: &Reader,
    raw: &RawMessage,
    delivery: Option<&Delivery>,
    settings: &Settings,
) -> Result<Output, Defect> {
    let mut message = reader.read(&raw.bytes);
    if message.headers == 0 {
        let reason = message.truncations.first().copied().unwrap_or("no header could be read").to_owned();
        return Err(Defect {
            source: raw.source.clone(),
            position: format!("byte {}", raw.position),
            reason,
        });
    }
    if let Some(delivery) = delivery {
        believe(&mut message, delivery);
    }
    deliver(&mut message, raw.mailbox.as_deref(), &settings.house);
    let remotes = beacon::remotes(&message);
    let traits = sender::traits(&message, &remotes);
    let envelope = delivery.and_then(|delivery| delivery.envelope.as_ref());
    let authentication = authenticate(&message, &raw.bytes, envelope, settings);
    let mut judgement = verdict::judge(&message, &remotes, &traits, &authentication);
    verdict::look_closer(&mut judgement, &message, &raw.bytes);
    let fallback = raw.fallback_time.unwrap_or(settings.now);
    let mut feature = Feature::of(&message, &remotes, traits, fallback);
    feature.digest = message::digest(&raw.bytes);
    feature.source = raw.source.clone();
    feature.is_authenticated =
        authentication.dmarc.as_ref().is_some_and(|dmarc| dmarc.result == AuthResult::Pass);
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
    let identity = Identity::of(&feature);
    // Archives end lines by LF, and hold nothing that came with CRLF: they need no second hash.
    let has_twin = delivery.is_some() || message::has_crlf(&raw.bytes);
    let twin = has_twin.then(|| Identity { digest: message::other_digest(&raw.bytes), ..identity.clone() });
    Ok(Output { detected, row, judgement, identity, twin, authentication })
}

/// The same mail in two members' mailboxes was delivered twice; read twice from one mailbox, it was delivered once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    digest: Sha256,
    /// Every mailbox that one delivery reached, sorted: by the first alone, whoever sends a mail to a decoy first and then to
    /// the decoy and others would leave the others out of the records.
    mailboxes: Vec<String>,
}

impl Identity {
    /// The identity of a recorded message.
    pub fn of(feature: &Feature) -> Self {
        let mut mailboxes = feature.delivered_to.clone();
        mailboxes.sort_unstable();
        Self { digest: feature.digest, mailboxes }
    }

    /// SHA-256 of the message as it was read.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }
}

/// By our own queries where these are allowed and the last hop is known, else by what trusted servers wrote.
fn authenticate(
    message: &Message,
    raw: &[u8],
    envelope: Option<&Envelope>,
    settings: &Settings,
) -> Authentication {
    let last_hop = || match envelope {
        Some(envelope) => envelope.client_ip.map(|client_ip| (client_ip, envelope.helo.clone())),
        None => message::last_hop(raw),
    };
    if !settings.resolver.is_offline()
        && let Some((client_ip, helo)) = last_hop()
    {
        let mail_from = message.mail_from.as_deref().unwrap_or_default();
        return settings.resolver.check(raw, &resolver::Envelope { client_ip, helo: &helo, mail_from });
    }
    let fields = message.authentication_results.iter().map(String::as_str);
    Authentication::from_headers(fields, &settings.trusted_authserv_ids)
}

/// A message can claim any date, any sender and any reader; the server that took it in knows.
///
/// Where we did not see the SMTP session ourselves, the mailbox tells when it was filled, and a mailbox that was moved or
/// copied was filled long after its mail arrived: the topmost `Received`, written by its server, tells better.
fn believe(message: &mut Message, delivery: &Delivery) {
    let received = delivery.received;
    message.received = Some(match (message.received, &delivery.envelope) {
        (Some(written), None) => written.min(received),
        _ => received,
    });
    if let Some(envelope) = &delivery.envelope {
        message.mail_from = Some(envelope.mail_from.clone());
        message.delivered_to = envelope.rcpt_to.iter().map(|address| address.to_lowercase()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMED: &str = "Authentication-Results: mx.house.example; dmarc=pass header.from=b.example\r\n\
        Received: from out.b.example (out.b.example [192.0.2.9]) by mx.house.example; Mon, 18 Jan 2021 10:11:32 +0000\r\n\
        From: a@b.example\r\n\r\nhello";

    fn is_authenticated(resolver: Resolver) -> bool {
        let settings = Settings {
            house: Arc::default(),
            trusted_authserv_ids: vec!["mx.house.example".into()],
            resolver: Arc::new(resolver),
            now: EventTime(0),
            wants_rows: false,
        };
        let raw = RawMessage {
            source: "a.eml".into(),
            mailbox: None,
            bytes: CLAIMED.into(),
            fallback_time: None,
            position: 0,
        };
        let output = detect(&Reader::default(), &raw, &settings).expect("a message");
        Feature::decode(&output.detected.record).expect("a record").is_authenticated
    }

    fn received(delivered: i64, envelope: Option<Envelope>) -> i64 {
        let mut message = Reader::default().read(CLAIMED.as_bytes());
        believe(&mut message, &Delivery { received: EventTime(delivered), envelope });
        message.received.expect("a time").0
    }

    #[test]
    fn a_mailbox_that_was_copied_keeps_the_days_of_its_mail() {
        let written = 1_610_964_692;
        assert_eq!(received(written + 86_400 * 1_000, None), written);
        assert_eq!(received(written - 5, None), written - 5, "no mail arrives after it was filed");
        let session = Envelope::default();
        assert_eq!(received(written + 9, Some(session)), written + 9, "what we saw ourselves is believed");
    }

    #[test]
    fn trusted_headers_count_offline_and_our_own_queries_where_allowed() {
        let nobody = [std::net::SocketAddr::from(([127, 0, 0, 1], 9))];
        let live = Resolver::servers(&nobody, std::time::Duration::from_millis(200)).expect("a resolver");
        assert!(is_authenticated(Resolver::offline()));
        assert!(!is_authenticated(live), "name servers that do not answer prove nothing");
    }
}
