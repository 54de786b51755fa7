//! The rooms of the house: which crate may import which, as data. There is no other arrow, and none runs upward.

use crate::manifest::{self, Dependency};
use crate::{Finding, Tree};

/// A crate and what it may import.
struct Room {
    name: &'static str,
    /// Crates of ours that its code may import.
    ours: &'static [&'static str],
    /// Crates of ours that only its tests may import besides.
    ours_in_tests: &'static [&'static str],
    foreign: Foreign,
}

/// What a room may take from elsewhere.
enum Foreign {
    /// Whatever the root manifest lists.
    Listed,
    /// These only, because somebody outside must be able to audit the room in an hour.
    Only(&'static [&'static str]),
}

const ROOMS: &[Room] = &[
    Room { name: "model", ours: &[], ours_in_tests: &[], foreign: Foreign::Only(&[]) },
    Room {
        name: "evidence",
        ours: &[],
        ours_in_tests: &[],
        foreign: Foreign::Only(&["base64", "ed25519-dalek", "sha2", "thiserror"]),
    },
    Room { name: "milter", ours: &[], ours_in_tests: &[], foreign: Foreign::Only(&["thiserror"]) },
    Room { name: "store", ours: &["model"], ours_in_tests: &[], foreign: Foreign::Listed },
    Room { name: "mail", ours: &["model"], ours_in_tests: &["exercise"], foreign: Foreign::Listed },
    Room { name: "watch", ours: &["model"], ours_in_tests: &["exercise"], foreign: Foreign::Listed },
    Room { name: "register", ours: &["evidence", "model"], ours_in_tests: &[], foreign: Foreign::Listed },
    Room { name: "intel", ours: &["evidence", "model"], ours_in_tests: &[], foreign: Foreign::Listed },
    Room { name: "screen", ours: &["model"], ours_in_tests: &[], foreign: Foreign::Listed },
    Room { name: "exercise", ours: &["model"], ours_in_tests: &[], foreign: Foreign::Listed },
    Room {
        name: "runtime",
        ours: &["evidence", "intel", "mail", "model", "register", "store", "watch"],
        ours_in_tests: &["exercise"],
        foreign: Foreign::Listed,
    },
    Room {
        name: "gate",
        ours: &["evidence", "mail", "milter", "model", "runtime", "store"],
        ours_in_tests: &["exercise"],
        foreign: Foreign::Listed,
    },
    Room {
        name: "console",
        ours: &["evidence", "intel", "mail", "model", "runtime", "store", "watch"],
        ours_in_tests: &["exercise"],
        foreign: Foreign::Listed,
    },
    Room {
        name: "portcullis",
        ours: &[
            "console", "evidence", "exercise", "gate", "intel", "mail", "model", "register", "runtime",
            "store", "watch",
        ],
        ours_in_tests: &[],
        foreign: Foreign::Listed,
    },
    Room { name: "tidy", ours: &[], ours_in_tests: &[], foreign: Foreign::Only(&[]) },
];

/// Every crate is a room, keeps to its arrows, and takes versions from the root manifest.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let Some(name) = crate_of_manifest(path) else { continue };
        match ROOMS.iter().find(|room| room.name == name) {
            Some(room) => findings.extend(check_room(room, path, text)),
            None => {
                findings.push(Finding::of_file(path, "this crate is not a room yet: add its arrows to ROOMS"))
            }
        }
    }
    findings
}

fn crate_of_manifest(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").filter(|name| !name.contains('/'))
}

fn check_room(room: &Room, path: &str, manifest: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let is_test = table == "dev-dependencies";
        for entry in manifest::entries(manifest, table) {
            if let Some(what) = fault(room, &entry, is_test) {
                findings.push(Finding::at(path, entry.line, what));
            }
        }
    }
    findings
}

fn fault(room: &Room, entry: &Dependency<'_>, is_test: bool) -> Option<String> {
    let (name, importer) = (entry.name, room.name);
    if !entry.is_inherited() {
        return Some(format!(
            "`{name}` must be `{name}.workspace = true`, so that the root manifest lists everything"
        ));
    }
    if ROOMS.iter().any(|other| other.name == name) {
        let is_allowed = room.ours.contains(&name) || (is_test && room.ours_in_tests.contains(&name));
        return (!is_allowed)
            .then(|| format!("`{importer}` may not import `{name}`: there is no such arrow"));
    }
    match &room.foreign {
        Foreign::Only(allowed) if !is_test && !allowed.contains(&name) => Some(format!(
            "`{importer}` may not take `{name}` from elsewhere: outsiders must be able to audit it"
        )),
        Foreign::Only(_) | Foreign::Listed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    #[test]
    fn an_arrow_that_runs_upward_is_found() {
        check_reports(
            check,
            &[("crates/mail/Cargo.toml", "[dependencies]\nmodel.workspace = true\nstore.workspace = true\n")],
            &["crates/mail/Cargo.toml:3: `mail` may not import `store`: there is no such arrow"],
        );
    }

    #[test]
    fn tests_may_import_the_exercise_where_it_is_listed() {
        check_reports(
            check,
            &[
                ("crates/mail/Cargo.toml", "[dev-dependencies]\nexercise.workspace = true\n"),
                ("crates/store/Cargo.toml", "[dev-dependencies]\nexercise.workspace = true\n"),
            ],
            &["crates/store/Cargo.toml:2: `store` may not import `exercise`: there is no such arrow"],
        );
    }

    #[test]
    fn a_room_to_be_audited_takes_nothing_unlisted() {
        check_reports(
            check,
            &[(
                "crates/evidence/Cargo.toml",
                "[dependencies]\nsha2.workspace = true\nserde.workspace = true\n",
            )],
            &[
                "crates/evidence/Cargo.toml:3: `evidence` may not take `serde` from elsewhere: outsiders must be able to audit it",
            ],
        );
    }

    #[test]
    fn a_version_beside_the_root_manifest_is_found() {
        check_reports(
            check,
            &[("crates/store/Cargo.toml", "[dependencies]\nsha2 = \"0.10\"\n")],
            &[
                "crates/store/Cargo.toml:2: `sha2` must be `sha2.workspace = true`, so that the root manifest lists everything",
            ],
        );
    }

    #[test]
    fn a_crate_without_a_room_is_found() {
        check_reports(
            check,
            &[("crates/extra/Cargo.toml", "[package]\n")],
            &["crates/extra/Cargo.toml: this crate is not a room yet: add its arrows to ROOMS"],
        );
    }
}
