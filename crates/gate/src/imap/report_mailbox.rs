//! The mailbox to which members report suspicious mail: complaints in the format of RFC 5965, and messages that are forwarded
//! as attachments. A forward that quotes in its text holds no message that could be judged: that it came is noted.

use super::error::ImapError;
use super::house::Desk;
use mail::message::{Reader, digest};
use mail::report::feedback::reported;
use model::EventTime;
use runtime::live::{Delivery, Incoming, Judged, LiveError};
use runtime::reported::{REPORTED, Reported};

/// Judges and records every message that `report` carries, and notes the reporter; answers how many there were. A reporter is
/// not taken for the recipient: anybody can send to this mailbox in a member's name.
pub(super) async fn take(
    desk: &Desk,
    report: Vec<u8>,
    source: &str,
    received: EventTime,
) -> Result<usize, ImapError> {
    let own = Reader::default().read(&report);
    let note = |digest: String, from: String, subject: String| Reported {
        reporter: own.from.address.clone(),
        received_secs: received.0,
        noted_secs: runtime::clock::now().0,
        source: source.to_owned(),
        digest,
        from,
        subject,
        verdict: String::new(),
        score: 0,
        campaign: None,
    };
    let (originals, _) = reported(&report, source);
    let mut count = 0;
    for (number, original) in (1..).zip(originals) {
        if original.is_header_only {
            continue;
        }
        let message = Reader::default().read(&original.bytes);
        let noted = note(digest(&original.bytes).to_string(), message.from.address, message.subject);
        let incoming = Incoming {
            bytes: original.bytes,
            source: format!("{source}/{number}"),
            mailbox: None,
            delivery: Delivery { received, envelope: None },
        };
        let judged = match desk.ask(move |house| house.observe(incoming)).await {
            Ok(judged) => judged,
            Err(ImapError::House(LiveError::Unreadable(_))) => continue,
            Err(error) => return Err(error),
        };
        count += 1;
        let Judged { verdict, score, campaign, .. } = judged;
        let noted = Reported { verdict: verdict.word().to_owned(), score, campaign, ..noted };
        desk.write(REPORTED, &noted.key(), &noted).await?;
    }
    if count == 0 {
        // A person sees that somebody reported something, and can ask for it.
        let noted = note(String::new(), String::new(), own.subject.clone());
        desk.write(REPORTED, &noted.key(), &noted).await?;
    }
    Ok(count)
}
