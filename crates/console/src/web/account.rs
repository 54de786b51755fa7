//! The own account: choosing a password, setting up a second factor.

use super::form::Fields;
use crate::account::handover::Handover;
use crate::account::{self, Account, Unfinished, password, second_factor as factor};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::account::{AccountView, Offer, render};
use crate::route;
use crate::settings::Settings;
use crate::state::State;
use crate::token::Scope;
use crate::visitor::Person;
use crate::web::sign_in;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::EventTime;
use std::sync::Arc;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let data = state.live.data()?;
            let offered = account::offered_secret(&data, &person.account)?;
            let view = view(&person.account, offered, &state.settings);
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn view(account: &Account, offered: Option<Vec<u8>>, settings: &Settings) -> AccountView {
    AccountView {
        account: account.id.clone(),
        has_password: account.password.is_some(),
        signs_in_elsewhere: account.subject.is_some(),
        may_have_tokens: Scope::ALL.into_iter().any(|scope| route::is_open_to(scope, &account.roles())),
        handovers: account.handovers.iter().rev().map(handover).collect(),
        has_second_factor: account.second_factor.is_some(),
        needs: account.unfinished(settings).map(|unfinished| match unfinished {
            Unfinished::Password => "Choose a password first.".to_owned(),
            Unfinished::SecondFactor => "Set up a second factor to go on.".to_owned(),
        }),
        offer: offered.map(|secret| Offer {
            secret: factor::base32(&secret),
            address: factor::address(&account.id, &secret),
        }),
    }
}

fn handover(handover: &Handover) -> (EventTime, String) {
    (EventTime(handover.at_secs), format!("{} {}", handover.by, handover.way.words()))
}

/// Chooses a password. All sessions of the account end, and this browser gets a new one.
pub(crate) async fn choose_password(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    if person.account.subject.is_some() {
        return Err(Failure::Forbidden("this account signs in elsewhere and has no password here".into()));
    }
    let (current, chosen) = (fields.raw("current").to_owned(), fields.raw("password").to_owned());
    if let Err(refused) = password::check(&person.account_id(), &chosen) {
        return Ok(refuse(&state, &person, &refused.to_string()));
    }
    let now = state.now();
    state
        .sign_ins
        .take(("password", &person.account.id), now)
        .map_err(|retry_after_secs| Failure::TooMany { retry_after_secs })?;
    let id = person.account_id();
    let changed = state
        .hash(move |state| {
            let Some(account) = account::find(&*state.live.data()?, &id)? else {
                return Err(Failure::Missing);
            };
            let cost = state.settings.password_cost;
            let is_right = account.password.is_none()
                || password::is_right(&current, account.password.as_deref(), cost)
                    .map_err(anyhow::Error::from)?;
            if !is_right {
                return Ok(None);
            }
            let hashed = password::hash(&chosen, cost).map_err(anyhow::Error::from)?;
            let mut data = state.live.data()?;
            account::set_password(&mut data, account, hashed, now)?;
            Ok(account::find(&data, &id)?)
        })
        .await?;
    let Some(account) = changed else {
        return Ok(refuse(&state, &person, "The current password is not right."));
    };
    state.sessions.close_all_of(&person.account_id());
    sign_in::open_session(&state, &headers, &account, "")
}

/// Offers a secret, or confirms it by its first code.
pub(crate) async fn second_factor(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    let code = fields.get("code").to_owned();
    let id = person.account_id();
    let notice = state
        .work(move |state| {
            let mut data = state.live.data()?;
            let account = account::find(&data, &id)?.ok_or(Failure::Missing)?;
            if account.second_factor.is_some() {
                return Err(Failure::Conflict(
                    "there is a second factor: an administrator can reset it".into(),
                ));
            }
            if code.is_empty() {
                account::offer_second_factor(&data, account)?;
                return Ok(None);
            }
            let is_right = account::confirm_second_factor(&mut data, account, &code, state.now())?;
            Ok(Some(if is_right {
                Notice::Done(
                    "The second factor is set up. From now on a code is asked for at sign-in.".into(),
                )
            } else {
                Notice::Refused(
                    "That was not the code. Check the clock of the device and try the next one.".into(),
                )
            }))
        })
        .await?;
    if let Some(notice) = notice {
        state.sessions.leave(&person.session_id, notice);
    }
    Ok(Redirect::to("/account").into_response())
}

fn refuse(state: &State, person: &Person, why: &str) -> Response {
    state.sessions.leave(&person.session_id, Notice::Refused(why.to_owned()));
    Redirect::to("/account").into_response()
}
