//! The floor under a mail scan: parsing, one HTML pass and URL parsing with the libraries that we use, and nothing else.
//!
//! `cargo run --release -p mail --example floor -- PATH...` reads every file below the paths into memory and prints
//! messages per CPU-second. What the product does on top of this is its own cost.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use lol_html::{HtmlRewriter, Settings, doc_text, element};
use mail_parser::MessageParser;
use std::cell::Cell;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut messages = Vec::new();
    for path in std::env::args().skip(1) {
        read(&PathBuf::from(path), &mut messages)?;
    }
    let bytes: usize = messages.iter().map(Vec::len).sum();
    let before = cpu_secs();
    let urls: usize = messages.iter().map(|message| floor(message)).sum();
    let spent = cpu_secs() - before;
    let count = messages.len().max(1) as f64;
    println!(
        "{} messages, {:.1} KB mean, {urls} URLs, {:.0} msg/CPU-s",
        messages.len(),
        bytes as f64 / count / 1e3,
        count / spent
    );
    Ok(())
}

fn read(path: &Path, messages: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            read(&entry?.path(), messages)?;
        }
    } else {
        messages.push(std::fs::read(path)?);
    }
    Ok(())
}

fn floor(raw: &[u8]) -> usize {
    let Some(message) = MessageParser::default().parse(raw) else { return 0 };
    let html =
        message.parts.iter().filter(|part| part.is_text_html()).filter_map(|part| part.text_contents());
    html.map(urls).sum()
}

fn urls(html: &str) -> usize {
    let (count, text) = (Cell::new(0), Cell::new(0));
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |element| {
            for attribute in element.attributes() {
                if matches!(attribute.name().as_str(), "src" | "href" | "background") {
                    count.set(count.get() + usize::from(url::Url::parse(&attribute.value()).is_ok()));
                }
            }
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            text.set(text.get() + chunk.as_str().len());
            Ok(())
        }))
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let _ = rewriter.write(html.as_bytes()).and_then(|()| rewriter.end());
    count.get()
}

/// User and system time of this process in seconds, from `/proc/self/stat` at the usual 100 ticks a second.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}
