//! The server that sends: it hands a message over by SMTP, and keeps it until it was taken.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer to a message: its code, and all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) text: String,
}

/// Hands a message over once.
pub(crate) fn send(server: SocketAddr, rcpt_to: &[&str], message: &[u8]) -> io::Result<Answer> {
    let stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut answers = BufReader::new(&stream);
    answer(&mut answers)?;
    let mut commands =
        vec!["EHLO out.mailer.example".to_owned(), "MAIL FROM:<bounce@mailer.example>".to_owned()];
    commands.extend(rcpt_to.iter().map(|address| format!("RCPT TO:<{address}>")));
    commands.push("DATA".to_owned());
    for command in commands {
        (&stream).write_all(format!("{command}\r\n").as_bytes())?;
        let answer = answer(&mut answers)?;
        if answer.code >= 400 {
            return Ok(answer);
        }
    }
    (&stream).write_all(&stuffed(message))?;
    let answer = answer(&mut answers)?;
    // The message is taken or not, whatever comes of the goodbye.
    let _ = (&stream).write_all(b"QUIT\r\n");
    Ok(answer)
}

/// Hands a message over until it is taken for good or refused for good, as RFC 5321 section 4.5.4.1 has it, but without the
/// wait. `between` is called after each time that it was not.
pub(crate) fn send_until_taken(
    server: SocketAddr,
    rcpt_to: &[&str],
    message: &[u8],
    mut between: impl FnMut(),
) -> Answer {
    loop {
        match send(server, rcpt_to, message) {
            Ok(answer) if !(400..500).contains(&answer.code) => return answer,
            _ => between(),
        }
    }
}

fn answer(lines: &mut impl BufRead) -> io::Result<Answer> {
    let mut text = String::new();
    loop {
        let start = text.len();
        if lines.read_line(&mut text)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = text.get(start..).unwrap_or_default();
        if line.get(3..4) != Some("-") {
            let code = line.get(..3).and_then(|code| code.parse().ok());
            return code.map(|code| Answer { code, text }).ok_or_else(|| io::Error::other("no code"));
        }
    }
}

/// The message with a dot more before each line that begins with one, and its end.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(message.len() + 8);
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            output.push(b'.');
        }
        output.extend_from_slice(line);
    }
    output.extend_from_slice(b".\r\n");
    output
}
