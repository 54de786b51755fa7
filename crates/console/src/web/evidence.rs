//! Evidence: entries, proofs, and the files with which anybody checks them.

use super::query::{self, Query};
use crate::error::Failure;
use crate::evidence_view::{self as log, CheckpointFacts, LogEntry, ProvedEntry};
use crate::page::entry::{EntryView, render as render_entry};
use crate::page::evidence::{CheckpointView, Download, EntryRow, EvidenceView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use model::{EventTime, LeafIndex};
use runtime::data::Data;
use std::sync::Arc;

/// Entries on one page.
const PAGE: usize = 50;

/// The page; with `leaf` in its query it leads to that entry.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Response, Failure> {
    if !query.get("leaf").is_empty() {
        let leaf: u64 = query::number(query.get("leaf"))?;
        return Ok(Redirect::to(&format!("/evidence/{leaf}")).into_response());
    }
    let before = Some(query::number::<u64>(query.get("before"))?).filter(|before| *before > 0);
    let made = state.work(move |state| {
        let data = state.live.data()?;
        let entries = log::latest(&data, before, PAGE)?;
        let checkpoint = checkpoint_view(&data, &log::checkpoint(&data)?, state.live.health().last_commit);
        let next = entries.last().filter(|last| last.leaf.0 > 0);
        let next = next.map(|last| query::with("/evidence", &[("before", &last.leaf.0.to_string())]));
        let chrome = state.chrome(&person, &data)?;
        let downloads = vec![
            Download { label: "Checkpoint".into(), path: "/evidence/checkpoint".into() },
            Download { label: "Verifier key".into(), path: "/evidence/key".into() },
        ];
        let entries = entries.into_iter().map(row).collect();
        let view = EvidenceView { checkpoint: Some(checkpoint), entries, downloads, next };
        Ok(render(&view, &chrome))
    });
    Ok(made.await?.into_response())
}

/// One entry.
pub(crate) async fn entry(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(leaf): Path<String>,
) -> Result<maud::Markup, Failure> {
    let leaf = leaf_of(&leaf)?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let found = log::proved(&data, leaf)?.ok_or(Failure::Missing)?;
            let checkpoint = checkpoint_view(&data, &found.checkpoint, state.live.health().last_commit);
            let is_erased = log::is_erased(&data, leaf)?;
            let chrome = state.chrome(&person, &data)?;
            Ok(render_entry(&entry_view(found, checkpoint, is_erased), &chrome))
        })
        .await
}

/// The proof of one entry as a file, which anybody can check without us.
pub(crate) async fn proof(
    Shared(state): Shared<Arc<State>>,
    Path(leaf): Path<String>,
) -> Result<Response, Failure> {
    let leaf = leaf_of(&leaf)?;
    let found = state.work(move |state| Ok(log::proved(&*state.live.data()?, leaf)?)).await?;
    Ok(file(&format!("entry-{leaf}.tlog-proof"), found.ok_or(Failure::Missing)?.proof))
}

/// The signed checkpoint as a file.
pub(crate) async fn checkpoint(Shared(state): Shared<Arc<State>>) -> Result<Response, Failure> {
    let note = state.work(|state| Ok(log::checkpoint(&*state.live.data()?)?.note)).await?;
    Ok(file("checkpoint", note))
}

/// The key with which the checkpoint is checked.
pub(crate) async fn key(Shared(state): Shared<Arc<State>>) -> Result<Response, Failure> {
    let vkey = state.work(|state| Ok(state.live.data()?.evidence.vkey())).await?;
    Ok(file("evidence.vkey", format!("{vkey}\n")))
}

fn leaf_of(text: &str) -> Result<LeafIndex, Failure> {
    text.parse().map(LeafIndex).map_err(|_| Failure::Missing)
}

fn file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

fn row(entry: LogEntry) -> EntryRow {
    EntryRow { leaf: entry.leaf, time: entry.time, kind: entry.kind, about: entry.facts }
}

fn entry_view(found: ProvedEntry, checkpoint: CheckpointView, is_erased: bool) -> EntryView {
    let ProvedEntry { entry, leaf_hash, path, .. } = found;
    EntryView {
        leaf: entry.leaf,
        time: entry.time,
        kind: entry.kind,
        json: entry.json,
        leaf_hash,
        proof: path,
        checkpoint,
        // The payload names people. Who needs it opens it with `portcullis evidence show`, on the machine that keeps it.
        payload: None,
        is_erased,
        downloads: vec![Download { label: "Proof".into(), path: format!("/evidence/{}/proof", entry.leaf) }],
    }
}

fn checkpoint_view(data: &Data, facts: &CheckpointFacts, published: Option<EventTime>) -> CheckpointView {
    CheckpointView {
        origin: facts.origin.clone(),
        tree_size: facts.tree_size,
        root_hash: facts.root_hash.clone(),
        time: published.unwrap_or(EventTime(0)),
        note: facts.note.clone(),
        verifier_key: data.evidence.vkey(),
        witnesses: facts.witnesses.clone(),
    }
}
