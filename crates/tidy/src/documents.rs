//! Documents keep their promises: links lead to files that exist, and commands that are named can be run.

use crate::{Finding, Tree};

/// Relative links of every document lead somewhere, and every `make` command in one is a target.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| path.ends_with(".md")) {
        for (at, line) in text.lines().enumerate() {
            for target in links(line) {
                if is_ours(target) && !tree.has(&resolved(path, target)) {
                    findings.push(Finding::at(path, at + 1, format!("`{target}` leads nowhere")));
                }
            }
            for name in make_targets(line) {
                if !is_target(tree, name) {
                    findings.push(Finding::at(path, at + 1, format!("the Makefile has no target `{name}`")));
                }
            }
        }
    }
    findings
}

/// The targets of inline links, `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

fn is_ours(target: &str) -> bool {
    !target.contains("://") && !target.starts_with('#') && !target.starts_with("mailto:")
}

/// A link from a document as a path from the root, without its `#place`.
fn resolved(document: &str, target: &str) -> String {
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The names after `make` in code spans, and at the start of lines of code blocks.
fn make_targets(line: &str) -> impl Iterator<Item = &str> {
    let spans = line.split('`').skip(1).step_by(2);
    let whole = (!line.contains('`')).then_some(line);
    spans
        .chain(whole)
        .filter_map(|code| code.strip_prefix("make "))
        .filter_map(|rest| rest.split([' ', '#']).next())
}

fn is_target(tree: &Tree, name: &str) -> bool {
    let rule = format!("{name}:");
    tree.text("Makefile").is_some_and(|makefile| makefile.lines().any(|line| line.starts_with(&rule)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "[a](../README.md#top) [b](b.md) [c](https://site.example/) [d](#here)\n[e](gone.md)\n";
        check_reports(
            check,
            &[("README.md", ""), ("docs/a.md", text), ("docs/b.md", "")],
            &["docs/a.md:2: `gone.md` leads nowhere"],
        );
    }

    #[test]
    fn a_command_that_cannot_be_run_is_found() {
        check_reports(
            check,
            &[("Makefile", "run: build\n"), ("README.md", "`make run` and `make coffee`\nmake tea  # hot\n")],
            &[
                "README.md:1: the Makefile has no target `coffee`",
                "README.md:2: the Makefile has no target `tea`",
            ],
        );
    }
}
