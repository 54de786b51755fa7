//! What comes from elsewhere: each dependency has its reason in a document, and comes from the public registry only.

use crate::manifest;
use crate::source::contains_word;
use crate::{Finding, Tree};

/// Where the reasons stand: a table `name | why | licence | what it drags in`.
const REASONS: &str = "docs/dependencies.md";
/// The tables of a manifest that bring code in.
const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
/// The source line that Cargo writes for the public registry.
const PUBLIC_REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// The table of reasons and the root manifest name the same crates, each is taken by a crate of ours, versions are locked,
/// and nothing comes from git.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let manifest = tree.text(MANIFEST).unwrap_or_default();
    let mut findings = check_reasons(manifest, tree.text(REASONS).unwrap_or_default());
    match tree.text(LOCK) {
        Some(lock) => findings.extend(check_sources(lock)),
        None => findings.push(Finding::of_file(LOCK, "the lock file is part of the repository: commit it")),
    }
    findings.extend(check_use(tree, manifest));
    for (path, _) in tree.files().filter(|(path, _)| path.contains(".cargo/")) {
        findings.push(Finding::of_file(
            path,
            "a registry or a flag of one machine does not belong into the repository",
        ));
    }
    findings
}

fn check_reasons(manifest: &str, table: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rows: Vec<(usize, Vec<&str>)> = rows(table).collect();
    let listed = manifest::entries(manifest, "workspace.dependencies");
    for entry in listed.iter().filter(|entry| !entry.is_ours()) {
        if entry.value.contains("git =") {
            findings.push(Finding::at(
                MANIFEST,
                entry.line,
                format!("`{}` comes from git, not from the registry", entry.name),
            ));
        }
        let is_explained = rows.iter().any(|(_, cells)| is_row_of(cells, entry.name));
        if !is_explained {
            let what =
                format!("`{}` needs a row (name, why, licence, what it drags in) in {REASONS}", entry.name);
            findings.push(Finding::at(MANIFEST, entry.line, what));
        }
    }
    for (line, cells) in &rows {
        let name = cells.first().map_or("", |cell| cell.trim_matches('`'));
        if !listed.iter().any(|entry| entry.name == name) {
            findings.push(Finding::at(REASONS, *line, format!("`{name}` is no dependency any more")));
        }
    }
    findings
}

/// A dependency that nobody uses costs little to compile, but it is read, audited and kept up to date for nothing.
fn check_use(tree: &Tree, manifest: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut taken = Vec::new();
    for (path, text) in tree.files() {
        let Some(folder) = path.strip_suffix("Cargo.toml").filter(|folder| folder.starts_with("crates/"))
        else {
            continue;
        };
        for entry in TABLES.into_iter().flat_map(|table| manifest::entries(text, table)) {
            taken.push(entry.name);
            if !is_mentioned(tree, folder, entry.name) {
                findings.push(Finding::at(
                    path,
                    entry.line,
                    format!("no source here uses `{}`: remove it", entry.name),
                ));
            }
        }
    }
    let listed = manifest::entries(manifest, "workspace.dependencies").into_iter();
    let unused = listed.filter(|entry| !entry.is_ours() && !taken.contains(&entry.name));
    findings.extend(unused.map(|entry| {
        Finding::at(MANIFEST, entry.line, format!("no crate takes `{}`: remove it", entry.name))
    }));
    findings
}

/// Whether a Rust file of the folder has the crate's name as code writes it.
fn is_mentioned(tree: &Tree, folder: &str, name: &str) -> bool {
    let name = name.replace('-', "_");
    let mut sources = tree.rust_files().filter(|(path, _)| path.starts_with(folder));
    sources.any(|(_, text)| contains_word(text, &name))
}

/// The rows of the table whose first cell is a name in backticks, with their lines.
fn rows(table: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = table.lines().enumerate().filter(|(_, line)| line.starts_with("| `"));
    lines.map(|(at, line)| (at + 1, line.trim_matches('|').split('|').map(str::trim).collect()))
}

