//! The laws of [`Records`].

use store::memory::{Faults, MemoryRecords};
use store::{Batch, Records, Sqlite, StoreError};

use crate::sample::folder;

fn laws<P: Records, O: Fn() -> P>(make: impl Fn() -> O) {
    a_document_is_replaced_and_deleted(&make()());
    a_batch_is_made_in_order(&make()());
    a_batch_beyond_a_limit_changes_nothing(&make()());
    a_scan_goes_page_by_page_in_byte_order(&make()());
    a_scan_back_is_a_scan_in_the_opposite_order(&make()());
    collections_do_not_mix(&make()());
    what_was_applied_is_there_after_a_crash(&make());
}

fn a_document_is_replaced_and_deleted(records: &impl Records) {
    assert_eq!(records.get("c", "k").unwrap(), None);
    for document in ["1", "", "2"] {
        records.apply(Batch::new().put("c", "k", document)).unwrap();
        assert_eq!(records.get("c", "k").unwrap().as_deref(), Some(document.as_bytes()));
    }
    for _ in 0..2 {
        records.apply(Batch::new().delete("c", "k")).unwrap();
        assert_eq!(records.get("c", "k").unwrap(), None);
    }
}

fn a_batch_is_made_in_order(records: &impl Records) {
    records
        .apply(Batch::new().put("c", "a", "1").delete("c", "a").put("c", "b", "1").put("c", "b", "2"))
        .unwrap();
    assert_eq!(records.get("c", "a").unwrap(), None);
    assert_eq!(records.get("c", "b").unwrap(), Some(b"2".to_vec()));
}

fn a_batch_beyond_a_limit_changes_nothing(records: &impl Records) {
    let long = "k".repeat(model::limit::DOCUMENT_KEY_BYTES_MAX + 1);
    let large = vec![0; model::limit::DOCUMENT_BYTES_MAX + 1];
    let long_key = Batch::new().put("c", "a", "1").put("c", &long, "1").clone();
    let large_document = Batch::new().put("c", "a", "1").put("c", "b", large).clone();
    for batch in [long_key, large_document] {
        assert!(matches!(records.apply(&batch), Err(StoreError::Refused { .. })));
        assert_eq!(records.scan("c", None, 10).unwrap(), vec![]);
    }
}

fn a_scan_goes_page_by_page_in_byte_order(records: &impl Records) {
    let keys = ["", "A", "a", "a\0", "a/b", "é", "\u{10000}"];
    let mut batch = Batch::new();
    for key in keys.iter().rev() {
        batch.put("c", key, *key);
    }
    records.apply(&batch).unwrap();
    for limit in 1..=keys.len() + 1 {
        let mut found = records.scan("c", None, limit).unwrap();
        loop {
            let after = found.last().map(|(key, _)| key.clone());
            let page = records.scan("c", after.as_deref(), limit).unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        let expected: Vec<_> = keys.iter().map(|key| ((*key).to_owned(), key.as_bytes().to_vec())).collect();
        assert_eq!(found, expected, "limit {limit}");
    }
    assert_eq!(records.scan("c", None, 0).unwrap(), vec![]);
}

fn a_scan_back_is_a_scan_in_the_opposite_order(records: &impl Records) {
    for key in ["a", "b", "c", "d"] {
        records.apply(Batch::new().put("c", key, "").put("other", key, "")).unwrap();
    }
    let keys = |before, limit| -> Vec<String> {
        records.scan_back("c", before, limit).unwrap().into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys(None, 9), ["d", "c", "b", "a"]);
    assert_eq!(keys(Some("d"), 2), ["c", "b"]);
    assert_eq!(keys(Some("bb"), 9), ["b", "a"]);
    assert_eq!(keys(Some("a"), 9), Vec::<String>::new());
}

fn collections_do_not_mix(records: &impl Records) {
    records
        .apply(Batch::new().put("a", "k", "1").put("b", "k", "2").put("", "k", "3").delete("b", "k"))
        .unwrap();
    assert_eq!(records.scan("a", None, 9).unwrap(), vec![("k".to_owned(), b"1".to_vec())]);
    assert_eq!(records.scan("b", None, 9).unwrap(), vec![]);
}

fn what_was_applied_is_there_after_a_crash<P: Records>(open: &impl Fn() -> P) {
    for number in 0..3 {
        let records = open();
        assert_eq!(records.scan("c", None, 9).unwrap().len(), number);
        records.apply(Batch::new().put("c", &number.to_string(), "x")).unwrap();
    }
}

#[test]
fn sqlite_obeys() {
    laws(|| {
        let dir = folder();
        move || Sqlite::open(&dir.path().join("records.sqlite3")).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemoryRecords::default();
        move || double.reopen(Faults::default())
    });
}
