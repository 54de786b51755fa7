//! Cases, sources, rules.

use super::{NOW, Page, Voice, analyst, before, page};
use console::page::case::{self, AnswerView, CaseView, QuestionView, SightingView};
use console::page::cases::{self, CaseSummary, CasesView};
use console::page::chart::sightings::Lane;
use console::page::form::Permission;
use console::page::rules::{self, RulesView};
use console::page::sources::{self, SourceView, SourcesView};
use model::{EventTime, LeafIndex};
use runtime::watch::standing::{Reach, RuleStandingRow, SourceState};
use watch::case::{Question, Stand};
use watch::sigma::rule::Level;

const DAY: i64 = 86_400;

/// The pages.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let analyst = analyst(voice);
    let none = CasesView { cases: Vec::new(), status: Some("open"), next: None };
    let no_source = SourcesView { sources: Vec::new(), failure: None, rules: (0, 0) };
    vec![
        page("cases", "/cases", cases::render(&cases(voice), &analyst)),
        page("cases-empty", "/cases/empty", cases::render(&none, &analyst)),
        page("case", "/cases/CASE-3", case::render(&case(voice), &analyst)),
        page("sources", "/sources", sources::render(&sources(voice), &analyst)),
        page("sources-empty", "/sources/empty", sources::render(&no_source, &analyst)),
        page("rules", "/rules", rules::render(&rules(voice), &analyst)),
    ]
}

fn summary(voice: &Voice, id: &str, title: &str, level: Level, open_questions: usize) -> CaseSummary {
    CaseSummary {
        id: voice.say(id),
        title: voice.say(title),
        level,
        status: if open_questions > 0 { "open" } else { "closed" },
        first: before(288 * DAY),
        last: before(2 * DAY),
        sightings: 41,
        entities: voice.each(&["host mail-1", "account svc-backup", "path /files/logo.aspx"]),
        entity_count: 7,
        open_questions,
    }
}

fn cases(voice: &Voice) -> CasesView {
    let shell = summary(voice, "CASE-3", "Web Worker Starts a Shell", Level::Critical, 3);
    let spray = summary(voice, "CASE-2", "Many Accounts, One Address", Level::High, 0);
    CasesView { cases: vec![shell, spray], status: None, next: Some("/cases?from=50".to_owned()) }
}

fn lane(voice: &Voice, title: &str, level: Level, days: &[i64]) -> Lane {
    let times: Vec<EventTime> = days.iter().map(|day| before(day * DAY)).collect();
    let span = (times.iter().copied().min().unwrap_or(NOW), times.iter().copied().max().unwrap_or(NOW));
    Lane { title: voice.say(title), level, sightings: times.len() as u64, span, times }
}

fn case(voice: &Voice) -> CaseView {
    let question = |question, stand, answer: Option<&str>| QuestionView {
        question,
        stand,
        answer: answer.map(|text| AnswerView {
            text: voice.say(text),
            evidence: voice.each(&["3f2a", "48210"]),
            by: voice.say("analyst-1"),
            at: before(DAY),
        }),
    };
    let sighting = |days: i64, level, title: &str, leaf| SightingView {
        id: voice.say("00112233445566778899aabbccddeeff"),
        time: before(days * DAY),
        level,
        title: voice.say(title),
        entities: voice.each(&["host mail-1", "path /files/logo.aspx"]),
        place: voice.say("iis u_ex200410.log line 8123"),
        event: vec![(voice.say("cs-method"), voice.say("POST")), (voice.say("sc-status"), voice.say("200"))],
        evidence: LeafIndex(leaf),
    };
    CaseView {
        summary: summary(voice, "CASE-3", "Web Worker Starts a Shell", Level::Critical, 3),
        ended: None,
        reopened: Some((1, before(2 * DAY))),
        lanes: vec![
            lane(voice, "Script Receives Its First POST", Level::High, &[288, 287, 286]),
            lane(voice, "Web Worker Starts a Shell", Level::Critical, &[288, 240, 239, 2]),
            lane(voice, "Script Is Used Again after Months", Level::High, &[2]),
        ],
        techniques: vec![
            (voice.say("T1190"), before(288 * DAY)),
            (voice.say("T1505.003"), before(288 * DAY)),
            (voice.say("T1078"), before(2 * DAY)),
        ],
        questions: vec![
            question(
                Question::EntryVector,
                Stand::Answered,
                Some("Through the mail server's autodiscover page."),
            ),
            question(Question::Persistence, Stand::Open, None),
            question(Question::Credentials, Stand::Open, None),
            question(Question::Scope, Stand::Open, None),
        ],
        aware_at: Some(before(DAY)),
        supervisor_until: Some(NOW.plus_secs(2 * DAY)),
        timeline: vec![
            sighting(288, Level::High, "Script Receives Its First POST", 31_007),
            sighting(2, Level::Critical, "Web Worker Starts a Shell", 48_210),
        ],
        next: None,
        decisions: Vec::new(),
        may_work: Permission::Allowed,
        may_close: Permission::Refused(voice.say("persistence, credentials and scope are open")),
    }
}

fn sources(voice: &Voice) -> SourcesView {
    let source = |name: &str, path: &str, state, heard, newest: Option<i64>| SourceView {
        name: voice.say(name),
        path: voice.say(path),
        state,
        heard: before(heard),
        newest: newest.map(before),
        counts: [12, 48_211, 3],
        lag_bytes: 1_204,
        silent_after_hours: 24,
        last_defect: newest
            .map(|_| voice.say("u_ex210121.log: line 8124: 11 values where `#Fields:` has 14")),
    };
    SourcesView {
        sources: vec![
            source("web", "/var/log/iis/u_ex*.log", SourceState::Speaking, 4, Some(5)),
            source("sign-ins", "/var/log/sign-ins.jsonl", SourceState::Silent, 3 * DAY, Some(3 * DAY)),
            source("mail-tracking", "/var/log/tracking", SourceState::Waiting, 600, None),
            source("register", "/var/log/postgresql/register.csv", SourceState::Missing, 600, None),
        ],
        failure: Some(voice.say("the disk is full")),
        rules: (3_141, 412),
    }
}

fn rules(voice: &Voice) -> RulesView {
    let rule = |title: &str, level: &str, fired, reach, unseen: &[&str]| RuleStandingRow {
        id: voice.say("0ff1ce00-0000-4000-8000-000000000001"),
        title: voice.say(title),
        level: level.to_owned(),
        kind: "rule".to_owned(),
        about: voice.say("windows/process_creation"),
        fired,
        last: (fired > 0).then(|| voice.say("2021-01-20T10:00:00Z")),
        reach,
        unseen_fields: voice.each(unseen),
    };
    RulesView {
        rules: vec![
            rule("Web Worker Starts a Shell", "critical", 4, Reach::Able, &[]),
            rule("Script in a Folder of Pictures", "high", 0, Reach::Able, &[]),
            rule(
                "Odd Parent",
                "medium",
                0,
                Reach::Blind,
                &["ParentImage", "ParentCommandLine", "User", "Hashes"],
            ),
            rule("Password Read from a Keychain", "medium", 0, Reach::Deaf, &[]),
        ],
        kind: None,
        text: voice.say("shell"),
        counts: [1, 2, 1, 1],
        faults: voice.each(&["sigma/odd.yml:12: `bogus` is no modifier"]),
        fault_count: 3,
        next: Some("/rules?from=100".to_owned()),
    }
}
