//! One row of a DMARC report while it is being read.

use super::tag::Tag;
use super::{Checked, Disposition, Row};
use crate::domain::domain_of;
use crate::report::{domain, kept};
use std::net::IpAddr;

/// What is known of a row so far.
#[derive(Default)]
pub(super) struct Draft {
    source: Option<IpAddr>,
    count: Option<u64>,
    disposition: Disposition,
    is_dkim_aligned: bool,
    is_spf_aligned: bool,
    override_reason: String,
    header_from: String,
    dkim: Option<Checked>,
    spf: Option<Checked>,
    /// The authentication result that is being read.
    checked: Checked,
}

impl Draft {
    pub(super) fn has_count(&self) -> bool {
        self.count.is_some()
    }

    /// The row; `None` where the address of its source is missing, without which it says nothing.
    pub(super) fn into_row(self) -> Option<Row> {
        Some(Row {
            source: self.source?,
            count: self.count.unwrap_or(1),
            disposition: self.disposition,
            is_dkim_aligned: self.is_dkim_aligned,
            is_spf_aligned: self.is_spf_aligned,
            override_reason: self.override_reason,
            header_from: self.header_from,
            dkim: self.dkim,
            spf: self.spf,
        })
    }

    /// Takes the text of an element; `false` where it makes no sense.
    pub(super) fn leaf(&mut self, parent: Tag, tag: Tag, text: &str) -> bool {
        match (parent, tag) {
            (_, Tag::SourceIp) => {
                self.source = text.parse().ok().map(|ip: IpAddr| ip.to_canonical());
                return self.source.is_some();
            }
            (_, Tag::Count) => {
                self.count = count(text);
                return self.count.is_some();
            }
            (_, Tag::Disposition) => {
                let disposition = Disposition::of_word(text);
                self.disposition = disposition.unwrap_or_default();
                return disposition.is_some();
            }
            (_, Tag::HeaderFrom) => {
                self.header_from = domain(domain_of(text)).unwrap_or_default();
                return !self.header_from.is_empty();
            }
            (Tag::Evaluated, Tag::Dkim) => self.is_dkim_aligned = is_pass(text),
            (Tag::Evaluated, Tag::Spf) => self.is_spf_aligned = is_pass(text),
            (Tag::Reason, Tag::Type) => self.override_reason = kept(text).to_lowercase(),
            (Tag::Dkim | Tag::Spf, Tag::Domain) => self.checked.domain = domain(text).unwrap_or_default(),
            (Tag::Dkim | Tag::Spf, Tag::Result) => self.checked.result = kept(text).to_lowercase(),
            _ => {}
        }
        true
    }

    pub(super) fn begin_result(&mut self) {
        self.checked = Checked::default();
    }

    /// Keeps the result that was read: the first, until one passes.
    pub(super) fn close_result(&mut self, tag: Tag) {
        let checked = std::mem::take(&mut self.checked);
        let place = if tag == Tag::Dkim { &mut self.dkim } else { &mut self.spf };
        let is_better = place.as_ref().is_none_or(|kept| !is_pass(&kept.result) && is_pass(&checked.result));
        if is_better && !checked.domain.is_empty() {
            *place = Some(checked);
        }
    }
}

fn is_pass(text: &str) -> bool {
    text.eq_ignore_ascii_case("pass")
}

/// A count of at least one, perhaps written as a fraction.
fn count(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_whole = fraction.bytes().all(|digit| digit == b'0');
    whole.parse().ok().filter(|count| *count > 0 && is_whole)
}
