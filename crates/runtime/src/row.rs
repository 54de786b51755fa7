//! What commands print as JSON: a promise to other programs, so these types are apart from those that parts work with.

use crate::clock::rfc3339;
use mail::beacon::Remote;
use mail::message::Message;
use mail::verdict::Judgement;
use model::Reason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One message of `mail scan --format jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Where it was read.
    pub source: String,
    /// `Message-ID` without brackets.
    pub message_id: String,
    /// `Date`, else the time of delivery, RFC 3339; `null` where nothing told.
    pub date: Option<String>,
    /// Author's address.
    pub from: String,
    /// Everyone it was addressed to.
    pub to: Vec<String>,
    /// `pass`, `disarm` or `quarantine`.
    pub verdict: String,
    /// 0 to 100.
    pub score: u8,
    /// What speaks for and against.
    pub reasons: Vec<ReasonRow>,
    /// Remote resources that may report an opening.
    pub beacons: Vec<BeaconRow>,
    /// The operation that it belongs to.
    pub campaign: Option<String>,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReasonRow {
    /// Stable name.
    pub code: String,
    /// Natural logarithm of a likelihood ratio, to two digits.
    pub weight: f32,
    /// In words.
    pub detail: String,
}

/// A remote resource that may report an opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeaconRow {
    /// How it is embedded.
    pub kind: String,
    /// The URL as written.
    pub url: String,
    /// The piece of it that names the recipient, as far as one mail can tell.
    pub token: Option<String>,
}

/// One campaign of `campaign export`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignRow {
    /// Stable as long as its first message is known.
    pub id: String,
    /// For people.
    pub name: String,
    /// Whether a person is alerted to it.
    pub concern: bool,
    /// How likely it is a reconnaissance campaign, by the PHIA yardstick.
    pub likelihood: String,
    /// Natural logarithm of the odds.
    pub log_odds: f32,
    /// Senders' addresses.
    pub senders: Vec<String>,
    /// Hosts of loads and tokened links.
    pub hosts: Vec<String>,
    /// Time of the first message.
    pub first: Option<String>,
    /// Time of the latest message.
    pub last: Option<String>,
    /// When a person was first alerted.
    pub first_alert: Option<AlertRow>,
    /// Message ids, in order of time.
    pub messages: Vec<String>,
    /// State by member.
    pub members: BTreeMap<String, String>,
    /// Members of whose opening the sender was told, whatever was done about it afterwards.
    #[serde(default)]
    pub opened: Vec<String>,
    /// Number of recipients who are no members.
    pub other_recipients: usize,
    /// What speaks for and against.
    pub reasons: Vec<ReasonRow>,
    /// Campaigns that may be the work of the same cluster.
    pub linked: Vec<LinkRow>,
}

/// The first alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRow {
    /// Time of the message that tipped the scale.
    pub time: String,
    /// Messages of the campaign that had arrived by then, that one included.
    pub after_messages: usize,
}

/// A possible connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkRow {
    /// The other campaign.
    pub id: String,
    /// How likely both are the work of one cluster, by the PHIA yardstick.
    pub likelihood: String,
    /// What speaks for and against.
    pub reasons: Vec<ReasonRow>,
}

impl From<&Reason> for ReasonRow {
    fn from(reason: &Reason) -> Self {
        Self {
            code: reason.code.to_owned(),
            weight: (reason.weight * 100.0).round() / 100.0,
            detail: reason.detail.clone(),
        }
    }
}

/// Beacons that are named of one message.
const BEACONS_MAX: usize = 32;

impl MessageRow {
    /// The row of a message that belongs to no campaign so far.
    pub fn of(source: &str, message: &Message, remotes: &[Remote], judgement: &Judgement) -> Self {
        let limits = message.truncations.iter().map(|what| ReasonRow {
            code: "LIMIT".into(),
            weight: 0.0,
            detail: (*what).to_owned(),
        });
        let beacons = remotes.iter().filter(|remote| remote.is_beacon()).take(BEACONS_MAX);
        Self {
            source: source.to_owned(),
            message_id: message.message_id.clone(),
            date: message.date.or(message.received).map(rfc3339),
            from: message.from.address.clone(),
            to: message.recipients().into_iter().map(str::to_owned).collect(),
            verdict: judgement.verdict.word().to_owned(),
            score: judgement.score,
            reasons: judgement.reasons.iter().map(ReasonRow::from).chain(limits).collect(),
            beacons: beacons
                .map(|remote| BeaconRow {
                    kind: remote.reference.to_string(),
                    url: remote.url.clone(),
                    token: remote.web.token.clone(),
                })
                .collect(),
            campaign: None,
        }
    }
}
