//! The chain that a message brings, and how one more set continues it.

use mail::authentication::AuthResult;
use milter::Field;
use std::collections::BTreeMap;

pub(super) const RESULTS: &str = "ARC-Authentication-Results";
pub(super) const SIGNATURE: &str = "ARC-Message-Signature";
pub(super) const SEAL: &str = "ARC-Seal";
/// The fields of a set, in the order in which they are sealed (RFC 8617, section 5.1.1).
const KINDS: [&str; 3] = [RESULTS, SIGNATURE, SEAL];
/// Sets in one chain (RFC 8617, section 4.2.1).
const SETS_MAX: u32 = 50;

/// What is said of the chain as it arrived (RFC 8617, section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::milter) enum Validity {
    None,
    Pass,
    Fail,
}

impl Validity {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// How one more set continues a chain.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::milter) struct Link<'a> {
    pub(super) instance: u32,
    pub(super) validity: Validity,
    /// Fields of earlier sets, in the order in which they are sealed; none where the chain had failed.
    pub(super) earlier: Vec<&'a Field>,
}

/// How a set of ours continues the chain of a message as it came. `received` is what is known of that chain.
///
/// `None` where nothing may be added: the chain is as long as it may be, its last seal says that it had failed before
/// (RFC 8617, section 5.1, step 2), or nobody knows whether it holds, and we vouch for nothing that we do not know.
pub(in crate::milter) fn link(fields: &[Field], received: Option<AuthResult>) -> Option<Link<'_>> {
    let chain = Chain::read(fields);
    let instance = chain.highest() + 1;
    if instance > SETS_MAX || chain.had_failed() {
        return None;
    }
    if chain.is_empty() {
        return Some(Link { instance, validity: Validity::None, earlier: Vec::new() });
    }
    match (chain.whole(), received) {
        (Some(earlier), Some(AuthResult::Pass)) => Some(Link { instance, validity: Validity::Pass, earlier }),
        (None, _) | (_, Some(AuthResult::Fail)) => {
            Some(Link { instance, validity: Validity::Fail, earlier: Vec::new() })
        }
        _ => None,
    }
}

/// Fields of sets by instance, each in the place of its kind.
struct Chain<'a> {
    sets: BTreeMap<u32, [Option<&'a Field>; KINDS.len()]>,
    /// Whether a field has no number, or there are two of one kind and number.
    is_broken: bool,
}

impl<'a> Chain<'a> {
    fn read(fields: &'a [Field]) -> Self {
        let mut chain = Self { sets: BTreeMap::new(), is_broken: false };
        for field in fields {
            let Some(kind) = KINDS.iter().position(|kind| field.is(kind)) else { continue };
            let instance = tag(field, b"i").and_then(|number| str::from_utf8(number).ok()?.parse().ok());
            let Some(instance) = instance.filter(|instance| (1..=SETS_MAX).contains(instance)) else {
                chain.is_broken = true;
                continue;
            };
            match chain.sets.entry(instance).or_default().get_mut(kind) {
                Some(place @ None) => *place = Some(field),
                _ => chain.is_broken = true,
            }
        }
        chain
    }

    fn is_empty(&self) -> bool {
        self.sets.is_empty() && !self.is_broken
    }

    fn highest(&self) -> u32 {
        self.sets.keys().next_back().copied().unwrap_or_default()
    }

    fn had_failed(&self) -> bool {
        let last = self.sets.values().next_back();
        last.is_some_and(|[.., seal]| seal.and_then(|seal| tag(seal, b"cv")).is_some_and(|cv| cv == b"fail"))
    }

    /// All fields in the order in which they are sealed, if every set up to the highest is there with all of its fields.
    fn whole(&self) -> Option<Vec<&'a Field>> {
        let is_counted = self.sets.keys().copied().eq(1..=self.highest());
        if self.is_broken || !is_counted {
            return None;
        }
        self.sets.values().flatten().copied().collect()
    }
}

/// The value of a tag (RFC 6376, section 3.2).
fn tag<'a>(field: &'a Field, name: &[u8]) -> Option<&'a [u8]> {
    field.value.split(|&byte| byte == b';').find_map(|tag| {
        let equals = tag.iter().position(|&byte| byte == b'=')?;
        let (found, value) = tag.split_at_checked(equals)?;
        (found.trim_ascii() == name).then(|| value.get(1..).unwrap_or_default().trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(instance: u32, cv: &str) -> Vec<Field> {
        vec![
            Field::new(SEAL, &format!("i={instance}; a=rsa-sha256; cv={cv}; b=x")),
            Field::new(SIGNATURE, &format!("a=rsa-sha256; i = {instance}; b=x")),
            Field::new(RESULTS, &format!("i={instance}; mx.b.example; arc=none")),
        ]
    }

    /// Instance, validity, and how many fields are sealed with it.
    #[track_caller]
    fn check(fields: &[Field], received: Option<AuthResult>, expected: Option<(u32, Validity, usize)>) {
        let found = link(fields, received);
        assert_eq!(found.map(|link| (link.instance, link.validity, link.earlier.len())), expected);
    }

    #[test]
    fn a_message_without_a_chain_begins_one() {
        check(&[Field::new("From", "a@b.example")], None, Some((1, Validity::None, 0)));
    }

    #[test]
    fn a_chain_goes_on_only_where_it_is_known_to_hold() {
        let chain = [set(2, "pass"), set(1, "none")].concat();
        check(&chain, Some(AuthResult::Pass), Some((3, Validity::Pass, 6)));
        check(&chain, Some(AuthResult::Fail), Some((3, Validity::Fail, 0)));
        check(&chain, Some(AuthResult::Temperror), None);
        check(&chain, Some(AuthResult::None), None);
        check(&chain, None, None);
        let link = link(&chain, Some(AuthResult::Pass)).expect("it holds");
        let names: Vec<_> = link.earlier.iter().map(|field| tag(field, b"i").expect("a number")).collect();
        assert_eq!(names, [b"1", b"1", b"1", b"2", b"2", b"2"]);
    }

    #[test]
    fn a_chain_that_had_failed_stays_as_it_is() {
        check(&[set(2, "fail"), set(1, "none")].concat(), Some(AuthResult::Fail), None);
    }

    #[test]
    fn remains_of_a_chain_are_a_failure_whatever_others_say() {
        for missing in 0..3 {
            let mut remains = set(1, "none");
            remains.remove(missing);
            check(&remains, Some(AuthResult::Pass), Some((2, Validity::Fail, 0)));
        }
        check(&set(2, "pass"), Some(AuthResult::Pass), Some((3, Validity::Fail, 0)));
        check(&[set(1, "none"), set(1, "none")].concat(), None, Some((2, Validity::Fail, 0)));
        check(&[Field::new(SEAL, "cv=none")], None, Some((1, Validity::Fail, 0)));
    }

    #[test]
    fn a_chain_ends_at_fifty_sets() {
        let chain = |sets: u32| {
            (1..=sets).flat_map(|at| set(at, if at == 1 { "none" } else { "pass" })).collect::<Vec<_>>()
        };
        check(&chain(49), Some(AuthResult::Pass), Some((50, Validity::Pass, 147)));
        check(&chain(50), Some(AuthResult::Pass), None);
        check(
            &[set(51, "pass"), set(1, "none")].concat(),
            Some(AuthResult::Fail),
            Some((2, Validity::Fail, 0)),
        );
    }
}
