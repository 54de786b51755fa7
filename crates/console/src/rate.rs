//! Rate limits: a token bucket for each address, account or token, in a table that strangers cannot fill.

use model::EventTime;
use model::limit::RATE_BUCKETS_MAX;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Buckets of one kind.
pub struct Rate {
    burst: u32,
    per_minute: u32,
    /// By keyed hash of whom they are for, so that nobody can choose a key that falls together with another's. Locked for
    /// one lookup.
    buckets: Mutex<HashMap<u64, Bucket>>,
    key: RandomState,
}

/// Sixtieths of a request: a whole number of them drips in each second.
#[derive(Clone, Copy)]
struct Bucket {
    sixtieths: u64,
    at: EventTime,
}

const WHOLE: u64 = 60;

impl Rate {
    /// Buckets that hold `burst` requests and get `per_minute` new ones.
    pub fn new(burst: u32, per_minute: u32) -> Self {
        Self { burst, per_minute, buckets: Mutex::default(), key: RandomState::new() }
    }

    /// Takes one request out of the bucket of `whom`.
    ///
    /// # Errors
    /// Seconds after which one will be there, where there is none.
    pub fn take(&self, whom: impl Hash, now: EventTime) -> Result<(), u64> {
        let full = u64::from(self.burst) * WHOLE;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= RATE_BUCKETS_MAX {
            self.make_room(&mut buckets, now);
        }
        let bucket = buckets.entry(self.key.hash_one(whom)).or_insert(Bucket { sixtieths: full, at: now });
        bucket.sixtieths = self.filled(*bucket, now);
        bucket.at = bucket.at.max(now);
        match bucket.sixtieths.checked_sub(WHOLE) {
            Some(rest) => {
                bucket.sixtieths = rest;
                Ok(())
            }
            None => Err((WHOLE - bucket.sixtieths).div_ceil(u64::from(self.per_minute).max(1))),
        }
    }

    fn filled(&self, bucket: Bucket, now: EventTime) -> u64 {
        let secs = u64::try_from(now.secs_since(bucket.at)).unwrap_or(0);
        let dripped = secs.saturating_mul(u64::from(self.per_minute));
        bucket.sixtieths.saturating_add(dripped).min(u64::from(self.burst) * WHOLE)
    }

    /// Full buckets say nothing and go. Where too many addresses are at it at once, all start anew: to let some pass is
    /// better than to run out of memory.
    fn make_room(&self, buckets: &mut HashMap<u64, Bucket>, now: EventTime) {
        let full = u64::from(self.burst) * WHOLE;
        buckets.retain(|_, bucket| self.filled(*bucket, now) < full);
        if buckets.len() >= RATE_BUCKETS_MAX {
            buckets.clear();
        }
    }
}

/// Whom an address stands for. A subscriber of IPv6 has a network of 64 bits (RFC 6177), and could come from another address of
/// it each time.
pub fn place(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_subscriber_are_one_place() {
        let place = |text: &str| super::place(text.parse().expect("an address")).to_string();
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
    }

    const START: EventTime = EventTime(1_610_960_400);

    #[test]
    fn a_burst_passes_and_then_so_many_a_minute() {
        let rate = Rate::new(3, 60);
        for _ in 0..3 {
            assert_eq!(rate.take("a", START), Ok(()));
        }
        assert_eq!(rate.take("a", START), Err(1));
        assert_eq!(rate.take("b", START), Ok(()), "another bucket");
        assert_eq!(rate.take("a", START.plus_secs(1)), Ok(()));
        assert_eq!(rate.take("a", START.plus_secs(1)), Err(1));
    }

    #[test]
    fn a_slow_bucket_says_how_long_to_wait() {
        let rate = Rate::new(1, 2);
        assert_eq!(rate.take("a", START), Ok(()));
        assert_eq!(rate.take("a", START), Err(30));
        assert_eq!(rate.take("a", START.plus_secs(29)), Err(1));
        assert_eq!(rate.take("a", START.plus_secs(30)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let rate = Rate::new(1, 60);
        assert_eq!(rate.take("a", START), Ok(()));
        assert!(rate.take("a", START.plus_secs(-100)).is_err());
        assert_eq!(rate.take("a", START), Err(1));
    }

    #[test]
    fn the_table_is_bounded() {
        let rate = Rate::new(1, 1);
        for address in 0..RATE_BUCKETS_MAX + 10 {
            assert_eq!(rate.take(address, START), Ok(()));
        }
        assert!(rate.buckets.lock().expect("nothing panicked").len() <= RATE_BUCKETS_MAX);
    }
}
