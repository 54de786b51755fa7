//! A relay on loopback that keeps what it takes, and misbehaves as it is told.

use crate::shield::{PASSWORD, Shield, USER};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What it does with one message; steps are `MAIL`, `RCPT`, `DATA` and `END`, the end of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// It answers a step with this code.
    Answer(&'static str, u16),
    /// It closes the connection instead of an answer to a step, and takes nothing.
    Close(&'static str),
    /// It takes the message and closes the connection before it says so.
    TakeAndClose,
}

/// A message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) mail_from: String,
    pub(crate) rcpt_to: String,
    pub(crate) message: Vec<u8>,
}

#[derive(Default)]
struct Shelf {
    acts: VecDeque<Act>,
    taken: Vec<Taken>,
    /// Every message of which all was received, taken or not.
    seen: Vec<Vec<u8>>,
    /// Lines that were said before TLS, where there is to be TLS.
    open: Vec<String>,
}

/// A relay that listens.
pub(crate) struct Sink {
    port: u16,
    shelf: Arc<Mutex<Shelf>>,
    news: Arc<Notify>,
}

impl Sink {
    /// It does these acts with the first messages, and takes all further ones.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        Self::listen(acts, None).await
    }

    /// It talks over TLS only, and with those who sign in.
    pub(crate) async fn start_behind(shield: &Shield) -> Self {
        Self::listen(Vec::new(), Some(shield.clone())).await
    }

    async fn listen(acts: Vec<Act>, shield: Option<Shield>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port on loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let shelf = Arc::new(Mutex::new(Shelf { acts: acts.into(), ..Shelf::default() }));
        let news = Arc::new(Notify::new());
        let (kept, told) = (Arc::clone(&shelf), Arc::clone(&news));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that breaks off is no failure of the relay.
                let _ = serve(stream, shield.as_ref(), &kept, &told).await;
            }
        });
        Self { port, shelf, news }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        lock(&self.shelf).taken.clone()
    }

    pub(crate) fn seen(&self) -> Vec<Vec<u8>> {
        lock(&self.shelf).seen.clone()
    }

    pub(crate) fn said_in_the_open(&self) -> Vec<String> {
        lock(&self.shelf).open.clone()
    }

    /// Waits until it has taken so many messages.
    pub(crate) fn has_taken(&self, count: usize) -> impl Future<Output = ()> + Send + use<> {
        let (shelf, news) = (Arc::clone(&self.shelf), Arc::clone(&self.news));
        async move {
            while lock(&shelf).taken.len() < count {
                news.notified().await;
            }
        }
    }
}

const GREETING: &[u8] = b"220 sink.example ESMTP\r\n";

async fn serve(
    mut stream: TcpStream,
    shield: Option<&Shield>,
    shelf: &Mutex<Shelf>,
    news: &Notify,
) -> std::io::Result<()> {
    let Some(shield) = shield else {
        stream.write_all(GREETING).await?;
        return talk(stream, true, shelf, news).await;
    };
    if !shield.is_implicit {
        begin_tls(&mut stream, shield, shelf).await?;
    }
    let mut protected = shield.acceptor.accept(stream).await?;
    if shield.is_implicit {
        protected.write_all(GREETING).await?;
    }
    talk(protected, false, shelf, news).await
}

/// Everything up to the answer to STARTTLS.
async fn begin_tls(stream: &mut TcpStream, shield: &Shield, shelf: &Mutex<Shelf>) -> std::io::Result<()> {
    stream.write_all(GREETING).await?;
    let mut line = Vec::new();
    loop {
        match stream.read_u8().await? {
            b'\n' => {}
            byte => {
                line.push(byte);
                continue;
            }
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut line)).trim_end().to_owned();
        lock(shelf).open.push(text.clone());
        if text == "STARTTLS" {
            return stream.write_all(format!("220 go on\r\n{}", shield.injected).as_bytes()).await;
        }
        stream.write_all(b"250-sink.example\r\n250 STARTTLS\r\n").await?;
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mut is_known: bool,
    shelf: &Mutex<Shelf>,
    news: &Notify,
) -> std::io::Result<()> {
    let (input, mut output) = tokio::io::split(stream);
    let mut input = BufReader::new(input);
    let (mut mail_from, mut rcpt_to) = (String::new(), String::new());
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
        let act = lock(shelf).acts.front().copied();
        match act {
            Some(Act::Answer(step, code)) if step == verb => {
                lock(shelf).acts.pop_front();
                output.write_all(format!("{code} no\r\n").as_bytes()).await?;
                continue;
            }
            Some(Act::Close(step)) if step == verb => {
                lock(shelf).acts.pop_front();
                return Ok(());
            }
            _ => {}
        }
        let answer = match verb.as_str() {
            "EHLO" => "250-sink.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
            "AUTH" => {
                is_known |= line.trim_end() == format!("AUTH PLAIN {}", plain());
                if is_known { "235 you are in\r\n" } else { "535 who are you\r\n" }
            }
            _ if !is_known => "530 sign in first\r\n",
            "MAIL" => {
                mail_from = argument(&line);
                "250 ok\r\n"
            }
            "RCPT" => {
                rcpt_to = argument(&line);
                "250 ok\r\n"
            }
            "DATA" => {
                output.write_all(b"354 go on\r\n").await?;
                let message = read_message(&mut input).await?;
                let taken = Taken { mail_from: mail_from.clone(), rcpt_to: rcpt_to.clone(), message };
                match end(shelf, taken) {
                    Some(answer) => {
                        news.notify_one();
                        output.write_all(answer.as_bytes()).await?;
                        continue;
                    }
                    None => return Ok(()),
                }
            }
            "QUIT" => {
                output.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        output.write_all(answer.as_bytes()).await?;
    }
}

/// User and password as RFC 4616 has them.
fn plain() -> String {
    STANDARD.encode(format!("\0{USER}\0{PASSWORD}"))
}

/// What is answered to a whole message; `None` where the connection is closed instead.
fn end(shelf: &Mutex<Shelf>, taken: Taken) -> Option<String> {
    let mut shelf = lock(shelf);
    shelf.seen.push(taken.message.clone());
    let act = shelf.acts.pop_front();
    match act {
        Some(Act::Answer("END", code)) => return Some(format!("{code} no\r\n")),
        Some(Act::Close("END")) => return None,
        Some(Act::TakeAndClose) => {
            shelf.taken.push(taken);
            return None;
        }
        Some(other) => shelf.acts.push_front(other),
        None => {}
    }
    shelf.taken.push(taken);
    Some("250 taken\r\n".to_owned())
}

/// Reads up to the dot that stands alone, and takes the dots away that were put before others (RFC 5321 section 4.5.2).
async fn read_message(input: &mut (impl AsyncReadExt + AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn argument(line: &str) -> String {
    line.split_once(':')
        .map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
