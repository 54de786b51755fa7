//! `mail disarm`: a message made harmless, its original kept sealed, and evidence of both.

use crate::clock;
use crate::data::Data;
use crate::evidence_log::Entry;
use crate::ledger;
use anyhow::Result;
use evidence::Value;
use mail::disarm::Disarmed;
use mail::message::digest;
use model::limit::DISARMED_URLS_MAX;
use model::{LeafIndex, Sha256};
use store::Blobs;

/// Seals the original, records both digests as evidence, and answers with the harmless message.
///
/// # Errors
/// When the store fails: the harmless message is not handed out before its original is safe.
pub fn disarm(data: &mut Data, original: &[u8]) -> Result<(Disarmed, LeafIndex)> {
    let disarmed = mail::disarm::disarm(original);
    let id = data.store.blobs.put(original)?;
    let leaf = ledger::record_disarmed(data, &id.to_string(), entry(id, &disarmed))?;
    Ok((disarmed, leaf))
}

/// The entry that proves what a message was before and after it was disarmed.
pub(crate) fn entry(original: Sha256, disarmed: &Disarmed) -> Entry {
    let removed = u32::try_from(disarmed.removed.len()).unwrap_or(u32::MAX);
    let urls = disarmed.removed.iter().take(DISARMED_URLS_MAX).map(|load| Value::from(load.url.as_str()));
    let private = Value::object([
        ("original", Value::from(original.to_string())),
        ("disarmed", Value::from(digest(&disarmed.message).to_string())),
        ("urls", Value::from(urls.collect::<Vec<_>>())),
    ]);
    Entry {
        kind: "mail.disarmed",
        time: clock::now(),
        public: vec![("removed", Value::from(removed))],
        private: private.to_canonical().into_bytes(),
    }
}
