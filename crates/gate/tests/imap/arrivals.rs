//! New mail: recorded once, replaced or moved, and nothing lost wherever the connection breaks.

use crate::fake::{BREAKS, Break, Fake, Stored};
use crate::house::{FAULTS, Memory, PATIENCE, account, beacon, letter, work_until};
use gate::SecretSource;
use gate::imap::{Account, Budget, Credential, Mode, ORIGINAL_FIELD, Standing, spawn};
use mail::disarm::remaining_loads;
use mail::message::digest;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

const EVERYTHING: &str = "UIDPLUS MOVE IDLE";

fn subjects(messages: &[Stored]) -> Vec<String> {
    let subject = |message: &Stored| {
        let text = String::from_utf8_lossy(&message.bytes).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned));
        line.unwrap_or_default()
    };
    let mut subjects: Vec<String> = messages.iter().map(subject).collect();
    subjects.sort();
    subjects
}

fn is_disarmed(message: &Stored) -> bool {
    let text = String::from_utf8_lossy(&message.bytes);
    text.starts_with(ORIGINAL_FIELD) && remaining_loads(&message.bytes).is_empty()
}

fn one_round(standing: &Standing) -> bool {
    standing.rounds >= 1
}

/// Two letters and two beacons, the first of which was read already.
fn filled(capabilities: &str) -> Fake {
    let fake = Fake::start(capabilities);
    fake.state().add("INBOX", vec!["\\Seen".to_owned(), "$Label".to_owned()], beacon(1).into_bytes());
    fake.deliver("INBOX", &letter(2));
    fake.deliver("INBOX", &beacon(3));
    fake.deliver("INBOX", &letter(4));
    fake
}

/// What must be so after any number of interruptions.
fn check_disarmed(fake: &Fake, house: &Memory, context: &str) {
    let inbox = fake.folder("INBOX").messages;
    assert_eq!(subjects(&inbox), ["1", "2", "3", "4"], "{context}: nothing lost, nothing twice");
    let (disarmed, others): (Vec<&Stored>, Vec<&Stored>) =
        inbox.iter().partition(|message| is_disarmed(message));
    assert_eq!((disarmed.len(), others.len()), (2, 2), "{context}");
    for (number, message) in [(1, disarmed[0]), (3, disarmed[1])] {
        let original = beacon(number);
        assert!(house.sealed.lock().unwrap().contains(original.as_bytes()), "{context}: it is sealed");
        let named = format!("{ORIGINAL_FIELD}: {}\r\n", digest(original.as_bytes()));
        assert!(String::from_utf8_lossy(&message.bytes).starts_with(&named), "{context}");
    }
    assert_eq!(disarmed[0].flags, ["\\Seen", "$Label"], "{context}: flags are carried over");
    assert_eq!(disarmed[1].flags, [""; 0], "{context}: what was not read is not marked as read");
    assert_eq!(house.distinct(), 4, "{context}: copies of our own are not judged");
}

#[tokio::test]
async fn mail_is_replaced_by_its_disarmed_copy() {
    for capabilities in [EVERYTHING, "IDLE", "UIDPLUS", ""] {
        let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
        let standing = work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
        check_disarmed(&fake, &house, capabilities);
        assert_eq!((standing.recorded, standing.disarmed, standing.failed), (4, 2, 0));
    }
}

/// Breaks the connection at every command in every way, and compares what is there in the end.
async fn check_every_break(mode: Mode, capabilities: &str, check: impl Fn(&Fake, &Memory, &str)) {
    let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
    work_until(account(&fake, mode.clone()), house, one_round).await;
    let commands = fake.state().commands.clone();
    assert!(commands.len() > 12, "{commands:?}");
    for (at, command) in commands.iter().enumerate() {
        for how in BREAKS {
            let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
            fake.state().breaks = Some((at, how));
            work_until(account(&fake, mode.clone()), house.clone(), one_round).await;
            check(&fake, &house, &format!("{capabilities:?} broken {how:?} command {at}, {command}"));
        }
    }
}

#[tokio::test]
async fn a_connection_may_break_anywhere_while_mail_is_replaced() {
    for capabilities in [EVERYTHING, ""] {
        check_every_break(Mode::Disarm, capabilities, check_disarmed).await;
    }
}

fn quarantine() -> Mode {
    Mode::Quarantine { folder: "Quarantine".to_owned() }
}

fn check_quarantined(fake: &Fake, house: &Memory, context: &str) {
    assert_eq!(subjects(&fake.folder("INBOX").messages), ["2", "4"], "{context}");
    assert_eq!(subjects(&fake.folder("Quarantine").messages), ["1", "3"], "{context}");
    assert_eq!(house.distinct(), 4, "{context}");
}

#[tokio::test]
async fn a_connection_may_break_anywhere_while_mail_is_moved() {
    for capabilities in [EVERYTHING, "UIDPLUS", ""] {
        check_every_break(quarantine(), capabilities, check_quarantined).await;
    }
}

