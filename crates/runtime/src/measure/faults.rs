//! Faults inside keep, propose, approve and send: each write of each step fails once, and the folder is opened again as after
//! a crash. The step is then done again, and in the end everything happened once and has its entry.

use super::decision::{self, Measure, Status};
use super::fixture::{CAMPAIGN, Fixture, NOW, analyst, approver, envelope};
use super::outbox::{self, Delivery, Letter, Resolution};
use super::quarantine::{self, Arrival, Grounds, ItemState};
use super::warning::{self, State};
use super::{Result, assessment, blocking};
use crate::data::Data;
use model::{EventTime, LeafIndex};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// How many faults: the long mode has ten thousand.
const FAULTS: &str = "PORTCULLIS_TEST_FAULTS";
/// Without it: every write of a run once.
const FAULTS_USUAL: usize = 1;
const MESSAGE: &[u8] = b"From: <editor@paper.example>\r\nSubject: a vote\r\n\r\nPlease vote.\r\n";
const TO: &[&str] = &["ada@north.example", "guest@elsewhere.example"];

/// What makes the SQLite file of a folder fail: a trigger that counts rows down, and refuses the one at which none is left.
const TRIGGERS: &str = "CREATE TABLE fault (rows_left INTEGER NOT NULL);
INSERT INTO fault VALUES (1000000000);
CREATE TRIGGER fault_in_put BEFORE INSERT ON document BEGIN
    SELECT RAISE(ABORT, 'a fault that a test asked for') WHERE (SELECT rows_left FROM fault) <= 0;
    UPDATE fault SET rows_left = rows_left - 1;
END;
CREATE TRIGGER fault_in_delete BEFORE DELETE ON document BEGIN
    SELECT RAISE(ABORT, 'a fault that a test asked for') WHERE (SELECT rows_left FROM fault) <= 0;
    UPDATE fault SET rows_left = rows_left - 1;
END;";

/// A house whose records fail where they are told to, and the relay that takes its mail.
struct House {
    fixture: Option<Fixture>,
    switch: Connection,
    now: EventTime,
    faults: usize,
    /// How often the relay was given each letter.
    taken: BTreeMap<String, usize>,
}

impl House {
    fn new() -> Self {
        let mut fixture = Fixture::with_campaign();
        warning::draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
        assessment::confirm(&mut fixture.data, &analyst(), CAMPAIGN, "seen twice", NOW)
            .expect("analysts may");
        let switch = Connection::open(fixture.data.folder().join("records.sqlite3")).expect("the file");
        switch.execute_batch(TRIGGERS).expect("they are new");
        Self { fixture: Some(fixture), switch, now: NOW, faults: 0, taken: BTreeMap::new() }
    }

    fn data(&mut self) -> &mut Data {
        &mut self.fixture.as_mut().expect("it is open").data
    }

    fn fail_after(&self, rows: usize) {
        self.switch.execute("UPDATE fault SET rows_left = ?1", [rows]).expect("the table is there");
    }

    /// Does one step again and again, and each time a later write fails, until none does.
    fn step<T>(&mut self, name: &str, mut step: impl FnMut(&mut Self) -> Result<T>) -> T {
        for rows in 0.. {
            assert!(rows < 500, "{name} goes on for ever");
            self.fail_after(rows);
            let done = step(self);
            self.fail_after(1_000_000_000);
            match done {
                Ok(done) => return done,
                Err(error) => {
                    assert!(
                        format!("{error:#?}").contains("a test asked for"),
                        "{name}, row {rows}: {error}"
                    );
                    self.faults += 1;
                    self.fixture = self.fixture.take().map(Fixture::reopen);
                    self.check_entries(name);
                }
            }
        }
        unreachable!("it ends in the loop")
    }

    /// No fact is without its entry, and no decision is approved without its letters.
    fn check_entries(&mut self, name: &str) {
        let data = self.data();
        let page = decision::list(data, decision::Which::All, None, 100).expect("the store works");
        for decision in page.rows {
            for leaf in &decision.evidence {
                assert!(*leaf < data.evidence.len(), "{name}: {decision:?}");
            }
            let letters = outbox::list(data, false, None, 100).expect("the store works").rows;
            let own = letters.iter().filter(|letter| letter.decision.as_ref() == Some(&decision.id)).count();
            assert_eq!(own as u64, decision.steps, "{name}: {decision:?}");
        }
    }

    fn decide(&mut self, measure: &Measure) {
        let name = measure.word();
        let proposed = self.step(name, |house| {
            let now = house.now;
            decision::propose(house.data(), &analyst(), measure.clone(), "because", now)
        });
        self.step(name, |house| {
            let now = house.now;
            decision::approve(house.data(), &approver(), &proposed.id, now)
        });
    }

    /// Sends one letter after the other when it is due, as the gate does: after a fault, what was being sent is in doubt first.
    fn send(&mut self) {
        while !self.unsent().is_empty() {
            self.step("send", |house| {
                let now = house.now;
                outbox::recover(house.data(), now)?;
                house.resolve()?;
                let queued =
                    house.unsent().into_iter().filter(|letter| letter.state == outbox::State::Queued);
                house.now = queued.map(|letter| letter.due_at).min().unwrap_or(now).max(now);
                let now = house.now;
                let due = outbox::due(house.data(), now, 1)?;
                due.first().map_or(Ok(()), |letter| house.send_one(&letter.id))
            });
        }
    }

