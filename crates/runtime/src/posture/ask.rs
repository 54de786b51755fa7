//! Questions to real name servers, all of them within one deadline.

use super::Dns;
use crate::resolver::{NoAnswer, Resolver};
use model::limit::POSTURE_QUESTIONS_MAX;
use std::cell::Cell;
use std::time::{Duration, Instant};

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
