//! Blocked senders: the list, and proposing to let one go.

use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::deciding;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::blocked::{BlockedRow, BlockedView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{LeafIndex, Role};
use runtime::measure::blocking::{self, BlockedSender};
use runtime::measure::{Measure, Page};
use std::sync::Arc;

/// Senders on one page.
const PAGE: usize = 50;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let after = query::after(&query);
    state
        .work(move |state| {
            let data = state.live.data()?;
            let Page { rows, next } = blocking::list(&data, after.as_deref(), PAGE)?;
            let view = BlockedView {
                senders: rows.into_iter().map(row).collect(),
                unblock: judging::with_role(&person.actor(), &[Role::Analyst, Role::Approver]),
                next: next.map(|after| query::with("/blocked", &[("after", &after)])),
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn row(sender: BlockedSender) -> BlockedRow {
    BlockedRow { address: sender.address, since: sender.since, evidence: LeafIndex(sender.evidence) }
}

/// Proposes that mail by one is judged as any other again.
pub(crate) async fn unblock(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    let (address, why) = (fields.get("address").to_owned(), fields.get("reason").to_owned());
    let actor = person.actor();
    let proposed =
        state.work(move |state| deciding::propose(state, Measure::UnblockSender { address }, &why, &actor));
    proposed.await?;
    state
        .sessions
        .leave(&person.session_id, Notice::Done("It is proposed, and waits for a second person.".into()));
    Ok(Redirect::to("/blocked").into_response())
}
