//! The live house against the same mail read from files, and against failure.

use super::*;
use crate::correlate;
use crate::ledger;
use crate::progress::Silent;
use crate::row::CampaignRow;
use exercise::Sink;
use mail::message::Reader;
use model::{Ordinal, Verdict};
use std::collections::BTreeMap;
use std::path::Path;
use store::Features;

/// What the exercise writes, kept in memory.
#[derive(Default)]
struct Written {
    members: Vec<u8>,
    proxy_log: Vec<u8>,
    /// By member and file, so that the order does not depend on how a folder is listed.
    mails: BTreeMap<String, Vec<u8>>,
}

impl Sink for Written {
    fn folder(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        if path == "members.csv" {
            self.members = bytes.to_vec();
        } else if path.starts_with("mail/") {
            self.mails.insert(path.to_owned(), bytes.to_vec());
        }
        Ok(())
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> std::io::Result<()> {
        if path == "proxy.log" {
            self.proxy_log.extend_from_slice(bytes);
        }
        Ok(())
    }
}

/// The exercise with little lawful mail.
struct Lantern {
    members: Vec<u8>,
    proxy_log: Vec<u8>,
    /// In order of time, each as a sensor hands it over.
    mails: Vec<Incoming>,
}

fn lantern() -> Lantern {
    let mut plan = exercise::Plan::lantern(77);
    plan.scale.lawful_mails = 400;
    let mut written = Written::default();
    exercise::write(&plan, &mut written).expect("memory takes everything");
    let reader = Reader::default();
    let mut mails: Vec<Incoming> = written
        .mails
        .into_iter()
        .map(|(path, bytes)| {
            let received = reader.read(&bytes).time().expect("every mail of the exercise has a time");
            let mailbox = path.split('/').nth(1).map(str::to_owned);
            Incoming { bytes, source: path, mailbox, delivery: Delivery { received, envelope: None } }
        })
        .collect();
    mails.sort_by(|a, b| (a.delivery.received, &a.source).cmp(&(b.delivery.received, &b.source)));
    Lantern { members: written.members, proxy_log: written.proxy_log, mails }
}

pub(super) fn settings() -> LiveSettings {
    LiveSettings {
        trusted_authserv_ids: Vec::new(),
        resolver: Resolver::offline(),
        deadline: Duration::from_secs(60),
    }
}

fn open(folder: &Path, members: &[u8]) -> Data {
    let data = Data::open(folder).expect("a folder");
    data.keep_house(members).expect("the store works");
    data
}

fn of_concern(data: &Data) -> Vec<CampaignRow> {
    ledger::campaigns(data).expect("readable").into_iter().filter(|campaign| campaign.concern).collect()
}

pub(super) fn mail(text: &str) -> Incoming {
    Incoming {
        bytes: text.as_bytes().to_vec(),
        source: "drop:a.eml".into(),
        mailbox: None,
        delivery: Delivery { received: EventTime(1_610_960_400), envelope: None },
    }
}

#[test]
fn live_mail_ends_in_the_campaigns_that_a_replay_of_the_records_finds() {
    let Lantern { members, mails, .. } = lantern();
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), &members), settings()).expect("it starts");
    let mut in_campaigns = 0;
    for incoming in mails {
        let judged = live.observe(incoming).expect("it is judged");
        assert!(judged.campaign.is_none() || judged.verdict >= Verdict::Disarm);
        in_campaigns += usize::from(judged.campaign.is_some());
    }
    live.refresh().expect("the store works");
    let found = of_concern(&live.data().expect("open"));
    live.stop();
    drop(live);
    let mut data = Data::open(folder.path()).expect("the folder is free again");
    let house = data.house().expect("a list");
    correlate::correlate(&mut data, &house, &Silent).expect("the store works");
    let replayed = of_concern(&data);
    assert!(found == replayed, "live mail ends in other campaigns than a replay");
    // With so little lawful mail to compare with, a petition may look like a third one.
    let sizes: Vec<usize> = found.iter().map(|campaign| campaign.messages.len()).collect();
    assert!(sizes.contains(&104) && sizes.contains(&58), "{sizes:?}");
    // What came before an alert was answered before anybody knew, and so was the first mail of some of its senders.
    let late: usize = found
        .iter()
        .filter_map(|campaign| {
            Some(campaign.messages.len() + 1 - campaign.first_alert.as_ref()?.after_messages)
        })
        .sum();
    assert!(in_campaigns <= late && in_campaigns * 10 >= late * 9, "{in_campaigns} of {late}");
}

