//! Openings of campaign mail as events, so that rules can join them with what accounts do afterwards.

use super::watcher::{Held, Place, Seen, Watcher};
use crate::clock::parse_rfc3339;
use crate::data::Data;
use crate::ledger::{self, LedgerRow};
use anyhow::Result;
use mail::member::House;
use model::EventMillis;
use std::collections::BTreeSet;
use std::sync::Arc;
use watch::correlation::Offset;
use watch::event::{Event, Value};

/// What the ledger is called among the sources.
pub(super) const SOURCE: &str = "member ledger";
/// Names of the fields of such an event, and the words of its logsource.
const FIELDS: [&str; 4] = ["event", "account", "member", "campaign"];
const PRODUCT: &str = "portcullis";
const SERVICE: &str = "mail-ledger";

/// Openings that were shown to the rules already.
#[derive(Debug, Default)]
pub(super) struct LedgerEvents(BTreeSet<(String, String)>);

impl LedgerEvents {
    /// What rules have to hear of openings that are new, for each address of the member.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn new_openings(
        &mut self,
        data: &Data,
        house: &House,
        watcher: &mut Watcher,
    ) -> Result<Vec<Held>> {
        let mut found = Vec::new();
        for row in ledger::ledger(data)? {
            let Some(opened) = row.opened_at() else { continue };
            let member = house.by_id(&row.member).and_then(|index| house.member(index));
            let Some(member) = member.filter(|_| self.0.insert((row.campaign.clone(), row.member.clone())))
            else {
                continue;
            };
            found.extend(
                member.addresses.iter().filter_map(|(address, _)| held(watcher, &row, address, opened)),
            );
        }
        Ok(found)
    }
}

impl LedgerRow {
    /// When the member first opened a message, if that is known.
    fn opened_at(&self) -> Option<EventMillis> {
        self.opened.as_deref().and_then(parse_rfc3339).map(Into::into)
    }
}

fn held(watcher: &mut Watcher, row: &LedgerRow, address: &str, opened: EventMillis) -> Option<Held> {
    let names = Arc::clone(watcher.names());
    let mut event = Event { time: Some(opened), ..Event::default() };
    event.origin.product = Some(PRODUCT.into());
    event.origin.services.push(SERVICE.into());
    for (name, value) in FIELDS.into_iter().zip(["opened", address, &row.member, &row.campaign]) {
        event.push(names.id(name), Value::Text(value.into()));
    }
    let position = Offset::source_of(&format!("{}\n{}\n{address}", row.campaign, row.member));
    let place = || Place {
        offset: Offset { source: Offset::source_of(SOURCE), position },
        source: SOURCE.into(),
        position: format!("entry {}", row.opened_evidence.unwrap_or(row.evidence)),
    };
    let Seen { held, .. } = watcher.see(&event, place, opened);
    held
}
