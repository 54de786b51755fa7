//! A real browser shows every HTML part of the corpus and asks for nothing.
//!
//! The same browser shows the same parts as they arrived, and asks for a lot: so the test can fail. All requests end at
//! a listener on this machine that stands in as proxy; nothing leaves it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::{fs, thread};

use mail::disarm::disarm;
use mail_parser::{Message, MessageParser, PartType};

/// Longest time that a page may take to load, in the browser's own clock.
const PAGE_MILLISECONDS: u32 = 10_000;

/// The first lines of the requests that arrived. Only the listener's threads add to it.
type Requests = Arc<Mutex<BTreeSet<String>>>;

#[test]
fn a_browser_asks_for_nothing_after_disarming() {
    if Command::new("chromium").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("CI").is_none(), "chromium is part of the test environment");
        println!("skipped: no chromium");
        return;
    }
    let messages: Vec<_> = corpus().iter().map(|path| fs::read(path).expect("readable")).collect();
    let as_it_came: Vec<_> = messages.iter().flat_map(|message| pages(message)).collect();
    let after: Vec<_> = messages.iter().flat_map(|message| pages(&disarm(message).message)).collect();

    let before_requests = requests_of(&as_it_came);
    let after_requests = requests_of(&after);
    println!(
        "{} pages: {} requests before, {} after",
        after.len(),
        before_requests.len(),
        after_requests.len()
    );
    assert!(before_requests.len() > 10, "the listener sees requests: {before_requests:?}");
    assert_eq!(after_requests, BTreeSet::new());
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/disarm");
    let entries = fs::read_dir(folder).expect("the corpus is in the repository");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    cases.sort();
    cases
}

/// Everything in a message that a browser can show, with a file name's ending that says how.
fn pages(message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let Some(parsed) = MessageParser::default().parse(message) else { return Vec::new() };
    parts(&parsed)
}

fn parts(message: &Message<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let mut pages = Vec::new();
    for part in &message.parts {
        match &part.body {
            PartType::Html(html) => pages.push(("html", format!("\u{feff}{html}").into_bytes())),
            PartType::Text(text) if text.trim_start().starts_with('<') => {
                pages.push(("html", text.as_bytes().to_vec()))
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if bytes.starts_with(b"<?xml") => {
                pages.push(("svg", bytes.to_vec()));
            }
            // As if its file had been saved and opened.
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if bytes.contains(&b'<') => {
                pages.push(("html", bytes.to_vec()));
            }
            PartType::Message(nested) => pages.extend(parts(nested)),
            _ => {}
        }
    }
    pages
}

/// Shows all pages in one window, a frame each, and returns what was asked of the proxy.
fn requests_of(pages: &[(&str, Vec<u8>)]) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut frames = String::from("<!doctype html>\n");
    for (number, (ending, content)) in pages.iter().enumerate() {
        let name = format!("{number}.{ending}");
        fs::write(folder.path().join(&name), content).expect("writable");
        frames.push_str(&format!("<iframe src=\"{name}\"></iframe>\n"));
    }
    let start = folder.path().join("start.html");
    fs::write(&start, frames).expect("writable");
    let (port, requests) = listen();
    show(&start, folder.path(), port);
    let seen = requests.lock().expect("no listener panicked");
    seen.iter().filter(|line| line.contains(".example")).cloned().collect()
}

fn show(page: &Path, folder: &Path, port: u16) {
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-sync",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--dump-dom"])
        .arg(format!("--timeout={PAGE_MILLISECONDS}"))
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--proxy-server=http://127.0.0.1:{port}"))
        .arg(format!("--host-resolver-rules=MAP * 127.0.0.1:{port}"))
        .arg(format!("file://{}", page.display()))
        .stderr(Stdio::null())
        .output()
        .expect("chromium starts");
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains("<iframe"), "the page was shown: {dom}");
}

/// Takes connections for as long as the test runs, notes what each asks for, and has nothing for anyone.
fn listen() -> (u16, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let requests = Requests::default();
    let noted = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let noted = Arc::clone(&noted);
            thread::spawn(move || answer(&stream, &noted));
        }
    });
    (port, requests)
}

fn answer(mut stream: &TcpStream, requests: &Requests) {
    let mut first_line = String::new();
    if BufReader::new(stream).read_line(&mut first_line).is_ok() {
        requests.lock().expect("no listener panicked").insert(first_line.trim_end().to_owned());
    }
    // A browser that went away does not matter here.
    stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok();
}
