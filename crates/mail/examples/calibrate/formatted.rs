//! Letters between persons as today's mail programs write them.
//!
//! The corpora of lawful letters are plain text, because they are old or come from technical lists. If they stayed so, the
//! fit would learn that a formatted letter with a link to somewhere else is phishing, and stop every constituent who
//! passes an article on. So the same letters are read again here as HTML, without the marks of their lists, some cut down
//! to a few words and a link.

use mail::message::{Message, Reader};

/// Words of a letter that only passes a link on.
const BRIEF_WORDS: usize = 12;

/// One letter of a corpus as formatted mail, straight from its author to a member; `None` where there is nothing to send.
pub(crate) fn render(number: usize, raw: &[u8]) -> Option<Vec<u8>> {
    let message = Reader::default().read(raw);
    let is_letter =
        message.html.elements == 0 && !message.from.address.is_empty() && !message.text.trim().is_empty();
    if !is_letter {
        return None;
    }
    let html = body(number, &message.text);
    let plain = if number.is_multiple_of(3) { None } else { Some(message.text.as_str()) };
    let mut letter = head(number, &message);
    match plain {
        None => letter.push_str(&format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}")),
        Some(text) => letter.push_str(&format!(
            "Content-Type: multipart/alternative; boundary=b0\r\n\r\n--b0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
             --b0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b0--\r\n"
        )),
    }
    Some(letter.into_bytes())
}

/// Half of the letters keep what they answer. Some come over a forwarder, some are urgent, some went to hidden recipients:
/// lawful people do all this, though the corpora do not show it.
fn head(number: usize, message: &Message) -> String {
    let address = &message.from.address;
    let day = 1 + number % 28;
    let is_answer = number.is_multiple_of(2);
    let mut head = String::new();
    match number % 10 {
        3 => head.push_str(&format!("Return-Path: <srs0={number}@forward.example>\r\n")),
        _ => head.push_str(&format!("Return-Path: <{address}>\r\n")),
    }
    if number % 25 != 4 {
        head.push_str(&format!("To: m.{number}@assembly.example\r\n"));
    }
    if number % 30 == 5 {
        head.push_str("X-Priority: 1\r\n");
    }
    if let Some(id) = message.replies_to.first().filter(|_| is_answer) {
        head.push_str(&format!("In-Reply-To: <{id}>\r\n"));
    }
    let subject =
        if is_answer { message.subject.as_str() } else { message.subject.trim_start_matches("Re: ") };
    format!(
        "{head}Received: from a by mx.assembly.example; {day} Mar 2025 09:00:07 +0000\r\nFrom: \"{}\" <{address}>\r\n\
         Subject: {subject}\r\nDate: {day} Mar 2025 09:00:00 +0000\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n",
        message.from.name.replace('"', ""),
        message.message_id,
    )
}

fn body(number: usize, text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let link = words.iter().find(|word| word.starts_with("http"));
    match link {
        Some(link) if number % 4 == 1 => {
            let words = words.iter().filter(|word| !word.contains("://")).take(BRIEF_WORDS).copied();
            let text: Vec<&str> = words.collect();
            format!("<div dir=\"ltr\">{}<br>{}</div>", escape(&text.join(" ")), anchor(link))
        }
        _ => {
            let lines = text.lines().map(|line| line.split(' ').map(shown).collect::<Vec<_>>().join(" "));
            format!("<div dir=\"ltr\">{}</div>", lines.collect::<Vec<_>>().join("<br>\r\n"))
        }
    }
}

fn shown(word: &str) -> String {
    if word.starts_with("http") { anchor(word) } else { escape(word) }
}

fn anchor(url: &str) -> String {
    let url = escape(url.trim_end_matches(['.', ',', '>', ')']));
    format!("<a href=\"{url}\">{url}</a>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
