//! Checks that read the repository itself, so that what the documents promise about its shape stays true.
//!
//! This crate must not know any other crate of ours and takes nothing from elsewhere: it reads the repository as text.
//! Each check is a function from a [`Tree`] to [`Finding`]s and is tested on a tiny made-up tree on which it fails;
//! `tests/repository.rs` runs all of them on the real one.

pub mod dependencies;
pub mod documents;
pub mod finding;
pub mod manifest;
pub mod purity;
pub mod rooms;
pub mod size;
pub mod source;
pub mod test_habits;
pub mod tree;
pub mod wording;

pub use finding::Finding;
pub use tree::Tree;

/// Runs every check, in the order in which a reader would want to hear of faults.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree) -> Vec<Finding>; 7] = [
        rooms::check,
        purity::check,
        size::check,
        test_habits::check,
        wording::check,
        dependencies::check,
        documents::check,
    ];
    checks.iter().flat_map(|run| run(tree)).collect()
}
