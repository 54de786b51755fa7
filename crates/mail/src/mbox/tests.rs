//! Tests of the mbox reader.

use super::*;
use proptest::prelude::*;

const FROM: &str = "From a@b.example Mon May  1 14:46:33 2023";

/// What a reader gives, in brief: `N@offset body` or `! position: reason`.
fn report(mbox: &[u8]) -> Vec<String> {
    let brief = |item: Result<MboxMessage, Defect>| match item {
        Ok(message) => {
            format!("{}@{} {:?}", message.number, message.offset, String::from_utf8_lossy(&message.bytes))
        }
        Err(defect) => format!("! {}: {}", defect.position, defect.reason),
    };
    MboxReader::new(mbox, "test").map(brief).collect()
}

#[track_caller]
fn check(mbox: &str, expected: &[&str]) {
    assert_eq!(report(mbox.replace("FROM", FROM).as_bytes()), expected);
}

#[test]
fn messages_are_split_at_separators() {
    check("FROM\nA: 1\n\nx\n\nFROM\nA: 2\n\ny\n", &["1@0 \"A: 1\\n\\nx\\n\"", "2@51 \"A: 2\\n\\ny\\n\""]);
}

#[test]
fn line_ends_of_windows_are_kept() {
    check("FROM\r\nA: 1\r\n\r\nFROM\r\nA: 2\r\n", &["1@0 \"A: 1\\r\\n\"", "2@51 \"A: 2\\r\\n\""]);
}

#[test]
fn nothing_else_is_a_separator() {
    check("FROM\nA: 1\n\nx\nFROM\n", &[&format!("1@0 \"A: 1\\n\\nx\\n{FROM}\\n\"")]);
    check("FROM\nA: 1\n\nFrom the start\n", &["1@0 \"A: 1\\n\\nFrom the start\\n\""]);
    check("FROM\nA: 1\n\n\0\n\n\0", &["1@0 \"A: 1\\n\\n\\0\\n\\n\\0\""]);
}

#[test]
fn one_level_of_quoting_is_undone() {
    check(
        "FROM\nA: 1\n\n>From x\n>>From y\n> From z\nx>From\n>From",
        &["1@0 \"A: 1\\n\\nFrom x\\n>From y\\n> From z\\nx>From\\n>From\""],
    );
}

#[test]
fn empty_and_missing_messages_are_told() {
    check("", &[]);
    check("\r\n\n", &[]);
    check("\nFROM\nA: 1\n", &["1@1 \"A: 1\\n\""]);
    check("FROM", &["! byte 0: a separator line without a message"]);
    check("FROM\n\nFROM\nA: 2", &["! byte 0: a separator line without a message", "2@43 \"A: 2\""]);
    check(
        "junk\n\nFROM\nA: 1\n",
        &["! byte 0: 6 bytes stand before the first separator line", "1@6 \"A: 1\\n\""],
    );
}

#[test]
fn a_patch_inside_a_message_separates_nothing() {
    let mark = format!("From {} Mon Sep 17 00:00:00 2001", "0a".repeat(20));
    assert_eq!(report(format!("{FROM}\nA: 1\n\n{mark}\nB: 2\n").as_bytes()).len(), 1);
    assert_eq!(report(format!("{mark}\nA: 1\n\n{mark}\nB: 2\n").as_bytes()).len(), 2);
}

/// A message over the limit, then `between`, then another message.
fn after_an_overlong_message(between: &str) -> (usize, Vec<String>) {
    let mut mbox = format!("{FROM}\nA: 1\n\n").into_bytes();
    mbox.resize(mbox.len() + MESSAGE_BYTES_MAX + 3 * CHUNK_BYTES, b'x');
    mbox.extend_from_slice(between.as_bytes());
    let length = mbox.len();
    mbox.extend_from_slice(format!("{FROM}\nA: 2\n").as_bytes());
    (length, report(&mbox))
}

