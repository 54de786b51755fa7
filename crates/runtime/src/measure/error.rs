//! Why a measure is not taken. These texts name no person and no address: they are shown and logged.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The actor's roles do not allow it.
    #[error("this needs the role {0}")]
    RoleMissing(&'static str),
    /// Who proposed a measure decides nothing about it.
    #[error("whoever proposed this cannot decide it")]
    OwnProposal,
    /// There is nothing with this identifier.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// A text or value is missing, too long or not what it is to be.
    #[error("{0}")]
    Invalid(&'static str),
    /// It does not fit to how things stand now: somebody else was faster, or it is too late.
    #[error("{0}")]
    Conflict(&'static str),
    /// A case is not to be closed yet.
    #[error(transparent)]
    Unsettled(#[from] watch::case::CloseRefused),
    /// The store failed; trying again is safe.
    #[error("the store failed: {0:#}")]
    Store(anyhow::Error),
}

impl From<anyhow::Error> for MeasureError {
    fn from(error: anyhow::Error) -> Self {
        Self::Store(error)
    }
}

impl From<store::StoreError> for MeasureError {
    fn from(error: store::StoreError) -> Self {
        Self::Store(error.into())
    }
}
