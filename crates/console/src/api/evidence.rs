//! The evidence log: entries with their proofs, and the checkpoint under which they stand.

use super::Page;
use super::cursor::{Part, foreign_cursor};
use super::extract::Asked;
use crate::error::Failure;
use crate::evidence_view::{self as log, CheckpointFacts, LogEntry, ProvedEntry};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::LeafIndex;
use runtime::clock::rfc3339;
use runtime::measure;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An entry of the evidence log, with what proves that it is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its position, from 0.
    index: u64,
    /// The entry itself: canonical JSON (RFC 8785) as text, because its bytes are what is hashed.
    entry: String,
    /// Its leaf hash (RFC 6962), in hexadecimal digits.
    leaf_hash: String,
    /// Hashes of the inclusion proof from the leaf upwards, in hexadecimal digits.
    inclusion_proof: Vec<String>,
    /// The checkpoint under which it is proved.
    checkpoint: Checkpoint,
}

/// A signed statement on the whole log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checkpoint {
    /// Name of the log.
    origin: String,
    /// Entries in it.
    tree_size: u64,
    /// Root hash in hexadecimal digits.
    root_hash: String,
    /// The signed note (C2SP `checkpoint`).
    note: String,
    /// The key with which anybody checks it (C2SP `signed-note`). Who wants to be sure has it from elsewhere.
    verifier_key: String,
}

/// An entry of the evidence log in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntrySummary {
    /// Its position, from 0.
    index: u64,
    /// What happened, such as `decision.approved`.
    kind: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    time: String,
    /// The entry itself: canonical JSON (RFC 8785) as text, because its bytes are what is hashed.
    entry: String,
}

/// Entries, the latest first.
#[utoipa::path(get, path = "/api/v1/evidence", tag = "evidence", params(Part),
    responses((status = 200, description = "A part of the log", body = Page<EntrySummary>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<EntrySummary>>, Failure> {
    let (before, limit) = part.after_and_limit()?;
    let before = before.map(|index| index.parse::<u64>()).transpose().map_err(|_| foreign_cursor())?;
    let rows = state.work(move |state| Ok(log::latest(&*state.live.data()?, before, limit)?)).await?;
    let next = rows.last().map(|entry| entry.leaf.0).filter(|index| *index > 0);
    let page = measure::Page { rows, next: next.map(|index| index.to_string()) };
    Ok(Json(Page::of(page, EntrySummary::from)))
}

impl From<LogEntry> for EntrySummary {
    fn from(entry: LogEntry) -> Self {
        Self { index: entry.leaf.0, kind: entry.kind, time: rfc3339(entry.time), entry: entry.json }
    }
}

/// One entry with its proof.
#[utoipa::path(get, path = "/api/v1/evidence/{index}", tag = "evidence",
    params(("index" = u64, Path, description = "Its position, from 0")),
    responses((status = 200, description = "The entry and its proof", body = Entry)))]
pub(crate) async fn entry(
    Shared(state): Shared<Arc<State>>,
    Path(index): Path<String>,
) -> Result<Json<Entry>, Failure> {
    let (found, key) = proved(&state, &index).await?;
    let ProvedEntry { entry, leaf_hash, path, checkpoint, .. } = found;
    Ok(Json(Entry {
        index: entry.leaf.0,
        entry: entry.json,
        leaf_hash,
        inclusion_proof: path,
        checkpoint: Checkpoint::of(checkpoint, key),
    }))
}

/// The proof of one entry as a file that travels alone (C2SP `tlog-proof`).
#[utoipa::path(get, path = "/api/v1/evidence/{index}/proof", tag = "evidence",
    params(("index" = u64, Path, description = "Position of the entry, from 0")),
    responses((status = 200, description = "The proof", body = String, content_type = "text/plain")))]
pub(crate) async fn proof(
    Shared(state): Shared<Arc<State>>,
    Path(index): Path<String>,
) -> Result<Response, Failure> {
    let (found, _) = proved(&state, &index).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], found.proof).into_response())
}

/// The latest checkpoint.
#[utoipa::path(get, path = "/api/v1/evidence/checkpoint", tag = "evidence",
    responses((status = 200, description = "The checkpoint", body = Checkpoint)))]
pub(crate) async fn checkpoint(Shared(state): Shared<Arc<State>>) -> Result<Json<Checkpoint>, Failure> {
    let found = state.work(|state| {
        let data = state.live.data()?;
        Ok(Checkpoint::of(log::checkpoint(&data)?, data.evidence.vkey()))
    });
    Ok(Json(found.await?))
}

async fn proved(state: &Arc<State>, index: &str) -> Result<(ProvedEntry, String), Failure> {
    let leaf = index.parse().map(LeafIndex).map_err(|_| Failure::Missing)?;
    let found = state.work(move |state| {
        let data = state.live.data()?;
        Ok(log::proved(&data, leaf)?.map(|found| (found, data.evidence.vkey())))
    });
    found.await?.ok_or(Failure::Missing)
}

impl Checkpoint {
    fn of(facts: CheckpointFacts, verifier_key: String) -> Self {
        let CheckpointFacts { origin, tree_size, root_hash, note, .. } = facts;
        Self { origin, tree_size, root_hash, note, verifier_key }
    }
}
