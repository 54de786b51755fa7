//! The live house: while `portcullis serve` runs, every sensor hands its messages over here, and every page and measure
//! works on the data folder that is open here.
//!
//! One thread, the *sequencer*, owns the order: it records messages in group commits, correlates them, and brings
//! campaigns and the member ledger up to date. Sensors run the detectors on their own threads and wait for its answer,
//! so a message is evidence before any mail server hears what becomes of it. The queue to the sequencer is bounded: when
//! it is full, a sensor is told to try again, which for mail means that the sender keeps it.

mod answer;
mod data_guard;
mod latency;
mod left_as_is;
mod log_watch;
mod passage;
mod publication;
mod sequencer;
mod wait;

pub use crate::detect::{Delivery, Envelope};
pub use answer::{Fate, Judged, LiveError};
pub use data_guard::DataGuard;
pub use latency::{LATENCY_BOUNDS_MS, Latencies};
pub use left_as_is::LeftAsIs;
pub use log_watch::{LogWatch, Look};
pub use passage::Powers;
pub use wait::{Over, Wait};

use crate::data::Data;
use crate::detect::{Output, Settings, detect_delivered};
use crate::measure::quarantine::Arrival;
use crate::resolver::Resolver;
use crate::source::RawMessage;
use anyhow::{Context, Result};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use data_guard::Slot;
use latency::Latency;
use mail::member::House;
use mail::message::Reader;
use model::{Defect, EventTime, Verdict, limit};
use passage::Passage;
use sequencer::{Job, Observed};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// How the live house judges.
pub struct LiveSettings {
    /// Servers whose `Authentication-Results` are believed (RFC 8601 section 5).
    pub trusted_authserv_ids: Vec<String>,
    /// Asks name servers where that is allowed.
    pub resolver: Resolver,
    /// How long a sensor waits for an answer. Beyond it the message may still be recorded; handing it over again is safe.
    pub deadline: Duration,
}

/// A message that a sensor hands over.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The message as it was received, header and body.
    pub bytes: Vec<u8>,
    /// Which sensor has it from where, such as `milter:4fX2Q1` or `imap:office/1/77`.
    pub source: String,
    /// Whose mailbox it lay in: a member's id or address, where the sensor knows.
    pub mailbox: Option<String>,
    /// When it arrived, and the SMTP session where there is one.
    pub delivery: Delivery,
}

/// The live house. Clones share it.
#[derive(Clone)]
pub struct Live {
    shared: Arc<Shared>,
    jobs: Sender<Job>,
    sequencer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// What sensors, pages and the sequencer share.
struct Shared {
    folder: PathBuf,
    /// `None` only while the folder is being opened again after a failed write.
    data: Mutex<Slot>,
    settings: RwLock<Arc<Settings>>,
    left_as_is: OnceLock<LeftAsIs>,
    deadline: Duration,
    health: Counters,
}

#[derive(Default)]
struct Counters {
    is_ready: AtomicBool,
    observed: AtomicU64,
    alerts: AtomicU64,
    failures: AtomicU64,
    unread: AtomicU64,
    last_commit: AtomicU64,
    latency: Latency,
    last_error: Mutex<Option<String>>,
}

/// How the live house does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether everything recorded was replayed and the data folder can be written.
    pub is_ready: bool,
    /// Messages that wait for the sequencer.
    pub queued: usize,
    /// How many may wait.
    pub queue_max: usize,
    /// Messages that were recorded since the start.
    pub observed: u64,
    /// Campaigns that became of concern since the start.
    pub alerts: u64,
    /// Writes that failed since the start.
    pub failures: u64,
    /// Records that could not be read, since the start.
    pub unread: u64,
    /// When the last group commit was acknowledged.
    pub last_commit: Option<EventTime>,
    /// Why the last write failed, until one succeeds.
    pub last_error: Option<String>,
    /// How long sensors waited for verdicts since the start.
    pub latency: Latencies,
}

