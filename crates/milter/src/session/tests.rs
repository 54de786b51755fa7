//! Sessions of mail servers, command by command.

use super::*;
use crate::command::Path;
use crate::negotiate::{Actions, Offer};

const OFFER: Offer = Offer { version: 6, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };

fn open(steps: Steps) -> Session {
    let mut session = Session::new(Wants::WHOLE_MESSAGES, 1_000);
    let agreed = session.feed(Command::Negotiate(Offer { steps, ..OFFER })).expect("they agree");
    assert!(matches!(agreed, Next::Reply(Reply::Negotiated(_))));
    session
}

fn path(address: &str) -> Path {
    Path { address: address.into(), arguments: Vec::new() }
}

fn header(name: &str, value: &str) -> Command {
    Command::Header(Field { name: name.into(), value: value.into() })
}

fn macros(stage: u8, name: &str, value: &str) -> Command {
    Command::Macros { stage, macros: vec![(name.into(), value.into())] }
}

/// Feeds commands that are not answered.
#[track_caller]
fn feed(session: &mut Session, commands: impl IntoIterator<Item = Command>) {
    for command in commands {
        assert_eq!(session.feed(command), Ok(Next::Wait));
    }
}

#[track_caller]
fn judged(next: Result<Next, OutOfOrder>) -> Message {
    match next {
        Ok(Next::Judge(message)) => *message,
        other => panic!("no message: {other:?}"),
    }
}

fn small_message() -> Vec<Command> {
    vec![
        Command::Mail(path("<a@b.example>")),
        Command::Recipient(path("<pat@house.example>")),
        header("From", " a@b.example"),
        Command::EndOfHeaders,
        Command::Body(b"hello\r\n".to_vec()),
    ]
}

#[test]
fn a_message_has_its_session_envelope_and_content() {
    let mut session = open(OFFER.steps);
    let connect = Connect {
        host_name: b"out.b.example".to_vec(),
        family: crate::Family::Inet { port: 4711, address: [192, 0, 2, 9].into() },
    };
    feed(
        &mut session,
        [
            macros(b'C', "j", "mx.house.example"),
            Command::Connect(connect),
            Command::Helo(b"out.b.example".to_vec()),
            macros(b'M', "{mail_addr}", "a@b.example"),
        ],
    );
    feed(&mut session, small_message());
    feed(&mut session, [macros(b'E', "i", "4fX2Q1")]);
    let message = judged(session.feed(Command::EndOfBody(b"bye\r\n".to_vec())));
    assert_eq!(message.queue_id(), Some("4fX2Q1"));
    assert_eq!(message.macros.get("j"), Some(b"mx.house.example".as_slice()));
    assert_eq!(message.client_address(), Some([192, 0, 2, 9].into()));
    assert_eq!(message.mail_from.mailbox(), "a@b.example");
    assert_eq!(message.rcpt_to, [path("<pat@house.example>")]);
    assert_eq!(message.to_bytes(), b"From: a@b.example\r\n\r\nhello\r\nbye\r\n");
    feed(&mut session, small_message());
    let next = judged(session.feed(Command::EndOfBody(Vec::new())));
    assert_eq!((next.queue_id(), next.helo.as_slice()), (None, b"out.b.example".as_slice()));
    assert_eq!(next.body, b"hello\r\n");
}

#[test]
fn a_server_that_waits_at_each_step_is_answered_at_each() {
    let mut session = open(Steps::LEADING_SPACE);
    for command in small_message() {
        assert_eq!(session.feed(command), Ok(Next::Reply(Reply::Continue)));
    }
    judged(session.feed(Command::EndOfBody(Vec::new())));
}

