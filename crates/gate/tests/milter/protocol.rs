//! The server against a mail server that keeps to the protocol, and against ones that do not.

use crate::double::{anywhere, settings, start, start_filter};
use crate::mail_server::{MailServer, OFFER, Outcome, begin, letter};
use gate::milter::{Action, Failed, Listen, Settings};
use milter::{Command, Message, Offer};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LETTER: &[u8] = b"From: a@b.example\r\nSubject:  two blanks\r\n\tand a fold\r\n\r\nhello\r\n";

fn deliver_as_it_is(message: &Message) -> Result<Action, Failed> {
    Ok(Action::Deliver(message.to_bytes()))
}

#[track_caller]
fn check(action: Result<Action, Failed>, rcpt_to: &str, expected: Outcome) {
    let server = start(move |_| action.clone());
    let mut client = MailServer::connect(server.address()).expect("it connects");
    assert_eq!(client.deliver("4fX", &letter(&[rcpt_to], LETTER)).expect("an answer"), expected);
    server.stop();
}

#[test]
fn each_action_is_told() {
    let other = b"From: a@b.example\r\nX-New: 1\r\n\r\nother\r\n".to_vec();
    check(Ok(Action::Deliver(LETTER.to_vec())), "pat@house.example", Outcome::Delivered(LETTER.to_vec()));
    check(Ok(Action::Deliver(other.clone())), "pat@house.example", Outcome::Delivered(other));
    check(Ok(Action::Discard), "pat@house.example", Outcome::Discarded);
    let later = "451 4.7.1 The message cannot be checked now, try again later";
    check(Ok(Action::Tempfail), "pat@house.example", Outcome::Refused(later.into()));
    let never = "550 5.7.1 The message is refused by the policy of this house";
    check(Ok(Action::Reject), "pat@house.example", Outcome::Refused(never.into()));
}

#[test]
fn a_failure_is_decided_by_the_recipients() {
    let failed = || Err(Failed("the disk is full".into()));
    let later = "451 4.7.1 The message cannot be checked now, try again later";
    check(failed(), "pat@house.example", Outcome::Refused(later.into()));
    check(failed(), "pat@open.example", Outcome::Delivered(LETTER.to_vec()));
}

#[test]
fn a_filter_that_panics_has_failed() {
    let server = start(|_| panic!("as a defect would"));
    let mut client = MailServer::connect(server.address()).expect("it connects");
    for _ in 0..2 {
        let outcome = client.deliver("4fX", &letter(&["pat@open.example"], LETTER)).expect("an answer");
        assert_eq!(outcome, Outcome::Delivered(LETTER.to_vec()));
    }
    server.stop();
}

