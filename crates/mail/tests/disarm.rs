//! Disarming as a whole: the corpus, what must always hold, hostile sizes, and real mail where it is at hand.

use std::fs;
use std::path::{Path, PathBuf};

use std::time::Instant;

use expect_test::expect_file;
use mail::disarm::{Disarmed, disarm, remaining_loads, visible_text, without_invisible};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/disarm");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is in the repository")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    cases.sort();
    cases
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("readable")
}

/// What a reader sees of a message: each text part, and each HTML part without its markup.
fn seen(message: &[u8]) -> Vec<String> {
    let Some(parsed) = MessageParser::default().parse(message) else { return Vec::new() };
    let mut texts = Vec::new();
    for part in &parsed.parts {
        match &part.body {
            PartType::Text(_)
                if part.content_type().is_some_and(|content_type| content_type.subtype() == Some("css")) => {}
            PartType::Html(html) => texts.push(visible_text(html.trim_start_matches('\u{feff}'))),
            PartType::Text(text) if is_markup(part) => texts.push(visible_text(text)),
            PartType::Text(text) => texts.push(without_invisible(text)),
            PartType::Message(nested) => texts.extend(seen(nested.raw_message())),
            _ => {}
        }
    }
    texts
}

fn is_markup(part: &mail_parser::MessagePart<'_>) -> bool {
    let subtype =
        part.content_type().and_then(|content_type| content_type.c_subtype.as_deref()).unwrap_or_default();
    subtype.contains("html") || subtype.contains("xml")
}

fn report(disarmed: &Disarmed, original: &[u8]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for removed in &disarmed.removed {
        let part = if removed.part.is_empty() { "-" } else { &removed.part };
        lines.push(format!("{} {part} {}", removed.kind, removed.url.escape_debug()));
    }
    lines.extend(disarmed.notes.iter().map(|note| format!("note: {note}")));
    lines.push("----".to_owned());
    let message = String::from_utf8_lossy(&disarmed.message).replace('\0', "\u{2400}");
    let is_same = disarmed.message == original;
    lines.push(if is_same { "the same bytes\n".to_owned() } else { message });
    lines.join("\n")
}

/// What must hold for every message, whoever wrote it.
#[track_caller]
fn assert_disarmed(message: &[u8], name: &str) -> Disarmed {
    let disarmed = disarm(message);
    let text = String::from_utf8_lossy(&disarmed.message).into_owned();
    assert_eq!(remaining_loads(&disarmed.message), [], "{name}: {text}");
    let again = disarm(&disarmed.message);
    assert_eq!(String::from_utf8_lossy(&again.message), text, "{name}: doing it again changes nothing");
    assert_eq!(again.removed, [], "{name}: nothing is found again");
    disarmed
}

#[test]
fn the_corpus_is_disarmed_as_reviewed() {
    let cases = corpus();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for path in cases {
        let message = read(&path);
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let disarmed = assert_disarmed(&message, &name);
        assert_eq!(disarmed.message == message, name.starts_with("benign"), "{name}: {:?}", disarmed.removed);
        expect_file![path.with_extension("expected")].assert_eq(&report(&disarmed, &message));
    }
}

#[test]
fn line_ends_make_no_difference() {
    for path in corpus() {
        let message = read(&path);
        let with_returns = String::from_utf8_lossy(&message).replace('\n', "\r\n").into_bytes();
        let disarmed = assert_disarmed(&with_returns, &path.to_string_lossy());
        assert_eq!(disarmed.removed.len(), disarm(&message).removed.len(), "{}", path.display());
    }
}

/// Structure that is ambiguous may lose text to a note; everything else keeps every word.
#[test]
fn visible_text_stays() {
    let loses_text = [
        "external_body",
        "multipart_without_boundary",
        "multipart_delimiter_within_line",
        "malformed_content_type",
        "svg_part_with_entities",
        "html_base64_behind_padding",
        "multipart_two_content_types",
        // The parser of this test reads no encoding behind a comment, and so shows the Base64 itself; other readers decode it.
        "encoding_behind_comment",
        // It does not read the page in the character set that it names.
        "charset_in_meta",
        // Nor does it take a bare CR for a line end.
        "bare_cr_header",
        "bare_cr_part",
        // An attached page that claims to be plain text: the parser of this test shows its source, a browser does not.
        "page_as_plain_text_file",
    ];
    for path in corpus() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        // Where the structure is repaired, the parser of this test sees other parts before than after.
        if loses_text.contains(&name.as_str()) || name.starts_with("calendar") || name.starts_with("contact")
        {
            continue;
        }
        let message = read(&path);
        assert_eq!(seen(&disarm(&message).message), seen(&message), "{name}");
    }
}

