//! What correlations remember, in a process that is killed again and again: no alert is lost, and none is told twice, against a run
//! that nothing disturbs.

use model::EventMillis;
use runtime::watch::memory::Memory;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use watch::correlation::{Alert, Correlator, Offset};
use watch::event::{Event, Field, FieldNames, Value};
use watch::memory::{KeyedState, MemoryState};
use watch::sigma::rule_set::RuleSet;

/// The data folder of a child process, how many events there are, and at which step it ends itself; without it this is no child.
const CHILD: &str = "PORTCULLIS_TEST_MEMORY";
/// How often a process is killed: the long mode has a thousand.
const KILLS: &str = "PORTCULLIS_TEST_KILLS";
const KILLS_USUAL: u64 = 20;
/// Events for each kill.
const EVENTS_A_KILL: u64 = 1_500;
/// What was observed is kept so often.
const COMMIT_EVERY: u64 = 60;
/// Time passes so often.
const ADVANCE_EVERY: u64 = 350;
/// Alerts as a recorder takes them: told before what is remembered is kept, so that some are told again.
const TOLD: &str = "told";
/// How far the events are read, kept with the state; and the first byte of the keys of alerts that are kept with it.
const POSITION: &[u8] = b"position";
const ALERT: u8 = b'a';

const RULES: &str = "
title: Seen
id: 00000000-0000-4000-8000-00000000000a
name: seen
logsource: {product: test}
detection: {s: {kind: seen}, condition: s}
---
title: Told
id: 00000000-0000-4000-8000-00000000000b
name: told
logsource: {product: test}
detection: {s: {kind: told}, condition: s}
---
title: many
correlation: {type: event_count, rules: [seen], group-by: [user], timespan: 20m, condition: {gte: 4}}
---
title: few
correlation: {type: event_count, rules: [seen], group-by: [user], timespan: 30m, condition: {eq: 2}}
---
title: addresses
name: addresses
correlation: {type: value_count, rules: [seen, told], group-by: [user], timespan: 1h, condition: {field: ip, gte: 9}}
---
title: large
correlation: {type: value_sum, rules: [told], group-by: [ip], timespan: 2h, condition: {field: size, gt: 9000}}
---
title: mean
correlation: {type: value_avg, rules: [told], group-by: [ip], timespan: 1h, condition: {field: size, gt: 620}}
---
title: order
correlation: {type: temporal_ordered, rules: [addresses, told], group-by: [user], timespan: 10m, generate: true}
---
title: new
correlation: {type: first_seen, rules: [seen], group-by: [user], timespan: 400d, learning: 1h, condition: {field: ip}}
---
title: back
correlation: {type: recurrence, rules: [told], group-by: [user], gap: 90m, timespan: 400d}
---
title: silent
correlation: {type: silence, rules: [told], group-by: [user], timespan: 70m}
";

/// A house that observes invented events, from wherever the state was kept last.
struct House {
    correlator: Correlator,
    names: FieldNames,
    events: u64,
}

/// What happens while the events are read.
trait Keeper {
    /// Before the event with this number.
    fn at(&mut self, _step: u64) {}
    /// These alerts were found since the last time, and the state is to be kept.
    fn keep(&mut self, state: &mut dyn KeyedState, alerts: &[Alert]);
}

impl House {
    fn new(events: u64) -> Self {
        let mut set = RuleSet::new(Vec::new());
        set.load("kills.yml", RULES);
        let set = set.finish();
        assert_eq!(set.faults, [], "the rules are sound");
        let mut names = FieldNames::default();
        let correlator = Correlator::new(&set.rules, &set.correlations, &mut names);
        Self { correlator, names, events }
    }

    fn run<S: KeyedState>(&mut self, state: &mut S, commit: impl Fn(&mut S), keeper: &mut impl Keeper) {
        let kept = state.get(POSITION).expect("the state").unwrap_or_default();
        let first = kept.try_into().map_or(0, u64::from_le_bytes);
        let mut waiting = Vec::new();
        for step in first..self.events {
            keeper.at(step);
            waiting.extend(self.observe(state, step));
            let next = step + 1;
            if next % ADVANCE_EVERY == 0 {
                let watermark = EventMillis(clock(step) - 600_000);
                waiting.extend(self.correlator.advance(state, watermark).expect("the state"));
            }
            if next % COMMIT_EVERY == 0 || next == self.events {
                keeper.keep(state, &waiting);
                waiting.clear();
                state.put(POSITION, next.to_le_bytes().to_vec()).expect("the state");
                commit(state);
            }
        }
    }

    fn observe(&mut self, state: &mut dyn KeyedState, step: u64) -> Vec<Alert> {
        let chance = mixed(step);
        let fields = [
            ("user", format!("user{}", chance % 40)),
            ("ip", format!("192.0.2.{}", chance / 40 % 25)),
            ("size", (chance / 1_000 % 1_000).to_string()),
        ];
        let fields =
            fields.map(|(name, value)| Field { id: self.names.id(name), value: Value::Text(value.into()) });
        // Up to five minutes late.
        let time = EventMillis(clock(step) - (chance / 1_000_000 % 300_000).cast_signed());
        let event = Event { fields: fields.into(), time: Some(time), ..Event::default() };
        let at = Offset { source: 1, position: step };
        let rule = usize::from((chance / 7).is_multiple_of(3));
        self.correlator.observe(state, rule, &event, at).expect("the state")
    }
}

fn clock(step: u64) -> i64 {
    1_600_000_000_000 + step.cast_signed() * 12_000
}

