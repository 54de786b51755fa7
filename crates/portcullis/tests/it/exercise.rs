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

#[test]
fn the_story_goes_from_the_mail_to_the_logs_and_the_case_is_not_closed() {
    let work = Work::new();
    let told = check(&["exercise", "run", &work.text("lantern"), "--seed", "7"], 0);
    for expected in [
        "C1: 104 of 104 messages, 40 of 40 members, 3 of 3 openings and 0 wrong",
        "C2: 58 of 58 messages, 32 of 32 members, 0 of 0 openings and 0 wrong",
        "false campaigns: 0",
        "closing it as an isolated incident is refused: 4 questions are open",
        "by January 20 changed, 10 removed, 7 added; exactly those of the truth",
        "exactly those that were altered",
        "none of its electors was altered",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert_eq!(told.matches(": a new network after opening campaign mail").count(), 2, "{told}");
    for step in ["entry", "second entry", "use after 270 days", "bulk read", "second-factor prompts"] {
        let line = told.lines().find(|line| line.contains(&format!("  {step}  "))).expect("the step is told");
        assert!(line.ends_with("in the case"), "{line}");
    }
    let (data, first) = (work.text("lantern/data"), "CASE-1");
    let whole = check(&["case", "show", first, "--data", &data, "--all"], 0);
    let short = check(&["case", "show", first, "--data", &data], 0);
    assert!(short.lines().count() < whole.lines().count() && short.contains("on the same hosts"), "{short}");
    check(&["evidence", "verify", &data], 0);
}
