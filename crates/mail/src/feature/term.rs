//! Search terms: the hashes under which a feature record is indexed, so that a hunt reads only the records that may fit.

use super::Feature;
use crate::domain::{domain_of, organizational_domain};
use model::limit;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What a search term stands for; part of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// Author's whole address.
    Sender = 1,
    /// A domain or any parent of it down to the organization, of author or envelope.
    SenderDomain = 2,
    /// Host of a URL or any parent of it down to the organization.
    Host = 3,
    /// Hash of a whole URL.
    Url = 4,
    /// A literal piece of a URL's template.
    UrlPiece = 5,
    /// Digest of an attachment.
    Attachment = 6,
    /// A word of the subject.
    SubjectWord = 7,
    /// `Message-ID`.
    MessageId = 8,
    /// Digest of the whole message.
    Message = 9,
}

/// The hash under which a term is indexed.
pub fn term(kind: TermKind, value: &[u8]) -> u64 {
    xxh3_64_with_seed(value, kind as u64)
}

/// Every term under which the record is to be found.
pub fn terms(feature: &Feature) -> Vec<u64> {
    let mut all = vec![
        term(TermKind::Sender, feature.sender.as_bytes()),
        term(TermKind::MessageId, feature.message_id.as_bytes()),
        term(TermKind::Message, &feature.digest.0),
    ];
    for domain in [domain_of(&feature.sender), feature.mail_from_domain.as_str()] {
        all.extend(with_parents(domain).map(|domain| term(TermKind::SenderDomain, domain.as_bytes())));
    }
    for remote in &feature.remotes {
        all.push(term(TermKind::Url, &remote.hash.to_le_bytes()));
        all.extend(with_parents(remote.host()).map(|host| term(TermKind::Host, host.as_bytes())));
        all.extend(pieces(&remote.template).map(|piece| term(TermKind::UrlPiece, piece.as_bytes())));
    }
    all.extend(feature.attachments.iter().map(|digest| term(TermKind::Attachment, &digest.0)));
    all.extend(words(&feature.subject).map(|word| term(TermKind::SubjectWord, word.as_bytes())));
    all.sort_unstable();
    all.dedup();
    all.truncate(limit::RECORD_TERMS_MAX);
    all
}

/// A host and its parents down to the organizational domain.
pub fn with_parents(host: &str) -> impl Iterator<Item = &str> {
    let organization = organizational_domain(host).len();
    let parents = std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, parent)| parent));
    parents.take_while(move |parent| !parent.is_empty() && parent.len() >= organization)
}

/// Pieces of a URL template between separators that are long enough to find something by.
pub fn pieces(template: &str) -> impl Iterator<Item = &str> {
    let path = template.find(['/', '?']).and_then(|start| template.get(start..)).unwrap_or_default();
    path.split(['/', '?', '&', '=']).filter(|piece| piece.len() >= 4 && !piece.contains("{}")).take(6)
}

/// Words of a subject in lower case that are long enough to find something by.
pub fn words(subject: &str) -> impl Iterator<Item = String> {
    let words = subject.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4);
    words.map(str::to_lowercase).take(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_end_at_the_organization() {
        assert_eq!(
            with_parents("a.b.daily.example").collect::<Vec<_>>(),
            ["a.b.daily.example", "b.daily.example", "daily.example"]
        );
    }
}
