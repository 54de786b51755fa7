//! What nobody may read who has no right to it: a house in which each such thing is a word of its own, and every route asked by
//! every role.

use super::desk::{Answer, Browser, Desk};
use crate::route::{Access, ROUTES, Route};
use crate::token::Scope;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use model::Role::{self, Admin, Analyst, Approver, Auditor, MemberController};
use model::{Actor, EventTime, MemberState, Ordinal};
use runtime::correlate::Findings;
use runtime::data::Data;
use runtime::detect::Envelope;
use runtime::ledger::{self, Standing};
use runtime::live::{Delivery, Incoming};
use runtime::measure::outbox;
use runtime::measure::quarantine::{self, Arrival, Grounds};
use runtime::measure::{Measure, assessment, decision, warning};
use runtime::overview::CampaignDetail;
use runtime::row::{AlertRow, CampaignRow};
use std::collections::BTreeMap;

const GROUP: &str = "heronmarsh";
const OTHER_NAME: &str = "Harrow";
const OTHER_ADDRESS: &str = "benh@northmere.example";
const OTHER_ID: &str = "M0777";
const OTHER_SUBJECT: &str = "sandpiper";
const OTHER_TEXT: &str = "curlew";
const PURPOSE_ABOUT_OTHER: &str = "dunlin";
pub(super) const CAMPAIGN: &str = "C-00000000000000aa";
/// The member of the desk's accounts.
const OWN_ID: &str = "M004";

/// What no response to a role may hold.
fn secrets(role: Role) -> &'static [&'static str] {
    match role {
        MemberController => {
            &[GROUP, OTHER_NAME, OTHER_ADDRESS, OTHER_ID, OTHER_SUBJECT, OTHER_TEXT, PURPOSE_ABOUT_OTHER]
        }
        // Keeps accounts and sees no mail.
        Admin => {
            &[GROUP, OTHER_NAME, OTHER_ADDRESS, OTHER_ID, OTHER_SUBJECT, OTHER_TEXT, PURPOSE_ABOUT_OTHER]
        }
        // Reviews how the others worked, by identifiers.
        Auditor => &[GROUP, OTHER_NAME, OTHER_ADDRESS, OTHER_SUBJECT, OTHER_TEXT],
        // Who a member is has to be granted by a second person.
        Analyst | Approver => &[OTHER_NAME, OTHER_ADDRESS],
    }
}

fn desk() -> Desk {
    let desk = Desk::with(|settings| {
        settings.rate.burst = 100_000;
        settings.rate.sign_in_burst = 100_000;
    });
    let members = format!(
        "id,name,address,groups\n{OWN_ID},Ada Quill,ada@northmere.example,{GROUP}\n\
         {OTHER_ID},Ben {OTHER_NAME},{OTHER_ADDRESS},{GROUP}\n"
    );
    desk.state.live.replace_house(members.as_bytes()).expect("a list of members");
    for (at, to) in ["ada@northmere.example", OTHER_ADDRESS].into_iter().enumerate() {
        desk.state.live.observe(incoming(at, to)).expect("a message");
    }
    fill(&desk, &mut desk.state.live.data().expect("the folder is open"));
    desk
}

