//! What a busy house has after a year: campaigns with their members, decisions, drafts of warnings, kept mail and accesses.

use anyhow::Result;
use model::{Actor, EventTime, MemberState, Ordinal, Role};
use runtime::clock::rfc3339;
use runtime::correlate::Findings;
use runtime::data::Data;
use runtime::detect::Envelope;
use runtime::ledger::{self, Standing};
use runtime::live::Live;
use runtime::measure::quarantine::{self, Arrival, Grounds};
use runtime::measure::{self, Measure, Retention, assessment, decision};
use runtime::overview::CampaignDetail;
use runtime::row::{AlertRow, CampaignRow, LinkRow, ReasonRow};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::Features as _;

/// Members on the list.
pub(crate) const MEMBERS: u64 = 600;
/// Members whom one campaign reaches.
const REACHED: u64 = 40;
/// Messages of one campaign.
const MESSAGES: u64 = 60;
/// Messages that are kept, where there are as many campaigns.
const KEPT_MAX: u64 = 200;
/// 2021-01-18, when the records begin.
const START: i64 = 1_610_960_400;
/// Seconds between the first messages of two campaigns.
const APART: i64 = 15 * 3_600;

const STATES: [MemberState; 4] =
    [MemberState::Targeted, MemberState::Delivered, MemberState::Opened, MemberState::Disarmed];

/// The list of members as a house hands it in.
pub(crate) fn members() -> String {
    let mut csv = "id,name,address,groups\n".to_owned();
    for number in 0..MEMBERS {
        // Writing to a string cannot fail.
        let _ = writeln!(csv, "M{number:03},Member {number},m{number:03}@house.example,forum");
    }
    csv
}

/// Fills the house with `campaigns` and with what persons did about them, and with `lawful` operations, such as newsletters,
/// that are listed and to which no person is alerted.
///
/// # Errors
/// When the store fails or a measure is refused.
pub(crate) fn fill(live: &Live, campaigns: u64, lawful: u64, now: EventTime) -> Result<()> {
    let mut data = live.data()?;
    let records = data.store.features.len();
    ledger::update(&mut data, &findings(campaigns, lawful, records))?;
    decide(&mut data, campaigns, now)?;
    keep(&mut data, live, KEPT_MAX.min(campaigns), now)?;
    measure::housekeep(&mut data, &live.house(), Retention::default(), now)?;
    Ok(())
}

fn findings(campaigns: u64, lawful: u64, records: u64) -> Findings {
    let mut findings = Findings::partial(Vec::new());
    for number in 0..campaigns {
        let start = EventTime(START + number.cast_signed() * APART);
        let members = reached(number);
        let standings = members.iter().enumerate().map(|(place, (member, state))| {
            let mut standing = Standing::new(start);
            let ordinal = Ordinal((number * REACHED + place as u64) % records.max(1));
            standing.add(*state, EventTime(start.0 + 60), Some(ordinal));
            (member.clone(), standing)
        });
        findings.states.insert(id(number), standings.collect());
        findings.campaigns.push(row(number, start, &members));
        findings.details.push(detail(number, start));
    }
    for number in campaigns..campaigns + lawful {
        let start = EventTime(START + number.cast_signed() * 60);
        let lawful = row(number, start, &[]);
        findings.campaigns.push(CampaignRow {
            concern: false,
            first_alert: None,
            linked: Vec::new(),
            name: format!("Newsletter {number}"),
            ..lawful
        });
        findings.details.push(detail(number, start));
    }
    findings
}

fn id(number: u64) -> String {
    format!("campaign-{number:04}")
}

fn reached(number: u64) -> Vec<(String, MemberState)> {
    let state = |place: u64| STATES.get((place % 4) as usize).copied().unwrap_or(MemberState::Delivered);
    let member = |place: u64| format!("M{:03}", (number * 7 + place * 11) % MEMBERS);
    let all: BTreeMap<String, MemberState> =
        (0..REACHED).map(|place| (member(place), state(place))).collect();
    all.into_iter().collect()
}

