//! Times in documents: whole seconds since 1970.

use model::EventTime;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(time: &EventTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.0)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventTime, D::Error> {
    i64::deserialize(deserializer).map(EventTime)
}

/// The same for times that may be missing.
pub(super) mod option {
    use model::EventTime;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(in crate::measure) fn serialize<S: Serializer>(
        time: &Option<EventTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.0).serialize(serializer)
    }

    pub(in crate::measure) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<EventTime>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(EventTime))
    }
}
