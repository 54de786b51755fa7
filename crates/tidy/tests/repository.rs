//! Runs every check on the repository that this crate stands in.

use std::path::Path;

#[test]
fn the_repository_keeps_its_own_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tree = tidy::Tree::read(&root).expect("the repository can be read");
    assert!(tree.has("crates/tidy/src/lib.rs"), "{} is not the repository", root.display());
    let findings = tidy::check(&tree);
    let report: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), report.join("\n"));
}
