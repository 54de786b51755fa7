//! Reports out of messages: the attachment that is one, whatever its reporter calls it.

use super::{Defects, Report, Shape, document, feedback};
use crate::message::bound::bound;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use model::limit::{NESTING_MAX, PARTS_MAX, REPORTS_PER_MESSAGE_MAX};

/// Every report in a message.
pub(super) fn reports(raw: &[u8], defects: &mut Defects) -> Vec<Report> {
    let mut reports = Vec::new();
    let is_message = with_parts(raw, defects, |raw, parsed, defects| {
        if let Some(complaint) = feedback::of(raw, parsed, defects) {
            reports.push(Report::Feedback(Box::new(complaint)));
            return;
        }
        let mut found = Vec::new();
        candidates(parsed, 0, &mut found);
        if found.is_empty() {
            defects.tell(0, "no report is attached to the message");
        } else if found.len() > REPORTS_PER_MESSAGE_MAX {
            defects.tell(0, format!("reports over the limit of {REPORTS_PER_MESSAGE_MAX} are left out"));
        }
        let documents = found.into_iter().take(REPORTS_PER_MESSAGE_MAX);
        reports.extend(documents.filter_map(|packed| document(packed, defects)));
    });
    if !is_message {
        defects.tell(0, "neither a report nor a message");
    }
    reports
}

/// Parses what of a message is within the limits and gives it to `take`, with the bytes that its offsets refer to; `false`
/// where it is no message.
pub(super) fn with_parts(
    raw: &[u8],
    defects: &mut Defects,
    take: impl FnOnce(&[u8], &Message<'_>, &mut Defects),
) -> bool {
    let mut truncations = Vec::new();
    let bounded = bound(raw, &mut truncations);
    truncations.into_iter().for_each(|truncation| defects.tell(0, truncation));
    match MessageParser::default().parse(bounded.as_ref()) {
        Some(parsed) if parsed.headers().iter().any(|header| header.offset_end > 0) => {
            take(&bounded, &parsed, defects);
            true
        }
        _ => false,
    }
}

/// Parts that look like a report, those of forwarded messages too.
fn candidates<'a>(message: &'a Message<'_>, depth: usize, found: &mut Vec<&'a [u8]>) {
    if depth > NESTING_MAX {
        return;
    }
    for part in message.parts.iter().take(PARTS_MAX) {
        match &part.body {
            PartType::Message(nested) => candidates(nested, depth + 1, found),
            PartType::Multipart(_) => {}
            _ if is_report(part) => found.push(part.contents()),
            _ => {}
        }
    }
}

/// Whether a part is to be read as a report: by what it begins with. The text that people read beside a report is neither an
/// archive nor XML, but a part that is shown as HTML begins like XML.
fn is_report(part: &MessagePart<'_>) -> bool {
    match Shape::of(part.contents()) {
        Shape::Archive | Shape::Json => true,
        Shape::Xml => !matches!(part.body, PartType::Html(_)) || is_named_xml(part),
        Shape::Other => false,
    }
}

fn is_named_xml(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".xml"))
}
