//! What waits for a person: found cheaply and put in order first, and told in words only as far as a page shows it.

use super::judging;
use super::letters::Pending;
use crate::account::handover::{NotYet, Way};
use crate::account::{self, Account};
use crate::error::Failure;
use crate::page::campaigns::Standing;
use crate::page::text::{counted, segment};
use crate::page::today::{Task, TaskKind, Waiting};
use crate::state::State;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::{Actor, EventTime, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::measure::warning::{self, Unproposed, Warning};
use runtime::measure::{Decision, Measure, decision};
use runtime::overview::{self, CampaignHead};
use runtime::register::{self, SupplyRow};

/// Tasks of each list that one page shows: those that have waited longest.
const SHOWN_MAX: usize = 25;

/// A campaign to which a person is alerted and that is not dismissed.
pub(crate) struct Concern {
    pub(crate) head: CampaignHead,
    pub(crate) standing: Standing,
}

/// Campaigns of concern that are not dismissed, the latest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn concerns(data: &Data) -> Result<Vec<Concern>, Failure> {
    let mut concerns = Vec::new();
    for head in overview::concerns(data)? {
        let standing = judging::standing(data, &head.id)?;
        if standing != Standing::Dismissed {
            concerns.push(Concern { head, standing });
        }
    }
    Ok(concerns)
}

/// Something that waits.
enum Thing {
    Handover(Account, NotYet),
    Open(CampaignHead),
    Drafts(CampaignHead, Unproposed),
    Held(Warning),
    Proposal(Decision),
    Trouble(String),
    Letters(String),
    Copy(SupplyRow),
}

struct Item {
    since: EventTime,
    is_mine: bool,
    thing: Thing,
}

/// What `actor` can act on, and what waits for others, oldest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn tasks(
    state: &State,
    data: &Data,
    concerns: Vec<Concern>,
    actor: &Actor,
) -> Result<(Waiting, Waiting), Failure> {
    let mut items = campaigns(data, concerns, actor)?;
    items.extend(judging::open(data)?.into_iter().map(|decision| proposal(decision, actor)));
    let held = warning::held(data, None, MEASURE_PAGE_ROWS_MAX)?.rows;
    items.extend(held.into_iter().map(|one| Item {
        since: one.since,
        is_mine: false,
        thing: Thing::Held(one),
    }));
    let health = state.live.health();
    items.extend(handovers(state, data)?);
    items.extend(overdue_copies(state, data)?);
    items.extend(health.last_error.map(|error| Item {
        since: health.last_commit.unwrap_or(state.started),
        is_mine: false,
        thing: Thing::Trouble(error),
    }));
    let letters = Pending::read(data, state.settings.reach)?;
    let since = letters.since.unwrap_or(state.started);
    items.extend(letters.sentences().into_iter().map(|told| Item {
        since,
        is_mine: actor.has(Role::Approver),
        thing: Thing::Letters(told),
    }));
    items.sort_by_key(|item| item.since);
    let (mine, others): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| item.is_mine);
    Ok((shown(data, mine)?, shown(data, others)?))
}

/// A campaign waits until somebody has said what it is; then its drafts wait until somebody proposes to send them.
fn campaigns(data: &Data, concerns: Vec<Concern>, actor: &Actor) -> Result<Vec<Item>, Failure> {
    let is_mine = actor.has(Role::Analyst) || actor.has(Role::Approver);
    let mut items = Vec::new();
    for Concern { head, standing } in concerns {
        if standing == Standing::Open {
            let alerted = head.first_alert.as_ref().and_then(|alert| parse_rfc3339(&alert.time));
            let since = alerted.unwrap_or(EventTime(head.first));
            items.push(Item { since, is_mine, thing: Thing::Open(head) });
            continue;
        }
        // Each member whom it reached has one draft at most.
        let members = usize::try_from(head.states.values().sum::<u64>()).unwrap_or(usize::MAX);
        if let Some(drafts) = warning::unproposed(data, &head.id, members)? {
            items.push(Item { since: drafts.since, is_mine, thing: Thing::Drafts(head, drafts) });
        }
    }
    Ok(items)
}

fn proposal(decision: Decision, actor: &Actor) -> Item {
    Item {
        since: decision.proposed_at,
        is_mine: actor.has(Role::Approver) && !decision::is_own(actor, &decision),
        thing: Thing::Proposal(decision),
    }
}

