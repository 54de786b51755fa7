//! A gate that is killed at every step of a message: nothing is lost, nothing is recorded twice, and nothing that was judged
//! harmful is delivered as it is.

use crate::delivery::{beacon_letter, hostile_letter, live, policy};
use crate::double::{settings, start_filter};
use crate::mail_server::{MailServer, Outcome, begin, letter};
use crate::postfix::{Postfix, below_received, free_address, missing};
use crate::sender::send_until_taken;
use gate::milter::{Action, Failed, Filter, Listen, LiveFilter, OnFailure};
use mail::disarm::remaining_loads;
use milter::{Command as MilterCommand, Message, Path as MailPath};
use model::limit::MEASURE_PAGE_ROWS_MAX;
use runtime::data::Data;
use runtime::live::Wait;
use runtime::measure::quarantine;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use store::{Blobs, Features};

/// Where the gate of a child process has its data, and where it listens; without it this is not a child.
const CHILD: &str = "PORTCULLIS_TEST_GATE";
/// How many faults: the long mode has ten thousand.
const FAULTS: &str = "PORTCULLIS_TEST_FAULTS";
/// How many faults one data folder sees: a gate that starts reads everything that is recorded, so that the cost of one fault
/// grows with all that were before it.
const FAULTS_A_FOLDER: usize = 700;
const READY: &str = "the gate is ready";
/// How often a mail server tries again.
const TRIES_MAX: usize = 5;

/// Where the gate dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    BeforeMessage,
    AfterEnvelope,
    MidBody,
    AfterEnd,
    BeforeStore,
    BeforeReply,
    AfterReply,
}

const ALL: [Fault; 7] = [
    Fault::BeforeMessage,
    Fault::AfterEnvelope,
    Fault::MidBody,
    Fault::AfterEnd,
    Fault::BeforeStore,
    Fault::BeforeReply,
    Fault::AfterReply,
];

/// Dies where a file in the data folder says so, once.
struct Dying {
    filter: LiveFilter,
    order: PathBuf,
}

impl Dying {
    fn die_if(&self, at: &str) {
        if std::fs::read_to_string(&self.order).is_ok_and(|order| order == at) {
            std::fs::remove_file(&self.order).expect("it is there");
            std::process::abort();
        }
    }
}

impl Filter for Dying {
    fn decide(&self, message: &Message, wait: &Arc<Wait>) -> Result<Action, Failed> {
        self.die_if("before");
        let action = self.filter.decide(message, wait);
        self.die_if("after");
        action
    }

    fn on_failure(&self, rcpt_to: &[MailPath]) -> OnFailure {
        self.filter.on_failure(rcpt_to)
    }

    fn unjudged(&self, message: &Message) -> Vec<u8> {
        self.filter.unjudged(message)
    }
}

/// The child process: this test executable again, told by its environment to be a gate until it is killed.
#[test]
fn a_gate_of_its_own() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (address, folder) = told.split_once(' ').expect("address and folder");
    let folder = Path::new(folder);
    let filter = Dying { filter: LiveFilter::new(live(folder), policy()), order: folder.join("die") };
    let listen = Listen::Tcp(address.parse().expect("an address"));
    let _running = start_filter(&settings(listen), Arc::new(filter));
    println!("{READY}");
    loop {
        std::thread::park();
    }
}

/// A gate in a process that can be killed, with what it keeps.
struct Gate {
    address: SocketAddr,
    folder: tempfile::TempDir,
    child: Child,
}

impl Gate {
    fn start() -> Self {
        let (address, folder) = (free_address(), tempfile::tempdir().expect("a folder"));
        let child = spawn(address, folder.path());
        Self { address, folder, child }
    }

