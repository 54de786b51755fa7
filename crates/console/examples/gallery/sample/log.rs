//! Evidence, domains, health.

use super::{NOW, Page, Voice, analyst, before, page};
use console::page::domains::{
    self, DmarcSummary, DomainView, DomainsView, PassCount, PostureItem, SourceRow, TlsSummary,
};
use console::page::entry::{self, EntryView};
use console::page::evidence::{self, CheckpointView, Download, EntryRow, EvidenceView};
use console::page::health::{self, HealthView, HourCount, SensorRow, SensorState, StoreFigures};
use console::page::registers::{self, CanaryView, RegistersView, SupplyView, VersionView};
use model::LeafIndex;
use runtime::posture::Grade;

const HOUR: i64 = 3_600;

/// The pages.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let analyst = analyst(voice);
    let nothing = EvidenceView { checkpoint: None, entries: Vec::new(), downloads: Vec::new(), next: None };
    let erased = EntryView { is_erased: true, payload: None, ..entry(voice) };
    let no_domain = DomainsView { domains: Vec::new() };
    vec![
        page("evidence", "/evidence", evidence::render(&evidence(voice), &analyst)),
        page("evidence-empty", "/evidence/empty", evidence::render(&nothing, &analyst)),
        page("entry", "/evidence/48211", entry::render(&entry(voice), &analyst)),
        page("entry-erased", "/evidence/erased", entry::render(&erased, &analyst)),
        page("domains", "/domains", domains::render(&domains(voice), &analyst)),
        page("domains-empty", "/domains/empty", domains::render(&no_domain, &analyst)),
        page("registers", "/registers", registers::render(&registers(voice), &analyst)),
        page("registers-empty", "/registers/empty", registers::render(&RegistersView::default(), &analyst)),
        page("health", "/health", health::render(&health(voice), &analyst)),
    ]
}

fn registers(voice: &Voice) -> RegistersView {
    let supply = |id: &str, state: &str, recipient: &str, secs: i64| SupplyView {
        id: voice.say(id),
        register: voice.say("hill-ward"),
        recipient: voice.say(recipient),
        ground: voice.say("regulation 106"),
        until: before(secs),
        state: voice.say(state),
        evidence: LeafIndex(47_100),
    };
    RegistersView {
        versions: vec![VersionView {
            register: voice.say("hill-ward"),
            sealed: before(90 * 24 * HOUR),
            electors: 20_000,
            root: voice.say("BOfF6aXq1d2c3b4a5968778695a4b3c2d1e0f112233="),
            has_index: true,
            evidence: LeafIndex(46_900),
        }],
        supplies: vec![
            supply("S-0001", "overdue", "Harbour Party", 26 * HOUR),
            supply("S-0002", "held", "Hill Party", -99 * HOUR),
        ],
        canaries: Some(vec![CanaryView {
            register: voice.say("hill-ward"),
            recipient: voice.say("Harbour Party"),
            electors: 20_000,
            canaries: 988,
        }]),
        may_ask: true,
    }
}

