//! Many rules against one event: predicates are indexed, not rules, and a rule is only looked at when one of its witnesses holds.
//!
//! How it works, and why so, stands in docs/engine.md. What it says is what [`crate::sigma::evaluate`] says.

mod check;
mod commonness;
mod expression;
mod field_index;
mod fold;
mod glob;
mod gram_index;
mod group;
mod group_builder;
mod letters;
mod literal_table;
mod network_table;
mod placement;
mod required;
mod scratch;
mod tape;
mod witness;

pub use commonness::{Commonness, Profile};
pub use scratch::Scratch;

use crate::event::{Event, FieldNames, Origin};
use crate::origin;
use crate::sigma::rule::{Logsource, Rule};
use group::Group;
use literal_table::{narrow, wide};
use std::collections::BTreeMap;
use tape::{View, Wanted};

/// Rules, compiled.
#[derive(Debug)]
pub struct Engine {
    /// One for each logsource.
    groups: Vec<Group>,
    predicates: u32,
    rules: u32,
}

impl Engine {
    /// Compiles `rules`. The names that they ask for are added to `names`.
    pub fn new(rules: &[Rule], names: &mut FieldNames) -> Self {
        Self::with_commonness(rules, names, &Commonness::default())
    }

    /// Compiles `rules` for logs in which four bytes are as common as a [`Profile`] found.
    pub fn with_commonness(rules: &[Rule], names: &mut FieldNames, commonness: &Commonness) -> Self {
        let mut by_logsource: BTreeMap<[Option<&str>; 3], Vec<(u32, &Rule)>> = BTreeMap::new();
        for (index, rule) in (0..).zip(rules) {
            let Logsource { category, product, service } = &rule.logsource;
            let key = [category.as_deref(), product.as_deref(), service.as_deref()];
            by_logsource.entry(key).or_default().push((index, rule));
        }
        let mut this = Self { groups: Vec::with_capacity(by_logsource.len()), predicates: 0, rules: 0 };
        for rules in by_logsource.values() {
            let logsource = rules.first().map(|(_, rule)| rule.logsource.clone()).unwrap_or_default();
            let mut group = Group::new(logsource, rules, names, commonness);
            group.first_predicate = this.predicates;
            group.first_rule = this.rules;
            this.predicates = this.predicates.saturating_add(narrow(group.predicates.len()));
            this.rules = this.rules.saturating_add(narrow(group.rules.len()));
            this.groups.push(group);
        }
        this
    }

    /// The indexes of the rules that match `event`, in ascending order. Its names are from the [`FieldNames`] of [`Engine::new`].
    pub fn matches<'s>(&self, event: &Event<'_>, scratch: &'s mut Scratch) -> &'s [u32] {
        scratch.matched.clear();
        let Some(class) = scratch.classes.get(&event.origin, || self.class(&event.origin)) else {
            return &scratch.matched;
        };
        if class.groups.is_empty() {
            return &scratch.matched;
        }
        scratch.marks.begin(self.predicates, self.rules);
        scratch.tape.fill(event, &class.wanted);
        let view = View::new(event, &scratch.tape);
        for group in class.groups.iter().filter_map(|group| self.groups.get(wide(*group))) {
            group.run(view, &mut scratch.marks, &mut scratch.candidates, &mut scratch.matched);
        }
        scratch.matched.sort_unstable();
        &scratch.matched
    }

    /// The groups that events of `origin` belong to, and what these look at.
    fn class(&self, origin: &Origin<'_>) -> (Box<[u32]>, Wanted) {
        let mut wanted = Wanted::default();
        let mut groups = Vec::new();
        for (place, group) in
            (0..).zip(&self.groups).filter(|(_, group)| origin::applies(&group.logsource, origin))
        {
            groups.push(place);
            wanted.is_all |= group.has_keywords();
            for field in &group.fields {
                let at = wide(field.0);
                if wanted.fields.len() <= at {
                    wanted.fields.resize(at.saturating_add(1), false);
                }
                if let Some(is_wanted) = wanted.fields.get_mut(at) {
                    *is_wanted = true;
                }
            }
        }
        (groups.into(), wanted)
    }
}