#[test]
fn the_same_mail_is_recorded_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    let first = live.observe(mail("From: a@b.example\r\n\r\nhello")).expect("it is judged");
    let again = live.observe(mail("From: a@b.example\r\n\r\nhello")).expect("it is judged");
    assert!(!first.is_known && again.is_known);
    assert_eq!((first.ordinal, again.ordinal), (Ordinal(0), Ordinal(0)));
    assert_eq!(live.data().expect("open").store.features.len(), 1);
    live.stop();
}

#[test]
fn a_mail_that_was_stored_with_other_line_ends_is_recorded_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    let stored = live.observe(mail("From: a@b.example\n\nhello\n")).expect("it is judged");
    let fetched = live.observe(mail("From: a@b.example\r\n\r\nhello\r\n")).expect("it is judged");
    assert!(!stored.is_known && fetched.is_known);
    assert_eq!(live.data().expect("open").store.features.len(), 1);
    live.stop();
}

/// Somebody sends a mail to a decoy, and then the same to the decoy and to others: these got it, and it is known of them.
#[test]
fn the_same_mail_to_more_recipients_is_recorded_for_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    let to = |recipients: &[&str]| {
        let mut incoming = mail("From: a@b.example\r\n\r\nhello");
        incoming.delivery.envelope = Some(Envelope {
            rcpt_to: recipients.iter().map(|address| (*address).to_owned()).collect(),
            ..Envelope::default()
        });
        live.observe(incoming).expect("it is judged").is_known
    };
    assert!(!to(&["a@house.example"]));
    assert!(!to(&["a@house.example", "b@house.example"]));
    assert!(to(&["b@house.example", "a@house.example"]), "in another order it is the same delivery");
    let feature = crate::intake::read(&live.data().expect("open"), Ordinal(1)).expect("a record");
    assert_eq!(feature.delivered_to, ["a@house.example", "b@house.example"]);
    live.stop();
}

#[test]
fn the_envelope_is_believed_and_the_header_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    let mut incoming = mail(
        "Delivered-To: forged@other.example\r\nDate: Fri, 1 Jan 1999 00:00:00 +0000\r\nFrom: a@b.example\r\n\r\nhello",
    );
    incoming.delivery.envelope = Some(Envelope {
        client_ip: None,
        helo: "out.b.example".into(),
        mail_from: "bounce@mailer.example".into(),
        rcpt_to: vec!["Pat@House.example".into()],
    });
    live.observe(incoming).expect("it is judged");
    let feature = crate::intake::read(&live.data().expect("open"), Ordinal(0)).expect("a record");
    assert_eq!(feature.delivered_to, ["pat@house.example"]);
    assert_eq!(feature.time, EventTime(1_610_960_400));
    assert_eq!(feature.mail_from_domain, "mailer.example");
    live.stop();
}

#[test]
fn what_is_no_message_is_answered_for_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    assert!(matches!(live.observe(mail("")), Err(LiveError::Unreadable(_))));
    live.stop();
    assert_eq!(live.observe(mail("From: a@b.example\r\n\r\nhello")), Err(LiveError::Stopped));
}

#[test]
fn a_failed_write_is_told_and_the_folder_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    live.observe(mail("From: a@b.example\r\n\r\none")).expect("it is judged");
    // The checkpoint cannot be published where a folder is in its way.
    let checkpoint = folder.path().join("evidence/checkpoint");
    let aside = folder.path().join("aside");
    std::fs::rename(&checkpoint, &aside).expect("it is moved");
    std::fs::create_dir_all(checkpoint.join("in-the-way")).expect("a folder");
    let refused = live.observe(mail("From: a@b.example\r\n\r\ntwo"));
    assert!(matches!(refused, Err(LiveError::Store(_))), "{refused:?}");
    assert!(!live.health().is_ready && live.health().failures > 0);
    std::fs::remove_dir_all(&checkpoint).expect("it is removed");
    std::fs::rename(&aside, &checkpoint).expect("it is moved back");
    let judged = live.observe(mail("From: a@b.example\r\n\r\ntwo")).expect("it is judged");
    assert_eq!(judged.ordinal, Ordinal(1), "the repair completed what the failed write had begun");
    assert!(judged.is_known);
    assert_eq!(live.data().expect("open").evidence.len(), 2);
    assert_eq!(live.health().last_error, None);
    live.stop();
}

