//! DKIM (RFC 6376): the keys that receivers check our signatures with.

use super::tag::Tags;
use super::{Dns, Finding, Topic};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const TOPIC: Topic = Topic::Dkim;
/// Bytes of an RSA key of 2,048 bits as it is published (RFC 5280 SubjectPublicKeyInfo).
const RSA_2048_BYTES: usize = 290;
/// Bytes of one of 1,024 bits.
const RSA_1024_BYTES: usize = 158;

pub(super) fn check(dns: &dyn Dns, domain: &str, selectors: &[String]) -> Vec<Finding> {
    if selectors.is_empty() {
        let advice =
            "name the selectors that your servers sign with: house.dkim_selectors, or --selector NAME";
        return vec![TOPIC.unknown("no selector to look for", advice)];
    }
    let of_selector = |selector: &String| match dns.txt(&format!("{selector}._domainkey.{domain}")) {
        Ok(records) => judge(selector, &records),
        Err(_) => TOPIC.unanswered(),
    };
    selectors.iter().map(of_selector).collect()
}

/// What the records of one selector say.
fn judge(selector: &str, records: &[String]) -> Finding {
    let Some(tags) = records.iter().map(|record| Tags::read(record)).find(|tags| tags.get("p").is_some())
    else {
        return TOPIC.missing(
            format!("no key for selector {selector}"),
            "publish the key that your servers sign with",
        );
    };
    let key: String = tags.get("p").unwrap_or_default().split_whitespace().collect();
    if key.is_empty() {
        return TOPIC.bad(format!("the key of selector {selector} is revoked"), "sign with another selector");
    }
    let Ok(key) = STANDARD.decode(key) else {
        return TOPIC.bad(format!("the key of selector {selector} cannot be read"), "publish it again");
    };
    if tags.get("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        let what =
            format!("selector {selector} is marked as a test (`t=y`): receivers may ignore its signatures");
        return TOPIC.improve(what, "take out `t=y`");
    }
    let is_rsa = tags.get("k").is_none_or(|kind| kind.eq_ignore_ascii_case("rsa"));
    match key.len() {
        bytes if is_rsa && bytes < RSA_1024_BYTES => TOPIC.bad(
            format!("the RSA key of selector {selector} has fewer than 1,024 bits"),
            "make one of 2,048 bits",
        ),
        bytes if is_rsa && bytes < RSA_2048_BYTES => TOPIC.improve(
            format!("the RSA key of selector {selector} has fewer than 2,048 bits"),
            "make one of 2,048 bits under a new selector",
        ),
        _ => TOPIC.good(format!("selector {selector} has a key")),
    }
}
