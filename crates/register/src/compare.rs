//! Two sorted registers side by side: who was altered, who is missing, who is new.

use crate::{
    canonical::{self, Key},
    sort::Item,
};
use std::{cmp::Ordering, collections::BTreeMap};

/// What became of an elector from the first register to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In both, with other content.
    Changed,
    /// Only in the first.
    Removed,
    /// Only in the second.
    Added,
}

impl Change {
    /// The word for it in output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

/// One elector who is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Who.
    pub key: Key,
    /// What became of them.
    pub change: Change,
    /// What the first register carries for them; empty if they are not in it.
    pub before: Vec<u8>,
    /// What the second carries.
    pub after: Vec<u8>,
}

impl Difference {
    /// The fields whose values differ, where both sides carry canonical rows.
    pub fn fields(&self) -> Vec<String> {
        let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (canonical::fields(&self.before).collect(), canonical::fields(&self.after).collect());
        let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
        let differ = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
        differ.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }
}

/// How many electors are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The same in both.
    pub same: u64,
    /// In both, with other content.
    pub changed: u64,
    /// Only in the first.
    pub removed: u64,
    /// Only in the second.
    pub added: u64,
}

impl Comparison {
    /// Whether nobody differs.
    pub const fn is_same(&self) -> bool {
        self.changed == 0 && self.removed == 0 && self.added == 0
    }

    const fn count(&mut self, change: Change) {
        let counter = match change {
            Change::Changed => &mut self.changed,
            Change::Removed => &mut self.removed,
            Change::Added => &mut self.added,
        };
        *counter += 1;
    }
}

/// Compares two registers that are sorted by key and have each key once, and tells each difference as it is found.
///
/// # Errors
/// When one of them cannot be read to its end: what was told until then is then worth nothing.
pub fn compare<E>(
    before: impl Iterator<Item = Result<Item, E>>,
    after: impl Iterator<Item = Result<Item, E>>,
    mut tell: impl FnMut(Difference),
) -> Result<Comparison, E> {
    let mut comparison = Comparison::default();
    let (mut before, mut after) = (before.fuse(), after.fuse());
    let (mut left, mut right) = (before.next().transpose()?, after.next().transpose()?);
    loop {
        let order = match (&left, &right) {
            (None, None) => return Ok(comparison),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.key.cmp(&right.key),
        };
        let first =
            if order.is_le() { std::mem::replace(&mut left, before.next().transpose()?) } else { None };
        let second =
            if order.is_ge() { std::mem::replace(&mut right, after.next().transpose()?) } else { None };
        match difference(first, second) {
            Some(difference) => {
                comparison.count(difference.change);
                tell(difference);
            }
            None => comparison.same += 1,
        }
    }
}

/// What one elector's rows say, if they are not alike.
fn difference(before: Option<Item>, after: Option<Item>) -> Option<Difference> {
    let (key, change, before, after) = match (before, after) {
        (Some(before), Some(after)) if before.body == after.body => return None,
        (Some(before), Some(after)) => (before.key, Change::Changed, before.body, after.body),
        (Some(before), None) => (before.key, Change::Removed, before.body, Vec::new()),
        (None, Some(after)) => (after.key, Change::Added, Vec::new(), after.body),
        (None, None) => return None,
    };
    Some(Difference { key: Key::from_bytes(key), change, before, after })
}

/// Leaves each key once: of several rows with one key the first in order stays, and the others are handed to `repeated`.
pub fn distinct<E>(
    sorted: impl Iterator<Item = Result<Item, E>>,
    mut repeated: impl FnMut(&Item),
) -> impl Iterator<Item = Result<Item, E>> {
    let mut last: Option<Vec<u8>> = None;
    sorted.filter(move |item| {
        let Ok(item) = item else { return true };
        let is_new = last.as_deref() != Some(item.key.as_slice());
        if is_new {
            last = Some(item.key.clone());
        } else {
            repeated(item);
        }
        is_new
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Row;
    use proptest::prelude::*;
    use std::convert::Infallible;

    type Register = BTreeMap<u8, u8>;

    fn items(register: &Register) -> impl Iterator<Item = Result<Item, Infallible>> {
        let item = |(key, value): (&u8, &u8)| Ok(Item { key: vec![*key], body: vec![*value], line: 0 });
        register.iter().map(item).collect::<Vec<_>>().into_iter()
    }

    proptest! {
        #[test]
        fn the_differences_turn_the_first_register_into_the_second(
            before: Register,
            after: Register,
        ) {
            let mut turned = before.clone();
            let comparison = compare(items(&before), items(&after), |difference| {
                let key = difference.key.as_bytes()[0];
                match difference.change {
                    Change::Removed => turned.remove(&key),
                    Change::Changed | Change::Added => turned.insert(key, difference.after[0]),
                };
            })
            .unwrap();
            prop_assert_eq!(comparison.same + comparison.changed + comparison.removed, before.len() as u64);
            prop_assert_eq!(comparison.is_same(), before == after);
            prop_assert_eq!(turned, after);
        }
    }

    #[test]
    fn the_fields_that_differ_are_named() {
        let row = |fields: &[(&'static str, &'static str)]| {
            Row::new(Key::of(["1"]), 1, fields.iter().copied()).as_bytes().to_vec()
        };
        let difference = Difference {
            key: Key::of(["1"]),
            change: Change::Changed,
            before: row(&[("forename", "Ann"), ("postcode", "AB1"), ("surname", "Hill")]),
            after: row(&[("forename", "Ann"), ("name", "x"), ("surname", "Mill")]),
        };
        assert_eq!(difference.fields(), ["name", "postcode", "surname"]);
    }

    #[test]
    fn of_repeated_keys_the_first_stays_and_the_others_are_told() {
        let item = |key: u8, line| Ok::<_, Infallible>(Item { key: vec![key], body: vec![], line });
        let mut repeated = Vec::new();
        let kept: Vec<u64> =
            distinct([item(1, 1), item(1, 2), item(2, 3)].into_iter(), |item| repeated.push(item.line))
                .map(|item| item.unwrap().line)
                .collect();
        assert_eq!((kept, repeated), (vec![1, 3], vec![2]));
    }
}
