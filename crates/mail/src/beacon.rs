//! Remote resources of a message, and which of them would report an opening.

use crate::disarm::LoadKind;
use crate::message::Message;
use crate::url::{self, WebUrl};
use model::limit;
use std::fmt;

/// How a message refers to something remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Fetched on rendering.
    Load(LoadKind),
    /// Fetched when the reader follows it.
    Link,
}

impl Reference {
    /// Stable number for feature records: 0 for links.
    pub fn code(self) -> u8 {
        match self {
            Self::Link => 0,
            Self::Load(kind) => LOADS_ON_OPENING
                .iter()
                .position(|other| *other == kind)
                .map_or(u8::MAX >> 1, |at| at as u8 + 1),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => f.write_str("link"),
            Self::Load(kind) => kind.fmt(f),
        }
    }
}

/// Kinds that are fetched when the message is shown, without a click, in the order of their codes: only append.
const LOADS_ON_OPENING: [LoadKind; 12] = [
    LoadKind::Image,
    LoadKind::Background,
    LoadKind::Stylesheet,
    LoadKind::Media,
    LoadKind::Frame,
    LoadKind::Object,
    LoadKind::Script,
    LoadKind::Navigation,
    LoadKind::Prefetch,
    LoadKind::Vml,
    LoadKind::Svg,
    LoadKind::Document,
];

/// A remote URL in a message, taken apart.
#[derive(Debug, Clone)]
pub struct Remote {
    /// How it is referred to.
    pub reference: Reference,
    /// The URL as written.
    pub url: String,
    /// The URL taken apart.
    pub web: WebUrl,
    /// Whether the reader is not meant to see it.
    pub is_hidden: bool,
    /// What the reader sees of a link; empty for loads.
    pub text: String,
}

impl Remote {
    /// Whether rendering it may tell its host who opened the message: it is fetched on rendering, and carries a token or
    /// is hidden. Whether the token really differs per recipient only the campaign can tell.
    pub fn is_beacon(&self) -> bool {
        matches!(self.reference, Reference::Load(_)) && (self.web.token.is_some() || self.is_hidden)
    }

    /// Whether fetching it names the recipient.
    pub fn is_tokened(&self) -> bool {
        self.web.token.is_some()
    }
}

/// Every remote URL of the message: loads first, then links of HTML, then URLs in plain text.
pub fn remotes(message: &Message) -> Vec<Remote> {
    let loads =
        message.html.loads.iter().filter(|load| LOADS_ON_OPENING.contains(&load.kind)).filter_map(|load| {
            let web = url::parse(&load.url)?;
            Some(Remote {
                reference: Reference::Load(load.kind),
                url: load.url.clone(),
                web,
                is_hidden: load.is_hidden,
                text: String::new(),
            })
        });
    let links = message.html.links.iter().filter_map(|link| {
        let web = url::parse(&link.url)?;
        Some(Remote {
            reference: Reference::Link,
            url: link.url.clone(),
            web,
            is_hidden: false,
            text: link.text.clone(),
        })
    });
    let mut all: Vec<Remote> = loads.chain(links).collect();
    if all.is_empty() {
        all.extend(in_plain_text(&message.text));
    }
    all
}

fn in_plain_text(text: &str) -> impl Iterator<Item = Remote> + '_ {
    let starts = memchr::memmem::find_iter(text.as_bytes(), b"://").take(limit::URLS_MAX);
    starts.filter_map(|at| {
        let start = text.get(..at)?.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |before| before + 1);
        let rest = text.get(start..)?;
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ']'))
            .unwrap_or(rest.len());
        let url = rest.get(..end)?.trim_end_matches(['.', ',', ';', ':', '\'']);
        let web = url::parse(url)?;
        Some(Remote {
            reference: Reference::Link,
            url: url.to_owned(),
            web,
            is_hidden: false,
            text: url.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Reader;

    fn of(body: &str) -> Vec<Remote> {
        let raw = format!("From: a@b.example\r\nContent-Type: text/html\r\n\r\n{body}");
        remotes(&Reader::default().read(raw.as_bytes()))
    }

    #[test]
    fn a_hidden_image_with_a_token_is_a_beacon() {
        let found = of("<p>News</p><img src='https://t.example/o/9f8e7d6c5b4a.gif' style='display: none'>");
        assert!(found.iter().any(|remote| remote.is_beacon() && remote.is_tokened() && remote.is_hidden));
    }

    #[test]
    fn a_logo_is_none() {
        assert!(
            of("<img src='https://house.example/logo.png' width=200>")
                .iter()
                .all(|remote| !remote.is_beacon())
        );
    }

    #[test]
    fn plain_text_links_are_found() {
        let raw =
            b"From: a@b.example\r\n\r\nsee (https://n.example/a/9f8e7d6c5b4a). And ftp://f.example/x, bye";
        let found = remotes(&Reader::default().read(raw));
        let hosts: Vec<_> = found.iter().map(|remote| remote.web.template.as_str()).collect();
        assert_eq!(hosts, ["n.example/a/{}", "f.example/x"]);
    }
}
