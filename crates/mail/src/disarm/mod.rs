//! The message without its remote loads, with its visible text unchanged.
//!
//! [`disarm`] is pure: bytes in, bytes out. Whatever it does not have to touch keeps its bytes. Where a message can be
//! read in more than one way, it is made readable in one way only; where that cannot be done, a note takes the place of
//! the part, and the original stays with the caller, sealed.
//!
//! Not looked into, and said so in [`Disarmed::notes`]: TNEF, S/MIME envelopes, RTF. Attached files that a person has to
//! open (office documents, archives) are not mail that is rendered, and stay; pages and drawings that a browser would open
//! are disarmed whatever type they claim.

mod calendar;
mod checker;
mod content_type;
pub(crate) mod css;
mod entity;
mod header;
mod html;
mod leaf;
mod mime;
mod sniff;
mod target;
mod text;
mod transfer;
mod vector;

pub use checker::{RemainingLoad, remaining_loads};
pub(crate) use css::css_urls;
pub(crate) use header::RECEIPT_FIELDS;
pub use text::{visible_text, without_invisible};
pub use vector::LoadKind;
pub(crate) use vector::load_kind;

use header::HeaderSection;
use mime::Walk;

/// The header field that says how many constructs were taken out of a message.
pub const DISARMED_FIELD: &str = "X-Portcullis-Disarmed";

/// A message that loads nothing when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disarmed {
    /// The message; the same bytes that came in where there was nothing to remove.
    pub message: Vec<u8>,
    /// What was taken out, in the order of the message.
    pub removed: Vec<Removed>,
    /// What was kept without being looked into, in words for a person.
    pub notes: Vec<String>,
}

/// One construct that was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// What it would have fetched, sent or run.
    pub kind: LoadKind,
    /// The part it stood in, as IMAP numbers parts; empty for the message itself.
    pub part: String,
    /// The address it named, or the value that stood in its place.
    pub url: String,
}

/// Takes out of a message everything that a mail program would fetch, send or run without being asked.
///
/// Never fails: bytes that are no message are a message without a header. Doing it again changes nothing.
///
/// ```
/// let message = b"Content-Type: text/html\r\n\r\n<p>Hello<img src=\"http://t.example/p.gif?u=1\">";
/// let disarmed = mail::disarm::disarm(message);
/// assert_eq!(disarmed.removed[0].url, "http://t.example/p.gif?u=1");
/// assert!(disarmed.message.ends_with(b"<p>Hello<img>"));
/// ```
pub fn disarm(message: &[u8]) -> Disarmed {
    let disarmed = disarm_lines(message);
    let Some(unified) = with_whole_line_ends(message) else { return disarmed };
    // Some readers take a bare CR for the end of a line, and so see fields and parts where others see text.
    let mut other = disarm_lines(&unified);
    if other.removed == disarmed.removed {
        return disarmed;
    }
    other.removed.push(Removed {
        kind: LoadKind::Structure,
        part: String::new(),
        url: "line ends that readers take differently".to_owned(),
    });
    other
}

/// The message with its own kind of line end for every CR that stands alone, where there is any.
fn with_whole_line_ends(message: &[u8]) -> Option<Vec<u8>> {
    let is_bare = |at: &usize| message.get(at + 1) != Some(&b'\n');
    let first = memchr::memchr_iter(b'\r', message).find(is_bare)?;
    let mut unified = message.get(..first).unwrap_or_default().to_vec();
    let line_end: &[u8] = if crate::message::has_crlf(message) { b"\r\n" } else { b"\n" };
    for (at, &byte) in message.iter().enumerate().skip(first) {
        match byte {
            b'\r' if is_bare(&at) => unified.extend_from_slice(line_end),
            _ => unified.push(byte),
        }
    }
    Some(unified)
}

fn disarm_lines(message: &[u8]) -> Disarmed {
    let (mut walk, mut header, body) = Walk::message(message);
    let output = match walk.removed.len() {
        0 => message.to_vec(),
        count => assemble(&mut header, count, &body),
    };
    let remaining = remaining_loads(&output);
    let Some(load) = remaining.first() else {
        return Disarmed { message: output, removed: walk.removed, notes: walk.notes };
    };
    // Another reader sees parts where this one sees none, so no reading of the body can be trusted.
    let body = walk.give_up(&mut header, &load.found);
    Disarmed {
        message: assemble(&mut header, walk.removed.len(), &body),
        removed: walk.removed,
        notes: vec!["message: only the main header fields could be kept".to_owned()],
    }
}

fn assemble(header: &mut HeaderSection, removed: usize, body: &[u8]) -> Vec<u8> {
    header.put_first(DISARMED_FIELD, &removed.to_string());
    let mut output = Vec::with_capacity(body.len() + 1_024);
    header.write(&mut output);
    output.extend_from_slice(body);
    output
}
