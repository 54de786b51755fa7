//! `register supply record`, `register supply list`, `register supply destroyed`.

use super::listing::one;
use crate::arguments::{Format, RegisterSupply, SupplyDestroyed, SupplyList, SupplyRecord};
use crate::output::{self, BadInput, Outcome, plain, table};
use anyhow::Result;
use runtime::clock::{self, parse_rfc3339};
use runtime::data::Data;
use runtime::register::{Handover, SupplyRow, attest, supplies, supply};

pub(super) fn run(verb: &RegisterSupply) -> Result<Outcome> {
    match verb {
        RegisterSupply::Record(arguments) => run_record(arguments),
        RegisterSupply::List(arguments) => run_list(arguments),
        RegisterSupply::Destroyed(arguments) => run_destroyed(arguments),
    }
}

fn run_record(arguments: &SupplyRecord) -> Result<Outcome> {
    // The whole day counts.
    let until = parse_rfc3339(&format!("{}T23:59:59Z", arguments.until));
    let until =
        until.ok_or_else(|| BadInput(format!("`{}` is no day such as 2027-03-31", arguments.until)))?;
    let handover = Handover {
        register: &arguments.register,
        recipient: &arguments.recipient,
        ground: &arguments.ground,
        until,
    };
    let mut data = Data::open(&arguments.data)?;
    let row = supply(&mut data, &handover, clock::now())?;
    say(arguments.printing.format, &row, "on the ledger")
}

fn run_destroyed(arguments: &SupplyDestroyed) -> Result<Outcome> {
    let mut data = Data::open_existing(&arguments.data.data)?;
    let row = attest(&mut data, &arguments.supply, &arguments.attested_by, clock::now())?;
    say(arguments.printing.format, &row, "attested as destroyed")
}

fn say(format: Format, row: &SupplyRow, what: &str) -> Result<Outcome> {
    one(format, row, || {
        let SupplyRow { id, register, recipient, evidence, .. } = row;
        format!(
            "{id}: copy of {} for {} {what}, entry {evidence} of the evidence log\n",
            plain(register),
            plain(recipient)
        )
    })?;
    Ok(Outcome::Done)
}

fn run_list(arguments: &SupplyList) -> Result<Outcome> {
    let mut rows = supplies(&Data::open_reading(&arguments.data.data)?, clock::now())?;
    rows.retain(|row| !arguments.overdue || row.state == "overdue");
    output::rows(arguments.printing.format, &rows, || listed(&rows))?;
    Ok(if arguments.overdue && !rows.is_empty() { Outcome::Failed } else { Outcome::Done })
}

fn listed(rows: &[SupplyRow]) -> String {
    let mut shown = table(&["supply", "state", "register", "recipient", "ground", "until", "attested by"]);
    for row in rows {
        let attested = row.attested_by.as_deref().map(plain).unwrap_or_default();
        let until = row.until.get(..10).unwrap_or_default().to_owned();
        let (register, recipient, ground) = (plain(&row.register), plain(&row.recipient), plain(&row.ground));
        shown.add_row([row.id.clone(), row.state.clone(), register, recipient, ground, until, attested]);
    }
    format!("{shown}\n")
}
