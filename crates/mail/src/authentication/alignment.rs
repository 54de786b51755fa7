//! Alignment (RFC 7489 section 3.1): whether a domain that was authenticated is the one that the reader sees.

use super::{AuthResult, Authentication, SpfIdentity};
use crate::domain::{domain_of, normal_host, organizational_domain};

/// How far the authenticated domains of a message vouch for the domain in its From field, from not at all to fully.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alignment {
    /// Nothing passed, or nothing is known.
    Unauthenticated,
    /// Something passed, for another organization: a mailing service, a list, or somebody else's name in From.
    Unaligned,
    /// Something passed for a domain of the same organization.
    Relaxed,
    /// Something passed for the very domain.
    Strict,
}

impl Alignment {
    /// The best alignment that any passed method gives.
    ///
    /// SPF counts for MAIL FROM only, and DMARC for a receiver that reports nothing else; a pass that names no domain
    /// vouches for nobody.
    pub(super) fn of(found: &Authentication, header_from: &str) -> Self {
        let author = normal_host(domain_of(header_from.trim_matches(['<', '>'])));
        let spf = found.spf.iter().filter(|spf| spf.identity == SpfIdentity::MailFrom);
        let passed = spf
            .map(|spf| (spf.result, &spf.domain))
            .chain(found.dkim.iter().map(|dkim| (dkim.result, &dkim.domain)))
            .chain(found.dmarc.iter().map(|dmarc| (dmarc.result, &dmarc.header_from)))
            .filter(|(result, _)| *result == AuthResult::Pass);
        passed.map(|(_, domain)| Self::between(domain, &author)).max().unwrap_or(Self::Unauthenticated)
    }

    fn between(authenticated: &str, author: &str) -> Self {
        if authenticated.is_empty() || author.is_empty() {
            Self::Unaligned
        } else if authenticated == author {
            Self::Strict
        } else if organizational_domain(authenticated) == organizational_domain(author) {
            Self::Relaxed
        } else {
            Self::Unaligned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statements: &str, header_from: &str, expected: Alignment) {
        let field = format!("mx.example; {statements}");
        let found = Authentication::from_headers([field.as_str()].into_iter(), &["mx.example".to_owned()]);
        assert_eq!(found.aligned(header_from), expected);
    }

    #[test]
    fn what_failed_or_is_missing_vouches_for_nobody() {
        check("none", "a@daily.co.uk", Alignment::Unauthenticated);
        check(
            "dkim=fail header.d=daily.co.uk; spf=softfail smtp.mailfrom=daily.co.uk",
            "a@daily.co.uk",
            Alignment::Unauthenticated,
        );
    }

    #[test]
    fn a_pass_for_another_organization_is_unaligned() {
        check("dkim=pass header.d=mailer.co.uk", "a@daily.co.uk", Alignment::Unaligned);
        check("spf=pass", "a@daily.co.uk", Alignment::Unaligned);
        check("spf=pass smtp.mailfrom=a@daily.co.uk", "", Alignment::Unaligned);
    }

    #[test]
    fn the_public_suffix_divides_organizations() {
        check("dkim=pass header.d=mail.daily.co.uk", "a@news.daily.co.uk", Alignment::Relaxed);
        check("dkim=pass header.d=co.uk", "a@daily.co.uk", Alignment::Unaligned);
    }

    #[test]
    fn the_best_pass_counts_in_every_spelling() {
        check(
            "dkim=pass header.d=mailer.example; spf=pass smtp.mailfrom=b@DAILY.example",
            "<A@Daily.Example.>",
            Alignment::Strict,
        );
        check("dkim=pass header.d=xn--bro-hoa.example", "a@b\u{fc}ro.example", Alignment::Strict);
    }

    #[test]
    fn helo_does_not_align_but_a_bare_dmarc_does() {
        check("spf=pass smtp.helo=daily.example", "a@daily.example", Alignment::Unauthenticated);
        check("dmarc=pass header.from=daily.example", "a@daily.example", Alignment::Strict);
    }
}