/// Accounts that decide or read mail, and that somebody else opened a short while ago.
fn handovers(state: &State, data: &Data) -> Result<Vec<Item>, Failure> {
    let accounts = account::all(data)?.into_iter().filter(Account::is_watched);
    let held = accounts.filter_map(|account| {
        let held = account.hold(state.settings.approval_hold_secs, state.now())?;
        let since = EventTime(account.handovers.iter().map(|handover| handover.at_secs).max()?);
        Some(Item { since, is_mine: false, thing: Thing::Handover(account, held) })
    });
    Ok(held.collect())
}

fn shown(data: &Data, items: Vec<Item>) -> Result<Waiting, Failure> {
    let more = items.len().saturating_sub(SHOWN_MAX) as u64;
    let tasks = items.into_iter().take(SHOWN_MAX).map(|item| task(data, item));
    Ok(Waiting { tasks: tasks.collect::<Result<_, _>>()?, more })
}

fn task(data: &Data, Item { since, thing, .. }: Item) -> Result<Task, Failure> {
    Ok(match thing {
        Thing::Open(head) => Task {
            kind: TaskKind::ConfirmCampaign,
            since,
            due: None,
            detail: format!("{} that this is a reconnaissance campaign", head.likelihood),
            path: format!("/campaigns/{}", segment(&head.id)),
            title: head.name,
        },
        Thing::Drafts(head, drafts) => Task {
            kind: TaskKind::ApproveWarnings,
            since,
            due: None,
            detail: format!(
                "{} drafted, and nobody has proposed to send them",
                counted(drafts.drafts as u64, "warning")
            ),
            path: format!("/campaigns/{}", segment(&head.id)),
            title: head.name,
        },
        Thing::Handover(account, held) => handover(since, account, &held),
        Thing::Copy(supply) => overdue_copy(since, supply),
        Thing::Held(warning) => held(since, warning),
        Thing::Proposal(decision) => Task {
            kind: kind(&decision.measure),
            since,
            due: Some(decision.lapses_at),
            title: judging::subject(data, &decision.measure)?.0,
            detail: decision.reason,
            path: "/decisions".into(),
        },
        Thing::Letters(told) => Task {
            kind: TaskKind::Letters,
            since,
            due: None,
            title: told,
            detail: String::new(),
            path: "/letters".into(),
        },
        Thing::Trouble(error) => Task {
            kind: TaskKind::Machine,
            since,
            due: None,
            title: "The last write failed".into(),
            detail: error,
            path: "/health".into(),
        },
    })
}

fn handover(since: EventTime, account: Account, held: &NotYet) -> Task {
    let step = account.handovers.iter().rev().find(|handover| handover.way != Way::Entered);
    let detail = step.map(|handover| format!("{} {}", handover.by, handover.way.words()));
    Task {
        kind: TaskKind::Handover,
        since,
        due: match held {
            NotYet::Fresh { until, .. } => Some(*until),
            NotYet::Handler => None,
        },
        title: account.id,
        detail: detail.unwrap_or_default() + ". Ask whether it is in the right hands.",
        path: "/decisions".into(),
    }
}

/// Copies whose time is over, from that moment on.
fn overdue_copies(state: &State, data: &Data) -> Result<Vec<Item>, Failure> {
    let overdue =
        register::supplies(data, state.now())?.into_iter().filter(|supply| supply.state == "overdue");
    let item = |supply: SupplyRow| Item {
        since: parse_rfc3339(&supply.until).unwrap_or(EventTime(0)),
        is_mine: true,
        thing: Thing::Copy(supply),
    };
    Ok(overdue.map(item).collect())
}

fn overdue_copy(since: EventTime, supply: SupplyRow) -> Task {
    let SupplyRow { id, register, recipient, .. } = supply;
    Task {
        kind: TaskKind::OverdueCopy,
        since,
        due: None,
        title: format!("{id}: {register} for {recipient}"),
        detail: "Nobody attested that it was destroyed.".into(),
        path: "/registers".into(),
    }
}

fn held(since: EventTime, warning: Warning) -> Task {
    let (reason, until) = warning.hold.map(|hold| (hold.reason, hold.until)).unzip();
    Task {
        kind: TaskKind::HeldWarning,
        since,
        due: until,
        title: format!("Warning to member {}", warning.member),
        detail: reason.unwrap_or_default(),
        path: format!("/members/{}", segment(&warning.member)),
    }
}

fn kind(measure: &Measure) -> TaskKind {
    match measure {
        Measure::Release { .. } => TaskKind::ApproveRelease,
        Measure::Purge { .. } => TaskKind::ApprovePurge,
        Measure::Warn { .. } => TaskKind::ApproveWarnings,
        _ => TaskKind::ApproveOther,
    }
}
