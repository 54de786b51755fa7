//! One pass over the XML of a DMARC report. Nothing is expanded, no type definition is read, nothing is fetched.
//!
//! Reporters get nesting, names and order wrong, so an element is understood by its name and the element around it, and an
//! end tag closes everything that was left open within.

use super::row::Draft;
use super::tag::Tag;
use super::{AggregateReport, Policy, time};
use crate::codec::cut;
use crate::report::{Defects, domain, kept};
use model::limit::{REPORT_DEPTH_MAX, REPORT_POLICIES_MAX, REPORT_ROWS_MAX, REPORT_TEXT_BYTES_MAX};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// Bytes of a text that a defect quotes.
const QUOTED_BYTES: usize = 60;

/// An open element.
struct Open {
    tag: Tag,
    /// As written: an end tag must repeat it.
    name: String,
}

/// The state of one pass.
pub(super) struct Reading<'d> {
    defects: &'d mut Defects,
    report: AggregateReport,
    /// Open elements, outermost first.
    open: Vec<Open>,
    /// Text of the innermost open element, as far as it is kept.
    text: String,
    /// The row that is being read.
    draft: Option<Draft>,
    has_root: bool,
    /// Where the reader stands, in bytes of the document.
    position: u64,
    rows_left_out: u64,
}

impl<'d> Reading<'d> {
    pub(super) fn new(defects: &'d mut Defects) -> Self {
        Self {
            defects,
            report: AggregateReport::default(),
            open: Vec::new(),
            text: String::new(),
            draft: None,
            has_root: false,
            position: 0,
            rows_left_out: 0,
        }
    }

