//! Today, campaigns and decisions.

use super::{NOW, Page, Voice, analyst, approver, before, page};
use console::page::campaign::{
    self, CampaignPermissions, CampaignView, FirstAlert, HostRow, LinkedCampaign, MailRow, MemberSpot,
    Removal, SenderRow,
};
use console::page::campaigns::{self, CampaignSummary, CampaignsView, Standing};
use console::page::chrome::{Chrome, Notice};
use console::page::decisions::{self, DecisionKind, DecisionView, DecisionsView, Outcome, OutcomeWord};
use console::page::form::Permission;
use console::page::reason::ReasonView;
use console::page::today::{self, DayCount, DayFigures, Task, TaskKind, TodayView, Waiting};
use model::{EventTime, LeafIndex, Likelihood, MemberState};
use std::collections::BTreeMap;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// The pages.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let (analyst, approver) = (analyst(voice), approver(voice));
    let nothing = TodayView {
        mine: Waiting::default(),
        others: Waiting::default(),
        day: DayFigures::default(),
        days: Vec::new(),
    };
    let no_campaign =
        CampaignsView { campaigns: Vec::new(), standing: Some(Standing::Dismissed), next: None };
    let done =
        Chrome { notice: Some(Notice::Done(voice.say("You confirmed the campaign."))), ..analyst.clone() };
    vec![
        page("today", "/", today::render(&today(voice), &approver)),
        page("today-empty", "/empty", today::render(&nothing, &Chrome { waiting: 0, ..analyst.clone() })),
        page("campaigns", "/campaigns", campaigns::render(&campaigns(voice), &analyst)),
        page("campaigns-empty", "/campaigns/empty", campaigns::render(&no_campaign, &analyst)),
        page("campaign", "/campaigns/C-6f1c2a9e00b4d7e1", campaign::render(&open_campaign(voice), &analyst)),
        page(
            "campaign-confirmed",
            "/campaigns/confirmed",
            campaign::render(&confirmed_campaign(voice), &done),
        ),
        page("decisions", "/decisions", decisions::render(&decisions(voice), &approver)),
    ]
}

fn today(voice: &Voice) -> TodayView {
    let task = |kind, secs, due: Option<i64>, title: &str, detail: &str, path: &str| Task {
        kind,
        since: before(secs),
        due: due.map(|secs| NOW.plus_secs(secs)),
        title: voice.say(title),
        detail: voice.say(detail),
        path: voice.say(path),
    };
    let mine = vec![
        task(
            TaskKind::ApproveWarnings,
            20 * HOUR,
            Some(52 * HOUR),
            "40 warnings about “The story behind the vote”",
            "Drafted by analyst-2 and read by nobody else yet",
            "/decisions",
        ),
        task(
            TaskKind::ApproveRelease,
            5 * HOUR,
            None,
            "Invoice 2021-014 from the port authority",
            "analyst-2: the sender confirmed it by telephone",
            "/decisions",
        ),
        task(
            TaskKind::ConfirmCampaign,
            2 * HOUR,
            None,
            "“Harbour bill: what the papers missed”",
            "5 mails by 2 senders to 5 members",
            "/campaigns/C-6f1c2a9e00b4d7e1",
        ),
    ];
    let others = vec![
        task(
            TaskKind::HeldWarning,
            3 * DAY,
            Some(9 * HOUR),
            "Warning to member M017",
            "Held by approver-2: the member is abroad until Friday",
            "/members/M017",
        ),
        task(
            TaskKind::ApprovePurge,
            26 * HOUR,
            None,
            "104 mails in 40 mailboxes",
            "You proposed it, so somebody else approves it",
            "/decisions",
        ),
        task(
            TaskKind::FailingSensor,
            40 * 60,
            None,
            "Mailbox reports@northmere.example",
            "The server refuses the password",
            "/health",
        ),
    ];
    TodayView {
        mine: Waiting { tasks: mine, more: 17 },
        others: Waiting { tasks: others, more: 0 },
        day: DayFigures { messages: 12_480, disarmed: 3_127, quarantined: 41, campaigns: 2, unwarned: 45 },
        days: (0..14).map(|at| day_count(13 - at)).collect(),
    }
}

