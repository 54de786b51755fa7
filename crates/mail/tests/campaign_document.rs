//! `docs/campaigns.md` promises every weight of campaigns with its reason: what it says is what the code does.

use mail::campaign::concentration::log_ratio;
use mail::campaign::weight::ALL;

const DOCUMENT: &str = include_str!("../../../docs/campaigns.md");
const SOURCE: &str = include_str!("../src/campaign/weight.rs");

#[track_caller]
fn check_row(beginning: &str) {
    let is_there = DOCUMENT.lines().any(|line| line.starts_with(beginning));
    assert!(is_there, "docs/campaigns.md has no row that begins `{beginning}`");
}

#[test]
fn every_weight_is_explained() {
    for weight in ALL {
        check_row(&format!("| `{}` | {:+.1} | {} |", weight.code, weight.weight, weight.why));
    }
}

/// Constants of the source as `(name, value)`, in the spelling of both.
fn constants() -> impl Iterator<Item = (&'static str, &'static str)> {
    let declarations = SOURCE.lines().filter_map(|line| line.trim().strip_prefix("pub const "));
    declarations.filter_map(|declaration| {
        let (name, rest) = declaration.split_once(": ")?;
        let (kind, value) = rest.strip_suffix(';')?.split_once(" = ")?;
        matches!(kind, "f32" | "u32" | "usize" | "std::ops::Range<usize>").then_some((name, value))
    })
}

#[test]
fn every_threshold_and_bond_is_explained() {
    assert!(constants().count() > 20, "the constants could not be read out of weight.rs");
    for (name, value) in constants() {
        check_row(&format!("| `{name}` | {value} |"));
    }
}

#[test]
fn nothing_is_explained_that_is_not_there() {
    let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let numbered = rows
        .filter(|(_, rest)| rest.starts_with(['+', '-']) || rest.starts_with(|c: char| c.is_ascii_digit()));
    for (name, _) in numbered {
        let is_known =
            ALL.iter().any(|weight| weight.code == name) || constants().any(|(known, _)| known == name);
        assert!(is_known, "docs/campaigns.md explains `{name}`, which does not exist");
    }
}

/// The cells of the line that begins with `title`, after the title.
fn cells(title: &str) -> Vec<&'static str> {
    let line = DOCUMENT.lines().find(|line| line.starts_with(title)).expect("the document has this line");
    line.trim_matches('|').split('|').skip(1).map(str::trim).collect()
}

#[test]
fn the_examples_of_concentration_are_computed() {
    let examples = cells("| in the group, of those written to |");
    let computed: Vec<String> = examples
        .iter()
        .map(|example| {
            let (inside, total) = example.split_once(" of ").expect("`k of n`");
            let (inside, total) = (inside.parse().expect("a number"), total.parse().expect("a number"));
            format!("{:+.1}", log_ratio(inside, total, 38.0 / 120.0))
        })
        .collect();
    assert!(!computed.is_empty());
    assert_eq!(cells("| weight | +"), computed);
}
