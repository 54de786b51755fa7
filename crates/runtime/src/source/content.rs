//! What a file is, told by its first bytes.

use mail::mbox::FromLine;

/// Header fields of which a message has at least one. A file of settings or notes also has lines like `name: value`.
const MAIL_HEADERS: &[&str] = &[
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "received",
    "message-id",
    "return-path",
    "delivered-to",
    "envelope-to",
    "x-original-to",
    "reply-to",
    "sender",
    "mime-version",
    "authentication-results",
    "arc-seal",
    "dkim-signature",
];

/// What the first bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// An mbox.
    Mailbox,
    /// One message.
    Message,
    /// Nothing but blank space: an mbox without messages.
    Empty,
    /// Anything else.
    Other,
}

/// How much a file must look like mail to be taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Its place or name says that it is a message; a first line like a header field is enough.
    SaidToBeMail,
    /// It may be anything; a header field that mail is known for is needed.
    Unknown,
}

/// Bytes before the content proper: a byte order mark and blank lines, which some programs put before what they save.
pub(super) fn preamble_len(head: &[u8]) -> usize {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let content = text.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    content.map_or(head.len(), |blank| head.len() - text.len() + blank)
}

/// What `head`, which begins after the preamble, looks like.
pub(super) fn of(head: &[u8], trust: Trust) -> Content {
    if head.trim_ascii().is_empty() {
        return Content::Empty;
    }
    let mut lines = head.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    if first.starts_with(b"From ") {
        let is_mailbox = FromLine::parse(trimmed(first)).is_some()
            || lines.next().is_some_and(|line| field_name(line).is_some());
        return if is_mailbox { Content::Mailbox } else { Content::Other };
    }
    // A mail server that quotes separators puts `>From ` before the header of what it delivers.
    let is_message = first.starts_with(b">From ") || field_name(first).is_some();
    let is_known = || trust == Trust::SaidToBeMail || has_mail_header(head);
    if is_message && is_known() { Content::Message } else { Content::Other }
}

fn has_mail_header(head: &[u8]) -> bool {
    let header = head.split(|&byte| byte == b'\n').take_while(|line| !trimmed(line).is_empty());
    let is_mail_header =
        |name: &[u8]| MAIL_HEADERS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
    header.filter_map(field_name).any(is_mail_header)
}

/// The name of a header field (RFC 5322 section 3.6.8, with the blanks before the colon of section 4.5).
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let name = line.get(..line.iter().position(|&byte| byte == b':')?)?.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some(name)
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, trust: Trust, expected: Content) {
        let head = head.as_bytes();
        assert_eq!(of(&head[preamble_len(head)..], trust), expected);
    }

    #[test]
    fn mail_is_known_by_its_first_line() {
        check("From a@b.example Mon May  1 14:46:33 2023\nA: b\n", Trust::Unknown, Content::Mailbox);
        check("From a@b.example\r\nReceived: x\r\n", Trust::Unknown, Content::Mailbox);
        check("\u{feff}\r\nX-Mailer: q\r\nSubject: hello\r\n\r\n", Trust::Unknown, Content::Message);
        check(">From a@b.example Mon May  1\nTo: b\n\n", Trust::Unknown, Content::Message);
        check("\n \n\n", Trust::Unknown, Content::Empty);
    }

    #[test]
    fn what_only_resembles_mail_needs_a_name_that_says_so() {
        let settings = "name: value\nport: 25\n";
        check(settings, Trust::Unknown, Content::Other);
        check(settings, Trust::SaidToBeMail, Content::Message);
    }

    #[test]
    fn other_files_are_neither() {
        check("From the desk of the Speaker\n\nDear all\n", Trust::Unknown, Content::Other);
        check("id,name,address,groups\n", Trust::Unknown, Content::Other);
        check("{\"subject\": 1}\n", Trust::Unknown, Content::Other);
        check("plain words\nSubject: late\n", Trust::SaidToBeMail, Content::Other);
    }
}
