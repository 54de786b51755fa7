//! Under which keys a correlation's state lies, and the index of when it is due.
//!
//! ```text
//! S tag[8] group[16]            the state of a group
//! S tag[8] group[16] value[16]  when a group showed a value
//! S tag[8] group[16] number[8]  a window that is judged at its end
//! T due[8] KEY                  state KEY is looked at when the watermark is past `due`; each state has exactly one such entry
//! ```
//! The tag is of the correlation, so that state which means something else is never read; groups and values are cryptographic
//! hashes, because whoever writes to a log chooses them and must not be able to choose two that meet.

use super::alert::{digest, shortened};
use crate::fold::fold;
use crate::sigma::correlation::{Correlation, CorrelationKind};
use model::EventMillis;
use sha2::{Digest, Sha256};

/// First byte of keys of state.
const STATE: u8 = b'S';
/// First byte of keys of the index.
const TIMER: u8 = b'T';
/// Bytes before a state's key in the index.
const TIMER_BYTES: usize = 9;
/// Bytes of a group's key.
pub(crate) const GROUP_KEY_BYTES: usize = 25;

/// Names a correlation by what gives its state a meaning.
pub(crate) type Tag = [u8; 8];

/// The tag of a correlation: of its id and of what is remembered, but not of thresholds and times, which may be tuned without
/// forgetting.
pub(crate) fn tag(correlation: &Correlation) -> Tag {
    let (kind, fields): (&str, &[String]) = match &correlation.kind {
        CorrelationKind::EventCount(_) => ("event_count", &[]),
        CorrelationKind::ValueCount(fields, _) => ("value_count", fields),
        CorrelationKind::Temporal(_) => ("temporal", &[]),
        CorrelationKind::TemporalOrdered => ("temporal_ordered", &[]),
        CorrelationKind::ValueSum(field, _) => ("value_sum", std::slice::from_ref(field)),
        CorrelationKind::ValueAvg(field, _) => ("value_avg", std::slice::from_ref(field)),
        CorrelationKind::ValuePercentile(field, ..) => ("value_percentile", std::slice::from_ref(field)),
        CorrelationKind::FirstSeen { fields, are_versions_ignored: true, .. } => {
            ("first_seen without versions", fields)
        }
        CorrelationKind::FirstSeen { fields, .. } => ("first_seen", fields),
        CorrelationKind::Recurrence { .. } => ("recurrence", &[]),
        CorrelationKind::Silence => ("silence", &[]),
    };
    let aliases = correlation.aliases.iter().flat_map(|(alias, rules)| {
        std::iter::once(alias.as_str()).chain(rules.iter().flat_map(|(rule, field)| [rule.as_str(), field]))
    });
    let lists: [Vec<&str>; 4] = [
        vec![&correlation.id, kind],
        fields.iter().map(String::as_str).collect(),
        correlation.rules.iter().chain(&correlation.group_by).map(String::as_str).collect(),
        aliases.collect(),
    ];
    let texts = lists.iter().flat_map(|list| list.iter().copied().chain(["\u{1}"]));
    digest(texts.map(str::as_bytes)).first_chunk().copied().unwrap_or_default()
}

/// The hash of values in their order. They are compared as Sigma compares text, without regard to case.
pub(crate) fn values_hash<'a>(values: impl Iterator<Item = &'a str>) -> [u8; 16] {
    let mut hash = Sha256::new();
    for value in values {
        let value = fold(value);
        hash.update((value.len() as u64).to_le_bytes());
        hash.update(value.as_bytes());
    }
    shortened(hash)
}

/// The key of a group's state.
pub(crate) fn group_key(tag: Tag, group: [u8; 16]) -> Vec<u8> {
    let mut key = Vec::with_capacity(GROUP_KEY_BYTES + 16);
    key.push(STATE);
    key.extend(tag);
    key.extend(group);
    key
}

/// The key of something of a group.
pub(crate) fn part_key(group_key: &[u8], part: &[u8]) -> Vec<u8> {
    [group_key, part].concat()
}

/// The tag in a state's key.
pub(crate) fn tag_of(state_key: &[u8]) -> Option<Tag> {
    let (first, rest) = state_key.split_first()?;
    rest.first_chunk().copied().filter(|_| *first == STATE)
}

/// The entry of the index by which `state_key` is looked at when the watermark is past `due`.
pub(crate) fn timer_key(due: EventMillis, state_key: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(TIMER_BYTES + state_key.len());
    key.push(TIMER);
    key.extend(ordered(due));
    key.extend(state_key);
    key
}

/// The first key of the index that is due at `from` or after it, and the first that is not due at `watermark`.
pub(crate) fn timers_before(from: EventMillis, watermark: EventMillis) -> (Vec<u8>, Vec<u8>) {
    (timer_key(from, &[]), timer_key(watermark, &[]))
}

/// Before and after all state of a correlation.
pub(crate) fn states_of(tag: Tag) -> (Vec<u8>, Vec<u8>) {
    let from = part_key(&[STATE], &tag);
    let to = part_key(&from, &[u8::MAX; GROUP_KEY_BYTES]);
    (from, to)
}

/// When an entry of the index is due.
pub(crate) fn due_of(timer_key: &[u8]) -> Option<i64> {
    let (_, rest) = timer_key.split_first()?;
    rest.first_chunk().map(|bytes| (u64::from_be_bytes(*bytes) ^ (1 << 63)).cast_signed())
}

/// The state's key in an entry of the index.
pub(crate) fn timed(timer_key: &[u8]) -> Option<&[u8]> {
    timer_key.get(TIMER_BYTES..)
}

/// Bytes that are in the order of the times.
fn ordered(time: EventMillis) -> [u8; 8] {
    (time.0.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_in_the_order_of_time() {
        let times = [i64::MIN, -1, 0, 1, 1_700_000_000_000, i64::MAX];
        let keys: Vec<_> = times.iter().map(|time| timer_key(EventMillis(*time), b"Sk")).collect();
        assert!(keys.is_sorted());
        keys.iter().for_each(|key| assert_eq!(timed(key), Some(b"Sk".as_slice())));
        assert_eq!(keys.iter().filter_map(|key| due_of(key)).collect::<Vec<_>>(), times);
        let (from, to) = timers_before(EventMillis(i64::MIN), EventMillis(0));
        let due = keys.iter().filter(|key| (&from..&to).contains(key)).count();
        assert_eq!(due, 2);
    }

    #[test]
    fn values_are_kept_apart_and_folded() {
        let hash = |values: &[&str]| values_hash(values.iter().copied());
        assert_eq!(hash(&["ADMIN"]), hash(&["admin"]));
        assert_ne!(hash(&["a", "bc"]), hash(&["ab", "c"]));
        assert_ne!(hash(&[]), hash(&[""]));
    }
}
