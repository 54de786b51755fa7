//! The language of conditions: `selection and not 1 of filter_*`.

use super::condition::Condition;
use super::yaml::Wrong;
use model::limit::RULE_NESTING_MAX;
use std::collections::BTreeSet;

/// The searches of a rule by name, in the order of the file.
pub(crate) type Searches = Vec<(String, Condition)>;

/// Reads an expression of line `line` and puts the searches in their places. Names that it uses are added to `used`.
pub(crate) fn resolve(
    text: &str,
    line: u32,
    searches: &Searches,
    used: &mut BTreeSet<String>,
) -> Result<Condition, Wrong> {
    let mut reader = Reader { words: words(text, line)?, at: 0, depth: 0, line, searches, used };
    let found = reader.any()?;
    match reader.peek() {
        None => Ok(found),
        Some(word) => Err(Wrong::at(line, format!("`{word}` is not expected here; `and` or `or` is"))),
    }
}

/// Does `name` match a pattern of names, in which `*` is anything?
pub(crate) fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| name.strip_prefix(start)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(end)
}

fn words(text: &str, line: u32) -> Result<Vec<&str>, Wrong> {
    if text.contains('|') {
        return Err(Wrong::at(line, "aggregations behind `|` are no longer Sigma: write a correlation"));
    }
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')']) {
            let (word, mark) = rest.split_at(at);
            let (mark, after) = mark.split_at(1);
            words.extend((!word.is_empty()).then_some(word));
            words.push(mark);
            rest = after;
        }
        words.extend((!rest.is_empty()).then_some(rest));
    }
    let is_sign = |sign: char| sign.is_alphanumeric() || "_-.*()".contains(sign);
    match words.iter().find(|word| !word.chars().all(is_sign)) {
        Some(word) => Err(Wrong::at(line, format!("`{word}` has no meaning in a condition"))),
        None => Ok(words),
    }
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    depth: usize,
    line: u32,
    searches: &'a Searches,
    used: &'a mut BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at = self.at.saturating_add(usize::from(is_it));
        is_it
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong::at(self.line, message))
    }

    fn any(&mut self) -> Result<Condition, Wrong> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Wrong> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, Wrong> {
        let mut is_negated = false;
        while self.take("not") {
            is_negated = !is_negated;
        }
        let found = self.single()?;
        Ok(if is_negated { Condition::Not(Box::new(found)) } else { found })
    }

    fn single(&mut self) -> Result<Condition, Wrong> {
        let Some(word) = self.peek() else { return self.wrong("the condition ends too early") };
        self.at = self.at.saturating_add(1);
        if word == "(" {
            return self.group();
        }
        if self.peek().is_some_and(|next| next.eq_ignore_ascii_case("of")) {
            self.at = self.at.saturating_add(1);
            return self.quantified(word);
        }
        if word == ")" || ["and", "or", "of"].iter().any(|operator| word.eq_ignore_ascii_case(operator)) {
            return self.wrong(format!("`{word}` is not expected here; the name of a search is"));
        }
        let Some((name, found)) = self.searches.iter().find(|(name, _)| name == word) else {
            return self.wrong(format!("there is no search `{word}`"));
        };
        self.used.insert(name.clone());
        Ok(found.clone())
    }

    fn group(&mut self) -> Result<Condition, Wrong> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > RULE_NESTING_MAX {
            return self.wrong(format!("more than {RULE_NESTING_MAX} parentheses in one another"));
        }
        let found = self.any()?;
        self.depth = self.depth.saturating_sub(1);
        if !self.take(")") {
            return self.wrong("a parenthesis is not closed");
        }
        Ok(found)
    }

    fn quantified(&mut self, quantity: &str) -> Result<Condition, Wrong> {
        let join = match quantity.to_ascii_lowercase().as_str() {
            "all" => Condition::All,
            "1" | "any" => Condition::Any,
            _ => {
                return self
                    .wrong(format!("`{quantity} of` is not Sigma; `1 of`, `any of` and `all of` are"));
            }
        };
        let Some(pattern) = self.peek() else { return self.wrong("the condition ends too early") };
        self.at = self.at.saturating_add(1);
        let is_them = pattern.eq_ignore_ascii_case("them");
        // Names that begin with an underscore are only meant if they are named (specification, "Condition").
        let is_meant = |name: &str| {
            (!name.starts_with('_') || pattern.starts_with('_')) && (is_them || is_like(name, pattern))
        };
        let found: Vec<_> = self.searches.iter().filter(|(name, _)| is_meant(name)).collect();
        if found.is_empty() {
            return self.wrong(format!("no search is called `{pattern}`"));
        }
        self.used.extend(found.iter().map(|(name, _)| name.clone()));
        Ok(one_or(found.into_iter().map(|(_, search)| search.clone()).collect(), join))
    }
}

/// The only part, or all of them joined.
pub(crate) fn one_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::condition::{Predicate, Test};

    fn search(name: &str) -> Condition {
        Condition::Is(Predicate { field: Some(name.to_owned()), test: Test::Null })
    }

    fn told(condition: &Condition) -> String {
        let all = |parts: &[Condition], mark: &str| {
            format!("({})", parts.iter().map(told).collect::<Vec<_>>().join(mark))
        };
        match condition {
            Condition::All(parts) => all(parts, " & "),
            Condition::Any(parts) => all(parts, " | "),
            Condition::Not(part) => format!("!{}", told(part)),
            Condition::Is(predicate) => predicate.field.clone().unwrap_or_default(),
        }
    }

    fn read(text: &str) -> Result<String, String> {
        let names = ["sel", "sel_a", "sel_b", "filter_a", "_hidden"];
        let searches = names.iter().map(|name| ((*name).to_owned(), search(name))).collect();
        resolve(text, 7, &searches, &mut BTreeSet::new())
            .map(|found| told(&found))
            .map_err(|wrong| wrong.message)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
    }

    #[track_caller]
    fn check_wrong(text: &str, expected: &str) {
        let message = read(text).expect_err("it is wrong");
        assert!(message.contains(expected), "{text}: {message}");
    }

    #[test]
    fn not_binds_closer_than_and_and_that_closer_than_or() {
        check("sel or sel_a and not sel_b", "(sel | (sel_a & !sel_b))");
        check("(sel or sel_a) and not (sel_b)", "((sel | sel_a) & !sel_b)");
        check("not not sel", "sel");
        check("sel AND NOT sel_a OR sel_b", "((sel & !sel_a) | sel_b)");
    }

    #[test]
    fn searches_are_taken_by_pattern() {
        check("1 of sel_*", "(sel_a | sel_b)");
        check("all of sel*", "(sel & sel_a & sel_b)");
        check("any of filter_*", "filter_a");
        check("sel and not 1 of filter_*", "(sel & !filter_a)");
        check("1 of them", "(sel | sel_a | sel_b | filter_a)");
        check("all of _hid*", "_hidden");
        check("1 of s*_b", "sel_b");
    }

    #[test]
    fn what_is_not_understood_is_told() {
        check_wrong("nothing", "there is no search `nothing`");
        check_wrong("1 of nothing_*", "no search is called");
        check_wrong("sel | count() > 5", "no longer Sigma");
        check_wrong("sel sel_a", "`sel_a` is not expected");
        check_wrong("(sel", "not closed");
        check_wrong("sel and", "ends too early");
        check_wrong("", "ends too early");
        check_wrong("sel and or sel_a", "`or` is not expected");
        check_wrong("2 of sel_*", "`2 of` is not Sigma");
        check_wrong("sel & sel_a", "`&` has no meaning");
        check_wrong(&"(".repeat(5_000), "parentheses");
    }
}
