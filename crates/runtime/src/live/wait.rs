//! Somebody who waits for an answer about a message, for a while. Whoever waits and whoever works share a [`Wait`], so that
//! one answer is given and nothing else is done: nothing is written down about a message whose fate was decided without
//! it, and nothing that is being written down is overtaken by another answer.

use std::sync::atomic::{AtomicU8, Ordering};

const OVER: u8 = 1;
const WRITING: u8 = 2;
const TO_BE_KEPT: u8 = 4;

/// One wait for one answer.
#[derive(Debug, Default)]
pub struct Wait(AtomicU8);

/// Nobody waits any more: another answer was given already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody waits for this answer any more")]
pub struct Over;

impl Wait {
    /// The message is not to be delivered: from now on a failure may only make its sender keep it.
    ///
    /// # Errors
    /// [`Over`], and then it must not be kept: it may have been delivered.
    pub fn must_keep(&self) -> Result<(), Over> {
        self.set(TO_BE_KEPT)
    }

    /// What becomes of the message is about to be written down: from now on lateness may only make its sender keep it.
    ///
    /// # Errors
    /// [`Over`], and then nothing may be written.
    pub fn begin_to_write(&self) -> Result<(), Over> {
        self.set(WRITING)
    }

    /// Whether the message is not to be delivered.
    pub fn is_to_be_kept(&self) -> bool {
        self.0.load(Ordering::SeqCst) & TO_BE_KEPT != 0
    }

    /// Ends the wait. Answers whether any answer may be given: nothing is being written, and nothing is to be kept.
    pub fn give_up(&self) -> bool {
        self.0.fetch_or(OVER, Ordering::SeqCst) & (WRITING | TO_BE_KEPT) == 0
    }

    /// Ends the wait of whoever worked for it and does not know what became of that. What may have been written down is not
    /// overtaken by another answer.
    pub(super) fn be_late(&self) {
        if !self.give_up() {
            self.0.fetch_or(TO_BE_KEPT, Ordering::SeqCst);
        }
    }

    /// A bit that is set late does no harm: whoever finds the wait over does nothing.
    fn set(&self, bit: u8) -> Result<(), Over> {
        if self.0.fetch_or(bit, Ordering::SeqCst) & OVER == 0 { Ok(()) } else { Err(Over) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_first_binds_the_other() {
        let wait = Wait::default();
        assert!(wait.give_up());
        assert_eq!((wait.begin_to_write(), wait.must_keep()), (Err(Over), Err(Over)));

        let wait = Wait::default();
        assert_eq!(wait.begin_to_write(), Ok(()));
        assert!(!wait.is_to_be_kept() && !wait.give_up());

        let wait = Wait::default();
        assert_eq!(wait.must_keep(), Ok(()));
        assert!(wait.is_to_be_kept() && !wait.give_up());
    }
}
