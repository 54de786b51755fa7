//! Whatever mail, people and files say: no page runs it, is styled by it, leads elsewhere by it, or is reordered by it.

use crate::sample::{self, Voice};
use lol_html::html_content::{Element, TextChunk};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
use proptest::prelude::*;
use std::cell::RefCell;

/// Attributes whose value a browser fetches, opens or posts to.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "poster",
    "data",
    "cite",
    "ping",
    "background",
    "xlink:href",
];
/// Elements that no page needs, and an attacker would.
const NEVER: &[&str] =
    &["style", "iframe", "object", "embed", "base", "foreignobject", "template", "use", "animate", "set"];

#[test]
fn invented_words_are_found_harmless() {
    check(None);
}

#[test]
fn known_attacks_are_harmless() {
    for attack in [
        "<script>alert(1)</script>",
        "\"><img src=https://other.example/x onerror=alert(1)>",
        "' onfocus='alert(1)' autofocus x='",
        "javascript:alert(1)",
        "//other.example/x",
        "</title></svg></textarea></pre><style>*{background:url(//other.example)}</style>",
        "<!--",
        "]]><svg onload=alert(1)>",
        "invoice\u{202e}fdp.exe\u{2066}\u{200b}",
        "\u{0}\u{1b}[31m\u{85}",
        "",
    ] {
        check(Some(attack));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_words_do_harm(words in "([<>\"'&/\\\\=:;a-z \u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}]|\\PC|\\pC){0,60}") {
        check(Some(&words));
    }
}

#[track_caller]
fn check(words: Option<&str>) {
    let voice = words.map_or_else(Voice::plain, Voice::of);
    let pages = sample::pages(&voice);
    assert!(pages.len() > 25);
    for page in pages {
        let faults = faults(&page.markup);
        assert!(faults.is_empty(), "{} with {words:?}: {faults:?}", page.name);
    }
}

/// What a browser would do with `markup` that no page may make it do.
fn faults(markup: &str) -> Vec<String> {
    let faults = RefCell::new(Vec::new());
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |element| {
            faults.borrow_mut().extend(faults_of(element));
            Ok(())
        }))
        .append_element_content_handler(text!("script", |chunk| {
            if !chunk.as_str().trim().is_empty() {
                faults.borrow_mut().push("inline script".to_owned());
            }
            Ok(())
        }))
        .append_element_content_handler(text!("*", |chunk| {
            faults.borrow_mut().extend(unseen_in(chunk));
            Ok(())
        }));
    rewrite_str(markup, settings).expect("pages are well-formed");
    faults.into_inner()
}

fn faults_of(element: &Element<'_, '_>) -> Vec<String> {
    let name = element.tag_name();
    let mut faults = Vec::new();
    if NEVER.contains(&name.as_str()) {
        faults.push(format!("<{name}>"));
    }
    for attribute in element.attributes() {
        let (key, value) = (attribute.name(), attribute.value());
        if key == "style" || key.starts_with("on") {
            faults.push(format!("<{name} {key}>"));
        }
        if ADDRESSES.contains(&key.as_str()) && !is_ours(&value) {
            faults.push(format!("<{name} {key}={value}>"));
        }
        if key != "value" && value.chars().any(is_reordering) {
            faults.push(format!("<{name} {key}> is reordered"));
        }
    }
    faults
}

/// A path on this server, a place on this page, or the address of an authenticator program.
fn is_ours(address: &str) -> bool {
    let is_path = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    is_path || address.starts_with('#') || address.starts_with("otpauth:")
}

fn unseen_in(chunk: &TextChunk<'_>) -> Option<String> {
    let found = chunk.as_str().chars().find(|char| is_reordering(*char))?;
    Some(format!("text with U+{:04X}", u32::from(found)))
}

fn is_reordering(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn the_scan_finds_what_it_is_for() {
    for (markup, expected) in [
        ("<p onclick=x>", "<p onclick>"),
        ("<p style=color:red>", "<p style>"),
        ("<img src=https://other.example/p.gif>", "<img src=https://other.example/p.gif>"),
        ("<a href=//other.example>", "<a href=//other.example>"),
        ("<script>alert(1)</script>", "inline script"),
        ("<style>p{}</style>", "<style>"),
        ("<p>\u{202e}x</p>", "text with U+202E"),
    ] {
        assert!(faults(markup).iter().any(|fault| fault == expected), "{markup}: {:?}", faults(markup));
    }
}
