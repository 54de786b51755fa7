//! Disarming as a whole: the corpus, what must always hold, hostile sizes, and real mail where it is at hand.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use mail::disarm::{Disarmed, disarm, remaining_loads, visible_text, without_invisible};
use mail_parser::{MessageParser, MimeHeaders, PartType};

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
    subtype.contains("html") || subtype.contains("xml") || subtype == "css"
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
        "html_base64_behind_padding",
        "multipart_two_content_types",
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
