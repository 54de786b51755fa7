//! The dwell exercise: more than 400 days of invented logs of an electoral board, with an intruder in them who stays as long as the
//! one of the real case did, or with nobody. Everything in it is made up; names and addresses are reserved ones.

mod http_proxy;
mod iis;
mod intruder;
mod lawful;
mod line;
mod place;
mod signin;
mod style;
mod tracking;
mod truth;
mod windows;

use crate::calendar::{DAY, utc};
use crate::output::Sink;
use intruder::{ENTRY_DAY, STORY_DAYS, Story};
use line::{Line, Log};
use place::{Person, START};
use std::io;
pub use style::Style;

/// How the intruder comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Path confusion of Exchange, with the `Email` parameter in the query.
    Query,
    /// The same with `Email` in a cookie, which no log has.
    Cookie,
    /// A page is brought onto the public web server through a form.
    WebShell,
    /// A password that was stolen elsewhere.
    Credential,
    /// A password that was found by trying it at many accounts.
    Spray,
}

impl Entry {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Query, Self::Cookie, Self::WebShell, Self::Credential, Self::Spray];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Cookie => "cookie",
            Self::WebShell => "web-shell",
            Self::Credential => "credential",
            Self::Spray => "spray",
        }
    }

    /// The way in that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entry| entry.word() == word)
    }
}

/// A dwell exercise to write. The same plan gives the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct DwellPlan {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// How the intruder comes in; none for logs in which nobody does.
    pub entry: Option<Entry>,
    /// How many people work there, 20 to 1,000.
    pub staff: usize,
    /// How many days are written: all of [`DWELL_DAYS`], or the first ones of the same.
    pub days: i64,
    /// How much they do, in percent of an ordinary day; 1 to 10,000.
    pub activity: usize,
    /// How the logs are written.
    pub style: Style,
    /// In how many folders the days lie, one after the other; 1 to 400.
    pub slices: u32,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DwellSummary {
    /// Days with logs.
    pub days: i64,
    /// Lines of logs, without their heads.
    pub lines: u64,
    /// Of these, the intruder's.
    pub hostile_lines: u64,
    /// Steps of the intruder.
    pub steps: usize,
}

/// Days of a dwell exercise: six weeks of life, the story, and a week more.
pub const DWELL_DAYS: i64 = ENTRY_DAY + STORY_DAYS + 7;

impl DwellPlan {
    /// A board of 60 people, in 21 folders: a reader that starts anew for each was restarted 20 times.
    #[must_use]
    pub fn new(seed: u64, entry: Option<Entry>) -> Self {
        Self { seed, entry, staff: 60, days: DWELL_DAYS, activity: 100, style: Style::Usual, slices: 21 }
    }
}

/// Writes logs below `logs/`, in a folder a slice; what the intruder did to `truth/steps.jsonl`, and which lines that gave to
/// `truth/events.jsonl`.
///
/// # Errors
/// When the sink refuses.
pub fn write_dwell(plan: &DwellPlan, sink: &mut dyn Sink) -> io::Result<DwellSummary> {
    let staff = place::staff(plan.seed, plan.staff.max(20), DWELL_DAYS);
    let days = plan.days.clamp(1, DWELL_DAYS);
    let story = plan.entry.map(|entry| tell(plan.seed, entry, &staff).until(place::moment(days, 0)));
    sink.file("EXERCISE.txt", b"EXERCISE: everything in these logs is invented.\n")?;
    let mut summary = DwellSummary { days, ..DwellSummary::default() };
    if let (Some(story), Some(entry)) = (&story, plan.entry) {
        sink.file("truth/steps.jsonl", truth::steps(entry.word(), &story.steps).as_bytes())?;
        sink.file("truth/events.jsonl", truth::events(&story.lines, plan.style).as_bytes())?;
        summary.steps = story.steps.len();
    }
    let traces = story.map(|story| story.lines).unwrap_or_default();
    let mut hostile: Vec<Line> = traces.into_iter().map(|trace| trace.line).collect();
    hostile.sort_by_key(|line| line.at);
    let mut hostile = hostile.into_iter().peekable();
    for number in 0..days {
        let mut day = lawful::Day {
            day: number,
            days: DWELL_DAYS,
            seed: plan.seed,
            activity: plan.activity,
            staff: &staff,
            lines: Vec::new(),
        };
        lawful::live(&mut day);
        let end = place::moment(number + 1, 0);
        while let Some(line) = hostile.next_if(|line| line.at < end) {
            summary.hostile_lines += 1;
            day.lines.push(line);
        }
        summary.lines += day.lines.len() as u64;
        let slice = number * i64::from(plan.slices.max(1)) / days;
        write_day(&format!("logs/{slice:03}"), number, day.lines, plan.style, sink)?;
        sink.progress(number as usize + 1, days as usize);
    }
    Ok(summary)
}

/// The story, told with two accounts of people who are there all the time.
fn tell(seed: u64, entry: Entry, staff: &[Person]) -> Story {
    let mut lasting = staff
        .iter()
        .filter(|person| person.employed == (0..DWELL_DAYS))
        .map(|person| person.account.as_str());
    let first = lasting.next().unwrap_or("office");
    let second = lasting.next().unwrap_or("archive");
    let mut story = intruder::intrude(seed, entry, first);
    intruder::be_patient(&mut story, second, DWELL_DAYS);
    story
}

/// A file for each log that has lines on the day.
fn write_day(
    slice: &str,
    number: i64,
    mut lines: Vec<Line>,
    style: Style,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    // What a day's last minutes lead to is logged on that day, as if midnight were late.
    lines.sort_by_key(|line| line.at);
    let day = utc(START + number * DAY, "%Y-%m-%d");
    for log in Log::ALL {
        let mut of_log = lines.iter().filter(|line| line.log == log).peekable();
        let Some(first) = of_log.peek() else { continue };
        let mut text = log.head(first.at, style);
        for line in of_log {
            text.push_str(&line.text(style));
            text.push('\n');
        }
        sink.file(&format!("{slice}/{day}/{}", log.file(&day)), text.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
