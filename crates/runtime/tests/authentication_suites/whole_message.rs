//! One signed message and its sender's zone, checked as a whole: SPF, DKIM and DMARC with their domains and policy.

use crate::name_server::{NameServer, Zone};
use expect_test::{Expect, expect};
use mail::authentication::Authentication;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use mail_auth::hickory_resolver::proto::rr::RData;
use mail_auth::hickory_resolver::proto::rr::rdata::TXT;
use runtime::resolver::{Envelope, Resolver};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

const MESSAGE: &str =
    "From: News <news@daily.example>\r\nTo: a@assembly.example\r\nSubject: x\r\n\r\nHello.\r\n";
/// The private key is 32 bytes of seven behind this prefix of its PKCS #8 form (RFC 8410 section 7).
const KEY_PREFIX: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const PUBLIC_KEY: &str = "v=DKIM1; k=ed25519; p=6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";

const KEY: (&str, &str) = ("s1._domainkey.mail.daily.example", PUBLIC_KEY);
const SPF: (&str, &str) = ("bounce.daily.example", "v=spf1 ip4:192.0.2.1 -all");
const DMARC: (&str, &str) = ("_dmarc.daily.example", "v=DMARC1; p=reject");

#[track_caller]
fn check(records: &[(&str, &str)], envelope: &Envelope<'_>, message: &str, expected: Expect) {
    let mut zone = Zone::default();
    for (name, text) in records {
        zone.node(name).records.push(RData::TXT(TXT::new(vec![(*text).to_owned()])));
    }
    let server = NameServer::start(zone);
    let resolver =
        Resolver::servers(&[server.address()], Duration::from_secs(20)).expect("loopback can be asked");
    expected.assert_eq(&report(&resolver.check(message.as_bytes(), envelope)));
}

fn report(found: &Authentication) -> String {
    let spf = found.spf.iter().map(|spf| format!("spf {} {}", spf.result.as_str(), spf.domain));
    let dkim = found
        .dkim
        .iter()
        .map(|dkim| format!("dkim {} {} {}", dkim.result.as_str(), dkim.domain, dkim.selector));
    let dmarc = found
        .dmarc
        .iter()
        .map(|dmarc| format!("dmarc {} {} {:?}", dmarc.result.as_str(), dmarc.header_from, dmarc.policy));
    let alignment = format!("{:?}", found.aligned("news@daily.example"));
    spf.chain(dkim).chain(dmarc).chain([alignment]).collect::<Vec<_>>().join("\n")
}

fn signed() -> String {
    let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(&[KEY_PREFIX, [7; 16], [7; 16]].concat())
        .expect("the key is well-formed");
    let signer = DkimSigner::from_key(key).domain("mail.daily.example").selector("s1");
    let signature = signer.headers(["From", "Subject"]).sign(MESSAGE.as_bytes());
    format!("{}{MESSAGE}", signature.expect("the message has the signed fields").to_header())
}

fn envelope() -> Envelope<'static> {
    Envelope {
        client_ip: Ipv4Addr::new(192, 0, 2, 1).into(),
        helo: "mx.daily.example",
        mail_from: "b@Bounce.daily.example",
    }
}

#[test]
fn a_sound_message_passes_everything() {
    check(
        &[KEY, SPF, DMARC],
        &envelope(),
        &signed(),
        expect![[r#"
            spf pass bounce.daily.example
            dkim pass mail.daily.example s1
            dmarc pass daily.example Some(Reject)
            Strict"#]],
    );
}

#[test]
fn a_client_that_is_ipv4_in_ipv6_is_ipv4() {
    let mapped: Ipv6Addr = Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped();
    check(
        &[SPF],
        &Envelope { client_ip: mapped.into(), ..envelope() },
        "",
        expect![[r#"
            spf pass bounce.daily.example
            Relaxed"#]],
    );
}

#[test]
fn a_changed_body_and_a_strange_client_fail() {
    check(
        &[KEY, SPF, DMARC],
        &Envelope { client_ip: Ipv4Addr::new(198, 51, 100, 1).into(), ..envelope() },
        &signed().replace("Hello", "Hallo"),
        expect![[r#"
            spf fail bounce.daily.example
            dkim fail mail.daily.example s1
            dmarc fail daily.example Some(Reject)
            Unauthenticated"#]],
    );
}

#[test]
fn a_domain_that_publishes_nothing_has_no_result() {
    check(
        &[],
        &envelope(),
        MESSAGE,
        expect![[r#"
        spf none bounce.daily.example
        dmarc none daily.example None
        Unauthenticated"#]],
    );
}

#[test]
fn a_bounce_is_checked_by_its_helo() {
    check(
        &[("mx.daily.example", "v=spf1 -all")],
        &Envelope { mail_from: "", ..envelope() },
        "",
        expect![[r#"
        spf fail mx.daily.example
        Unauthenticated"#]],
    );
}
