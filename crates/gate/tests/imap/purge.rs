//! Copies moved out of a mailbox and brought back: once, and nothing lost wherever the connection breaks.

use crate::fake::{BREAKS, Fake, Folder};
use crate::house::{Memory, account, beacon, letter, work_until};
use gate::imap::purge::Purger;
use gate::imap::{Account, Budget, Mode, ORIGINAL_FIELD};
use mail::message::digest;
use model::EventTime;
use model::limit::IMAP_CANDIDATES_MAX;
use runtime::measure::purge::{Copy, CopyState, MailboxError, Mailboxes};
use std::sync::Arc;

/// The digest is that of `message`; the copy in the mailbox may have more fields.
pub fn copy_of(message: &str, message_id: &str) -> Copy {
    Copy {
        purge: "P-1".to_owned(),
        number: 0,
        member: "M004".to_owned(),
        mailbox: "m004@house.example".to_owned(),
        message_id: message_id.to_owned(),
        digest: digest(message.as_bytes()).to_string(),
        received: EventTime(1_610_960_820),
        source: "milter:1".to_owned(),
        state: CopyState::Moving,
        attempts: 1,
        due_at: EventTime(0),
        problem: String::new(),
        evidence: None,
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Direction {
    Away,
    Back,
}

/// Carries a copy as it is done while the program runs: again after each failure that may pass.
pub async fn carry(
    account: &Account,
    house: &Arc<Memory>,
    copy: &Copy,
    direction: Direction,
) -> Result<(), MailboxError> {
    let (account, house, copy) = (account.clone(), Arc::clone(house), copy.clone());
    let runtime = tokio::runtime::Handle::current();
    let carrying = move || {
        let mut last = Ok(());
        for _ in 0..4 {
            // As after its rest.
            let (accounts, house, runtime) = (vec![account.clone()], house.clone(), runtime.clone());
            let mut purger = Purger::new(accounts, "Held".to_owned(), house, Budget::default(), runtime);
            last = match direction {
                Direction::Away => purger.move_away(&copy),
                Direction::Back => purger.put_back(&copy),
            };
            if !matches!(last, Err(MailboxError::Later(_))) {
                break;
            }
        }
        last
    };
    tokio::task::spawn_blocking(carrying).await.expect("it does not panic")
}

/// One attempt to move a copy away.
async fn carry_once(account: &Account, house: &Arc<Memory>, copy: &Copy) -> Result<(), MailboxError> {
    let (account, house, copy) = (account.clone(), Arc::clone(house), copy.clone());
    let runtime = tokio::runtime::Handle::current();
    let carrying = move || {
        Purger::new(vec![account], "Held".to_owned(), house, Budget::default(), runtime).move_away(&copy)
    };
    tokio::task::spawn_blocking(carrying).await.expect("it does not panic")
}

/// The message as a mail server delivers it, behind fields of its own, between others.
fn filled(capabilities: &str) -> Fake {
    let fake = Fake::start(capabilities);
    fake.deliver("INBOX", &letter(2));
    fake.deliver("INBOX", &delivered());
    fake.deliver("INBOX", &letter(4));
    fake
}

fn delivered() -> String {
    format!("Return-Path: <editor@news.example>\r\nDelivered-To: m004@house.example\r\n{}", beacon(1))
}

fn count(folder: &Folder, message: &str) -> usize {
    folder.messages.iter().filter(|stored| stored.bytes == message.as_bytes()).count()
}

#[track_caller]
fn check_places(fake: &Fake, inbox: usize, held: usize, context: &str) {
    let (in_inbox, in_held) = (fake.folder("INBOX"), fake.folder("Held"));
    assert_eq!((count(&in_inbox, &delivered()), count(&in_held, &delivered())), (inbox, held), "{context}");
    assert_eq!(in_inbox.messages.len() - inbox, 2, "{context}: others stay");
    assert_eq!(in_held.messages.len(), held, "{context}");
}

#[tokio::test]
async fn a_connection_may_break_anywhere_while_a_copy_is_moved_and_brought_back() {
    let copy = copy_of(&beacon(1), "1@news.example");
    for capabilities in ["UIDPLUS MOVE", "UIDPLUS", ""] {
        let fake = filled(capabilities);
        let commands = both_ways(&fake, &copy, "unbroken").await;
        for (at, command) in commands.iter().enumerate() {
            for how in BREAKS {
                let fake = filled(capabilities);
                fake.state().breaks = Some((at, how));
                both_ways(&fake, &copy, &format!("{capabilities:?} broken {how:?} command {at}, {command}"))
                    .await;
            }
        }
    }
}

async fn both_ways(fake: &Fake, copy: &Copy, context: &str) -> Vec<String> {
    let (account, house) = (account(fake, Mode::Observe), Arc::new(Memory::default()));
    carry(&account, &house, copy, Direction::Away).await.expect(context);
    check_places(fake, 0, 1, context);
    // As after a crash before it was noted.
    carry(&account, &house, copy, Direction::Away).await.expect(context);
    check_places(fake, 0, 1, context);
    carry(&account, &house, copy, Direction::Back).await.expect(context);
    check_places(fake, 1, 0, context);
    carry(&account, &house, copy, Direction::Back).await.expect(context);
    check_places(fake, 1, 0, context);
    fake.state().commands.clone()
}

#[tokio::test]
async fn what_is_not_the_message_is_not_moved() {
    let fake = Fake::start("UIDPLUS MOVE");
    let forged = beacon(1).replace("Hello", "Goodbye");
    fake.deliver("INBOX", &forged);
    let (account, house) = (account(&fake, Mode::Observe), Arc::new(Memory::default()));
    let copy = copy_of(&beacon(1), "1@news.example");
    assert_eq!(carry(&account, &house, &copy, Direction::Away).await, Err(MailboxError::Gone));
    assert_eq!(count(&fake.folder("INBOX"), &forged), 1);
}

#[tokio::test]
async fn a_forged_copy_does_not_stand_in_for_the_message() {
    // Whoever sent the message knows its digest, and can send another one that claims to be its disarmed copy.
    let fake = Fake::start("UIDPLUS");
    let forged = format!(
        "{ORIGINAL_FIELD}: {}\r\nMessage-ID: <1@news.example>\r\n\r\n.\r\n",
        digest(beacon(1).as_bytes())
    );
    fake.deliver("INBOX", &forged);
    fake.deliver("INBOX", &beacon(1));
    let (account, house) = (account(&fake, Mode::Observe), Arc::new(Memory::default()));
    let copy = copy_of(&beacon(1), "1@news.example");
    carry(&account, &house, &copy, Direction::Away).await.expect("both are there");
    let held = fake.folder("Held");
    assert_eq!((count(&held, &beacon(1)), count(&held, &forged)), (1, 1), "the message itself is not lost");
    assert_eq!(fake.folder("INBOX").messages.len(), 0);
}

#[tokio::test]
async fn a_message_behind_too_many_of_its_like_is_not_said_to_be_gone() {
    let fake = Fake::start("UIDPLUS MOVE");
    let decoy = beacon(1).replace("Hello", "Goodbye");
    for _ in 0..=IMAP_CANDIDATES_MAX {
        fake.state().add("INBOX", Vec::new(), decoy.clone().into_bytes());
    }
    let copy = copy_of(&beacon(1), "1@news.example");
    let carried =
        carry(&account(&fake, Mode::Observe), &Arc::new(Memory::default()), &copy, Direction::Away).await;
    assert!(matches!(carried, Err(MailboxError::Never(_))), "{carried:?}");
}

#[tokio::test]
async fn what_was_moved_when_it_came_counts_as_moved_and_comes_back() {
    let fake = filled("UIDPLUS MOVE");
    let quarantine = Mode::Quarantine { folder: "Quarantine".to_owned() };
    let (account, house) = (account(&fake, quarantine), Arc::new(Memory::default()));
    work_until(account.clone(), house.clone(), |standing| standing.rounds > 0).await;
    assert_eq!(count(&fake.folder("Quarantine"), &delivered()), 1);
    let copy = copy_of(&beacon(1), "1@news.example");
    carry(&account, &house, &copy, Direction::Away).await.expect("it is out of the way already");
    assert_eq!(count(&fake.folder("Quarantine"), &delivered()), 1);
    carry(&account, &house, &copy, Direction::Back).await.expect("it is in the other folder");
    assert_eq!(
        (count(&fake.folder("INBOX"), &delivered()), fake.folder("Quarantine").messages.len()),
        (1, 0)
    );
    work_until(account, house, |standing| standing.rounds > 0).await;
}

#[tokio::test]
async fn a_server_that_fails_rests_and_keeps_no_other_waiting() {
    let (fake, house) = (Fake::start("UIDPLUS MOVE"), Arc::new(Memory::default()));
    let dead = Account { user: "nobody".to_owned(), ..account(&fake, Mode::Observe) };
    let other =
        Account { name: "other".to_owned(), owner: Some("M007".to_owned()), ..account(&fake, Mode::Observe) };
    fake.deliver("INBOX", &beacon(1));
    let runtime = tokio::runtime::Handle::current();
    let carrying = move || {
        let accounts = vec![dead, other];
        let mut purger = Purger::new(accounts, "Held".to_owned(), house, Budget::default(), runtime);
        let copy = copy_of(&beacon(1), "1@news.example");
        let outcomes = [purger.move_away(&copy), purger.move_away(&copy)];
        (outcomes, purger.move_away(&Copy { member: "M007".to_owned(), ..copy }))
    };
    let (outcomes, other) = tokio::task::spawn_blocking(carrying).await.expect("it does not panic");
    let resting = MailboxError::Later("the server failed a moment ago".to_owned());
    assert!(
        matches!(outcomes[0], Err(MailboxError::Later(_))) && outcomes[1] == Err(resting),
        "{outcomes:?}"
    );
    assert_eq!(other, Ok(()));
    let tries = fake.state().commands.iter().filter(|command| command.contains("nobody")).count();
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_folder_that_is_numbered_anew_meanwhile_is_left_alone() {
    // The copy exists already, as after a broken attempt; between looking and deleting, UID 2 becomes another message.
    let fake = filled("UIDPLUS");
    fake.state().renumbers = Some("INBOX".to_owned());
    let copy = copy_of(&beacon(1), "1@news.example");
    let (account, house) = (account(&fake, Mode::Observe), Arc::new(Memory::default()));
    carry_once(&account, &house, &copy).await.expect_err("the second look says that the numbers are others");
    assert_eq!(fake.folder("INBOX").messages.len(), 3, "nothing was deleted");
    carry(&account, &house, &copy, Direction::Away).await.expect("it is found under its new number");
    check_places(&fake, 0, 1, "afterwards");
}

#[tokio::test]
async fn a_message_without_an_id_is_found_by_its_day() {
    let fake = Fake::start("UIDPLUS MOVE");
    let message = "From: a@b.example\r\n\r\nno id\r\n";
    fake.deliver("INBOX", message);
    let (account, house) = (account(&fake, Mode::Observe), Arc::new(Memory::default()));
    carry(&account, &house, &copy_of(message, ""), Direction::Away).await.expect("it is found");
    assert_eq!(count(&fake.folder("Held"), message), 1);
}

#[tokio::test]
async fn a_mailbox_of_nobody_is_told_at_once() {
    let fake = filled("UIDPLUS MOVE");
    let copy = Copy { member: "M099".to_owned(), ..copy_of(&beacon(1), "1@news.example") };
    let house = Arc::new(Memory::default());
    let carried = carry(&account(&fake, Mode::Observe), &house, &copy, Direction::Away).await;
    assert!(matches!(carried, Err(MailboxError::Never(_))), "{carried:?}");
}

#[tokio::test]
async fn a_disarmed_copy_is_moved_and_a_restored_message_is_left_alone() {
    let fake = Fake::start("UIDPLUS MOVE");
    fake.deliver("INBOX", &beacon(1));
    fake.deliver("INBOX", &beacon(3));
    let (disarming, house) = (account(&fake, Mode::Disarm), Arc::new(Memory::default()));
    work_until(disarming.clone(), house.clone(), |standing| standing.disarmed == 2 && standing.rounds > 0)
        .await;
    let copy = copy_of(&beacon(1), "1@news.example");
    carry(&disarming, &house, &copy, Direction::Away).await.expect("the disarmed copy names it");
    assert_eq!((fake.folder("INBOX").messages.len(), fake.folder("Held").messages.len()), (1, 1));

    let quarantine = Account { mode: Mode::Quarantine { folder: "Q".to_owned() }, ..disarming };
    fake.deliver("INBOX", &beacon(5));
    let copy = copy_of(&beacon(5), "5@news.example");
    carry(&quarantine, &house, &copy, Direction::Away).await.expect("it is there");
    carry(&quarantine, &house, &copy, Direction::Back).await.expect("it is held");
    work_until(quarantine, house, |standing| standing.rounds > 0).await;
    assert_eq!(count(&fake.folder("INBOX"), &beacon(5)), 1, "two persons wanted it there");
}

#[tokio::test]
async fn a_copy_that_was_disarmed_on_its_way_is_found_by_its_body() {
    let fake = Fake::start("UIDPLUS MOVE");
    let disarmed =
        String::from_utf8(mail::disarm::disarm(beacon(1).as_bytes()).message).expect("it is ASCII");
    let marked = disarmed.replacen("Subject: 1", "X-Portcullis-Verdict: disarm\r\nSubject: 1", 1);
    fake.deliver("INBOX", &marked);
    let (account, house) = (account(&fake, Mode::Observe), Arc::new(Memory::default()));
    let copy = copy_of(&beacon(1), "1@news.example");
    assert_eq!(carry(&account, &house, &copy, Direction::Away).await, Err(MailboxError::Gone));
    house.sealed.lock().unwrap().insert(beacon(1).into_bytes());
    carry(&account, &house, &copy, Direction::Away).await.expect("what was sealed tells its body");
    assert_eq!(count(&fake.folder("Held"), &marked), 1);
}
