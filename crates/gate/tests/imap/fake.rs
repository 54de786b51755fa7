//! A small IMAP server in memory that drops connections where a test says so. What it did is done all the same.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// When a message arrived, in all tests.
pub const DATE: &str = "18-Jan-2021 10:07:00 +0100";

/// Where the connection breaks, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Before the command has an effect.
    Before,
    /// After it had its effect, in the middle of the answer.
    Amid,
    /// After it had its effect, before the end of the answer.
    After,
}

pub const BREAKS: [Break; 3] = [Break::Before, Break::Amid, Break::After];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub uid: u32,
    pub flags: Vec<String>,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
pub struct Folder {
    pub uid_validity: u32,
    pub next: u32,
    pub messages: Vec<Stored>,
}

#[derive(Default)]
pub struct State {
    pub folders: BTreeMap<String, Folder>,
    pub capabilities: String,
    /// Commands since the start, without their tags and literals.
    pub commands: Vec<String>,
    /// At which command the connection breaks.
    pub breaks: Option<(usize, Break)>,
    /// What the server makes of a message that it is given.
    pub alter: Option<fn(Vec<u8>) -> Vec<u8>>,
    /// A folder whose messages are numbered anew after the next time it is selected.
    pub renumbers: Option<String>,
    /// A message in fetching which the connection always breaks.
    pub spoilt: Option<u32>,
    /// Whether it does not say what the next UID is.
    pub hides_next: bool,
    idlers: Vec<TcpStream>,
}

#[derive(Clone)]
pub struct Fake {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// With an empty INBOX. It listens until the test process ends.
    pub fn start(capabilities: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("it is bound").port();
        let state = State { capabilities: capabilities.to_owned(), ..State::default() };
        let fake = Self { port, state: Arc::new(Mutex::new(state)) };
        fake.state().make("INBOX");
        let server = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&server.state);
                // A broken connection is what these tests are about.
                std::thread::spawn(move || {
                    Connection { stream, state, selected: String::new(), told: 0 }.serve()
                });
            }
        });
        fake
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds it")
    }

    /// Delivers a message and tells who waits.
    pub fn deliver(&self, folder: &str, message: &str) -> u32 {
        let mut state = self.state();
        let uid = state.add(folder, vec!["\\Recent".to_owned()], message.as_bytes().to_vec());
        let count = state.folders[folder].messages.len();
        for mut idler in std::mem::take(&mut state.idlers) {
            let _ = write!(idler, "* {count} EXISTS\r\n");
        }
        uid
    }

    pub fn folder(&self, folder: &str) -> Folder {
        self.state().folders.get(folder).cloned().unwrap_or_default()
    }
}

impl State {
    fn make(&mut self, folder: &str) {
        let uid_validity = 7 + self.folders.len() as u32;
        self.folders.entry(folder.to_owned()).or_insert(Folder {
            uid_validity,
            next: 1,
            messages: Vec::new(),
        });
    }

    /// Gives the messages of a folder the numbers of others.
    fn renumber(&mut self, folder: &str) {
        self.renumbers = None;
        let folder = self.folders.get_mut(folder).expect("the folder is there");
        folder.uid_validity += 100;
        folder.messages.rotate_left(1);
        for (uid, message) in (1..).zip(&mut folder.messages) {
            message.uid = uid;
        }
    }

    pub fn add(&mut self, folder: &str, flags: Vec<String>, bytes: Vec<u8>) -> u32 {
        let folder = self.folders.get_mut(folder).expect("the folder is there");
        let uid = folder.next;
        folder.next += 1;
        folder.messages.push(Stored { uid, flags, bytes });
        uid
    }

    /// Whether the connection breaks at this command, and how.
    fn broken(&mut self, command: &str) -> Option<Break> {
        let number = self.commands.len();
        self.commands.push(command.to_owned());
        let due = self.breaks.filter(|(at, _)| *at == number);
        due.map(|(_, how)| how)
    }
}

struct Connection {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
    selected: String,
    /// How many messages the client believes to be in the selected folder.
    told: usize,
}

/// A command: its words, with quoted strings and literals as they are.
struct Spoken {
    tag: String,
    words: Vec<String>,
    literal: Vec<u8>,
}

impl Connection {
    fn serve(mut self) -> Option<()> {
        let mut reader = BufReader::new(self.stream.try_clone().ok()?);
        self.stream.write_all(b"* OK ready\r\n").ok()?;
        loop {
            let spoken = self.listen(&mut reader)?;
            let shown = spoken.words.join(" ");
            let how = self.state.lock().ok()?.broken(&shown);
            let is_spoilt = |uid| shown == format!("UID FETCH {uid} (UID BODY.PEEK[])");
            let how =
                if self.state.lock().ok()?.spoilt.is_some_and(is_spoilt) { Some(Break::Amid) } else { how };
            if how == Some(Break::Before) {
                return self.stream.shutdown(std::net::Shutdown::Both).ok();
            }
            if spoken.words[0] == "IDLE" {
                self.idle(&mut reader, how, &spoken.tag)?;
                continue;
            }
            let (data, end) = match spoken.words[..] {
                [ref verb, _, ref rest @ ..] if verb == "AUTHENTICATE" => {
                    self.authenticate(&mut reader, rest.first())?
                }
                _ => self.answer(&spoken),
            };
            let end = format!("{} {end}\r\n", spoken.tag);
            match how {
                None => self.stream.write_all(&[&data[..], end.as_bytes()].concat()).ok()?,
                Some(Break::Amid) => self.stream.write_all(&data[..data.len() / 2]).ok()?,
                Some(_) => self.stream.write_all(&data).ok()?,
            }
            if how.is_some() || spoken.words[0] == "LOGOUT" {
                return self.stream.shutdown(std::net::Shutdown::Both).ok();
            }
        }
    }

