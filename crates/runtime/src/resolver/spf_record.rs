//! The grammar of SPF records (RFC 7208 section 12), because `mail-auth` reads wrong records as far as it can.
//!
//! A syntax error anywhere in a record makes the whole a `permerror` (section 4.6), however early a mechanism matches.

/// What there is to say about a domain's TXT records before their evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// None of them is an SPF record.
    Nothing,
    /// Exactly one is, and it keeps the grammar.
    Sound,
    /// The one breaks the grammar, or there are several (section 4.5), which is a `permerror`.
    Unsound,
}

/// Judges the TXT records of one domain, each with its strings joined.
pub(crate) fn published<'a>(records: impl Iterator<Item = &'a [u8]>) -> Published {
    let mut records = records.filter_map(terms);
    match (records.next(), records.next()) {
        (None, _) => Published::Nothing,
        (Some(terms), None) if are_sound(terms) => Published::Sound,
        _ => Published::Unsound,
    }
}

/// What follows `v=spf1` in a record of that version (section 4.5).
fn terms(record: &[u8]) -> Option<&[u8]> {
    let (version, terms) = record.split_at_checked(b"v=spf1".len())?;
    let is_spf = version.eq_ignore_ascii_case(b"v=spf1") && matches!(terms, [] | [b' ', ..]);
    is_spf.then_some(terms)
}

/// Terms are visible ASCII between single or several spaces; `redirect` and `exp` stand once at most (section 6).
fn are_sound(terms: &[u8]) -> bool {
    let is_ascii = terms.iter().all(|byte| matches!(byte, b' '..=b'~'));
    let Some(terms) = std::str::from_utf8(terms).ok().filter(|_| is_ascii) else { return false };
    let count = |name: &str| terms.split(' ').filter(|term| is_named(term, name)).count();
    terms.split(' ').filter(|term| !term.is_empty()).all(is_term)
        && count("redirect") <= 1
        && count("exp") <= 1
}

fn is_named(term: &str, name: &str) -> bool {
    term.split_once('=').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
}

/// A term whose first separator is `=` is a modifier, any other a directive.
fn is_term(term: &str) -> bool {
    let separator = term.find([':', '/', '=']);
    match separator.and_then(|at| term.split_at_checked(at)) {
        Some((name, value)) if value.starts_with('=') => is_modifier(name, value.trim_start_matches('=')),
        Some((name, argument)) => is_directive(name, argument),
        None => is_directive(term, ""),
    }
}

fn is_modifier(name: &str, value: &str) -> bool {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|inner| inner.is_ascii_alphanumeric() || matches!(inner, '-' | '_' | '.'));
    let takes_domain = name.eq_ignore_ascii_case("redirect") || name.eq_ignore_ascii_case("exp");
    is_name && if takes_domain { is_domain_spec(value) } else { macro_string(value).is_some() }
}

/// `argument` begins with its `:` or `/`, or is empty.
fn is_directive(name: &str, argument: &str) -> bool {
    let name = name.strip_prefix(['+', '-', '?', '~']).unwrap_or(name);
    let domain = argument.strip_prefix(':');
    match name.to_ascii_lowercase().as_str() {
        "all" => argument.is_empty(),
        "include" | "exists" => domain.is_some_and(is_domain_spec),
        "ptr" => argument.is_empty() || domain.is_some_and(is_domain_spec),
        "a" | "mx" => is_host_with_lengths(argument),
        "ip4" => domain.is_some_and(|network| is_network::<std::net::Ipv4Addr>(network, 32)),
        "ip6" => domain.is_some_and(|network| is_network::<std::net::Ipv6Addr>(network, 128)),
        _ => false,
    }
}

/// `[":" domain-spec] ["/" ip4-length] ["//" ip6-length]`; read from its end, as a domain-spec may hold `/` too.
fn is_host_with_lengths(argument: &str) -> bool {
    let Some(rest) = without_length(argument, "//", 128).and_then(|rest| without_length(rest, "/", 32))
    else {
        return false;
    };
    rest.is_empty() || rest.strip_prefix(':').is_some_and(is_domain_spec)
}

/// Takes a prefix length off the end if one stands behind `mark`; `None` if it is longer than `max` or not canonical.
fn without_length<'a>(text: &'a str, mark: &str, max: u8) -> Option<&'a str> {
    let digits = text.trim_end_matches(|last: char| last.is_ascii_digit());
    match digits.strip_suffix(mark) {
        Some(rest) if digits.len() < text.len() => {
            text.get(digits.len()..).filter(|length| is_length(length, max)).map(|_| rest)
        }
        _ => Some(text),
    }
}