fn row(number: u64, start: EventTime, members: &[(String, MemberState)]) -> CampaignRow {
    let reason = |code: &str, detail: &str| ReasonRow {
        code: code.to_owned(),
        weight: 1.5,
        detail: detail.to_owned(),
    };
    let reasons = vec![
        reason("TOKENS", "each recipient has a token of the own"),
        reason("HIDDEN", "the images are not meant to be seen"),
        reason("FORUM", "recipients are concentrated in one group"),
    ];
    CampaignRow {
        id: id(number),
        name: format!("Harbour {number}"),
        concern: true,
        likelihood: "highly likely".to_owned(),
        log_odds: 4.5,
        senders: (0..5).map(|sender| format!("desk{sender}@office{number}.example")).collect(),
        hosts: vec![format!("open.office{number}.example")],
        first: Some(rfc3339(start)),
        last: Some(rfc3339(EventTime(start.0 + 3_600 * MESSAGES.cast_signed()))),
        first_alert: Some(AlertRow { time: rfc3339(start), after_messages: 5 }),
        messages: (0..MESSAGES).map(|message| format!("{message}.{number}@mail.example")).collect(),
        members: members.iter().map(|(member, state)| (member.clone(), state.word().to_owned())).collect(),
        opened: Vec::new(),
        other_recipients: 3,
        linked: number
            .checked_sub(1)
            .map(|other| LinkRow { id: id(other), likelihood: "likely".to_owned(), reasons: reasons.clone() })
            .into_iter()
            .collect(),
        reasons,
    }
}

fn detail(number: u64, start: EventTime) -> CampaignDetail {
    CampaignDetail {
        times: (0..MESSAGES.cast_signed()).map(|hour| start.0 + hour * 3_600).collect(),
        senders: (0..5).map(|sender| (format!("desk{sender}@office{number}.example"), 12)).collect(),
        hosts: BTreeMap::from([(format!("open.office{number}.example"), MESSAGES)]),
        subjects: (0..10).map(|subject| format!("Harbour notices, part {subject}")).collect(),
        forum: Some("forum".to_owned()),
    }
}

/// A third of the campaigns is confirmed, some dismissals wait, and some senders are blocked.
fn decide(data: &mut Data, campaigns: u64, now: EventTime) -> Result<()> {
    let analyst = Actor::new("analyst-2", [Role::Analyst]);
    let approver = Actor::new("approver-2", [Role::Approver]);
    for number in (0..campaigns).step_by(3) {
        assessment::confirm(data, &analyst, &id(number), "seen in three mailboxes", now)?;
    }
    for number in (1..campaigns).step_by(15) {
        let dismiss = Measure::Dismiss { campaign: id(number) };
        decision::propose(data, &analyst, dismiss, "a newsletter", now)?;
        let address = format!("desk0@office{number}.example");
        let block =
            decision::propose(data, &analyst, Measure::BlockSender { address }, "writes to all", now)?;
        decision::approve(data, &approver, &block.id, now)?;
    }
    Ok(())
}

/// Kept messages, of which every fourth was looked at.
fn keep(data: &mut Data, live: &Live, kept: u64, now: EventTime) -> Result<()> {
    let analyst = Actor::new("analyst-2", [Role::Analyst]);
    for number in 0..kept {
        let member = format!("m{:03}@house.example", number % MEMBERS);
        let letter = format!(
            "From: desk@office{number}.example\r\nTo: {member}\r\nSubject: Notice {number}\r\n\r\nCome aboard.\r\n"
        );
        let envelope = Envelope {
            mail_from: format!("desk@office{number}.example"),
            rcpt_to: vec![member],
            client_ip: None,
            helo: String::new(),
        };
        let arrival = Arrival::of(letter.as_bytes(), &envelope, &live.house());
        let item = quarantine::keep(data, &arrival, Grounds { score: 80, ..Grounds::default() }, now)?;
        if number % 4 == 0 {
            quarantine::view(data, &analyst, &item, "whether it is harmless", now)?;
        }
    }
    Ok(())
}