fn letter(at: usize, to: &str, subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Press <press@outlet.example>\r\nTo: {to}\r\nSubject: {subject}\r\n\
         Message-ID: <{at}@outlet.example>\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

fn incoming(at: usize, to: &str) -> Incoming {
    Incoming {
        bytes: letter(at, to, "a", "b"),
        source: format!("drop:{at}.eml"),
        mailbox: None,
        delivery: Delivery { received: EventTime(1_610_960_400), envelope: None },
    }
}

/// A campaign that reached both members, a warning that was sent to each, mail of both in quarantine, and a look at each.
fn fill(desk: &Desk, data: &mut Data) {
    let (now, house) = (desk.state.now(), desk.state.live.house());
    let (analyst, approver) = (Actor::new("analyst-9", [Analyst]), Actor::new("approver-9", [Approver]));
    ledger::update(data, &findings(now)).expect("the store works");
    assessment::confirm(data, &analyst, CAMPAIGN, "seen twice", now).expect("an analyst may");
    warning::draft(data, &house, now).expect("the store works");
    let warnings = warning::sendable(data, CAMPAIGN).expect("the store works");
    assert_eq!(warnings.len(), 2);
    let warn = Measure::Warn { campaign: CAMPAIGN.into(), warnings };
    let proposed = decision::propose(data, &analyst, warn, "they should know", now).expect("an analyst may");
    decision::approve(data, &approver, &proposed.id, now).expect("an approver may");
    for letter in outbox::due(data, now, 10).expect("the store works") {
        outbox::begin(data, &letter.id, now).expect("the store works");
        outbox::finish(data, &letter.id, outbox::Delivery::Accepted, now).expect("the store works");
    }
    for (at, to, subject, purpose) in [
        (10, "ada@northmere.example", "plover", "the member asked"),
        (11, OTHER_ADDRESS, OTHER_SUBJECT, PURPOSE_ABOUT_OTHER),
    ] {
        let envelope = Envelope {
            client_ip: None,
            helo: String::new(),
            mail_from: "press@outlet.example".into(),
            rcpt_to: vec![to.into()],
        };
        let bytes = letter(at, "members", subject, OTHER_TEXT);
        let arrival = Arrival::of(&bytes, &envelope, &house);
        let kept = quarantine::keep(data, &arrival, Grounds::default(), now).expect("the store works");
        quarantine::view(data, &analyst, &kept, purpose, now).expect("an analyst may");
    }
    let block = Measure::BlockSender { address: "press@outlet.example".into() };
    decision::propose(data, &analyst, block, "it wrote to all", now).expect("an analyst may");
}

pub(super) fn findings(now: EventTime) -> Findings {
    let time = runtime::clock::rfc3339(now);
    let members = [(OWN_ID, 0), (OTHER_ID, 1)].map(|(member, ordinal)| {
        let mut standing = Standing::new(now);
        standing.add(MemberState::Delivered, now, Some(Ordinal(ordinal)));
        (member.to_owned(), standing)
    });
    let mut findings = Findings::partial(Vec::new());
    findings.states.insert(CAMPAIGN.into(), members.into());
    findings.campaigns.push(CampaignRow {
        id: CAMPAIGN.into(),
        name: "2 messages by 1 sender to one protected group".into(),
        concern: true,
        likelihood: "highly likely".into(),
        log_odds: 4.5,
        senders: vec!["press@outlet.example".into()],
        hosts: Vec::new(),
        first: Some(time.clone()),
        last: Some(time.clone()),
        first_alert: Some(AlertRow { time, after_messages: 2 }),
        messages: vec!["0@outlet.example".into()],
        members: BTreeMap::from([OWN_ID, OTHER_ID].map(|id| (id.to_owned(), "delivered".to_owned()))),
        opened: Vec::new(),
        other_recipients: 0,
        reasons: Vec::new(),
        linked: Vec::new(),
    });
    findings.details.push(CampaignDetail { forum: Some(GROUP.into()), ..CampaignDetail::default() });
    findings
}

/// Paths of a route that name what is there.
fn paths(route: &Route) -> Vec<String> {
    let ids: &[&str] =
        match route.path.split('/').find(|piece| !piece.is_empty() && *piece != "api" && *piece != "v1") {
            Some("campaigns") => &[CAMPAIGN],
            Some("decisions") => &["D-1", "D-2"],
            Some("members") => &[OTHER_ID, OWN_ID],
            Some("quarantine") => &["Q-1", "Q-2"],
            Some("warnings") => &["W-1", "W-2"],
            _ => &["0", "3"],
        };
    let actions: &[&str] = match route.path {
        path if path.ends_with("{action}") && path.starts_with("/quarantine") => &["release", "block"],
        path if path.ends_with("{action}") => &["confirm", "dismiss", "warn", "purge"],
        path if path.ends_with("{answer}") => &["refuse", "approve", "withdraw"],
        _ => &[""],
    };
    let fill = |id: &str, action: &str| {
        let path = route.path.replace("{action}", action).replace("{answer}", action);
        ["{id}", "{leaf}", "{index}"].iter().fold(path, |path, name| path.replace(name, id))
    };
    ids.iter().flat_map(|id| actions.iter().map(move |action| fill(id, action))).collect()
}

const FIELDS: [(&str, &str); 4] = [("purpose", "to ask"), ("reason", "to ask"), ("days", "3"), ("text", "")];

async fn take(desk: &Desk, route: &Route, path: &str, browser: &Browser, token: &str) -> Answer {
    match (route.access, route.method) {
        (Access::Token(..), "GET") => desk.call(token, path).await,
        (Access::Token(..), _) if path.ends_with("/hold") => {
            desk.send(token, path, r#"{"reason":"to ask","days":3}"#).await
        }
        (Access::Token(..), _) => desk.send(token, path, r#"{"reason":"to ask"}"#).await,
        (_, "GET") => desk.get(path, Some(browser)).await,
        _ => desk.post(path, Some(browser), &FIELDS).await,
    }
}

/// Whether the guard lets a role through to a route of people.
fn is_let_in(route: &Route, role: Role) -> bool {
    match route.access {
        Access::Roles(roles) => roles.contains(&role),
        Access::Token(..) => {
            role != MemberController && {
                let Access::Token(_, roles) = route.access else { return false };
                roles.contains(&role)
            }
        }
        _ => true,
    }
}

#[track_caller]
fn check(role: Role, route: &Route, path: &str, answer: &Answer) {
    let whole = format!("{}{:?}", answer.body, answer.headers);
    for secret in secrets(role) {
        assert!(!whole.contains(secret), "{role} reads {secret} in {} {path}:\n{whole}", route.method);
    }
    assert!(!answer.status.is_server_error(), "{role} {} {path}: {}", route.method, answer.status);
    let is_stopped = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
    if !is_let_in(route, role) {
        assert!(is_stopped, "{role} {} {path}: {}", route.method, answer.status);
    } else if route.method == "GET" && matches!(route.access, Access::Roles(_)) {
        assert!(!is_stopped, "{role} {path}: {}", answer.status);
    }
}

/// Asks for everything as `role`. What it reads must be free of what is not for it, and the guard must hold.
async fn ask_as(role: Role) {
    let desk = desk();
    let id = desk.account(&format!("{role}-1"), &[role]);
    let token = desk.token(&id, &Scope::ALL);
    let mut seen = 0;
    for route in ROUTES {
        for path in paths(route) {
            // A session of its own for each, because some of the forms end it.
            let answer = take(&desk, route, &path, &desk.browser(&id), &token).await;
            seen += usize::from(answer.status == StatusCode::OK);
            check(role, route, &path, &answer);
        }
    }
    assert!(seen > 10, "{role} has seen {seen} pages only");
}

#[tokio::test]
async fn a_member_reads_of_nobody_else() {
    ask_as(MemberController).await;
}

#[tokio::test]
async fn an_administrator_reads_no_mail() {
    ask_as(Admin).await;
}

#[tokio::test]
async fn an_auditor_reads_of_no_group_and_no_name() {
    ask_as(Auditor).await;
}

#[tokio::test]
async fn an_analyst_reads_no_name_alone() {
    ask_as(Analyst).await;
}

#[tokio::test]
async fn an_approver_reads_no_name_alone() {
    ask_as(Approver).await;
}

#[tokio::test]
async fn the_secrets_are_there_for_who_may_read_them() {
    let desk = desk();
    let analyst = desk.browser(&desk.account("analyst-1", &[Analyst]));
    for (path, expected) in [
        (format!("/campaigns/{CAMPAIGN}"), vec![GROUP, OTHER_ID]),
        ("/quarantine".to_owned(), vec![OTHER_SUBJECT]),
    ] {
        let body = desk.get(&path, Some(&analyst)).await.body;
        assert!(expected.iter().all(|word| body.contains(word)), "{path} has none of {expected:?}: {body}");
    }
    let auditor = desk.browser(&desk.account("auditor-1", &[Auditor]));
    assert!(desk.get("/audit", Some(&auditor)).await.body.contains(PURPOSE_ABOUT_OTHER));
    let member = desk.browser(&desk.account("member-1", &[MemberController]));
    let own = desk.get("/own", Some(&member)).await.body;
    for expected in ["Warning of", "plover", "the member asked", "Ada Quill"] {
        assert!(own.contains(expected), "{expected} is not in {own}");
    }
}

#[tokio::test]
async fn a_member_answers_no_warning_of_another() {
    let desk = desk();
    let member = desk.browser(&desk.account("member-1", &[MemberController]));
    let mut read = Vec::new();
    for id in ["W-1", "W-2", "W-3"] {
        let answer = desk.post(&format!("/warnings/{id}/acknowledge"), Some(&member), &[]).await;
        read.push(answer.status);
    }
    assert_eq!(read, [StatusCode::SEE_OTHER, StatusCode::NOT_FOUND, StatusCode::NOT_FOUND]);
}

#[tokio::test]
async fn a_member_has_no_token() {
    let desk = desk();
    let member = desk.browser(&desk.account("member-1", &[MemberController]));
    let form = [("action", "create"), ("name", "x"), ("scope", "members:read"), ("days", "1")];
    assert_eq!(desk.post("/tokens", Some(&member), &form).await.status, StatusCode::FORBIDDEN);
    let request = Request::get("/api/v1/members").header(header::COOKIE, &member.cookie);
    let answer = desk.ask(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