    fn idle(&mut self, reader: &mut impl BufRead, how: Option<Break>, tag: &str) -> Option<()> {
        self.stream.write_all(b"+ idling\r\n").ok()?;
        {
            let mut state = self.state.lock().ok()?;
            state.idlers.push(self.stream.try_clone().ok()?);
            // What came since the folder was selected is told at once.
            let count = state.folders[&self.selected].messages.len();
            if count != self.told {
                write!(self.stream, "* {count} EXISTS\r\n").ok()?;
            }
        }
        if how.is_some() {
            return self.stream.shutdown(std::net::Shutdown::Both).ok().and(None);
        }
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        assert_eq!(line, "DONE\r\n");
        write!(self.stream, "{tag} OK\r\n").ok()
    }

    /// Takes the token `token-2` and the password of `PLAIN`. Why it refuses is told in a challenge, as XOAUTH2 has it.
    fn authenticate(
        &mut self,
        reader: &mut impl BufRead,
        initial: Option<&String>,
    ) -> Option<(Vec<u8>, String)> {
        let mut message = initial.cloned().unwrap_or_default();
        if initial.is_none() {
            self.stream.write_all(b"+ \r\n").ok()?;
            reader.read_line(&mut message).ok()?;
        }
        let message = STANDARD.decode(message.trim_end()).ok()?;
        if [&b"user=office\x01auth=Bearer token-2\x01\x01"[..], b"\0office\0secret"].contains(&&message[..]) {
            return Some((Vec::new(), "OK done".to_owned()));
        }
        self.stream.write_all(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n").ok()?;
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        assert_eq!(line, "\r\n");
        Some((Vec::new(), "NO [AUTHENTICATIONFAILED] no".to_owned()))
    }

    fn listen(&mut self, reader: &mut impl BufRead) -> Option<Spoken> {
        let (mut words, mut literal) = (Vec::new(), Vec::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
            let line = line.trim_end();
            let announced =
                line.rsplit_once('{').and_then(|(_, size)| size.strip_suffix('}')?.parse::<usize>().ok());
            words.extend(split(line));
            let Some(size) = announced else { break };
            words.pop();
            self.stream.write_all(b"+ go on\r\n").ok()?;
            literal = vec![0; size];
            reader.read_exact(&mut literal).ok()?;
            words.push("(literal)".to_owned());
        }
        let tag = words.remove(0);
        Some(Spoken { tag, words, literal })
    }

    fn answer(&mut self, spoken: &Spoken) -> (Vec<u8>, String) {
        let words: Vec<&str> = spoken.words.iter().map(String::as_str).collect();
        let mut state = self.state.lock().expect("no test panics while it holds it");
        let done = "OK done".to_owned();
        match words[..] {
            ["CAPABILITY"] => {
                (format!("* CAPABILITY IMAP4rev1 {}\r\n", state.capabilities).into_bytes(), done)
            }
            ["LOGIN", "office", "secret"] => (Vec::new(), done),
            ["LOGIN", ..] => (Vec::new(), "NO [AUTHENTICATIONFAILED] no".to_owned()),
            ["SELECT" | "EXAMINE", name] => {
                let Some(folder) = state.folders.get(name) else {
                    return (Vec::new(), "NO no such folder".into());
                };
                self.selected = name.to_owned();
                self.told = folder.messages.len();
                let (validity, next) = (folder.uid_validity, folder.next);
                let told =
                    format!("* {} EXISTS\r\n* OK [UIDVALIDITY {validity}] v\r\n", folder.messages.len());
                let next =
                    if state.hides_next { String::new() } else { format!("* OK [UIDNEXT {next}] n\r\n") };
                if state.renumbers.as_deref() == Some(name) {
                    state.renumber(name);
                }
                ((told + &next).into_bytes(), done)
            }
            ["CREATE", name] => {
                state.make(name);
                (Vec::new(), done)
            }
            ["APPEND", name, ref rest @ ..] => {
                let flags = words_in(rest.first().expect("flags are sent"));
                let bytes = state.alter.map_or(spoken.literal.clone(), |alter| alter(spoken.literal.clone()));
                let uid = state.add(name, flags, bytes);
                let validity = state.folders[name].uid_validity;
                match state.capabilities.contains("UIDPLUS") {
                    true => (Vec::new(), format!("OK [APPENDUID {validity} {uid}] done")),
                    false => (Vec::new(), done),
                }
            }
            ["UID", verb, ref rest @ ..] => self.uid_command(&mut state, verb, rest),
            ["EXPUNGE"] => {
                let folder = state.folders.get_mut(&self.selected).expect("it is selected");
                folder.messages.retain(|message| !is_deleted(message));
                (Vec::new(), done)
            }
            ["NOOP"] => (Vec::new(), done),
            ["LOGOUT"] => (b"* BYE\r\n".to_vec(), done),
            _ => (Vec::new(), "BAD what".to_owned()),
        }
    }

    fn uid_command(&self, state: &mut State, verb: &str, rest: &[&str]) -> (Vec<u8>, String) {
        let done = "OK done".to_owned();
        if let ("COPY" | "MOVE", [uid, to]) = (verb, rest) {
            if !state.folders.contains_key(*to) {
                return (Vec::new(), "NO [TRYCREATE] no such folder".to_owned());
            }
            let found = messages_in(state, &self.selected, uid);
            for message in &found {
                state.add(to, message.flags.clone(), message.bytes.clone());
            }
            if verb == "MOVE" {
                let folder = state.folders.get_mut(&self.selected).expect("it is selected");
                folder.messages.retain(|message| !found.contains(message));
            }
            return (Vec::new(), done);
        }
        let folder = state.folders.get_mut(&self.selected).expect("it is selected");
        match (verb, rest) {
            ("FETCH", ["*", "(UID)"]) => {
                let last =
                    folder.messages.last().map(|message| format!("* 1 FETCH (UID {})\r\n", message.uid));
                (last.unwrap_or_default().into_bytes(), done)
            }
            ("FETCH", [set, items @ ..]) => {
                let has_body = items.iter().any(|item| item.contains("BODY.PEEK[]"));
                let found = folder.messages.iter().filter(|message| is_in(set, message.uid));
                (found.flat_map(|message| fetched(message, has_body)).collect(), done)
            }
            ("SEARCH", criteria) => {
                let found = folder.messages.iter().filter(|message| matches(message, criteria));
                let uids: Vec<String> = found.map(|message| message.uid.to_string()).collect();
                (format!("* SEARCH {}\r\n", uids.join(" ")).into_bytes(), done)
            }
            ("STORE", [uid, "+FLAGS.SILENT", "(\\Deleted)"]) => {
                let found = folder.messages.iter_mut().filter(|message| is_in(uid, message.uid));
                found.for_each(|message| message.flags.push("\\Deleted".to_owned()));
                (Vec::new(), done)
            }
            ("EXPUNGE", [uid]) => {
                folder.messages.retain(|message| !is_deleted(message) || !is_in(uid, message.uid));
                (Vec::new(), done)
            }
            _ => (Vec::new(), "BAD what".to_owned()),
        }
    }
}

fn messages_in(state: &State, folder: &str, set: &str) -> Vec<Stored> {
    state.folders[folder].messages.iter().filter(|message| is_in(set, message.uid)).cloned().collect()
}

fn is_deleted(message: &Stored) -> bool {
    message.flags.iter().any(|flag| flag == "\\Deleted")
}

fn is_in(set: &str, uid: u32) -> bool {
    let (first, last) = set.split_once(':').unwrap_or((set, set));
    (first.parse().expect("a number")..=last.parse().expect("a number")).contains(&uid)
}

fn fetched(message: &Stored, has_body: bool) -> Vec<u8> {
    let Stored { uid, flags, bytes } = message;
    if has_body {
        let head = format!("* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n", bytes.len());
        return [head.as_bytes(), bytes, b")\r\n"].concat();
    }
    let (size, flags) = (bytes.len(), flags.join(" "));
    format!("* 1 FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE \"{DATE}\" FLAGS ({flags}))\r\n")
        .into_bytes()
}

fn matches(message: &Stored, criteria: &[&str]) -> bool {
    match criteria {
        ["HEADER", name, value] => {
            let text = String::from_utf8_lossy(&message.bytes).to_ascii_lowercase();
            let header = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
            let field = format!("{}:", name.to_ascii_lowercase());
            header.lines().any(|line| line.starts_with(&field) && line.contains(&value.to_ascii_lowercase()))
        }
        ["DELETED"] => is_deleted(message),
        // All messages of these tests arrived on one day.
        ["SINCE", _, "BEFORE", _] => true,
        _ => panic!("no such search: {criteria:?}"),
    }
}

/// Words, quoted strings without their quotes, and parentheses with what is in them.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut is_quoted, mut depth) = (false, 0);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted && depth == 0 => words.push(std::mem::take(&mut word)),
            other => {
                depth += i32::from(other == '(') - i32::from(other == ')');
                word.push(other);
            }
        }
    }
    words.push(word);
    words
}

fn words_in(list: &str) -> Vec<String> {
    list.trim_matches(['(', ')']).split_ascii_whitespace().map(str::to_owned).collect()
}