fn day_count(ago: i64) -> DayCount {
    let day = before(ago * DAY);
    let weekend = matches!(day.day().rem_euclid(7), 2 | 3);
    let messages = if weekend { 3_100 + 90 * ago as u64 } else { 11_200 + 137 * (ago as u64 % 5) };
    DayCount { day, messages, acted: messages / 4 + 11 * ago as u64 }
}

fn campaigns(voice: &Voice) -> CampaignsView {
    let second = CampaignSummary {
        id: "C-02b17790aa51c3f8".into(),
        name: voice.say("“Harbour bill: what the papers missed”"),
        standing: Standing::Open,
        likelihood: Likelihood::Likely,
        first: before(30 * HOUR),
        last: before(2 * HOUR),
        messages: 5,
        senders: 2,
        daily: vec![2, 3],
        opened: 0,
        states: BTreeMap::from([(MemberState::Disarmed, 5)]),
    };
    let third = CampaignSummary {
        id: "C-91d0e3c84b7f1165".into(),
        name: voice.say("“Your invitation to the coast forum”"),
        standing: Standing::Dismissed,
        likelihood: Likelihood::RealisticPossibility,
        first: before(19 * DAY),
        last: before(12 * DAY),
        messages: 31,
        senders: 1,
        daily: vec![9, 4, 0, 6, 2, 0, 0, 10],
        opened: 0,
        states: BTreeMap::from([(MemberState::Disarmed, 28), (MemberState::Delivered, 3)]),
    };
    let standing_open = summary(voice, Standing::Confirmed);
    CampaignsView {
        campaigns: vec![second, standing_open, third],
        standing: None,
        next: Some(voice.say("/campaigns?after=C-91d0e3c84b7f1165")),
    }
}

fn summary(voice: &Voice, standing: Standing) -> CampaignSummary {
    CampaignSummary {
        id: voice.say("C-6f1c2a9e00b4d7e1"),
        name: voice.say("“The story behind the vote”"),
        standing,
        likelihood: Likelihood::AlmostCertain,
        first: before(97 * HOUR),
        last: before(3 * HOUR),
        messages: 104,
        senders: 10,
        daily: vec![11, 27, 31, 22, 13],
        opened: 3,
        states: BTreeMap::from([
            (MemberState::Opened, 3),
            (MemberState::Disarmed, 24),
            (MemberState::Delivered, 9),
            (MemberState::Blocked, 3),
            (MemberState::Targeted, 1),
        ]),
    }
}

fn mails(voice: &Voice) -> Vec<MailRow> {
    let row = |days: i64, subject: &str, members: &[&str]| MailRow {
        time: before(days * DAY),
        from: voice.say("courier@northmere-courier.test"),
        subject: voice.say(subject),
        members: voice.each(members),
        evidence: Some(LeafIndex(48_000)),
    };
    vec![
        row(40, "The story behind the vote", &["M004"]),
        row(39, "What the committee did not hear", &["M011", "M017"]),
        row(2, "", &[]),
    ]
}

