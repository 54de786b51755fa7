//! Sightings become evidence and join cases, in one group commit. The same sighting, read again, is known and changes nothing.

use super::cases::{self, SIGHTINGS};
use super::document::SightingDocument;
use super::row::SightingRow;
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::{Context, Result};
use evidence::Value;
use model::EventTime;
use std::collections::{BTreeMap, BTreeSet};
use store::{Batch, Records};
use watch::case::docket::JOINING_LEVEL;
use watch::case::{CaseId, Docket, Placement};
use watch::sighting::{Sighting, SightingId};

/// What became of one sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The case that it belongs to.
    pub case: Option<CaseId>,
    /// It was recorded before.
    pub is_known: bool,
}

/// Whether a sighting is grave enough to be recorded at all; others are told and forgotten.
pub fn is_recorded(sighting: &Sighting) -> bool {
    sighting.rule.level >= JOINING_LEVEL
}

/// Records sightings, in their order, and answers what became of each. When this returns, they are evidence.
///
/// # Errors
/// When the store fails. `docket` is to be read anew then.
pub fn take_in(
    data: &mut Data,
    docket: &mut Docket,
    sightings: &[Sighting],
    now: EventTime,
) -> Result<Vec<Taken>> {
    let mut group = Group::default();
    let taken =
        sightings.iter().map(|sighting| group.take(data, docket, sighting, now)).collect::<Result<_>>()?;
    group.commit(data, docket)?;
    Ok(taken)
}

/// What is recorded together.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    /// Sightings with their case and the place of their entry within the group.
    placed: Vec<(Sighting, Option<CaseId>, usize)>,
    /// Those of `placed`, with their case.
    seen: BTreeMap<SightingId, Option<CaseId>>,
    touched: BTreeSet<CaseId>,
    /// Cases that were joined, with the older one, in order.
    joined: Vec<(CaseId, CaseId)>,
}

impl Group {
    fn take(
        &mut self,
        data: &Data,
        docket: &mut Docket,
        sighting: &Sighting,
        now: EventTime,
    ) -> Result<Taken> {
        if !is_recorded(sighting) {
            return Ok(Taken { case: None, is_known: false });
        }
        if let Some(case) = self.known(data, docket, sighting.id)? {
            return Ok(Taken { case, is_known: true });
        }
        let entry = self.entries.len();
        let placement = docket.place(sighting, now);
        self.entries.push(sighting_entry(sighting));
        let case = self.note(&placement, sighting, now);
        self.seen.insert(sighting.id, case);
        self.placed.push((sighting.clone(), case, entry));
        Ok(Taken { case, is_known: false })
    }

    /// The case of a sighting that was recorded before, if it has one now.
    fn known(&self, data: &Data, docket: &Docket, id: SightingId) -> Result<Option<Option<CaseId>>> {
        let case = match self.seen.get(&id) {
            Some(case) => *case,
            None => match cases::sighting(data, id)? {
                Some(document) => document.row.case.and_then(|case| case.parse().ok()),
                None => return Ok(None),
            },
        };
        Ok(Some(case.map(|case| docket.current(case))))
    }

    /// Notes what a placement means for cases, with an entry for each change that a person would want to know of.
    fn note(&mut self, placement: &Placement, sighting: &Sighting, now: EventTime) -> Option<CaseId> {
        let Placement::Placed { case, is_opened, is_reopened, joined, .. } = placement else { return None };
        self.touched.insert(*case);
        for younger in joined {
            self.touched.insert(*younger);
            self.joined.push((*younger, *case));
            let by = vec![("into", Value::from(case.to_string()))];
            self.entries.push(case_entry("case.joined", *younger, sighting, by, now));
        }
        if *is_opened {
            self.entries.push(case_entry("case.opened", *case, sighting, Vec::new(), now));
        }
        if *is_reopened {
            self.entries.push(case_entry("case.reopened", *case, sighting, Vec::new(), now));
        }
        Some(*case)
    }

    fn commit(self, data: &mut Data, docket: &Docket) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let first = data.record(&self.entries)?;
        let mut batch = Batch::new();
        for (younger, older) in &self.joined {
            cases::move_timeline(data, *younger, *older, &mut batch)?;
        }
        for (sighting, case, entry) in &self.placed {
            // A case of this group may have been joined by a later sighting of it.
            let case = case.map(|case| docket.current(case));
            let document = SightingDocument::new(sighting, case, first.0 + *entry as u64);
            cases::put_sighting(&mut batch, case, &document)?;
        }
        for id in &self.touched {
            let case = docket.case(*id).context("a case that was touched is on the docket")?;
            cases::put_case(&mut batch, case)?;
        }
        Ok(data.store.records.apply(&batch)?)
    }
}

/// Hosts, accounts and what the event says stand behind the commitment only.
fn sighting_entry(sighting: &Sighting) -> Entry {
    let row = SightingRow::new(sighting, None);
    let text = |text: &String| Value::from(text.as_str());
    let event = row.event.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let private = Value::object([
        ("time", text(&row.time)),
        ("title", text(&row.rule.title)),
        ("logsource", text(&row.logsource)),
        ("source", text(&row.source)),
        ("position", text(&row.position)),
        ("event", Value::Object(event)),
    ]);
    let public = vec![
        ("sighting", Value::from(sighting.id.to_string())),
        ("rule", text(&row.rule.id)),
        ("level", text(&row.rule.level)),
    ];
    Entry {
        kind: "watch.sighting",
        time: sighting.time.time(),
        public,
        private: private.to_canonical().into_bytes(),
    }
}

fn case_entry(
    kind: &'static str,
    case: CaseId,
    sighting: &Sighting,
    further: Vec<(&'static str, Value)>,
    now: EventTime,
) -> Entry {
    let mut public =
        vec![("case", Value::from(case.to_string())), ("sighting", Value::from(sighting.id.to_string()))];
    public.extend(further);
    Entry { kind, time: now, public, private: b"{}".to_vec() }
}

/// How many sightings were recorded.
///
/// # Errors
/// When the store fails.
pub fn count(data: &Data) -> Result<usize> {
    Ok(data.collection(SIGHTINGS)?.len())
}
