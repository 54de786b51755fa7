//! Whole fields in, results out; and input that was made to hurt.

use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn trusted() -> Vec<String> {
    vec!["MX.assembly.example".to_owned(), "filter.assembly.example".to_owned()]
}

fn report(found: &Authentication) -> String {
    let mut lines = Vec::new();
    lines.extend(
        found.spf.iter().map(|spf| format!("spf {} {:?} {}", spf.result.as_str(), spf.identity, spf.domain)),
    );
    lines.extend(
        found
            .dkim
            .iter()
            .map(|dkim| format!("dkim {} {} {}", dkim.result.as_str(), dkim.domain, dkim.selector)),
    );
    lines.extend(
        found
            .dmarc
            .iter()
            .map(|dmarc| format!("dmarc {} {} {:?}", dmarc.result.as_str(), dmarc.header_from, dmarc.policy)),
    );
    lines.extend(found.arc.iter().map(|arc| format!("arc {}", arc.as_str())));
    lines.join("\n")
}

#[track_caller]
fn check(fields: &[&str], expected: Expect) {
    expected.assert_eq(&report(&Authentication::from_headers(fields.iter().copied(), &trusted())));
}

#[test]
fn a_large_receiver_gives_everything_in_one_field() {
    check(
        &["mx.assembly.example; dkim=pass header.i=@news.example header.s=s1 header.b=AbC+/1=; \
           dkim=fail (body hash mismatch (got b'x=', expected b'y=')) header.d=List.example; \
           arc=pass (i=1 spf=pass); spf=pass (mx: domain of b+1=c@bounce.example designates 192.0.2.1) \
           smtp.mailfrom=\"b+1=c\"@bounce.example; dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=news.example"],
        expect![[r#"
            spf pass MailFrom bounce.example
            dkim pass news.example s1
            dkim fail list.example 
            dmarc pass news.example Some(Reject)
            arc pass"#]],
    );
}

#[test]
fn only_configured_hosts_are_believed() {
    check(
        &[
            "mx.elsewhere.example; spf=pass smtp.mailfrom=a.example",
            "mx.assembly.example.evil.example; dkim=pass header.d=a.example",
        ],
        expect![""],
    );
}

#[test]
fn a_field_without_authserv_id_counts_only_when_configured() {
    let field = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed) header.d=none;\
                 dmarc=bestguesspass action=none header.from=a.example;compauth=pass reason=109";
    check(&[field], expect![""]);
    let believed = Authentication::from_headers([field].into_iter(), &[String::new()]);
    expect![[r#"
        spf pass MailFrom a.example
        dmarc none a.example None"#]]
    .assert_eq(&report(&believed));
}

#[test]
fn an_upper_field_stands_and_a_lower_one_completes_it() {
    check(
        &[
            "filter.assembly.example; dkim=fail header.d=a.example; policy=x",
            "mx.assembly.example; spf=fail smtp.mailfrom=a.example",
            "mx.assembly.example; dkim=pass header.d=bank.example; spf=pass smtp.mailfrom=bank.example; arc=none",
        ],
        expect![[r#"
            spf fail MailFrom a.example
            dkim fail a.example 
            arc none"#]],
    );
}

#[test]
fn mail_from_is_preferred_to_helo() {
    check(
        &[
            "mx.assembly.example; spf=pass smtp.helo=h.example; spf=softfail smtp.mailfrom=a@b.example; spf=pass smtp.mailfrom=c.example",
        ],
        expect!["spf softfail MailFrom b.example"],
    );
    check(
        &["mx.assembly.example; spf=pass smtp.mailfrom=<> smtp.helo=h.example"],
        expect!["spf pass Helo h.example"],
    );
}

#[test]
fn results_that_say_nothing_are_left_out() {
    check(&["mx.assembly.example; dkim=none; spf=maybe; dmarc=; iprev=pass; bimi=pass"], expect![""]);
}

#[test]
fn a_policy_may_be_a_property() {
    check(
        &["mx.assembly.example; dmarc=fail policy.published-domain-policy=quarantine header.from=a.example"],
        expect!["dmarc fail a.example Some(Quarantine)"],
    );
}

#[test]
fn more_signatures_than_the_limit_are_left_out() {
    let field = format!("mx.assembly.example{}", "; dkim=pass header.d=a.example".repeat(1_000));
    let found = Authentication::from_headers([field.as_str()].into_iter(), &trusted());
    assert_eq!(found.dkim.len(), limit::DKIM_RESULTS_MAX);
}

#[test]
fn a_name_longer_than_dns_allows_is_left_out() {
    let field = format!("mx.assembly.example; dkim=pass header.d={}.example header.s=s", "a".repeat(300));
    check(&[&field], expect!["dkim pass  s"]);
}

/// Forms that make a parser go back, nest or allocate; all of a megabyte, and all read within a generous second.
#[test]
fn a_megabyte_of_anything_is_read_in_linear_time() {
    for unit in [
        "(",
        "\"",
        "\\",
        ";",
        "=",
        ".",
        "/",
        "a",
        " ",
        "()",
        "(\\",
        "a=b;",
        "a=(",
        "spf=pass ",
        "dkim=pass;",
        "x.y=z ",
        "\u{fc}",
    ] {
        let field = format!("mx.assembly.example; {}", unit.repeat((1 << 20) / unit.len()));
        let start = Instant::now();
        Authentication::from_headers([field.as_str()].into_iter(), &trusted());
        assert!(start.elapsed() < Duration::from_secs(1), "{unit:?} took {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn no_text_panics(field in ".{0,200}", header_from in ".{0,40}") {
        let _ = Authentication::from_headers([field.as_str()].into_iter(), &[String::new()]).aligned(&header_from);
    }

    #[test]
    fn no_order_of_the_grammar_panics_or_passes_the_limit(
        parts in prop::collection::vec(
            prop::sample::select(vec!["mx.assembly.example", ";", "spf", "dkim", "dmarc", "=", "pass", " ", "(", ")", "\"", "\\", ".", "/", "header", "d", "@", "\u{fc}"]),
            0..80,
        ),
    ) {
        let field = format!("mx.assembly.example; {}", parts.concat());
        let found = Authentication::from_headers([field.as_str()].into_iter(), &trusted());
        prop_assert!(found.dkim.len() <= limit::DKIM_RESULTS_MAX);
    }

    #[test]
    fn a_rendered_field_reads_back(result in prop::sample::select(vec!["pass", "fail", "neutral"]), domain in "[a-z]{1,9}\\.example", selector in "[a-z0-9]{1,9}", comment in "[a-z ;=.]{0,20}") {
        let field = format!("mx.assembly.example; dkim={result} ({comment}) header.d={domain} header.s={selector}");
        let found = Authentication::from_headers([field.as_str()].into_iter(), &trusted());
        prop_assert_eq!(report(&found), format!("dkim {result} {domain} {selector}"));
    }
}
