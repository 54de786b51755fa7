//! The mailbox to which members report suspicious mail: complaints in the format of RFC 5965, and messages that are forwarded
//! as attachments. A forward that quotes in its text holds no message that could be judged.

use super::error::ImapError;
use super::house::Desk;
use mail::message::{Reader, digest};
use mail::report::feedback::reported;
use model::EventTime;
use runtime::live::{Delivery, Incoming, LiveError};
use serde::Serialize;

/// Collection of who reported what, by the digest of the message and the reporter's address.
pub(super) const REPORTED: &str = "imap.reported";

/// Who reported a message.
#[derive(Serialize)]
struct Reported<'a> {
    /// The `From` of the report: a claim.
    reporter: &'a str,
    /// When the report arrived, in seconds since 1970-01-01T00:00:00Z.
    received_secs: i64,
    /// When this was noted, likewise.
    noted_secs: i64,
    /// Where the report lies.
    source: &'a str,
}

/// Judges and records every message that `report` carries, and notes the reporter; answers how many there were. A reporter is
/// not taken for the recipient: anybody can send to this mailbox in a member's name.
pub(super) async fn take(
    desk: &Desk,
    report: Vec<u8>,
    source: &str,
    received: EventTime,
) -> Result<usize, ImapError> {
    let reporter = Reader::default().read(&report).from.address;
    let (originals, _) = reported(&report, source);
    let mut count = 0;
    for (number, original) in (1..).zip(originals) {
        if original.is_header_only {
            continue;
        }
        let digest = digest(&original.bytes);
        let incoming = Incoming {
            bytes: original.bytes,
            source: format!("{source}/{number}"),
            mailbox: None,
            delivery: Delivery { received, envelope: None },
        };
        match desk.ask(move |house| house.observe(incoming)).await {
            Ok(_) => count += 1,
            Err(ImapError::House(LiveError::Unreadable(_))) => continue,
            Err(error) => return Err(error),
        }
        let note = Reported {
            reporter: &reporter,
            received_secs: received.0,
            noted_secs: runtime::clock::now().0,
            source,
        };
        desk.write(REPORTED, &format!("{digest}/{reporter}"), &note).await?;
    }
    Ok(count)
}
