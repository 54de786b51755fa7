//! What a text must contain for a regular expression to find anything in it.

use super::commonness::{Commonness, GRAM_BYTES};
use super::gram_index;
use crate::sigma::condition::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// More alternatives than these are dearer to look for than the expression.
const ALTERNATIVES_MAX: usize = 64;

/// Folded texts of which an ASCII text must contain one for `regex` to find anything in it, and how seldom they are; none if no such
/// texts are known. A text with other characters may match without: `(?i)k` finds the Kelvin sign.
pub(super) fn required(regex: &Regex, commonness: &Commonness) -> Option<Alternatives> {
    Walk { commonness }.alternatives(&parsed(regex)?)
}

/// The parsed form of an expression; none if it is wrong.
pub(super) fn parsed(regex: &Regex) -> Option<Hir> {
    let mut parser = ParserBuilder::new();
    parser.case_insensitive(regex.is_case_insensitive);
    parser.multi_line(regex.is_multi_line);
    parser.dot_matches_new_line(regex.is_dot_all);
    parser.build().parse(&regex.text).ok()
}

/// Texts of which one is required.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternatives {
    /// Folded, each of at least four bytes.
    pub(super) texts: Vec<String>,
    /// In how many of a thousand events one of them is looked at, by estimate.
    pub(super) per_mille: f32,
}

struct Walk<'c> {
    commonness: &'c Commonness,
}

impl Walk<'_> {
    fn alternatives(&self, hir: &Hir) -> Option<Alternatives> {
        if let Some(text) = exact(hir) {
            return self.one(text);
        }
        match hir.kind() {
            HirKind::Capture(capture) => self.alternatives(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => self.alternatives(&repetition.sub),
            HirKind::Concat(parts) => self.best_of(parts),
            HirKind::Alternation(branches) => self.all_of(branches),
            _ => None,
        }
    }

    fn one(&self, text: String) -> Option<Alternatives> {
        let per_mille = gram_index::per_mille(&text, self.commonness)?;
        Some(Alternatives { texts: vec![text], per_mille })
    }

    /// The most seldom of what the parts require, where parts of fixed text that follow each other are one.
    fn best_of(&self, parts: &[Hir]) -> Option<Alternatives> {
        let mut candidates = Vec::new();
        let mut run = String::new();
        for part in parts {
            if let Some(text) = exact(part) {
                run.push_str(&text);
                continue;
            }
            candidates.extend(self.one(std::mem::take(&mut run)));
            candidates.extend(self.alternatives(part));
        }
        candidates.extend(self.one(run));
        candidates.into_iter().min_by(|one, other| one.per_mille.total_cmp(&other.per_mille))
    }

    fn all_of(&self, branches: &[Hir]) -> Option<Alternatives> {
        let mut all = Alternatives { texts: Vec::new(), per_mille: 0.0 };
        for branch in branches {
            let mut of_branch = self.alternatives(branch)?;
            all.texts.append(&mut of_branch.texts);
            all.per_mille += of_branch.per_mille;
        }
        all.texts.sort();
        all.texts.dedup();
        (all.texts.len() <= ALTERNATIVES_MAX).then_some(all)
    }
}

/// The one folded ASCII text that an expression finds, if there is only one. What has no width finds the empty text.
fn exact(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok().filter(|text| text.is_ascii())?;
            Some(text.to_ascii_lowercase())
        }
        HirKind::Class(class) => one_letter(class).map(String::from),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Repetition(repetition) if repetition.max == Some(repetition.min) => {
            let times = usize::try_from(repetition.min).ok().filter(|times| *times <= GRAM_BYTES)?;
            exact(&repetition.sub).map(|text| text.repeat(times))
        }
        HirKind::Concat(parts) => parts.iter().map(exact).collect(),
        HirKind::Alternation(_) | HirKind::Repetition(_) => None,
    }
}

/// The folded letter that all ASCII members of a class are.
pub(super) fn one_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut folded = None;
    for range in class.ranges() {
        let ascii = range.start()..=range.end().min('\u{7f}');
        if ascii.clone().count() > 2 {
            return None;
        }
        for letter in ascii.map(|letter| letter.to_ascii_lowercase()) {
            if folded.is_some_and(|other| other != letter) {
                return None;
            }
            folded = Some(letter);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&[&str]>) {
        let is_case_insensitive = true;
        let regex = Regex { text: text.into(), is_case_insensitive, is_multi_line: false, is_dot_all: false };
        let found = required(&regex, &Commonness::default()).map(|alternatives| alternatives.texts);
        assert_eq!(
            found.as_deref(),
            expected.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).as_deref()
        );
    }

    #[test]
    fn texts_that_must_be_there_are_found() {
        check("^ab[0-9]{3}Kasks", Some(&["kasks"]));
        check(r"(?:zqxw|vuty)\d+", Some(&["vuty", "zqxw"]));
        check("(?:zqxw|u)x?", None);
        check("a.b.c", None);
        check("(zqxw.*)+end", Some(&["zqxw"]));
        check("(zqxw)?", None);
        check("a{2}b{2}", Some(&["aabb"]));
        check("ab(cd)ef", Some(&["abcdef"]));
        check("äbcdefg", Some(&["bcdefg"]));
        check("[ab]cdef|", None);
        check("(", None);
    }
}
