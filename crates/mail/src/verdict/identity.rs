//! Traits of who claims to write: names against domains, header fields against each other and against the standards.

use super::facts::{Facts, claims_reply};
use super::weight::{self, Weight};
use super::{brand, letters, service};
use crate::domain::{domain_of, organization_label, organizational_domain};
use model::Reason;

/// Shortest local part of a recipient whose repetition in a subject or name is no accident.
const LOCAL_PART_MIN: usize = 5;
/// Difference between `Date` and the receiving server's clock that no queue explains, in seconds.
const DATE_DIFFERENCE_MAX_SECS: i64 = 2 * 86_400;

pub(super) fn find(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    find_in_name(facts, reasons);
    find_in_address(facts, reasons);
    find_in_routes(facts, reasons);
    find_in_form(facts, reasons);
    find_in_subject(facts, reasons);
}

fn find_in_name(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let name = facts.message.from.name.as_str();
    if let Some(brand) = facts.falsely_claimed() {
        reasons.push(weight::NAME_BRAND.reason(format!("{} from {}", brand.name, facts.own_host)));
        if service::is_free_mail(facts.own_host) {
            reasons.push(weight::NAME_BRAND_FREEMAIL.reason(facts.own_host.to_owned()));
        }
    }
    if let Some(repeated) = facts.recipients.iter().find(|recipient| repeats(name, recipient)) {
        reasons.push(weight::NAME_RECIPIENT.reason((*repeated).to_owned()));
    } else if let Some(shown) = foreign_domain(name, facts) {
        reasons.push(weight::NAME_ADDRESS.reason(format!("{shown} from {}", facts.own_host)));
    }
    if letters::disguises(name) > 0 {
        reasons.push(weight::NAME_DISGUISED.reason(name.to_owned()));
    }
    if !facts.own.is_empty() && is_unrelated(name, facts) {
        reasons.push(weight::NAME_UNRELATED.reason(format!("{name} at {}", facts.message.from.address)));
    }
    if name.chars().any(letters::is_symbol) {
        reasons.push(weight::NAME_SYMBOLS.reason(name.to_owned()));
    }
}

/// Letters of a word by which it is found again in an address: people and companies shorten their names.
const STEM_LETTERS: usize = 3;

/// Whether neither a word of the name nor its initials are found in the address.
fn is_unrelated(name: &str, facts: &Facts<'_>) -> bool {
    let words = letters::plain_words(name);
    let address: String = facts
        .message
        .from
        .address
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let stems = words.iter().filter_map(|word| word.get(..STEM_LETTERS).filter(|_| word.is_ascii()));
    let mut stems = stems.peekable();
    // A name in another alphabet is written otherwise in the address, and a name that is an address speaks for itself.
    if stems.peek().is_none() || name.contains('@') || !words.iter().all(|word| word.is_ascii()) {
        return false;
    }
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    let is_abbreviated = initials.len() >= 2 && address.contains(&initials);
    !is_abbreviated && !stems.any(|stem| address.contains(stem))
}

/// A domain of another organization in the display name, alone or in an address.
fn foreign_domain<'a>(name: &'a str, facts: &Facts<'_>) -> Option<&'a str> {
    let words = name
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',' | '|'));
    words
        .map(|word| domain_of(word).trim_matches('.'))
        .filter(|word| word.len() >= 5 && word.is_ascii())
        .take(16)
        .find(|word| {
            let shown = word.to_ascii_lowercase();
            let is_domain = shown.contains('.') && is_registrable(&shown);
            is_domain
                && !facts.own.is_empty()
                && organization_label(&shown) != organization_label(facts.own_host)
        })
}

/// Whether the host lies below a public suffix that exists, so that somebody can have it.
fn is_registrable(host: &str) -> bool {
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known()) && psl::domain_str(host).is_some()
}

fn find_in_address(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let host = facts.own_host;
    if host.is_empty() {
        return;
    }
    if is_impossible(host) {
        reasons.push(weight::FROM_DOMAIN_IMPOSSIBLE.reason(host.to_owned()));
    }
    if let Some(brand) = brand::in_foreign_host(host) {
        reasons.push(weight::FROM_BRAND_HOST.reason(format!("{} in {host}", brand.name)));
    }
    let is_free = service::is_free_mail(host);
    let mut labels = host.trim_end_matches(psl::suffix_str(host).unwrap_or_default()).split(['.', '-']);
    if labels.any(letters::is_random) && !is_free {
        reasons.push(weight::FROM_DOMAIN_RANDOM.reason(host.to_owned()));
    }
    if organization_label(host).ends_with(|c: char| c.is_ascii_digit()) && !is_free {
        reasons.push(weight::FROM_DOMAIN_NUMBERED.reason(host.to_owned()));
    }
    if letters::is_random(facts.local) {
        reasons.push(weight::FROM_LOCAL_RANDOM.reason(facts.local.to_owned()));
    }
    if !facts.is_list && facts.recipients.contains(&facts.message.from.address.as_str()) {
        reasons.push(weight::FROM_RECIPIENT.reason(facts.message.from.address.clone()));
    }
}