fn open_campaign(voice: &Voice) -> CampaignView {
    let times = times();
    let alert = times.get(10).copied().unwrap_or(NOW);
    CampaignView {
        summary: summary(voice, Standing::Open),
        first_alert: Some(FirstAlert { time: alert, after_messages: 11, evidence: Some(LeafIndex(48_211)) }),
        times,
        senders: senders(voice),
        hosts: vec![
            HostRow { host: voice.say("t.mailmerge.example"), messages: 104 },
            HostRow { host: voice.say("northmere-courier.test"), messages: 61 },
        ],
        mails: mails(voice),
        other_mails: 101,
        subjects: voice.each(&[
            "The story behind the vote",
            "What the committee did not hear",
            "Harbour: a reader asks",
        ]),
        reasons: reasons(voice),
        members: spots(voice),
        group: Some(voice.say("forum")),
        other_recipients: 4,
        linked: vec![LinkedCampaign {
            id: "C-02b17790aa51c3f8".into(),
            name: voice.say("“Harbour bill: what the papers missed”"),
            likelihood: Likelihood::RealisticPossibility,
            reasons: vec![
                reason(voice, "SAME_AIM", 1.6, "both are concentrated in the same protected group"),
                reason(voice, "SHARED_RECIPIENTS", 0.9, "5 of 5 recipients were written to by both"),
                reason(voice, "HOSTS", -0.5, "no host in common"),
            ],
        }],
        removal: None,
        has_relay: true,
        decisions: Vec::new(),
        may: CampaignPermissions {
            confirm: Permission::Allowed,
            dismiss: Permission::Allowed,
            warn: Permission::Refused(voice.say("confirm the campaign first")),
            purge: Permission::Refused(voice.say("confirm the campaign first")),
            restore: Permission::Absent,
        },
    }
}

fn confirmed_campaign(voice: &Voice) -> CampaignView {
    let mut view = open_campaign(voice);
    view.summary.standing = Standing::Confirmed;
    view.decisions = vec![warn(voice)];
    view.may = CampaignPermissions {
        confirm: Permission::Absent,
        dismiss: Permission::Allowed,
        warn: Permission::Allowed,
        purge: Permission::Allowed,
        restore: Permission::Allowed,
    };
    view.removal = Some(Removal {
        approved: before(2 * DAY),
        until: NOW.plus_secs(28 * DAY),
        planned: 104,
        moved: 101,
        restored: 0,
        gone: 2,
        failed: 1,
    });
    view
}

/// 104 mails in five working days, most of them before noon.
fn times() -> Vec<EventTime> {
    let first = before(97 * HOUR);
    let mut times: Vec<EventTime> = (0..104)
        .map(|at: i64| {
            first.plus_secs((at % 5) * DAY * 97 / 120 + (at * at * 37) % (5 * HOUR) + (at % 3) * 1_700)
        })
        .collect();
    times.sort();
    times
}

fn senders(voice: &Voice) -> Vec<SenderRow> {
    let names = [
        "editor",
        "newsdesk",
        "a.lindqvist",
        "press",
        "letters",
        "o.farrow",
        "desk2",
        "politics",
        "h.mercer",
        "sunday",
    ];
    names
        .iter()
        .enumerate()
        .map(|(at, name)| SenderRow {
            address: voice.say(&format!("{name}@northmere-courier.test")),
            messages: [18, 15, 14, 12, 11, 9, 9, 7, 5, 4].get(at).copied().unwrap_or(1),
        })
        .collect()
}

fn reason(voice: &Voice, code: &str, weight: f32, detail: &str) -> ReasonView {
    ReasonView { code: voice.say(code), weight, detail: voice.say(detail) }
}

fn reasons(voice: &Voice) -> Vec<ReasonView> {
    vec![
        reason(
            voice,
            "GROUP_CONCENTRATION",
            4.3,
            "38 of 40 recipients are in a group that has 38 of 120 members",
        ),
        reason(voice, "SEVERAL_SENDERS", 2.5, "10 sender accounts work as one operation"),
        reason(
            voice,
            "IMITATES_LINKED",
            2.5,
            "the senders' domain imitates an organization that they link to",
        ),
        reason(
            voice,
            "NOVEL_SENDERS",
            2.0,
            "neither the senders nor their domains wrote to the house before",
        ),
        reason(voice, "BULK_WITHOUT_LIST", 1.0, "tracked mail to many without any list header"),
        reason(
            voice,
            "RECIPIENT_TOKENS",
            0.5,
            "each message carries a token of its own that reports the reader",
        ),
        reason(voice, "HIDDEN_BEACON", 0.5, "the beacon is hidden from the reader"),
        reason(voice, "LINKS_HOME", -0.4, "some links lead to the sender's own organization"),
        reason(voice, "SAME_WORDS", -1.6, "several senders use the same words under their own names"),
    ]
}

