//! Both sides find the same entries, and nothing else; what was altered is refused.

use super::*;

fn list(names: impl IntoIterator<Item = usize>) -> Vec<Entry> {
    names.into_iter().map(|number| normal(&format!("M{number}@house.example")).expect("an entry")).collect()
}

fn side(names: impl IntoIterator<Item = usize>, seed: u8) -> Side {
    Side::new(list(names), [seed; SEED_BYTES])
}

#[test]
fn both_learn_the_overlap_and_nothing_else() {
    let (ours, theirs) = (side(0..60, 1), side(40..90, 2));
    let offer = Offer::from_text(&ours.offer().to_text()).expect("an offer");
    let answer = theirs.answer(&offer).expect("an answer");
    let answer = Answer::from_text(&answer.to_text()).expect("an answer");
    let (shared, release) = ours.finish(&answer).expect("an overlap");
    assert_eq!(shared, list(40..60));
    let release = Release::from_text(&release.to_text()).expect("a release");
    assert_eq!(theirs.learn(&answer, &release).expect("an overlap"), list(40..60));
}

#[test]
fn spelling_does_not_matter_and_a_list_has_each_entry_once() {
    let ours =
        Side::new([normal(" Ann@X.example").expect("it"), normal("ann@x.example").expect("it")], [3; 64]);
    assert_eq!(ours.entries().len(), 1);
    let (shared, _) = ours.finish(&ours.answer(&ours.offer()).expect("an answer")).expect("an overlap");
    assert_eq!(shared.len(), 1);
}

#[test]
fn no_point_that_is_sent_depends_on_the_entry_alone() {
    let (a, b) = (side(0..1, 1).offer(), side(0..1, 2).offer());
    assert_ne!(a.points, b.points);
    assert_ne!(a.commitment, b.commitment);
    let text = side(0..1, 1).offer().to_text();
    assert!(!text.contains("house"), "{text}");
}

#[test]
fn an_answer_to_another_offer_and_a_release_of_another_answer_are_refused() {
    let (ours, theirs) = (side(0..3, 1), side(0..3, 2));
    let answer = theirs.answer(&side(0..2, 1).offer()).expect("an answer");
    assert_eq!(ours.finish(&answer).expect_err("refused"), OverlapError::OtherOffer);
    let mut answer = theirs.answer(&ours.offer()).expect("an answer");
    let (_, release) = ours.finish(&answer).expect("an overlap");
    answer.returned.pop();
    assert_eq!(ours.finish(&answer).expect_err("refused"), OverlapError::Count { offered: 3, answered: 2 });
    assert_eq!(theirs.learn(&answer, &release).expect_err("refused"), OverlapError::OtherAnswer);
}

#[test]
fn the_point_that_hides_nothing_and_what_is_no_point_are_refused() {
    let theirs = side(0..3, 2);
    for wrong in [[0; 32], [0xff; 32]] {
        let offer = Offer { commitment: Commitment([0; 32]), points: vec![wrong] };
        assert_eq!(theirs.answer(&offer).expect_err("refused"), OverlapError::Point { number: 1 });
    }
}

#[test]
fn a_commitment_opens_to_its_list_only() {
    let ours = side(0..3, 1);
    assert_eq!(ours.commitment(), Side::new(list((0..3).rev()), [1; 64]).commitment());
    assert_ne!(ours.commitment(), side(0..4, 1).commitment());
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(Offer::from_text(text).expect_err("refused").to_string(), expected);
}

#[test]
fn a_damaged_file_is_refused_with_its_line() {
    let text = side(0..2, 1).offer().to_text();
    refused("", "line 1: portcullis overlap offer v1 is expected");
    refused(&text.replace("offered 2", "offered 3"), "line 6: a point of 64 hexadecimal digits is expected");
    refused(&text.replace("offered 2", "offered 1"), "line 5: the end is expected");
    refused(
        &text.replace("offered 2", "offered 02"),
        "line 3: a number of entries within the limit is expected",
    );
    refused(
        &text.replace("offered 2", "offered 100001"),
        "line 3: a number of entries within the limit is expected",
    );
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(3, 4);
    refused(&lines.join("\n"), "line 5: a point beyond the one before it is expected");
}
