//! A URL as an operation sees it: a template with slots, and what stands in the slots for one recipient.

use crate::domain::normal_host;
use model::limit;
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// A remote URL taken apart. Two mails of one operation share the template and differ in the slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl {
    /// Host in lower case as A-labels.
    pub host: String,
    /// Host and path and query with `{}` for every slot, such as `t.example/o/{}.gif?u={}`.
    pub template: String,
    /// Hashes of the slot values, in order; the same value has the same hash in every template.
    pub slots: Vec<u64>,
    /// The longest slot value: the candidate for a recipient's token.
    pub token: Option<String>,
    /// Hash of the whole URL without its fragment, as a proxy log would name it.
    pub hash: u64,
    /// Hash of the shape alone: number of path segments, file extension, names of parameters; no host, no value.
    pub shape: u64,
}

/// Slots that are kept of one URL; what comes after them stays in the template as `{}` only.
const SLOTS_MAX: usize = 6;

/// Takes an absolute or protocol-relative `http`, `https` or `ftp` URL apart; `None` for anything else.
pub fn parse(text: &str) -> Option<WebUrl> {
    let cleaned = clean(text)?;
    let parsed = url::Url::parse(&cleaned).ok()?;
    let host = normal_host(parsed.host_str()?).into_owned();
    let mut parts = Template::new(&host);
    parts.path(parsed.path());
    parts.query(parsed.query().unwrap_or_default());
    Some(WebUrl {
        hash: hash_of(&parsed),
        shape: xxh3_64(parts.shape.as_bytes()),
        template: parts.text,
        slots: parts.slots,
        token: parts.token,
        host,
    })
}

/// The hash under which a fetched URL is compared with a sent one: scheme and fragment do not count.
pub fn fetch_hash(text: &str) -> Option<u64> {
    clean(text).and_then(|cleaned| url::Url::parse(&cleaned).ok()).map(|parsed| hash_of(&parsed))
}

fn hash_of(parsed: &url::Url) -> u64 {
    let host = parsed.host_str().unwrap_or_default();
    let key = [host, parsed.path(), "?", parsed.query().unwrap_or_default()].concat();
    xxh3_64(key.as_bytes())
}

/// Browsers drop tabs and newlines inside URLs, read `\` as `/`, and take `//host` as remote: so do attackers.
fn clean(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.len() < 4 || text.len() > limit::URL_BYTES_MAX {
        return None;
    }
    let text = match memchr::memchr3(b'\t', b'\n', b'\r', text.as_bytes()) {
        Some(_) => Cow::Owned(text.replace(['\t', '\n', '\r'], "")),
        None => Cow::Borrowed(text),
    };
    if text.starts_with("//") || text.starts_with("\\\\") {
        return Some(format!("http:{text}").into());
    }
    let is = |scheme: &str| text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (is("http") || is("ftp:")).then_some(text)
}

struct Template {
    text: String,
    shape: String,
    slots: Vec<u64>,
    token: Option<String>,
}

impl Template {
    fn new(host: &str) -> Self {
        let mut template = Self {
            text: String::with_capacity(64),
            shape: String::with_capacity(24),
            slots: Vec::new(),
            token: None,
        };
        match host.split_once('.') {
            Some((label, rest)) if rest.contains('.') && is_token(label) => {
                template.slot(label);
                template.text.push('.');
                template.text.push_str(rest);
            }
            _ => template.text.push_str(host),
        }
        template
    }

    fn slot(&mut self, value: &str) {
        self.text.push_str("{}");
        if self.slots.len() < SLOTS_MAX {
            self.slots.push(xxh3_64(value.as_bytes()));
        }
        if self.token.as_ref().is_none_or(|token| token.len() < value.len()) {
            self.token = Some(value.to_owned());
        }
    }

    fn path(&mut self, path: &str) {
        for segment in path.split('/').skip(1) {
            self.text.push('/');
            self.shape.push('/');
            let (stem, extension) = split_extension(segment);
            self.value(stem);
            self.text.push_str(extension);
            self.shape.push_str(extension);
        }
    }

    fn query(&mut self, query: &str) {
        for (position, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            let separator = if position == 0 { '?' } else { '&' };
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.text.push(separator);
            self.shape.push(separator);
            self.value(name);
            self.shape.push_str(if is_token(name) { "{}" } else { name });
            if !value.is_empty() {
                self.text.push('=');
                self.value(value);
            }
        }
    }

    /// Literal text, or a slot; in a slug such as `reform-bill-8f3a91c2` only the piece that is a token.
    fn value(&mut self, value: &str) {
        if is_token(value) {
            return self.slot(value);
        }
        for (position, piece) in value.split('-').enumerate() {
            if position > 0 {
                self.text.push('-');
            }
            if is_token(piece) { self.slot(piece) } else { self.text.push_str(piece) }
        }
    }
}

fn split_extension(segment: &str) -> (&str, &str) {
    match segment.rfind('.') {
        Some(dot) if dot > 0 && (2..=6).contains(&(segment.len() - dot)) => segment.split_at(dot),
        _ => (segment, ""),
    }
}