#[test]
fn a_message_over_the_limit_is_set_aside_and_the_next_one_is_read() {
    let (length, report) = after_an_overlong_message("\n\n");
    let reason = format!("a message of {length} bytes is over the limit of {MESSAGE_BYTES_MAX}");
    assert_eq!(report, [format!("! byte 0: {reason}"), format!("2@{length} \"A: 2\\n\"")]);
}

#[test]
fn a_line_of_an_overlong_message_is_no_separator() {
    assert_eq!(after_an_overlong_message("\n").1.len(), 1);
}

/// Gives its bytes one by one, then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0 = match self.0 {
            [] => return Err(std::io::Error::other("torn")),
            [byte, rest @ ..] => {
                buffer[0] = *byte;
                rest
            }
        };
        Ok(1)
    }
}

#[test]
fn whole_messages_before_a_failure_are_kept() {
    let mbox = format!("{FROM}\nA: 1\n\n{FROM}\nA: 2\n\nhalf");
    let items: Vec<_> = MboxReader::new(Failing(mbox.as_bytes()), "test").collect();
    assert_eq!(items[0].as_ref().unwrap().bytes, b"A: 1\n");
    assert_eq!(items[0].as_ref().unwrap().time, Some(EventTime(1_682_952_393)));
    let defect = items[1].as_ref().unwrap_err();
    assert_eq!(defect.position, format!("byte {}", mbox.len()));
    assert!(defect.reason.contains("begins at byte 48 is cut off: torn"), "{}", defect.reason);
    assert_eq!(items.len(), 2);
}

/// Renders messages as mboxrd, as the format's own description says.
fn rendered(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut mbox = Vec::new();
    for message in messages {
        mbox.extend_from_slice(FROM.as_bytes());
        mbox.push(b'\n');
        for line in message.split_inclusive(|&byte| byte == b'\n') {
            let unquoted = line.iter().position(|&byte| byte != b'>').unwrap_or(line.len());
            if line[unquoted..].starts_with(b"From ") {
                mbox.push(b'>');
            }
            mbox.extend_from_slice(line);
        }
        mbox.push(b'\n');
    }
    mbox
}

/// Messages made of the pieces that matter to a splitter; each ends with a line end, as mail does.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        Just(FROM.as_bytes().to_vec()),
        Just(b"From ".to_vec()),
        Just(b">".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\n\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    let message =
        prop::collection::vec(piece, 0..12).prop_map(|pieces| [b"A: b\n", &*pieces.concat(), b"\n"].concat());
    prop::collection::vec(message, 1..6)
}

proptest! {
    #[test]
    fn splitting_gives_the_rendered_messages_back(messages in messages()) {
        let mbox = rendered(&messages);
        let split: Vec<Vec<u8>> = MboxReader::new(&mbox[..], "test").map(|item| item.unwrap().bytes).collect();
        prop_assert_eq!(split, messages);
    }

    #[test]
    fn a_cut_at_any_byte_keeps_the_messages_before_it(messages in messages()) {
        let mbox = rendered(&messages);
        let starts: Vec<u64> = MboxReader::new(&mbox[..], "test").map(|item| item.unwrap().offset).collect();
        for cut in 0..mbox.len() {
            let kept: Vec<Vec<u8>> = MboxReader::new(&mbox[..cut], "test").flatten().map(|message| message.bytes).collect();
            let whole = starts.iter().filter(|&&start| start < cut as u64).count().saturating_sub(2);
            prop_assert_eq!(kept.get(..whole), messages.get(..whole));
        }
    }

    #[test]
    fn offsets_and_sizes_do_not_depend_on_how_the_bytes_arrive(mbox in prop::collection::vec(any::<u8>(), 0..400)) {
        let mbox = [FROM.as_bytes(), b"\n", &mbox].concat();
        let all_at_once: Vec<_> = MboxReader::new(&mbox[..], "test").collect();
        let mut one_by_one: Vec<_> = MboxReader::new(Failing(&mbox), "test").collect();
        prop_assert!(one_by_one.pop().is_some_and(|item| item.is_err()), "the reader tells that the stream broke");
        prop_assert_eq!(&all_at_once[..one_by_one.len()], &one_by_one[..]);
    }
}
