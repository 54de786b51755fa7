//! The rules that are shipped: each is in force, and none is suspicious.

use std::fs;
use std::path::Path;
use watch::sigma::rule_set::RuleSet;

#[test]
fn the_shipped_rules_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let mut set = RuleSet::default();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "yml")) {
        set.load(&path.display().to_string(), &fs::read_to_string(path).expect("text"));
    }
    let set = set.finish();
    assert_eq!(set.faults, []);
    let alerting =
        set.rules.iter().filter(|rule| rule.level > watch::sigma::rule::Level::Informational).count();
    println!("{} rules of which {alerting} alert, {} correlations", set.rules.len(), set.correlations.len());
    assert!(alerting + set.correlations.len() >= 30);
}
