//! Which predicates wake a rule: at least one of them holds whenever the rule matches, and they are the cheapest such set.

use super::expression::Node;
use super::placement::{Placed, Placement};

/// What it takes to look at a rule that was woken, in nanoseconds, by estimate.
const WAKE_NANOS: f32 = 60.0;
/// What a predicate costs an event that has its field, if each value is checked, besides the check.
const EACH_NANOS: f32 = 5.0;

/// A set of predicates of which one holds whenever a condition does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Witnesses {
    pub(super) predicates: Vec<u32>,
    /// Expected nanoseconds for an event.
    nanos: f32,
}

/// The cheapest witnesses of `node`; none if it may hold while no predicate does.
pub(super) fn witnesses(node: &Node, placed: &[Placed]) -> Option<Witnesses> {
    match node {
        Node::Not(_) => None,
        Node::Is(predicate) => {
            let nanos = nanos(placed.get(usize::try_from(*predicate).ok()?)?)?;
            Some(Witnesses { predicates: vec![*predicate], nanos })
        }
        Node::All(parts) => parts
            .iter()
            .filter_map(|part| witnesses(part, placed))
            .min_by(|one, other| one.nanos.total_cmp(&other.nanos)),
        Node::Any(parts) => {
            let mut all = Witnesses { predicates: Vec::new(), nanos: 0.0 };
            for part in parts {
                let mut of_part = witnesses(part, placed)?;
                all.predicates.append(&mut of_part.predicates);
                all.nanos += of_part.nanos;
            }
            all.predicates.sort_unstable();
            all.predicates.dedup();
            Some(all)
        }
    }
}

fn nanos(placed: &Placed) -> Option<f32> {
    let found = placed.per_mille / 1000.0;
    match &placed.placement {
        Placement::Absence => None,
        Placement::Each => Some(EACH_NANOS + placed.check_nanos + found * WAKE_NANOS),
        Placement::Grams(_, super::gram_index::Anchor::Gate) => {
            Some(found * (WAKE_NANOS + placed.check_nanos))
        }
        _ => Some(found * WAKE_NANOS),
    }
}

/// Puts the parts of each node in the order in which they should be asked: cheap ones first.
pub(super) fn order(node: &mut Node, cost: &impl Fn(u32) -> f32) -> f32 {
    match node {
        Node::Is(predicate) | Node::Not(predicate) => cost(*predicate),
        Node::All(parts) | Node::Any(parts) => {
            let mut costed: Vec<(f32, Node)> =
                std::mem::take(parts).into_iter().map(|mut part| (order(&mut part, cost), part)).collect();
            costed.sort_by(|one, other| one.0.total_cmp(&other.0));
            let sum = costed.iter().map(|(cost, _)| cost).sum();
            parts.extend(costed.into_iter().map(|(_, part)| part));
            sum
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(per_mille: f32, placement: Placement) -> Placed {
        Placed { placement, per_mille, check_nanos: 10.0, needed: 0 }
    }

    #[test]
    fn the_cheapest_necessary_predicates_wake_a_rule() {
        let placed = [
            placed(100.0, Placement::Whole("a".into())),
            placed(1.0, Placement::Whole("b".into())),
            placed(2.0, Placement::Whole("c".into())),
            placed(1.0, Placement::Absence),
            placed(1.0, Placement::Each),
        ];
        let check = |node: Node, expected: Option<&[u32]>| {
            assert_eq!(
                witnesses(&node, &placed).map(|found| found.predicates).as_deref(),
                expected,
                "{node:?}"
            );
        };
        use Node::{All, Any, Is, Not};
        check(Is(0), Some(&[0]));
        check(Not(0), None);
        check(Is(3), None);
        check(All(vec![Is(0), Any(vec![Is(1), Is(2)])]), Some(&[1, 2]));
        check(All(vec![Not(1), Is(0)]), Some(&[0]));
        check(Any(vec![Is(1), Not(2)]), None);
        check(All(vec![Is(4), Is(0)]), Some(&[0]));
        check(All(vec![]), None);
        check(Any(vec![]), Some(&[]));
    }
}
