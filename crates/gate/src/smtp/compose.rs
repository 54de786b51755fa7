//! A letter of our own as a message (RFC 5322): plain text, and nothing that loads or tells anybody that it was read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use runtime::measure::outbox::{Content, Kind, Letter};

/// Characters of a line of base64 (RFC 2045 section 6.8).
const BASE64_LINE: usize = 76;
/// Bytes of one encoded word before encoding, so that it has 75 characters at most (RFC 2047 section 2).
const WORD_BYTES_MAX: usize = 42;

/// Who writes, as mail programs show it.
const AUTHOR: &str = "Mail security";

/// The message of a letter. The same letter makes the same message, also its `Message-ID`, whenever it is tried.
pub(super) fn message(letter: &Letter, from: &str, reply_to: Option<&str>) -> Vec<u8> {
    let (subject, text) = match &letter.content {
        Content::Text { subject, text } => (subject.as_str(), text.as_str()),
        Content::Original(_) | Content::Gone => ("", ""),
    };
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let date = jiff::Timestamp::from_second(letter.created_at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    // Persons approved the warnings and a program wrote them: absence notes must not answer (RFC 3834 section 5).
    let automatic = match letter.kind {
        Kind::Warning | Kind::Digest => "Auto-Submitted: auto-generated\r\n",
        Kind::Release => "",
    };
    let reply_to =
        reply_to.map(|address| format!("Reply-To: <{}>\r\n", one_line(address))).unwrap_or_default();
    let head = format!(
        "From: {AUTHOR} <{from}>\r\nTo: <{to}>\r\n{reply_to}Subject: {subject}\r\nDate: {date}\r\nMessage-ID: <{token}@{domain}>\r\n\
         {automatic}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        from = one_line(from),
        to = one_line(&letter.rcpt_to),
        subject = encoded_words(subject),
        token = letter.token,
        domain = one_line(domain),
    );
    let mut message = head.into_bytes();
    let body = STANDARD.encode(text.replace('\n', "\r\n"));
    for line in body.as_bytes().chunks(BASE64_LINE) {
        message.extend_from_slice(line);
        message.extend_from_slice(b"\r\n");
    }
    message
}

/// What stands in a header field cannot begin another one.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect()
}

/// A subject as it is where it is short printable ASCII, else as encoded words.
fn encoded_words(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_plain && text.len() <= 66 && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    for character in text.chars() {
        if piece.len() + character.len_utf8() > WORD_BYTES_MAX {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(if character.is_control() { ' ' } else { character });
    }
    words.push(piece);
    let words: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail::message::Reader;
    use model::EventTime;
    use runtime::measure::outbox::State;

    fn letter(subject: &str, text: &str, rcpt_to: &str) -> Letter {
        let time = EventTime(1_610_960_400);
        Letter {
            id: "O-1".into(),
            key: "warning/W-1".into(),
            kind: Kind::Warning,
            mail_from: None,
            rcpt_to: rcpt_to.into(),
            content: Content::Text { subject: subject.into(), text: text.into() },
            state: State::Sending,
            attempts: 1,
            due_at: time,
            created_at: time,
            since: time,
            problem: String::new(),
            decision: None,
            about: "W-1".into(),
            token: "ab".repeat(16),
        }
    }

    #[track_caller]
    fn check(subject: &str, text: &str) {
        let bytes = message(
            &letter(subject, text, "ada@north.example"),
            "security@north.example",
            Some("desk@north.example"),
        );
        assert!(
            bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 79 && line.last() != Some(&b'\n'))
        );
        let read = Reader::default().read(&bytes);
        assert_eq!(
            (read.subject.as_str(), read.text.replace("\r\n", "\n").trim_end()),
            (subject, text.trim_end())
        );
        assert_eq!(read.from.address, "security@north.example");
        assert_eq!(read.reply_to.as_deref(), Some("desk@north.example"));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("From: Mail security <security@north.example>\r\n"), "{text}");
        assert!(
            text.contains("\r\nAuto-Submitted: auto-generated\r\n"),
            "nobody's absence note answers: {text}"
        );
        assert_eq!(read.message_id, format!("{}@north.example", "ab".repeat(16)));
        assert_eq!(read.date, Some(EventTime(1_610_960_400)));
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        check("Warning about mail", "Dear member,\n\nline two.\n.\n..\n");
        check(
            "Mail: \u{e9}t\u{e9} \u{4e2d}\u{6587} \u{1f4e8} and much more of a subject that goes on and on",
            "\u{e9}\n",
        );
        check("a", "");
    }

    #[test]
    fn an_address_opens_no_header_field() {
        let bytes =
            message(&letter("s", "t", "a@b.example>\r\nBcc: <c@d.example"), "security@north.example", None);
        let text = String::from_utf8(bytes).expect("it is ASCII");
        assert!(!text.contains("\nBcc"), "{text}");
    }
}
