//! My mail: what a member may know of the own mail. The member is the one of the account, never one that a request names.

use super::{audit, member, warnings};
use crate::error::Failure;
use crate::page::own::{OwnMail, OwnView, render};
use crate::page::text::written;
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use runtime::measure::access;
use runtime::measure::quarantine::{self, Item, ItemState};
use std::sync::Arc;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    person.check_reads_mail(&state)?;
    let id = person.account.member.clone().ok_or(Failure::Missing)?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let house = state.live.house();
            let actor = person.actor();
            let name =
                house.by_id(&id).and_then(|index| house.member(index)).map(|member| member.name.clone());
            let mails = quarantine::of_member(&data, &id, None, MEASURE_PAGE_ROWS_MAX)?.rows;
            let looks = access::of_member(&data, &actor, &id, None, MEASURE_PAGE_ROWS_MAX)?.rows;
            let view = OwnView {
                name: name.unwrap_or_else(|| id.clone()),
                warnings: warnings::of_member(&data, &id, &actor)?,
                steps: member::steps(&data, &id)?,
                mails: mails.into_iter().map(mail).collect(),
                looks: looks.into_iter().map(audit::row).collect(),
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn mail(item: Item) -> OwnMail {
    let done = match item.state {
        ItemState::Kept => format!("kept from you, until {}", written(item.expires, "%-d %b %Y")),
        ItemState::Releasing => "about to be delivered: two persons released it".to_owned(),
        ItemState::Released => "delivered after two persons released it".to_owned(),
        ItemState::Expired => "deleted, when its time was over".to_owned(),
    };
    OwnMail { time: item.received, from: item.from, subject: item.subject, done }
}
