//! Audit: who looked at whose mail or identity, and for what purpose.

use super::query::{self, Query};
use crate::error::Failure;
use crate::page::audit::{AuditRow, AuditView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use model::{EventTime, LeafIndex};
use runtime::measure::access::{self, Access, Looked};
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 100;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let before = Some(query.get("before").to_owned()).filter(|before| !before.is_empty());
    let account = query.get("account").to_owned();
    state
        .work(move |state| {
            let mut data = state.live.data()?;
            let page = access::list(&data, before.as_deref(), PAGE)?;
            let last = page.last().filter(|_| page.len() == PAGE);
            let next = last.map(|last| query::with("/audit", &[("account", &account), ("before", &last.id)]));
            let wanted = page.into_iter().filter(|look| account.is_empty() || look.account == account);
            let view = AuditView { rows: wanted.map(row).collect(), account: account.clone(), next };
            Ok(render(&view, &state.chrome(&person, &mut data)?))
        })
        .await
}

/// A look, in words.
pub(crate) fn row(look: Access) -> AuditRow {
    let action = match look.looked {
        Looked::Body => "looked at a mail",
        Looked::Identity => "looked up who a member is",
    };
    AuditRow {
        time: EventTime(look.time_secs),
        account: look.account,
        action: action.to_owned(),
        about: look.at,
        purpose: look.purpose,
        evidence: Some(LeafIndex(look.evidence)),
    }
}
