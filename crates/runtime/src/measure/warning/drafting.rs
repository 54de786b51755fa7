//! Which drafts there are to be: one for each member whom a campaign of concern wrote to, as things stand now.

use super::letter::{self, Letter};
use super::{
    BY_CAMPAIGN, BY_MEMBER, HELD, State, UNPROPOSED, WAITING, WARNINGS, Warning, address_of, entry, prefix,
    put,
};
use crate::data::Data;
use crate::ledger;
use crate::measure::{MeasureError, Result, assessment, note, series};
use crate::overview::{self, CampaignHead};
use crate::row::CampaignRow;
use mail::member::House;
use mail::message::digest;
use model::{EventTime, MemberState};
use store::{Batch, Records};

/// What a campaign's drafts were made of last, so that those of campaigns that have not changed are not looked at.
const MADE_OF: &str = "warning.made_of";
/// How long a draft stays as it is when only numbers in it have changed: a campaign that is under way changes all the time.
const REWRITE_SECS: i64 = 3_600;

/// Writes the drafts that are missing, writes those anew whose member the campaign has come further with, and takes those
/// back whose campaign is of no concern any more. What somebody proposed to send stays as it is. Answers how many changed.
///
/// # Errors
/// When the store fails; the rest is done with the next call.
pub fn draft(data: &mut Data, house: &House, now: EventTime) -> Result<usize> {
    let mut changed = 0;
    for head in overview::heads(data)? {
        let last = assessment::of(data, &head.id)?;
        let is_of_concern = assessment::is_of_concern(&head, last.as_ref());
        let made_of = made_of(&head, is_of_concern)?;
        let before: Option<String> = series::document(data, MADE_OF, &head.id)?;
        let was_never = before.is_none() && !is_of_concern && last.is_none();
        if before.as_ref() == Some(&made_of) || was_never {
            continue;
        }
        if is_of_concern {
            let drafted = draft_for(data, house, &head, now)?;
            changed += drafted.changed;
            if drafted.is_to_be_looked_at_again {
                continue;
            }
        } else {
            changed += take_back(data, &head.id, now)?;
        }
        let mut batch = Batch::new();
        series::put(&mut batch, MADE_OF, &head.id, &made_of)?;
        data.store.records.apply(&batch)?;
    }
    Ok(changed)
}

/// Adds to `batch` that the drafts of a campaign are to be looked at again.
pub(super) fn look_again(batch: &mut Batch, campaign: &str) {
    batch.delete(MADE_OF, campaign);
}

/// A campaign is written about by what its head tells and how many members are in which state; a mail more to the same
/// members changes nothing that a draft says but its count.
fn made_of(head: &CampaignHead, is_of_concern: bool) -> Result<String> {
    let told = (&head.states, &head.likelihood, head.senders, head.messages, is_of_concern);
    let bytes = serde_json::to_vec(&told).map_err(anyhow::Error::from)?;
    Ok(digest(&bytes).to_string())
}

struct Drafted {
    changed: usize,
    /// Whether a draft is out of date and was not written anew yet.
    is_to_be_looked_at_again: bool,
}

fn draft_for(data: &mut Data, house: &House, head: &CampaignHead, now: EventTime) -> Result<Drafted> {
    let mut drafted = Drafted { changed: 0, is_to_be_looked_at_again: false };
    let Some(row) = ledger::campaign(data, &head.id)? else { return Ok(drafted) };
    let mut work = Vec::new();
    for (member, reached) in &row.members {
        if reached == MemberState::Warned.word() {
            continue;
        }
        let known = data.store.records.get(BY_CAMPAIGN, &format!("{}{member}", prefix(&row.id)))?;
        let known = match known {
            Some(id) => WARNINGS.get(data, &String::from_utf8_lossy(&id))?,
            None => None,
        };
        let fresh = fresh(house, &row, (member, reached), known.as_ref(), now);
        match known.map_or(Due::Now, |known| due(&known, &fresh, now)) {
            Due::Now => work.push(fresh),
            Due::AfterAWhile => drafted.is_to_be_looked_at_again = true,
            Due::Never => {}
        }
    }
    drafted.changed = work.len();
    if !work.is_empty() {
        store_drafts(data, work, now)?;
    }
    Ok(drafted)
}

/// When a draft is to be written anew.
enum Due {
    Now,
    AfterAWhile,
    Never,
}