/// What markup can carry; each is put through every wrapping below.
const VECTORS: &[&str] = &[
    "<img src=\"http://t.example/a\">",
    "<td background='//t.example/b'>x</td>",
    "<p style=\"background:url(http://t.example/c)\">x</p>",
    "<style>@import 'http://t.example/d';p{background:image-set('//t.example/e' 1x)}</style>",
    "<svg><image xlink:href=http://t.example/f /></svg>",
    "<!--[if mso]><v:fill src=\"http://t.example/g\"/><![endif]-->",
    "<noscript><img src=http://t.example/h></noscript>",
    "<link rel=stylesheet href=http://t.example/i>",
    "<iframe src=http://t.example/j></iframe>",
    "<video poster=http://t.example/k></video>",
    "<a href='https://news.example/' ping=http://t.example/l>x</a>",
    "<meta http-equiv=refresh content='0;url=http://t.example/m'>",
    "<textarea><img src=http://t.example/n></textarea>",
    "<p title=\"<img src=http://t.example/o>\">x</p>",
];

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Bare,
    Base64,
    QuotedPrintable,
    Utf16,
    Utf7,
}

fn part(html: &str, encoding: Encoding) -> Vec<u8> {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let utf16 = |order: fn(u16) -> [u8; 2]| html.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let (charset, transfer, body) = match encoding {
        Encoding::Bare => ("utf-8", "8bit", html.to_owned()),
        Encoding::Base64 => ("utf-8", "base64", encode(html.as_bytes())),
        Encoding::QuotedPrintable => {
            ("utf-8", "quoted-printable", html.bytes().map(|byte| format!("={byte:02X}=\n")).collect())
        }
        Encoding::Utf16 => ("utf-16le", "base64", encode(&utf16(u16::to_le_bytes))),
        Encoding::Utf7 => {
            ("utf-7", "7bit", format!("+{}-", encode(&utf16(u16::to_be_bytes)).trim_end_matches('=')))
        }
    };
    format!("Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: {transfer}\n\n{body}\n")
        .into_bytes()
}

fn wrap(entity: &[u8], depth: usize) -> Vec<u8> {
    let wrapped = match depth {
        0 => return entity.to_vec(),
        depth if depth % 2 == 0 => [b"Content-Type: message/rfc822\n\n", entity].concat(),
        depth => {
            let boundary = format!("b{depth}");
            let head = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n");
            [head.as_bytes(), entity, format!("\n--{boundary}--\n").as_bytes()].concat()
        }
    };
    wrap(&wrapped, depth - 1)
}

/// Changes that leave the meaning of markup to a browser: case, blanks, and characters nobody sees.
fn disguise(html: &str, seed: u64) -> String {
    let mut state = seed | 1;
    html.chars()
        .map(|c| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match state >> 60 {
                0..=5 if c.is_ascii_alphabetic() => c.to_ascii_uppercase().to_string(),
                6..=8 if c == ' ' => "\n\t/".to_owned(),
                9 if c == ':' => "&colon;".to_owned(),
                10 if c == ':' => "&#58;".to_owned(),
                _ => c.to_string(),
            }
        })
        .collect()
}

proptest! {
    #[test]
    fn no_wrapping_saves_a_load(
        first in 0..VECTORS.len(), second in 0..VECTORS.len(), seed: u64, depth in 0_usize..6,
        encoding in prop_oneof![Just(Encoding::Bare), Just(Encoding::Base64), Just(Encoding::QuotedPrintable), Just(Encoding::Utf16), Just(Encoding::Utf7)],
    ) {
        let html = format!("<p>Dear member</p>{}{}<p>Regards</p>", disguise(VECTORS[first], seed), disguise(VECTORS[second], !seed));
        let message = wrap(&part(&html, encoding), depth);
        let disarmed = assert_disarmed(&message, &html);
        prop_assert!(!disarmed.removed.is_empty() || first == 13 || second == 13);
        prop_assert_eq!(disarmed.notes, Vec::<String>::new());
    }

    #[test]
    fn damaged_messages_are_disarmed_too(case: prop::sample::Index, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8)) {
        let cases = corpus();
        let mut message = read(&cases[case.index(cases.len())]);
        for (index, byte, edit) in edits {
            if message.is_empty() {
                continue;
            }
            let at = index.index(message.len());
            match edit {
                0 => message[at] = byte,
                1 => message.insert(at, b"<>\"'=;:\n\r-&/ "[usize::from(byte) % 13]),
                _ => drop(message.remove(at)),
            }
        }
        assert_disarmed(&message, &String::from_utf8_lossy(&message));
    }
}

/// How often each hostile piece is repeated; without optimisation the same work takes some twenty times as long.
const HOSTILE_COUNT: usize = if cfg!(debug_assertions) { 20_000 } else { 100_000 };

