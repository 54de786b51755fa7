//! Traits of where the message leads: each link by itself, and all links against the sender.

use super::facts::{Facts, Target};
use super::weight::{self, Weight};
use super::{brand, letters, service};
use crate::beacon::Reference;
use crate::domain::{domain_of, organizational_domain};
use model::Reason;

/// Shortest fragment that is taken for a token.
const FRAGMENT_TOKEN_MIN: usize = 12;

pub(super) fn find(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let mut note = |weight: Weight, found: Option<&Target<'_>>| {
        reasons.extend(found.map(|link| weight.reason(link.host.to_owned())));
    };
    for (weight, shows) in OF_HOST {
        let mut hosts = facts.links.iter().filter(|link| link.is_first_of_host);
        note(weight, hosts.find(|link| shows(link)));
    }
    for (weight, shows) in OF_LINK {
        note(weight, facts.links.iter().find(|link| shows(facts, link)));
    }
    find_without_host(facts, reasons);
    find_in_all(facts, reasons);
    find_borrowed_pictures(facts, reasons);
}

type HostShows = fn(&Target<'_>) -> bool;
type LinkShows = fn(&Facts<'_>, &Target<'_>) -> bool;

/// Traits of a host alone; each counts once however many hosts show it.
const OF_HOST: [(Weight, HostShows); 6] = [
    (weight::LINK_IP, |link| is_address(link.host) || is_address_name(link.host)),
    (weight::LINK_CONFUSABLE, |link| is_confusable(link.host)),
    (weight::LINK_BRAND_HOST, |link| brand::in_foreign_host(link.host).is_some()),
    (weight::LINK_FREE_HOSTING, |link| !link.is_familiar && service::is_free_hosting(link.host)),
    (weight::LINK_SHORTENER, |link| !link.is_familiar && service::is_shortener(link.host)),
    (weight::LINK_RANDOM_HOST, |link| !link.is_familiar && has_random_label(link.host)),
];

/// Traits of a whole link; each counts once however many links show it.
const OF_LINK: [(Weight, LinkShows); 7] = [
    (weight::LINK_PORT, |_, link| has_unusual_port(link.authority)),
    (weight::LINK_USERINFO, |_, link| link.authority.contains('@')),
    (weight::LINK_TEXT_LIES, |_, link| text_lies(link)),
    (weight::LINK_FORM_SERVICE, |_, link| !link.is_familiar && service::is_form(link.host, link.path)),
    (weight::LINK_REDIRECTOR, |_, link| service::is_redirector(link.host, link.organization, link.path)),
    (weight::LINK_FRAGMENT_TOKEN, |_, link| has_fragment_token(link.path)),
    (weight::LINK_RECIPIENT, |facts, link| {
        !facts.is_list && !link.is_familiar && names_recipient(facts, link)
    }),
];

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Names that providers give to all their addresses: `192-0-2-7.static.example`, `7.2.0.192.host.example`.
fn is_address_name(host: &str) -> bool {
    host.split(['.', '-']).filter(|piece| piece.parse::<u8>().is_ok()).count() >= 4
}

fn has_unusual_port(authority: &str) -> bool {
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| !matches!(port, 80 | 443)))
}

/// Internationalized names that mix alphabets, or are spelled so that they read as Latin throughout.
fn is_confusable(host: &str) -> bool {
    if !host.contains("xn--") {
        return false;
    }
    let shown = idna::domain_to_unicode(host).0;
    let letter_count = shown.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    letters::disguises(&shown) > 0
        || (letter_count > 0
            && unicode_security::confusable_detection::skeleton(&shown).all(|c| c.is_ascii()))
}

fn text_lies(link: &Target<'_>) -> bool {
    if link.is_familiar {
        return false;
    }
    let Some(shown) = shown_host(link.text) else { return false };
    let shown_organization = organizational_domain(&shown);
    shown_organization != link.organization && !service::is_shortener(&shown)
}

/// The host that a link's text shows, if the text is nothing but an address of the web.
pub(crate) fn shown_host(text: &str) -> Option<String> {
    if text.len() < 6 || text.contains(char::is_whitespace) || text.contains('@') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = rest.split(['/', '?', '#', ':']).next()?.trim_end_matches('.');
    let is_web = rest.len() < lower.len() || host.starts_with("www.");
    let is_known = psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    (is_web && host.contains('.') && is_known).then(|| host.to_owned())
}