fn due(known: &Warning, fresh: &Warning, now: EventTime) -> Due {
    let is_open = matches!(known.state, State::Drafted | State::Held) && known.decision.is_none();
    let says_the_same = (&known.text, &known.address) == (&fresh.text, &fresh.address);
    if !is_open || says_the_same {
        Due::Never
    } else if known.reached != fresh.reached || now.secs_since(known.written_at) >= REWRITE_SECS {
        Due::Now
    } else {
        Due::AfterAWhile
    }
}

/// The draft, without identifier where it is new.
fn fresh(
    house: &House,
    row: &CampaignRow,
    (member, reached): (&str, &str),
    known: Option<&Warning>,
    now: EventTime,
) -> Warning {
    let found = house.by_id(member).and_then(|index| house.member(index));
    let state = reached.parse().unwrap_or(MemberState::Targeted);
    let Letter { subject, text } =
        letter::write(row, state, found.map(|member| member.name.as_str()).unwrap_or_default());
    let address = found.and_then(address_of).unwrap_or_default().to_owned();
    let reached = reached.to_owned();
    match known {
        Some(known) => Warning { subject, text, reached, address, written_at: now, ..known.clone() },
        None => Warning {
            id: String::new(),
            campaign: row.id.clone(),
            member: member.to_owned(),
            address,
            subject,
            text,
            reached,
            state: State::Drafted,
            since: now,
            drafted_at: now,
            written_at: now,
            hold: None,
            decision: None,
            evidence: 0,
            code_digest: None,
        },
    }
}

fn store_drafts(data: &mut Data, mut drafts: Vec<Warning>, now: EventTime) -> Result<()> {
    let mut batch = Batch::new();
    let fresh = drafts.iter().filter(|draft| draft.id.is_empty()).count();
    let mut ids = WARNINGS.take(data, fresh)?.into_iter();
    for draft in drafts.iter_mut().filter(|draft| draft.id.is_empty()) {
        draft.id = ids.next().ok_or(MeasureError::Conflict("no number is left"))?;
    }
    let entries: Vec<_> = drafts.iter().map(|draft| drafted_entry(draft, now)).collect();
    let first = data.record(&entries)?;
    for (offset, mut draft) in drafts.into_iter().enumerate() {
        draft.evidence = first.0 + offset as u64;
        batch.put(BY_CAMPAIGN, &format!("{}{}", prefix(&draft.campaign), draft.member), draft.id.clone());
        WARNINGS.index(&mut batch, BY_MEMBER, &prefix(&draft.member), &draft.id);
        WARNINGS.index(&mut batch, WAITING, "", &draft.id);
        put(&mut batch, &draft)?;
    }
    Ok(data.store.records.apply(&batch)?)
}

fn drafted_entry(draft: &Warning, now: EventTime) -> crate::evidence_log::Entry {
    let private = vec![
        ("member", evidence::Value::from(draft.member.as_str())),
        ("text", evidence::Value::from(draft.text.as_str())),
    ];
    entry("warning.drafted", draft, private, now)
}

/// Takes back the drafts of a campaign that two persons found harmless. Their numbers are not given again.
fn take_back(data: &mut Data, campaign: &str, now: EventTime) -> Result<usize> {
    let waiting = super::of_campaign(data, campaign)?;
    let is_draft = |warning: &Warning| {
        matches!(warning.state, State::Drafted | State::Held) && warning.decision.is_none()
    };
    let drafts: Vec<Warning> = waiting.into_iter().filter(is_draft).collect();
    for draft in &drafts {
        note::record(data, entry("warning.taken_back", draft, Vec::new(), now))?;
        let mut batch = Batch::new();
        batch.delete(BY_CAMPAIGN, &format!("{}{}", prefix(campaign), draft.member));
        WARNINGS.unindex(&mut batch, BY_MEMBER, &prefix(&draft.member), &draft.id);
        WARNINGS.unindex(&mut batch, WAITING, "", &draft.id);
        WARNINGS.unindex(&mut batch, HELD, "", &draft.id);
        batch.delete(UNPROPOSED, &format!("{}{}", prefix(campaign), draft.id));
        WARNINGS.delete(&mut batch, &draft.id);
        data.store.records.apply(&batch)?;
    }
    Ok(drafts.len())
}
