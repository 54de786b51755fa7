//! What a message would load where the detectors did not look.
//!
//! Detectors read what usual mail is made of, fast. The disarmer reads everything that a mail program may render, in every
//! spelling. Where a message is more than plain text and would pass, the disarmer has the last word, so that nothing is
//! passed which disarming would have made harmless.

use super::{Judgement, weight};
use crate::disarm::{self, LoadKind, Removed};
use crate::message::Message;
use crate::url;
use model::{Reason, Verdict};

/// Has a message that would pass read by the disarmer too, and proposes to disarm it where opening it would be reported
/// by something that no detector saw. `raw` is the message as it was read.
pub fn look_closer(judgement: &mut Judgement, message: &Message, raw: &[u8]) {
    if judgement.verdict != Verdict::Pass {
        return;
    }
    if let Some(reason) = unread(message, raw) {
        judgement.verdict = Verdict::Disarm;
        judgement.reasons.push(reason);
    }
}

fn unread(message: &Message, raw: &[u8]) -> Option<Reason> {
    if let Some(reader) = &message.receipt_to {
        return Some(weight::RECEIPT.reason(reader.clone()));
    }
    if message.is_plain() {
        return None;
    }
    let disarmed = disarm::disarm(raw);
    let found = disarmed.removed.iter().find(|removed| reports(removed, message))?;
    Some(weight::UNREAD_LOAD.reason(format!("{} {}", found.kind, found.url)))
}

/// Whether what was removed would have told someone of the opening, and no detector has judged it already.
fn reports(removed: &Removed, message: &Message) -> bool {
    match removed.kind {
        // Only what a person does sets these off, or few programs do it, to every bulk mail; a receipt is asked for above.
        LoadKind::Form | LoadKind::Ping | LoadKind::Header | LoadKind::Preview => false,
        LoadKind::Structure => true,
        // The whole construct stands in place of an address.
        LoadKind::Script | LoadKind::Document => removed.url.contains("://"),
        _ => is_tokened(&removed.url) || !is_known(&removed.url, message),
    }
}

fn is_tokened(address: &str) -> bool {
    url::parse(address).is_some_and(|web| web.token.is_some())
}

/// Whether the detectors saw the load, and so judged it.
fn is_known(address: &str, message: &Message) -> bool {
    message.html.loads.iter().any(|load| load.url == address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::Authentication;
    use crate::message::Reader;
    use crate::{beacon, sender, verdict};
    use std::path::Path;

    /// Cases that load only after a click, a script or a program's own habit with every bulk mail, and not on opening.
    const NOT_ON_OPENING: &[&str] = &[
        "anchor_ping",
        "anchor_script",
        "form_action",
        "list_unsubscribe",
        "text_picture_addresses",
        "text_picture_latin1",
    ];

    fn judged(raw: &[u8]) -> Judgement {
        let message = Reader::default().read(raw);
        let remotes = beacon::remotes(&message);
        let traits = sender::traits(&message, &remotes);
        let mut judgement = verdict::judge(&message, &remotes, &traits, &Authentication::default());
        look_closer(&mut judgement, &message, raw);
        judgement
    }

    #[track_caller]
    fn check(raw: &str, expected: Verdict, code: Option<&str>) {
        let judgement = judged(raw.as_bytes());
        assert_eq!(judgement.verdict, expected, "{:?} of {raw:.200}", judgement.reasons);
        let found = judgement.reasons.iter().map(|reason| reason.code);
        assert!(code.is_none_or(|code| found.clone().any(|found| found == code)), "{code:?}");
    }

    const HEADER: &str = "From: Dana <dana@house.example>\nTo: m@house.example\nMessage-ID: <1@house.example>\n\
        Date: Mon, 18 Jan 2021 10:11:32 +0000\nSubject: Minutes\nMIME-Version: 1.0\n";
    const PIXEL: &str = "<img src=\"http://t.example/9f8e7d6c5b4a1c/o.gif\" width=1 height=1>";

    #[test]
    fn what_the_disarmer_finds_in_its_corpus_is_not_passed() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/disarm");
        let mut missed = Vec::new();
        for entry in std::fs::read_dir(corpus).expect("the corpus is in the repository") {
            let path = entry.expect("readable").path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.extension().is_none_or(|ending| ending != "eml") {
                continue;
            }
            let is_lawful = name.starts_with("benign_") || NOT_ON_OPENING.contains(&name.as_str());
            // With a token, so that what the detectors see is a beacon to them, and what they do not see has to be found.
            let raw = std::fs::read(&path).expect("readable");
            let raw = String::from_utf8_lossy(&raw).replace("//t.example/", "//t.example/9f8e7d6c5b4a1c/");
            if !is_lawful && !raw.contains("//t.example/") {
                continue;
            }
            let passed = judged(raw.as_bytes()).verdict == Verdict::Pass;
            if passed != is_lawful {
                missed.push(name);
            }
        }
        assert_eq!(missed, Vec::<String>::new());
    }

    #[test]
    fn what_lies_beyond_a_limit_is_not_passed() {
        let page = format!("Content-Type: text/html\n\n<p>Hello{PIXEL}\n");
        let parts = "--x\nContent-Type: text/plain\n\na\n".repeat(1_200);
        check(
            &format!("{HEADER}Content-Type: multipart/mixed; boundary=x\n\n{parts}--x\n{page}--x--\n"),
            Verdict::Disarm,
            Some("UNREAD_LOAD"),
        );
        let long = "<!-- nothing to see -->".repeat(200_000);
        check(
            &format!("{HEADER}Content-Type: text/html\n\n{long}<p>Hello{PIXEL}"),
            Verdict::Disarm,
            Some("UNREAD_LOAD"),
        );
        let nested: String = (0..40)
            .map(|depth| format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n"))
            .collect();
        check(&format!("{HEADER}{nested}{page}"), Verdict::Disarm, Some("UNREAD_LOAD"));
        let attached = "Content-Type: message/rfc822\n\n".repeat(40);
        check(&format!("{HEADER}{attached}{page}"), Verdict::Disarm, Some("UNREAD_LOAD"));
    }

    #[test]
    fn lawful_mail_passes_as_before() {
        check(&format!("{HEADER}\nSee you <soon> at 3 < 4."), Verdict::Pass, None);
        check(&format!("{HEADER}Content-Type: text/html\n\n<p>Hello <b>you</b>"), Verdict::Pass, None);
        let logo = "<img src=\"https://house.example/logo.png\" width=200>";
        check(&format!("{HEADER}Content-Type: text/html\n\n<p>Hello{logo}"), Verdict::Pass, None);
    }

    #[test]
    fn a_receipt_tells_of_the_opening_too() {
        check(
            &format!("{HEADER}Disposition-Notification-To: dana@house.example\n\nhello"),
            Verdict::Disarm,
            Some("RECEIPT"),
        );
    }
}
