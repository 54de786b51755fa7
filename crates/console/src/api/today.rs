//! What needs a person, as the page Today has it.

use crate::error::Failure;
use crate::page::today::{Task, TaskKind, TodayView};
use crate::state::State;
use crate::visitor::Program;
use crate::web::today::view;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What needs a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Today {
    /// Messages of the last 24 hours.
    messages: u64,
    /// Those of them that were disarmed.
    disarmed: u64,
    /// Those of them that are in quarantine.
    quarantined: u64,
    /// Campaigns of concern that are not dismissed.
    campaigns: u64,
    /// Members whom such a campaign reached and who are not warned.
    unwarned: u64,
    /// What the account of the token can act on: those that have waited longest, in order.
    mine: Vec<Waiting>,
    /// How many more there are.
    mine_more: u64,
    /// What waits for somebody else, likewise.
    others: Vec<Waiting>,
    /// How many more there are.
    others_more: u64,
}

/// One thing that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// `campaign`, `warnings`, `hold`, `release`, `removal`, `decision`, `sensor`, `account`, `letters` or `machine`.
    kind: &'static str,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// When it lapses, RFC 3339.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// What it is about.
    title: String,
    /// Path of the page on which to act.
    #[schema(example = "/decisions")]
    path: String,
}

/// What needs a person, oldest first.
#[utoipa::path(get, path = "/api/v1/today", tag = "health",
    responses((status = 200, description = "What waits, and figures of the day", body = Today)))]
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    program: Program,
) -> Result<Json<Today>, Failure> {
    let found = state.work(move |state| {
        state.activity.follow(&state.live)?;
        let data = state.live.data()?;
        view(state, &data, &program.actor())
    });
    Ok(Json(found.await?.into()))
}

impl From<TodayView> for Today {
    fn from(view: TodayView) -> Self {
        let TodayView { mine, others, day, .. } = view;
        let waiting = |tasks: Vec<Task>| tasks.into_iter().map(Waiting::from).collect();
        Self {
            messages: day.messages,
            disarmed: day.disarmed,
            quarantined: day.quarantined,
            campaigns: day.campaigns,
            unwarned: day.unwarned,
            mine: waiting(mine.tasks),
            mine_more: mine.more,
            others: waiting(others.tasks),
            others_more: others.more,
        }
    }
}

impl From<Task> for Waiting {
    fn from(task: Task) -> Self {
        Self {
            kind: match task.kind {
                TaskKind::ConfirmCampaign => "campaign",
                TaskKind::ApproveWarnings => "warnings",
                TaskKind::HeldWarning => "hold",
                TaskKind::ApproveRelease => "release",
                TaskKind::ApprovePurge => "removal",
                TaskKind::ApproveOther => "decision",
                TaskKind::FailingSensor => "sensor",
                TaskKind::Handover => "account",
                TaskKind::Letters => "letters",
                TaskKind::OverdueCopy => "overdue_copy",
                TaskKind::Machine => "machine",
            },
            since: rfc3339(task.since),
            due: task.due.map(rfc3339),
            title: task.title,
            path: task.path,
        }
    }
}
