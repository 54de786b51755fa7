//! Rules over many events and long times: Sigma's correlations, and `first_seen`, `recurrence` and `silence` of ours.
//!
//! Each match of a rule is observed once, with where it stands. All times are the events' own; they may come late and out of order.
//!
//! **What is within a window.** Two events are within `timespan` if they are at most that far apart. An alert is told when its
//! condition newly holds, and then not again for the same group until an event that is more than `timespan` after that alert.
//! Conditions that can cease to hold (`lt`, `lte`, `eq`, `neq`, and all of means and percentiles) are judged at the end of windows
//! that follow each other from the epoch on, and told with that time.
//!
//! **Groups.** Values of `group-by` are compared without regard to case and shown as the event spells them. A field with a list of
//! values puts the event into the group of each. An event without one of the fields belongs to no group and is left out.
//!
//! **Chains.** A correlation sees of another one's alert the group under the names of its `group-by`, and for `first_seen` what was
//! new under the names of the fields.
//!
//! **Forgetting.** State goes only when the [watermark](Correlator::advance) is past its window; never because it is old, since that
//! is the patient intruder, and never for want of room.
//!
//! **Replay.** Ids of alerts are made of their evidence. Where state and the offsets read are committed together, what is observed
//! again after a crash gives the same alerts with the same ids; and an event that is observed twice is counted once, as long as
//! its group remembers it by itself.

mod alert;
mod bin;
mod distinct;
mod first_seen;
mod key;
mod older;
mod plan;
mod quantiles;
mod record;
mod recurrence;
mod run;
mod silence;
mod subject;
mod tally;
mod threshold;
mod window;

pub(crate) use alert::match_id;
pub use alert::{Alert, Offset};

use crate::event::{Event, FieldNames};
use crate::memory::{KeyedState, StateError};
use crate::sigma::correlation::Correlation;
use crate::sigma::rule::Rule;
use model::EventMillis;
use model::limit::CORRELATION_TIMERS_AT_ONCE_MAX;
use plan::Plans;
use run::{Match, Run};
use subject::Subject;

/// Where the watermark is kept with the state, so that a restart does not believe that time stood still.
const WATERMARK_KEY: &[u8] = b"W";
/// Entries of the index that are read at once.
const TIMERS_PAGE: usize = 1_000;

/// All correlations of a set of rules. What they remember is in the state that is handed to each call; it must be the same one.
#[derive(Debug)]
pub struct Correlator {
    plans: Plans,
    stats: Stats,
    /// Read from the state when it is first needed.
    watermark: Option<EventMillis>,
    /// Nothing in the index is due before this time, in milliseconds. What was due lies deleted at the front of the index until it
    /// is committed, and need not be walked through again.
    earliest: i64,
}

/// What could not be correlated as it should, and what was forgotten, since the correlator was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Matches without a time, which are left out.
    pub without_time: u64,
    /// Matches before the watermark. They are counted where they belong, if that is still remembered.
    pub late: u64,
    /// Matches without a field of `group-by`, which are left out.
    pub without_group: u64,
    /// Matches without the field that a correlation counts, which are left out.
    pub without_value: u64,
    /// States that could not be read and began anew.
    pub unreadable: u64,
    /// States whose time was over.
    pub forgotten: u64,
}

impl Correlator {
    /// Makes correlations ready, as [`RuleSet::finish`](crate::sigma::rule_set::RuleSet::finish) leaves them. The fields that they
    /// ask for are interned in `names`, so that readers of logs give them.
    pub fn new(rules: &[Rule], correlations: &[Correlation], names: &mut FieldNames) -> Self {
        Self {
            plans: Plans::new(rules, correlations, names),
            stats: Stats::default(),
            watermark: None,
            earliest: i64::MIN,
        }
    }

    /// The same, but also what only other correlations look at makes alerts: for those who try rules out.
    #[must_use]
    pub fn telling_all(mut self) -> Self {
        self.plans.plans.iter_mut().for_each(|plan| plan.is_told = true);
        self
    }

    /// Does a match of the rule with this index make a sighting of its own? It does not if only correlations want it, unless one of
    /// these says `generate: true` and the rule is more than informational.
    pub fn is_told(&self, rule: usize) -> bool {
        self.plans.is_rule_told.get(rule).copied().unwrap_or(true)
    }

    /// Does any correlation look at the rule with this index? Others need not be observed.
    pub fn is_wanted(&self, rule: usize) -> bool {
        self.plans.of_rule.get(rule).is_some_and(|routes| !routes.is_empty())
    }

