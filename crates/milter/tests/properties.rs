//! What holds for every stream: commands and replies survive their encoding, no bytes do harm, and it does not matter how a
//! stream is cut on its way.

use milter::{
    Actions, Command, Connect, Family, Field, Next, Offer, Packets, Path, Reply, Session, Steps, Wants,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A string of the protocol: any bytes but zero.
fn string() -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8.., 0..12)
}

fn path() -> impl Strategy<Value = Path> {
    (string(), vec(string(), 0..3)).prop_map(|(address, arguments)| Path { address, arguments })
}

fn field() -> impl Strategy<Value = Field> {
    (string(), string()).prop_map(|(name, value)| Field { name, value })
}

fn offer() -> impl Strategy<Value = Offer> {
    any::<(u32, u32, u32)>().prop_map(|(version, actions, steps)| Offer {
        version,
        actions: Actions(actions),
        steps: Steps(steps),
    })
}

fn family() -> impl Strategy<Value = Family> {
    prop_oneof![
        Just(Family::Unknown),
        (any::<u16>(), string()).prop_map(|(port, path)| Family::Unix { port, path }),
        any::<(u16, std::net::IpAddr)>().prop_map(|(port, address)| Family::Inet { port, address }),
    ]
}

/// Commands that can stand after a negotiation.
fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (any::<u8>(), vec((string(), string()), 0..3))
            .prop_map(|(stage, macros)| Command::Macros { stage, macros }),
        (string(), family()).prop_map(|(host_name, family)| Command::Connect(Connect { host_name, family })),
        string().prop_map(Command::Helo),
        path().prop_map(Command::Mail),
        path().prop_map(Command::Recipient),
        Just(Command::Data),
        field().prop_map(Command::Header),
        Just(Command::EndOfHeaders),
        vec(any::<u8>(), 0..20).prop_map(Command::Body),
        vec(any::<u8>(), 0..20).prop_map(Command::EndOfBody),
        Just(Command::Abort),
        Just(Command::QuitNewConnection),
        string().prop_map(Command::Unknown),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let code = (400_u16..600, "[!-$&-~]{0,20}");
    prop_oneof![
        offer().prop_map(Reply::Negotiated),
        Just(Reply::Continue),
        Just(Reply::Accept),
        Just(Reply::Discard),
        Just(Reply::Reject),
        Just(Reply::Tempfail),
        Just(Reply::Skip),
        Just(Reply::Progress),
        code.prop_map(|(code, text)| {
            let enhanced = format!("{}.7.1", code / 100);
            Reply::Code(milter::ReplyCode::new(code, &enhanced, &text).expect("such codes are taken"))
        }),
        field().prop_map(Reply::AddField),
        (any::<u32>(), field()).prop_map(|(index, field)| Reply::InsertField { index, field }),
        (any::<u32>(), field()).prop_map(|(index, field)| Reply::ChangeField { index, field }),
        vec(any::<u8>(), 0..20).prop_map(Reply::ReplaceBody),
        path().prop_map(Reply::ChangeSender),
        path().prop_map(Reply::AddRecipient),
        string().prop_map(Reply::DeleteRecipient),
        string().prop_map(Reply::Quarantine),
    ]
}

/// Everything that a stream says, pushed in pieces of the given lengths, over and over.
fn read(stream: &[u8], lengths: &[usize]) -> Vec<String> {
    let mut packets = Packets::default();
    let mut said = Vec::new();
    let mut rest = stream;
    let mut lengths = lengths.iter().copied().cycle();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(lengths.next().unwrap_or(rest.len()).min(rest.len()));
        rest = after;
        packets.push(piece);
        loop {
            match packets.take() {
                Ok(Some(packet)) => said.push(format!("{:?}", Command::decode(packet))),
                Ok(None) => break,
                Err(error) => {
                    said.push(error.to_string());
                    return said;
                }
            }
        }
    }
    said
}

proptest! {
    #[test]
    fn commands_survive_their_encoding(command in prop_oneof![command(), offer().prop_map(Command::Negotiate)]) {
        let mut bytes = Vec::new();
        command.encode(&mut bytes);
        let mut packets = Packets::default();
        packets.push(&bytes);
        let packet = packets.take().expect("a packet").expect("a whole one");
        prop_assert_eq!(Command::decode(packet), Ok(command));
        prop_assert_eq!(packets.take(), Ok(None));
    }

    #[test]
    fn replies_survive_their_encoding(reply in reply()) {
        let mut bytes = Vec::new();
        reply.encode(&mut bytes);
        let mut packets = Packets::default();
        packets.push(&bytes);
        let packet = packets.take().expect("a packet").expect("a whole one");
        prop_assert_eq!(Reply::decode(packet), Ok(reply));
        prop_assert_eq!(packets.take(), Ok(None));
    }

    #[test]
    fn any_bytes_do_no_harm_and_may_be_cut_anywhere(
        stream in vec(any::<u8>(), 0..300),
        lengths in vec(1_usize..9, 1..5),
    ) {
        prop_assert_eq!(read(&stream, &lengths), read(&stream, &[]));
    }

    #[test]
    fn packets_with_any_content_do_no_harm_and_may_be_cut_anywhere(
        contents in vec((prop_oneof![any::<u8>(), proptest::sample::select(b"ODCHMRTLNBEAQKU".as_slice())], vec(prop_oneof![Just(0_u8), any::<u8>()], 0..30)), 0..8),
        lengths in vec(1_usize..40, 1..5),
    ) {
        let mut stream = Vec::new();
        for (code, data) in &contents {
            stream.extend_from_slice(&u32::try_from(data.len() + 1).expect("small").to_be_bytes());
            stream.push(*code);
            stream.extend_from_slice(data);
        }
        let whole = read(&stream, &[]);
        prop_assert_eq!(whole.len(), contents.len());
        prop_assert_eq!(read(&stream, &lengths), whole);
    }

    #[test]
    fn a_session_holds_no_more_than_it_may_and_answers_each_message_once(
        commands in vec(command(), 0..60),
        steps in option::of(any::<u32>()),
    ) {
        const BYTES_MAX: usize = 64;
        let mut session = Session::new(Wants::WHOLE_MESSAGES, BYTES_MAX);
        let steps = Steps(steps.unwrap_or(u32::MAX) | Steps::LEADING_SPACE.0);
        let offer = Offer { version: 6, actions: Actions(0x1ff), steps };
        session.feed(Command::Negotiate(offer)).expect("they agree");
        for command in commands {
            let is_end = matches!(command, Command::EndOfBody(_));
            let was_in_message = session.is_in_message();
            match session.feed(command) {
                Ok(Next::Judge(message)) => {
                    prop_assert!(is_end && was_in_message && !session.is_in_message());
                    let content: usize = message.fields.iter().map(|field| field.name.len() + field.value.len()).sum();
                    prop_assert!(content + message.body.len() <= BYTES_MAX);
                }
                Ok(next) => prop_assert!(!is_end && next != Next::Close),
                Err(_) => prop_assert!(!was_in_message),
            }
            prop_assert!(session.held() <= BYTES_MAX);
        }
    }
}