/// Names that RFC 2606 and RFC 6761 reserve are in use in documents, exercises and inside of houses.
fn is_impossible(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_reserved =
        matches!(last, "example" | "test" | "invalid" | "local" | "localdomain" | "internal" | "lan");
    let is_known = psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    !is_reserved && host != "localhost" && !(host.contains('.') && is_known)
}

fn find_in_routes(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let message = facts.message;
    if let Some(reply_to) = message.reply_to.as_deref().filter(|_| facts.traits.replies_elsewhere) {
        if service::is_free_mail(domain_of(reply_to)) {
            reasons.push(weight::REPLY_FREEMAIL.reason(reply_to.to_owned()));
        } else if !facts.is_list && !reply_to.starts_with(&format!("{}@", facts.local)) {
            reasons.push(weight::REPLY_ELSEWHERE.reason(reply_to.to_owned()));
        }
    }
    if facts.is_list || facts.own.is_empty() {
        return;
    }
    let is_other = |address: &&str| {
        organizational_domain(domain_of(address)) != facts.own && !service::is_mailing(domain_of(address))
    };
    if let Some(mail_from) = message.mail_from.as_deref().filter(is_other) {
        reasons.push(weight::MAIL_FROM_ELSEWHERE.reason(mail_from.to_owned()));
    }
    if let Some(sender) = message.sender.as_deref().filter(is_other) {
        reasons.push(weight::SENDER_ELSEWHERE.reason(sender.to_owned()));
    }
}

fn find_in_form(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let message = facts.message;
    let mut note = |is_found: bool, weight: Weight| {
        if is_found {
            reasons.push(weight.reason(String::new()));
        }
    };
    let is_malformed = message.authors > 1 && message.sender.is_none() || message.is_from_repaired;
    note(is_malformed && !facts.own.is_empty(), weight::FROM_MALFORMED);
    let is_bounce = message.list.is_automatic
        || message.attachments.iter().any(|part| part.media_type.starts_with("message/"));
    note(message.is_mail_from_null && !is_bounce, weight::MAIL_FROM_NULL);
    note(message.to.is_empty() && !facts.is_list && !facts.is_reply, weight::TO_NOBODY);
    note(is_date_odd(facts), weight::DATE_ODD);
    note(is_message_id_odd(&message.message_id), weight::MESSAGE_ID_ODD);
    note(message.is_urgent, weight::PRIORITY_URGENT);
    note(facts.is_reply, weight::THREAD);
    note(!facts.is_reply && !facts.is_list && !message.replies_to.is_empty(), weight::THREAD_UNMARKED);
    // The list of somebody who lies about his name vouches for nothing.
    note(facts.traits.is_honest_list && facts.falsely_claimed().is_none(), weight::LIST_HONEST);
}

fn is_date_odd(facts: &Facts<'_>) -> bool {
    match (facts.message.date, facts.message.received) {
        (None, _) => true,
        (Some(date), Some(received)) => date.0.abs_diff(received.0) > DATE_DIFFERENCE_MAX_SECS.unsigned_abs(),
        (Some(_), None) => false,
    }
}

fn is_message_id_odd(message_id: &str) -> bool {
    message_id
        .rsplit_once('@')
        .is_none_or(|(_, domain)| !domain.contains('.') || message_id.contains(char::is_whitespace))
}

fn find_in_subject(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let subject = facts.message.subject.as_str();
    // Lists put their own name, which is their address, into every subject.
    let repeated = facts.recipients.iter().find(|recipient| !facts.is_list && repeats(subject, recipient));
    if let Some(repeated) = repeated {
        reasons.push(weight::SUBJECT_RECIPIENT.reason((*repeated).to_owned()));
    }
    let last = subject.split_whitespace().next_back().unwrap_or_default();
    if last.len() >= 8 && crate::url::is_token(last.trim_matches(['[', ']', '(', ')', '#', '.'])) {
        reasons.push(weight::SUBJECT_TOKEN.reason(last.to_owned()));
    }
    if letters::disguises(subject) > 0 {
        reasons.push(weight::SUBJECT_DISGUISED.reason(String::new()));
    }
    if subject.chars().any(letters::is_symbol) {
        reasons.push(weight::SUBJECT_SYMBOLS.reason(String::new()));
    }
    if facts.message.replies_to.is_empty() && !facts.is_list && claims_reply(subject) {
        reasons.push(weight::SUBJECT_FALSE_REPLY.reason(String::new()));
    }
}

/// Whether the text repeats the address or, where it could be no ordinary word such as `office`, the part before the `@`.
fn repeats(text: &str, address: &str) -> bool {
    let text = text.to_lowercase();
    let local = address.split('@').next().unwrap_or_default();
    let is_own = local.len() >= LOCAL_PART_MIN && local.contains(|c: char| !c.is_alphabetic());
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-')));
    text.contains(address) || (is_own && words.any(|word| word.trim_matches('.') == local))
}
