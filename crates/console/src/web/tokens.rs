//! Tokens for programs. Everybody makes the own ones; those who keep accounts see all, and end them.

use super::form::Fields;
use super::query;
use crate::account;
use crate::error::Failure;
use crate::failure::sentence;
use crate::page::Notice;
use crate::page::tokens::{TokenRow, TokensView, render};
use crate::route;
use crate::state::State;
use crate::token::{self, Scope, Token, TokenError};
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::time::DAY_SECS;
use model::{EventTime, Role};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Days for which a token may be used at most: somebody has to say once a year that it is still needed.
const DAYS_MAX: i64 = 366;
/// Longest text that says what a token is for, in bytes.
const NAME_BYTES_MAX: usize = 100;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    page(&state, person, None).await
}

/// One of its forms. A new token is shown in the answer and nowhere else.
pub(crate) async fn change(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    match fields.get("action") {
        "create" => create(&state, person, &fields).await,
        "revoke" => revoke(&state, person, fields.need("key")?.to_owned()).await,
        _ => Err(Failure::Invalid("this form asks for nothing that can be done here".into())),
    }
}

async fn create(state: &Arc<State>, person: Person, fields: &Fields) -> Result<Response, Failure> {
    let name = fields.need("name")?.to_owned();
    let scopes: BTreeSet<Scope> = fields.all("scope").filter_map(|word| word.parse().ok()).collect();
    let days: i64 = query::number(fields.get("days"))?;
    if name.len() > NAME_BYTES_MAX || scopes.is_empty() || !(1..=DAYS_MAX).contains(&days) {
        let what = format!("a token has a short name, at least one scope, and 1 to {DAYS_MAX} days");
        return Err(Failure::Invalid(what));
    }
    let id = person.account_id();
    // Codes are short, so that they cannot be tried out here either.
    let too_many = |retry_after_secs| Failure::TooMany { retry_after_secs };
    state.sign_ins.take(("token", &id), state.now()).map_err(too_many)?;
    let (owner, code) = (person.account.actor(), fields.get("code").to_owned());
    let made = state.work(move |state| {
        let now = state.now();
        let mut data = state.live.data()?;
        if !account::prove(&data, &id, &code, now)? {
            return Ok(None);
        }
        let until = now.plus_secs(days * DAY_SECS);
        Ok(Some(token::create(&mut data, &owner, &name, &scopes, until, now)))
    });
    match made.await? {
        Some(Ok(secret)) => Ok(page(state, person, Some(secret)).await?.into_response()),
        Some(Err(error)) => refuse(state, &person, error),
        None => {
            Ok(back(state, &person, Notice::Refused("The code is not right, or was used before.".into())))
        }
    }
}

async fn revoke(state: &Arc<State>, person: Person, key: String) -> Result<Response, Failure> {
    let by = person.actor();
    let ended = state.work(move |state| Ok(token::revoke(&mut *state.live.data()?, &by, &key, state.now())));
    match ended.await? {
        Ok(()) => Ok(back(state, &person, Notice::Done("The token is ended.".into()))),
        Err(error) => refuse(state, &person, error),
    }
}

fn refuse(state: &State, person: &Person, error: TokenError) -> Result<Response, Failure> {
    if let TokenError::Store(error) = error {
        return Err(error.into());
    }
    Ok(back(state, person, Notice::Refused(sentence(&error.to_string()))))
}

fn back(state: &State, person: &Person, notice: Notice) -> Response {
    state.sessions.leave(&person.session_id, notice);
    Redirect::to("/tokens").into_response()
}

async fn page(state: &Arc<State>, person: Person, fresh: Option<String>) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let data = state.live.data()?;
            let roles = person.account.roles();
            let is_shown = |token: &Token| token.account == person.account.id || roles.contains(&Role::Admin);
            let tokens = token::all(&data)?.into_iter().filter(|(_, token)| is_shown(token));
            let scopes = Scope::ALL.into_iter().filter(|scope| route::is_open_to(*scope, &roles));
            let view = TokensView {
                tokens: tokens.map(row).collect(),
                scopes: scopes.map(Scope::word).collect(),
                asks_code: person.account.second_factor.is_some(),
                fresh,
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn row((key, token): (String, Token)) -> TokenRow {
    TokenRow {
        key,
        name: token.name,
        account: token.account,
        scopes: token.scopes.into_iter().collect(),
        until: EventTime(token.until_secs),
    }
}
