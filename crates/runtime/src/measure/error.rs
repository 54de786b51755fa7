//! Why a measure was not taken.

use model::Role;
use model::limit::REASON_BYTES_MAX;

/// Why a measure was not taken. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The actor lacks the role.
    #[error("this needs the role {needs}")]
    Role {
        /// One role that would do.
        needs: Role,
    },
    /// Whoever proposed it, or had a part in it, cannot approve it.
    #[error("whoever proposed it cannot approve it: a second person has to")]
    OwnProposal,
    /// A reason or purpose is required.
    #[error("say why, in at most {REASON_BYTES_MAX} bytes")]
    Reason,
    /// There is no such thing.
    #[error("there is no such {what}")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// It is past this step, or not there yet.
    #[error("it is {is}; this is not possible any more, or not yet")]
    State {
        /// The state that it is in.
        is: String,
    },
    /// It is asked for something beyond what is allowed.
    #[error("{0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

impl From<store::StoreError> for MeasureError {
    fn from(error: store::StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for MeasureError {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}
