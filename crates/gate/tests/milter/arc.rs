//! Sets of the Authenticated Received Chain, judged by a verifier that shares no code with whoever makes them.

use crate::delivery::{beacon_letter, live, policy};
use crate::double::{anywhere, settings, start_filter};
use crate::mail_server::{MailServer, Outcome, letter};
use gate::milter::{ArcKey, LiveFilter, Mark, Policy, Sealer, marked};
use mail::authentication::Authentication;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use milter::{Message, edit};
use model::{EventTime, Verdict};
use std::borrow::Borrow;
use std::hash::Hash;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

const DOMAIN: &str = "house.example";
const SELECTOR: &str = "gate";
const OURS: &str = "gate.house.example";
const RSA: &[&str] = &["genrsa", "2048"];
const ED25519: &[&str] = &["genpkey", "-algorithm", "ed25519"];
const NOW: EventTime = EventTime(1_610_964_690);

/// A name server that knows one record, whatever it is asked for.
struct Published(Txt);

impl ResolverCache<Box<str>, Txt> for Published {
    fn get<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(self.0.clone())
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// A key as operators make it.
fn key(arguments: &[&str]) -> ArcKey {
    let made = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    ArcKey::from_pem(&String::from_utf8_lossy(&made.stdout)).expect("a key")
}

/// What the line of a zone file publishes.
fn published(key: &ArcKey) -> Published {
    let line = key.dns_record(DOMAIN, SELECTOR);
    let texts = line.strip_prefix("gate._domainkey.house.example. IN TXT ( ").expect("its name");
    let record: String = texts.split('"').skip(1).step_by(2).collect();
    Published(DomainKey::parse(record.as_bytes()).expect("a record of a key").into())
}

/// What a receiver finds of the chain of a message.
fn verified(message: &[u8], published: &Published) -> DkimResult {
    let verifier = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default());
    let verifier = verifier.expect("it asks nobody");
    let message = AuthenticatedMessage::parse(message).expect("a message");
    let waiting = tokio::runtime::Builder::new_current_thread().build().expect("an event loop");
    let parameters = Parameters::new(&message).with_txt_cache(published);
    waiting.block_on(verifier.verify_arc(parameters)).result().clone()
}

#[track_caller]
fn check_holds(message: &[u8], published: &Published) {
    let found = verified(message, published);
    assert!(found == DkimResult::Pass, "{found:?}\n{}", String::from_utf8_lossy(message));
}

#[track_caller]
fn check_broken(message: &[u8], published: &Published) {
    assert!(verified(message, published) != DkimResult::Pass, "{}", String::from_utf8_lossy(message));
}

/// The message disarmed and sealed by a hop that knows of its chain what `results` says.
fn disarmed(message: &[u8], results: &str, sealer: &Sealer) -> Vec<u8> {
    let (fields, body) = edit::split(message);
    let message_before = Message { fields, body: body.to_vec(), ..Message::default() };
    let disarmed = mail::disarm::disarm(message);
    let authentication =
        Authentication::from_headers([results].into_iter(), &["mx.house.example".to_owned()]);
    let mark = Mark {
        authserv_id: OURS,
        verdict: Verdict::Disarm,
        score: 50,
        campaign: None,
        authentication: &authentication,
        sealing: Some((sealer, NOW)),
    };
    marked(&message_before, &disarmed.message, disarmed.removed.len(), &mark)
}

/// Somebody on the way puts another beacon into a message of HTML.
fn with_another_beacon(message: &[u8]) -> Vec<u8> {
    [message, b"<img src=3D\"http://t.example/2\">\r\n"].concat()
}

fn names(message: &[u8]) -> Vec<String> {
    let (fields, _) = edit::split(message);
    fields.iter().map(|field| String::from_utf8_lossy(&field.name).into_owned()).collect()
}

#[test]
fn what_the_gate_disarmed_is_vouched_for() {
    for arguments in [RSA, ED25519] {
        let (folder, key) = (tempfile::tempdir().expect("a folder"), key(arguments));
        let record = published(&key);
        let live = live(folder.path());
        let sealer = Some(Arc::new(Sealer::new(DOMAIN, SELECTOR, key)));
        let filter = LiveFilter::new(live.clone(), Policy { sealer, ..policy() });
        let server = start_filter(&settings(anywhere()), Arc::new(filter));
        let mut client = MailServer::connect(server.address()).expect("it connects");
        let answer = client.deliver("4fX", &letter(&["pat@house.example"], &beacon_letter()));
        let Outcome::Delivered(delivered) = answer.expect("an answer") else { panic!("it is not delivered") };
        check_holds(&delivered, &record);
        assert_eq!(
            names(&delivered)[..3],
            ["ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"]
        );
        check_broken(&[&delivered, b"more\r\n".as_slice()].concat(), &record);
        check_broken(&[b"Subject: another\r\n".as_slice(), &delivered].concat(), &record);
        drop(client);
        server.stop();
        live.stop();
    }
}

#[test]
fn a_chain_that_held_goes_on_and_one_that_failed_says_so() {
    for arguments in [RSA, ED25519] {
        let key = key(arguments);
        let record = published(&key);
        let sealer = Sealer::new(DOMAIN, SELECTOR, key);
        let first = disarmed(&beacon_letter(), "mx.house.example; arc=none", &sealer);
        check_holds(&first, &record);
        let again = with_another_beacon(&first);
        check_broken(&again, &record);
        let second = disarmed(&again, "mx.house.example; arc=pass", &sealer);
        check_holds(&second, &record);
        let failed = disarmed(&again, "mx.house.example; arc=fail", &sealer);
        check_broken(&failed, &record);
        assert!(String::from_utf8_lossy(&failed).contains("ARC-Seal: i=2;"));
        assert!(String::from_utf8_lossy(&failed).contains("cv=fail"));
    }
}

#[test]
fn nothing_is_vouched_for_that_is_not_known() {
    let sealer = Sealer::new(DOMAIN, SELECTOR, key(ED25519));
    let first = disarmed(&beacon_letter(), "mx.house.example; arc=none", &sealer);
    let unknown = disarmed(&with_another_beacon(&first), "mx.house.example; spf=pass", &sealer);
    let sets = names(&unknown).iter().filter(|name| name.starts_with("ARC-")).count();
    assert_eq!(
        sets, 0,
        "the chain that we broke has another name, and none begins as if there had been none"
    );
    assert!(names(&unknown).contains(&"X-Portcullis-Original-ARC-Seal".to_owned()));
}

#[test]
fn what_is_not_changed_is_not_sealed() {
    let sealer = Sealer::new(DOMAIN, SELECTOR, key(ED25519));
    let plain = b"From: a@b.example\r\nSubject: plain\r\n\r\nhello\r\n";
    assert!(!names(&disarmed(plain, "mx.house.example; arc=none", &sealer)).contains(&"ARC-Seal".to_owned()));
}

#[test]
fn a_key_is_not_shown() {
    assert_eq!(format!("{:?}", key(ED25519)), "ArcKey(ed25519-sha256)");
}