impl Live {
    /// Takes the data folder over, and starts to replay what is recorded. Messages are taken from now on; they are answered
    /// when the replay is done.
    ///
    /// # Errors
    /// When the list of members cannot be read or no thread can be started.
    pub fn start(data: Data, settings: LiveSettings) -> Result<Self> {
        let shared = Arc::new(Shared::new(data, settings)?);
        let (jobs, queue) = bounded(limit::IN_FLIGHT_MAX);
        let sequencer = spawn(Arc::clone(&shared), queue)?;
        Ok(Self { shared, jobs, sequencer: Arc::new(Mutex::new(Some(sequencer))) })
    }

    /// Mail of these senders is not disarmed from now on. Told once; who is told later changes nothing.
    pub fn leave_as_is(&self, senders: LeftAsIs) {
        let _ = self.shared.left_as_is.set(senders);
    }

    /// Judges a message, records it with evidence, and answers what is to be done. The same message in the same mailbox is
    /// recorded once, however often it is handed over. It blocks: at most for the deadline.
    ///
    /// # Errors
    /// [`LiveError`]; only [`LiveError::Unreadable`] is for good, after all others the message is to be handed over again.
    pub fn observe(&self, incoming: Incoming) -> Result<Judged, LiveError> {
        let _timed = self.shared.health.latency.begin();
        let (output, ..) = self.detect(incoming);
        let output = Ok(output.map_err(LiveError::Unreadable)?);
        match self.ask(|answer| Job::Observe(Box::new(Observed { output, passage: None, answer })))?? {
            Fate::Delivered(judged) | Fate::Disarmed(judged, _) => Ok(judged),
            Fate::Released | Fate::Kept => Err(LiveError::Stopped),
        }
    }

    /// As [`Live::observe`], of a message that a mail server waits with. What becomes of it, within `powers` and by what
    /// two persons decided before, is durable when this answers. `wait` is told before anything is written, and nothing is
    /// written where it is over.
    ///
    /// # Errors
    /// As [`Live::observe`]. After an error `wait` knows whether the message was to be kept.
    pub fn treat(&self, incoming: Incoming, powers: Powers, wait: &Arc<Wait>) -> Result<Fate, LiveError> {
        let _timed = self.shared.health.latency.begin();
        let (output, bytes, delivery) = self.detect(incoming);
        let proposed = output.as_ref().map_or(Verdict::Pass, |output| output.judgement.verdict);
        let allowed = powers.allowed(proposed);
        if allowed == Verdict::Quarantine && wait.must_keep().is_err() {
            return Err(LiveError::Deadline);
        }
        let disarmed = (allowed == Verdict::Disarm).then(|| mail::disarm::disarm(&bytes));
        let arrival = Arrival::owned(bytes, delivery.envelope.unwrap_or_default(), &self.house());
        let received = delivery.received;
        let passage = Passage { powers, wait: Arc::clone(wait), received, arrival, disarmed };
        let answer =
            self.ask(|answer| Job::Observe(Box::new(Observed { output, passage: Some(passage), answer })));
        // Whoever cannot say what became of it may have written it down.
        if answer.is_err() {
            wait.be_late();
        }
        answer?
    }

    /// Runs the detectors, and hands back what else they were given.
    fn detect(&self, incoming: Incoming) -> (Result<Output, Defect>, Vec<u8>, Delivery) {
        let Incoming { bytes, source, mailbox, delivery } = incoming;
        let raw = RawMessage { source, mailbox, bytes, fallback_time: Some(delivery.received), position: 0 };
        let settings = self.shared.settings();
        let mut output = detect_delivered(&Reader::default(), &raw, Some(&delivery), &settings);
        if let (Some(left), Ok(output)) = (self.shared.left_as_is.get(), &mut output) {
            left.spare(output);
        }
        (output, raw.bytes, delivery)
    }

