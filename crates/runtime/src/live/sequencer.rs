//! The one thread that orders messages: it records, correlates and answers.

mod acceptance;

use super::passage::Passage;
use super::publication::{Publication, Which};
use super::{Fate, Judged, LiveError, Shared, lock};
use crate::correlate::{self, BELONGS, CAMPAIGN_SCORE, id_of};
use crate::data::Data;
use crate::detect::{Identity, Output};
use crate::known::Known;
use crate::record::{self, Unread};
use crate::row::ReasonRow;
use anyhow::Result;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use mail::campaign::{Correlator, Operation, likelihood};
use mail::member::House;
use model::limit::COMMIT_BATCH_MAX;
use model::time::DAY_SECS;
use model::{Defect, EventTime, Ordinal, Verdict};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::Features;

/// How long the sequencer waits for a message before it looks whether something else is due.
const TICK: Duration = Duration::from_millis(500);
/// How long it rests before it tries again to open a folder that cannot be opened.
const REOPEN_EVERY: Duration = Duration::from_secs(1);
/// How much older than the latest one a message may be before correlation in order of arrival is too far from correlation
/// in order of time, and everything is replayed when there is a quiet moment.
const DISORDER_SECS: i64 = DAY_SECS;
/// Replays for the sake of order may take one part in so many of the time: a mailbox of years, fetched slowly, is disorder
/// with every message, and a replay keeps mail servers waiting.
const REPLAY_SHARE: u32 = 20;

/// What the sequencer is asked.
pub(super) enum Job {
    /// Record this, and answer what is to be done.
    Observe(Box<Observed>),
    /// Bring everything that is stored of campaigns up to date.
    Refresh(Sender<Result<(), LiveError>>),
    /// Replay with the new list of members.
    Restart(Sender<Result<(), LiveError>>),
    /// End.
    Stop,
}

/// What becomes of a message, or why nobody knows.
pub(super) type Answer = Result<Fate, LiveError>;

/// A message with what the detectors said, and who waits for the answer.
pub(super) struct Observed {
    pub(super) output: Result<Output, Defect>,
    /// Where a mail server waits with the message itself.
    pub(super) passage: Option<Passage>,
    pub(super) answer: Sender<Answer>,
}

/// Why a run over one list of members ended.
enum End {
    Stop,
    Replay(Option<Sender<Result<(), LiveError>>>),
}

/// Runs until it is told to stop. With each list of members, and after mail in disorder, everything is replayed.
pub(super) fn run(shared: &Shared, jobs: &Receiver<Job>) {
    let _ended = Ended(shared);
    let mut waiting = None;
    loop {
        let settings = shared.settings();
        let mut sequencer = Sequencer::new(shared, &settings.house);
        let end = sequencer.run(jobs, waiting.take());
        shared.health.is_ready.store(false, Ordering::Release);
        match end {
            End::Stop => return,
            End::Replay(answer) => waiting = answer,
        }
    }
}

/// Nobody is answered any more once the sequencer is gone, also where a fault of our own ended it.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.health.is_ready.store(false, Ordering::Release);
        if std::thread::panicking() {
            *lock(&self.0.health.last_error) =
                Some("the sequencer ended: start the program again".to_owned());
        }
    }
}

struct Sequencer<'a> {
    shared: &'a Shared,
    house: &'a House,
    correlator: Correlator<'a>,
    known: Known,
    /// Records below this ordinal are known to the correlator.
    correlated: u64,
    latest: EventTime,
    is_disordered: bool,
    /// When everything was replayed last, and how long that took; none before that is done once.
    replayed: Option<(Instant, Duration)>,
    publication: Publication,
}

impl<'a> Sequencer<'a> {
    fn new(shared: &'a Shared, house: &'a House) -> Self {
        Self {
            shared,
            house,
            correlator: Correlator::new(house),
            known: Known::default(),
            correlated: 0,
            latest: EventTime(i64::MIN),
            is_disordered: false,
            replayed: None,
            publication: Publication::default(),
        }
    }

    fn run(&mut self, jobs: &Receiver<Job>, waiting: Option<Sender<Result<(), LiveError>>>) -> End {
        let ready = self.catch_up().and_then(|()| self.publish(Which::All));
        if let Some(answer) = waiting {
            // Whoever asked may have given up waiting.
            let _ = answer.send(ready);
        }
        let mut postponed = None;
        loop {
            let job = postponed.take().map_or_else(|| jobs.recv_timeout(TICK), Ok);
            match job {
                Ok(Job::Observe(first)) => postponed = self.observe(*first, jobs),
                Ok(Job::Refresh(answer)) => {
                    let _ = answer.send(self.publish(Which::All));
                }
                Ok(Job::Restart(answer)) => return End::Replay(Some(answer)),
                Ok(Job::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    // What could not be stored now is computed anew at the next start.
                    let _ = self.publish(Which::Changed);
                    return End::Stop;
                }
                Err(RecvTimeoutError::Timeout) if self.is_replay_due(Instant::now()) => {
                    return End::Replay(None);
                }
                // A measure's failed write is repaired without waiting for mail; a failure is counted, and tried again.
                Err(RecvTimeoutError::Timeout) => drop(self.catch_up()),
            }
            self.publish_if_due();
        }
    }

