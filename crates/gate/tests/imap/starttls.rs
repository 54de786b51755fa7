//! STARTTLS where the server, or somebody before it, does not begin TLS as it should: nothing secret is said.

use crate::fake::Fake;
use crate::house::{Memory, account, work_until};
use gate::Trust;
use gate::imap::{Account, Mode, Tls};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A server that greets and answers the first command as told; it notes every line that it hears.
struct Liar {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    fn start(greeting: &'static str, answer: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("it is bound").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // A client that hangs up is what these tests are about.
                let _ = stream.write_all(greeting.as_bytes());
                let lines = BufReader::new(stream.try_clone().expect("a handle")).split(b'\n');
                for line in lines.map_while(Result::ok) {
                    ear.lock().unwrap().push(String::from_utf8_lossy(&line).trim_end().to_owned());
                    let _ = stream.write_all(answer.as_bytes());
                }
            }
        });
        Self { port, heard }
    }
}

async fn check(greeting: &'static str, answer: &'static str, expected: &str) {
    let liar = Liar::start(greeting, answer);
    let tls = Tls::StartTls(Trust::System);
    let account = Account { port: liar.port, tls, ..account(&Fake::start(""), Mode::Observe) };
    let house = Arc::new(Memory::default());
    let standing = work_until(account, house, |standing| standing.last_error.is_some()).await;
    assert_eq!(standing.last_error.as_deref(), Some(expected), "{greeting:?} {answer:?}");
    let heard = liar.heard.lock().unwrap();
    assert!(heard.iter().all(|line| line == "P1 STARTTLS"), "{heard:?}");
}

#[tokio::test]
async fn nothing_secret_is_said_without_tls() {
    for (greeting, answer) in [
        ("* OK ready\r\n", "P1 NO not here\r\n"),
        ("* OK ready\r\n", "P1 BAD what\r\n"),
        ("* PREAUTH you are in already\r\n", "P1 OK begin\r\n"),
    ] {
        check(greeting, answer, "the server does not offer STARTTLS").await;
    }
}

#[tokio::test]
async fn what_is_said_before_tls_is_not_taken_for_what_is_said_over_it() {
    for answer in [
        "P1 OK begin\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n",
        "P1 OK begin\r\nP2 OK",
        "P1 OK begin\r\n* 1 FETCH (BODY[] {9}\r\n",
    ] {
        let expected = "something was put between the server's answer to STARTTLS and TLS";
        check("* OK ready\r\n", answer, expected).await;
    }
}