    /// The report in `xml`; `None` where there is no `feedback` in it.
    pub(super) fn read(mut self, xml: &str) -> Option<AggregateReport> {
        let mut reader = Reader::from_str(xml);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.expand_empty_elements = true;
        loop {
            self.position = reader.buffer_position();
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => {
                    if !self.take(event) {
                        break;
                    }
                }
                Err(error) => {
                    self.tell(format!("the XML cannot be read further: {error}"));
                    break;
                }
            }
        }
        self.finish()
    }

    /// Takes one event; `false` where reading must end.
    fn take(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Start(start) => return self.begin(start.name().as_ref(), start.local_name().as_ref()),
            Event::End(end) => self.end(end.name().as_ref()),
            Event::Text(text) => self.add(&text.into_inner()),
            Event::CData(text) => self.add(&text.into_inner()),
            Event::GeneralRef(reference) => self.refer(&reference),
            Event::DocType(_) => self.tell("a document type is declared, which is not read"),
            _ => {}
        }
        true
    }

    fn begin(&mut self, name: &str, local: &str) -> bool {
        self.leaf();
        if self.open.len() >= REPORT_DEPTH_MAX {
            self.tell(format!("elements are nested deeper than {REPORT_DEPTH_MAX}"));
            return false;
        }
        let tag = Tag::of(local);
        match tag {
            Tag::Feedback => self.has_root = true,
            Tag::Record => self.draft = Some(Draft::default()),
            Tag::Published => self.begin_policy(),
            Tag::Dkim | Tag::Spf => self.draft.iter_mut().for_each(Draft::begin_result),
            _ => {}
        }
        self.open.push(Open { tag, name: cut(name, REPORT_TEXT_BYTES_MAX).to_owned() });
        true
    }

    fn begin_policy(&mut self) {
        if self.report.policies.len() < REPORT_POLICIES_MAX {
            self.report.policies.push(Policy::default());
        } else {
            self.tell(format!("policies over the limit of {REPORT_POLICIES_MAX} are left out"));
        }
    }

    /// Closes the element of this name with everything open within it; an end of nothing is passed over.
    fn end(&mut self, name: &str) {
        let name = cut(name, REPORT_TEXT_BYTES_MAX);
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            self.tell("an element ends that was never begun");
            return;
        };
        if at + 1 < self.open.len() {
            self.tell("an element ends while one within it is open");
        }
        while self.open.len() > at {
            self.leaf();
            if let Some(open) = self.open.pop() {
                self.close(open.tag);
            }
        }
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Feedback => self.report.is_whole = true,
            Tag::Record => self.close_row(),
            Tag::Dkim | Tag::Spf if self.open.last().is_some_and(|open| open.tag == Tag::AuthResults) => {
                self.draft.iter_mut().for_each(|draft| draft.close_result(tag));
            }
            _ => {}
        }
    }

    fn close_row(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        if !draft.has_count() {
            self.tell("a row without its count, taken for one message");
        }
        match draft.into_row() {
            None => self.tell("a row without the address of its source"),
            Some(row) if self.report.rows.len() < REPORT_ROWS_MAX => self.report.rows.push(row),
            Some(_) => self.rows_left_out += 1,
        }
    }

    fn add(&mut self, text: &str) {
        let text = if self.text.is_empty() { text.trim_start() } else { text };
        let room = REPORT_TEXT_BYTES_MAX.saturating_sub(self.text.len());
        self.text.push_str(cut(text, room));
    }

    /// A character reference or one of the five names of XML; other names would need a document type.
    fn refer(&mut self, reference: &BytesRef<'_>) {
        if let Ok(Some(character)) = reference.resolve_char_ref() {
            return self.add(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.add(text),
            None => self.tell("an entity is named, which is not expanded"),
        }
    }

    /// Takes the text of the innermost element, if there is any.
    fn leaf(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let mut innermost = self.open.iter().rev().map(|open| open.tag);
        let (Some(tag), parent) = (innermost.next(), innermost.next().unwrap_or(Tag::Other)) else { return };
        if text.is_empty() || tag == Tag::Other {
            return;
        }
        let is_understood = match &mut self.draft {
            Some(draft) => draft.leaf(parent, tag, text),
            None => self.report.leaf(parent, tag, text),
        };
        if !is_understood {
            self.tell(format!("`{}` cannot be understood", kept(cut(text, QUOTED_BYTES))));
        }
    }

    fn finish(mut self) -> Option<AggregateReport> {
        if !self.has_root {
            self.tell("no DMARC report: there is no `feedback`");
            return None;
        }
        if !self.report.is_whole {
            self.tell("the report is cut off");
        }
        if self.rows_left_out > 0 {
            self.tell(format!(
                "{} rows over the limit of {REPORT_ROWS_MAX} are left out",
                self.rows_left_out
            ));
        }
        if self.report.reporter.is_empty() {
            self.report.reporter = crate::domain::domain_of(&self.report.contact).to_owned();
        }
        for (what, is_missing) in [
            ("its reporter", self.report.reporter.is_empty()),
            ("its id", self.report.report_id.is_empty()),
            ("its dates", self.report.begin.is_none() && self.report.end.is_none()),
            ("its domain", self.report.domain().is_none()),
        ] {
            if is_missing {
                self.tell(format!("the report does not tell {what}"));
            }
        }
        Some(self.report)
    }

    fn tell(&mut self, reason: impl Into<String>) {
        self.defects.tell(self.position, reason);
    }
}

impl AggregateReport {
    /// Takes a text outside of rows; `false` where it makes no sense.
    fn leaf(&mut self, parent: Tag, tag: Tag, text: &str) -> bool {
        match tag {
            Tag::OrgName => self.reporter = kept(text),
            Tag::Email => self.contact = kept(text),
            Tag::ReportId => self.report_id = kept(text),
            Tag::Begin => {
                self.begin = time(text);
                return self.begin.is_some();
            }
            Tag::End => {
                self.end = time(text);
                return self.end.is_some();
            }
            _ if parent == Tag::Published => {
                return self.policies.last_mut().is_none_or(|policy| policy.leaf(tag, text));
            }
            _ => {}
        }
        true
    }
}

impl Policy {
    /// Takes a text within a policy; `false` where it makes no sense.
    fn leaf(&mut self, tag: Tag, text: &str) -> bool {
        let field = match tag {
            Tag::Domain => {
                self.domain = domain(text).unwrap_or_default();
                return !self.domain.is_empty();
            }
            Tag::P => &mut self.p,
            Tag::Sp => &mut self.sp,
            Tag::Pct => &mut self.pct,
            Tag::Adkim => &mut self.adkim,
            Tag::Aspf => &mut self.aspf,
            _ => return true,
        };
        *field = kept(text).to_lowercase();
        true
    }
}
