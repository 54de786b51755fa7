//! Cases and their sightings in the store.

use super::document::{CaseDocument, SightingDocument};
use crate::data::Data;
use crate::measure::Page;
use anyhow::{Context, Result};
use model::EventMillis;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use store::{Batch, Records};
use watch::case::{Case, CaseId, Docket};
use watch::sighting::SightingId;

/// Cases by number.
const CASES: &str = "watch.case";
/// Sightings by id.
pub(super) const SIGHTINGS: &str = "watch.sighting";
/// Ids of sightings by case, time and id.
const TIMELINE: &str = "watch.timeline";

/// All cases.
///
/// # Errors
/// When the store fails or a case is damaged.
pub fn docket(data: &Data) -> Result<Docket> {
    let documents: Vec<CaseDocument> = data.documents(CASES)?;
    let cases: Vec<Case> = documents.iter().map(to_case).collect::<Result<_>>()?;
    Ok(Docket::new(cases))
}

/// One case; `None` where there is none with this number.
///
/// # Errors
/// When the store fails or the case is damaged.
pub fn case(data: &Data, id: CaseId) -> Result<Option<Case>> {
    data.document::<CaseDocument>(CASES, &case_key(id))?.as_ref().map(to_case).transpose()
}

fn to_case(document: &CaseDocument) -> Result<Case> {
    document.to_case().with_context(|| format!("the record of {} is damaged", document.id))
}

/// A sighting; `None` where there is none with this id.
///
/// # Errors
/// When the store fails or the document is damaged.
pub fn sighting(data: &Data, id: SightingId) -> Result<Option<SightingDocument>> {
    data.document(SIGHTINGS, &id.to_string())
}

/// At most `limit` sightings of a case in order of time, from the first behind `after`, which a page before named.
///
/// # Errors
/// When the store fails or a document is damaged.
pub fn timeline(
    data: &Data,
    id: CaseId,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<SightingDocument>> {
    let prefix = case_key(id);
    let after = after.map_or_else(|| prefix.clone(), |after| format!("{prefix}{after}"));
    let limit = limit.clamp(1, MEASURE_PAGE_ROWS_MAX);
    let found = data.store.records.scan(TIMELINE, Some(&after), limit + 1)?;
    let mut rows = Vec::new();
    for (key, sighting) in found.iter().take_while(|(key, _)| key.starts_with(&prefix)) {
        let sighting = std::str::from_utf8(sighting).unwrap_or_default();
        let mut document: SightingDocument = data
            .document(SIGHTINGS, sighting)?
            .with_context(|| format!("the sighting behind {key} is missing"))?;
        // It may have been recorded under a younger case, which was joined to this one.
        document.row.case = Some(id.to_string());
        rows.push(document);
    }
    Ok(Page::of(rows, limit, |last| place(EventMillis(last.millis), &last.id)))
}

/// The whole timeline of a case.
///
/// # Errors
/// As [`timeline`].
pub fn whole_timeline(data: &Data, id: CaseId) -> Result<Vec<SightingDocument>> {
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = timeline(data, id, after.as_deref(), MEASURE_PAGE_ROWS_MAX)?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

/// Puts a case as it is now into a batch.
pub(super) fn put_case(batch: &mut Batch, case: &Case) -> Result<()> {
    let document =
        serde_json::to_vec(&CaseDocument::from(case)).context("a case cannot be written as JSON")?;
    batch.put(CASES, &case_key(case.id), document);
    Ok(())
}

/// Puts a sighting into a batch, and into the timeline of its case.
pub(super) fn put_sighting(
    batch: &mut Batch,
    case: Option<CaseId>,
    sighting: &SightingDocument,
) -> Result<()> {
    let document = serde_json::to_vec(sighting).context("a sighting cannot be written as JSON")?;
    batch.put(SIGHTINGS, &sighting.id, document);
    if let Some(case) = case {
        let key = format!("{}{}", case_key(case), place(EventMillis(sighting.millis), &sighting.id));
        batch.put(TIMELINE, &key, sighting.id.clone());
    }
    Ok(())
}

/// Moves the timeline of a case to the older one that it belongs to.
pub(super) fn move_timeline(data: &Data, from: CaseId, to: CaseId, batch: &mut Batch) -> Result<()> {
    let (from, to) = (case_key(from), case_key(to));
    for (key, sighting) in data.collection_under(TIMELINE, &from)? {
        let place = key.strip_prefix(&from).unwrap_or_default();
        batch.put(TIMELINE, &format!("{to}{place}"), sighting);
        batch.delete(TIMELINE, &key);
    }
    Ok(())
}

/// Keys of cases sort like the cases, and none is the beginning of another.
fn case_key(id: CaseId) -> String {
    format!("{:016}/", id.0)
}

/// Places sort like the times, those before 1970 too.
fn place(time: EventMillis, id: &str) -> String {
    format!("{:016x}/{id}", time.0.cast_unsigned() ^ (1 << 63))
}
