//! When a rule matches, as a row of words: short circuits without following pointers.

use super::literal_table::{narrow, wide};

/// A condition with its negations at the leaves, whose predicates are numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// All hold; true if there is none.
    All(Vec<Node>),
    /// One holds; false if there is none.
    Any(Vec<Node>),
    /// The predicate holds.
    Is(u32),
    /// It does not.
    Not(u32),
}

/// A word of a row: what it is in the two highest bits, and in the others the predicate, or where the word's parts end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word(u32);

const KIND_SHIFT: u32 = 30;
const IS: u32 = 0;
const NOT: u32 = 1;
const ALL: u32 = 2;

/// Rows of words of many rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Expressions {
    words: Vec<Word>,
}

impl Expressions {
    /// Adds one and says where it begins.
    pub(super) fn add(&mut self, node: &Node) -> u32 {
        let start = self.words.len();
        match node {
            Node::Is(predicate) => self.words.push(Word::new(IS, *predicate)),
            Node::Not(predicate) => self.words.push(Word::new(NOT, *predicate)),
            Node::All(parts) => self.add_parts(ALL, parts),
            Node::Any(parts) => self.add_parts(ALL + 1, parts),
        }
        narrow(start)
    }

    fn add_parts(&mut self, kind: u32, parts: &[Node]) {
        let start = self.words.len();
        self.words.push(Word::new(kind, 0));
        for part in parts {
            self.add(part);
        }
        let end = narrow(self.words.len());
        if let Some(word) = self.words.get_mut(start) {
            *word = Word::new(kind, end);
        }
    }

    /// Does the expression that begins at `start` hold, where `holds` answers for its predicates?
    pub(super) fn holds(&self, start: u32, holds: &mut impl FnMut(u32) -> bool) -> bool {
        let Some(word) = self.words.get(wide(start)) else { return false };
        match word.kind() {
            IS => holds(word.rest()),
            NOT => !holds(word.rest()),
            kind => {
                // All hold until one does not, and any does until one holds.
                let until = kind != ALL;
                let mut at = start.saturating_add(1);
                while at < word.rest() {
                    if self.holds(at, holds) == until {
                        return until;
                    }
                    at = self.after(at);
                }
                !until
            }
        }
    }

    fn after(&self, at: u32) -> u32 {
        match self.words.get(wide(at)) {
            Some(word) if word.kind() >= ALL => word.rest(),
            _ => at.saturating_add(1),
        }
    }
}

impl Word {
    fn new(kind: u32, rest: u32) -> Self {
        Self(kind << KIND_SHIFT | rest)
    }

    #[inline]
    fn kind(self) -> u32 {
        self.0 >> KIND_SHIFT
    }

    #[inline]
    fn rest(self) -> u32 {
        self.0 & ((1 << KIND_SHIFT) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plainly(node: &Node, holding: u32) -> bool {
        match node {
            Node::Is(predicate) => holding >> predicate & 1 == 1,
            Node::Not(predicate) => holding >> predicate & 1 == 0,
            Node::All(parts) => parts.iter().all(|part| plainly(part, holding)),
            Node::Any(parts) => parts.iter().any(|part| plainly(part, holding)),
        }
    }

    fn node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![(0u32..8).prop_map(Node::Is), (0u32..8).prop_map(Node::Not)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Node::All),
                prop::collection::vec(inner, 0..4).prop_map(Node::Any)
            ]
        })
    }

    proptest! {
        #[test]
        fn a_row_says_what_its_tree_says(first in node(), second in node(), holding in 0u32..256) {
            let mut rows = Expressions::default();
            let starts = [rows.add(&first), rows.add(&second)];
            for (start, tree) in starts.into_iter().zip([&first, &second]) {
                let said = rows.holds(start, &mut |predicate| holding >> predicate & 1 == 1);
                prop_assert_eq!(said, plainly(tree, holding));
            }
        }
    }
}
