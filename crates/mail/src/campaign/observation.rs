//! A record and a house in the correlator's terms: which message, for whom, of which groups.

use super::tally::{Forum, Recipient};
use crate::feature::Feature;
use crate::member::{House, MemberIndex};
use model::GroupId;
use xxhash_rust::xxh3::xxh3_64;

/// One mail that was delivered to many mailboxes is one message; without a message id its content names it.
pub fn message_key(feature: &Feature) -> u64 {
    if feature.message_id.is_empty() {
        xxh3_64(&feature.digest.0)
    } else {
        xxh3_64(feature.message_id.as_bytes())
    }
}

/// Who a message was for. A delivered copy counts for the mailbox that it was found in; the others have copies too.
pub fn recipients(house: &House, feature: &Feature) -> Vec<Recipient> {
    let resolve = |address: &str| match house.by_address(address) {
        Some(member) => Recipient::Member(member.0),
        None => Recipient::Other(xxh3_64(address.as_bytes())),
    };
    let mut all: Vec<Recipient> = feature.recipients().map(resolve).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Only mail that refers to something remote can report a reader.
pub(super) fn may_report(feature: &Feature) -> bool {
    feature.remotes.iter().any(|remote| remote.is_load() || remote.is_tokened())
        || (feature.sender_traits.imitates_linked && !feature.remotes.is_empty())
}

/// Name of the group whose addresses were never given to anybody.
const CANARY_GROUP: &str = "canary";

/// The protected groups of a house, in the order of [`House::groups`].
pub(super) fn forums(house: &House) -> Vec<Forum> {
    let of_group = |(group, inside): (GroupId, Vec<MemberIndex>)| {
        let mut is_inside = vec![false; house.len()];
        for member in inside {
            if let Some(flag) = is_inside.get_mut(member.0 as usize) {
                *flag = true;
            }
        }
        Forum { is_inside, is_canary: group.0.eq_ignore_ascii_case(CANARY_GROUP) }
    };
    house.groups().into_iter().map(of_group).collect()
}
