//! `exercise …`.

use crate::program::{Work, check, files, run};

#[test]
fn lantern_is_found_whole_and_nothing_else_is() {
    let told = check(&["exercise", "bench", "--seeds", "1", "--grid-seeds", "0", "--first", "7"], 0);
    let total = told.lines().find(|line| line.starts_with("LANTERN: ")).expect("a line of totals");
    for expected in
        ["162/162 messages", "72/72 members", "openings 3/3 and 0 wrong", "2 of 2 campaigns", "(0 in "]
    {
        assert!(total.contains(expected), "{expected}: {total}");
    }
}

#[test]
fn a_forum_without_an_attacker_stays_quiet() {
    let told = check(
        &["exercise", "bench", "--variant", "none,newcomer=yes", "--grid-seeds", "1", "--mails", "4000"],
        0,
    );
    assert!(told.contains("(0 in "), "{told}");
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_never_over_anything() {
    let work = Work::new();
    let (one, other) = (work.text("one"), work.text("other"));
    for folder in [&one, &other] {
        check(&["exercise", "write", folder, "--seed", "5", "--mails", "300"], 0);
    }
    let read = |name: &str| {
        files(&work.path(name))
            .into_iter()
            .map(|path| std::fs::read(path).expect("a file"))
            .collect::<Vec<_>>()
    };
    assert_eq!(read("one"), read("other"));
    check(&["exercise", "write", &one], 2);
    assert_eq!(
        run(&["exercise", "write", &work.text("new"), "--variant", "nonsense"]).status.code(),
        Some(2)
    );
}
