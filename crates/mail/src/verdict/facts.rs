//! What all traits are found in: the message with its names taken apart once.

use super::brand::{self, Brand};
use super::{letters, service};
use crate::beacon::{Reference, Remote};
use crate::domain::{domain_of, organizational_domain};
use crate::message::Message;
use crate::sender::SenderTraits;

/// Links that are looked at in one message; a message of a hundred links shows its traits in the first ones.
const LINKS_MAX: usize = 64;

/// Letters of an organization's name from which the same name under another suffix is hardly somebody else's.
const SAME_NAME_LETTERS_MIN: usize = 6;

/// A link that the reader may follow.
pub(super) struct Target<'a> {
    pub(super) host: &'a str,
    pub(super) organization: &'a str,
    /// [`Facts::is_familiar`] for the host.
    pub(super) is_familiar: bool,
    /// Whether no link before it leads to the same host.
    pub(super) is_first_of_host: bool,
    /// What stands between `://` and the path: user information, host and port, as written.
    pub(super) authority: &'a str,
    /// Path, query and fragment as written.
    pub(super) path: &'a str,
    /// What the reader sees of it.
    pub(super) text: &'a str,
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
    /// The organization of the envelope's sender; empty where nothing tells it.
    mailer: &'a str,
    /// The part of the author's address before the `@`.
    pub(super) local: &'a str,
    /// The brand that the display name claims.
    pub(super) claimed: Option<&'static Brand>,
    /// Links in order, as many as are looked at.
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
        let mailer =
            message.mail_from.as_deref().map_or("", |address| organizational_domain(domain_of(address)));
        let mut facts = Self {
            message,
            remotes,
            traits,
            own_host,
            own: organizational_domain(own_host),
            mailer,
            local: address.rsplit_once('@').map_or("", |(local, _)| local),
            claimed: brand::claimed(&letters::plain_words(&message.from.name)),
            links: Vec::new(),
            is_list: message.list.list_id.is_some()
                || message.list.is_automatic
                || !message.list.unsubscribe_hosts.is_empty(),
            is_reply: !message.replies_to.is_empty() && claims_reply(&message.subject),
            is_formatted: message.html.elements > 0,
            recipients: message.recipients().into_iter().take(4).collect(),
        };
        facts.links = facts.targets();
        facts
    }

    /// The public suffix list is asked once a host: that is what most of the verdict's time would go to.
    fn targets(&self) -> Vec<Target<'a>> {
        let mut targets: Vec<Target<'a>> = Vec::new();
        let links = self.remotes.iter().filter(|remote| remote.reference == Reference::Link);
        for remote in links.take(LINKS_MAX) {
            let host = remote.web.host.as_str();
            let same = targets.iter().find(|known| known.host == host);
            let is_first_of_host = same.is_none();
            let (organization, is_familiar) = match same {
                Some(known) => (known.organization, known.is_familiar),
                None => (organizational_domain(host), self.is_familiar(host)),
            };
            let (authority, path) = authority_and_path(&remote.url);
            let text = remote.text.trim();
            targets.push(Target { host, organization, is_familiar, is_first_of_host, authority, path, text });
        }
        targets
    }

    /// Whether the host belongs to the sender, to whoever signed or mailed the message, or to a mailing service.
    pub(super) fn is_familiar(&self, host: &str) -> bool {
        let organization = organizational_domain(host);
        organization == self.own
            || organization == self.mailer
            || service::is_mailing(host)
            || self.is_same_name(organization)
    }

    /// Whether the organization bears the sender's name under another suffix, as companies with several domains do.
    fn is_same_name(&self, organization: &str) -> bool {
        let label = organization.split('.').next().unwrap_or_default();
        label.len() >= SAME_NAME_LETTERS_MIN && self.own.split('.').next() == Some(label)
    }

    /// The brand that the display name claims, if the sender does not belong to it.
    pub(super) fn falsely_claimed(&self) -> Option<&'static Brand> {
        self.claimed.filter(|brand| !self.own.is_empty() && !brand.owns(self.own))
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

fn authority_and_path(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
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
