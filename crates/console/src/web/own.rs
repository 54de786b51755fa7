//! My mail: what a member may know of the own mail. The member is the one of the account, never one that a request names.

use super::audit;
use super::member;
use crate::error::Failure;
use crate::page::own::{OwnView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use runtime::measure::access;
use std::sync::Arc;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    let id = person.account.member.clone().ok_or(Failure::Missing)?;
    state
        .work(move |state| {
            let mut data = state.live.data()?;
            let house = state.live.house();
            let name =
                house.by_id(&id).and_then(|index| house.member(index)).map(|member| member.name.clone());
            let view = OwnView {
                name: name.unwrap_or_else(|| id.clone()),
                warnings: Vec::new(),
                steps: member::steps(&data, &id)?,
                mails: Vec::new(),
                looks: access::of_member(&data, &id)?.into_iter().map(audit::row).collect(),
            };
            Ok(render(&view, &state.chrome(&person, &mut data)?))
        })
        .await
}