    fn unsent(&mut self) -> Vec<Letter> {
        let letters = outbox::list(self.data(), false, None, 100).expect("the store works").rows;
        letters.into_iter().filter(|letter| letter.state != outbox::State::Sent).collect()
    }

    fn send_one(&mut self, id: &str) -> Result<()> {
        let now = self.now;
        if outbox::begin(self.data(), id, now)?.is_some() {
            *self.taken.entry(id.to_owned()).or_default() += 1;
            outbox::finish(self.data(), id, Delivery::Accepted, now)?;
        }
        Ok(())
    }

    /// A person has asked the members whether they have what is held. What was given up after so many faults is sent again.
    fn resolve(&mut self) -> Result<()> {
        let now = self.now;
        for letter in self.unsent() {
            let resolution = match letter.state {
                outbox::State::Held if self.taken.contains_key(&letter.id) => Resolution::WasSent,
                outbox::State::Held | outbox::State::GivenUp => Resolution::SendAgain,
                _ => continue,
            };
            outbox::resolve(self.data(), &approver(), &letter.id, resolution, "she says so", now)?;
        }
        Ok(())
    }

    /// Everything happened once.
    fn check_end(&mut self) {
        let taken = std::mem::take(&mut self.taken);
        let data = self.data();
        for letter in outbox::list(data, false, None, 100).expect("the store works").rows {
            assert_eq!(letter.state, outbox::State::Sent, "{letter:?}");
            let times = taken.get(&letter.id).copied().unwrap_or_default();
            assert!(
                times >= 1 && (times == 1 || letter.kind != outbox::Kind::Warning),
                "{times}: {letter:?}"
            );
        }
        let decisions = decision::list(data, decision::Which::All, None, 100).expect("the store works").rows;
        assert_eq!(decisions.len(), 3);
        for decision in decisions {
            assert_eq!(
                (decision.status, decision.steps_done),
                (Status::Done, decision.steps),
                "{decision:?}"
            );
        }
        let items = quarantine::list(data, None, 100).expect("the store works").rows;
        assert_eq!(items.iter().map(|item| item.state).collect::<Vec<_>>(), [ItemState::Released]);
        let warnings = warning::of_campaign(data, CAMPAIGN).expect("the store works");
        assert!(warnings.len() == 3 && warnings.iter().all(|warning| warning.state == State::Sent));
        assert!(blocking::is_blocked(data, "editor@paper.example").expect("the store works"));
        check_numbers(data);
    }
}

/// A number that an entry names was given once: no two proposals have it.
fn check_numbers(data: &Data) {
    let folder = data.evidence_folder();
    let tiles = store::TileFolder::open(&folder).expect("the log");
    let verifier = evidence::Verifier::from_vkey(&data.evidence.vkey()).expect("a key");
    let tiles = crate::evidence_log::TileStore(&tiles);
    let reader = evidence::LogReader::open(&tiles, &verifier).expect("the log verifies");
    let (mut given, mut next) = (BTreeSet::new(), LeafIndex(0).0);
    while next < data.evidence.len() {
        let entries = reader.entries_from(evidence::LeafIndex(next)).expect("the log can be read");
        for entry in &entries {
            let entry = evidence::Value::parse(entry).expect("it is JSON");
            let text = |name: &str| entry.get(name).and_then(|value| value.as_str().map(str::to_owned));
            match text("kind").as_deref() {
                Some("decision.proposed") => assert!(given.insert(text("decision")), "{entry:?}"),
                Some("quarantine.kept") => assert!(given.insert(text("item")), "{entry:?}"),
                _ => {}
            }
        }
        next += entries.len() as u64;
    }
}

/// One run of everything, and how many faults there were in it.
fn run() -> usize {
    let mut house = House::new();
    let item = house.step("keep", |house| {
        let members = house.fixture.as_ref().expect("it is open").house.clone();
        let envelope = envelope(TO);
        let arrival = Arrival::of(MESSAGE, &envelope, &members);
        let first = quarantine::keep(house.data(), &arrival, Grounds::default(), NOW)?;
        // The answer may have been lost: whoever hands it over again is told the same.
        assert_eq!(quarantine::keep(house.data(), &arrival, Grounds::default(), NOW)?, first);
        Ok(first)
    });
    let warnings = warning::sendable(house.data(), CAMPAIGN).expect("the store works");
    house.decide(&Measure::Release { item });
    house.decide(&Measure::Warn { campaign: CAMPAIGN.to_owned(), warnings });
    house.decide(&Measure::BlockSender { address: "editor@paper.example".to_owned() });
    house.send();
    house.check_end();
    house.faults
}

#[test]
fn whatever_write_fails_everything_happens_once_and_has_its_entry() {
    let wanted = std::env::var(FAULTS).ok().and_then(|count| count.parse().ok()).unwrap_or(FAULTS_USUAL);
    let mut faults = 0;
    while faults < wanted {
        let more = run();
        assert!(more >= 100, "only {more} writes failed");
        faults += more;
    }
}