/// 120 members, 38 of them in the group.
fn spots(voice: &Voice) -> Vec<MemberSpot> {
    (1..=120u32)
        .map(|number| {
            let is_in_group = number % 3 == 1 && number < 114;
            let state = match (is_in_group, number) {
                (_, 4 | 10 | 28) => Some(MemberState::Opened),
                (true, 1..40) => Some(MemberState::Delivered),
                (true, 40..110) => Some(MemberState::Disarmed),
                (true, _) | (false, 50 | 51) => Some(MemberState::Blocked),
                (false, 119) => Some(MemberState::Targeted),
                (false, _) => None,
            };
            MemberSpot {
                id: voice.say(&format!("M{number:03}")),
                name: None,
                is_in_group,
                state,
                since: state.map(|_| before(90 * HOUR - i64::from(number) * 600)),
                evidence: state.map(|_| LeafIndex(48_000 + u64::from(number))),
                opened: (state == Some(MemberState::Opened)).then(|| before(HOUR)),
            }
        })
        .collect()
}

const WARNING: &str = "Between 18 and 22 January you received 3 mails that are almost certain to be part of a \
    reconnaissance campaign.\n\nWhat we know: the mails looked like news. Showing their pictures would have told the \
    sender that you read them.\n\nWhat to do: nothing for now. If one of them led you to type a password, tell the \
    security team today.";

fn warn(voice: &Voice) -> DecisionView {
    DecisionView {
        id: voice.say("D-17"),
        kind: DecisionKind::Warn,
        about: voice.say("“The story behind the vote”"),
        path: Some(voice.say("/campaigns/C-6f1c2a9e00b4d7e1")),
        extent: voice.say("40 members"),
        reason: voice.say("Confirmed with the publisher: they did not send these."),
        proposed_by: voice.say("analyst-2"),
        proposed: before(20 * HOUR),
        lapses: Some(NOW.plus_secs(52 * HOUR)),
        outcome: None,
        texts: vec![voice.say(WARNING)],
        evidence: Some(LeafIndex(48_590)),
        approve: Permission::Allowed,
        refuse: Permission::Allowed,
        withdraw: Permission::Absent,
    }
}

fn decisions(voice: &Voice) -> DecisionsView {
    let own = DecisionView {
        id: voice.say("D-18"),
        kind: DecisionKind::Purge,
        extent: voice.say("104 mails in 40 mailboxes"),
        reason: voice.say("They are still in the inboxes."),
        proposed_by: voice.say("approver-1"),
        proposed: before(26 * HOUR),
        texts: Vec::new(),
        approve: Permission::Refused(voice.say("you proposed it; somebody else has to approve it")),
        refuse: Permission::Absent,
        withdraw: Permission::Allowed,
        ..warn(voice)
    };
    let closed = |kind, about: &str, word, by: Option<&str>, reason: &str| DecisionView {
        kind,
        about: voice.say(about),
        path: None,
        extent: String::new(),
        outcome: Some(Outcome {
            word,
            by: by.map(|by| voice.say(by)),
            at: before(30 * HOUR),
            reason: voice.say(reason),
        }),
        approve: Permission::Absent,
        refuse: Permission::Absent,
        proposed: before(50 * HOUR),
        lapses: None,
        texts: Vec::new(),
        ..warn(voice)
    };
    DecisionsView {
        open: vec![warn(voice), own],
        closed: vec![
            closed(
                DecisionKind::Release,
                "Minutes of the harbour committee",
                OutcomeWord::Done,
                Some("approver-2"),
                "",
            ),
            closed(
                DecisionKind::Block,
                "billing@harbour-pay.test",
                OutcomeWord::Refused,
                Some("approver-2"),
                "This address belongs to a supplier. Ask procurement first.",
            ),
            closed(DecisionKind::Release, "Parcel notice", OutcomeWord::Lapsed, None, ""),
        ],
        next: Some(voice.say("/decisions?after=D-9")),
    }
}
