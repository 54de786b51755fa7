//! Reports as they are found in the field: the corpus, and real samples where they are at hand.

use expect_test::expect_file;
use mail::report::dmarc::{AggregateReport, Row};
use mail::report::tls::TlsReport;
use mail::report::{Report, read};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file below a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

fn describe(data: &[u8]) -> String {
    let (reports, defects) = read(data, "report");
    let mut text = String::new();
    for report in &reports {
        text += &match report {
            Report::Dmarc(report) => dmarc(report),
            Report::Tls(report) => tls(report),
            Report::Feedback(report) => format!("{report:?}\n"),
        };
    }
    for defect in defects {
        writeln!(text, "{}: {}", defect.position, defect.reason).expect("a string takes everything");
    }
    text
}

fn dmarc(report: &AggregateReport) -> String {
    let span = [report.begin, report.end].map(|time| time.map_or("?".to_owned(), |time| time.0.to_string()));
    let whole = if report.is_whole { "whole" } else { "cut off" };
    let mut text = format!(
        "dmarc `{}` by `{}` <{}>, {} to {}, {whole}\n",
        report.report_id, report.reporter, report.contact, span[0], span[1]
    );
    for policy in &report.policies {
        let told = (&policy.domain, &policy.p, &policy.sp, &policy.pct, &policy.adkim, &policy.aspf);
        text += &format!("policy {told:?}\n");
    }
    for row in &report.rows {
        text += &format!("row of {}: {}\n", report.domain_of(row).unwrap_or("?"), words(row));
    }
    text
}

fn words(row: &Row) -> String {
    let passed = |is_passed: bool| if is_passed { "pass" } else { "fail" };
    let checked = [&row.dkim, &row.spf]
        .map(|checked| checked.as_ref().map_or("-".to_owned(), |c| format!("{} {}", c.domain, c.result)));
    format!(
        "{} x{} {} dkim={} ({}) spf={} ({}) from={}",
        row.source,
        row.count,
        row.disposition.word(),
        passed(row.is_dkim_aligned),
        checked[0],
        passed(row.is_spf_aligned),
        checked[1],
        row.header_from
    )
}

fn tls(report: &TlsReport) -> String {
    let mut text = format!("tls `{}` by `{}` from {:?}\n", report.report_id, report.reporter, report.begin);
    for policy in &report.policies {
        let (successes, failures) = (policy.successes, policy.failures);
        text += &format!(
            "{} {} {}: {successes} ok, {failures} failed\n",
            policy.domain, policy.kind, policy.mode
        );
        for failure in &policy.details {
            text += &format!("  {} at {}: {}\n", failure.kind, failure.mx_host, failure.sessions);
        }
    }
    text
}

#[test]
fn the_corpus_is_read_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/reports");
    let cases =
        files(&folder).into_iter().filter(|path| path.extension().is_some_and(|found| found != "expected"));
    let mut count = 0;
    for case in cases {
        count += 1;
        expect_file![case.with_extension("expected")]
            .assert_eq(&describe(&fs::read(&case).expect("readable")));
    }
    assert!(count >= 20, "{count} cases");
}

#[test]
fn real_samples_are_read() {
    let Some(data) = std::env::var_os("PORTCULLIS_DATA") else {
        println!("skipped: no shared data");
        return;
    };
    let samples = files(&Path::new(&data).join("mail/suites/dmarc_report_samples/samples"));
    let mut unread = Vec::new();
    for sample in &samples {
        let (reports, defects) = read(&fs::read(sample).expect("readable"), "sample");
        if reports.is_empty() {
            unread.push(sample.file_name().expect("a name").to_string_lossy().into_owned());
            println!("{}: {defects:?}", sample.display());
        }
    }
    // One is empty, and one is a notice for people without the part for machines that RFC 5965 asks for.
    assert!(samples.len() > 20, "{} samples", samples.len());
    assert_eq!(unread, ["empty.xml", "exim_plain_text_only_no_arf_part.eml"]);
}
