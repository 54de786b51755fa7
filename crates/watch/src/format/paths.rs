//! The names that documents of JSON have, remembered, so that what a name means is found out once and not with each event.
//!
//! Joining the names that lead to each value, and looking that up, took two thirds of the time of reading.

use super::meaning::Meaning;
use crate::event::FieldNames;
use model::limit::{LOG_PATH_BYTES_MAX, LOG_PATHS_REMEMBERED_MAX};
use std::collections::HashMap;

/// A name and those that lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathId(usize);

/// A tree of names. It begins anew when it is half full, which whoever writes new names all day can bring about, at the price of speed
/// only: one document has room for as many again.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// How many names rules asked for when this was made.
    wanted: usize,
}

#[derive(Debug)]
struct Node {
    /// All names, joined by dots.
    path: Box<str>,
    /// Where the last of them begins.
    name_at: usize,
    meaning: Meaning,
    children: HashMap<Box<str>, PathId>,
    /// The child that came first when this was last met. Programs write their names in one order, so a guess is nearly always right.
    first: PathId,
    /// The name that came behind this one when it was last met.
    next: PathId,
}

impl Paths {
    /// The document itself.
    pub(super) const ROOT: PathId = PathId(0);
    /// Names that are too long for any rule to ask for, and all below them.
    const LOST: PathId = PathId(1);

    pub(super) fn new() -> Self {
        let mut paths = Self { nodes: Vec::new(), wanted: 0 };
        paths.clear(0);
        paths
    }

    fn clear(&mut self, wanted: usize) {
        self.nodes.clear();
        self.nodes.push(Node::new(String::new(), 0, Meaning::NOTHING));
        self.nodes.push(Node::new(String::new(), 0, Meaning::NOTHING));
        self.wanted = wanted;
    }

    /// Before each document: makes room for its names, and forgets what they meant if rules ask for others now.
    pub(super) fn begin(&mut self, names: &FieldNames) {
        if self.nodes.len() > LOG_PATHS_REMEMBERED_MAX / 2 || self.wanted != names.len() {
            self.clear(names.len());
        }
    }

    /// What a path means.
    pub(super) fn meaning(&self, path: PathId) -> &Meaning {
        self.nodes.get(path.0).map_or(&Meaning::NOTHING, |node| &node.meaning)
    }

    /// The name that is expected below `parent`, behind `before`.
    pub(super) fn expected(&self, parent: PathId, before: Option<PathId>) -> Option<(PathId, &str)> {
        let guess = match before {
            Some(before) => self.nodes.get(before.0)?.next,
            None => self.nodes.get(parent.0)?.first,
        };
        let node = self.nodes.get(guess.0).filter(|_| guess != Self::LOST)?;
        Some((guess, node.path.get(node.name_at..)?))
    }

    /// `name` below `parent`, which came behind `before`; none if the document has more names than can be remembered.
    pub(super) fn child(
        &mut self,
        parent: PathId,
        before: Option<PathId>,
        name: &str,
        names: &FieldNames,
    ) -> Option<PathId> {
        if parent == Self::LOST {
            return Some(Self::LOST);
        }
        let known = self.nodes.get(parent.0).and_then(|node| node.children.get(name).copied());
        let found = match known {
            Some(found) => found,
            None => self.add(parent, name, names)?,
        };
        // What stands there in another spelling cannot be compared byte by byte.
        if !name.contains(['"', '\\']) {
            let guess = match before {
                Some(before) => self.nodes.get_mut(before.0).map(|node| &mut node.next),
                None => self.nodes.get_mut(parent.0).map(|node| &mut node.first),
            };
            if let Some(guess) = guess {
                *guess = found;
            }
        }
        Some(found)
    }

    fn add(&mut self, parent: PathId, name: &str, names: &FieldNames) -> Option<PathId> {
        let id = PathId(self.nodes.len());
        let above = self.nodes.get_mut(parent.0).filter(|_| id.0 < LOG_PATHS_REMEMBERED_MAX)?;
        let length = above.path.len().saturating_add(name.len());
        if length > LOG_PATH_BYTES_MAX {
            return Some(Self::LOST);
        }
        let mut path = String::with_capacity(length.saturating_add(1));
        path.push_str(&above.path);
        if parent != Self::ROOT {
            path.push('.');
        }
        let name_at = path.len();
        path.push_str(name);
        above.children.insert(name.into(), id);
        let meaning = Meaning::of(&path, names);
        self.nodes.push(Node::new(path, name_at, meaning));
        Some(id)
    }
}

impl Node {
    fn new(path: String, name_at: usize, meaning: Meaning) -> Self {
        let path = path.into_boxed_str();
        Self { path, name_at, meaning, children: HashMap::new(), first: Paths::LOST, next: Paths::LOST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_met_again_and_expected_in_their_order() {
        let mut names = FieldNames::default();
        let wanted = names.intern("a.b");
        let mut paths = Paths::new();
        paths.begin(&names);
        let mut child = |parent, before, name: &str| paths.child(parent, before, name, &names).expect("room");
        let above = child(Paths::ROOT, None, "a");
        let below = child(above, None, "b");
        assert_eq!(child(above, None, "b"), below);
        let other = child(above, Some(below), "c");
        assert_eq!(paths.meaning(below).ids().collect::<Vec<_>>(), [wanted]);
        assert_eq!(paths.meaning(other).ids().count(), 0);
        assert_eq!(paths.expected(above, None), Some((below, "b")));
        assert_eq!(paths.expected(above, Some(below)), Some((other, "c")));
        assert_eq!(paths.expected(above, Some(other)), None);
    }

    #[test]
    fn what_a_name_means_is_found_out_anew_when_rules_ask_for_more() {
        let mut names = FieldNames::default();
        let mut paths = Paths::new();
        paths.begin(&names);
        let before = paths.child(Paths::ROOT, None, "a", &names).expect("room");
        assert_eq!(paths.meaning(before).ids().count(), 0);
        names.intern("a");
        paths.begin(&names);
        let after = paths.child(Paths::ROOT, None, "a", &names).expect("room");
        assert_eq!(paths.meaning(after).ids().count(), 1);
    }

    #[test]
    fn too_long_names_are_lost_and_too_many_are_told() {
        let names = FieldNames::default();
        let mut paths = Paths::new();
        paths.begin(&names);
        let long = paths.child(Paths::ROOT, None, &"x".repeat(LOG_PATH_BYTES_MAX + 1), &names);
        assert_eq!(long, Some(Paths::LOST));
        assert_eq!(paths.child(Paths::LOST, None, "a", &names), Some(Paths::LOST));
        let mut last = long;
        for number in 0..LOG_PATHS_REMEMBERED_MAX {
            last = paths.child(Paths::ROOT, None, &number.to_string(), &names);
        }
        assert_eq!(last, None);
        paths.begin(&names);
        assert!(paths.child(Paths::ROOT, None, "new", &names).is_some_and(|id| id != Paths::LOST));
    }
}
