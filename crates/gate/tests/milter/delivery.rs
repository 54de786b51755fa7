//! Mail through Postfix and the filter to a mailbox.

use crate::double::{Running, anywhere, settings, start, start_filter};
use crate::postfix::{Postfix, below_received, missing};
use crate::sender::send;
use gate::milter::{Action, LiveFilter, OnFailure, Policy};
use mail::disarm::{remaining_loads, visible_text};
use milter::{Field, Message, edit};
use model::GroupId;
use runtime::data::Data;
use runtime::live::{Live, LiveSettings};
use runtime::measure::quarantine;
use runtime::resolver::Resolver;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Blobs, Features};
use tempfile::TempDir;

const MEMBERS: &[u8] = b"id,name,address,groups\nM001,Pat Example,pat@house.example,forum\nM002,Kim Example,kim@open.example,press\n";

/// A message with what a filter could spoil: odd spelling, folds, blanks, 8-bit text, dots and long lines.
fn odd_letter() -> Vec<u8> {
    let mut letter =
        b"Received: from elsewhere.example by mx.mailer.example; Mon, 18 Jan 2021 10:11:32 +0000\r\n\
        Received: by elsewhere.example; Mon, 18 Jan 2021 10:11:30 +0000\r\n\
        subject:  two blanks,\r\n\t and a fold\r\nX-Bare:none\r\nX-Empty:\r\n\
        From: \"Gr\xc3\xbc\xc3\x9fe\" <a@b.example>\r\nTo: pat@house.example\r\nX-Raw: \xfc\xff\r\n\
        DKIM-Signature: v=1; h=from:to; b=x\r\nDate: Mon, 18 Jan 2021 10:11:30 +0000\r\n\r\n\
        hello \xe4\r\n.\r\n..two\r\n  indented  \r\n\r\n"
            .to_vec();
    letter.extend_from_slice("long ".repeat(600).as_bytes());
    letter.extend_from_slice(b"\r\nend\r\n");
    letter
}

pub(crate) fn beacon_letter() -> Vec<u8> {
    b"DKIM-Signature: v=1; h=from:subject; bh=x; b=y\r\nFrom: editor@news.example\r\nTo: pat@house.example\r\n\
      Subject: The vote\r\nDate: Mon, 18 Jan 2021 10:11:30 +0000\r\nMIME-Version: 1.0\r\n\
      Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\
      Disposition-Notification-To: editor@news.example\r\n\r\n\
      <p>Dear reader, the vote was close.</p>\r\n\
      <div style=3D\"display:none\"><img src=3D\"http://t.example/o.gif?u=3D706174\" width=3D1></div>\r\n"
        .to_vec()
}

/// A brand's name over a stranger's address, a free mailbox for answers, and a picture in place of words.
pub(crate) fn hostile_letter() -> Vec<u8> {
    b"From: PayPal Service <x7k2p9qq@v27dnk0oz.example>\r\nReply-To: pp.service@gmail.com\r\nTo: pat@house.example\r\n\
      Subject: Your account\r\nDate: Mon, 18 Jan 2021 10:11:30 +0000\r\nContent-Type: text/html\r\n\r\n\
      <a href='https://t.co/Gw3GbkQ64O'><img src='cid:1'></a>\r\n"
        .to_vec()
}

/// What a reader sees of a letter of one HTML part.
fn shown(letter: &[u8]) -> String {
    visible_text(&String::from_utf8_lossy(edit::split(letter).1).replace("=3D", "="))
}

pub(crate) fn live(folder: &Path) -> Live {
    live_asking(folder, Resolver::offline())
}

pub(crate) fn live_asking(folder: &Path, resolver: Resolver) -> Live {
    let data = Data::open(folder).expect("a folder");
    data.keep_house(MEMBERS).expect("the store works");
    let settings =
        LiveSettings { trusted_authserv_ids: Vec::new(), resolver, deadline: Duration::from_secs(20) };
    Live::start(data, settings).expect("it starts")
}

