//! The mailbox to which members report suspicious mail.

use crate::fake::Fake;
use crate::house::{Memory, account, beacon, work_until};
use gate::imap::Mode;
use mail::message::digest;
use std::sync::Arc;

fn forward(attached: &str) -> String {
    format!(
        "From: Member <m004@house.example>\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIs this real?\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{attached}\r\n--b--\r\n"
    )
}

fn complaint(attached: &str) -> String {
    format!(
        "From: abuse@provider.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{attached}\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn attached_messages_are_judged_and_their_reporters_noted() {
    let (fake, house) = (Fake::start("IDLE"), Arc::new(Memory::default()));
    fake.deliver("INBOX", &forward(&beacon(1)));
    fake.deliver("INBOX", &complaint(&beacon(2)));
    fake.deliver("INBOX", "From: m007@house.example\r\nSubject: Fwd\r\n\r\n> Hello\r\n> who is this\r\n");
    let before = fake.folder("INBOX").messages;
    let standing =
        work_until(account(&fake, Mode::Reports), house.clone(), |standing| standing.rounds > 0).await;
    assert_eq!((standing.reported, standing.failed), (2, 0));
    assert_eq!(fake.folder("INBOX").messages, before, "reports stay as they are");
    let sources: Vec<String> =
        house.observed.lock().unwrap().iter().map(|(_, source)| source.clone()).collect();
    assert_eq!(sources, ["imap:office/INBOX/7/1/1", "imap:office/INBOX/7/2/1"]);
    let reporters: Vec<String> = house
        .documents
        .lock()
        .unwrap()
        .keys()
        .filter(|(collection, _)| collection == "imap.reported")
        .map(|(_, key)| key.rsplit_once('/').unwrap().1.to_owned())
        .collect();
    assert_eq!(reporters.len(), 3, "also of the one that quotes");
    assert!(reporters.contains(&"m007@house.example".to_owned()), "{reporters:?}");
    assert!(reporters.contains(&"m004@house.example".to_owned()), "{reporters:?}");
    let digests: Vec<_> = house.observed.lock().unwrap().iter().map(|(digest, _)| *digest).collect();
    assert_eq!(digests, [digest(beacon(1).as_bytes()), digest(beacon(2).as_bytes())]);
}