    fn kill(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    fn start_again(&mut self) {
        self.child.wait().expect("it is ours");
        self.child = spawn(self.address, self.folder.path());
    }

    fn order(&self, death: &str) {
        std::fs::write(self.folder.path().join("die"), death).expect("it is written");
    }

    fn connect(&self) -> MailServer<std::net::TcpStream> {
        MailServer::connect(self.address).expect("it listens")
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // One that died already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(address: SocketAddr, folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "faults::a_gate_of_its_own", "--nocapture"])
        .env(CHILD, format!("{address} {}", folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains(READY))), "the gate did not start");
    child
}

/// Which letters are kept, and which are disarmed, of each three.
const KEPT: usize = 0;
const DISARMED: usize = 1;

/// The number-th letter: in turn one that is kept, one that is disarmed, and one that passes.
fn numbered(number: usize) -> Vec<u8> {
    let field = format!("Message-ID: <{number}@mailer.example>\r\n").into_bytes();
    let rest = match number % 3 {
        KEPT => hostile_letter(),
        DISARMED => beacon_letter(),
        _ => b"From: a@b.example\r\nSubject: plain\r\nDate: Mon, 18 Jan 2021 10:11:30 +0000\r\n\r\nhello\r\n"
            .to_vec(),
    };
    [field, rest].concat()
}

/// Tells a message to a gate that dies on the way. Answers what the mail server knows to have become of it.
fn tell_and_kill(gate: &mut Gate, fault: Fault, message: &Message) -> Option<Outcome> {
    let mut client = gate.connect();
    let mut taken = None;
    match fault {
        Fault::BeforeMessage => gate.kill(),
        Fault::AfterEnvelope => {
            client.send(&begin(message)).expect("it is told");
            gate.kill();
        }
        Fault::MidBody => {
            let mut commands = begin(message);
            commands.push(MilterCommand::Body(message.body.iter().copied().take(5).collect()));
            client.send(&commands).expect("it is told");
            gate.kill();
        }
        Fault::AfterEnd => {
            client.tell("4fX", message).expect("it is told");
            gate.kill();
            taken = client.outcome(message).ok();
        }
        Fault::BeforeStore | Fault::BeforeReply => {
            gate.order(if fault == Fault::BeforeStore { "before" } else { "after" });
            taken = client.deliver("4fX", message).ok();
        }
        Fault::AfterReply => {
            taken = Some(client.deliver("4fX", message).expect("an answer"));
            gate.kill();
        }
    }
    gate.start_again();
    taken
}

/// Hands a message over again for as long as the gate asks for time, which a busy machine may make it do.
fn deliver_until_judged(gate: &Gate, message: &Message) -> Outcome {
    let mut last = None;
    for _ in 0..TRIES_MAX {
        match gate.connect().deliver("4fX", message).expect("an answer") {
            Outcome::Refused(text) if text.starts_with('4') => last = Some(Outcome::Refused(text)),
            outcome => return outcome,
        }
    }
    last.expect("it was tried")
}

#[test]
fn nothing_is_lost_or_recorded_twice_wherever_the_gate_is_killed() {
    let mut left = std::env::var(FAULTS).ok().and_then(|count| count.parse().ok()).unwrap_or(70);
    while left > 0 {
        let faults = left.min(FAULTS_A_FOLDER);
        check_kills(faults);
        left -= faults;
        println!("{left} faults left");
    }
}

fn check_kills(faults: usize) {
    let mut gate = Gate::start();
    for (number, fault) in (0..faults).zip(ALL.into_iter().cycle()) {
        let text = numbered(number);
        let message = letter(&["pat@house.example"], &text);
        let taken = tell_and_kill(&mut gate, fault, &message);
        assert!(!matches!(fault, Fault::BeforeStore | Fault::BeforeReply) || taken.is_none(), "{fault:?}");
        let again = || deliver_until_judged(&gate, &message);
        match taken.unwrap_or_else(again) {
            Outcome::Discarded => assert_eq!(number % 3, KEPT, "{fault:?}"),
            Outcome::Delivered(delivered) => {
                assert_ne!(number % 3, KEPT, "{fault:?}");
                assert!(remaining_loads(&delivered).is_empty(), "{fault:?}");
            }
            Outcome::Refused(text) => assert_eq!(text, "a verdict", "{fault:?}"),
        }
    }
    gate.kill();
    let data = Data::open(gate.folder.path()).expect("the folder is whole");
    assert_eq!(data.store.features.len(), faults as u64, "each is recorded once");
    for number in (0..faults).filter(|number| matches!(number % 3, KEPT | DISARMED)) {
        let original = data.store.blobs.get(mail::message::digest(&numbered(number)));
        assert!(original.expect("the store works").is_some(), "original {number} is sealed");
    }
    let kept = quarantine::list(&data, None, MEASURE_PAGE_ROWS_MAX).expect("the store works").rows.len();
    assert_eq!(kept, (0..faults).filter(|number| number % 3 == KEPT).count(), "each is kept once");
}

#[test]
fn postfix_refuses_for_now_while_the_gate_is_dead_and_delivers_once() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let mut gate = Gate::start();
    let postfix = Postfix::start(&[&Listen::Tcp(gate.address)]);
    let meetings = ["down", "before", "after"]
        .into_iter()
        .flat_map(|death| [KEPT, DISARMED, 2].map(|kind| (death, kind)));
    for (turn, (death, kind)) in meetings.enumerate() {
        let number = 3 * turn + kind;
        match death {
            "down" => gate.kill(),
            _ => gate.order(death),
        }
        let mut refusals = 0;
        let answer = send_until_taken(postfix.address, &["pat@house.example"], &numbered(number), || {
            refusals += 1;
            gate.start_again();
        });
        assert_eq!((answer.code, refusals), (250, 1), "{death}: {}", answer.text);
        if kind == KEPT {
            continue;
        }
        let delivered = below_received(&postfix.sink.next().bytes);
        assert!(remaining_loads(&delivered).is_empty());
        assert!(String::from_utf8_lossy(&delivered).contains(&format!("<{number}@mailer.example>")));
    }
    // Only what was accepted is in the queue, and all of that has arrived.
    while !postfix.is_empty() {}
    assert_eq!(postfix.sink.rest(), []);
    gate.kill();
    assert_eq!(Data::open(gate.folder.path()).expect("the folder is whole").store.features.len(), 9);
}
