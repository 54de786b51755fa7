//! Seconds of one core, and memory, as Linux counts them for this process.

use std::error::Error;
use std::fs;

/// A measure ends after so many seconds of a core.
const SECONDS: f64 = 6.0;
/// Passes before it begins.
const WARM_PASSES: u64 = 2;

/// Seconds that this thread was on a core.
pub(crate) fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().ok_or("schedstat is empty")?.parse()?;
    Ok(nanos / 1e9)
}

/// Megabytes of this process that are in memory.
pub(crate) fn resident_mb() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}

/// What passes over the same input did.
pub(crate) struct Passes {
    /// A second of a core.
    pub(crate) items_a_second: f64,
    /// In one pass.
    pub(crate) items: u64,
    /// What `pass` counted in one pass.
    pub(crate) counted: u64,
}

/// Runs `pass`, which says how many items it handled and counts something in them, until there is enough to tell its speed.
pub(crate) fn passes(
    mut pass: impl FnMut() -> Result<(u64, u64), Box<dyn Error>>,
) -> Result<Passes, Box<dyn Error>> {
    for _ in 0..WARM_PASSES {
        pass()?;
    }
    let begun = cpu_seconds()?;
    let (mut items, mut done) = (0, 0);
    loop {
        let (handled, counted) = pass()?;
        items += handled;
        done += 1;
        let seconds = cpu_seconds()? - begun;
        if seconds >= SECONDS {
            let items_a_second = items as f64 / seconds;
            return Ok(Passes { items_a_second, items: items / done, counted });
        }
    }
}
