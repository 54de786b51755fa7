//! How long the console takes for each page on a full data folder, without network and browser:
//! `cargo run --release -p console --example page_times FOLDER [CAMPAIGNS]`.
//!
//! FOLDER is one that `runtime`'s example `archive` has written. Campaigns and what persons did about them are added to it.

mod desk;
mod estate;
mod pages;

use anyhow::{Context, Result};
use desk::{Desk, Visitor};
use pages::PAGES;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const CAMPAIGNS: u64 = 500;
/// Lawful operations that are listed beside them, as a store of a million messages has.
const LAWFUL: u64 = 5_000;
/// Requests for each page.
const RUNS: usize = 30;
/// Records that one request for Today counts after a start; the figures are those of a console that has counted all.
const RECORDS_COUNTED_AT_ONCE: u64 = 4_096;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: page_times FOLDER [CAMPAIGNS]")?);
    let campaigns = arguments.next().map_or(Ok(CAMPAIGNS), |text| text.parse())?;

    let started = Instant::now();
    let (live, records) = desk::start(&folder)?;
    tell(&format!("{records} records replayed"), started.elapsed())?;
    let started = Instant::now();
    estate::fill(&live, campaigns, LAWFUL, runtime::clock::now())?;
    tell(&format!("{campaigns} campaigns and their warnings written"), started.elapsed())?;

    let desk = Desk::open(live).await?;
    for _ in 0..=records / RECORDS_COUNTED_AT_ONCE {
        desk.time(Visitor::Approver, "/").await?;
    }
    writeln!(stdout(), "{:<38} {:>9} {:>9} {:>9}", "ms", "median", "p95", "most")?;
    for (name, visitor, path) in PAGES {
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            times.push(desk.time(*visitor, path).await.with_context(|| format!("{name}, {path}"))?);
        }
        times.sort_unstable();
        let [median, late, most] = [50, 95, 100].map(|percent| rank(&times, percent));
        writeln!(stdout(), "{name:<38} {median:>9.1} {late:>9.1} {most:>9.1}")?;
    }
    desk.stop();
    Ok(())
}

fn tell(what: &str, took: Duration) -> Result<()> {
    Ok(writeln!(stdout(), "{what}: {:.1} s", took.as_secs_f64())?)
}

/// Milliseconds within which `percent` of the sorted times are.
fn rank(times: &[Duration], percent: usize) -> f64 {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}