/// Whether a piece of a URL looks made by a machine for one recipient or one item: long numbers, hexadecimal, base64,
/// UUIDs, addresses. Words, slugs, years and version numbers do not.
pub fn is_token(value: &str) -> bool {
    if value.len() < 6 || value.len() > 4_096 {
        return false;
    }
    let mut count = Classes::default();
    value.bytes().for_each(|byte| count.add(byte));
    if count.at > 0 || value.contains("%40") {
        return true;
    }
    if count.other > 0 {
        return false;
    }
    if count.letters() == 0 {
        return count.digits >= 6;
    }
    if count.digits == 0 {
        return count.dashes == 0 && looks_random(value, &count);
    }
    // `budget2021`, `page12`: a word with a number behind it.
    let is_word_and_number = count.class_changes <= 1 && count.digits <= 4;
    if is_word_and_number {
        return false;
    }
    if count.dashes > 0 {
        // A UUID or base64url; a slug has a word in it, or few digits for its length.
        let is_word = |piece: &str| piece.len() >= 4 && piece.bytes().all(|byte| byte.is_ascii_lowercase());
        let has_word = value.split(['-', '_']).any(is_word);
        return !has_word && count.digits * 5 >= value.len()
            || (count.upper >= 2 && count.lower >= 2 && value.len() >= 16);
    }
    value.len() >= 8 || count.class_changes >= 2
}

/// Letters alone are a token where upper and lower case alternate as in base64, or where no word could have so few vowels.
fn looks_random(value: &str, count: &Classes) -> bool {
    let mixed = count.upper >= 3 && count.lower >= 3 && count.case_changes * 3 >= value.len();
    let vowels =
        value.bytes().filter(|byte| matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')).count();
    let is_hexadecimal = value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal || (value.len() >= 10 && (mixed || vowels * 8 < value.len()))
}

#[derive(Default)]
struct Classes {
    digits: usize,
    upper: usize,
    lower: usize,
    dashes: usize,
    at: usize,
    other: usize,
    class_changes: usize,
    case_changes: usize,
    last: u8,
}

impl Classes {
    fn letters(&self) -> usize {
        self.upper + self.lower
    }

    fn add(&mut self, byte: u8) {
        let class = match byte {
            b'0'..=b'9' => 1,
            b'A'..=b'Z' => 2,
            b'a'..=b'z' => 3,
            b'-' | b'_' | b'=' | b'~' | b'.' | b'%' | b'+' => 4,
            b'@' => 5,
            _ => 6,
        };
        match class {
            1 => self.digits += 1,
            2 => self.upper += 1,
            3 => self.lower += 1,
            4 => self.dashes += 1,
            5 => self.at += 1,
            _ => self.other += 1,
        }
        if self.last != 0 && class < 4 && self.last < 4 {
            self.class_changes += usize::from((class == 1) != (self.last == 1));
            self.case_changes += usize::from(class > 1 && self.last > 1 && class != self.last);
        }
        self.last = class;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, template: &str, token: Option<&str>) {
        let url = parse(text).expect("a web URL");
        assert_eq!((url.template.as_str(), url.token.as_deref()), (template, token));
    }

    #[test]
    fn recipients_tokens_become_slots() {
        check("https://t.example/o/9f8e7d6c5b4a.gif", "t.example/o/{}.gif", Some("9f8e7d6c5b4a"));
        check("https://T.example/open?u=6d70406f72&l=en", "t.example/open?u={}&l=en", Some("6d70406f72"));
        check(
            "https://t.example/o?m=clerk%40house.example",
            "t.example/o?m={}",
            Some("clerk%40house.example"),
        );
        check(
            "https://t.example/123e4567-e89b-42d3-a456-426614174000",
            "t.example/{}",
            Some("123e4567-e89b-42d3-a456-426614174000"),
        );
        check("//t.example/x/QWxhZGRpbjpvcGVu", "t.example/x/{}", Some("QWxhZGRpbjpvcGVu"));
        check("https://a8f3c29d17.t.example/p.gif", "{}.t.example/p.gif", Some("a8f3c29d17"));
    }

    #[test]
    fn words_slugs_and_dates_stay() {
        check(
            "https://n.example/2021/01/18/budget-vote-delayed",
            "n.example/2021/01/18/budget-vote-delayed",
            None,
        );
        check(
            "https://n.example/news/budget2021?utm_source=mail",
            "n.example/news/budget2021?utm_source=mail",
            None,
        );
        check("https://n.example/vote-8f3a91c2", "n.example/vote-{}", Some("8f3a91c2"));
        check(
            "https://n.example/parliamentary/newsletter.html",
            "n.example/parliamentary/newsletter.html",
            None,
        );
    }

    #[test]
    fn a_fetch_is_recognised_whatever_the_scheme() {
        let sent = parse("https://t.example/o/9f8e7d6c5b4a.gif#x").expect("a web URL");
        assert_eq!(fetch_hash("http://t.example/o/9f8e7d6c5b4a.gif"), Some(sent.hash));
        assert_ne!(fetch_hash("http://t.example/o/9f8e7d6c5b4b.gif"), Some(sent.hash));
    }

    #[test]
    fn browsers_ways_are_ours() {
        assert_eq!(parse(" ht\ntps:\\\\t.example\\p.gif ").map(|url| url.host), Some("t.example".into()));
        assert_eq!(parse("cid:logo@house.example"), None);
        assert_eq!(parse("mailto:a@b.example"), None);
    }
}
