//! The member ledger as pages ask for it: in parts, by campaign or by member, so that nobody who looks at one member reads
//! the rows of all.

use super::{LEDGER, LedgerRow};
use crate::data::Data;
use crate::measure::Page;
use anyhow::Result;
use store::{Batch, Records};

/// The rows again, by member and then by campaign.
const BY_MEMBER: &str = "mail.ledger.member";
/// Sorts behind every campaign of a member.
const LAST: char = char::MAX;

/// Adds a row to a batch, under its campaign and under its member.
pub(super) fn put(batch: &mut Batch, row: &LedgerRow) -> Result<()> {
    let document = serde_json::to_vec(row)?;
    batch.put(BY_MEMBER, &member_key(&row.member, &row.campaign), document.clone());
    batch.put(LEDGER, &campaign_key(&row.campaign, &row.member), document);
    Ok(())
}

/// Rows by campaign and member, perhaps of one campaign or of one member only, after the one that the key `after` names.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn rows(
    data: &Data,
    campaign: Option<&str>,
    member: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<LedgerRow>> {
    let rows: Vec<LedgerRow> = match (campaign, member) {
        (Some(campaign), Some(member)) => {
            let key = campaign_key(campaign, member);
            let found = data.document(LEDGER, &key)?;
            found.into_iter().filter(|_| after.is_none_or(|after| after < key.as_str())).collect()
        }
        (None, Some(member)) => {
            let campaign = after.and_then(|after| after.strip_suffix(&format!("/{member}")));
            let from = member_key(member, campaign.unwrap_or_default());
            data.documents_after(BY_MEMBER, Some(&from), limit + 1)?
        }
        (Some(campaign), None) => {
            let from = campaign_key(campaign, "");
            let from = after.filter(|after| *after > from.as_str()).unwrap_or(&from);
            data.documents_after(LEDGER, Some(from), limit + 1)?
        }
        (None, None) => data.documents_after(LEDGER, after, limit + 1)?,
    };
    let is_wanted = |row: &LedgerRow| {
        campaign.is_none_or(|wanted| row.campaign == wanted)
            && member.is_none_or(|wanted| row.member == wanted)
    };
    let rows = rows.into_iter().take_while(is_wanted).collect();
    Ok(Page::of(rows, limit, |row: &LedgerRow| campaign_key(&row.campaign, &row.member)))
}

/// Rows of one member, those of the latest campaigns first, at most `limit`.
///
/// # Errors
/// As [`rows`].
pub fn of_member(data: &Data, member: &str, limit: usize) -> Result<Vec<LedgerRow>> {
    let end = member_key(member, &LAST.to_string());
    let rows: Vec<LedgerRow> = data.documents_before(BY_MEMBER, Some(&end), limit)?;
    Ok(rows.into_iter().take_while(|row| row.member == member).collect())
}

/// Members of whom the ledger tells, by identifier, after the member `after`, at most `limit`. Each is found by one look
/// into the index, however many campaigns wrote to it.
///
/// # Errors
/// As [`rows`].
pub fn members_after(data: &Data, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
    let mut members: Vec<String> = Vec::new();
    while members.len() < limit {
        let last = members.last().map(String::as_str).or(after);
        let from = last.map(|member| member_key(member, &LAST.to_string()));
        let Some((key, _)) = data.store.records.scan(BY_MEMBER, from.as_deref(), 1)?.into_iter().next()
        else {
            break;
        };
        let Some((member, _)) = key.split_once('\n') else { break };
        members.push(member.to_owned());
    }
    Ok(members)
}

fn campaign_key(campaign: &str, member: &str) -> String {
    format!("{campaign}/{member}")
}

/// Identifiers may hold a slash, and no line break.
fn member_key(member: &str, campaign: &str) -> String {
    format!("{member}\n{campaign}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER_ROWS: [(&str, &str); 6] =
        [("C-1", "M1"), ("C-1", "M1/a"), ("C-1", "M2"), ("C-2", "M1"), ("C-2", "M2"), ("C-3", "M1")];

    fn filled(folder: &std::path::Path) -> Data {
        let data = Data::open(folder).expect("a new folder");
        let mut batch = Batch::new();
        for (campaign, member) in LEDGER_ROWS {
            let row = LedgerRow {
                campaign: campaign.to_owned(),
                member: member.to_owned(),
                state: "delivered".to_owned(),
                since: "2021-01-18T09:00:00Z".to_owned(),
                evidence: 0,
                message_evidence: None,
                opened: None,
                opened_evidence: None,
            };
            put(&mut batch, &row).expect("it is JSON");
        }
        data.store.records.apply(&batch).expect("the store works");
        data
    }

    /// All rows that are asked for, in parts of `limit`.
    fn all(data: &Data, campaign: Option<&str>, member: Option<&str>, limit: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = rows(data, campaign, member, after.as_deref(), limit).expect("the store works");
            assert!(page.rows.len() <= limit);
            found.extend(page.rows.iter().map(|row| campaign_key(&row.campaign, &row.member)));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }

    #[test]
    fn parts_add_up_to_what_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = filled(folder.path());
        let everything: Vec<String> =
            LEDGER_ROWS.iter().map(|(one, other)| campaign_key(one, other)).collect();
        for limit in 1..8 {
            assert_eq!(all(&data, None, None, limit), everything, "parts of {limit}");
            assert_eq!(all(&data, Some("C-1"), None, limit), ["C-1/M1", "C-1/M1/a", "C-1/M2"]);
            assert_eq!(all(&data, None, Some("M1"), limit), ["C-1/M1", "C-2/M1", "C-3/M1"]);
            assert_eq!(all(&data, Some("C-2"), Some("M2"), limit), ["C-2/M2"]);
            assert!(all(&data, Some("C-"), None, limit).is_empty());
        }
    }

    #[test]
    fn the_latest_campaigns_of_a_member_come_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = filled(folder.path());
        let campaigns = |member: &str, limit: usize| -> Vec<String> {
            let rows = of_member(&data, member, limit).expect("the store works");
            rows.into_iter().map(|row| row.campaign).collect()
        };
        assert_eq!(campaigns("M1", 2), ["C-3", "C-2"]);
        assert_eq!(campaigns("M1/a", 9), ["C-1"]);
        assert!(campaigns("M", 9).is_empty());
    }

    #[test]
    fn members_are_listed_once_each() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = filled(folder.path());
        let members =
            |after: Option<&str>, limit: usize| members_after(&data, after, limit).expect("it works");
        assert_eq!(members(None, 9), ["M1", "M1/a", "M2"]);
        assert_eq!(members(Some("M1"), 1), ["M1/a"]);
        assert!(members(Some("M2"), 9).is_empty());
    }
}
