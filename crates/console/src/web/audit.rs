//! Audit: who looked at whose mail or identity, and for what purpose.

use super::query::{self, Query};
use crate::error::Failure;
use crate::page::audit::{AuditRow, AuditView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use model::LeafIndex;
use runtime::measure::Page;
use runtime::measure::access::{self, Access, Act};
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 100;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let after = query::after(&query);
    let account = query.get("account").to_owned();
    state
        .work(move |state| {
            let data = state.live.data()?;
            let wanted = Some(account.as_str()).filter(|account| !account.is_empty());
            let Page { rows, next } = access::list(&data, &person.actor(), wanted, after.as_deref(), PAGE)?;
            let next = next.map(|after| query::with("/audit", &[("account", &account), ("after", &after)]));
            let view =
                AuditView { rows: rows.into_iter().map(row).collect(), account: account.clone(), next };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

/// A look, in words.
pub(crate) fn row(look: Access) -> AuditRow {
    let action = match look.act {
        Act::ViewedBody => "looked at a mail",
        Act::Unmasked => "was shown who a member is",
    };
    AuditRow {
        time: look.at,
        account: look.account,
        action: action.to_owned(),
        about: look.about,
        purpose: look.purpose,
        evidence: Some(LeafIndex(look.evidence)),
    }
}
