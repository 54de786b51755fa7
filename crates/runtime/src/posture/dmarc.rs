//! DMARC (RFC 7489): what receivers do with mail that is not authenticated, and whom they tell.

use super::tag::{Tags, of_version};
use super::{Dns, Finding, Topic};
use mail::domain::{domain_of, organizational_domain};
use model::limit::REPORT_ADDRESSES_MAX;

const TOPIC: Topic = Topic::Dmarc;
const VERSION: &str = "DMARC1";

pub(super) fn check(dns: &dyn Dns, domain: &str) -> Vec<Finding> {
    let Ok(own) = dns.txt(&format!("_dmarc.{domain}")) else { return vec![TOPIC.unanswered()] };
    let parent = organizational_domain(domain);
    if !of_version(&own, VERSION).is_empty() || parent == domain {
        return with_reports(dns, domain, judge(&of_version(&own, VERSION), false), &own);
    }
    // Without a record of its own, that of the organizational domain applies (section 6.6.3).
    let Ok(inherited) = dns.txt(&format!("_dmarc.{parent}")) else { return vec![TOPIC.unanswered()] };
    with_reports(dns, parent, judge(&of_version(&inherited, VERSION), true), &inherited)
}

/// What the record says by itself; `is_inherited` where it is that of the organizational domain.
fn judge(records: &[Tags<'_>], is_inherited: bool) -> Vec<Finding> {
    let tags = match records {
        [tags] => tags,
        [] => {
            let advice =
                "publish `v=DMARC1; p=none; rua=mailto:ADDRESS` and read the reports, then go on to p=reject";
            return vec![TOPIC.missing("no DMARC record: forged mail in this name is delivered", advice)];
        }
        _ => {
            return vec![
                TOPIC.bad("several DMARC records: receivers use none of them", "publish exactly one"),
            ];
        }
    };
    let p = tags.get("p");
    let policy = if is_inherited { tags.get("sp").or(p) } else { p };
    let mut findings = vec![judge_policy(policy.unwrap_or_default())];
    let is_enforced = |policy: Option<&str>| {
        policy.is_some_and(|policy| {
            ["quarantine", "reject"].iter().any(|word| policy.eq_ignore_ascii_case(word))
        })
    };
    if !is_inherited && is_enforced(p) && tags.get("sp").is_some_and(|sp| !is_enforced(Some(sp))) {
        findings.push(
            TOPIC.improve("sub-domains are not protected (`sp=none`)", "take out `sp`, or set it like `p`"),
        );
    }
    if let Some(pct) = tags.get("pct").filter(|pct| *pct != "100") {
        let what = format!("the policy applies to {pct} % of the mail");
        findings.push(TOPIC.improve(what, "take out `pct`"));
    }
    if tags.get("t").is_some_and(|test| test.eq_ignore_ascii_case("y")) {
        findings.push(TOPIC.improve("the policy is marked as a test (`t=y`)", "take out `t=y`"));
    }
    if tags.get("rua").is_none_or(str::is_empty) {
        let advice = "add `rua=mailto:ADDRESS`: without reports nobody sees who sends in your name";
        findings.push(TOPIC.improve("nobody is told of failures: there is no `rua`", advice));
    }
    findings
}

fn judge_policy(policy: &str) -> Finding {
    match policy.to_ascii_lowercase().as_str() {
        "reject" => TOPIC.good("forged mail is refused (p=reject)"),
        "quarantine" => TOPIC.good("forged mail is put aside (p=quarantine); p=reject would refuse it"),
        "none" => TOPIC.improve(
            "p=none: reports only; forged mail is delivered",
            "read the reports until every sender of yours passes, then set p=quarantine and p=reject",
        ),
        _ => TOPIC.bad("the record has no valid policy `p`", "set p=none, p=quarantine or p=reject"),
    }
}

/// Adds what is wrong with the addresses that reports go to: another domain must agree to receive them (section 7.1).
fn with_reports(dns: &dyn Dns, domain: &str, mut findings: Vec<Finding>, records: &[String]) -> Vec<Finding> {
    let tags = of_version(records, VERSION);
    let addresses = tags.first().and_then(|tags| tags.get("rua")).unwrap_or_default().split(',');
    for address in addresses.take(REPORT_ADDRESSES_MAX) {
        let address = address.trim().split('!').next().unwrap_or_default();
        let Some(address) = address.strip_prefix("mailto:") else { continue };
        let receiver = domain_of(address);
        if organizational_domain(receiver) == organizational_domain(domain) {
            continue;
        }
        let consent = dns.txt(&format!("{domain}._report._dmarc.{receiver}"));
        if consent.is_ok_and(|consent| of_version(&consent, VERSION).is_empty()) {
            let what = format!(
                "{receiver} does not agree to receive reports about {domain}, so none are sent there"
            );
            let advice = format!("have it publish `v=DMARC1` at {domain}._report._dmarc.{receiver}");
            findings.push(TOPIC.improve(what, &advice));
        }
    }
    findings
}