fn has_random_label(host: &str) -> bool {
    let named = host.strip_suffix(psl::suffix_str(host).unwrap_or_default()).unwrap_or(host);
    !is_address(host) && named.split(['.', '-']).any(letters::is_random)
}

fn has_fragment_token(path: &str) -> bool {
    let Some((_, fragment)) = path.split_once('#') else { return false };
    fragment.contains('@')
        || (fragment.len() >= FRAGMENT_TOKEN_MIN
            && fragment
                .split(['/', '?', '&', '='])
                .any(|piece| piece.len() >= FRAGMENT_TOKEN_MIN && crate::url::is_token(piece)))
}

fn names_recipient(facts: &Facts<'_>, link: &Target<'_>) -> bool {
    let path = link.path;
    facts.recipients.iter().any(|recipient| {
        let (local, domain) = recipient.split_once('@').unwrap_or((recipient, ""));
        path.contains(local)
            && (path.contains(&format!("{local}@{domain}")) || path.contains(&format!("{local}%40{domain}")))
    })
}

/// Targets that are no web address: whole pages in the link, and answers to somebody else.
fn find_without_host(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    for link in facts.message.html.links.iter().take(64) {
        let Some((scheme, rest)) = link.url.trim_start().split_once(':') else { continue };
        if scheme.eq_ignore_ascii_case("data") || scheme.eq_ignore_ascii_case("javascript") {
            if !rest.is_empty() && !rest.starts_with("void") && !rest.starts_with(';') {
                return reasons.push(weight::LINK_SCRIPT.reason(scheme.to_owned()));
            }
        } else if scheme.eq_ignore_ascii_case("mailto") {
            let address = rest.split('?').next().unwrap_or_default().to_ascii_lowercase();
            let domain = domain_of(&address);
            if service::is_free_mail(domain)
                && organizational_domain(domain) != facts.own
                && !facts.is_list
                && !facts.is_reply
            {
                return reasons.push(weight::LINK_MAILBOX.reason(address));
            }
        }
    }
}

fn find_in_all(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let links = &facts.links;
    let unsubscribe = &facts.message.list.unsubscribe_hosts;
    let loads = || facts.remotes.iter().filter(|remote| remote.reference != Reference::Link);
    let uses = |host: &String| {
        let organization = organizational_domain(host);
        facts.is_familiar(host)
            || links.iter().any(|link| link.organization == organization)
            || loads().any(|load| organizational_domain(&load.web.host) == organization)
    };
    if let Some(first) = unsubscribe.first().filter(|_| !unsubscribe.iter().any(uses)) {
        reasons.push(weight::LIST_ELSEWHERE.reason(first.clone()));
    }
    let Some(first) = links.first() else { return };
    if facts.traits.links_home && !service::is_free_mail(facts.own) && facts.falsely_claimed().is_none() {
        return reasons.push(weight::LINKS_HOME.reason(facts.own.to_owned()));
    }
    let is_any_familiar = links.iter().any(|link| link.is_familiar);
    if is_any_familiar || facts.is_reply || !facts.is_formatted || facts.own.is_empty() {
        return;
    }
    if links.iter().all(|link| link.organization == first.organization) {
        reasons.push(weight::LINKS_ONE_STRANGER.reason(first.organization.to_owned()));
    } else {
        reasons.push(weight::LINKS_ELSEWHERE.reason(first.organization.to_owned()));
    }
}

/// Pictures of a brand's own servers in a message that has nothing else of the brand.
fn find_borrowed_pictures(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    if facts.is_reply || facts.own.is_empty() {
        return;
    }
    let pictures = facts
        .remotes
        .iter()
        .filter(|remote| remote.reference == Reference::Load(crate::disarm::LoadKind::Image));
    let mut last_host = "";
    let mut hosts = pictures.take(64).filter(|picture| {
        std::mem::replace(&mut last_host, picture.web.host.as_str()) != picture.web.host.as_str()
    });
    let found = hosts.find(|picture| {
        brand::owner(&picture.web.host).is_some_and(|brand| {
            !brand.owns(facts.own)
                && !is_content_host(&picture.web.host)
                && !facts.links.iter().any(|link| brand.owns(link.organization))
        })
    });
    if let Some(picture) = found {
        reasons.push(weight::LOADS_BRAND.reason(picture.web.host.clone()));
    }
}

/// Hosts where these brands keep what other people publish.
fn is_content_host(host: &str) -> bool {
    ["youtube.com", "googleusercontent.com", "ebayimg.com", "images-amazon.com"]
        .iter()
        .any(|site| host.ends_with(site))
        || service::is_free_hosting(host)
}
