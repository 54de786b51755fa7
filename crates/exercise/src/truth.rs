//! What really happened, for measuring only: no detector may read it.

use crate::hostile::Planted;
use crate::house::member_id;
use crate::operation::{Delivery, Roster};

/// The two files of truth, as JSON lines.
pub(crate) struct Truth {
    pub(crate) campaigns: String,
    pub(crate) lawful: String,
}

impl Truth {
    pub(crate) fn new(roster: &Roster, planted: &[Planted]) -> Self {
        let mut truth = Self { campaigns: String::new(), lawful: String::new() };
        let mut by_operation: Vec<&Delivery> = roster.deliveries.iter().collect();
        by_operation.sort_by_key(|delivery| delivery.operation);
        for mails in by_operation.chunk_by(|a, b| a.operation == b.operation) {
            let Some(first) = mails.first() else { continue };
            match planted.iter().find(|campaign| campaign.operation == first.operation) {
                Some(campaign) => truth.campaigns.push_str(&campaign_line(roster, campaign, mails)),
                None => truth.lawful.push_str(&lawful_line(roster, mails)),
            }
        }
        truth
    }
}

fn campaign_line(roster: &Roster, campaign: &Planted, mails: &[&Delivery]) -> String {
    let mut members: Vec<usize> = mails.iter().map(|delivery| delivery.member()).collect();
    members.sort_unstable();
    members.dedup();
    let written_to = |opener: &&usize| members.contains(opener);
    format!(
        "{{\"id\":{},\"messages\":{},\"members\":{},\"senders\":{},\"hosts\":{},\"opened\":{}}}\n",
        quoted(campaign.id),
        list(&message_ids(roster, mails)),
        list(&members.iter().copied().map(member_id).collect::<Vec<_>>()),
        list(&campaign.senders),
        list(&campaign.hosts),
        list(&campaign.openers.iter().filter(written_to).copied().map(member_id).collect::<Vec<_>>()),
    )
}

fn lawful_line(roster: &Roster, mails: &[&Delivery]) -> String {
    let Some(first) = mails.first() else { return String::new() };
    let operation = roster.operation(first);
    format!(
        "{{\"id\":\"L{:04}\",\"kind\":{},\"party\":{},\"mails\":{},\"messages\":{}}}\n",
        first.operation,
        quoted(operation.kind()),
        quoted(operation.party()),
        mails.len(),
        list(&message_ids(roster, mails)),
    )
}

/// Each id once, in order of delivery; copies of one message share it.
fn message_ids(roster: &Roster, mails: &[&Delivery]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let ids = mails.iter().map(|delivery| roster.operation(delivery).message_id(delivery));
    ids.filter(|id| seen.insert(id.clone())).collect()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(","))
}

/// A JSON string (RFC 8259 section 7).
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n"), r#""a\"b\\c\u000a""#);
    }
}
