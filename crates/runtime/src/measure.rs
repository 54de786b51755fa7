//! Measures: what persons decide about mail and members, and what then becomes of it.
//!
//! Every measure that touches a person is a [`decision`]: proposed by one, approved by another, and both are entries of the
//! evidence log. What may be taken back and touches nobody is done by one person, with a reason: an [`assessment`] that a
//! campaign is real, a hold of a [`warning`]. Console and gate call these functions; neither re-implements a rule.
//!
//! A step is recorded as evidence first and becomes a fact in one batch of documents then. A crash in between leaves an
//! entry too many, never a fact without its entry.

pub mod access;
pub mod assessment;
pub mod blocking;
pub mod decision;
mod effect;
mod error;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fixture;
pub(crate) mod note;
pub mod original;
pub mod outbox;
pub mod preview;
pub mod purge;
pub mod quarantine;
pub mod retention;
mod seconds;
mod series;
pub mod unmask;
pub mod warning;

pub use decision::{Decision, Measure, Status};
pub use error::MeasureError;
pub use retention::{Erased, Retention};
pub use series::Page;

use crate::data::Data;
use crate::live::Live;
use anyhow::anyhow;
use mail::member::House;
use model::EventTime;
use std::sync::{Mutex, PoisonError};

/// The answer of a measure.
pub type Result<T> = std::result::Result<T, MeasureError>;

/// Who can hold the data folder for a moment. What takes long, such as talking to a mail server, is done in between.
pub trait Folder: Send + Sync {
    /// Runs `work` on the folder.
    ///
    /// # Errors
    /// Those of `work`, and [`MeasureError::Store`] while the folder cannot be used.
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T>) -> Result<T>;
}

impl Folder for Live {
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T>) -> Result<T> {
        let mut data = self.data().map_err(|error| MeasureError::Store(anyhow!(error)))?;
        work(&mut data)
    }
}

impl Folder for Mutex<Data> {
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T>) -> Result<T> {
        work(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What became due by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Housekeeping {
    /// Proposals that nobody decided in time.
    pub lapsed: usize,
    /// Holds that ended.
    pub holds_ended: usize,
    /// Warnings that were drafted or drafted anew.
    pub drafted: usize,
    /// Messages whose time in quarantine ended.
    pub expired: usize,
    /// Feature records that were erased.
    pub erased_records: usize,
    /// Sealed originals of disarmed mail that were deleted.
    pub erased_originals: usize,
}

/// Does what is due: proposals lapse, holds end, warnings are drafted, the quarantine forgets, and so does what is recorded,
/// as `retention` says. To be called once a minute.
///
/// # Errors
/// When the store fails; what was not done is still due.
pub fn housekeep(
    data: &mut Data,
    house: &House,
    retention: Retention,
    now: EventTime,
) -> Result<Housekeeping> {
    // What fails keeps nothing else from being done.
    let (lapsed, holds_ended) = (decision::lapse(data, now), warning::end_holds(data, now));
    let (drafted, expired) = (warning::draft(data, house, now), quarantine::expire(data, now));
    let erased = retention::keep_up(data, retention, now)?;
    Ok(Housekeeping {
        lapsed: lapsed?,
        holds_ended: holds_ended?,
        drafted: drafted?,
        expired: expired?,
        erased_records: erased.records,
        erased_originals: erased.originals,
    })
}
