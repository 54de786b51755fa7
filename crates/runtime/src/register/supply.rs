//! The ledger of supplied copies: who has which, on what legal ground, until when, and whether it was destroyed.

use super::check_name;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::{Context, Result};
use evidence::Value;
use model::EventTime;
use model::limit::{REGISTER_NAME_BYTES_MAX, REGISTER_SUPPLIES_MAX};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// Collection of supplies, by number.
const SUPPLIES: &str = "register_supply";

/// What was handed over, and what was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover<'a> {
    /// Name of the register.
    pub register: &'a str,
    /// Who has the copy.
    pub recipient: &'a str,
    /// The legal ground, as the office words it.
    pub ground: &'a str,
    /// When the copy has to be destroyed.
    pub until: EventTime,
}

/// A supplied copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplyRow {
    /// Its number, such as `S-0001`.
    pub id: String,
    /// Name of the register.
    pub register: String,
    /// Who has the copy.
    pub recipient: String,
    /// The legal ground.
    pub ground: String,
    /// When it was handed over, RFC 3339.
    pub supplied: String,
    /// When it has to be destroyed, RFC 3339.
    pub until: String,
    /// When its destruction was attested, RFC 3339; `null` before.
    pub destroyed: Option<String>,
    /// Who attested it; `null` before.
    pub attested_by: Option<String>,
    /// Entry of the evidence log that proves the last change.
    pub evidence: u64,
    /// `held`, `overdue` or `destroyed`.
    #[serde(default)]
    pub state: String,
}

impl SupplyRow {
    fn state_at(&self, now: EventTime) -> &'static str {
        match (&self.destroyed, parse_rfc3339(&self.until)) {
            (Some(_), _) => "destroyed",
            (None, Some(until)) if until < now => "overdue",
            (None, _) => "held",
        }
    }
}

/// Puts a handover on the ledger.
///
/// # Errors
/// When a text is empty or too long, the copy was to be destroyed before now, the ledger is full, or the store fails.
pub fn supply(data: &mut Data, handover: &Handover<'_>, now: EventTime) -> Result<SupplyRow> {
    check_name(handover.register)?;
    for (what, text) in [("recipient", handover.recipient), ("legal ground", handover.ground)] {
        let is_text =
            (1..=REGISTER_NAME_BYTES_MAX).contains(&text.trim().len()) && !text.chars().any(char::is_control);
        anyhow::ensure!(
            is_text,
            "the {what} has 1 to {REGISTER_NAME_BYTES_MAX} bytes without control characters"
        );
    }
    anyhow::ensure!(handover.until > now, "a copy that should be destroyed already is not handed over");
    let known = data.collection(SUPPLIES)?.len();
    anyhow::ensure!(
        known < REGISTER_SUPPLIES_MAX,
        "the ledger holds {REGISTER_SUPPLIES_MAX} supplies, as many as it can"
    );
    let row = SupplyRow {
        id: format!("S-{:04}", known + 1),
        register: handover.register.to_owned(),
        recipient: handover.recipient.trim().to_owned(),
        ground: handover.ground.trim().to_owned(),
        supplied: rfc3339(now),
        until: rfc3339(handover.until),
        destroyed: None,
        attested_by: None,
        evidence: 0,
        state: String::new(),
    };
    keep(data, row, "register.copy_supplied", now)
}

/// Notes that somebody attested the destruction of a copy.
///
/// # Errors
/// When there is no such supply, it was attested before, the name is empty or too long, or the store fails.
pub fn attest(data: &mut Data, id: &str, by: &str, now: EventTime) -> Result<SupplyRow> {
    let is_name =
        (1..=REGISTER_NAME_BYTES_MAX).contains(&by.trim().len()) && !by.chars().any(char::is_control);
    anyhow::ensure!(is_name, "whoever attests has a name of 1 to {REGISTER_NAME_BYTES_MAX} bytes");
    let row = data.store.records.get(SUPPLIES, id)?.with_context(|| format!("there is no supply {id}"))?;
    let mut row: SupplyRow = serde_json::from_slice(&row).context("a supply on the ledger is damaged")?;
    anyhow::ensure!(row.destroyed.is_none(), "the destruction of {id} was attested before");
    row.destroyed = Some(rfc3339(now));
    row.attested_by = Some(by.trim().to_owned());
    keep(data, row, "register.destruction_attested", now)
}

/// Evident first, then on the ledger.
fn keep(data: &mut Data, mut row: SupplyRow, kind: &'static str, now: EventTime) -> Result<SupplyRow> {
    let entry = Entry {
        kind,
        time: now,
        public: vec![("supply", Value::from(row.id.as_str()))],
        private: Value::object([
            ("register", row.register.as_str().into()),
            ("recipient", row.recipient.as_str().into()),
            ("ground", row.ground.as_str().into()),
            ("until", row.until.as_str().into()),
            ("attested_by", row.attested_by.as_deref().unwrap_or_default().into()),
        ])
        .to_canonical()
        .into_bytes(),
    };
    row.evidence = data.record(&[entry])?.0;
    data.store.records.apply(Batch::new().put(SUPPLIES, &row.id, serde_json::to_vec(&row)?))?;
    row.state = row.state_at(now).to_owned();
    Ok(row)
}

/// The ledger in the order of handover, with the state of each as of `now`.
///
/// # Errors
/// When the store fails or a row is damaged.
pub fn supplies(data: &Data, now: EventTime) -> Result<Vec<SupplyRow>> {
    let rows = data.collection(SUPPLIES)?.into_iter();
    rows.map(|(_, row)| {
        let mut row: SupplyRow = serde_json::from_slice(&row).context("a supply on the ledger is damaged")?;
        row.state = row.state_at(now).to_owned();
        Ok(row)
    })
    .collect()
}