/// The same invented number for the same step, in every process.
fn mixed(step: u64) -> u64 {
    let mixed = (step + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 3
}

/// An alert as it is compared.
fn line(alert: &Alert) -> String {
    let id = u128::from_be_bytes(alert.id);
    format!("{id:032x} {} {} {:?}", alert.correlation, alert.time.0, alert.group)
}

/// Puts alerts under keys of their own, in the order in which they are found.
fn keep_in_state(state: &mut dyn KeyedState, alerts: &[Alert]) {
    let position = state.get(POSITION).expect("the state").unwrap_or_default();
    let position = position.try_into().map_or(0, u64::from_le_bytes);
    for (number, alert) in alerts.iter().enumerate() {
        let mut key = vec![ALERT];
        key.extend(position.to_be_bytes());
        key.extend((number as u64).to_be_bytes());
        state.put(&key, line(alert).into_bytes()).expect("the state");
    }
}

fn kept_alerts(state: &mut dyn KeyedState) -> Vec<String> {
    let kept = state.scan(&[ALERT], &[ALERT + 1], usize::from(u16::MAX) << 8).expect("the state");
    kept.into_iter().map(|(_, value)| String::from_utf8(value).expect("text")).collect()
}

struct Undisturbed;

impl Keeper for Undisturbed {
    fn keep(&mut self, state: &mut dyn KeyedState, alerts: &[Alert]) {
        keep_in_state(state, alerts);
    }
}

/// Tells its parent of each commit, and ends itself at one step.
struct Dying {
    told: std::fs::File,
    last_step: u64,
}

impl Keeper for Dying {
    fn at(&mut self, step: u64) {
        if step == self.last_step {
            std::process::abort();
        }
    }

    fn keep(&mut self, state: &mut dyn KeyedState, alerts: &[Alert]) {
        let lines: String = alerts.iter().map(|alert| line(alert) + "\n").collect();
        self.told.write_all(lines.as_bytes()).expect("it is written");
        writeln!(std::io::stdout(), "told").expect("the parent listens");
        keep_in_state(state, alerts);
    }
}

/// The child process: this test executable again, told by its environment to read on until it is killed.
#[test]
fn a_house_of_its_own() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let mut words = told.splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse::<u64>().ok()).expect("a number");
    let (events, last_step) = (number(), number());
    let folder = Path::new(words.next().expect("a folder"));
    let told = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(TOLD)).expect("a file");
    let mut memory = Memory::open(folder).expect("the memory");
    let commit = |memory: &mut Memory| memory.commit().expect("it is kept");
    House::new(events).run(&mut memory, commit, &mut Dying { told, last_step });
}

/// Lets a child read on until it has told so many times, then kills it. Answers whether it was still there.
fn read_on(folder: &Path, events: u64, last_step: u64, tells: u64) -> bool {
    let mut child = Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "a_house_of_its_own", "--nocapture"])
        .env(CHILD, format!("{events} {last_step} {}", folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut tells_left = tells;
    for line in lines {
        tells_left -= u64::from(line.is_ok_and(|line| line.ends_with("told")));
        if tells_left == 0 {
            break;
        }
    }
    child.kill().expect("it is ours");
    !child.wait().expect("it is ours").success()
}

#[test]
fn no_alert_is_lost_or_told_twice() {
    let kills = std::env::var(KILLS).ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS_USUAL);
    let events = kills * EVENTS_A_KILL;
    let mut undisturbed = MemoryState::default();
    House::new(events).run(&mut undisturbed, |_| {}, &mut Undisturbed);
    let expected = kept_alerts(&mut undisturbed);

    let folder = tempfile::tempdir().expect("a folder");
    let mut killed = 0;
    for round in 0..kills {
        let chance = mixed(round ^ 0x5eed);
        // Every other process ends itself between two commits; the rest die wherever they are when they are killed.
        let reached = kept_position(folder.path());
        let last_step = if round % 2 == 0 { reached + 1 + chance % EVENTS_A_KILL } else { u64::MAX };
        let tells = 1 + chance / 8 % (EVENTS_A_KILL / COMMIT_EVERY);
        killed += u64::from(read_on(folder.path(), events, last_step, tells));
    }
    assert!(killed >= kills * 9 / 10, "{killed} of {kills} were killed while they read");
    assert!(!read_on(folder.path(), events, u64::MAX, u64::MAX), "the last one reads to the end");

    let mut memory = Memory::open(folder.path()).expect("the memory");
    let found = kept_alerts(&mut memory);
    assert_eq!(found.len(), expected.len());
    assert_eq!(found, expected, "in the order in which they were found");
    let told = std::fs::read_to_string(folder.path().join(TOLD)).expect("it is there");
    let told: BTreeSet<&str> = told.lines().collect();
    let missing = expected.iter().filter(|alert| !told.contains(alert.as_str())).count();
    assert_eq!((missing, told.len()), (0, expected.iter().collect::<BTreeSet<_>>().len()));
    each_rule_has_told(&expected);
}

fn kept_position(folder: &Path) -> u64 {
    let mut memory = Memory::open(folder).expect("the memory");
    let kept = memory.get(POSITION).expect("the state").unwrap_or_default();
    kept.try_into().map_or(0, u64::from_le_bytes)
}

/// A rule without an alert would prove nothing.
fn each_rule_has_told(alerts: &[String]) {
    let rules: BTreeSet<&str> = alerts.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(rules.len(), 9, "{rules:?} told {} alerts", alerts.len());
    let ids: BTreeSet<&str> = alerts.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(ids.len(), alerts.len(), "each alert has an id of its own");
}
