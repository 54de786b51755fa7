//! The ARC suite (RFC 8617): whole messages with their keys. Its chains are validated; what it expects a sealer to write
//! is validated too, because this program seals nothing.

use crate::name_server::{NameServer, Zone};
use crate::{check, suite};
use mail::authentication::AuthResult;
use mail_auth::hickory_resolver::proto::rr::RData;
use mail_auth::hickory_resolver::proto::rr::rdata::TXT;
use runtime::resolver::{Envelope, Resolver};
use serde::Deserialize;
use serde_saphyr::DuplicateKeyPolicy;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

#[derive(Deserialize)]
struct Scenario<C> {
    tests: BTreeMap<String, C>,
    #[serde(rename = "txt-records")]
    txt_records: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Validation {
    message: String,
    /// `None`, `Pass` or `Fail`; empty where the suite leaves the result open.
    cv: String,
}

#[derive(Deserialize)]
struct Sealing {
    message: String,
    #[serde(rename = "AS")]
    seal: String,
    #[serde(rename = "AMS")]
    signature: String,
    #[serde(rename = "AAR")]
    results: String,
}

const FAILING_VALIDATIONS: [&str; 11] = [
    "ams_fields_a_na: pass, not fail",
    "ams_fields_a_sha1: pass, not fail",
    "ams_fields_c_na: fail, not pass",
    "ams_fields_h_empty: fail, not pass",
    "ams_fields_h_includes_as: pass, not fail",
    "as_format_inv_tag_key: pass, not fail",
    "as_format_tags_dup: pass, not fail",
    "as_format_tags_key_case: pass, not fail",
    "as_format_tags_sc: pass, not fail",
    "as_fields_a_na: pass, not fail",
    "as_fields_a_sha1: pass, not fail",
];
const FAILING_SEALS: [&str; 0] = [];

#[test]
fn the_arc_validation_suite_fails_in_known_cases_only() {
    let Some(text) = suite("arc_test_suite/tests/arc-draft-validation-tests.yml") else { return };
    let (run, failed) = failures(&text, |case: &Validation| {
        // A chain whose newest seal states that it failed has failed (RFC 8617 section 5.2).
        let expected = if case.cv.is_empty() { "fail".to_owned() } else { case.cv.to_lowercase() };
        (case.message.clone(), expected)
    });
    check("ARC, validation", run, &failed, 171, &FAILING_VALIDATIONS);
}

#[test]
fn the_seals_that_the_arc_signing_suite_expects_are_valid() {
    let Some(text) = suite("arc_test_suite/tests/arc-draft-sign-tests.yml") else { return };
    let (run, failed) = failures(&text, |case: &Sealing| {
        let message = sealed(case);
        // A sealer writes `cv=fail` onto a chain that failed before it, or nothing; the whole has failed then.
        let expected = if message.contains("cv=fail") { "fail" } else { "pass" };
        (message, expected.to_owned())
    });
    check("ARC, expected seals", run, &failed, 17, &FAILING_SEALS);
}

fn sealed(case: &Sealing) -> String {
    let Sealing { message, seal, signature, results } = case;
    if seal.is_empty() {
        return message.clone();
    }
    let (seal, signature) = (unfolded(seal), unfolded(signature));
    let results = results.trim_end().replace('\n', "\n ");
    format!(
        "ARC-Seal: {seal}\nARC-Message-Signature: {signature}\nARC-Authentication-Results: {results}\n{message}"
    )
}

/// A tag list as the suite says that it was signed: one space after each `;`, and none where a line was broken in a value.
fn unfolded(tags: &str) -> String {
    let lines = tags.lines().map(str::trim);
    let spaced = lines.map(|line| if line.ends_with(';') { format!("{line} ") } else { line.to_owned() });
    spaced.collect::<String>().trim_end().to_owned()
}

/// Runs all cases of a suite; `case` gives a message with `\n` line ends and the result that is expected.
fn failures<C: serde::de::DeserializeOwned>(
    text: &str,
    case: impl Fn(&C) -> (String, String),
) -> (usize, Vec<String>) {
    // The suite gives four of its names twice; as in its own driver, the second case stands.
    let options = serde_saphyr::options! { duplicate_keys: DuplicateKeyPolicy::LastWins };
    let scenarios: Vec<Scenario<C>> =
        serde_saphyr::from_multiple_with_options(text, options).expect("the suite is as its schema says");
    let mut run = 0;
    let mut failed = Vec::new();
    for scenario in &scenarios {
        let server = NameServer::start(zone(&scenario.txt_records));
        let resolver =
            Resolver::servers(&[server.address()], Duration::from_secs(20)).expect("loopback can be asked");
        for (name, test) in &scenario.tests {
            run += 1;
            let (message, expected) = case(test);
            let result = arc_result(&resolver, &message);
            if result != expected {
                failed.push(format!("{name}: {result}, not {expected}"));
            }
        }
    }
    (run, failed)
}

/// A message without any ARC field has no result here, which the suite calls `None`.
fn arc_result(resolver: &Resolver, message: &str) -> &'static str {
    let envelope = Envelope { client_ip: Ipv4Addr::new(192, 0, 2, 1).into(), helo: "", mail_from: "" };
    let found = resolver.check(message.replace('\n', "\r\n").as_bytes(), &envelope);
    found.arc.map_or("none", AuthResult::as_str)
}

fn zone(records: &BTreeMap<String, String>) -> Zone {
    let mut zone = Zone::default();
    for (name, text) in records {
        let text = text.replace('\n', "");
        zone.node(name).records.push(RData::TXT(TXT::from_bytes(text.as_bytes().chunks(255).collect())));
    }
    zone
}
