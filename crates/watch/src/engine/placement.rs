//! Where a predicate is looked for, and what that costs.

use super::check::{Check, Checked, sought_text};
use super::commonness::Commonness;
use super::glob::Glob;
use super::gram_index::{self, Anchor};
use super::letters::{self, letters};
use super::literal_table::last_component;
use super::required;
use crate::sigma::condition::{Network, Number};

/// How a value leads to a predicate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Placement {
    /// Its hash, and it holds.
    Whole(Box<str>),
    /// The hash of its last component, and then it is compared.
    Component(Box<str>),
    /// Its number, and it holds.
    Number(i64),
    /// It is an address, and it holds.
    Network(Network),
    /// One of these texts is in it.
    Grams(Vec<Box<str>>, Anchor),
    /// It is not all ASCII, and then it is checked.
    Foreign,
    /// Each value is checked.
    Each,
    /// None: it may hold without a value.
    Absence,
}

/// A placement with its costs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) placement: Placement,
    /// In how many of a thousand events it is found, by estimate.
    pub(super) per_mille: f32,
    /// What it takes to check it on one value, in nanoseconds, by estimate.
    pub(super) check_nanos: f32,
    /// Letters that an ASCII value has if it passes.
    pub(super) needed: u64,
}

/// Below this every whole number is a float of its own.
pub(super) const WHOLE_FLOAT_MAX: u64 = 1 << 53;

/// Where `checked` is to be looked for. `uses` is how many rules have it: what many rules name is what many events have.
pub(super) fn place(checked: &Checked, uses: u32, commonness: &Commonness) -> Placed {
    let (placement, per_mille) = match &checked.check {
        Check::Null | Check::Exists(false) => (Placement::Absence, 1000.0),
        Check::Text(glob) => of_text(checked, glob, uses, commonness),
        Check::Cased(glob) => of_gate(&checked.check, glob, commonness),
        Check::Regex(lazy) => match required::required(&lazy.regex, commonness) {
            Some(found) => (
                Placement::Grams(found.texts.into_iter().map(Into::into).collect(), Anchor::Gate),
                found.per_mille,
            ),
            None => (Placement::Each, 100.0),
        },
        Check::Number(Number::Integer(number)) if checked.field.is_some() && is_exact(*number) => {
            (Placement::Number(*number), 50.0)
        }
        Check::Cidr(network) if checked.field.is_some() => (Placement::Network(*network), 100.0),
        Check::Exists(true) => (Placement::Each, 900.0),
        _ => (Placement::Each, 300.0),
    };
    let needed = match placement {
        Placement::Each => needed(&checked.check),
        _ => 0,
    };
    Placed { placement, per_mille, check_nanos: check_nanos(&checked.check), needed }
}

fn of_text(checked: &Checked, glob: &Glob, uses: u32, commonness: &Commonness) -> (Placement, f32) {
    if glob.texts().iter().any(|text| !text.is_ascii()) {
        return (Placement::Foreign, FOREIGN_PER_MILLE);
    }
    let (anchor, text) = match glob {
        Glob::Equals(text) => return (Placement::Whole(text.clone()), by_uses(uses)),
        Glob::Ends(text) if last_component(text).is_some_and(|component| component.len() > 1) => {
            return (Placement::Component(text.clone()), by_uses(uses));
        }
        Glob::Starts(text) => (Anchor::Start, text),
        Glob::Ends(text) => (Anchor::End, text),
        Glob::Contains(needle) => (Anchor::Anywhere, &needle.text),
        Glob::Mixed(_) => return of_gate(&checked.check, glob, commonness),
    };
    match gram_index::per_mille(text, commonness) {
        Some(per_mille) => (Placement::Grams(vec![text.clone()], anchor), per_mille),
        None => (Placement::Each, 300.0),
    }
}

/// In how many of a thousand events a given letter beyond ASCII is found, by estimate.
const FOREIGN_PER_MILLE: f32 = 2.0;

/// By the most seldom of the texts that a value must contain.
fn of_gate(check: &Check, glob: &Glob, commonness: &Commonness) -> (Placement, f32) {
    if glob.texts().iter().any(|text| !text.is_ascii()) {
        return (Placement::Foreign, FOREIGN_PER_MILLE);
    }
    let texts = glob.texts().into_iter().map(|text| sought_text(check, text));
    let rarest = texts
        .filter_map(|text| gram_index::per_mille(&text, commonness).map(|per_mille| (text, per_mille)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    match rarest {
        Some((text, per_mille)) => (Placement::Grams(vec![text], Anchor::Gate), per_mille),
        None => (Placement::Each, 300.0),
    }
}

/// Is a float that equals this number the number itself? Beyond 2^53 one float stands for several numbers.
fn is_exact(number: i64) -> bool {
    number.unsigned_abs() < WHOLE_FLOAT_MAX
}

fn needed(check: &Check) -> u64 {
    match check {
        Check::Text(glob) | Check::Cased(glob) => {
            glob.texts().into_iter().fold(0, |all, text| all | letters(&sought_text(check, text)))
        }
        Check::Regex(lazy) => required::parsed(&lazy.regex).map_or(0, |hir| letters::needed(&hir)),
        _ => 0,
    }
}

fn by_uses(uses: u32) -> f32 {
    f32::from(u16::try_from(uses).unwrap_or(u16::MAX)).mul_add(0.5, 1.0).min(500.0)
}

fn check_nanos(check: &Check) -> f32 {
    match check {
        Check::Null | Check::Exists(_) => 3.0,
        Check::Text(Glob::Contains(_)) => 20.0,
        Check::Text(Glob::Mixed(_)) | Check::Cased(_) | Check::Cidr(_) => 50.0,
        Check::Text(_) => 4.0,
        Check::Number(_) | Check::Compare(..) => 10.0,
        Check::Regex(_) => 300.0,
        Check::Relation(..) => 30.0,
        Check::TimePart(..) => 200.0,
    }
}
