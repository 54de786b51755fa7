//! That nothing real is named, and that nothing but what a mail does tells hostile mail from lawful mail.

use std::collections::BTreeSet;

use exercise::Plan;

use crate::reader::{Mail, hostile_ids, lantern, small, written};

/// The last labels of all words of a text that could be host names.
fn last_labels(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-".contains(letter)));
    words.filter_map(|word| word.trim_matches('.').rsplit_once('.')).map(|(_, last)| last).collect()
}

#[test]
fn every_domain_in_headers_and_links_is_reserved() {
    let (memory, _) = written(&small(3, "lantern"));
    let reserved = [".example", ".test", ".example.com", ".example.net", ".example.org"];
    let log = memory.text("proxy.log");
    let urls = log.split_whitespace().filter(|word| word.contains("://"));
    let mut domains: BTreeSet<String> = urls.map(|url| url.split('/').nth(2).unwrap().to_owned()).collect();
    for mail in memory.mails() {
        let text = mail.raw.replace("=\n", "");
        let links = text.split("://").skip(1).map(|rest| {
            rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-".contains(letter)))
                .next()
                .unwrap()
        });
        domains.extend(links.map(str::to_owned));
        let head = text.split("\n\n").next().unwrap();
        let addresses = head.split('@').skip(1).map(|rest| {
            rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-".contains(letter)))
                .next()
                .unwrap()
        });
        domains.extend(addresses.map(str::to_owned));
    }
    assert!(domains.len() > 50);
    let real: Vec<&String> =
        domains.iter().filter(|domain| !reserved.iter().any(|ending| domain.ends_with(ending))).collect();
    assert!(real.is_empty(), "{real:?}");
}

#[test]
fn every_network_address_is_reserved() {
    let (memory, _) = written(&small(4, "lantern"));
    for mail in memory.mails() {
        for word in mail.raw.split("\n\n").next().unwrap().split(['[', ']']).skip(1).step_by(2) {
            let address = word.trim_start_matches("IPv6:");
            let blocks = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
            let is_bracketed_subject = word.starts_with('#');
            assert!(is_bracketed_subject || blocks.iter().any(|block| address.starts_with(block)), "{word}");
        }
    }
}

/// What a rule could cheat with: the features of hostile mail that no lawful mail shows.
fn only_hostile(
    mails: &[Mail],
    hostile_ids: &BTreeSet<String>,
    feature: impl Fn(&Mail) -> Vec<String>,
) -> BTreeSet<String> {
    let (mut hostile, mut lawful) = (BTreeSet::new(), BTreeSet::new());
    for mail in mails {
        let side = if hostile_ids.contains(&mail.message_id) { &mut hostile } else { &mut lawful };
        side.extend(feature(mail));
    }
    assert!(!hostile.is_empty());
    hostile.difference(&lawful).cloned().collect()
}

#[test]
fn nothing_superficial_tells_hostile_mail() {
    let endings = |mail: &Mail| {
        let unfolded = mail.raw.replace("=\n", "");
        let known = ["example", "test", "com", "net", "org"];
        last_labels(&unfolded).into_iter().filter(|end| known.contains(end)).map(str::to_owned).collect()
    };
    let header_set = |mail: &Mail| vec![mail.fields.join(" ")];
    let results = |mail: &Mail| {
        let lines =
            mail.raw.lines().take_while(|line| !line.is_empty()).skip_while(|l| !l.starts_with("Auth"));
        let results = lines.skip(1).take(3).filter_map(|line| line.split_whitespace().next());
        vec![results.collect::<Vec<_>>().join(" ")]
    };
    let blocks = |mail: &Mail| {
        let literals = mail.raw.split("([").skip(1).chain(mail.raw.split(" [").skip(1));
        literals.map(|rest| rest.chars().take(8).collect()).collect()
    };
    let other = written(&Plan::lantern(2));
    for (seed, (memory, _)) in [(1, lantern()), (2, &other)] {
        let (mails, hostile, nothing) = (memory.mails(), hostile_ids(memory), BTreeSet::new());
        assert_eq!(only_hostile(&mails, &hostile, endings), nothing, "endings, seed {seed}");
        assert_eq!(only_hostile(&mails, &hostile, header_set), nothing, "header sets, seed {seed}");
        assert_eq!(only_hostile(&mails, &hostile, results), nothing, "authentication, seed {seed}");
        assert_eq!(only_hostile(&mails, &hostile, blocks), nothing, "address blocks, seed {seed}");
    }
}