pub(crate) fn policy() -> Policy {
    Policy {
        authserv_id: "gate.house.example".into(),
        disarms: true,
        quarantines: true,
        on_failure: OnFailure::Tempfail,
        fail_open_groups: HashSet::from([GroupId::from("press")]),
        fail_closed_groups: HashSet::from([GroupId::from("forum")]),
        sealer: None,
    }
}

/// The message of the kind that its first field names: as it is, or changed.
fn changed(kind: &str, message: &[u8]) -> Vec<u8> {
    let (mut fields, body) = edit::split(message);
    let mut body = body.to_vec();
    match kind {
        "fields" => {
            fields.retain(|field| !field.is("X-Bare") && !field.is("Received"));
            fields.insert(0, Field::new("X-First", "1"));
            fields.insert(3, Field::new("X-Middle", "2\n\tfolded"));
            fields.push(Field { name: b"X-Last".to_vec(), value: Vec::new() });
        }
        "body" => body = format!("other \u{e4}\r\n.\r\n\r\n{}\r\n", "x".repeat(200_000)).into_bytes(),
        "no body" => body.clear(),
        _ => {}
    }
    Message { fields, body, ..Message::default() }.to_bytes()
}

#[test]
fn postfix_delivers_what_the_filter_says_byte_by_byte() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let server = start(|message| {
        let kind =
            message.fields.first().map(|field| String::from_utf8_lossy(&field.value).trim().to_owned());
        Ok(Action::Deliver(changed(&kind.unwrap_or_default(), &message.to_bytes())))
    });
    let postfix = Postfix::start(&[&server.listen]);
    for kind in ["as it is", "fields", "body", "no body"] {
        let letter = [format!("X-Kind: {kind}\r\n").as_bytes(), &odd_letter()].concat();
        let delivered = postfix.deliver("pat@house.example", &letter);
        assert!(delivered == changed(kind, &letter), "{kind}: {}", String::from_utf8_lossy(&delivered));
    }
    drop(postfix);
    server.stop();
}

/// Postfix with the filter that asks a live house.
struct Gate {
    postfix: Postfix,
    server: Running,
    live: Live,
    folder: TempDir,
}

fn gate() -> Gate {
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path());
    let filter = LiveFilter::new(live.clone(), policy());
    let server = start_filter(&settings(anywhere()), Arc::new(filter));
    Gate { postfix: Postfix::start(&[&server.listen]), server, live, folder }
}

impl Gate {
    /// Ends everything and opens the data folder.
    fn close(self) -> (Data, TempDir) {
        let Self { postfix, server, live, folder } = self;
        drop(postfix);
        server.stop();
        live.stop();
        drop(live);
        (Data::open(folder.path()).expect("the folder is free again"), folder)
    }
}

#[test]
fn mail_that_passes_is_marked_and_otherwise_as_it_was() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let gate = gate();
    let forged = b"X-Portcullis-Verdict: quarantine\r\nx-portcullis-note: in your name\r\n\
        X-Portcullis-Score : 0\r\nAuthentication-Results : gate.house.example; dmarc=pass\r\n\
        Authentication-Results: gate.house.example; dmarc=pass\r\nAuthentication-Results: mx.house.example; none\r\n";
    let letter = [forged.as_slice(), &odd_letter()].concat();
    let delivered = gate.postfix.deliver("pat@house.example", &letter);
    let (fields, body) = edit::split(&delivered);
    let (marks, rest) = fields.split_at(2);
    assert_eq!(marks.first(), Some(&Field::new("X-Portcullis-Verdict", "pass")));
    assert!(marks.last().is_some_and(|mark| mark.is("X-Portcullis-Score")));
    let rest = Message { fields: rest.to_vec(), body: body.to_vec(), ..Message::default() };
    let kept = [b"Authentication-Results: mx.house.example; none\r\n".as_slice(), &odd_letter()].concat();
    assert_eq!(String::from_utf8_lossy(&rest.to_bytes()), String::from_utf8_lossy(&kept));
    let (data, _folder) = gate.close();
    assert_eq!((data.store.features.len(), data.evidence.len()), (1, 1));
}

