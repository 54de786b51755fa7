//! Measures the feature log: `cargo run --release -p store --example speed [RECORDS] [FOLDER]`.
//!
//! Writes records of about 500 bytes with 12 terms, in group commits of 4,096, then asks for them. Prints CPU-seconds
//! (user and system, from /proc), so that a busy machine does not blur the figures. Default: 20,000 records in a
//! temporary folder.

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use model::{EventTime, Ordinal};
use store::{FeatureRow, Features, Segments};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const RECORDS: u64 = 20_000;
const RECORD_BYTES: usize = 400;
const TERMS: usize = 12;
const BATCH: u64 = model::limit::COMMIT_BATCH_MAX as u64;
const LOOKUPS: u64 = 1_000;
/// Clock ticks a second in /proc/self/stat, which Linux fixes for user space.
const TICKS_PER_SEC: f64 = 100.0;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let records = arguments.next().map_or(Ok(RECORDS), |text| text.parse())?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    report("records", records);
    write(&folder, records)?;
    report("bytes on disk / record", folder_bytes(&folder)? as f64 / records as f64);
    let (segments, taken) = timed(|| Segments::open(&folder))?;
    report("open, ms", millis(taken));
    lookups(&segments, "absent term", &mut |number| mix(number ^ 0xdead_beef_0000_0000))?;
    lookups(&segments, "rare term (1 hit)", &mut |number| {
        own_term(number * (records / LOOKUPS).max(1) % records)
    })?;
    common(&segments, records)?;
    gets(&segments, records)?;
    replay(&segments)?;
    report("peak resident, MiB", status("VmHWM:")? / 1024.0);
    drop(segments);
    rebuild(&folder)
}

fn write(folder: &Path, records: u64) -> Result<()> {
    let (cpu, started) = (cpu_secs()?, Instant::now());
    let mut segments = Segments::open(folder)?;
    let (mut making, mut slowest) = (0.0, Duration::ZERO);
    for start in (0..records).step_by(BATCH as usize) {
        let made = cpu_secs()?;
        let rows: Vec<_> = (start..records.min(start + BATCH)).map(Row::new).collect();
        let rows: Vec<_> = rows.iter().map(Row::borrow).collect();
        making += cpu_secs()? - made;
        let ((), taken) = timed(|| {
            segments.append(&rows)?;
            segments.sync()
        })?;
        slowest = slowest.max(taken);
    }
    report("write, CPU µs / record", (cpu_secs()? - cpu - making) * 1e6 / records as f64);
    report("write, wall µs / record (with making)", started.elapsed().as_secs_f64() * 1e6 / records as f64);
    report("slowest commit (with merges), ms", millis(slowest));
    report("resident after writing, MiB", status("VmRSS:")? / 1024.0);
    Ok(())
}

fn lookups(segments: &Segments, what: &str, term: &mut dyn FnMut(u64) -> u64) -> Result<()> {
    let mut taken = Vec::new();
    for number in 0..LOOKUPS {
        let term = term(number);
        taken.push(timed(|| segments.lookup(term))?.1);
    }
    percentiles(&format!("lookup of {what}"), taken);
    Ok(())
}

/// One record in a hundred has this term: 100,000 of ten million.
fn common(segments: &Segments, records: u64) -> Result<()> {
    let mut taken = Vec::new();
    for _ in 0..20 {
        let (found, lookup) = timed(|| segments.lookup(shared_term(0, 100)))?;
        if found.len() as u64 != records.div_ceil(100) {
            return Err(format!("{} found of {}", found.len(), records.div_ceil(100)).into());
        }
        taken.push(lookup);
    }
    percentiles(&format!("lookup of a term with {} hits", records.div_ceil(100)), taken);
    Ok(())
}

fn gets(segments: &Segments, records: u64) -> Result<()> {
    let mut taken = Vec::new();
    for number in 0..LOOKUPS {
        taken.push(timed(|| segments.get(Ordinal(mix(number) % records)))?.1);
    }
    percentiles("get of a random record", taken);
    Ok(())
}

fn replay(segments: &Segments) -> Result<()> {
    let (count, taken) = timed(|| segments.times().try_fold(0_u64, |count, time| time.map(|_| count + 1)))?;
    report("times of all, ms", millis(taken));
    let mut bytes = 0;
    let (scanned, taken) = timed(|| {
        segments.scan(Ordinal(0)..Ordinal(u64::MAX), &mut |_, _, record| {
            bytes += record.len();
            ControlFlow::Continue(())
        })
    })?;
    report("scan of all, µs / record", taken.as_secs_f64() * 1e6 / scanned.visited.max(1) as f64);
    if (scanned.visited, scanned.damaged) == (count, 0) { Ok(()) } else { Err("records are missing".into()) }
}

/// Opening without the indexes: both are made anew from the records.
fn rebuild(folder: &Path) -> Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "run" || extension == "index") {
            fs::remove_file(path)?;
        }
    }
    let (_, taken) = timed(|| Segments::open(folder))?;
    report("rebuild of both indexes, ms", millis(taken));
    Ok(())
}

/// A record that looks as hard to compress and to index as a real one.
struct Row {
    time: EventTime,
    bytes: Vec<u8>,
    terms: [u64; TERMS],
}

impl Row {
    fn new(number: u64) -> Self {
        let mut terms = [0; TERMS];
        let fields = [own_term(number), mix(number ^ (1 << 40)), mix(number ^ (1 << 41))];
        let shared =
            [100, 1_000, 5_000, 20_000, 50_000, 100, 1_000, 100_000, 10].map(|of| shared_term(number, of));
        terms.iter_mut().zip(fields.into_iter().chain(shared)).for_each(|(term, field)| *term = field);
        let bytes =
            (0..RECORD_BYTES as u64 / 8).flat_map(|word| (number ^ (word << 32)).to_le_bytes()).collect();
        Self { time: EventTime(1_600_000_000 + number as i64), bytes, terms }
    }

    fn borrow(&self) -> FeatureRow<'_> {
        FeatureRow { time: self.time, bytes: &self.bytes, terms: &self.terms }
    }
}

fn own_term(number: u64) -> u64 {
    mix(number ^ (1 << 42))
}

/// A term that one record in `of` has.
fn shared_term(number: u64, of: u64) -> u64 {
    mix((number % of) ^ (of << 43))
}

/// A bijection that spreads numbers over all 64 bits (the finaliser of SplitMix64).
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn timed<T>(work: impl FnOnce() -> store::Result<T>) -> Result<(T, Duration)> {
    let started = Instant::now();
    Ok((work()?, started.elapsed()))
}

fn percentiles(what: &str, mut taken: Vec<Duration>) {
    taken.sort_unstable();
    let at = |share: usize| taken.get((taken.len() * share / 100).min(taken.len().saturating_sub(1)));
    for (name, share) in [("p50", 50), ("p99", 99)] {
        report(&format!("{what}, {name}, ms"), at(share).copied().map_or(0.0, millis));
    }
}

#[expect(clippy::print_stdout, reason = "a measurement is for a person at a terminal")]
fn report(what: &str, value: impl std::fmt::Display) {
    println!("{what:<50} {value:>14.3}");
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn folder_bytes(folder: &Path) -> Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |sum, file| Ok(sum + file?.metadata()?.len()))
}

/// User and system time of this process (fields 14 and 15 of /proc/self/stat, counted behind the name).
fn cpu_secs() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no process name in /proc/self/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<std::result::Result<f64, _>>()? / TICKS_PER_SEC)
}

/// A figure of /proc/self/status, in KiB.
fn status(name: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
