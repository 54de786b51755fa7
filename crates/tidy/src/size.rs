//! Size ratchets: files and functions stay readable in one sitting, and what is longer is listed and may only shrink.

use crate::source::{Source, functions, is_test_file};
use crate::{Finding, Tree};

/// Lines of a file outside of its tests.
const FILE_LINES_MAX: usize = 400;
/// Lines of a function outside of tests.
const FUNCTION_LINES_MAX: usize = 80;

/// A file or function that may be longer, how long, and why.
struct Exception {
    /// `path` for a file, `path::function` for a function.
    place: &'static str,
    lines_max: usize,
    /// Why it reads better whole.
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[];

/// Files and functions are within the limits, or within their exception; exceptions are needed and have reasons.
pub fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, EXCEPTIONS)
}

fn check_with(tree: &Tree, exceptions: &[Exception]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = Vec::new();
    for (place, path, line, lines) in measured(tree) {
        let exception = exceptions.iter().find(|exception| exception.place == place);
        used.extend(exception.map(|exception| exception.place));
        let lines_max = exception.map(|exception| exception.lines_max);
        if let Some(what) = fault(lines, line, lines_max) {
            findings.push(Finding::at(&path, line, what));
        }
    }
    for exception in exceptions {
        if !used.contains(&exception.place) || exception.reason.is_empty() {
            findings
                .push(Finding::of_file(exception.place, "this exception is for nothing, or gives no reason"));
        }
    }
    findings
}

/// Every file and function as (place, path, line or 0, lines).
fn measured(tree: &Tree) -> Vec<(String, String, usize, usize)> {
    let mut measured = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test_file(path)) {
        let source = Source::parse(path, text);
        let lines = text.lines().count().saturating_sub(source.test_lines);
        measured.push((path.to_owned(), path.to_owned(), 0, lines));
        for function in functions(&source.product) {
            let place = format!("{path}::{}", function.name);
            measured.push((place, path.to_owned(), function.line, function.lines));
        }
    }
    measured
}

fn fault(lines: usize, line: usize, exception: Option<usize>) -> Option<String> {
    let (limit, split) = if line == 0 {
        (FILE_LINES_MAX, "one file, one subject: split it")
    } else {
        (FUNCTION_LINES_MAX, "name its steps")
    };
    match exception {
        Some(lines_max) if lines <= limit => {
            Some(format!("{lines} lines need no exception of {lines_max} any more: remove it"))
        }
        Some(lines_max) if lines > lines_max => {
            Some(format!("{lines} lines, its exception allows {lines_max}"))
        }
        None if lines > limit => Some(format!("{lines} lines, at most {limit}: {split}")),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, exceptions: &[Exception], expected: &[&str]) {
        let tree = Tree::of(&[("crates/a/src/b.rs", text)]);
        let found: Vec<String> = check_with(&tree, exceptions).iter().map(Finding::to_string).collect();
        assert_eq!(found, expected);
    }

    fn function(lines: usize) -> String {
        format!("\nfn long() {{\n{}}}\n", "x;\n".repeat(lines - 2))
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        check(
            &"\n".repeat(401),
            &[],
            &["crates/a/src/b.rs: 401 lines, at most 400: one file, one subject: split it"],
        );
        let with_tests = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(400), "\n".repeat(90));
        check(&with_tests, &[], &[]);
    }

    #[test]
    fn a_long_function_is_found() {
        check(&function(81), &[], &["crates/a/src/b.rs:2: 81 lines, at most 80: name its steps"]);
        check(&function(80), &[], &[]);
    }

    #[test]
    fn an_exception_is_a_ratchet() {
        let allow =
            |lines_max| [Exception { place: "crates/a/src/b.rs::long", lines_max, reason: "one table" }];
        check(&function(90), &allow(90), &[]);
        check(&function(91), &allow(90), &["crates/a/src/b.rs:2: 91 lines, its exception allows 90"]);
        let lapsed = "crates/a/src/b.rs:2: 20 lines need no exception of 90 any more: remove it";
        check(&function(20), &allow(90), &[lapsed]);
        let gone = "crates/a/src/b.rs::long: this exception is for nothing, or gives no reason";
        check("\n", &allow(90), &[gone]);
    }
}
