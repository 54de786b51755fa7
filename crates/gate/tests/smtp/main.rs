//! Mail of our own against a relay that accepts, refuses, forgets and breaks off.

mod house;
mod secure;
mod shield;
mod sink;

use gate::Trust;
use gate::smtp::{Security, Sender, Settings};
use house::{Breaking, House, NOW};
use runtime::measure::Folder;
use runtime::measure::outbox::{self, State};
use sink::{Act, Sink};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const FROM: &str = "security@north.example";

fn settings(sink: &Sink) -> Settings {
    Settings::new("127.0.0.1", sink.port(), Security::Plain, FROM)
}

/// A sender whose clock stands, until it is set.
fn sender<F: Folder + 'static>(folder: &Arc<F>, settings: Settings) -> (Sender<F>, Arc<AtomicI64>) {
    let time = Arc::new(AtomicI64::new(NOW.0));
    let clock = Arc::clone(&time);
    (Sender::new(Arc::clone(folder), settings, move || model::EventTime(clock.load(Ordering::SeqCst))), time)
}

fn states(folder: &impl Folder) -> Vec<State> {
    let page = folder.with(|data| outbox::list(data, false, None, 100)).expect("the store works");
    page.rows.into_iter().map(|letter| letter.state).collect()
}

#[tokio::test]
async fn a_released_message_arrives_as_it_came_at_each_recipient() {
    let sink = Sink::start(vec![]).await;
    let folder = House::with_release().share();
    let (mut sender, _) = sender(&folder, settings(&sink));
    assert_eq!(sender.send_due().await.expect("the relay takes all"), 2);
    assert_eq!(sender.send_due().await.expect("nothing is due"), 0);
    let taken = sink.taken();
    let to: Vec<&str> = taken.iter().map(|one| one.rcpt_to.as_str()).collect();
    assert_eq!(to, ["<ada@north.example>", "<guest@elsewhere.example>"]);
    for one in &taken {
        assert_eq!(one.mail_from, "<editor@paper.example>");
        assert_eq!(one.message, house::MESSAGE, "not a byte is changed");
    }
    assert_eq!(states(&*folder), [State::Sent, State::Sent]);
}

#[tokio::test]
async fn a_warning_is_plain_text_with_the_same_id_at_each_attempt() {
    let sink = Sink::start(vec![Act::Answer("RCPT", 450), Act::Answer("END", 451)]).await;
    let folder = House::with_warning().share();
    let (mut sender, time) = sender(&folder, settings(&sink));
    for wait in [0, 60, 120] {
        time.fetch_add(wait, Ordering::SeqCst);
        let _ = sender.send_due().await.expect("the relay answers");
    }
    let taken = sink.taken();
    assert_eq!(taken.len(), 1);
    let seen = sink.seen();
    assert_eq!(seen.len(), 2, "one attempt came to its end and was refused there");
    assert_eq!(seen.first(), seen.last(), "every attempt is the same message");
    let text =
        String::from_utf8(taken.into_iter().next().expect("it was taken").message).expect("it is ASCII");
    assert!(
        text.contains("Content-Type: text/plain")
            && text.contains("From: Mail security <security@north.example>"),
        "{text}"
    );
    assert_eq!(states(&*folder), [State::Sent]);
}

#[tokio::test]
async fn each_answer_means_what_it_means() {
    for (act, expected) in [
        (Act::Answer("MAIL", 451), State::Queued),
        (Act::Answer("MAIL", 550), State::GivenUp),
        (Act::Answer("RCPT", 450), State::Queued),
        (Act::Answer("RCPT", 550), State::GivenUp),
        (Act::Answer("DATA", 452), State::Queued),
        (Act::Answer("DATA", 554), State::GivenUp),
        (Act::Answer("END", 451), State::Queued),
        (Act::Answer("END", 554), State::GivenUp),
        (Act::Close("MAIL"), State::Queued),
        (Act::Close("RCPT"), State::Queued),
        (Act::Close("DATA"), State::Queued),
        // It may have been taken: a person has to say.
        (Act::Close("END"), State::Held),
        (Act::TakeAndClose, State::Held),
    ] {
        let sink = Sink::start(vec![act]).await;
        let folder = House::with_warning().share();
        let (mut sender, time) = sender(&folder, settings(&sink));
        let _ = sender.send_due().await.expect("the relay was reached");
        assert_eq!(states(&*folder), [expected], "{act:?}");
        time.fetch_add(60, Ordering::SeqCst);
        let sent = sender.send_due().await.expect("the relay was reached");
        assert_eq!(sent, usize::from(expected == State::Queued), "{act:?}");
    }
}

