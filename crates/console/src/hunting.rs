//! Hunts from the console: bounded in what is asked and in what is kept of the answer.

use crate::error::Failure;
use crate::state::State;
use mail::hunt::{Indicator, IndicatorError};
use model::limit::{HUNT_HITS_MAX, HUNT_INDICATORS_MAX};
use runtime::hunt::Hit;
use store::Features;

/// Why a question cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuestionError {
    /// One of the indicators is none.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    /// Too many at once.
    #[error("at most {HUNT_INDICATORS_MAX} indicators at once")]
    TooMany,
}

/// What was found.
pub(crate) struct Found {
    /// At most [`HUNT_HITS_MAX`] messages, in order of acceptance.
    pub(crate) hits: Vec<Hit>,
    /// All that fit.
    pub(crate) total: u64,
    /// Records that were asked.
    pub(crate) searched: u64,
    /// Records that may have fitted and could not be read.
    pub(crate) unreadable: u64,
}

/// The indicators in `texts`; blank ones are left out.
///
/// # Errors
/// The first one that is none.
pub(crate) fn parse<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Indicator>, QuestionError> {
    let mut indicators = Vec::new();
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        if indicators.len() == HUNT_INDICATORS_MAX {
            return Err(QuestionError::TooMany);
        }
        indicators.push(text.parse()?);
    }
    Ok(indicators)
}

/// Hunts. Each indicator holds the data folder for itself, so that mail which arrives meanwhile waits for one at most.
///
/// # Errors
/// When the store fails.
pub(crate) fn hunt(state: &State, indicators: &[Indicator]) -> Result<Found, Failure> {
    let house = state.live.house();
    let mut found = Found { hits: Vec::new(), total: 0, searched: 0, unreadable: 0 };
    for indicator in indicators {
        let data = state.live.data()?;
        let Found { hits, total, .. } = &mut found;
        let defects = runtime::hunt::hunt(&data, &house, std::slice::from_ref(indicator), |hit| {
            *total += 1;
            if hits.len() < HUNT_HITS_MAX {
                hits.push(hit);
            }
            Ok(())
        })?;
        found.unreadable += defects.count;
        found.searched = data.store.features.len();
    }
    Ok(found)
}
