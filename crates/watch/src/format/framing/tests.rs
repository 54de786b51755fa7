//! Streams in pieces of every size give the same records.

use super::*;
use proptest::prelude::*;

fn cut(format: Format, stream: &[u8], step: usize) -> Vec<String> {
    let mut framing = Framing::new(format, 0, 1);
    let mut out = Vec::new();
    let mut sink = |framed: Framed<'_>| {
        out.push(match framed {
            Framed::Record(record) => format!("{}:{} {}", record.line, record.offset, record.text),
            Framed::Defect { line, reason, .. } => format!("{line}! {reason}"),
        });
    };
    for piece in stream.chunks(step) {
        framing.push(piece, &mut sink);
    }
    framing.finish(&mut sink);
    out
}

#[track_caller]
fn check(format: Format, stream: &[u8], expected: &[&str]) {
    for step in [1, 2, 3, 7, 4_096] {
        assert_eq!(cut(format, stream, step), expected, "in pieces of {step}");
    }
}

#[test]
fn lines_are_records_with_their_places() {
    check(Format::Syslog, b"one\r\ntwo\n\nthree", &["1:0 one", "2:5 two", "4:10 three"]);
    check(Format::Syslog, b"a\xff\n", &["1:0 a\u{fffd}"]);
    check(Format::Syslog, b"\xef\xbb\xbfa\nb\n", &["1:3 a", "2:5 b"]);
    check(Format::Syslog, b"\xff\xfea\0\n\0b\0\n\0", &["1:2 a", "2:6 b"]);
    check(Format::Syslog, b"\xfe\xff\0a\0\n\0b\0\n", &["1:2 a", "2:6 b"]);
}

#[test]
fn quoted_line_breaks_belong_to_their_record() {
    check(Format::Postgresql, b"a,\"b\nc\",d\ne\n", &["1:0 a,\"b\nc\",d", "3:10 e"]);
}

#[test]
fn json_is_lines_lists_or_documents() {
    check(Format::Json, b"{\"a\":1}\n{\"b\":\"}\"}\n", &["1:0 {\"a\":1}", "2:8 {\"b\":\"}\"}"]);
    check(
        Format::Json,
        b"{\"a\":1}\nnot json\n{\"b\":2}\n",
        &["1:0 {\"a\":1}", "2:8 not json", "3:17 {\"b\":2}"],
    );
    let records = |stream: &[u8]| -> Vec<String> {
        let found = cut(Format::Json, stream, 5);
        found
            .iter()
            .filter_map(|record| record.split_once(' ').map(|(_, text)| text.replace([' ', '\n'], "")))
            .collect()
    };
    assert_eq!(records(b"[{\"a\":1},\n {\"b\":[2]}]\n"), ["{\"a\":1}", "{\"b\":[2]}"]);
    assert_eq!(records(b"{\"Records\":[{\"a\":1},{\"b\":2}]}"), ["{\"a\":1}", "{\"b\":2}"]);
    assert_eq!(records(b"{\n \"x\": \"y\",\n \"value\": [\n {\"a\": 1}\n ]\n}\n"), ["{\"a\":1}"]);
    assert_eq!(records(b"{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n"), ["{\"a\":1}", "{\"b\":2}"]);
}

#[test]
fn a_record_beyond_the_limit_is_set_aside_and_the_rest_goes_on() {
    let mut stream = b"one\n".to_vec();
    stream.extend(std::iter::repeat_n(b'x', LOG_RECORD_BYTES_MAX * 2 + 7));
    stream.extend(b"\nthree\n");
    let found = cut(Format::Syslog, &stream, 1 << 20);
    let third = format!("3:{} three", stream.len() - 6);
    assert_eq!(found, ["1:0 one", "2! a record of more than 10 MiB", third.as_str()]);
}

proptest! {
    #[test]
    fn no_stream_makes_it_panic(stream in prop::collection::vec(any::<u8>(), 0..300), step in 1_usize..50) {
        for format in Format::ALL {
            cut(format, &stream, step);
        }
    }

    #[test]
    fn lines_do_not_depend_on_the_pieces(stream in "[a\"\n,{}=\\[\\]]{0,80}", step in 1_usize..20) {
        for format in [Format::Syslog, Format::Postgresql, Format::Access] {
            prop_assert_eq!(cut(format, stream.as_bytes(), step), cut(format, stream.as_bytes(), 4_096));
        }
    }
}