    /// What was left out or forgotten.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Takes in that the rule with the index `rule` matched `event`, which stands at `at`; answers the alerts that this gives, inner
    /// ones of a chain first. Alerts that only other correlations want are left out.
    ///
    /// # Errors
    /// [`StateError`] where the state cannot be read or written.
    pub fn observe(
        &mut self,
        state: &mut dyn KeyedState,
        rule: usize,
        event: &Event<'_>,
        at: Offset,
    ) -> Result<Vec<Alert>, StateError> {
        let routes = self.plans.of_rule.get(rule).cloned().unwrap_or_default();
        if routes.is_empty() {
            return Ok(Vec::new());
        }
        let Some(time) = event.time else {
            self.stats.without_time += 1;
            return Ok(Vec::new());
        };
        let watermark = self.watermark(state)?;
        if time < watermark {
            self.stats.late += 1;
        }
        let mut run = Run::new(self, state, watermark.0);
        let found = Match { subject: Subject::Event(event), time: time.0, at, depth: 0 };
        routes.iter().try_for_each(|route| run.feed(*route, found))?;
        Ok(run.alerts)
    }

    /// Says that all events before `watermark` have been observed, as far as anybody can know: what is over is forgotten or judged,
    /// and who fell silent is told. A watermark never goes back.
    ///
    /// It should be [`EVENT_LATENESS_SECS`](model::limit::EVENT_LATENESS_SECS) before the newest event of the source that is
    /// farthest behind, and never after the clock: one forged event of the next century must not end the memory.
    ///
    /// At most [`CORRELATION_TIMERS_AT_ONCE_MAX`] states are looked at; the next call goes on.
    ///
    /// # Errors
    /// [`StateError`] where the state cannot be read or written.
    pub fn advance(
        &mut self,
        state: &mut dyn KeyedState,
        watermark: EventMillis,
    ) -> Result<Vec<Alert>, StateError> {
        let before = self.watermark(state)?;
        let watermark = watermark.max(before);
        if watermark > before {
            state.put(WATERMARK_KEY, watermark.0.to_le_bytes().to_vec())?;
            self.watermark = Some(watermark);
        }
        let before = self.earliest;
        let (mut from, to) = key::timers_before(EventMillis(before), watermark);
        // What is put into the index meanwhile makes this earlier again.
        self.earliest = before.max(watermark.0);
        let mut alerts = Vec::new();
        for _ in 0..CORRELATION_TIMERS_AT_ONCE_MAX / TIMERS_PAGE {
            let page = state.scan(&from, &to, TIMERS_PAGE)?;
            for (timer, _) in &page {
                alerts.extend(self.fire(state, timer, watermark)?);
            }
            match page.into_iter().next_back() {
                Some((last, _)) => from = after(last),
                None => return Ok(alerts),
            }
        }
        self.earliest = before;
        Ok(alerts)
    }

    /// Judges every window that is open, as if all of it was seen, and tells no silence: for the end of a scan. What is remembered
    /// stays, so that a later call judges again what has come to it since; a window without news gives the same alert.
    ///
    /// # Errors
    /// [`StateError`] where the state cannot be read or written.
    pub fn close(&mut self, state: &mut dyn KeyedState) -> Result<Vec<Alert>, StateError> {
        let watermark = self.watermark(state)?;
        let mut alerts = Vec::new();
        for (plan, tag) in self.plans.binned_inner_first() {
            let (mut from, to) = key::states_of(tag);
            while let page @ [.., (last, _)] = state.scan(&from, &to, TIMERS_PAGE)?.as_slice() {
                for (key, _) in page {
                    let mut run = Run::new(self, state, watermark.0);
                    run.judge(plan, key)?;
                    alerts.extend(run.alerts);
                }
                from = after(last.clone());
            }
        }
        alerts.sort_by_key(|alert| alert.time);
        Ok(alerts)
    }

    /// Looks at the state behind one entry of the index. State of correlations that are no more goes too.
    fn fire(
        &mut self,
        state: &mut dyn KeyedState,
        timer: &[u8],
        watermark: EventMillis,
    ) -> Result<Vec<Alert>, StateError> {
        state.delete(timer)?;
        let Some(key) = key::timed(timer) else { return Ok(Vec::new()) };
        let Some(plan) = key::tag_of(key).and_then(|tag| self.plans.by_tag.get(&tag).copied()) else {
            self.stats.forgotten += 1;
            state.delete(key)?;
            return Ok(Vec::new());
        };
        let mut run = Run::new(self, state, watermark.0);
        run.judged = key::due_of(timer).unwrap_or(watermark.0);
        run.due(plan, key)?;
        Ok(run.alerts)
    }

    fn watermark(&mut self, state: &mut dyn KeyedState) -> Result<EventMillis, StateError> {
        if let Some(watermark) = self.watermark {
            return Ok(watermark);
        }
        let kept = state.get(WATERMARK_KEY)?;
        let kept = kept.and_then(|bytes| Some(i64::from_le_bytes(bytes.as_slice().try_into().ok()?)));
        Ok(*self.watermark.insert(EventMillis(kept.unwrap_or(i64::MIN))))
    }
}

/// The first key after `key`.
fn after(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

#[cfg(test)]
mod tests;
