//! The SPF and ARC conformance suites, run through the resolver that runs live, against a name server on the loopback
//! address that serves each scenario's zone.
//!
//! The suites are not part of this repository; `PORTCULLIS_DATA` names the folder that holds them. What fails is listed
//! here case by case, and explained in `docs/authentication-suites.md`, so that any change shows.

use std::path::PathBuf;

mod arc;
mod name_server;
mod spf;
mod whole_message;

const DOCUMENT: &str = include_str!("../../../../docs/authentication-suites.md");

/// A suite's text, or `None` where there is no shared data.
#[expect(clippy::print_stderr, reason = "a test that skips its work says so")]
fn suite(path: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("PORTCULLIS_DATA") else {
        eprintln!("skipped: no shared data");
        return None;
    };
    let path = PathBuf::from(folder).join("mail/suites").join(path);
    Some(std::fs::read_to_string(path).expect("the shared data holds the suites"))
}

/// Compares the failures with those that are known, and both with what the document says.
#[track_caller]
fn check(suite: &str, run: usize, failed: &[String], expected_run: usize, known: &[&str]) {
    assert_eq!(
        (run, failed),
        (expected_run, known.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().as_slice())
    );
    let row = format!("| {suite} | {run} | {} | {} |", run - failed.len(), failed.len());
    assert!(DOCUMENT.contains(&row), "the document lacks the row `{row}`");
    for name in known {
        let name = name.split(':').next().unwrap_or(name);
        assert!(DOCUMENT.contains(&format!("`{name}`")), "the document does not explain `{name}`");
    }
}
