//! Chance out of a seed: the same seed gives the same canaries, which tests and simulations need.

use sha2::{Digest, Sha256};

/// A stream of numbers that nobody foresees without its seed: SHA-256 over the seed and a counter.
#[derive(Debug, Clone)]
pub struct Chance {
    seed: [u8; 32],
    counter: u64,
}

impl Chance {
    /// The stream of a seed.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let digest =
            Sha256::new().chain_update(self.seed).chain_update(self.counter.to_be_bytes()).finalize();
        self.counter += 1;
        digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }

    /// A number below `end`; 0 where `end` is 0. The bias is below 2⁻³² for what fits into memory.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % end).unwrap_or_default()
    }

    /// A number from 0 to less than 1, of 53 bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of `items`, none where there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}
