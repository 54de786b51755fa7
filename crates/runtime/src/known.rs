//! Which mail is recorded already, so that a message counts once for each mailbox however often it is read.

use crate::data::Data;
use crate::detect::Identity;
use anyhow::Result;
use mail::feature::Feature;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use store::Features;

/// Everything recorded, by the hash of its identity: eight bytes a message instead of a hundred. The hash is keyed anew by
/// each process, so that nobody can send a mail that is taken for another one and left out.
#[derive(Default)]
pub(crate) struct Known {
    ordinals: HashMap<u64, u64>,
    key: RandomState,
}

impl Known {
    /// Reads everything that was recorded.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn read(data: &Data) -> Result<Self> {
        let mut known = Self::default();
        let all = model::Ordinal(0)..model::Ordinal(data.store.features.len());
        data.store.features.scan(all, &mut |ordinal, _, bytes| {
            if let Some(feature) = Feature::decode(bytes) {
                known.ordinal(&Identity::of(&feature), ordinal.0);
            }
            ControlFlow::Continue(())
        })?;
        Ok(known)
    }

    /// Where this message is recorded; `next` where it is not yet, and from now on it is.
    pub(crate) fn ordinal(&mut self, identity: &Identity, next: u64) -> u64 {
        *self.ordinals.entry(self.key.hash_one(identity)).or_insert(next)
    }

    /// As [`Self::ordinal`], of a mail that may be recorded with its lines ended the other way.
    pub(crate) fn ordinal_of_either(
        &mut self,
        identity: &Identity,
        twin: Option<&Identity>,
        next: u64,
    ) -> u64 {
        let Some(twin) = twin else { return self.ordinal(identity, next) };
        let ordinal = match self.ordinals.get(&self.key.hash_one(identity)) {
            Some(known) => *known,
            None => self.ordinal(twin, next),
        };
        self.ordinal(identity, ordinal)
    }

    /// Forgets what was noted of records from `len` on, which were never written.
    pub(crate) fn forget_from(&mut self, len: u64) {
        self.ordinals.retain(|_, ordinal| *ordinal < len);
    }
}