/// Lets the data folder fail at each thing that it is asked for, before and after it was done.
async fn check_every_fault(mode: Mode, capabilities: &str, check: impl Fn(&Fake, &Memory, &str)) {
    let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
    work_until(account(&fake, mode.clone()), house.clone(), one_round).await;
    let asked = *house.asked.lock().unwrap();
    assert!(asked > 8, "{asked}");
    for at in 0..asked {
        for how in FAULTS {
            let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
            *house.fails.lock().unwrap() = Some((at, how));
            work_until(account(&fake, mode.clone()), house.clone(), one_round).await;
            check(&fake, &house, &format!("{capabilities:?} the folder failed {how:?} at {at}"));
        }
    }
}

#[tokio::test]
async fn a_full_disk_or_an_end_amid_writing_loses_nothing_and_doubles_nothing() {
    for capabilities in [EVERYTHING, ""] {
        check_every_fault(Mode::Disarm, capabilities, check_disarmed).await;
        check_every_fault(quarantine(), capabilities, check_quarantined).await;
    }
}

/// The program is killed at a command of a mailbox: the task ends without a word, and another one begins with what was stored.
#[tokio::test]
async fn a_program_that_is_killed_at_any_command_goes_on_where_it_was() {
    let (fake, house) = (filled(""), Arc::new(Memory::default()));
    work_until(account(&fake, Mode::Disarm), house, one_round).await;
    let commands = fake.state().commands.len();
    for at in 0..commands {
        let (fake, house) = (filled(""), Arc::new(Memory::default()));
        kill_at(&fake, &house, at).await;
        work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
        check_disarmed(&fake, &house, &format!("killed at command {at}"));
    }
}

async fn kill_at(fake: &Fake, house: &Arc<Memory>, at: usize) {
    let (_stop, stopped) = watch::channel(false);
    let (task, _told) = spawn(account(fake, Mode::Disarm), house.clone(), Budget::default(), stopped);
    let deadline = Instant::now() + PATIENCE;
    while fake.state().commands.len() <= at && !task.is_finished() {
        assert!(Instant::now() < deadline, "it does not come to command {at}");
        tokio::task::yield_now().await;
    }
    task.abort();
    // It ends at its next step, whatever that is.
    let _ = task.await;
}

#[tokio::test]
async fn nothing_is_changed_where_mail_is_only_observed() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    let before = fake.folder("INBOX").messages;
    let standing = work_until(account(&fake, Mode::Observe), house.clone(), one_round).await;
    assert_eq!(fake.folder("INBOX").messages, before);
    assert_eq!(standing.recorded, 4);
    assert_eq!(house.observed.lock().unwrap()[0].1, "imap:office/INBOX/7/1");
}

#[tokio::test]
async fn a_second_start_looks_only_at_what_is_new() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    work_until(account(&fake, Mode::Observe), house.clone(), one_round).await;
    fake.deliver("INBOX", &letter(5));
    let standing = work_until(account(&fake, Mode::Observe), house.clone(), one_round).await;
    assert_eq!(standing.recorded, 1);
    assert_eq!(house.observed.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn with_a_new_uidvalidity_everything_is_looked_at_again() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    work_until(account(&fake, Mode::Observe), house.clone(), one_round).await;
    fake.state().folders.get_mut("INBOX").unwrap().uid_validity = 99;
    let standing = work_until(account(&fake, Mode::Observe), house.clone(), one_round).await;
    assert_eq!(standing.recorded, 4);
    assert_eq!(house.distinct(), 4);
}

#[tokio::test]
async fn new_mail_wakes_and_folders_are_polled() {
    for (capabilities, folder) in [("IDLE", "INBOX"), ("", "INBOX"), ("IDLE", "Archive")] {
        let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
        let copy = fake.folder("INBOX");
        fake.state().folders.insert("Archive".to_owned(), copy);
        let folders = match folder {
            "INBOX" => vec!["INBOX".to_owned()],
            other => vec!["INBOX".to_owned(), other.to_owned()],
        };
        let wanted = 4 * folders.len() as u64 + 1;
        let account = Account { folders, ..account(&fake, Mode::Observe) };
        let mut is_delivered = false;
        let arrived = fake.clone();
        let is_enough = move |standing: &Standing| {
            if standing.rounds >= 1 && !std::mem::replace(&mut is_delivered, true) {
                arrived.deliver(folder, &letter(9));
            }
            standing.recorded == wanted
        };
        work_until(account, house.clone(), is_enough).await;
        assert_eq!(house.distinct(), 5, "{capabilities} {folder}");
    }
}

#[tokio::test]
async fn a_message_at_which_the_server_always_breaks_keeps_no_other_from_being_judged() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    fake.state().spoilt = Some(2);
    let standing = work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
    assert_eq!((standing.failed, house.distinct()), (1, 3), "it is told that one was passed over");
    assert_eq!(subjects(&fake.folder("INBOX").messages), ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_server_that_does_not_say_what_comes_next_is_asked_for_the_last() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    fake.state().hides_next = true;
    work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
    check_disarmed(&fake, &house, "without UIDNEXT");
    let empty = Fake::start(EVERYTHING);
    empty.state().hides_next = true;
    work_until(account(&empty, Mode::Observe), house, one_round).await;
}

