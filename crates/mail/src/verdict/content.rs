//! Traits of how the message is built: pictures for text, disguised letters, active parts, attachments.

use super::facts::Facts;
use super::letters;
use super::weight::{self, Weight};
use crate::message::Attachment;
use model::Reason;

/// Letters of visible text below which pictures are the message.
const PICTURE_LETTERS_MAX: usize = 160;
/// Letters of visible text below which there is little but the link.
const BRIEF_LETTERS_MAX: usize = 400;
/// Disguises in a text from which it is no slip of a copied word.
const DISGUISES_MIN: usize = 3;
/// Plain letters written as numeric references from which it is no slip of a template.
const ENTITIES_MIN: usize = 10;
/// Bytes of visible text that are looked at for disguises.
const TEXT_MAX: usize = 32 << 10;

pub(super) fn find(facts: &Facts<'_>, reasons: &mut Vec<Reason>) {
    let message = facts.message;
    let html = &message.html;
    let visible = crate::codec::cut(facts.visible(), TEXT_MAX);
    let disguises = letters::disguises(visible);
    let references = if facts.is_formatted { plain_references(visible) } else { 0 };
    let letters = visible
        .bytes()
        .take(4 * BRIEF_LETTERS_MAX)
        .filter(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
        .count();
    let strangers = !facts.links.is_empty() && !facts.links.iter().any(|link| link.is_familiar);
    let is_brief = letters < BRIEF_LETTERS_MAX && strangers && !facts.is_reply;
    let mut note = |is_found: bool, weight: Weight, detail: String| {
        if is_found {
            reasons.push(weight.reason(detail));
        }
    };
    note(disguises >= DISGUISES_MIN, weight::TEXT_DISGUISED, format!("{disguises} places"));
    note(references >= ENTITIES_MIN, weight::TEXT_ENTITIES, format!("{references} letters"));
    note(message.has_base64_ascii, weight::TEXT_BASE64, String::new());
    note(facts.is_formatted && message.text.trim().is_empty(), weight::HTML_ONLY, String::new());
    let is_told_in_text = message.text.len() > BRIEF_LETTERS_MAX;
    let is_picture = facts.is_formatted
        && html.images > 0
        && letters < PICTURE_LETTERS_MAX
        && strangers
        && !is_told_in_text;
    note(is_picture, weight::PICTURE_ONLY, format!("{letters} letters"));
    note(is_brief && !is_picture, weight::BRIEF_LINK, format!("{letters} letters"));
    note(html.forms > 0, weight::FORM, String::new());
    note(html.scripts > 0, weight::SCRIPT, String::new());
    find_attachments(facts, letters, reasons);
}

/// ASCII letters that are written as `&#97;` or `&#x61;` (the scan leaves entities in text as written).
fn plain_references(text: &str) -> usize {
    let values = text.split("&#").skip(1).filter_map(|rest| {
        let number = rest.get(..rest.find(';')?.min(8))?;
        match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        }
    });
    values.filter_map(char::from_u32).filter(char::is_ascii_alphabetic).count()
}

fn find_attachments(facts: &Facts<'_>, letters: usize, reasons: &mut Vec<Reason>) {
    let attachments = &facts.message.attachments;
    if let Some(active) = attachments.iter().find(|part| is_active(part)) {
        reasons.push(weight::ATTACHMENT_ACTIVE.reason(active.name.clone()));
    }
    if let Some(misnamed) = attachments.iter().find(|part| is_misnamed(&part.name)) {
        reasons.push(weight::ATTACHMENT_MISNAMED.reason(misnamed.name.clone()));
    }
    let is_bare = letters < PICTURE_LETTERS_MAX && !facts.is_reply;
    if let Some(office) = attachments.iter().find(|part| is_bare && is_office(&part.name)) {
        reasons.push(weight::ATTACHMENT_BARE.reason(office.name.clone()));
    }
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.trim().to_ascii_lowercase()).unwrap_or_default()
}

fn is_active(part: &Attachment) -> bool {
    matches!(
        ending(&part.name).as_str(),
        "html"
            | "htm"
            | "shtml"
            | "xhtml"
            | "svg"
            | "iso"
            | "img"
            | "vhd"
            | "lnk"
            | "url"
            | "js"
            | "jse"
            | "vbs"
            | "vbe"
            | "wsf"
            | "hta"
            | "exe"
            | "scr"
            | "com"
            | "pif"
            | "bat"
            | "cmd"
            | "ps1"
            | "msi"
            | "jar"
            | "cpl"
            | "one"
            | "xll"
            | "chm"
            | "docm"
            | "xlsm"
            | "pptm"
    )
}

fn is_office(name: &str) -> bool {
    matches!(ending(name).as_str(), "pdf" | "doc" | "docx" | "xls" | "xlsx" | "rtf" | "zip" | "rar" | "7z")
}

/// `invoice.pdf.html`, or an ending that is pushed out of sight or written backwards.
fn is_misnamed(name: &str) -> bool {
    let inner = name.rsplit_once('.').map(|(stem, _)| stem).unwrap_or_default();
    let is_double = is_office(inner)
        && !is_office(name)
        && !matches!(ending(name).as_str(), "gz" | "asc" | "sig" | "p7m" | "p7s");
    is_double || name.contains("     ") || name.chars().any(letters::is_invisible)
}
