//! `portcullis serve` as an operator runs it, on ports of loopback that the system chooses.

use crate::program::{Work, portcullis};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a server may keep silent about what is waited for, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(180);

/// A server that is running. It is killed with the test.
pub(crate) struct Server {
    child: Child,
    /// Its lines, until it ends.
    said: Receiver<String>,
    /// `ADDRESS:PORT` of the console.
    pub(crate) console: String,
    /// What it said before and after it opened the console.
    pub(crate) words: String,
}

impl Server {
    /// Starts it on a configuration, to which a console on a free port is added.
    pub(crate) fn start(work: &Work, config: &str) -> Self {
        let config = work.file("portcullis.toml", format!("{config}\n[console]\nlisten = \"127.0.0.1:0\"\n"));
        let mut child = portcullis(&["serve", "--config", &config])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let said = lines(child.stderr.take().expect("a pipe"));
        let mut server = Self { child, said, console: String::new(), words: String::new() };
        let line = server.line_with("console on http://");
        server.console = line.rsplit('/').next().unwrap_or_default().trim().to_owned();
        server
    }

    /// The next line that holds `text`.
    #[track_caller]
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).unwrap_or_default();
            assert!(
                !line.is_empty(),
                "it ended or kept silent without saying `{text}`, but:\n{}",
                self.words
            );
            self.words.push_str(&line);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The answer to a request, head and body.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.console).expect("the console listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.console);
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Asks it to end as a service manager does, and says how it ended.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        while let Ok(line) = self.said.recv_timeout(PATIENCE) {
            self.words.push_str(&line);
        }
        let status = self.child.wait().expect("it ends");
        (status, std::mem::take(&mut self.words))
    }

    /// Ends it as a power failure does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

/// What is read from a pipe, line by line.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = String::new();
        while pipe.read_line(&mut line).is_ok_and(|read| read > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already in an orderly test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
