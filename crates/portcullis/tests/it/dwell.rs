//! The dwell exercise in short: ten weeks of a small board's logs, read in three pieces, in which an intruder comes in and is back
//! after 23 days. `make bench-dwell` measures all of it.

use crate::program::{Work, check, files, json_lines};
use exercise::{DwellPlan, Entry, Sink, write_dwell};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Writes below the folder of a test.
struct Folder<'a>(&'a Work);

impl Sink for Folder<'_> {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        fs::create_dir_all(self.0.path(path))
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.file(path, bytes);
        Ok(())
    }

    fn append(&mut self, _: &str, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

const DAYS: i64 = 70;

fn write(work: &Work, entry: Option<Entry>) {
    let plan = DwellPlan { staff: 20, activity: 25, days: DAYS, slices: 3, ..DwellPlan::new(9_000, entry) };
    write_dwell(&plan, &mut Folder(work)).expect("the folder takes everything");
}

/// What is told of each piece in its turn: sightings that open a case.
fn alerts(work: &Work) -> Vec<Value> {
    let mut rows = Vec::new();
    for piece in 0..3 {
        let logs = work.text(&format!("logs/{piece:03}"));
        rows.extend(json_lines(&check(
            &["watch", "scan", "--data", &work.text("data"), "--format", "jsonl", &logs],
            0,
        )));
    }
    let level = |row: &Value| row.pointer("/rule/level").and_then(Value::as_str).map(str::to_owned);
    rows.retain(|row| matches!(level(row).as_deref(), Some("high" | "critical")));
    rows
}

/// The line of a log that set an alert off.
fn line(row: &Value) -> String {
    let (source, position) =
        (row["source"].as_str().expect("a file"), row["position"].as_str().expect("a place"));
    let number: usize = position.trim_start_matches("line ").parse().expect("a line");
    let text = fs::read_to_string(Path::new(source)).expect("the log is there");
    text.lines().nth(number - 1).expect("the line is there").to_owned()
}

/// Each line of the intruder with the step that it belongs to.
fn truth(work: &Work) -> BTreeMap<String, String> {
    let text = fs::read_to_string(work.path("truth/events.jsonl")).expect("the truth");
    let word = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    json_lines(&text).iter().map(|row| (word(row, "line"), word(row, "step"))).collect()
}

#[test]
fn an_intruder_is_seen_at_once_and_joins_the_case_after_weeks() {
    let work = Work::new();
    write(&work, Some(Entry::Cookie));
    let truth = truth(&work);
    let mut seen: BTreeMap<&str, (String, String)> = BTreeMap::new();
    let alerts = alerts(&work);
    for row in &alerts {
        let Some(step) = truth.get(&line(row)) else { continue };
        let (time, case) = (row["time"].as_str().expect("a time"), row["case"].as_str().expect("a case"));
        let first = seen.entry(step).or_insert_with(|| (time.to_owned(), case.to_owned()));
        *first = first.clone().min((time.to_owned(), case.to_owned()));
    }
    let steps = json_lines(&fs::read_to_string(work.path("truth/steps.jsonl")).expect("the truth"));
    let began = steps.iter().find(|step| step["step"] == "entry").expect("it came in")["first"].clone();
    let (told, case) = seen.get("entry").expect("the entry is seen");
    assert_eq!(told.get(..16), began.as_str().expect("a time").get(..16), "in the same minute");
    assert_eq!(seen.get("use after 23 days").map(|(_, case)| case), Some(case), "{seen:?}");
    assert!(seen.contains_key("password once in 11 days"), "{seen:?}");
}

#[test]
fn a_board_without_an_intruder_has_less_than_one_alert_a_day() {
    let work = Work::new();
    write(&work, None);
    assert!(!files(&work.path("logs")).is_empty() && !work.path("truth").exists());
    let alerts = alerts(&work);
    assert!((alerts.len() as i64) < DAYS, "{alerts:?}");
}
