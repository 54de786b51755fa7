//! SPF (RFC 7208): which servers may send in the name of the domain.

use super::{Dns, Finding, Topic};
use crate::resolver::spf_record::{Published, published};
use std::collections::BTreeSet;

const TOPIC: Topic = Topic::Spf;
/// Terms that ask name servers, beyond which a receiver gives up with an error (section 4.6.4).
const LOOKUPS_MAX: usize = 10;
/// Records that are followed to count those terms.
const RECORDS_MAX: usize = 20;

pub(super) fn check(dns: &dyn Dns, domain: &str) -> Vec<Finding> {
    let Ok(records) = dns.txt(domain) else { return vec![TOPIC.unanswered()] };
    let mut findings = vec![judge(&records)];
    if let Some(record) = record(&records) {
        findings.extend(judge_lookups(dns, domain, record));
    }
    findings
}

/// The SPF record among all texts at a name.
fn record(records: &[String]) -> Option<&str> {
    let is_spf =
        |record: &&String| record.split(' ').next().is_some_and(|v| v.eq_ignore_ascii_case("v=spf1"));
    records.iter().find(is_spf).map(String::as_str)
}

/// What the record says by itself.
fn judge(records: &[String]) -> Finding {
    match published(records.iter().map(String::as_bytes)) {
        Published::Nothing => {
            return TOPIC.missing(
                "no SPF record: any server may send in this name",
                "publish `v=spf1 -all` with the servers that send for you before `-all`",
            );
        }
        Published::Unsound => {
            return TOPIC.bad(
                "the SPF record has an error, or there are several: receivers treat it as none",
                "publish exactly one record and correct it",
            );
        }
        Published::Sound => {}
    }
    let terms: Vec<&str> = record(records).unwrap_or_default().split(' ').skip(1).collect();
    let all =
        terms.iter().find(|term| term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all"));
    let is_redirected = terms.iter().any(|term| term.to_ascii_lowercase().starts_with("redirect="));
    match all.map(|all| all.as_bytes().first().copied()) {
        Some(Some(b'-')) => TOPIC.good("other servers are refused (`-all`)"),
        Some(Some(b'~')) => {
            TOPIC.good("other servers are suspicious (`~all`), which DMARC counts as a failure")
        }
        Some(_) => TOPIC.bad(
            "any server may send in this name (`+all` or `?all`)",
            "end the record with `-all` or `~all`",
        ),
        None if is_redirected => TOPIC.good("the record of another domain decides (`redirect=`)"),
        None => {
            TOPIC.bad("the record does not say what of other servers", "end the record with `-all` or `~all`")
        }
    }
}

/// Whether receivers can follow the record to its end.
fn judge_lookups(dns: &dyn Dns, domain: &str, record: &str) -> Option<Finding> {
    let mut followed = BTreeSet::from([domain.to_owned()]);
    let mut waiting = vec![record.to_owned()];
    let mut lookups = 0;
    while let Some(record) = waiting.pop() {
        for term in record.split(' ').skip(1) {
            let Some(target) = asks(term) else { continue };
            lookups += 1;
            let Some(target) = target.filter(|target| !target.contains('%')) else { continue };
            if followed.len() >= RECORDS_MAX || !followed.insert(target.to_ascii_lowercase()) {
                continue;
            }
            let Ok(records) = dns.txt(target) else {
                let what = format!("the name servers did not answer for {target}, which the record includes");
                return Some(TOPIC.unknown(what, "try again"));
            };
            match self::record(&records) {
                Some(record) => waiting.push(record.to_owned()),
                None => return Some(TOPIC.bad(
                    format!("{target}, which the record includes, has no SPF record: receivers treat ours as an error"),
                    "take it out, or have its owner publish one",
                )),
            }
        }
    }
    (lookups > LOOKUPS_MAX).then(|| {
        TOPIC.bad(
            format!("the record asks {lookups} further questions, of which receivers allow {LOOKUPS_MAX}"),
            "take out senders that you no longer use, or write their addresses as ip4 and ip6",
        )
    })
}

/// Whether a term makes receivers ask again, and the record that they then follow.
fn asks(term: &str) -> Option<Option<&str>> {
    let term = term.trim_start_matches(['+', '-', '~', '?']);
    let lower = term.to_ascii_lowercase();
    if ["include:", "redirect="].iter().any(|name| lower.starts_with(name)) {
        return Some(term.split_once([':', '=']).map(|(_, target)| target.trim_end_matches('.')));
    }
    let name = lower.split([':', '/']).next().unwrap_or_default();
    ["a", "mx", "ptr", "exists"].contains(&name).then_some(None)
}