#[tokio::test]
async fn released_mail_in_doubt_is_sent_again() {
    let sink = Sink::start(vec![Act::TakeAndClose]).await;
    let folder = House::with_release().share();
    let (mut sender, time) = sender(&folder, settings(&sink));
    let _ = sender.send_due().await.expect("the relay was reached");
    time.fetch_add(60, Ordering::SeqCst);
    let _ = sender.send_due().await.expect("the relay was reached");
    assert_eq!(states(&*folder), [State::Sent, State::Sent]);
    assert_eq!(sink.taken().len(), 3, "one of them twice: lost it would be worse");
}

#[tokio::test]
async fn nothing_is_sent_without_the_protection_that_is_asked_for() {
    let sink = Sink::start(vec![]).await;
    let folder = House::with_warning().share();
    let starttls = Settings { security: Security::StartTls(Trust::System), ..settings(&sink) };
    let (mut cautious, _) = sender(&folder, starttls);
    let error = cautious.send_due().await.expect_err("the relay offers no TLS");
    assert!(format!("{error:#}").contains("TLS"), "{error:#}");
    let elsewhere = Settings { relay: "192.0.2.1".to_owned(), ..settings(&sink) };
    let (mut plain, _) = sender(&folder, elsewhere);
    let error = plain.send_due().await.expect_err("it is not on this machine");
    assert!(format!("{error:#}").contains("over TLS only"), "{error:#}");
    assert!(sink.seen().is_empty());
    assert_eq!(states(&*folder), [State::Queued], "a relay that cannot be reached costs no attempt");
}

/// What the relay has, and what we say of it, after the data folder failed at one use and the program was started again.
async fn after_a_fault(house: House, at: usize, is_after: bool) -> (usize, Vec<State>, bool) {
    let sink = Sink::start(vec![]).await;
    let breaking = Arc::new(Breaking::new(house.into_data(), at, is_after));
    let (mut first, _) = sender(&breaking, settings(&sink));
    let has_failed = first.send_due().await.is_err();
    drop(first);
    let folder = Arc::new(Arc::into_inner(breaking).expect("nobody else has it").into_folder());
    let (mut second, time) = sender(&folder, settings(&sink));
    for _ in 0..3 {
        let _ = second.send_due().await.expect("nothing fails any more");
        time.fetch_add(600, Ordering::SeqCst);
    }
    (sink.taken().len(), states(&*folder), has_failed)
}

#[tokio::test]
async fn after_a_crash_at_any_step_no_warning_is_sent_twice_and_no_release_is_lost() {
    for is_after in [false, true] {
        for at in 0..12 {
            let (taken, states, has_failed) = after_a_fault(House::with_warning(), at, is_after).await;
            assert!(taken <= 1, "step {at}, after {is_after}: {taken} copies of a warning");
            assert!(
                matches!((taken, states.as_slice()), (1, [State::Sent]) | (0 | 1, [State::Held])),
                "step {at}, after {is_after}: {taken} {states:?}"
            );
            let (taken, states, _) = after_a_fault(House::with_release(), at, is_after).await;
            assert!((2..=3).contains(&taken), "step {at}, after {is_after}: {taken} copies");
            assert_eq!(states, [State::Sent, State::Sent], "step {at}, after {is_after}");
            if !has_failed && at > 6 {
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_could_not_be_noted_is_noted_before_anything_else() {
    for (at, is_after) in (0..6).flat_map(|at| [(at, false), (at, true)]) {
        let sink = Sink::start(vec![]).await;
        let folder = Arc::new(Breaking::new(House::with_warning().into_data(), at, is_after));
        let (mut sender, time) = sender(&folder, settings(&sink));
        for _ in 0..4 {
            // One of these fails; the sender goes on as it does while it runs.
            let _ = sender.send_due().await;
            time.fetch_add(600, Ordering::SeqCst);
        }
        assert_eq!(sink.taken().len(), 1, "step {at}, after {is_after}");
        assert_eq!(states(&*folder), [State::Sent], "step {at}, after {is_after}");
    }
}

#[tokio::test]
async fn the_loop_sends_and_ends() {
    let sink = Sink::start(vec![]).await;
    let folder = House::with_warning().share();
    let (sender, _) = sender(&folder, settings(&sink));
    sender.run(sink.has_taken(1)).await;
    assert_eq!(states(&*folder), [State::Sent]);
}