#[test]
fn a_measure_whose_write_failed_does_not_leave_a_quiet_house_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    live.observe(mail("From: a@b.example\r\n\r\none")).expect("it is judged");
    let checkpoint = folder.path().join("evidence/checkpoint");
    let aside = folder.path().join("aside");
    std::fs::rename(&checkpoint, &aside).expect("it is moved");
    std::fs::create_dir_all(checkpoint.join("in-the-way")).expect("a folder");
    let entry = || crate::evidence_log::Entry {
        kind: "test.entry",
        time: EventTime(0),
        public: Vec::new(),
        private: b"{}".to_vec(),
    };
    live.data().expect("open").record(&[entry()]).expect_err("the checkpoint cannot be published");
    std::fs::remove_dir_all(&checkpoint).expect("it is removed");
    std::fs::rename(&aside, &checkpoint).expect("it is moved back");
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    let is_repaired = || live.data().is_ok_and(|mut data| data.record(&[entry()]).is_ok());
    while !is_repaired() {
        assert!(std::time::Instant::now() < deadline, "nobody opened the folder again");
        std::thread::yield_now();
    }
    live.stop();
}

#[test]
fn a_new_list_of_members_and_a_log_that_grows_are_taken_in() {
    let Lantern { members, mails, proxy_log } = lantern();
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    // Up to the end of the first campaign.
    for incoming in mails.into_iter().take_while(|mail| mail.delivery.received.0 < 1_611_360_000) {
        live.observe(incoming).expect("it is judged");
    }
    live.refresh().expect("the store works");
    let members_of = |live: &Live| -> usize {
        of_concern(&live.data().expect("open")).iter().map(|campaign| campaign.members.len()).sum()
    };
    assert_eq!(members_of(&live), 0, "nobody was known to be a member");
    live.replace_house(&members).expect("the list is taken");
    assert_eq!(members_of(&live), 40);
    let log = tempfile::NamedTempFile::new().expect("a file");
    let mut watch = LogWatch::new(vec![log.path().to_owned(), folder.path().join("not-there.log")]);
    let look = watch.look(&live).expect("it is read");
    assert_eq!(look, Look { fetches: 0, defects: 0, missing: 1 });
    std::fs::write(log.path(), proxy_log).expect("it grows");
    assert!(watch.look(&live).expect("it is read").fetches >= 3);
    let opened = of_concern(&live.data().expect("open"))
        .iter()
        .flat_map(|campaign| campaign.members.values())
        .filter(|state| *state == "opened")
        .count();
    assert_eq!(opened, 3);
    assert_eq!(watch.look(&live).expect("nothing is read").fetches, 0, "it has not grown since");
    live.stop();
}

/// Rot in one record: it is counted, and the mail that comes is judged.
#[test]
fn a_damaged_record_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings()).expect("it starts");
    live.observe(mail("From: a@b.example\r\nMessage-ID: <rotten@b.example>\r\n\r\nhello"))
        .expect("it is judged");
    live.stop();
    drop(live);
    let path = folder.path().join("features/records-00000000000000000000.seg");
    let mut bytes = std::fs::read(&path).expect("the feature records");
    let at = bytes.windows(6).position(|window| window == b"rotten").expect("the record");
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).expect("the damaged records");
    let live = Live::start(Data::open(folder.path()).expect("a folder"), settings()).expect("it starts");
    live.observe(mail("From: c@d.example\r\n\r\nhello again")).expect("it is judged");
    assert_eq!((live.health().unread, live.health().failures), (1, 0));
    live.stop();
}

#[test]
fn mail_of_a_sender_who_is_left_as_is_keeps_its_loads_where_dmarc_proves_him() {
    let folder = tempfile::tempdir().expect("a folder");
    let trusted_authserv_ids = vec!["mx.house.example".to_owned()];
    let settings = LiveSettings { trusted_authserv_ids, ..settings() };
    let live = Live::start(open(folder.path(), b"id,name,address,groups\n"), settings).expect("it starts");
    live.leave_as_is(LeftAsIs::new(["news.example"]));
    let judged = |result: &str| {
        let letter = format!(
            "Authentication-Results: mx.house.example; dmarc={result} header.from=news.example\r\n\
             From: editor@news.example\r\nSubject: {result}\r\nContent-Type: text/html\r\n\r\n\
             <p>News</p><img src=\"http://t.example/o.gif?u=1\" width=1 height=1>\r\n"
        );
        live.observe(mail(&letter)).expect("it is judged")
    };
    assert_eq!(judged("fail").verdict, Verdict::Disarm);
    let left = judged("pass");
    assert_eq!(left.verdict, Verdict::Pass);
    assert!(left.reasons.iter().any(|reason| reason.code == "LEFT_AS_IS"));
    live.stop();
}
