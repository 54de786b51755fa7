//! Indicators: what an ally or a bulletin names, and which recorded messages it fits.

use crate::domain::{normal_address, normal_host, organizational_domain};
use crate::feature::{Feature, TermKind, pieces, term, with_parents, words};
use crate::url::{self, WebUrl};
use model::Sha256;
use std::fmt;

/// Something to look for in every recorded message, whenever it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indicator {
    /// Author's address.
    Sender(String),
    /// A domain, as that of the author, of the envelope or of a URL; sub-domains included.
    Domain(String),
    /// A URL, perhaps with `*` for any run of characters.
    Url(UrlPattern),
    /// SHA-256 of an attachment or of a whole message.
    Digest(Sha256),
    /// Words that a subject holds, in any order.
    Subject(Vec<String>),
    /// `Message-ID`.
    MessageId(String),
}

/// A URL to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern {
    /// Without scheme and fragment, in lower case, as the user wrote it.
    text: String,
    /// Taken apart, where it holds no `*`.
    exact: Option<WebUrl>,
}

/// Why a text is no indicator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// Nothing recognises it.
    #[error(
        "`{0}` is no indicator: name an address, a domain, a URL (with `*` for any text), a SHA-256, `subject:WORDS` or `id:MESSAGE-ID`"
    )]
    Unknown(String),
    /// Too little to look for.
    #[error("`{0}` would fit nearly every message: name at least one whole word of four letters")]
    TooShort(String),
}

impl std::str::FromStr for Indicator {
    type Err = IndicatorError;

    fn from_str(text: &str) -> Result<Self, IndicatorError> {
        let text = text.trim();
        let unknown = || IndicatorError::Unknown(text.to_owned());
        let (kind, value) = match text.split_once(':') {
            Some((kind @ ("from" | "domain" | "host" | "url" | "sha256" | "subject" | "id"), value)) => {
                (kind, value.trim())
            }
            _ => (guess(text), text),
        };
        match kind {
            "from" => normal_address(value).map(Self::Sender).ok_or_else(unknown),
            "domain" | "host" => {
                is_domain(value).then(|| Self::Domain(normal_host(value).into_owned())).ok_or_else(unknown)
            }
            "url" => UrlPattern::parse(value)
                .map(Self::Url)
                .ok_or_else(|| IndicatorError::TooShort(text.to_owned())),
            "sha256" => value.to_ascii_lowercase().parse().map(Self::Digest).map_err(|_| unknown()),
            "id" => Ok(Self::MessageId(value.trim_matches(['<', '>']).to_owned())),
            "subject" => {
                let words: Vec<String> = words(value).collect();
                if words.is_empty() {
                    Err(IndicatorError::TooShort(text.to_owned()))
                } else {
                    Ok(Self::Subject(words))
                }
            }
            _ => Err(unknown()),
        }
    }
}

/// What a text without prefix most likely is.
fn guess(text: &str) -> &'static str {
    if text.starts_with('<') && text.ends_with('>') {
        "id"
    } else if text.contains('/') || text.contains('*') {
        "url"
    } else if text.contains('@') {
        "from"
    } else if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "sha256"
    } else if is_domain(text) {
        "domain"
    } else {
        ""
    }
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && !text.starts_with('.')
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | '*' | ':'))
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sender(address) => write!(f, "from:{address}"),
            Self::Domain(domain) => write!(f, "domain:{domain}"),
            Self::Url(pattern) => write!(f, "url:{}", pattern.text),
            Self::Digest(digest) => write!(f, "sha256:{digest}"),
            Self::Subject(words) => write!(f, "subject:{}", words.join(" ")),
            Self::MessageId(id) => write!(f, "id:{id}"),
        }
    }
}

impl Indicator {
    /// What to look up: records that fit have at least one term of every group. Empty where only reading all will do.
    pub fn terms(&self) -> Vec<Vec<u64>> {
        match self {
            Self::Sender(address) => vec![vec![term(TermKind::Sender, address.as_bytes())]],
            Self::Domain(domain) => {
                vec![vec![
                    term(TermKind::SenderDomain, domain.as_bytes()),
                    term(TermKind::Host, domain.as_bytes()),
                ]]
            }
            Self::Url(pattern) => pattern.terms(),
            Self::Digest(digest) => {
                vec![vec![term(TermKind::Attachment, &digest.0), term(TermKind::Message, &digest.0)]]
            }
            Self::Subject(words) => {
                words.iter().map(|word| vec![term(TermKind::SubjectWord, word.as_bytes())]).collect()
            }
            Self::MessageId(id) => vec![vec![term(TermKind::MessageId, id.as_bytes())]],
        }
    }

    /// Whether the record fits. Terms are hashes and only narrow down: this decides.
    pub fn matches(&self, feature: &Feature) -> bool {
        match self {
            Self::Sender(address) => feature.sender == *address,
            Self::Domain(domain) => {
                let senders = [crate::domain::domain_of(&feature.sender), feature.mail_from_domain.as_str()];
                let hosts = feature.remotes.iter().map(|remote| remote.host());
                senders.into_iter().chain(hosts).any(|host| with_parents(host).any(|parent| parent == domain))
            }
            Self::Url(pattern) => {
                feature.remotes.iter().any(|remote| pattern.matches(&remote.template, remote.hash))
            }
            Self::Digest(digest) => feature.digest == *digest || feature.attachments.contains(digest),
            Self::Subject(wanted) => {
                let subject = feature.subject.to_lowercase();
                wanted.iter().all(|word| subject.contains(word.as_str()))
            }
            Self::MessageId(id) => feature.message_id == *id,
        }
    }
}

