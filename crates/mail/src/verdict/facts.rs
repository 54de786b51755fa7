//! What all traits are found in: the message with its names taken apart once.

use super::brand::{self, Brand};
use super::{letters, service};
use crate::beacon::{Reference, Remote};
use crate::domain::{domain_of, organizational_domain};
use crate::message::Message;
use crate::sender::SenderTraits;

/// Different hosts that are looked at in one message; a message of a hundred hosts shows its traits in the first ones.
const HOSTS_MAX: usize = 64;

/// Letters of an organization's name from which the same name under another suffix is hardly somebody else's.
const SAME_NAME_LETTERS_MIN: usize = 6;

/// A link that the reader may follow.
pub(super) struct Target<'a> {
    pub(super) host: &'a str,
    pub(super) organization: &'a str,
    /// The URL as written.
    pub(super) url: &'a str,
    /// What the reader sees of it.
    pub(super) text: &'a str,
}

impl Target<'_> {
    /// Path, query and fragment as written.
    pub(super) fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find(['/', '?', '#']).and_then(|start| rest.get(start..)).unwrap_or_default()
    }

    /// What stands between `://` and the path: host, port and user information as written.
    pub(super) fn authority(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

/// One message, prepared for the detectors of single traits.
pub(super) struct Facts<'a> {
    pub(super) message: &'a Message,
    pub(super) remotes: &'a [Remote],
    pub(super) traits: &'a SenderTraits,
    /// The author's domain; empty where the address cannot be one.
    pub(super) own_host: &'a str,
    /// The organization behind it.
    pub(super) own: &'a str,
    /// The part of the author's address before the `@`.
    pub(super) local: &'a str,
    /// The brand that the display name claims.
    pub(super) claimed: Option<&'static Brand>,
    /// Links in order, without repeated URLs of one host beyond the limit.
    pub(super) links: Vec<Target<'a>>,
    /// Whether a mailing list or a service for bulk mail says that it passed the message on.
    pub(super) is_list: bool,
    /// Whether the message answers or passes on an earlier one, by its fields and by its subject.
    pub(super) is_reply: bool,
    /// Whether it has HTML.
    pub(super) is_formatted: bool,
    /// Recipients, for tokens that repeat them.
    pub(super) recipients: Vec<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(message: &'a Message, remotes: &'a [Remote], traits: &'a SenderTraits) -> Self {
        let address = message.from.address.as_str();
        let own_host = if is_possible(address) { domain_of(address).trim_end() } else { "" };
        Self {
            message,
            remotes,
            traits,
            own_host,
            own: organizational_domain(own_host),
            local: address.rsplit_once('@').map_or("", |(local, _)| local),
            claimed: brand::claimed(&letters::plain_words(&message.from.name)),
            links: targets(remotes),
            is_list: message.list.list_id.is_some()
                || message.list.is_automatic
                || !message.list.unsubscribe_hosts.is_empty(),
            is_reply: !message.replies_to.is_empty() && claims_reply(&message.subject),
            is_formatted: message.html.elements > 0,
            recipients: message.recipients().into_iter().take(4).collect(),
        }
    }

    /// Whether the host belongs to the sender, to whoever signed or mailed the message, or to a mailing service.
    pub(super) fn is_familiar(&self, host: &str) -> bool {
        let organization = organizational_domain(host);
        let is_mailer = || {
            let mail_from = self.message.mail_from.as_deref().map(domain_of);
            mail_from.is_some_and(|domain| organizational_domain(domain) == organization)
        };
        organization == self.own
            || service::is_mailing(host)
            || is_mailer()
            || self.is_same_name(organization)
    }

    /// Whether the organization bears the sender's name under another suffix, as companies with several domains do.
    fn is_same_name(&self, organization: &str) -> bool {
        let label = organization.split('.').next().unwrap_or_default();
        label.len() >= SAME_NAME_LETTERS_MIN && self.own.split('.').next() == Some(label)
    }

    /// The brand that the display name claims, if the sender does not belong to it.
    pub(super) fn falsely_claimed(&self) -> Option<&'static Brand> {
        self.claimed.filter(|brand| !self.own.is_empty() && !brand.owns(self.own_host))
    }

    /// What the reader sees: the HTML's text, or the plain one where there is no HTML.
    pub(super) fn visible(&self) -> &'a str {
        if self.is_formatted { &self.message.html.text } else { &self.message.text }
    }
}

/// Archives show addresses in disguise (`a @t b.example`), which says nothing of the sender.
fn is_possible(address: &str) -> bool {
    let domain = domain_of(address).trim_end();
    !address.trim_end().contains(char::is_whitespace) && !domain.contains(['|', '[', '(', ')', '<', '>', '&'])
}

fn targets(remotes: &[Remote]) -> Vec<Target<'_>> {
    let links = remotes.iter().filter(|remote| remote.reference == Reference::Link);
    links
        .take(HOSTS_MAX)
        .map(|remote| Target {
            host: &remote.web.host,
            organization: organizational_domain(&remote.web.host),
            url: &remote.url,
            text: remote.text.trim(),
        })
        .collect()
}

/// Marks that mail programs of several languages put before an answered or forwarded subject (RFC 5322 section 3.6.5).
const REPLY_MARKS: [&str; 14] =
    ["re", "aw", "sv", "vs", "antw", "fw", "fwd", "wg", "tr", "enc", "res", "rv", "odp", "vb"];

/// Whether the subject begins with such a mark, behind the names that lists put in brackets.
pub(super) fn claims_reply(subject: &str) -> bool {
    let mut rest = subject.trim_start();
    while let Some((_, behind)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        rest = behind.trim_start();
    }
    let mark = rest.split_once(':').map(|(mark, _)| mark.split(['[', '(']).next().unwrap_or(mark).trim());
    mark.is_some_and(|mark| REPLY_MARKS.iter().any(|known| known.eq_ignore_ascii_case(mark)))
}