#[test]
fn a_filter_that_is_too_slow_has_failed() {
    let (release, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let filter = crate::double::Double(move |message: &Message| {
        let _ = wait.lock().expect("nobody panics").recv();
        deliver_as_it_is(message)
    });
    let settings = Settings { deadline: Duration::from_millis(50), ..settings(anywhere()) };
    let server = start_filter(&settings, Arc::new(filter));
    let mut client = MailServer::connect(server.address()).expect("it connects");
    let outcome = client.deliver("4fX", &letter(&["pat@house.example"], LETTER)).expect("an answer");
    assert!(matches!(outcome, Outcome::Refused(text) if text.starts_with("451 4.7.1")));
    drop(release);
    server.stop();
}

#[test]
fn messages_on_one_connection_are_told_apart() {
    let server = start(deliver_as_it_is);
    let mut client = MailServer::connect(server.address()).expect("it connects");
    for at in 0..20 {
        let text = format!("Subject: {at}\r\n\r\n{}", "line\r\n".repeat(at * 1_000));
        let outcome = client.deliver("4fX", &letter(&["pat@house.example"], text.as_bytes()));
        assert_eq!(outcome.expect("an answer"), Outcome::Delivered(text.into_bytes()));
        client.send(&begin(&letter(&["kim@house.example"], LETTER))).expect("it is told");
        client.send(&[Command::Abort]).expect("it is told");
    }
    server.stop();
}

#[test]
fn a_large_body_is_replaced_in_pieces() {
    let body: Vec<u8> = b"0123456789abcdef\r\n".repeat(20_000);
    let target = [b"Subject: large\r\n\r\n".as_slice(), &body, b"new end\r\n"].concat();
    let answer = target.clone();
    let server = start(move |_| Ok(Action::Deliver(answer.clone())));
    let mut client = MailServer::connect(server.address()).expect("it connects");
    let original = [b"Subject: large\r\n\r\n".as_slice(), &body].concat();
    let outcome = client.deliver("4fX", &letter(&["pat@house.example"], &original)).expect("an answer");
    assert!(outcome == Outcome::Delivered(target));
    server.stop();
}

#[test]
fn a_message_beyond_the_limit_is_refused_for_good_and_the_next_one_is_taken() {
    let server = start(deliver_as_it_is);
    let mut client = MailServer::connect(server.address()).expect("it connects");
    let text = [b"Subject: large\r\n\r\n".as_slice(), &vec![b'x'; model::limit::MESSAGE_BYTES_MAX]].concat();
    let outcome = client.deliver("4fX", &letter(&["pat@open.example"], &text)).expect("an answer");
    assert_eq!(outcome, Outcome::Refused("552 5.3.4 The message is larger than this house takes".into()));
    let outcome = client.deliver("4fY", &letter(&["pat@open.example"], LETTER)).expect("an answer");
    assert_eq!(outcome, Outcome::Delivered(LETTER.to_vec()));
    server.stop();
}

#[test]
fn messages_that_arrive_together_cannot_fill_the_memory() {
    let server = start(deliver_as_it_is);
    let text =
        [b"Subject: large\r\n\r\n".as_slice(), &vec![b'x'; model::limit::MESSAGE_BYTES_MAX * 3 / 4]].concat();
    let large = letter(&["pat@house.example"], &text);
    let mut first = MailServer::connect(server.address()).expect("it connects");
    let mut commands = begin(&large);
    commands.extend(large.body.chunks(60_000).map(|piece| Command::Body(piece.to_vec())));
    first.send(&commands).expect("it is told");
    // The first holds its part as soon as the server has read it, which nothing tells; so the second tries until then.
    let mut second = MailServer::connect(server.address()).expect("it connects");
    let refused = "451 4.3.2 The message cannot be taken now, try again later";
    assert!(
        (0..100)
            .any(|_| second.deliver("4fX", &large).expect("an answer") == Outcome::Refused(refused.into()))
    );
    first.send(&[Command::Abort]).expect("it is told");
    assert!(
        (0..100)
            .any(|_| { matches!(second.deliver("4fX", &large).expect("an answer"), Outcome::Delivered(_)) })
    );
    server.stop();
}

#[test]
fn a_mail_server_that_cannot_be_followed_is_left() {
    let server = start(deliver_as_it_is);
    let old = Offer { version: 2, ..OFFER };
    let mut first = Vec::new();
    Command::Negotiate(old).encode(&mut first);
    for bytes in [first.as_slice(), b"\xff\xff\xff\xffO", b"\0\0\0\x01?", b"\0\0\0\x02Hx"] {
        let mut stream = TcpStream::connect(server.address()).expect("it connects");
        stream.write_all(bytes).expect("it is taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the connection is closed");
        assert_eq!(answer, b"");
    }
    server.stop();
}

#[test]
fn a_unix_socket_is_for_its_group_and_one_that_was_left_is_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("milter.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket that is left"));
    let filter = Arc::new(crate::double::Double(deliver_as_it_is));
    let settings = settings(Listen::Unix(path.clone()));
    let server = start_filter(&settings, Arc::clone(&filter) as Arc<_>);
    let mode = std::fs::metadata(&path).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let stream = UnixStream::connect(&path).expect("it connects");
    let mut client = MailServer::over(stream).expect("they agree");
    let outcome = client.deliver("4fX", &letter(&["pat@house.example"], LETTER)).expect("an answer");
    assert_eq!(outcome, Outcome::Delivered(LETTER.to_vec()));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let second = runtime.block_on(gate::milter::Server::bind(&settings, filter));
    assert!(second.is_err(), "a socket that is listened to is not taken away");
    server.stop();
    assert!(!path.exists());
}

#[test]
fn a_server_that_is_stopped_answers_what_it_is_judging() {
    let (begun, is_begun) = channel::<()>();
    let (release, wait) = channel::<()>();
    let (begun, wait) = (Mutex::new(begun), Mutex::new(wait));
    let server = start(move |message| {
        let _ = begun.lock().expect("nobody panics").send(());
        let _ = wait.lock().expect("nobody panics").recv();
        deliver_as_it_is(message)
    });
    let message = letter(&["pat@house.example"], LETTER);
    let mut client = MailServer::connect(server.address()).expect("it connects");
    client.tell("4fX", &message).expect("it is told");
    is_begun.recv().expect("it is judged");
    let stopping = std::thread::spawn(move || server.stop());
    release.send(()).expect("it waits");
    assert_eq!(client.outcome(&message).expect("an answer"), Outcome::Delivered(LETTER.to_vec()));
    stopping.join().expect("it ends");
    assert!(client.deliver("4fY", &message).is_err(), "the connection is closed");
}
