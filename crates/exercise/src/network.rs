//! Domains and addresses: reserved ones only (RFC 2606, RFC 5737, RFC 3849), from one generator for everybody.
//!
//! Lawful and hostile parties draw from the same patterns, so that no rule can tell them apart by their ending.

use std::collections::BTreeSet;

use crate::names;
use crate::random::{Random, mix};

/// The endings in use and how many parties of 100 have each. `example.com` and its kin stand for shared hosting.
const ENDINGS: &[(&str, usize)] =
    &[("example", 58), ("test", 35), ("example.com", 3), ("example.net", 2), ("example.org", 2)];

/// The domains that are taken, so that two parties never share one by accident.
#[derive(Debug, Default)]
pub(crate) struct Domains {
    taken: BTreeSet<String>,
}

impl Domains {
    /// An organisation's name and its own domain.
    pub(crate) fn organisation(&mut self, random: &mut Random, suffixes: &[&str]) -> (String, String) {
        let name = names::organisation(random, suffixes);
        let domain = self.of_name(random, &name);
        (name, domain)
    }

    /// A free domain for the given name.
    pub(crate) fn of_name(&mut self, random: &mut Random, name: &str) -> String {
        loop {
            let domain = format!("{}.{}", label(random, name), ending(random));
            debug_assert!(is_reserved(&domain), "{domain} could be somebody's");
            if self.taken.insert(domain.clone()) {
                return domain;
            }
        }
    }
}

/// How organisations turn their name into a label; each pattern is used by all kinds of them.
fn label(random: &mut Random, name: &str) -> String {
    let words: Vec<String> = name.split(' ').map(names::ascii).collect();
    match random.below(10) {
        0..=3 => words.concat(),
        4 | 5 => words.join("-"),
        6 => format!("the{}", words.concat()),
        7 => format!("{}-online", words.join("-")),
        8 => format!("{}{}", words.concat(), random.word(&["news", "info", "today", "hub"])),
        _ => format!("{}{}", words.concat(), random.between(2, 99)),
    }
}

fn ending(random: &mut Random) -> &'static str {
    let mut drawn = random.below(100);
    for (ending, share) in ENDINGS {
        if drawn < *share {
            return ending;
        }
        drawn -= share;
    }
    "example"
}

/// The address that a host name stands for in the exercise; one in eight hosts speaks IPv6.
pub(crate) fn address(host: &str) -> String {
    let hashed = host.bytes().fold(0x6c61_6e74, |hash, byte| mix(hash ^ u64::from(byte)));
    let last = 1 + (hashed >> 8) % 254;
    match hashed % 8 {
        0 => format!("2001:db8:{:x}::{:x}", (hashed >> 16) & 0xffff, last),
        1..=3 => format!("198.51.100.{last}"),
        4..=6 => format!("203.0.113.{last}"),
        _ => format!("192.0.2.{last}"),
    }
}

/// The address as RFC 5321 section 4.1.3 writes it inside brackets.
pub(crate) fn literal(host: &str) -> String {
    let address = address(host);
    if address.contains(':') { format!("IPv6:{address}") } else { address }
}

/// True for a domain that RFC 2606 reserves, which is every domain of the exercise.
fn is_reserved(domain: &str) -> bool {
    let labels: Vec<&str> = domain.rsplit('.').collect();
    matches!(labels.as_slice(), ["example" | "test", _, ..] | ["com" | "net" | "org", "example", ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_reserved_and_unique() {
        let mut domains = Domains::default();
        let mut random = Random::new(2);
        let drawn: BTreeSet<String> =
            (0..500).map(|_| domains.organisation(&mut random, names::BUSINESSES).1).collect();
        assert_eq!(drawn.len(), 500);
        assert!(drawn.iter().all(|domain| is_reserved(domain)));
    }

    #[test]
    fn reserved_domains() {
        for (domain, expected) in [
            ("a.example", true),
            ("b.test", true),
            ("x.example.com", true),
            ("example.org", true),
            ("example", false),
            ("x.com", false),
            ("example.uk", false),
            ("notexample.com", false),
        ] {
            assert_eq!(is_reserved(domain), expected, "{domain}");
        }
    }

    #[test]
    fn addresses_are_stable() {
        assert_eq!(address("mx.a.example"), address("mx.a.example"));
        let blocks = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
        for number in 0..200 {
            let address = address(&format!("h{number}.example"));
            assert!(blocks.iter().any(|block| address.starts_with(block)), "{address}");
        }
    }
}
