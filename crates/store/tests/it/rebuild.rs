//! The indexes are projections: any subset of their files may be missing.

use std::fs;

use proptest::prelude::*;
use store::Features;

use crate::sample::{append, assert_finds, assert_holds, folder, open};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Whatever the batches, and whichever index files are removed in between, the answers do not change.
    #[test]
    fn answers_do_not_depend_on_which_index_files_are_left(
        steps in prop::collection::vec((0..30_u64, any::<u16>()), 1..8),
    ) {
        let dir = folder();
        let mut len = 0;
        for (batch, removed) in steps {
            let mut features = open(dir.path());
            append(&mut features, len..len + batch).unwrap();
            features.sync().unwrap();
            len += batch;
            drop(features);
            let mut files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path()).collect();
            files.retain(|path| path.extension().is_some_and(|extension| extension != "seg"));
            files.sort();
            for (number, path) in files.iter().enumerate() {
                if removed >> (number % 16) & 1 == 1 {
                    fs::remove_file(path).unwrap();
                }
            }
            let features = open(dir.path());
            assert_holds(&features, len);
            assert_finds(&features, len);
        }
    }
}

/// A crash between a merge and the removal of its inputs leaves both: nothing is found twice.
#[test]
fn inputs_of_a_finished_merge_are_removed() {
    let dir = folder();
    let mut features = open(dir.path());
    let mut inputs = std::collections::BTreeMap::new();
    for number in 0..60 {
        append(&mut features, number..number + 1).unwrap();
        for file in fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "run") {
                inputs.insert(file.clone(), fs::read(file).unwrap());
            }
        }
    }
    features.sync().unwrap();
    drop(features);
    inputs.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    let features = open(dir.path());
    assert_finds(&features, 60);
    assert!(inputs.keys().any(|path| !path.exists()));
}
