//! The intruder of the story: the steps of the case that the exercise is made after, with its gaps of days, in five ways in.

mod entry;
mod later;

pub(crate) use later::be_patient;

use super::Entry;
use super::iis::Request;
use super::line::{Line, Log};
use super::place::{moment, relay};
use super::signin::Origin;
use super::truth::Step;
use crate::random::Random;

/// The day of the entry, 24 August 2021.
pub(crate) const ENTRY_DAY: i64 = 42;
/// From the entry to the last step: 23, 42, 137, 91, 50 and 70 days follow each other.
pub(crate) const STORY_DAYS: i64 = 413;

/// What the intruder works with, and what was written so far.
pub(crate) struct Story {
    entry: Entry,
    random: Random,
    seed: u64,
    /// Shells by their place: the first is used again after 270 days.
    shells: [String; 2],
    /// An account whose password the intruder has.
    account: String,
    relays: u64,
    pub(crate) lines: Vec<Trace>,
    pub(crate) steps: Vec<Step>,
}

/// A line that the intruder left, with the step that it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) line: Line,
    pub(crate) step: &'static str,
}

/// Everything that an intruder does in the exercise, with the truth about it.
pub(crate) fn intrude(seed: u64, entry: Entry, account: &str) -> Story {
    let mut random = Random::keyed(seed, &[71]);
    let folder = if entry == Entry::WebShell {
        random.word(&["/consult/", "/media/", "/pages/"])
    } else {
        "/aspnet_client/"
    };
    let mut shell = || format!("{folder}{}.aspx", random.base36(6));
    let shells = [shell(), shell()];
    let mut story = Story {
        entry,
        random,
        seed,
        shells,
        account: account.to_owned(),
        relays: 0,
        lines: Vec::new(),
        steps: Vec::new(),
    };
    entry::enter(&mut story, ENTRY_DAY, 0, "entry");
    later::go_on(&mut story);
    story
}

impl Story {
    /// What was done before a moment.
    pub(crate) fn until(mut self, end: i64) -> Self {
        self.lines.retain(|trace| trace.line.at < end);
        self.steps.retain(|step| step.first < end);
        self
    }

    /// A relay that was not used before.
    fn relay(&mut self) -> (u32, String) {
        self.relays += 1;
        relay(self.seed, self.relays)
    }

    /// A sign-in's origin behind a new relay.
    fn origin(&mut self) -> Origin {
        let (network, address) = self.relay();
        let system = "Windows 10".to_owned();
        let browser = self.random.word(&["Chrome 88.0", "Firefox 78.0", "Rich Client 4.40"]).to_owned();
        Origin { address, network, system, browser, country: "ZZ" }
    }

    fn at(&mut self, day: i64, hour: i64) -> i64 {
        moment(day, hour * 3_600 + self.random.between(0, 2_400)) + self.random.between(0, 999)
    }

    fn add(&mut self, line: Line) {
        self.lines.push(Trace { line, step: "" });
    }

    /// Notes as one step what was written since `from` lines.
    fn note(&mut self, kind: &'static str, from: usize, entities: Vec<String>) {
        self.lines.iter_mut().skip(from).for_each(|trace| trace.step = kind);
        let times = || self.lines.iter().skip(from).map(|trace| trace.line.at);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return };
        self.steps.push(Step { kind, first, last, entities });
    }

    /// On which server the shells stand.
    fn server(&self) -> (Log, &'static str) {
        if self.entry == Entry::WebShell { (Log::WebIis, "WEB01") } else { (Log::ExchangeIis, "EXCH01") }
    }

    /// An order to a shell: in the body of a POST, from a new relay, with no page before it.
    fn order(&mut self, shell: usize, at: i64) -> String {
        let (_, address) = self.relay();
        self.order_from(shell, at, &address);
        address
    }

    fn order_from(&mut self, shell: usize, at: i64, address: &str) {
        let path = self.shells.get(shell).cloned().unwrap_or_default();
        let request = Request::post(&path, address, "Mozilla/5.0 (Windows NT 10.0) Chrome/91.0");
        let log = self.server().0;
        self.add(request.line(log, at));
    }
}
