//! Whom a message claims to come from, against whom it comes from.

use crate::beacon::{Reference, Remote};
use crate::domain::{domain_of, organization_label, organizational_domain};
use crate::message::Message;
use unicode_security::confusable_detection::skeleton;

/// What the names in a message say of its sender.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SenderTraits {
    /// No link for the reader leads to the sender's organization, and some lead elsewhere.
    pub links_elsewhere_only: bool,
    /// The display name or the sender's domain imitates an organization that the message links to.
    pub imitates_linked: bool,
    /// Some link for the reader leads to the sender's own organization.
    pub links_home: bool,
    /// A DKIM signature names the sender's organization (whether it verifies, the receiving server tells).
    pub is_signed_by_itself: bool,
    /// List headers are there and name the sender's organization or the service that carries its loads.
    pub is_honest_list: bool,
    /// The answer would go to another organization.
    pub replies_elsewhere: bool,
}

/// Fewest letters of a name for which likeness means something.
const NAME_LETTERS_MIN: usize = 5;

/// Compares author, links, signatures and list headers of one message.
pub fn traits(message: &Message, remotes: &[Remote]) -> SenderTraits {
    let own_host = domain_of(&message.from.address);
    let own = organizational_domain(own_host);
    let service_hosts: Vec<&str> = hosts(remotes, |reference| reference != Reference::Link);
    let linked = content_links(remotes, own, &service_hosts);
    let links_home = linked.contains(&own);
    let is_list = message.list.list_id.is_some() || !message.list.unsubscribe_hosts.is_empty();
    SenderTraits {
        links_elsewhere_only: !links_home && !linked.is_empty(),
        imitates_linked: linked.iter().any(|other| *other != own && imitates(message, own, other)),
        links_home,
        is_signed_by_itself: message.dkim_domains.iter().any(|domain| organizational_domain(domain) == own),
        is_honest_list: is_list
            && message.list.unsubscribe_hosts.iter().any(|host| is_known(host, own, &service_hosts)),
        replies_elsewhere: message
            .reply_to
            .as_deref()
            .is_some_and(|reply| organizational_domain(domain_of(reply)) != own),
    }
}

fn is_known(host: &str, own: &str, service_hosts: &[&str]) -> bool {
    let organization = organizational_domain(host);
    organization == own || service_hosts.iter().any(|service| organizational_domain(service) == organization)
}

fn hosts(remotes: &[Remote], wanted: impl Fn(Reference) -> bool) -> Vec<&str> {
    let mut hosts: Vec<&str> = remotes
        .iter()
        .filter(|remote| wanted(remote.reference))
        .map(|remote| remote.web.host.as_str())
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// Organizations that the reader is led to. Links over a service that also carries the message's loads say nothing of
/// the author: mailing services count clicks that way for everyone.
fn content_links<'a>(remotes: &'a [Remote], own: &str, service_hosts: &[&str]) -> Vec<&'a str> {
    let mut linked: Vec<&str> = hosts(remotes, |reference| reference == Reference::Link)
        .into_iter()
        .filter(|host| organizational_domain(host) == own || !service_hosts.contains(host))
        .map(organizational_domain)
        .collect();
    linked.dedup();
    linked
}

fn imitates(message: &Message, own: &str, other: &str) -> bool {
    let claimed = letters(organization_label(other));
    if claimed.len() < NAME_LETTERS_MIN {
        return false;
    }
    let own_name = letters(organization_label(own));
    letters(&message.from.name).contains(&claimed) && own_name != claimed || is_alike(&own_name, &claimed)
}

/// The letters of a name as a reader sees them: IDNA decoded, confusables unified (UTS 39), case, digits and hyphens gone.
fn letters(name: &str) -> String {
    let shown = if name.contains("xn--") { idna::domain_to_unicode(name).0 } else { name.to_owned() };
    if shown.is_ascii() {
        return shown
            .bytes()
            .filter(u8::is_ascii_alphabetic)
            .map(|byte| byte.to_ascii_lowercase() as char)
            .collect();
    }
    skeleton(&shown.to_lowercase()).filter(|c| c.is_alphabetic()).collect()
}

/// Whether one name imitates the other: it holds it, or is at most two edits away.
pub fn is_alike(name: &str, claimed: &str) -> bool {
    if name.len().min(claimed.len()) < NAME_LETTERS_MIN {
        return false;
    }
    // The same name under another top-level domain imitates too: organizations were compared before.
    name == claimed
        || name.contains(claimed)
        || claimed.contains(name)
        || within_two_edits(name.as_bytes(), claimed.as_bytes())
}

/// Whether the optimal string alignment distance is at most two; names are short, so the plain table will do.
fn within_two_edits(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 2 || a.len() > 63 || b.len() > 63 {
        return false;
    }
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let deleted = before.get(j + 1).map_or(99, |cost| cost + 1);
            let inserted = row.last().map_or(99, |cost| cost + 1);
            let replaced = before.get(j).map_or(99, |cost| cost + usize::from(left != right));
            row.push(deleted.min(inserted).min(replaced));
        }
        before = row;
    }
    before.last().is_some_and(|&distance| distance <= 2 && distance * 4 <= a.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beacon::remotes;
    use crate::message::Reader;

    fn of(from: &str, body: &str) -> SenderTraits {
        let raw = format!("From: {from}\r\nContent-Type: text/html\r\n\r\n{body}");
        let message = Reader::default().read(raw.as_bytes());
        traits(&message, &remotes(&message))
    }

    const ARTICLE: &str = "<a href='https://harbourherald.example/2021/vote'>Read on</a><img src='https://t.example/o/9f8e7d6c5b4a.gif'>";

    #[test]
    fn a_borrowed_name_is_an_imitation() {
        assert!(of("\"Dana, Harbour Herald\" <dana@news-desk.example>", ARTICLE).imitates_linked);
        assert!(of("Dana <dana@harbour-herald.test>", ARTICLE).imitates_linked);
        assert!(of("Dana <dana@harbourheralb.example>", ARTICLE).imitates_linked);
    }

    #[test]
    fn the_outlet_itself_is_none() {
        let seen = of("Harbour Herald <news@mail.harbourherald.example>", ARTICLE);
        assert!(!seen.imitates_linked && seen.links_home && !seen.links_elsewhere_only);
    }

    #[test]
    fn a_reader_who_passes_an_article_on_is_none() {
        let seen = of("Robin <robin@freemail.example>", ARTICLE);
        assert!(!seen.imitates_linked && seen.links_elsewhere_only);
    }

    #[test]
    fn confusable_letters_are_seen_through() {
        assert!(is_alike(&letters("h\u{0430}rbourherald"), "harbourherald"));
        assert!(!is_alike("harbourherald", "parliament"));
    }
}
