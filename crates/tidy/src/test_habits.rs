//! How tests may be written: none is switched off, and none waits for a while instead of for a condition.

use crate::source::{Source, is_test_file};
use crate::{Finding, Tree};

/// No test is ignored and none sleeps.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.rust_files() {
        for (at, line) in Source::parse(path, text).tests.lines().enumerate() {
            if line.contains("#[ignore") {
                let what = "assert what happens today and say why it is wrong, instead of ignoring the test";
                findings.push(Finding::at(path, at + 1, what));
            }
            if line.contains("sleep(") && is_or_holds_tests(path) {
                findings.push(Finding::at(path, at + 1, "a test waits for a condition, never for a while"));
            }
        }
    }
    findings
}

/// Examples and benchmarks may sleep: nobody waits for them.
fn is_or_holds_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || !is_test_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    #[test]
    fn ignored_and_sleeping_tests_are_found() {
        let unit = "fn product() {\n sleep(second);\n}\n#[cfg(test)]\nmod tests {\n #[test]\n #[ignore = \"slow\"]\n fn t() { thread::sleep(second) }\n}\n";
        check_reports(
            check,
            &[
                ("crates/a/examples/c.rs", "sleep(second);"),
                ("crates/a/src/b.rs", unit),
                ("crates/a/tests/c.rs", "sleep(second);"),
            ],
            &[
                "crates/a/src/b.rs:7: assert what happens today and say why it is wrong, instead of ignoring the test",
                "crates/a/src/b.rs:8: a test waits for a condition, never for a while",
                "crates/a/tests/c.rs:1: a test waits for a condition, never for a while",
            ],
        );
    }
}
