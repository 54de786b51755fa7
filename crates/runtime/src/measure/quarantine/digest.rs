//! What each member is told of the own mail in quarantine: once a day, as text that loads and links nothing.

use super::{ITEMS, Item, ItemState, QUARANTINE_DAYS};
use crate::clock::rfc3339;
use crate::data::Data;
use crate::measure::Result;
use crate::measure::outbox::{self, Content, Draft, Kind};
use crate::measure::series;
use crate::measure::warning::{address_of, harmless};
use mail::member::House;
use model::EventTime;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::time::DAY_SECS;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::{Batch, Records};

/// Collection and key of the time of the last digests.
const SETTINGS: &str = "setting";
const LAST: &str = "digest.last";
/// Messages that one digest lists; the others are counted.
const LISTED_MAX: usize = 50;
/// Messages of one day that are looked at.
const DAY_ITEMS_MAX: usize = 20_000;

/// Queues a digest for each member with mail that came into quarantine since the last ones, where a day has passed. Answers
/// how many were queued.
///
/// # Errors
/// When the store fails; the same digests are then still due.
pub fn send_digests(data: &mut Data, house: &House, now: EventTime) -> Result<u64> {
    let last: i64 = series::document(data, SETTINGS, LAST)?.unwrap_or(now.0 - DAY_SECS);
    if now.secs_since(EventTime(last)) < DAY_SECS {
        return Ok(0);
    }
    let mut by_member: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in since(data, EventTime(last))? {
        for member in &item.members {
            by_member.entry(member.clone()).or_default().push(item.clone());
        }
    }
    let mut drafts = Vec::new();
    for (member, items) in by_member {
        let found = house.by_id(&member).and_then(|index| house.member(index));
        let Some(rcpt_to) = found.and_then(address_of) else { continue };
        drafts.push(Draft {
            key: format!("digest/{}/{member}", now.day()),
            kind: Kind::Digest,
            mail_from: None,
            rcpt_to: rcpt_to.to_owned(),
            content: Content::Text {
                subject: "Mail that was kept from your mailbox".to_owned(),
                text: text(&items),
            },
            decision: None,
            about: member,
        });
    }
    let mut batch = Batch::new();
    let count = outbox::enqueue(data, &mut batch, drafts, now)?;
    series::put(&mut batch, SETTINGS, LAST, &now.0)?;
    data.store.records.apply(&batch)?;
    Ok(count)
}

fn since(data: &Data, last: EventTime) -> Result<Vec<Item>> {
    let mut found: Vec<Item> = Vec::new();
    let mut after = None;
    loop {
        let page = ITEMS.page(data, after.as_deref(), MEASURE_PAGE_ROWS_MAX)?;
        let has_older = page.rows.iter().any(|item| item.received < last);
        found.extend(
            page.rows.into_iter().filter(|item| item.received >= last && item.state == ItemState::Kept),
        );
        after = page.next;
        if has_older || after.is_none() || found.len() >= DAY_ITEMS_MAX {
            return Ok(found);
        }
    }
}

fn text(items: &[Item]) -> String {
    let mut text = String::from(
        "These mails were addressed to you and kept back, because they look like an attempt to deceive you.\n\
         Nobody has read them for you. Dots and at signs are written out, so that nothing here can be clicked.\n\n",
    );
    for item in items.iter().take(LISTED_MAX) {
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "{}  {}\n  from {}\n  \"{}\"\n",
            item.id,
            rfc3339(item.received),
            harmless(&item.from),
            harmless(&item.subject)
        );
    }
    if items.len() > LISTED_MAX {
        let _ = writeln!(text, "And {} more.\n", items.len() - LISTED_MAX);
    }
    let _ = write!(
        text,
        "If you expect one of them, tell the people who look after the security of your mail its number.\n\
         Two of them can release it to you, unchanged. After {QUARANTINE_DAYS} days they are deleted.\n"
    );
    text
}