/// Hostile sizes stay linear: a quadratic step would take minutes here, even where the machine is slow.
#[test]
fn hostile_sizes_stay_linear() {
    let page = |body: String| format!("Content-Type: text/html\n\n{body}").into_bytes();
    let many = |piece: &str| piece.repeat(HOSTILE_COUNT);
    let nested: String =
        (0..20_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let plain = format!("Content-Type: text/plain\n\n{}", many("http://"));
    let same_boundary = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(20_000);
    let cases = [
        (
            "parts",
            format!("Content-Type: multipart/mixed; boundary=b\n\n{}", many("--b\n\nx\n")).into_bytes(),
        ),
        ("nested multiparts", nested.into_bytes()),
        ("nested multiparts of one boundary", same_boundary.into_bytes()),
        ("nested messages", "Content-Type: message/rfc822\n\n".repeat(20_000).into_bytes()),
        ("header fields", many("X: y\n").into_bytes()),
        ("folds", format!("X: y\n{}", many(" z\n")).into_bytes()),
        ("parameters", format!("Content-Type: text/html; {}\n\nx", many("a=b; ")).into_bytes()),
        (
            "attributes",
            page(format!(
                "<p {}>",
                (0..HOSTILE_COUNT).map(|n| format!("a{n}=http://t.example ")).collect::<String>()
            )),
        ),
        ("links", page(many("<a href=http://news.example/>x</a>"))),
        ("pictures", page(many("<img src=http://t.example/>"))),
        ("nested tags", page(many("<div>"))),
        ("unclosed tags", page(many("<a "))),
        ("comments", page(many("<!--<img src=//t.example>-->"))),
        ("unclosed comments", page(many("<!--<b"))),
        ("declarations", page(many("<!"))),
        ("styles", page(many("<style>"))),
        ("style attributes", page(many("<p style='background:url(//t.example)'>"))),
        ("noscripts", page(many("<noscript><b></noscript>"))),
        ("css", page(format!("<style>{}</style>", many("url(")))),
        ("css imports", page(format!("<style>{}</style>", many("@import ")))),
        ("css comments", page(format!("<style>{}</style>", many("/*")))),
        ("css escapes", page(format!("<style>{}</style>", many("\\75 ")))),
        ("references", page(format!("<p x=\"{}\">", many("&#104;")))),
        ("addresses in text", plain.into_bytes()),
        ("calendar", format!("Content-Type: text/calendar\n\n{}", many("X:<b\n")).into_bytes()),
        ("calendar folds", format!("Content-Type: text/calendar\n\n{}", many(" x\n")).into_bytes()),
    ];
    for (name, message) in cases {
        let start = Instant::now();
        let disarmed = disarm(&message);
        let taken = start.elapsed();
        println!("{name}: {} bytes, {} removed, {taken:?}", message.len(), disarmed.removed.len());
        assert!(taken.as_secs() < 10, "{name} took {taken:?}");
    }
}

/// Real mail and newsletters, where `PORTCULLIS_DATA` names a folder of them.
#[test]
fn real_mail_is_disarmed_and_reads_the_same() {
    let Ok(folder) = std::env::var("PORTCULLIS_DATA") else {
        println!("skipped: no shared data");
        return;
    };
    let mut tally = Tally::default();
    for name in ["phish_pot", "newsletters", "ham_csdmc", "ham_sa", "hardham_sa", "spam_csdmc"] {
        visit(&Path::new(&folder).join("mail").join(name), &mut tally);
    }
    println!("{tally:#?}");
    assert_eq!(tally.with_loads, 0);
    assert_eq!(tally.not_stable, 0);
    assert!(
        tally.given_up * 1_000 <= tally.messages,
        "at most one message in a thousand may be lost to a note"
    );
    assert!(
        tally.with_other_text * 1_000 <= tally.messages,
        "at most one message in a thousand may read differently"
    );
}

/// The ASCII letters of what is seen: where a message does not say its character set, readers differ in the others.
fn words(message: &[u8]) -> String {
    seen(message).concat().chars().filter(char::is_ascii_alphanumeric).collect()
}

#[derive(Debug, Default)]
struct Tally {
    messages: usize,
    changed: usize,
    removed: usize,
    flattened: usize,
    given_up: usize,
    repaired: usize,
    with_loads: usize,
    not_stable: usize,
    with_other_text: usize,
    complaints: Vec<String>,
}

fn visit(path: &Path, tally: &mut Tally) {
    if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path).expect("readable").map(|entry| entry.expect("entry").path()).collect();
        entries.sort();
        return entries.iter().for_each(|entry| visit(entry, tally));
    }
    let is_page = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
    let header: &[u8] = if is_page { b"Content-Type: text/html; charset=utf-8\n\n" } else { b"" };
    count(&[header, &read(path)].concat(), path, tally);
}

fn count(message: &[u8], path: &Path, tally: &mut Tally) {
    let disarmed = disarm(message);
    tally.messages += 1;
    tally.changed += usize::from(disarmed.message != message);
    tally.removed += disarmed.removed.len();
    tally.flattened += disarmed.notes.iter().filter(|note| note.contains("only the visible text")).count();
    tally.given_up += disarmed.notes.iter().filter(|note| note.contains("main header fields")).count();
    tally.repaired +=
        disarmed.removed.iter().filter(|removed| removed.kind.to_string() == "structure").count();
    for (failed, counter, what) in [
        (!remaining_loads(&disarmed.message).is_empty(), &mut tally.with_loads, "still loads"),
        (!disarm(&disarmed.message).removed.is_empty(), &mut tally.not_stable, "is changed again"),
        (words(&disarmed.message) != words(message), &mut tally.with_other_text, "reads differently"),
    ] {
        if failed {
            *counter += 1;
            tally.complaints.push(format!("{}: {what}", path.display()));
        }
    }
}
