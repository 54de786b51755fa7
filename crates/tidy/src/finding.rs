//! What a check reports: a place in the repository and what is wrong there.

use std::fmt;

/// One fault, at a place that an editor can jump to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root of the repository, with `/` between its parts.
    pub path: String,
    /// Line from 1; 0 where the fault is the file as a whole, or its absence.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub what: String,
}

impl Finding {
    /// A fault of a file as a whole.
    pub fn of_file(path: &str, what: impl Into<String>) -> Self {
        Self::at(path, 0, what)
    }

    /// A fault at one line, counted from 1.
    pub fn at(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.path, self.what),
            line => write!(out, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// For the tests of the checks: runs one check on a made-up tree and compares the findings, one a line.
#[cfg(test)]
#[track_caller]
pub(crate) fn check_reports(
    check: fn(&crate::Tree) -> Vec<Finding>,
    files: &[(&str, &str)],
    expected: &[&str],
) {
    let tree = crate::Tree::of(files);
    let found: Vec<String> = check(&tree).iter().map(Finding::to_string).collect();
    assert_eq!(found, expected);
}
