//! Domains in every state, asked for through a double of the name servers.

use super::*;
use std::collections::HashMap;

/// Names with their TXT records; `!` stands for a server that does not answer, and `mx:` before a name for its hosts.
struct Zone(HashMap<&'static str, Vec<String>>);

impl Zone {
    fn of(records: &[(&'static str, &str)]) -> Self {
        let mut zone: HashMap<&'static str, Vec<String>> = HashMap::new();
        for (name, text) in records {
            zone.entry(name).or_default().push((*text).to_owned());
        }
        Self(zone)
    }

    fn answer(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let found = self.0.get(name).cloned().unwrap_or_default();
        if found.iter().any(|text| text == "!") { Err(NoAnswer) } else { Ok(found) }
    }
}

impl Dns for Zone {
    fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.answer(name)
    }

    fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.answer(&format!("mx:{name}"))
    }
}

/// Checks `house.example` with the selector `s1`, and compares the findings of one topic: grade, and words of what was found.
#[track_caller]
fn check(topic: &str, records: &[(&'static str, &str)], expected: &[(Grade, &str)]) {
    check_with(PolicyFile::NotFetched, topic, records, expected);
}

#[track_caller]
fn check_with(
    policy: PolicyFile<'_>,
    topic: &str,
    records: &[(&'static str, &str)],
    expected: &[(Grade, &str)],
) {
    let question = Question { domain: "House.example", selectors: &["s1".to_owned()], policy };
    let posture = super::check(&Zone::of(records), &question);
    let found: Vec<&Finding> =
        posture.findings.iter().filter(|finding| finding.topic.word() == topic).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, (grade, what)) in found.iter().zip(expected) {
        assert!(found.grade == *grade && found.what.contains(what), "{found:?}");
        assert_eq!(found.advice.is_empty(), *grade == Grade::Good, "{found:?}");
    }
}

const GOOD: &[(&str, &str)] = &[
    ("house.example", "v=spf1 include:mailer.example -all"),
    ("house.example", "some-verification=1"),
    ("mailer.example", "v=spf1 ip4:192.0.2.0/24 ?all"),
    ("s1._domainkey.house.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    ("_dmarc.house.example", "v=DMARC1; p=reject; rua=mailto:r@house.example,mailto:r@reports.example"),
    ("house.example._report._dmarc.reports.example", "v=DMARC1"),
    ("_mta-sts.house.example", "v=STSv1; id=20260101"),
    ("_smtp._tls.house.example", "v=TLSRPTv1; rua=mailto:r@house.example"),
    ("mx:house.example", "mx1.house.example"),
];
const POLICY: &str = "version: STSv1\r\nmode: enforce\r\nmx: *.house.example\r\nmax_age: 604800\r\n";

#[test]
fn a_domain_with_everything_is_good() {
    let question =
        Question { domain: "house.example", selectors: &["s1".to_owned()], policy: PolicyFile::Text(POLICY) };
    let posture = super::check(&Zone::of(GOOD), &question);
    assert_eq!((posture.grade, posture.findings.len()), (Grade::Good, 5), "{posture:?}");
}

#[test]
fn silence_is_no_verdict() {
    let silent: Vec<(&'static str, &str)> = GOOD.iter().map(|(name, _)| (*name, "!")).collect();
    let question = Question { domain: "house.example", selectors: &[], policy: PolicyFile::NotFetched };
    let posture = super::check(&Zone::of(&silent), &question);
    assert!(posture.findings.iter().all(|finding| finding.grade == Grade::Unknown), "{posture:?}");
    assert_eq!(posture.findings.len(), 5);
}

#[test]
fn spf() {
    let record = |text: &'static str, grade, what| check("SPF", &[("house.example", text)], &[(grade, what)]);
    check("SPF", &[], &[(Grade::Missing, "no SPF record")]);
    record("v=spf1 -all", Grade::Good, "refused");
    record("v=spf1 ~all", Grade::Good, "suspicious");
    record("v=spf1 ip4:192.0.2.1 ?all", Grade::Bad, "any server");
    record("v=spf1 all", Grade::Bad, "any server");
    record("v=spf1 mx", Grade::Bad, "does not say");
    record("v=spf1 foo -all", Grade::Bad, "error");
    check(
        "SPF",
        &[("house.example", "v=spf1 -all"), ("house.example", "v=spf1 ~all")],
        &[(Grade::Bad, "several")],
    );
}

#[test]
fn spf_that_asks_too_much_or_nothing() {
    let eleven = format!("v=spf1 {} -all", "a:h.example ".repeat(11).trim());
    check(
        "SPF",
        &[("house.example", &eleven)],
        &[(Grade::Good, "refused"), (Grade::Bad, "11 further questions")],
    );
    let include = ("house.example", "v=spf1 include:mailer.example -all");
    check("SPF", &[include], &[(Grade::Good, "refused"), (Grade::Bad, "mailer.example")]);
    let around = ("mailer.example", "v=spf1 include:house.example include:mailer.example -all");
    check("SPF", &[include, around], &[(Grade::Good, "refused")]);
    let redirect = ("house.example", "v=spf1 redirect=mailer.example");
    check("SPF", &[redirect, ("mailer.example", "v=spf1 -all")], &[(Grade::Good, "redirect")]);
}

#[test]
fn dkim() {
    let key = |bytes: usize| {
        format!(
            "v=DKIM1; p={}",
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![7; bytes])
        )
    };
    let record =
        |text: &str, grade, what| check("DKIM", &[("s1._domainkey.house.example", text)], &[(grade, what)]);
    check("DKIM", &[], &[(Grade::Missing, "no key for selector s1")]);
    record(&key(294), Grade::Good, "selector s1");
    record(&key(162), Grade::Improve, "2,048");
    record(&key(94), Grade::Bad, "1,024");
    record(&format!("{}; t=s:y", key(294)), Grade::Improve, "test");
    record("v=DKIM1; p=", Grade::Bad, "revoked");
    record("v=DKIM1; p=???", Grade::Bad, "cannot be read");
}

#[test]
fn dmarc() {
    let record =
        |text: &str, expected: &[(Grade, &str)]| check("DMARC", &[("_dmarc.house.example", text)], expected);
    let silent = (Grade::Improve, "nobody is told");
    check("DMARC", &[], &[(Grade::Missing, "no DMARC record")]);
    record("v=DMARC1; p=none; rua=mailto:r@house.example", &[(Grade::Improve, "p=none: reports only")]);
    record("v=DMARC1; p=quarantine", &[(Grade::Good, "put aside"), silent]);
    record(
        "v=DMARC1; p=reject; sp=none",
        &[(Grade::Good, "refused"), (Grade::Improve, "sub-domains"), silent],
    );
    record(
        "v=DMARC1; p=reject; pct=10; t=y",
        &[(Grade::Good, "refused"), (Grade::Improve, "10 %"), (Grade::Improve, "t=y"), silent],
    );
    record("v=DMARC1; p=rejct", &[(Grade::Bad, "no valid policy"), silent]);
    record(
        "v=DMARC1; p=reject; rua=mailto:r@reports.example",
        &[(Grade::Good, "refused"), (Grade::Improve, "reports.example does not agree")],
    );
    let twice = [("_dmarc.house.example", "v=DMARC1; p=none"), ("_dmarc.house.example", "v=DMARC1; p=none")];
    check("DMARC", &twice, &[(Grade::Bad, "several")]);
}

#[test]
fn a_sub_domain_inherits() {
    let zone =
        Zone::of(&[("_dmarc.house.example", "v=DMARC1; p=reject; sp=none; rua=mailto:r@house.example")]);
    let question = Question { domain: "mail.house.example", selectors: &[], policy: PolicyFile::NotFetched };
    let findings = super::check(&zone, &question).findings;
    let found = findings.iter().find(|finding| finding.topic == Topic::Dmarc).expect("a finding");
    assert!(found.what.contains("p=none"), "{found:?}");
}

#[test]
fn mta_sts() {
    let dns = [("_mta-sts.house.example", "v=STSv1; id=1"), ("mx:house.example", "mx1.house.example")];
    check("MTA-STS", &[("_mta-sts.house.example", "v=STSv1")], &[(Grade::Bad, "without an id")]);
    check_with(PolicyFile::Refused("status 404"), "MTA-STS", &dns, &[(Grade::Bad, "status 404")]);
    check_with(
        PolicyFile::Unreachable("no answer in time"),
        "MTA-STS",
        &dns,
        &[(Grade::Unknown, "no answer")],
    );
    check("MTA-STS", &[], &[(Grade::Missing, "no MTA-STS")]);
    check("MTA-STS", &dns, &[(Grade::Unknown, "not fetched")]);
    let policy = |text: &str, expected: &[(Grade, &str)]| {
        check_with(PolicyFile::Text(text), "MTA-STS", &dns, expected)
    };
    policy(POLICY, &[(Grade::Good, "must be encrypted")]);
    policy(&POLICY.replace("enforce", "testing"), &[(Grade::Improve, "testing")]);
    policy(&POLICY.replace("enforce", "none"), &[(Grade::Bad, "no mode")]);
    policy(&POLICY.replace("604800", "60"), &[(Grade::Good, ""), (Grade::Improve, "forgotten")]);
    policy(
        &POLICY.replace("*.house", "*.other"),
        &[(Grade::Good, ""), (Grade::Bad, "mx1.house.example takes mail")],
    );
    policy("<html>", &[(Grade::Bad, "none")]);
}

#[test]
fn tls_rpt() {
    let name = "_smtp._tls.house.example";
    check("TLS-RPT", &[(name, "v=TLSRPTv1; rua=mailto:r@house.example")], &[(Grade::Good, "report")]);
    check("TLS-RPT", &[], &[(Grade::Missing, "nobody is told")]);
    check("TLS-RPT", &[(name, "v=TLSRPTv1")], &[(Grade::Bad, "none with an address")]);
}

#[test]
fn questions_are_counted_and_nobody_is_asked_offline() {
    let live = Live::new(crate::resolver::Resolver::offline(), std::time::Duration::from_secs(5));
    assert_eq!(live.txt("house.example"), Err(NoAnswer));
    assert_eq!(live.mx("house.example"), Err(NoAnswer));
}

proptest::proptest! {
    #[test]
    fn no_record_panics(text in ".{0,80}", kind in 0usize..5) {
        let starts = ["v=spf1 ", "v=DKIM1; p=", "v=DMARC1; p=", "v=STSv1; id=", "v=TLSRPTv1; rua="];
        let record = format!("{}{text}", starts[kind]);
        let names = ["house.example", "s1._domainkey.house.example", "_dmarc.house.example", "_mta-sts.house.example", "_smtp._tls.house.example"];
        let records: Vec<(&'static str, &str)> = names.iter().map(|name| (*name, record.as_str())).collect();
        let question = Question { domain: "house.example", selectors: &["s1".to_owned()], policy: PolicyFile::Text(&text) };
        super::check(&Zone::of(&records), &question);
    }
}
