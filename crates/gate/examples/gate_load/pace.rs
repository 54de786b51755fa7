//! Work at a steady pace: each piece begins when it is due, whether the ones before are done or not, so that a gate that is
//! late is not spared.

use crate::Result;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at something that takes its time.
pub(crate) fn pause() {
    thread::sleep(Duration::from_millis(10));
}

/// Between two pieces of work of which only the length counts.
pub(crate) fn rest() {
    thread::sleep(Duration::from_millis(1));
}

/// How long each piece took.
pub(crate) struct Taken {
    /// In order of length.
    pub(crate) times: Vec<Duration>,
    whole: Duration,
}

impl Taken {
    /// Of pieces that were done one after the other.
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { whole: times.iter().sum(), times }
    }

    /// The time that this share of pieces did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let at = (self.times.len() as f64 * share).ceil() as usize;
        self.times.get(at.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Pieces a second.
    pub(crate) fn rate(&self) -> f64 {
        self.times.len() as f64 / self.whole.as_secs_f64()
    }
}

/// Does a piece of work for each number, `rate` a second, on as many threads, each with its own connection.
pub(crate) fn at_pace<C>(
    rate: u64,
    numbers: Range<u64>,
    threads: usize,
    connect: impl Fn() -> Result<C> + Sync,
    work: impl Fn(&mut C, u64) -> Result<Duration> + Sync,
) -> Result<Taken> {
    let next = AtomicU64::new(numbers.start);
    let times = Mutex::new(Vec::new());
    let started = Instant::now();
    let one = || -> Result<()> {
        let mut connection = connect()?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return Ok(());
            }
            let due = started + Duration::from_secs_f64((number - numbers.start) as f64 / rate as f64);
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let time = work(&mut connection, number)?;
            times.lock().expect("no thread panics").push(time);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("no thread panics"))
    })?;
    let mut times = times.into_inner().expect("no thread panics");
    times.sort_unstable();
    Ok(Taken { times, whole: started.elapsed() })
}
