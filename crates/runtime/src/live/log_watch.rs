//! Logs of the house's web proxy, which tell who opened what: read again whenever they have grown.

use super::{Live, LiveError};
use crate::opening;
use crate::source;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Shortest time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Reading may take one part in so many of the time: a log is read from its beginning, because a proxy may turn it over.
const SHARE: u32 = 20;

/// The logs that are watched.
pub struct LogWatch {
    paths: Vec<PathBuf>,
    /// Length in bytes when a log was read last.
    read: HashMap<PathBuf, u64>,
}

/// What a look at the logs brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Fetches that name a recorded URL and a member; those known before among them.
    pub fetches: u64,
    /// Lines that could not be read.
    pub defects: u64,
    /// Logs that are not there.
    pub missing: u64,
}

impl LogWatch {
    /// Watches these logs.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, read: HashMap::new() }
    }

    /// Looks until `rest`, which waits for the time it is given, says that it is time to end.
    pub fn run(&mut self, live: &Live, mut rest: impl FnMut(Duration) -> bool) {
        loop {
            let began = Instant::now();
            match self.look(live) {
                Ok(look) if look != Look::default() => {
                    tracing::info!(
                        name: "proxy_logs.read", fetches = look.fetches, defects = look.defects, missing = look.missing
                    );
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(name: "proxy_logs.failed", %error),
            }
            if rest(LOOK_EVERY.max(began.elapsed() * SHARE)) {
                return;
            }
        }
    }

    /// Reads the logs that have changed, and brings the member ledger up to date. The data folder is held for a thousand
    /// lines at a time.
    ///
    /// # Errors
    /// [`LiveError`] of the data folder; the same logs are then read at the next look.
    pub fn look(&mut self, live: &Live) -> Result<Look, LiveError> {
        let mut look = Look::default();
        let mut lengths = Vec::new();
        for path in &self.paths {
            match std::fs::metadata(path) {
                Ok(file) if self.read.get(path) != Some(&file.len()) => {
                    lengths.push((path.clone(), file.len()))
                }
                Ok(_) => {}
                Err(_) => look.missing += 1,
            }
        }
        if lengths.is_empty() {
            return Ok(look);
        }
        let changed: Vec<PathBuf> = lengths.iter().map(|(path, _)| path.clone()).collect();
        let mut fetches = source::proxy_logs(&changed);
        let house = live.house();
        while let Some(chunk) = opening::next_chunk(&mut fetches) {
            let data = live.data()?;
            look.fetches += opening::keep(&data, &chunk, &house)
                .map_err(|error| LiveError::Store(format!("{error:#}")))?;
        }
        look.defects = fetches.defects().count;
        if look.fetches > 0 {
            live.refresh()?;
        }
        self.read.extend(lengths);
        Ok(look)
    }
}
