//! Where Postfix delivers: an LMTP server (RFC 2033) that hands every message to the test.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long a delivery may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A message that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) rcpt_to: Vec<String>,
    pub(crate) bytes: Vec<u8>,
}

/// A running sink. Its threads end with their connections, or with the process.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    deliveries: Receiver<Delivery>,
}

impl Sink {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, deliveries) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                // A connection that breaks off delivers nothing.
                std::thread::spawn(move || serve(&stream, &sender).ok());
            }
        });
        Self { address, deliveries }
    }

    /// The next message.
    #[track_caller]
    pub(crate) fn next(&self) -> Delivery {
        self.deliveries.recv_timeout(PATIENCE).expect("a message is delivered")
    }

    /// What was delivered and not yet taken.
    pub(crate) fn rest(&self) -> Vec<Delivery> {
        self.deliveries.try_iter().collect()
    }
}

fn serve(stream: &TcpStream, deliveries: &Sender<Delivery>) -> std::io::Result<()> {
    let mut output = stream;
    let mut lines = BufReader::new(stream);
    let mut rcpt_to = Vec::new();
    output.write_all(b"220 sink\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.to_ascii_uppercase();
        if let Some((_, path)) = line.split_once(':').filter(|_| command.starts_with("RCPT")) {
            rcpt_to.push(path.trim().trim_matches(['<', '>']).to_owned());
        }
        if command.starts_with("DATA") {
            output.write_all(b"354 go on\r\n")?;
            let bytes = content(&mut lines)?;
            let replies = "250 2.0.0 taken\r\n".repeat(rcpt_to.len());
            let delivery = Delivery { rcpt_to: std::mem::take(&mut rcpt_to), bytes };
            // A test that is over takes nothing.
            let _ = deliveries.send(delivery);
            output.write_all(replies.as_bytes())?;
        } else if command.starts_with("QUIT") {
            return output.write_all(b"221 2.0.0 bye\r\n");
        } else {
            output.write_all(b"250 2.0.0 sink\r\n")?;
        }
    }
}

/// Everything up to the line with a single dot; a dot that was put before another one goes (RFC 5321, section 4.5.2).
fn content(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.strip_prefix(b".") {
            Some(b"\r\n") => return Ok(content),
            Some(rest) => content.extend_from_slice(rest),
            None => content.extend_from_slice(&line),
        }
    }
}
