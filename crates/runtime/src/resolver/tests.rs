//! The resolver without an answer: offline, and with a name server that never speaks.

use super::*;
use mail::authentication::{Alignment, AuthResult};
use proptest::prelude::*;
use std::net::{Ipv4Addr, UdpSocket};

const MESSAGE: &[u8] = b"DKIM-Signature: v=1; a=rsa-sha256; d=Mail.daily.example; s=s1; h=from;\r\n \
    bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=AAAA\r\n\
    From: News <news@daily.example>\r\n\r\n";

fn envelope() -> Envelope<'static> {
    Envelope {
        client_ip: Ipv4Addr::new(192, 0, 2, 1).into(),
        helo: "mx.daily.example",
        mail_from: "b@bounce.daily.example",
    }
}

#[test]
fn offline_nothing_is_known() {
    let resolver = Resolver::offline();
    assert!(resolver.is_offline());
    assert_eq!(resolver.check(MESSAGE, &envelope()), Authentication::default());
}

#[test]
fn a_silent_name_server_costs_the_timeout_and_leaves_temporary_errors() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let resolver = Resolver::servers(&[silent.local_addr().unwrap()], Duration::from_millis(40)).unwrap();
    let found = resolver.check(MESSAGE, &envelope());
    let spf = found.spf.as_ref().unwrap();
    assert_eq!(
        (spf.result, spf.domain.as_str(), spf.identity),
        (AuthResult::Temperror, "bounce.daily.example", SpfIdentity::MailFrom)
    );
    assert_eq!(found.aligned("daily.example"), Alignment::Unauthenticated);
    assert!(found.dkim.iter().all(|dkim| dkim.result == AuthResult::Temperror));
}

#[test]
fn only_names_of_several_proper_labels_are_asked_about() {
    for (domain, expected) in [
        ("daily.example", true),
        ("daily.example.", true),
        ("localhost", false),
        ("a..example", false),
        (".example", false),
        ("", false),
        ("[192.0.2.1]", false),
    ] {
        assert_eq!(is_multi_label(domain), expected, "{domain}");
    }
    assert!(is_multi_label(&format!("{}.example", "a".repeat(63))));
    assert!(!is_multi_label(&format!("{}.example", "a".repeat(64))));
    assert!(!is_multi_label(&"a.".repeat(150)));
}

#[test]
fn too_many_signatures_are_refused_and_said_so() {
    let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let resolver = Resolver::servers(&[silent.local_addr().unwrap()], Duration::from_secs(5)).unwrap();
    let raw = [b"DKIM-Signature: x\r\n".repeat(33), MESSAGE.to_vec()].concat();
    // An address literal has no SPF record to ask for, so no lookup happens at all.
    let found = resolver.check(&raw, &Envelope { mail_from: "", helo: "[192.0.2.1]", ..envelope() });
    assert_eq!(found.spf.map(|spf| spf.result), Some(AuthResult::None));
    let results: Vec<_> = found.dkim.iter().map(|dkim| dkim.result).collect();
    assert_eq!(results, [AuthResult::Policy]);
    assert_eq!((found.dmarc, found.arc), (None, None));
}

#[test]
fn no_bytes_panic() {
    // Nobody listens at the discard port of the loopback address, so each lookup fails at once.
    let resolver =
        Resolver::servers(&[SocketAddr::from((Ipv4Addr::LOCALHOST, 9))], Duration::from_millis(50)).unwrap();
    let part = prop::sample::select(vec![
        &b"DKIM-Signature: "[..],
        b"ARC-Seal: ",
        b"ARC-Message-Signature: ",
        b"ARC-Authentication-Results: ",
        b"From: ",
        b"a=rsa-sha256; ",
        b"i=1; ",
        b"d=a.example; ",
        b"s=s; ",
        b"h=from:to; ",
        b"b=AAAA; ",
        b"bh=AAAA; ",
        b"cv=none; ",
        b"l=9; ",
        b"\r\n",
        b"\n",
        b" ",
        b"a@b.example",
        b"\xff",
        b"=",
        b";",
        b"<",
    ]);
    proptest!(ProptestConfig::with_cases(64), |(parts in prop::collection::vec(part, 0..60))| {
        resolver.check(&parts.concat(), &Envelope { mail_from: "", helo: "", ..envelope() });
    });
}
