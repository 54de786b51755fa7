//! `report add`, `report show`: what other mail systems report about our domains.

use crate::arguments::{Report, ReportAdd, ReportShow};
use crate::output::{self, BadInput, Outcome, plain};
use crate::progress::Bars;
use anyhow::Result;
use runtime::clock;
use runtime::data::Data;
use runtime::report::{self, DomainReport, DomainSummary, OwnDomains, Taken};
use serde::Serialize;
use std::fmt::Write;

pub(crate) fn run(verb: &Report) -> Result<Outcome> {
    match verb {
        Report::Add(arguments) => add(arguments),
        Report::Show(arguments) => show(arguments),
    }
}

/// What `report add --format json` prints.
#[derive(Serialize)]
struct AddedRow {
    dmarc: u64,
    tls: u64,
    known: u64,
    foreign: u64,
    complaints: usize,
    set_aside: u64,
}

fn add(arguments: &ReportAdd) -> Result<Outcome> {
    if let Some(path) = arguments.paths.iter().find(|path| !path.exists()) {
        return Err(BadInput(format!("{}: no such file or folder", path.display())).into());
    }
    let mut data = Data::open(&arguments.data)?;
    let taken = report::add(
        &mut data,
        &arguments.paths,
        &OwnDomains::new(&arguments.own),
        clock::now(),
        &Bars::default(),
    )?;
    output::defects(&taken.defects, taken.defect_count);
    output::rows(arguments.printing.format, &[added_row(&taken)], || {
        format!(
            "{} DMARC reports and {} TLS reports counted; {} were known, {} were about domains of others\n",
            taken.dmarc, taken.tls, taken.known, taken.foreign
        )
    })?;
    Ok(if taken.defect_count == 0 { Outcome::Done } else { Outcome::Failed })
}

fn added_row(taken: &Taken) -> AddedRow {
    AddedRow {
        dmarc: taken.dmarc,
        tls: taken.tls,
        known: taken.known,
        foreign: taken.foreign,
        complaints: taken.complaints.len(),
        set_aside: taken.defect_count,
    }
}

fn show(arguments: &ReportShow) -> Result<Outcome> {
    let data = Data::open_reading(&arguments.data.data)?;
    let format = arguments.printing.format;
    let Some(name) = &arguments.domain else {
        let domains = report::domains(&data)?;
        output::rows(format, &domains, || table(&domains))?;
        return Ok(Outcome::Done);
    };
    let Some(found) = report::domain(&data, name, arguments.days)? else {
        return Err(BadInput(format!("no report about `{name}` was taken in: see `report show`")).into());
    };
    output::rows(format, &[&found], || describe(&found))?;
    Ok(Outcome::Done)
}

fn table(domains: &[DomainSummary]) -> String {
    if domains.is_empty() {
        return "no report\n".to_owned();
    }
    let header =
        ["domain", "first", "last", "pass", "fail", "DMARC reports", "TLS ok", "TLS failed", "TLS reports"];
    let mut table = output::table(&header);
    for row in domains {
        let counts =
            [row.pass, row.fail, row.dmarc_reports, row.tls_successes, row.tls_failures, row.tls_reports];
        let names = [plain(&row.domain), row.first_day.clone(), row.last_day.clone()];
        table.add_row(names.into_iter().chain(counts.map(|count| count.to_string())));
    }
    format!("{table}\n")
}

/// Everything known of a domain, for a person.
fn describe(found: &DomainReport) -> String {
    let mut text = format!("{}\n", plain(&found.summary.domain));
    let volume = |of: fn(&report::VolumeRow) -> u64| found.days.iter().map(of).fold(0, u64::saturating_add);
    let lines = [
        ("since", found.since.clone()),
        ("passed", volume(|day| day.pass).to_string()),
        (
            "failed",
            format!(
                "{} delivered, {} put aside, {} refused",
                volume(|day| day.fail_delivered),
                volume(|day| day.fail_quarantined),
                volume(|day| day.fail_rejected),
            ),
        ),
        ("TLS", format!("{} sessions succeeded, {} failed", found.tls.successes, found.tls.failures)),
    ];
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:12} {value}");
    }
    let failing = found
        .failing
        .iter()
        .map(|row| [plain(&row.network), plain(&row.seen_as), row.fail.to_string(), row.pass.to_string()]);
    section(&mut text, &["failing source", "seen as", "failed", "passed"], failing);
    let policies = found.policies.iter().map(|row| [plain(&row.policy), row.reports.to_string()]);
    section(&mut text, &["policy seen", "reports"], policies);
    let reporters = found
        .reporters
        .iter()
        .map(|row| [plain(&row.name), row.reports.to_string(), row.messages.to_string()]);
    section(&mut text, &["reporter", "reports", "messages"], reporters);
    let tls =
        found.tls.by_kind.iter().map(|row| [plain(&row.kind), plain(&row.mx_host), row.sessions.to_string()]);
    section(&mut text, &["TLS failure", "server", "sessions"], tls);
    text
}

/// A table below what is there, unless it has no rows.
fn section<const N: usize>(text: &mut String, header: &[&str; N], rows: impl Iterator<Item = [String; N]>) {
    let mut table = output::table(header);
    table.add_rows(rows);
    if !table.is_empty() {
        let _ = writeln!(text, "\n{table}");
    }
}