impl UrlPattern {
    fn parse(text: &str) -> Option<Self> {
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest).split('#').next()?.to_lowercase();
        let exact = if bare.contains('*') {
            None
        } else {
            url::parse(&format!("http://{}", text.split_once("://").map_or(text, |(_, rest)| rest)))
        };
        (bare.bytes().filter(u8::is_ascii_alphanumeric).count() >= 4).then_some(Self { text: bare, exact })
    }

    fn terms(&self) -> Vec<Vec<u64>> {
        if let Some(exact) = &self.exact {
            return vec![vec![
                term(TermKind::Url, &exact.hash.to_le_bytes()),
                term(TermKind::Host, exact.host.as_bytes()),
            ]];
        }
        let host = self.text.split(['/', '?']).next().unwrap_or_default();
        // `*.t.example/…` names a parent of every host that fits.
        let parent = host.rsplit_once("*.").map_or(host, |(_, parent)| parent);
        let is_whole = !parent.contains('*')
            && parent.contains('.')
            && parent.len() >= organizational_domain(parent).len();
        let host = is_whole.then(|| vec![term(TermKind::Host, parent.as_bytes())]);
        // A piece that `*` cuts may be part of a longer word and is not in the index.
        let whole = pieces(&self.text).filter(|piece| !piece.contains('*') && !url::is_token(piece));
        host.into_iter().chain(whole.map(|piece| vec![term(TermKind::UrlPiece, piece.as_bytes())])).collect()
    }

    fn matches(&self, template: &str, hash: u64) -> bool {
        match &self.exact {
            Some(exact) => exact.hash == hash || (exact.token.is_none() && exact.template == template),
            None => fits(self.text.as_bytes(), template.to_lowercase().as_bytes()),
        }
    }
}

/// Whether some text fits both the pattern (`*`) and the template (`{}`): in each these stand for any run of characters.
/// Linear in the product of the lengths, which are bounded.
fn fits(pattern: &[u8], template: &[u8]) -> bool {
    let mut reachable = vec![false; template.len() + 1];
    if let Some(start) = reachable.first_mut() {
        *start = true;
    }
    skip_slots(&mut reachable, template);
    for &wanted in pattern {
        let mut next = vec![false; template.len() + 1];
        for at in 0..=template.len() {
            if reachable.get(at) != Some(&true) {
                continue;
            }
            if wanted == b'*' {
                next.iter_mut().skip(at).for_each(|place| *place = true);
                break;
            }
            let in_slot = starts_slot(template, at);
            let is_same = template.get(at) == Some(&wanted);
            if let Some(place) =
                next.get_mut(if in_slot { at } else { at + 1 }).filter(|_| in_slot || is_same)
            {
                *place = true;
            }
        }
        skip_slots(&mut next, template);
        reachable = next;
    }
    reachable.last() == Some(&true)
}

fn starts_slot(template: &[u8], at: usize) -> bool {
    template.get(at..at + 2) == Some(b"{}")
}

/// Where a slot begins, the place behind it is reachable too.
fn skip_slots(reachable: &mut [bool], template: &[u8]) {
    for at in 0..template.len() {
        if reachable.get(at) == Some(&true)
            && starts_slot(template, at)
            && let Some(behind) = reachable.get_mut(at + 2)
        {
            *behind = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(
            text.parse::<Indicator>()
                .map_or_else(|error| error.to_string(), |indicator| indicator.to_string()),
            expected
        );
    }

    #[test]
    fn indicators_are_recognised() {
        check("Dana@News.example", "from:dana@news.example");
        check("news.example", "domain:news.example");
        check("https://t.example/o/*", "url:t.example/o/*");
        check("subject:Harbour vote", "subject:harbour vote");
        check("<1@x.example>", "id:1@x.example");
        check(&"AB".repeat(32), &format!("sha256:{}", "ab".repeat(32)));
    }

    #[test]
    fn what_is_none_is_said_so() {
        assert!(matches!("hello".parse::<Indicator>(), Err(IndicatorError::Unknown(_))));
        assert!(matches!("subject:a b".parse::<Indicator>(), Err(IndicatorError::TooShort(_))));
        assert!(matches!("*/*".parse::<Indicator>(), Err(IndicatorError::TooShort(_))));
    }

    #[test]
    fn patterns_fit_templates() {
        assert!(fits(b"t.example/o/*", b"t.example/o/{}.gif"));
        assert!(fits(b"t.example/o/9f8e.gif", b"t.example/o/{}.gif"));
        assert!(fits(b"*.example/*/open", b"a.t.example/x/open"));
        assert!(!fits(b"t.example/c/*", b"t.example/o/{}.gif"));
        assert!(!fits(b"t.example/o/9f8e.png", b"t.example/o/{}.gif"));
    }
}
