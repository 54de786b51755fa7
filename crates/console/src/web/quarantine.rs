//! Quarantine: what is kept, why, and, for a purpose, what it says.

use super::campaign::reason;
use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::deciding;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::chart::letter::Letter;
use crate::page::form::Permission;
use crate::page::quarantine::{QuarantineState, QuarantineView, QuarantinedMessage, render};
use crate::page::quarantined::{self, Preview, QuarantinedView};
use crate::page::reason::ReasonView;
use crate::page::text::{counted, segment};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use mail::verdict::weight;
use maud::Markup;
use model::{LeafIndex, Role};
use runtime::data::Data;
use runtime::measure::quarantine::{self, Item, ItemState};
use runtime::measure::{Measure, Page, preview};
use runtime::overview;
use runtime::row::ReasonRow;
use std::sync::Arc;

/// Messages on one page.
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
            let Page { rows, next } = quarantine::list(&data, after.as_deref(), PAGE)?;
            let messages = rows.iter().map(|item| message(&data, item)).collect::<Result<_, _>>()?;
            let next = next.map(|after| query::with("/quarantine", &[("after", &after)]));
            Ok(render(&QuarantineView { messages, next }, &state.chrome(&person, &data)?))
        })
        .await
}

/// One message, without what it says.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    state.work(move |state| page(state, &person, &id, None)).await
}

/// One message with what it says, after the purpose was put on record.
pub(crate) async fn view(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    person.check_reads_mail(&state)?;
    let purpose = fields.get("purpose").to_owned();
    state
        .work(move |state| {
            let actor = person.actor();
            let bytes = quarantine::view(&mut *state.live.data()?, &actor, &id, &purpose, state.now())?;
            page(state, &person, &id, Some(preview(&bytes)))
        })
        .await
}

/// Proposes to release it, or to block its sender.
pub(crate) async fn propose(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((id, action)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let back = format!("/quarantine/{}", segment(&id));
    let (actor, why) = (person.actor(), fields.get("reason").to_owned());
    let proposed = state.work(move |state| {
        let measure = match action.as_str() {
            "release" => Measure::Release { item: id },
            "block" => Measure::BlockSender { address: item(&*state.live.data()?, &id)?.from },
            _ => return Err(Failure::Missing),
        };
        deciding::propose(state, measure, &why, &actor)
    });
    proposed.await?;
    state
        .sessions
        .leave(&person.session_id, Notice::Done("It is proposed, and waits for a second person.".into()));
    Ok(Redirect::to(&back).into_response())
}

fn item(data: &Data, id: &str) -> Result<Item, Failure> {
    quarantine::get(data, id)?.ok_or(Failure::Missing)
}

fn page(state: &State, person: &Person, id: &str, preview: Option<Preview>) -> Result<Markup, Failure> {
    let data = state.live.data()?;
    let item = item(&data, id)?;
    let may = judging::with_role(&person.actor(), &[Role::Analyst, Role::Approver]);
    let only_if = |makes_sense: bool| if makes_sense { may.clone() } else { Permission::Absent };
    let is_kept = matches!(item.state, ItemState::Kept);
    let view = QuarantinedView {
        message: message(&data, &item)?,
        recipients: recipients(&item),
        reasons: item.reasons.iter().map(explained).collect(),
        preview,
        view: only_if(item.state != ItemState::Expired),
        release: only_if(is_kept && item.decision.is_none()),
        block: only_if(!item.from.is_empty()),
        digest: item.digest,
        evidence: Some(LeafIndex(item.evidence)),
    };
    Ok(quarantined::render(&view, &state.chrome(person, &data)?))
}

/// A reason with what it means, so that whoever reads it can explain it to a member.
fn explained(row: &ReasonRow) -> ReasonView {
    let why = weight::ALL.iter().find(|known| known.code == row.code).map(|known| known.why);
    let seen = reason(row);
    let detail = match why {
        Some(why) if !seen.detail.is_empty() => format!("{why} Seen: {}", seen.detail),
        Some(why) => why.to_owned(),
        None => seen.detail,
    };
    ReasonView { detail, ..seen }
}

/// Members by identifier: who they are is shown on their own pages, for a purpose. Others are only counted.
fn recipients(item: &Item) -> Vec<String> {
    let others = item.rcpt_to.len().saturating_sub(item.members.len());
    let told = (others > 0).then(|| format!("{others} others"));
    item.members.iter().cloned().chain(told).collect()
}

fn message(data: &Data, item: &Item) -> Result<QuarantinedMessage, Failure> {
    let campaign = match &item.campaign {
        Some(id) => Some((id.clone(), overview::name(data, id)?)),
        None => None,
    };
    let strongest = item.reasons.iter().max_by(|a, b| a.weight.total_cmp(&b.weight));
    Ok(QuarantinedMessage {
        id: item.id.clone(),
        received: item.received,
        expires: item.expires,
        from: item.from.clone(),
        subject: item.subject.clone(),
        recipients: item.rcpt_to.len() as u64,
        score: item.score,
        because: strongest.map(|row| explained(row).detail).unwrap_or_default(),
        state: match item.state {
            ItemState::Kept if item.decision.is_some() => QuarantineState::ReleaseProposed,
            ItemState::Kept => QuarantineState::Kept,
            ItemState::Releasing | ItemState::Released => QuarantineState::Released,
            ItemState::Expired => QuarantineState::Expired,
        },
        campaign,
    })
}

/// What a message says, as text and as a drawing. Links stand apart, where nobody can follow one by mistake.
fn preview(bytes: &[u8]) -> Preview {
    let read = preview::of(bytes);
    let mut shown = Preview::of_text(&read.text);
    shown.links = read.links;
    if read.loads > 0 {
        shown.removed.push(counted(read.loads as u64, "thing") + " that would load from elsewhere");
    }
    if read.is_cut {
        shown.removed.push("the rest of a very long text".to_owned());
    }
    shown.letter = Letter {
        from: read.from,
        subject: read.subject,
        outline: read.outline,
        attachments: read.attachments,
    };
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, detail: &str, expected: &str) {
        let row = ReasonRow { code: code.into(), weight: 1.0, detail: detail.into() };
        assert_eq!(explained(&row).detail, expected);
    }

    #[test]
    fn reasons_are_sentences() {
        check("LINK_PORT", "8443", "A link leads to an unusual port. Seen: 8443");
        check("LINK_PORT", "", "A link leads to an unusual port.");
        check("NO_SUCH_CODE", "something", "something");
    }
}