#[tokio::test]
async fn a_busy_house_is_asked_again() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    *house.busy.lock().unwrap() = 5;
    work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
    check_disarmed(&fake, &house, "after five refusals");
}

#[tokio::test]
async fn an_original_stays_where_the_server_spoils_the_copy() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    fake.state().alter = Some(|_| b"Subject: 1\r\n\r\nnothing\r\n".to_vec());
    let standing = work_until(account(&fake, Mode::Disarm), house, one_round).await;
    assert_eq!(standing.failed, 2);
    assert_eq!(
        fake.folder("INBOX").messages.iter().map(|message| message.uid).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
}

#[tokio::test]
async fn a_copy_that_the_server_wrote_anew_counts_when_it_is_harmless() {
    let (fake, house) = (filled(EVERYTHING), Arc::new(Memory::default()));
    fake.state().alter = Some(|bytes| [b"X-Server: was here\r\n".to_vec(), bytes].concat());
    work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
    assert_eq!(subjects(&fake.folder("INBOX").messages), ["1", "2", "3", "4"]);
    assert_eq!(house.distinct(), 4, "the server's version is known as ours");
}

#[tokio::test]
async fn a_forged_field_hides_no_mail() {
    let (fake, house) = (Fake::start(EVERYTHING), Arc::new(Memory::default()));
    let original = beacon(1);
    fake.deliver("INBOX", &format!("{ORIGINAL_FIELD}: {}\r\n{}", digest(original.as_bytes()), beacon(2)));
    fake.deliver("INBOX", &original);
    work_until(account(&fake, Mode::Disarm), house.clone(), one_round).await;
    let inbox = fake.folder("INBOX").messages;
    assert_eq!(subjects(&inbox), ["1", "2"]);
    assert!(inbox.iter().all(is_disarmed));
}

#[tokio::test]
async fn others_marked_as_deleted_are_not_expunged_with_ours() {
    let (fake, house) = (filled(""), Arc::new(Memory::default()));
    fake.state().add("INBOX", vec!["\\Deleted".to_owned()], letter(5).into_bytes());
    let standing = work_until(account(&fake, Mode::Disarm), house, one_round).await;
    let kept = fake.folder("INBOX").messages;
    assert_eq!(subjects(&kept), ["1", "1", "2", "3", "3", "4", "5"]);
    assert_eq!(standing.failed, 2, "the originals are marked, and it is told");
}

#[tokio::test]
async fn a_refused_password_is_told_and_tried_again() {
    let fake = Fake::start(EVERYTHING);
    let account = Account { user: "nobody".to_owned(), ..account(&fake, Mode::Observe) };
    let standing =
        work_until(account, Arc::new(Memory::default()), |standing| standing.last_error.is_some()).await;
    let expected = "the server does not accept the user with this secret: AUTHENTICATIONFAILED";
    assert_eq!(standing.last_error.as_deref(), Some(expected));
    assert!(!standing.is_connected);
}

#[tokio::test]
async fn idle_ends_with_the_connection_and_begins_anew() {
    let (fake, house) = (Fake::start(EVERYTHING), Arc::new(Memory::default()));
    fake.state().breaks = Some((4, Break::Before));
    work_until(account(&fake, Mode::Observe), house, |standing| standing.rounds >= 2).await;
    assert_eq!(fake.state().commands[4], "IDLE");
}

/// Answers `token-1` the first time and `token-2` from then on.
fn token(folder: &std::path::Path) -> Credential {
    let mark = folder.join("asked");
    let script =
        format!("if test -e {0}; then echo token-2; else touch {0}; echo token-1; fi", mark.display());
    Credential::Token(SecretSource::Command(["/bin/sh", "-c", &script].map(str::to_owned).to_vec()))
}

#[tokio::test]
async fn a_token_that_expired_is_asked_for_again() {
    for capabilities in ["AUTH=XOAUTH2 SASL-IR", "AUTH=XOAUTH2"] {
        let (fake, house) = (filled(capabilities), Arc::new(Memory::default()));
        let folder = tempfile::tempdir().expect("a folder");
        let account = Account { credential: token(folder.path()), ..account(&fake, Mode::Observe) };
        let standing = work_until(account, house, one_round).await;
        assert_eq!((standing.recorded, standing.last_error), (4, None), "{capabilities}");
        let tries =
            fake.state().commands.iter().filter(|command| command.starts_with("AUTHENTICATE")).count();
        assert_eq!(tries, 2, "{capabilities}: over one connection");
    }
}

#[tokio::test]
async fn a_password_goes_by_sasl_where_that_is_offered() {
    let (fake, house) = (filled("AUTH=PLAIN LOGINDISABLED"), Arc::new(Memory::default()));
    work_until(account(&fake, Mode::Observe), house, one_round).await;
    assert!(fake.state().commands.iter().any(|command| command == "AUTHENTICATE PLAIN"));
}
