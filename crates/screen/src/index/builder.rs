//! Building an index.

use std::collections::{BTreeSet, HashMap};

use super::keys::{Facts, mark_of};
use super::table::{Postings, Rows};
use super::{Index, NO_PAIR, candidates, weight};
use crate::list::{Entry, Kind, NameRole};
use crate::name::{Reading, Token, TokenKind, readings};
use crate::score::evidence;

/// What is collected before the arrays can be sorted.
#[derive(Default)]
struct Builder {
    index: Index,
    ids: HashMap<(Token, bool), u32>,
    facts: Vec<Facts>,
    /// Entries that have a token, counted once for each entry.
    entries_with: Vec<u32>,
    last_entry: Vec<u32>,
}

impl Index {
    /// The index over some entries. The order of entries is kept: an entry's number is its place.
    pub fn build(entries: &[Entry]) -> Self {
        let mut builder = Builder::default();
        for (number, entry) in entries.iter().enumerate() {
            builder.add(number as u32, entry);
        }
        builder.finish()
    }
}

impl Builder {
    fn add(&mut self, number: u32, entry: &Entry) {
        self.index.entry_lists.push(entry.list.code());
        self.index.entry_uids.push(&entry.uid);
        let kind = Kind::ALL.iter().position(|kind| *kind == entry.kind).unwrap_or(0);
        self.index.entry_kinds.push(kind as u32);
        self.index.entry_births.push(&evidence::births_of(&entry.births));
        self.index
            .entry_nationalities
            .push(&evidence::joined(entry.nationalities.iter().map(String::as_str)));
        self.index
            .entry_identifiers
            .push(&evidence::joined(entry.identifiers.iter().map(|identifier| identifier.value.as_str())));
        let mut known: BTreeSet<Reading> = BTreeSet::new();
        for name in &entry.names {
            let id = self.index.name_entries.len() as u32;
            self.index.name_entries.push(number);
            self.index.name_texts.push(&name.text);
            self.index.name_weak.push(u32::from(name.role == NameRole::Weak));
            for reading in readings(&name.text, entry.kind) {
                if known.insert(reading.clone()) {
                    self.add_form(number, id, &reading);
                }
            }
        }
    }

    fn add_form(&mut self, entry: u32, name: u32, reading: &[Token]) {
        let mut tokens = Vec::with_capacity(reading.len());
        for token in reading {
            let id = self.intern(token.clone(), false);
            tokens.push(id);
            let place = id as usize;
            if let (Some(count), Some(last)) =
                (self.entries_with.get_mut(place), self.last_entry.get_mut(place))
                && *last != entry
            {
                *last = entry;
                *count += 1;
            }
        }
        for place in 0..reading.len() {
            let pair = pair_of(reading.get(place), reading.get(place + 1))
                .map_or(NO_PAIR, |pair| self.intern(pair, true));
            self.index.form_pairs.push(pair);
        }
        self.index.form_tokens.push(&tokens);
        self.index.form_names.push(name);
    }

    fn intern(&mut self, token: Token, is_pair: bool) -> u32 {
        let next = self.facts.len() as u32;
        let id = *self.ids.entry((token.clone(), is_pair)).or_insert(next);
        if id == next {
            self.facts.push(Facts::new(token, is_pair));
            self.entries_with.push(0);
            self.last_entry.push(u32::MAX);
        }
        id
    }

    fn finish(mut self) -> Index {
        let all = self.index.entry_kinds.len() as u32;
        let mut keys: Vec<(u32, u32)> = Vec::new();
        for (id, (facts, entries)) in self.facts.iter().zip(&self.entries_with).enumerate() {
            let mark = mark_of(facts.token.kind);
            let mark = if facts.is_pair { mark.to_ascii_uppercase() } else { mark };
            self.index.tokens.push(&format!("{mark}{}", facts.token.text));
            self.index.sounds.push(&facts.sound);
            self.index.skeletons.push(&facts.skeleton);
            self.index.weights.push(weight::of_frequency(&facts.token, *entries, all).to_bits());
            keys.extend(facts.keys().into_iter().map(|key| (key, id as u32)));
        }
        keys.sort_unstable();
        (self.index.key_hashes, self.index.key_tokens) = keys.into_iter().unzip();
        self.index.post();
        self.index.derive();
        self.index
    }
}

/// Two neighbours as one token, where both are words.
pub(super) fn pair_of(first: Option<&Token>, second: Option<&Token>) -> Option<Token> {
    let (first, second) = (first?, second?);
    let are_words = first.kind == TokenKind::Word && second.kind == TokenKind::Word;
    are_words.then(|| Token::new(TokenKind::Word, &(first.text.clone() + &second.text)))
}

impl Index {
    /// Fills the postings out of the forms.
    fn post(&mut self) {
        let mut all = Vec::new();
        let mut prefix = Vec::new();
        let mut abbreviated = Vec::new();
        for form in 0..self.form_names.len() as u32 {
            let (tokens, pairs) = self.form(form);
            let weights: Vec<f32> = tokens.iter().map(|token| self.weight(*token)).collect();
            let is_in_prefix = candidates::prefix(&weights, candidates::LISTED_SHARE);
            let has_initial = tokens.iter().any(|token| self.is_initial(*token));
            for (place, (token, pair)) in tokens.iter().zip(pairs).enumerate() {
                let here = is_in_prefix.get(place).copied().unwrap_or(false);
                let next = is_in_prefix.get(place + 1).copied().unwrap_or(false);
                for (posted, is_prefix) in [(*token, here), (*pair, here || next)] {
                    if posted == NO_PAIR {
                        continue;
                    }
                    all.push((posted, form));
                    if is_prefix {
                        if has_initial { &mut abbreviated } else { &mut prefix }.push((posted, form));
                    }
                }
            }
        }
        let count = self.tokens.len();
        self.all = postings(all, count);
        self.prefix = postings(prefix, count);
        self.abbreviated = postings(abbreviated, count);
    }

    /// Fills what is not in the file.
    pub(super) fn derive(&mut self) {
        self.key_starts = vec![0; (1 << 16) + 1];
        for hash in &self.key_hashes {
            if let Some(count) = self.key_starts.get_mut((hash >> 16) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut self.key_starts {
            sum += *start;
            *start = sum;
        }
    }
}

fn postings(mut pairs: Vec<(u32, u32)>, count: usize) -> Postings {
    pairs.sort_unstable();
    pairs.dedup();
    let mut found = Rows::default();
    let mut rest = pairs.as_slice();
    for token in 0..count as u32 {
        let (row, after) = rest.split_at(rest.partition_point(|(of, _)| *of == token));
        found.push(&row.iter().map(|(_, form)| *form).collect::<Vec<_>>());
        rest = after;
    }
    found
}