    /// Takes the messages that wait, up to a group commit, and answers all of them. Hands back a job of another kind, which
    /// is next.
    fn observe(&mut self, first: Observed, jobs: &Receiver<Job>) -> Option<Job> {
        let mut arrivals = vec![first];
        let mut postponed = None;
        while postponed.is_none() && arrivals.len() < COMMIT_BATCH_MAX {
            match jobs.try_recv() {
                Ok(Job::Observe(next)) => arrivals.push(*next),
                Ok(other) => postponed = Some(other),
                Err(_) => break,
            }
        }
        let waiting: Vec<Sender<Answer>> = arrivals.iter().map(|arrival| arrival.answer.clone()).collect();
        let answers = match self.accept(arrivals) {
            Ok(answers) => answers,
            Err(error) => waiting.iter().map(|_| Err(error.clone())).collect(),
        };
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // A sensor that has given up waiting hands the message over again.
            let _ = waiting.send(answer);
        }
        postponed
    }

    fn correlate(&mut self, data: &Data, ordinal: Ordinal) -> Result<()> {
        // One that cannot be read is counted; the others still tell what they tell.
        let feature = match record::read(data, ordinal)? {
            Ok(feature) => feature,
            Err(Unread::Erased) => return Ok(()),
            Err(Unread::Damaged(_)) => {
                self.shared.health.unread.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
        };
        self.known.ordinal(&Identity::of(&feature), ordinal.0);
        self.is_disordered |= feature.time.0 < self.latest.0.saturating_sub(DISORDER_SECS);
        self.latest = self.latest.max(feature.time);
        if self.correlator.observe(ordinal.0, &feature).is_some() {
            self.shared.health.alerts.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// A campaign of concern outweighs what one message looks like by itself.
    fn weigh(&self, judged: &mut Judged, sender: &str) {
        let Some(campaign) = self.concern(judged.ordinal.0, sender) else { return };
        let log_odds = likelihood::log_odds(&self.correlator.reasons(campaign));
        judged.verdict = judged.verdict.max(Verdict::Disarm);
        judged.score = judged.score.max(CAMPAIGN_SCORE);
        judged.reasons.push(ReasonRow {
            code: BELONGS.to_owned(),
            weight: (log_odds * 100.0).round() / 100.0,
            detail: format!("belongs to {}", id_of(campaign)),
        });
        judged.campaign = Some(id_of(campaign));
    }

    /// The campaign of concern that a record belongs to.
    fn concern(&self, ordinal: u64, sender: &str) -> Option<&Operation> {
        let (operation, records) = self.correlator.operation_of(sender)?;
        (operation.first_alert.is_some() && records.contains(&ordinal)).then_some(operation)
    }

    /// Correlates what is recorded and not yet correlated: everything at the start, each batch, and after a failed write
    /// what had been recorded of it all the same.
    fn catch_up(&mut self) -> Result<(), LiveError> {
        self.reopen()?;
        self.with_data(|sequencer, data| {
            if sequencer.replayed.is_none() {
                return sequencer.replay(data);
            }
            while sequencer.correlated < data.store.features.len() {
                sequencer.correlate(data, Ordinal(sequencer.correlated))?;
                // One by one: after an error the others are correlated, and none a second time.
                sequencer.correlated += 1;
            }
            Ok(())
        })?;
        self.shared.health.is_ready.store(true, Ordering::Release);
        Ok(())
    }

    /// Correlates everything in order of time. What an earlier attempt left half done goes first.
    fn replay(&mut self, data: &Data) -> Result<()> {
        *self = Self::new(self.shared, self.house);
        let began = Instant::now();
        for (_, ordinal) in correlate::in_order_of_time(data)? {
            self.correlate(data, ordinal)?;
        }
        self.correlated = data.store.features.len();
        self.replayed = Some((Instant::now(), began.elapsed()));
        Ok(())
    }

    fn is_replay_due(&self, now: Instant) -> bool {
        let is_over = |(ended, took): (Instant, Duration)| {
            now.duration_since(ended) >= took.saturating_mul(REPLAY_SHARE)
        };
        self.is_disordered && self.replayed.is_some_and(is_over)
    }

    fn publish_if_due(&mut self) {
        if let Some(which) = self.publication.due(Instant::now()) {
            // A failure is counted and told by `with_data`; the same is due again.
            let _ = self.publish(which);
        }
    }

    fn publish(&mut self, which: Which) -> Result<(), LiveError> {
        self.with_data(|sequencer, data| {
            let Sequencer { publication, correlator, house, .. } = sequencer;
            publication.update(data, correlator, house, which).map(|_| ())
        })
    }

    fn reopen(&self) -> Result<(), LiveError> {
        let reopened = lock(&self.shared.data).reopen(&self.shared.folder);
        if reopened.is_err() {
            std::thread::sleep(REOPEN_EVERY);
        }
        reopened
    }

    /// Runs `work` on the data folder. After an error the folder is closed: what its files hold is in doubt until it is
    /// opened again, which repairs it.
    fn with_data<T>(&mut self, work: impl FnOnce(&mut Self, &mut Data) -> Result<T>) -> Result<T, LiveError> {
        let shared = self.shared;
        let mut data = shared.data()?;
        let error = match work(self, &mut data) {
            Ok(done) => {
                *lock(&shared.health.last_error) = None;
                return Ok(done);
            }
            Err(error) => store_error(&error),
        };
        data.close(error.to_string());
        shared.health.failures.fetch_add(1, Ordering::Relaxed);
        shared.health.is_ready.store(false, Ordering::Release);
        *lock(&shared.health.last_error) = Some(error.to_string());
        Err(error)
    }
}

fn store_error(error: &anyhow::Error) -> LiveError {
    LiveError::Store(format!("{error:#}"))
}

#[cfg(test)]
mod tests;