fn is_row_of(cells: &[&str], name: &str) -> bool {
    let has_name = cells.first().is_some_and(|cell| cell.trim_matches('`') == name);
    has_name && cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty())
}

fn check_sources(lock: &str) -> Vec<Finding> {
    let lines = lock.lines().enumerate().filter(|(_, line)| line.starts_with("source = "));
    let strange = lines.filter(|(_, line)| *line != PUBLIC_REGISTRY);
    strange.map(|(at, _)| Finding::at(LOCK, at + 1, "not from the public registry")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    const TAKEN: (&str, &str) =
        ("crates/mail/Cargo.toml", "[dependencies]\ncsv.workspace = true\nurl.workspace = true\n");
    const USED: (&str, &str) = ("crates/mail/src/lib.rs", "//! Mail.\nuse csv::Reader;\nuse url::Url;\n");
    const LOCKED: (&str, &str) =
        (LOCK, "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n");

    #[test]
    fn a_dependency_without_a_full_row_is_found() {
        let manifest =
            "[workspace.dependencies]\nmail = { path = \"crates/mail\" }\ncsv = \"1\"\nurl = \"2\"\n";
        let table = "| `csv` | quoting | MIT | memchr |\n| `url` | | MIT | idna |\n";
        check_reports(
            check,
            &[(MANIFEST, manifest), LOCKED, (REASONS, table), TAKEN, USED],
            &[
                "Cargo.toml:4: `url` needs a row (name, why, licence, what it drags in) in docs/dependencies.md",
            ],
        );
    }

    #[test]
    fn a_row_without_its_dependency_is_found() {
        check_reports(
            check,
            &[(MANIFEST, ""), LOCKED, (REASONS, "| name |\n| `csv` | quoting | MIT | memchr |\n")],
            &["docs/dependencies.md:2: `csv` is no dependency any more"],
        );
    }

    #[test]
    fn only_the_public_registry_is_a_source() {
        let manifest = "[workspace.dependencies]\ncsv = { git = \"https://git.example/csv\" }\n";
        check_reports(
            check,
            &[
                (".cargo/config.toml", ""),
                (MANIFEST, manifest),
                (LOCK, "source = \"git+https://git.example/csv\"\n"),
                (REASONS, "| `csv` | quoting | MIT | memchr |\n"),
                TAKEN,
                USED,
            ],
            &[
                "Cargo.toml:2: `csv` comes from git, not from the registry",
                "Cargo.lock:1: not from the public registry",
                ".cargo/config.toml: a registry or a flag of one machine does not belong into the repository",
            ],
        );
    }

    #[test]
    fn a_dependency_that_no_crate_takes_is_found() {
        let manifest = "[workspace.dependencies]\nhmac = \"0.12\"\ncsv = \"1\"\n";
        let table = "| `csv` | quoting | MIT | memchr |\n| `hmac` | keys | MIT | digest |\n";
        check_reports(
            check,
            &[(MANIFEST, manifest), LOCKED, (REASONS, table), TAKEN, USED],
            &["Cargo.toml:2: no crate takes `hmac`: remove it"],
        );
    }

    #[test]
    fn a_dependency_that_no_source_uses_is_found() {
        let manifest = "[workspace.dependencies]\ncsv = \"1\"\nurl = \"2\"\n";
        let table = "| `csv` | quoting | MIT | memchr |\n| `url` | as browsers | MIT | idna |\n";
        check_reports(
            check,
            &[
                (MANIFEST, manifest),
                LOCKED,
                (REASONS, table),
                TAKEN,
                ("crates/mail/src/lib.rs", "use csv_core as url2;"),
            ],
            &[
                "crates/mail/Cargo.toml:2: no source here uses `csv`: remove it",
                "crates/mail/Cargo.toml:3: no source here uses `url`: remove it",
            ],
        );
    }

    #[test]
    fn a_missing_lock_is_found() {
        check_reports(
            check,
            &[(MANIFEST, "")],
            &["Cargo.lock: the lock file is part of the repository: commit it"],
        );
    }
}