/// Something that looks like a hash and is none.
fn digits(seed: u64) -> String {
    (0..4u64).map(|part| format!("{:016x}", (seed + part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect()
}

fn checkpoint(voice: &Voice) -> CheckpointView {
    CheckpointView {
        origin: voice.say("northmere.example/portcullis"),
        tree_size: 48_612,
        root_hash: voice.say(&digits(7)),
        time: before(140),
        note: voice.say("northmere.example/portcullis\n48612\nq1d2c3b4a5968778695a4b3c2d1e0f1122334455667=\n\n— northmere.example/portcullis 3kQx…\n"),
        verifier_key: voice.say("northmere.example/portcullis+1f2e3d4c+AQIDBAUGBwgJCgsMDQ4PEA"),
        witnesses: voice.each(&["witness.westreach.example"]),
    }
}

fn download(voice: &Voice, label: &str, path: &str) -> Download {
    Download { label: voice.say(label), path: voice.say(path) }
}

fn evidence(voice: &Voice) -> EvidenceView {
    let row = |leaf, secs, kind: &str, about: &str| EntryRow {
        leaf: LeafIndex(leaf),
        time: before(secs),
        kind: voice.say(kind),
        about: voice.say(about),
    };
    EvidenceView {
        checkpoint: Some(checkpoint(voice)),
        entries: vec![
            row(48_611, 140, "audit.look", "a mail in quarantine was looked at"),
            row(48_602, 72_000, "warning.drafted", "40 warnings"),
            row(48_590, 72_060, "decision.proposed", "send warnings"),
            row(48_211, 320_000, "campaign.alert", "C-6f1c2a9e00b4d7e1 after 11 mails"),
            row(48_210, 320_001, "mail.message", ""),
        ],
        downloads: vec![
            download(voice, "The latest checkpoint", "/evidence/checkpoint"),
            download(voice, "The key to check it with", "/evidence/key"),
        ],
        next: Some(voice.say("/evidence?before=48210")),
    }
}

fn entry(voice: &Voice) -> EntryView {
    EntryView {
        leaf: LeafIndex(48_211),
        time: before(320_000),
        kind: voice.say("campaign.alert"),
        json: voice.say(r#"{"commitment":"sha256:7d1e…","kind":"campaign.alert","public":{"campaign":"C-6f1c2a9e00b4d7e1","messages":11},"time":"2021-01-18T17:06:40Z","v":1}"#),
        leaf_hash: voice.say(&digits(3)),
        proof: (0..16).map(|level| voice.say(&digits(100 + level))).collect(),
        checkpoint: checkpoint(voice),
        payload: Some(voice.say(r#"{"likelihood":"likely","log_odds":0.31}"#)),
        is_erased: false,
        downloads: vec![download(voice, "The entry with its proof, as a file", "/evidence/48211/proof")],
    }
}

fn domains(voice: &Voice) -> DomainsView {
    let item = |name: &str, grade, about: &str| PostureItem {
        name: voice.say(name),
        grade,
        about: voice.say(about),
        advice: if grade == Grade::Good { String::new() } else { voice.say("publish one") },
    };
    let main = DomainView {
        domain: voice.say("northmere.example"),
        posture: vec![
            item("SPF", Grade::Good, "ends in -all"),
            item("DKIM", Grade::Good, "2 selectors, 2048 bits"),
            item("DMARC", Grade::Improve, "p=none: mail in your name is only counted"),
            item(
                "MTA-STS",
                Grade::Missing,
                "no MTA-STS: whoever is between two servers can read mail to this domain",
            ),
            item("TLS-RPT", Grade::Bad, "two records: senders use none of them"),
        ],
        checked: Some(before(3 * HOUR)),
        dmarc: Some(DmarcSummary {
            reports: 214,
            passed: 91_204,
            failed: 3_120,
            days: (0..30)
                .map(|at| PassCount {
                    day: before((29 - at) * 86_400),
                    passed: 2_900 + 37 * (at as u64 % 7),
                    failed: if at == 17 { 1_900 } else { 41 },
                })
                .collect(),
            sources: vec![
                SourceRow { address: voice.say("192.0.2.25"), passed: 88_000, failed: 12 },
                SourceRow { address: voice.say("198.51.100.7"), passed: 3_204, failed: 1_208 },
                SourceRow { address: voice.say("203.0.113.90"), passed: 0, failed: 1_900 },
            ],
        }),
        tls: Some(TlsSummary {
            reports: 61,
            successful: 44_120,
            failed: 19,
            faults: vec![(voice.say("certificate-expired"), 17), (voice.say("starttls-not-supported"), 2)],
        }),
    };
    let second = DomainView {
        domain: voice.say("assembly.northmere.example"),
        posture: Vec::new(),
        checked: None,
        dmarc: None,
        tls: None,
    };
    DomainsView { domains: vec![main, second] }
}

fn health(voice: &Voice) -> HealthView {
    let sensor = |name: &str, kind: &str, state, last: Option<i64>, about: &str| SensorRow {
        name: voice.say(name),
        kind: voice.say(kind),
        state,
        last: last.map(before),
        about: voice.say(about),
    };
    HealthView {
        version: voice.say("0.1.0"),
        started: before(19 * 86_400),
        sensors: vec![
            sensor("postfix", "milter", SensorState::Working, Some(4), "0.9 mails a second"),
            sensor("reported mail", "mailbox", SensorState::Idle, Some(30_000), ""),
            sensor(
                "reports@northmere.example",
                "mailbox",
                SensorState::Failing,
                Some(2_400),
                "the server refuses the password",
            ),
            sensor("drop", "folder", SensorState::Idle, None, ""),
        ],
        letters: vec![voice.say("2 letters wait: no relay is configured")],
        queue: (3, 4_096),
        last_commit: Some(before(4)),
        last_error: Some((
            voice.say("reports@northmere.example: the server refuses the password"),
            before(2_400),
        )),
        store: StoreFigures {
            messages: 1_204_331,
            entries: 48_612,
            originals: 41,
            bytes: 1_234_567_890,
            free_bytes: Some(88_000_000_000),
        },
        hours: (0..48)
            .map(|at| HourCount {
                hour: NOW.plus_secs((at - 47) * HOUR),
                messages: 60 + (at as u64 * 7919) % 900 * u64::from((6..20).contains(&(at % 24))),
            })
            .collect(),
        latency: vec![(1, 1_204), (2, 7_988), (5, 2_911), (10, 301), (50, 12), (1_000, 0)],
    }
}
