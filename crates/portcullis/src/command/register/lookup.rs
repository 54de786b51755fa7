//! `register index`, `register lookup`.

use super::{columns, listing::one};
use crate::arguments::{RegisterIndex, RegisterLookup};
use crate::output::{self, BadInput, Outcome, number_of, plain};
use anyhow::Result;
use runtime::clock::{self, parse_rfc3339};
use runtime::data::Data;
use runtime::register::{LookupError, Question, ask, index};

pub(super) fn run_index(arguments: &RegisterIndex) -> Result<Outcome> {
    let columns = columns(&arguments.columns)?;
    let data = Data::open_existing(&arguments.data.data)?;
    let electors = index(&data, &arguments.seal, &arguments.inputs, &columns)?;
    output::print(&format!("{} can be asked for\n", number_of(electors, "elector")))?;
    Ok(Outcome::Done)
}

pub(super) fn run_lookup(arguments: &RegisterLookup) -> Result<Outcome> {
    let now = clock::now();
    // The version that was in force at the end of the day.
    let on = match &arguments.on {
        Some(day) => parse_rfc3339(&format!("{day}T23:59:59Z"))
            .ok_or_else(|| BadInput(format!("`{day}` is no day such as 2024-03-25")))?,
        None => now,
    };
    let question = Question {
        register: &arguments.register,
        name: &arguments.name,
        postcode: &arguments.postcode,
        address: &arguments.address,
        on,
        purpose: &arguments.purpose,
    };
    let mut data = Data::open_existing(&arguments.data.data)?;
    let row = ask(&mut data, &question, &arguments.by, now).map_err(of_question)?;
    one(arguments.printing.format, &row, || {
        format!(
            "{} in {} as sealed {}, entry {} of the evidence log\n",
            row.answer,
            plain(&row.register),
            row.version,
            row.evidence
        )
    })?;
    Ok(Outcome::Done)
}

/// A question that cannot be asked so is the user's to correct.
fn of_question(error: LookupError) -> anyhow::Error {
    match error {
        LookupError::Question => BadInput(error.to_string()).into(),
        error => error.into(),
    }
}
