//! What is read of YAML, and where it is said to be wrong.

use super::*;

#[track_caller]
fn check(text: &str, expected: &[Content]) {
    let (documents, wrong) = documents(text);
    assert_eq!(wrong, None);
    assert_eq!(documents.into_iter().map(|node| node.content).collect::<Vec<_>>(), expected);
}

#[track_caller]
fn check_wrong(text: &str, line: u32, message: &str) {
    let wrong = documents(text).1.expect("it is wrong");
    assert_eq!(wrong.line, line, "{}", wrong.message);
    assert!(wrong.message.contains(message), "{}", wrong.message);
}

fn integer(value: i64, text: &str) -> Content {
    Content::Number(Number::Integer(value), text.to_owned())
}

#[test]
fn plain_scalars_have_the_types_of_the_core_schema() {
    check("4688", &[integer(4688, "4688")]);
    check("0x17", &[integer(23, "0x17")]);
    check("-7", &[integer(-7, "-7")]);
    check("1.5", &[Content::Number(Number::Float(1.5), "1.5".to_owned())]);
    check("true", &[Content::Bool(true)]);
    for text in ["yes", "1.2.3", "inf", "nan", "0x", "0x-1", "12abc"] {
        check(text, &[Content::Text(text.to_owned())]);
    }
    check("'4688'", &[Content::Text("4688".to_owned())]);
    check("!!str 4688", &[Content::Text("4688".to_owned())]);
}

#[test]
fn everything_knows_its_line() {
    let (documents, _) = documents("# a comment\ntitle: x\nlist:\n  - a\n  - b\n---\nother: 1\n");
    let [first, second] = documents.as_slice() else { panic!("two documents") };
    let lines: Vec<u32> =
        first.get("list").expect("it is there").items().iter().map(|item| item.line).collect();
    assert_eq!(lines, [4, 5]);
    assert_eq!(second.entries().first().map(|(key, _)| key.line), Some(7));
}

#[test]
fn mistakes_are_told_with_their_line() {
    check_wrong("a: 1\nb: 2\na: 3\n", 3, "`a` is there twice, first in line 1");
    check_wrong("a: [1\nb: 2\n", 2, "not YAML");
    check_wrong("? [a, b]\n: 1\n", 1, "a list cannot be a key");
    check_wrong("a: *unknown\n", 1, "not YAML");
}

#[test]
fn what_stands_before_a_mistake_is_read() {
    assert_eq!(documents("a: 1\n---\nb: [\n").0.len(), 1);
}

#[test]
fn aliases_are_followed_and_cannot_fill_the_memory() {
    check(
        "[&x a, *x]",
        &[Content::List(vec![
            Node { line: 1, content: Content::Text("a".to_owned()) },
            Node { line: 1, content: Content::Text("a".to_owned()) },
        ])],
    );
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for step in 1..9 {
        let before = step - 1;
        bomb.push_str(&format!("a{step}: &a{step} [{}]\n", vec![format!("*a{before}"); 10].join(", ")));
    }
    check_wrong(&bomb, 6, "values in one file");
    check_wrong(&"[".repeat(10_000), 1, "");
}
