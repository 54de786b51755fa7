//! MTA-STS (RFC 8461) and TLS-RPT (RFC 8460): whether mail to us must be encrypted on its way, and who tells when it cannot be.

use super::tag::of_version;
use super::{Dns, Finding, PolicyFile, Topic};
use crate::resolver::NoAnswer;

/// Where a policy lies: on the host `mta-sts.` before the domain, at this path (RFC 8461, section 3.3).
pub(super) const HOST_PREFIX: &str = "mta-sts.";
pub(super) const PATH: &str = "/.well-known/mta-sts.txt";
const MTA_STS: Topic = Topic::MtaSts;
const TLS_RPT: Topic = Topic::TlsRpt;
/// Shortest time that a policy should be remembered for, in seconds: a week. Whoever can forge DNS answers waits it out.
const MAX_AGE_SECS_MIN: u64 = 7 * 86_400;

/// The records that say that a domain has a policy.
pub(super) fn policy_records(dns: &dyn Dns, domain: &str) -> Result<Vec<String>, NoAnswer> {
    dns.txt(&format!("_mta-sts.{domain}"))
}

pub(super) fn check_mta_sts(dns: &dyn Dns, domain: &str, policy: PolicyFile<'_>) -> Vec<Finding> {
    let Ok(records) = policy_records(dns, domain) else { return vec![MTA_STS.unanswered()] };
    let tags = of_version(&records, "STSv1");
    let id = match tags.as_slice() {
        [] => {
            let advice = "publish a policy, first with mode: testing, and `v=STSv1; id=DATE` at _mta-sts";
            let what = "no MTA-STS: whoever is between two servers can read mail to this domain";
            return vec![MTA_STS.missing(what, advice)];
        }
        [tags] => tags.get("id").unwrap_or_default(),
        _ => "",
    };
    if id.is_empty() {
        let what = "there are several records at _mta-sts, or one without an id: senders use none";
        return vec![MTA_STS.bad(what, "publish exactly one, `v=STSv1; id=DATE`")];
    }
    match policy {
        PolicyFile::NotFetched => {
            let what = format!("there is a policy (id {id}); its file was not fetched");
            vec![MTA_STS.unknown(what, &format!("look at {}", policy_url(domain)))]
        }
        PolicyFile::Refused(why) => {
            let what =
                format!("there is no policy where senders look for it ({why}), so they encrypt or not");
            vec![MTA_STS.bad(what, &format!("serve it at {}", policy_url(domain)))]
        }
        PolicyFile::Unreachable(why) => {
            let what = format!("the server of the policy could not be reached from here ({why})");
            vec![MTA_STS.unknown(what, &format!("look at {} from elsewhere", policy_url(domain)))]
        }
        PolicyFile::Text(text) => judge_policy(text, dns.mx(domain).ok().as_deref()),
    }
}

fn policy_url(domain: &str) -> String {
    format!("https://{HOST_PREFIX}{domain}{PATH}")
}

/// What the policy file says, compared with the servers that take mail where they are known.
fn judge_policy(text: &str, mx_hosts: Option<&[String]>) -> Vec<Finding> {
    let fields: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let first = |name: &str| fields.iter().find(|(told, _)| *told == name).map(|(_, value)| *value);
    if first("version") != Some("STSv1") {
        return vec![MTA_STS.bad("the policy file is none", "its first line is `version: STSv1`")];
    }
    let mut findings = vec![match first("mode") {
        Some("enforce") => MTA_STS.good("mail to this domain must be encrypted (mode: enforce)"),
        Some("testing") => MTA_STS.improve(
            "mode: testing: failures are reported only",
            "when TLS reports show none, set mode: enforce",
        ),
        _ => MTA_STS.bad("the policy has no mode that protects", "set mode: testing, then mode: enforce"),
    }];
    if first("max_age").and_then(|age| age.parse().ok()).is_none_or(|age: u64| age < MAX_AGE_SECS_MIN) {
        findings
            .push(MTA_STS.improve("the policy is forgotten within a week", "set max_age: 604800 or more"));
    }
    let patterns: Vec<&str> =
        fields.iter().filter(|(name, _)| *name == "mx").map(|(_, host)| *host).collect();
    for host in mx_hosts.unwrap_or_default().iter().filter(|host| !host.is_empty()) {
        if !patterns.iter().any(|pattern| covers(pattern, host)) {
            let what = format!(
                "{host} takes mail and is not in the policy: with mode: enforce, mail to it is not sent"
            );
            findings.push(MTA_STS.bad(what, "add a line `mx:` for it"));
        }
    }
    findings
}

/// Whether a pattern covers a host: `*.` stands for exactly one label (RFC 8461 section 4.1).
fn covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

pub(super) fn check_tls_rpt(dns: &dyn Dns, domain: &str) -> Vec<Finding> {
    let Ok(records) = dns.txt(&format!("_smtp._tls.{domain}")) else { return vec![TLS_RPT.unanswered()] };
    let tags = of_version(&records, "TLSRPTv1");
    let has_address = |tags: &super::tag::Tags<'_>| tags.get("rua").is_some_and(|rua| !rua.is_empty());
    vec![match tags.as_slice() {
        [tags] if has_address(tags) => {
            TLS_RPT.good("senders report when a connection could not be encrypted")
        }
        [] => {
            let advice = "publish `v=TLSRPTv1; rua=mailto:ADDRESS` at _smtp._tls";
            TLS_RPT.missing("nobody is told when mail to this domain cannot be encrypted", advice)
        }
        _ => TLS_RPT.bad(
            "there are several records, or none with an address: nobody is told",
            "publish exactly one, with `rua=mailto:ADDRESS`",
        ),
    }]
}
