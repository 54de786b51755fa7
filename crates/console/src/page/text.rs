//! Text from outside, made safe to read: no character may reorder, hide or stack what stands beside it.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::EventTime;

/// Characters of one piece of foreign text that are shown; the rest is an ellipsis. Subjects of a megabyte exist.
const SHOWN_CHARS_MAX: usize = 300;

/// Text from mail or from people, isolated from the direction of what stands around it.
pub fn foreign(text: &str) -> Markup {
    html! { bdi { (visible(text)) } }
}

/// `text` with characters that are not seen, or that change the order of others, spelled out as `[U+202E]`, and cut to a
/// length that a table bears.
pub fn visible(text: &str) -> String {
    let mut shown = spelled(text.chars().take(SHOWN_CHARS_MAX));
    if text.chars().nth(SHOWN_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// The same for text of several lines, whole: lines and tabs stay.
pub fn visible_lines(text: &str) -> String {
    spelled(text.chars())
}

fn spelled(chars: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for char in chars {
        match char {
            '\n' | '\t' => shown.push(char),
            '\r' => {}
            _ if is_unseen(char) => shown.push_str(&format!("[U+{:04X}]", u32::from(char))),
            _ => shown.push(char),
        }
    }
    shown
}

/// Controls, marks of direction, and characters of no width: what a name is disguised with.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A time in UTC, for people and for machines.
pub fn when(time: EventTime) -> Markup {
    html! { time datetime=(written(time, "%Y-%m-%dT%H:%M:%SZ")) { (written(time, "%-d %b %Y, %H:%M")) " UTC" } }
}

/// The same as long as the day is enough.
pub fn day(time: EventTime) -> Markup {
    html! { time datetime=(written(time, "%Y-%m-%d")) { (written(time, "%-d %b %Y")) } }
}

/// How long before `now` it was, in words; the exact time is beside it for machines and on hovering.
pub fn ago(time: EventTime, now: EventTime) -> Markup {
    let exact = written(time, "%-d %b %Y, %H:%M UTC");
    html! {
        time datetime=(written(time, "%Y-%m-%dT%H:%M:%SZ")) title=(exact) {
            (distance(now.secs_since(time)))
        }
    }
}

/// `3 hours ago`, `in 2 days`, `just now`.
fn distance(secs: i64) -> String {
    let length = secs.unsigned_abs();
    if length < 60 {
        return "just now".into();
    }
    let span = span(length);
    if secs > 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// A length of time in its largest whole unit, up to days.
pub fn span(secs: u64) -> String {
    match secs {
        0..60 => counted(secs, "second"),
        60..3_600 => counted(secs / 60, "minute"),
        3_600..172_800 => counted(secs / 3_600, "hour"),
        _ => counted(secs / 86_400, "day"),
    }
}

/// `time` in a form of `strftime`; times that no calendar holds as seconds.
pub fn written(time: EventTime, form: &str) -> String {
    jiff::Timestamp::from_second(time.0).map_or_else(
        |_| format!("{} s", time.0),
        |stamp| stamp.to_zoned(TimeZone::UTC).strftime(form).to_string(),
    )
}

/// `1 mail`, `2 mails`: English plurals as these pages need them.
pub fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", number(count))
}

/// A number with commas, as people read it.
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A size in the unit that people compare.
pub fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];
    match UNITS.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => {
            let tenths = size.saturating_mul(10) / unit;
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{size} bytes"),
    }
}

/// The beginning and the end of a long identifier or hash, for places where the whole is one click away.
pub fn short(text: &str) -> String {
    let length = text.chars().count();
    if length <= 16 {
        return visible(text);
    }
    let head: String = text.chars().take(8).collect();
    let tail: String = text.chars().skip(length - 4).collect();
    visible(&format!("{head}…{tail}"))
}

/// `path` if it leads to a page of ours, else the start: a path that came from elsewhere could name another host.
pub fn local(path: &str) -> &str {
    let names_a_host = path.starts_with("//") || path.contains(['\\', '\t', '\n', '\r']);
    if path.starts_with('/') && !names_a_host { path } else { "/" }
}

/// One segment of a path or a value of a query: everything but letters, digits and `-._~` as `%XX` (RFC 3986, 2.1 and 2.3).
pub fn segment(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_or_hides_is_spelled_out() {
        for (text, shown) in [
            ("invoice\u{202e}fdp.exe", "invoice[U+202E]fdp.exe"),
            ("a\u{200b}b\u{7}", "a[U+200B]b[U+0007]"),
            ("Zoë שלום", "Zoë שלום"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(foreign("<b>").into_string(), "<bdi>&lt;b&gt;</bdi>");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(visible(&"é".repeat(400)).chars().count(), SHOWN_CHARS_MAX + 1);
    }

    #[test]
    fn times_are_told_for_people_and_machines() {
        let time = EventTime(1_610_960_400);
        let expected = r#"<time datetime="2021-01-18T09:00:00Z">18 Jan 2021, 09:00 UTC</time>"#;
        assert_eq!(when(time).into_string(), expected);
        assert_eq!(distance(7_300), "2 hours ago");
        assert_eq!(distance(-60), "in 1 minute");
        assert_eq!(written(EventTime(i64::MAX), "%Y"), format!("{} s", i64::MAX));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
        assert_eq!(counted(1, "mail"), "1 mail");
        assert_eq!(bytes(1_572_864), "1.5 MB");
    }

    #[test]
    fn a_path_stays_on_this_server() {
        for (path, kept) in [
            ("/hunt?q=a", "/hunt?q=a"),
            ("//other.example/", "/"),
            ("/\\other.example/", "/"),
            ("/\t/other.example/", "/"),
            ("https://other.example/", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(local(path), kept, "{path}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        assert_eq!(segment("../a?b#c"), "..%2Fa%3Fb%23c");
    }
}