#[test]
fn a_beacon_arrives_without_its_load_and_with_its_text() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let gate = gate();
    let letter = beacon_letter();
    assert!(!remaining_loads(&letter).is_empty());
    let delivered = gate.postfix.deliver("pat@house.example", &letter);
    assert_eq!(remaining_loads(&delivered), []);
    assert_eq!(shown(&delivered), shown(&letter));
    assert!(shown(&delivered).contains("the vote was close"));
    let (fields, body) = edit::split(&delivered);
    let names: Vec<_> =
        fields.iter().map(|field| String::from_utf8_lossy(&field.name).into_owned()).collect();
    let expected = [
        "Authentication-Results",
        "X-Portcullis-Verdict",
        "X-Portcullis-Score",
        "X-Portcullis-Disarmed",
        "X-Portcullis-Original-DKIM-Signature",
        "From",
        "To",
        "Subject",
        "Date",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];
    assert_eq!(names, expected);
    let disarmed = mail::disarm::disarm(&letter);
    assert_eq!(body, edit::split(&disarmed.message).1);
    let (data, _folder) = gate.close();
    let original = data.store.blobs.get(mail::message::digest(&letter)).expect("the store works");
    assert!(original == Some(letter), "the original is sealed");
}

#[test]
fn what_is_kept_arrives_nowhere_and_is_in_our_store() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let gate = gate();
    let letter = hostile_letter();
    // Its sender learns nothing of it, and a server that hands it over again finds it kept.
    for _ in 0..2 {
        let answer = send(gate.postfix.address, &["pat@house.example"], &letter).expect("an answer");
        assert_eq!(answer.code, 250, "{}", answer.text);
    }
    gate.postfix.deliver("pat@house.example", &odd_letter());
    while !gate.postfix.is_empty() {}
    assert_eq!(gate.postfix.sink.rest(), []);
    assert_eq!(gate.postfix.log().matches("milter-discard: END-OF-MESSAGE").count(), 2);
    let (data, _folder) = gate.close();
    let kept = quarantine::list(&data, None, 10).expect("the store works").rows;
    let (digests, rcpt_to): (Vec<_>, Vec<_>) =
        kept.iter().map(|item| (item.digest.clone(), item.rcpt_to.clone())).unzip();
    let digest = mail::message::digest(&letter);
    assert_eq!((digests, rcpt_to), (vec![digest.to_string()], vec![vec!["pat@house.example".to_owned()]]));
    assert!(data.store.blobs.get(digest).expect("the store works") == Some(letter));
}

/// What a sender is told first while nothing is judged.
#[track_caller]
fn check_unjudged(postfix: &Postfix, rcpt_to: &[&str], expected: u16) {
    let letter = [b"X-Portcullis-Verdict: pass\r\n".as_slice(), &beacon_letter()].concat();
    let answer = send(postfix.address, rcpt_to, &letter).expect("an answer");
    assert_eq!(answer.code, expected, "{}", answer.text);
    if expected == 250 {
        let delivered = below_received(&postfix.sink.next().bytes);
        assert_eq!(String::from_utf8_lossy(&delivered), String::from_utf8_lossy(&beacon_letter()));
    }
}

#[test]
fn when_nothing_can_be_judged_the_strictest_recipient_decides() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let gate = gate();
    gate.live.stop();
    check_unjudged(&gate.postfix, &["kim@open.example"], 250);
    check_unjudged(&gate.postfix, &["pat@house.example"], 451);
    check_unjudged(&gate.postfix, &["kim@open.example", "pat@house.example"], 451);
    check_unjudged(&gate.postfix, &["stranger@open.example"], 451);
    assert!(gate.postfix.is_empty() && gate.postfix.sink.rest().is_empty());
}
