//! Openings: fetches of beacons that proxy or web logs show.
//!
//! Of the logs only those lines are kept that name a URL of a recorded message; the rest of what members read is nobody's
//! business and is forgotten at once.

use crate::data::Data;
use crate::progress::Progress;
use crate::source;
use anyhow::Result;
use mail::feature::{Feature, TermKind, term};
use mail::member::{House, MemberIndex};
use mail::proxy_log::Fetch;
use mail::url::fetch_hash;
use model::{Defects, EventTime};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use store::{Batch, Features, Records};

/// Collection of fetches, by URL, member and time.
const FETCHES: &str = "mail.fetch";
/// How far a proxy's clock may be behind the mail server's, in seconds.
const CLOCK_SKEW_SECS: i64 = 3_600;

/// A fetch of a URL that a recorded message holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFetch {
    /// [`fetch_hash`] of the URL.
    pub url: u64,
    /// Id of the member who was signed in at the proxy.
    pub member: String,
    /// When, in seconds since 1970.
    pub time: i64,
}

/// Reads logs and keeps the fetches that name a URL of a recorded message and a member.
///
/// # Errors
/// When the store fails; lines that cannot be read are defects.
pub fn take_in(
    data: &Data,
    logs: &[PathBuf],
    house: &House,
    progress: &dyn Progress,
) -> Result<(Defects, u64)> {
    if logs.is_empty() {
        return Ok((Defects::default(), 0));
    }
    let mut fetches = source::proxy_logs(logs);
    let reading = fetches.progress();
    progress.begin("reading logs", reading.bytes_total());
    let mut kept = 0;
    while let Some(chunk) = next_chunk(&mut fetches) {
        kept += keep(data, &chunk, house)?;
        progress.at(reading.bytes_done());
    }
    progress.end();
    Ok((fetches.defects().clone(), kept))
}

/// Fetches that are looked at together.
const CHUNK: usize = 1_000;

/// The next fetches of some logs; `None` when all are read.
pub fn next_chunk(fetches: &mut impl Iterator<Item = Fetch>) -> Option<Vec<Fetch>> {
    Some(fetches.take(CHUNK).collect::<Vec<_>>()).filter(|chunk| !chunk.is_empty())
}

/// Keeps those of `fetches` that name a URL of a recorded message and a member, and says how many they are. One that is
/// kept already stays as it is.
///
/// # Errors
/// When the store fails.
pub fn keep(data: &Data, fetches: &[Fetch], house: &House) -> Result<u64> {
    let mut kept = 0;
    let mut batch = Batch::new();
    for fetch in fetches {
        if let Some(known) = recognise(data, fetch, house)? {
            kept += 1;
            batch.put(
                FETCHES,
                &format!("{:016x}/{}/{}", known.url, known.member, known.time),
                serde_json::to_vec(&known)?,
            );
        }
    }
    data.store.records.apply(&batch)?;
    Ok(kept)
}

/// The proxy asks who is there (RFC 9110 section 15.5.8): nothing was fetched, and the client asks again with its name.
const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;

/// A tunnel names no path, a line without a user nobody, and a client that has yet to sign in fetched nothing: none of
/// these proves an opening. A fetch that the proxy forbade (403) does: the message was shown.
fn recognise(data: &Data, fetch: &Fetch, house: &House) -> Result<Option<KnownFetch>> {
    let named =
        || fetch.user.as_deref().and_then(|user| house.by_user(user)).and_then(|index| house.member(index));
    let is_fetch = !fetch.is_tunnel() && fetch.status != Some(PROXY_AUTHENTICATION_REQUIRED);
    let Some(member) = named().filter(|_| is_fetch) else { return Ok(None) };
    let Some(url) = fetch_hash(&fetch.url) else { return Ok(None) };
    if data.store.features.lookup(term(TermKind::Url, &url.to_le_bytes()))?.is_empty() {
        return Ok(None);
    }
    Ok(Some(KnownFetch { url, member: member.id.0.clone(), time: fetch.time.0 }))
}

/// Every fetch that was kept.
///
/// # Errors
/// When the store fails.
pub fn known(data: &Data) -> Result<Vec<KnownFetch>> {
    data.documents(FETCHES)
}

/// Which URL of one operation was sent to whom, and when first.
#[derive(Default)]
pub struct Sent(HashMap<u64, SentUrl>);

struct SentUrl {
    to: Vec<(MemberIndex, EventTime)>,
    others: usize,
    is_hidden_load: bool,
}

impl Sent {
    /// Notes the beacons and tokened links of one message.
    pub fn add(&mut self, feature: &Feature, members: &[MemberIndex], others: usize) {
        for remote in feature.remotes.iter().filter(|remote| remote.is_load() || remote.is_tokened()) {
            let url = self.0.entry(remote.hash).or_insert(SentUrl {
                to: Vec::new(),
                others: 0,
                is_hidden_load: false,
            });
            url.others += others;
            url.is_hidden_load |= remote.is_load() && remote.is_hidden;
            for member in members {
                match url.to.iter_mut().find(|(known, _)| known == member) {
                    Some((_, first)) => *first = (*first).min(feature.time),
                    None => url.to.push((*member, feature.time)),
                }
            }
        }
    }

    /// When `member` opened a message, if this fetch shows it: the URL was sent to that member alone, or is a load that
    /// nobody could meet but by opening. A link that everybody got may be followed from elsewhere.
    pub fn opened(&self, member: MemberIndex, fetch: &KnownFetch) -> Option<EventTime> {
        let url = self.0.get(&fetch.url)?;
        let is_personal = url.to.len() == 1 && url.others == 0;
        let (_, first) = url.to.iter().find(|(known, _)| *known == member)?;
        let is_after = fetch.time >= first.0 - CLOCK_SKEW_SECS;
        (is_after && (is_personal || url.is_hidden_load)).then_some(EventTime(fetch.time))
    }
}