fn is_length(digits: &str, max: u8) -> bool {
    let is_canonical = digits == "0" || !digits.starts_with('0');
    is_canonical && digits.parse::<u8>().is_ok_and(|length| length <= max)
}

fn is_network<A: std::str::FromStr>(network: &str, length_max: u8) -> bool {
    let (address, length) = network.split_once('/').unwrap_or((network, "0"));
    address.parse::<A>().is_ok() && is_length(length, length_max)
}

/// A macro-string that ends in a macro or in `.` and a label that can be a top-level domain.
fn is_domain_spec(text: &str) -> bool {
    let Some(ends_in_macro) = macro_string(text) else { return false };
    let name = text.strip_suffix('.').unwrap_or(text);
    ends_in_macro || name.rsplit_once('.').is_some_and(|(_, label)| is_top_label(label))
}

fn is_top_label(label: &str) -> bool {
    label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && label.bytes().any(|byte| !byte.is_ascii_digit())
        && !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether a macro-string (section 7.1) ends in a macro; `None` if it is none.
fn macro_string(text: &str) -> Option<bool> {
    let mut ends_in_macro = false;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        rest = match after.strip_prefix('{') {
            Some(inside) => {
                let (expansion, after) = inside.split_once('}')?;
                is_expansion(expansion).then_some(after)?
            }
            None => after.strip_prefix(['%', '_', '-'])?,
        };
        ends_in_macro = rest.is_empty();
    }
    Some(ends_in_macro)
}

/// `letter digits ["r"] delimiters`, as in `%{d2r.-}`.
fn is_expansion(expansion: &str) -> bool {
    let Some(rest) = expansion.strip_prefix(|letter: char| "slodiphcrtvSLODIPHCRTV".contains(letter)) else {
        return false;
    };
    let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let rest = rest.strip_prefix(['r', 'R']).unwrap_or(rest);
    rest.chars().all(|delimiter| ".-+,/_=".contains(delimiter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(records: &[&str], expected: Published) {
        assert_eq!(published(records.iter().map(|record| record.as_bytes())), expected);
    }

    #[test]
    fn a_sound_record_may_be_strange() {
        check(&["v=spf1"], Published::Sound);
        check(&["V=SPF1  a  -all "], Published::Sound);
        check(
            &["v=spf1 +A/8//64 mx:mail.example.com./0 ~ip4:192.0.2.0/24 ?ip6:2001:db8::/32 ptr"],
            Published::Sound,
        );
        check(&["v=spf1 a:foo:bar/baz.example.com moo.cow-far_out=man:dog/cat -all"], Published::Sound);
        check(
            &["v=spf1 exists:%{ir}.%{v}._spf.%{d2r.-} include:a%%b%_.%{S} redirect=_spf.example.com"],
            Published::Sound,
        );
    }

    #[test]
    fn other_records_do_not_count() {
        check(&[], Published::Nothing);
        check(&["v=spf10 +all", "v=spf", "hello", "\u{fc}"], Published::Nothing);
        check(&["hello", "v=spf1 -all"], Published::Sound);
    }

    #[test]
    fn one_wrong_term_or_a_second_record_is_an_error() {
        check(&["v=spf1 -all", "v=spf1 +all"], Published::Unsound);
        for term in [
            "a:foo-bar",
            "a:foo.example.com:8080",
            "a:192.0.2.1",
            "a:museum",
            "a:museum.",
            "a:",
            "a/33",
            "a//129",
            "a/032",
            "mx/x",
            "ip4:192.0.2.1/33",
            "ip4:192.0.2",
            "ip4",
            "ip6:192.0.2.1",
            "ip6:::1/129",
            "include",
            "include:",
            "exists:%",
            "ptr:x",
            "all:x",
            "all.",
            "allx",
            "=x",
            "9=x",
            "x=%{y}",
            "exp=-all",
            "redirect=:",
            "exists:%{d",
            "exists:%{z}.example.com",
            "a\tb",
            "\u{fc}=x",
            "redirect=a.example redirect=b.example",
            "exp=a.example EXP=b.example",
        ] {
            check(&[&format!("v=spf1 +all {term}")], Published::Unsound);
        }
    }
}
