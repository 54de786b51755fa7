//! `member list`, `member show`: the member ledger.

use crate::arguments::{Member, MemberList, MemberShow, Printing};
use crate::output::{self, BadInput, Outcome, plain};
use anyhow::Result;
use runtime::data::Data;
use runtime::ledger::{self, LedgerRow};

pub(crate) fn run(verb: &Member) -> Result<Outcome> {
    match verb {
        Member::List(arguments) => list(arguments),
        Member::Show(arguments) => show(arguments),
    }
}

fn list(arguments: &MemberList) -> Result<Outcome> {
    let rows = ledger::ledger(&Data::open_reading(&arguments.data.data)?)?;
    print(&arguments.printing, &rows)
}

fn show(arguments: &MemberShow) -> Result<Outcome> {
    let data = Data::open_reading(&arguments.data.data)?;
    let rows: Vec<LedgerRow> =
        ledger::ledger(&data)?.into_iter().filter(|row| row.member == arguments.id).collect();
    if rows.is_empty() && data.house()?.by_id(&arguments.id).is_none() {
        return Err(BadInput(format!("`{}` is no member's id", arguments.id)).into());
    }
    print(&arguments.printing, &rows)
}

fn print(printing: &Printing, rows: &[LedgerRow]) -> Result<Outcome> {
    output::rows(printing.format, rows, || table(rows))?;
    Ok(Outcome::Done)
}

fn table(rows: &[LedgerRow]) -> String {
    if rows.is_empty() {
        return "in no campaign of concern\n".to_owned();
    }
    let mut table = output::table(&["member", "campaign", "state", "since", "evidence", "message"]);
    for row in rows {
        let message = row.message_evidence.map(|leaf| leaf.to_string()).unwrap_or_default();
        let (state, since) = steps(row);
        table.add_row([
            plain(&row.member),
            row.campaign.clone(),
            state,
            since,
            row.evidence.to_string(),
            message,
        ]);
    }
    output::keep_whole(&mut table, &[0, 1, 2, 3, 4, 5]);
    format!("{table}\n{} rows; `portcullis evidence show N --data DIR` prints an entry\n", rows.len())
}

/// State and time, a line each: an opening stands above what was done about it since.
fn steps(row: &LedgerRow) -> (String, String) {
    match &row.opened {
        Some(opened) if row.state != "opened" => {
            (format!("opened\n{}", row.state), format!("{opened}\n{}", row.since))
        }
        _ => (row.state.clone(), row.since.clone()),
    }
}