    /// The data folder, for pages and measures. Messages wait while it is held.
    ///
    /// # Errors
    /// [`LiveError::Store`] while the folder cannot be opened after a failed write.
    pub fn data(&self) -> Result<DataGuard<'_>, LiveError> {
        self.shared.data()
    }

    /// Computes campaigns and the member ledger anew, after a measure or a log has changed what members have.
    ///
    /// # Errors
    /// [`LiveError`] as [`Live::observe`].
    pub fn refresh(&self) -> Result<(), LiveError> {
        self.ask(Job::Refresh)?
    }

    /// Takes a new list of members: it is kept, and everything recorded is correlated anew with it.
    ///
    /// # Errors
    /// [`LiveError`] as [`Live::observe`], or where the list cannot be read.
    pub fn replace_house(&self, csv: &[u8]) -> Result<(), LiveError> {
        let house = House::parse(csv, "members.csv").map_err(|error| LiveError::Store(error.to_string()))?.0;
        self.data()?.keep_house(csv).map_err(|error| LiveError::Store(format!("{error:#}")))?;
        self.shared.replace_house(house);
        self.ask(Job::Restart)?
    }

    /// Where everything is kept.
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// The list of members.
    pub fn house(&self) -> Arc<House> {
        Arc::clone(&self.shared.settings().house)
    }

    /// How it does.
    pub fn health(&self) -> Health {
        let counters = &self.shared.health;
        let last_commit = counters.last_commit.load(Ordering::Relaxed);
        Health {
            is_ready: counters.is_ready.load(Ordering::Acquire),
            queued: self.jobs.len(),
            queue_max: limit::IN_FLIGHT_MAX,
            observed: counters.observed.load(Ordering::Relaxed),
            alerts: counters.alerts.load(Ordering::Relaxed),
            failures: counters.failures.load(Ordering::Relaxed),
            unread: counters.unread.load(Ordering::Relaxed),
            last_commit: (last_commit > 0).then(|| EventTime(i64::try_from(last_commit).unwrap_or(i64::MAX))),
            last_error: lock(&counters.last_error).clone(),
            latency: counters.latency.counts(),
        }
    }

    /// Brings the ledger up to date and ends. Messages that are still queued are answered with [`LiveError::Stopped`].
    pub fn stop(&self) {
        if let Some(thread) = lock(&self.sequencer).take() {
            // A sequencer that is gone already needs no word.
            let _ = self.jobs.send(Job::Stop);
            let _ = thread.join();
        }
    }

    /// Queues a job and waits for its answer.
    fn ask<T>(&self, job: impl FnOnce(Sender<T>) -> Job) -> Result<T, LiveError> {
        let (answer, waiting) = bounded(1);
        self.jobs.try_send(job(answer)).map_err(|error| match error {
            TrySendError::Full(_) => LiveError::Busy,
            TrySendError::Disconnected(_) => LiveError::Stopped,
        })?;
        waiting.recv_timeout(self.shared.deadline).map_err(|error| match error {
            RecvTimeoutError::Timeout => LiveError::Deadline,
            RecvTimeoutError::Disconnected => LiveError::Stopped,
        })
    }
}

impl Shared {
    fn new(data: Data, settings: LiveSettings) -> Result<Self> {
        let LiveSettings { trusted_authserv_ids, resolver, deadline } = settings;
        let settings = Settings {
            house: Arc::new(data.house()?),
            trusted_authserv_ids,
            resolver: Arc::new(resolver),
            now: crate::clock::now(),
            wants_rows: false,
        };
        Ok(Self {
            folder: data.folder().to_owned(),
            data: Mutex::new(Slot::open(data)),
            settings: RwLock::new(Arc::new(settings)),
            left_as_is: OnceLock::new(),
            deadline,
            health: Counters::default(),
        })
    }

    fn data(&self) -> Result<DataGuard<'_>, LiveError> {
        DataGuard::of(lock(&self.data))
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace_house(&self, house: House) {
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(Settings { house: Arc::new(house), ..Settings::clone(&settings) });
    }
}

fn spawn(shared: Arc<Shared>, queue: Receiver<Job>) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("sequencer".into())
        .spawn(move || sequencer::run(&shared, &queue))
        .context("cannot start the sequencer's thread")
}

/// Whatever is behind these locks is whole at any time, also where a thread ended while it held one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
