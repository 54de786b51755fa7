//! Why a request was not done, by what its sender does about it. Pages and the interface write the same failures in their own
//! forms: see `failure`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use runtime::live::LiveError;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody is signed in, or the token is none.
    #[error("sign in first")]
    SignInFirst,
    /// The account, or the token, may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or not for this account.
    #[error("there is nothing here")]
    Missing,
    /// The request cannot be understood.
    #[error("{0}")]
    Invalid(String),
    /// It makes no sense any more: somebody decided before.
    #[error("{0}")]
    Conflict(String),
    /// Too many requests.
    #[error("too many requests, try again in {retry_after_secs} s")]
    TooMany {
        /// Seconds to wait.
        retry_after_secs: u64,
    },
    /// The house cannot answer now; trying again helps.
    #[error("the house is busy, try again")]
    Busy,
    /// Our fault. The cause is in the log.
    #[error("something went wrong here; the log of the server says what")]
    Internal(#[from] anyhow::Error),
}

/// What the sender is told, for whoever writes the body.
#[derive(Debug, Clone)]
pub(crate) struct Detail(pub(crate) String);

impl Failure {
    /// The status that says it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Failure {
    /// The status and what to tell; the body is written by `failure::write`, which knows who asked.
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(event = "console.failed", cause = format!("{cause:#}"));
        }
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        match self {
            Self::TooMany { retry_after_secs } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_secs));
            }
            Self::Busy => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(5));
            }
            _ => {}
        }
        response.extensions_mut().insert(Detail(self.to_string()));
        response
    }
}

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Busy | LiveError::Deadline | LiveError::Stopped => Self::Busy,
            error => Self::Internal(error.into()),
        }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Busy { .. } => Self::Busy,
            error => Self::Internal(error.into()),
        }
    }
}