#[test]
fn a_message_that_is_given_up_leaves_nothing() {
    let mut session = open(OFFER.steps);
    feed(&mut session, [macros(b'M', "i", "OLD")]);
    feed(&mut session, small_message());
    feed(&mut session, [Command::Abort]);
    assert_eq!((session.held(), session.is_in_message()), (0, false));
    let outside = session.feed(Command::Body(b"x".to_vec()));
    assert_eq!(outside, Err(OutOfOrder::NoMessage { code: b'B' }));
    feed(&mut session, small_message());
    assert_eq!(judged(session.feed(Command::EndOfBody(Vec::new()))).queue_id(), None);
}

#[test]
fn another_smtp_session_on_the_connection_knows_nothing_of_the_last() {
    let mut session = open(OFFER.steps);
    feed(&mut session, [Command::Helo(b"out.b.example".to_vec())]);
    feed(&mut session, small_message());
    feed(&mut session, [Command::QuitNewConnection]);
    feed(&mut session, small_message());
    assert_eq!(judged(session.feed(Command::EndOfBody(Vec::new()))).helo, b"");
    assert_eq!(session.feed(Command::Quit), Ok(Next::Close));
}

#[test]
fn commands_out_of_order_are_refused() {
    let check = |commands: Vec<Command>, expected| {
        let mut session = Session::new(Wants::WHOLE_MESSAGES, 1_000);
        let error = commands.into_iter().find_map(|command| session.feed(command).err());
        assert_eq!(error, Some(expected));
    };
    check(vec![Command::Helo(Vec::new())], OutOfOrder::Negotiation { code: b'H' });
    let twice = vec![Command::Negotiate(OFFER), Command::Negotiate(OFFER)];
    check(twice, OutOfOrder::Negotiation { code: b'O' });
    let old = Offer { version: 2, ..OFFER };
    check(vec![Command::Negotiate(old)], OutOfOrder::Refused(Refusal::Version { version: 2 }));
    for command in [Command::Recipient(path("<>")), header("A", ""), Command::EndOfBody(Vec::new())] {
        let code = command.code();
        check(vec![Command::Negotiate(OFFER), command], OutOfOrder::NoMessage { code });
    }
}

#[test]
fn what_is_too_much_is_marked_and_not_kept() {
    let check = |more: Vec<Command>, expected| {
        let mut session = open(OFFER.steps);
        feed(&mut session, small_message());
        feed(&mut session, more);
        assert_eq!(session.held(), 0);
        let message = judged(session.feed(Command::EndOfBody(b"end".to_vec())));
        assert_eq!(message.excess, Some(expected));
        assert_eq!((message.fields.len(), message.body.len()), (0, 0));
        feed(&mut session, small_message());
        assert_eq!(judged(session.feed(Command::EndOfBody(Vec::new()))).excess, None);
    };
    check(vec![Command::Body(vec![b'x'; 1_000])], Excess::Bytes);
    check(vec![header("X", &"x".repeat(1_000))], Excess::Bytes);
    check(vec![Command::Recipient(path("<>")); RECIPIENTS_MAX], Excess::Recipients);
    let mut session = Session::new(Wants::WHOLE_MESSAGES, usize::MAX);
    feed_many_fields(&mut session);
    assert_eq!(judged(session.feed(Command::EndOfBody(Vec::new()))).excess, Some(Excess::Fields));
}

fn feed_many_fields(session: &mut Session) {
    session.feed(Command::Negotiate(OFFER)).expect("they agree");
    feed(session, [Command::Mail(path("<>"))]);
    feed(session, std::iter::repeat_n(header("X", ""), FIELDS_MAX + 1));
}

#[test]
fn a_message_can_be_let_go_of_while_it_arrives() {
    let mut session = open(OFFER.steps);
    feed(&mut session, small_message());
    assert_eq!(session.held(), "From a@b.example".len() + 3 + "hello\r\n".len());
    session.shed();
    feed(&mut session, [Command::Body(b"more".to_vec())]);
    assert_eq!(session.held(), 0);
    assert_eq!(judged(session.feed(Command::EndOfBody(Vec::new()))).excess, Some(Excess::Shed));
}
