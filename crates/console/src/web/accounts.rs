//! Accounts, for those who keep them.

use super::form::Fields;
use crate::account::administration::{self, AdministrationError};
use crate::account::{self, Account, invitation};
use crate::error::Failure;
use crate::page::accounts::{AccountRow, AccountsView, OneTimeLink, render};
use crate::page::form::Permission;
use crate::page::{Notice, text};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    page(&state, &person, None).await
}

/// One of the forms on it. A new link is shown in the answer and nowhere else.
pub(crate) async fn change(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = person.actor();
    let id = AccountId(fields.need("account")?.to_owned());
    let wanted = Wanted::read(&fields)?;
    let ends_sessions = wanted.ends_sessions();
    let account = id.clone();
    let done = state
        .work(move |state| {
            let mut data = state.live.data()?;
            Ok(wanted.apply(&mut data, &by, &account, state.now()))
        })
        .await?;
    if ends_sessions && done.is_ok() {
        state.sessions.close_all_of(&id);
    }
    match done {
        Ok(Some(code)) => {
            let link = one_time_link(&state, &id, &code);
            Ok(page(&state, &person, Some(link)).await?.into_response())
        }
        Ok(None) => Ok(back(&state, &person, Notice::Done("Done.".into()))),
        Err(AdministrationError::Store(error)) => Err(error.into()),
        Err(refused) => Ok(back(&state, &person, Notice::Refused(format!("{refused}.")))),
    }
}

/// What a form asks for.
enum Wanted {
    Create { roles: BTreeSet<Role>, member: Option<String> },
    Roles { roles: BTreeSet<Role>, member: Option<String> },
    Link,
    Lock,
    Unlock,
}

impl Wanted {
    fn read(fields: &Fields) -> Result<Self, Failure> {
        let roles = || fields.all("role").filter_map(|word| word.parse().ok()).collect();
        let member = || Some(fields.get("member").to_owned()).filter(|member| !member.is_empty());
        match fields.get("action") {
            "create" => Ok(Self::Create { roles: roles(), member: member() }),
            "roles" => Ok(Self::Roles { roles: roles(), member: member() }),
            "link" => Ok(Self::Link),
            "lock" => Ok(Self::Lock),
            "unlock" => Ok(Self::Unlock),
            _ => Err(Failure::Invalid("this form asks for nothing that can be done here".into())),
        }
    }

    fn ends_sessions(&self) -> bool {
        matches!(self, Self::Link | Self::Lock)
    }

    /// Answers the code of a one-time link where there is a new one.
    fn apply(
        self,
        data: &mut Data,
        by: &Actor,
        id: &AccountId,
        now: EventTime,
    ) -> Result<Option<String>, AdministrationError> {
        match self {
            Self::Create { roles, member } => {
                administration::create(data, by, id, &roles, member, now).map(Some)
            }
            Self::Roles { roles, member } => {
                administration::change_roles(data, by, id, &roles, member, now).map(|()| None)
            }
            Self::Link => administration::reset(data, by, id, now).map(Some),
            Self::Lock => administration::set_disabled(data, by, id, true, now).map(|()| None),
            Self::Unlock => administration::set_disabled(data, by, id, false, now).map(|()| None),
        }
    }
}

fn one_time_link(state: &State, id: &AccountId, code: &str) -> OneTimeLink {
    OneTimeLink {
        account: id.0.clone(),
        url: format!("{}/sign-in?one_time={}", state.settings.public_url, text::segment(code)),
        expires: state.now().plus_secs(invitation::VALID_SECS),
    }
}

fn back(state: &State, person: &Person, notice: Notice) -> Response {
    state.sessions.leave(&person.session_id, notice);
    Redirect::to("/accounts").into_response()
}

async fn page(state: &Arc<State>, person: &Person, link: Option<OneTimeLink>) -> Result<Markup, Failure> {
    let person = person.clone();
    state
        .work(move |state| {
            let data = state.live.data()?;
            let accounts = account::all(&data)?.iter().map(row).collect();
            let view = AccountsView { accounts, link, change: Permission::Allowed };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn row(account: &Account) -> AccountRow {
    AccountRow {
        account: account.id.clone(),
        roles: account.roles().into_iter().collect(),
        member: account.member.clone(),
        has_code: account.second_factor.is_some(),
        is_locked: account.is_disabled,
        last_sign_in: account.last_sign_in_secs.map(EventTime),
    }
}
