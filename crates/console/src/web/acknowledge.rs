//! Saying that a warning was read, by the code that stands in it. Who has the letter needs no account.

use super::form::Fields;
use crate::error::Failure;
use crate::page::acknowledge::{AcknowledgeView, render};
use crate::state::State;
use crate::visitor::Address;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use runtime::measure::{MeasureError, warning};
use std::sync::Arc;

/// Said of every failure: it is not told which warnings there are.
const FAULT: &str = "That did not work. Compare the number and the code with the end of the letter.";

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>) -> Markup {
    render(&AcknowledgeView::default(), &state.bare_chrome())
}

/// The form. Guessing is slow from one address and at one warning.
pub(crate) async fn submit(
    Shared(state): Shared<Arc<State>>,
    Address(address): Address,
    fields: Fields,
) -> Result<Response, Failure> {
    let too_many = |retry_after_secs| Failure::TooMany { retry_after_secs };
    let number = fields.get("number").trim().to_uppercase();
    state.sign_ins.take(("address", address), state.now()).map_err(too_many)?;
    state.sign_ins.take(("warning", &number), state.now()).map_err(too_many)?;
    let (id, code) = (number.clone(), fields.get("code").to_owned());
    let read = state.work(move |state| {
        match warning::acknowledge_with_code(&mut *state.live.data()?, &id, &code, state.now()) {
            Ok(_) => Ok(true),
            Err(MeasureError::Unknown(_)) => Ok(false),
            Err(error) => Err(Failure::from(error)),
        }
    });
    let is_done = read.await?;
    let fault = (!is_done).then(|| FAULT.to_owned());
    let status = if is_done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render(&AcknowledgeView { number, fault, is_done }, &state.bare_chrome())).into_response())
}
