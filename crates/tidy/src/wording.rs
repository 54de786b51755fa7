//! Names and words: every Rust file says what it owns, is named after it, and leaves nothing undone behind.

use crate::source::contains_word;
use crate::{Finding, Tree};

/// File names that name no subject.
const NAMELESS: &[&str] =
    &["utils.rs", "util.rs", "common.rs", "helpers.rs", "helper.rs", "misc.rs", "stuff.rs"];

/// Marks of unfinished work. Each is put together here so that this file does not contain it.
const UNFINISHED: &[&str] = &[
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("XX", "X"),
    concat!("unimplemented", "!"),
    concat!("todo", "!"),
];

/// Folders of one machine, which mean nothing on another.
const MACHINE_FOLDERS: &[&str] =
    &[concat!("/", "work/"), concat!("/", "tmp/"), concat!("/", "root/"), concat!("/home", "/")];

/// Files whose words are not ours to choose: rules speak of folders on the machines of others.
const NOT_OURS: &[&str] = &["Cargo.lock", "corpus/", "crates/watch/rules/", "LICENSE-"];

/// How a change note is named: `changelog.d/<what>.<kind>.md`.
const CHANGE_KINDS: &[&str] = &["added", "changed", "fixed", "security"];

/// First lines, file names, unfinished work and machine folders.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        findings.extend(check_name(path));
        if path.ends_with(".rs") && !text.starts_with("//! ") {
            findings.push(Finding::at(path, 1, "the first line of a file is `//! ` and says what it owns"));
        }
        if !NOT_OURS.iter().any(|prefix| path.starts_with(prefix)) {
            findings.extend(check_words(path, text));
        }
    }
    findings
}

fn check_name(path: &str) -> Option<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if NAMELESS.contains(&name) {
        return Some(Finding::of_file(path, "name the file after the one thing that it defines"));
    }
    let note = path.strip_prefix("changelog.d/").filter(|note| *note != "README.md")?;
    let is_named = CHANGE_KINDS.iter().any(|kind| note.ends_with(&format!(".{kind}.md")));
    (!is_named)
        .then(|| Finding::of_file(path, "a change note is named `<what>.<added|changed|fixed|security>.md`"))
}

fn check_words(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(word) = UNFINISHED.iter().find(|word| contains_word(line, word)) {
            findings.push(Finding::at(
                path,
                at + 1,
                format!("`{word}`: finish it, or say in a document what is missing"),
            ));
        }
        if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| has_folder(line, folder)) {
            findings.push(Finding::at(path, at + 1, format!("`{folder}` is a folder of one machine")));
        }
    }
    findings
}

/// A path from the root of a disk, not the middle of a longer path or of a URL.
fn has_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '_' | '/' | '}' | '*' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    #[test]
    fn a_file_says_what_it_owns() {
        check_reports(
            check,
            &[("crates/a/src/b.rs", "use std::fmt;\n")],
            &["crates/a/src/b.rs:1: the first line of a file is `//! ` and says what it owns"],
        );
    }

    #[test]
    fn a_name_without_a_subject_is_found() {
        check_reports(
            check,
            &[
                ("changelog.d/mail.md", ""),
                ("changelog.d/mail.added.md", ""),
                ("crates/a/src/utils.rs", "//! All sorts.\n"),
            ],
            &[
                "changelog.d/mail.md: a change note is named `<what>.<added|changed|fixed|security>.md`",
                "crates/a/src/utils.rs: name the file after the one thing that it defines",
            ],
        );
    }

    #[test]
    fn unfinished_work_is_found_as_a_word() {
        let line = format!("a\n# {}: later\nmas{}n\n", UNFINISHED[0], UNFINISHED[1]);
        let found =
            format!("Makefile:2: `{}`: finish it, or say in a document what is missing", UNFINISHED[0]);
        check_reports(check, &[("Makefile", &line), ("corpus/mail/a.eml", &line)], &[&found]);
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        let line = format!("cp a {0}b\nhttps://site.example{0}b\n", MACHINE_FOLDERS[1]);
        let found = format!("Makefile:1: `{}` is a folder of one machine", MACHINE_FOLDERS[1]);
        check_reports(check, &[("Makefile", &line)], &[&found]);
    }
}
