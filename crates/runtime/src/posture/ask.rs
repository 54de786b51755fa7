//! Questions to real name servers, all of them within one deadline.

use super::policy_file::{self, Fetched};
use super::{Dns, PolicyFile, Posture, Question, check};
use crate::http::{HttpError, system_trust};
use crate::resolver::{NoAnswer, Resolver};
use model::limit::POSTURE_QUESTIONS_MAX;
use std::cell::Cell;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// What the check of one domain may take, beside fetching its policy.
const CHECK_PATIENCE: Duration = Duration::from_secs(8);

/// Looks up how a domain of our own is protected: asks name servers through `resolver` and, where it says that it has one,
/// fetches its MTA-STS policy. `selectors` are those that our servers sign with. It blocks, for a quarter of a minute at most.
///
/// # Errors
/// [`HttpError`] where no TLS can be had.
pub fn look_up(resolver: Resolver, domain: &str, selectors: &[String]) -> Result<Posture, HttpError> {
    let live = Live::new(resolver, CHECK_PATIENCE);
    let fetched = policy_file::fetch(&live, domain, &system_trust()?);
    let policy = fetched.as_ref().map_or(PolicyFile::NotFetched, Fetched::as_policy_file);
    Ok(check(&live, &Question { domain, selectors, policy }))
}

/// Asks through a [`Resolver`] until its time or its number of questions is used up.
pub struct Live {
    resolver: Resolver,
    deadline: Instant,
    questions_left: Cell<usize>,
}

impl Live {
    /// Asks through `resolver` for at most `within` from now on, and at most [`POSTURE_QUESTIONS_MAX`] questions.
    pub fn new(resolver: Resolver, within: Duration) -> Self {
        let questions_left = Cell::new(POSTURE_QUESTIONS_MAX);
        Self { resolver, deadline: Instant::now() + within, questions_left }
    }

    /// The addresses of a host.
    pub(super) fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NoAnswer> {
        self.resolver.addresses(host, self.time_left()?)
    }

    /// The time that is left for one more question.
    fn time_left(&self) -> Result<Duration, NoAnswer> {
        self.questions_left.set(self.questions_left.get().checked_sub(1).ok_or(NoAnswer)?);
        Ok(self.deadline.saturating_duration_since(Instant::now()))
            .and_then(|left| if left.is_zero() { Err(NoAnswer) } else { Ok(left) })
    }
}

impl Dns for Live {
    fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.resolver.txt(name, self.time_left()?)
    }

    fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.resolver.mx(name, self.time_left()?)
    }
}
