//! The header section of a message or part: what it says about the body, and which of its fields reach out.
//!
//! Fields that stay keep their bytes. What two readers could take differently (a second `Content-Type`, a line that is
//! no field) goes, so that afterwards all readers see the same message.

use memchr::memchr;

use super::target::looks_remote;

/// Fields that ask for a receipt on opening (RFC 8098, and what programs did before it).
pub(crate) const RECEIPT_FIELDS: &[&str] = &[
    "disposition-notification-to",
    "return-receipt-to",
    "x-confirm-reading-to",
    "read-receipt-to",
    "x-receipt-to",
    "x-pmrqc",
];

/// Other fields that make a program answer, fetch or connect without being asked (RFC 8098, RFC 8058, BIMI, and older habits).
const ACTIVE_FIELDS: &[&str] = &[
    "disposition-notification-options",
    "return-receipt-requested",
    "receipt-requested",
    "registered-mail-reply-requested-by",
    "generate-delivery-report",
    "x-confirm-delivery",
    "x-confirm-delivery-to",
    "list-unsubscribe-post",
    "bimi-location",
    "bimi-selector",
    "x-image-url",
    "x-avatar",
    "x-avatar-url",
    "avatar",
    "face-url",
    "openpgp",
    "link",
];

/// Fields that say how to read the body, of which only the first counts.
const SINGLE_FIELDS: &[&str] = &["content-type", "content-transfer-encoding"];

/// Fields that stay with a message of which nothing else can.
const MAIN_FIELDS: &[&str] = &["from", "to", "cc", "date", "subject", "message-id"];

/// A header section as a list of fields.
#[derive(Debug)]
pub(super) struct HeaderSection {
    fields: Vec<Field>,
    eol: &'static str,
}

#[derive(Debug)]
struct Field {
    /// Lower case; empty for a line that is no field.
    name: String,
    /// The field as it stands, with its folds and its line end.
    raw: Vec<u8>,
}

/// A message or part, cut at its first empty line.
#[derive(Debug)]
pub(super) struct Split<'a> {
    pub(super) header: &'a [u8],
    /// The empty line, or nothing where the section ends with the text.
    pub(super) separator: &'a [u8],
    pub(super) body: &'a [u8],
}

/// Cuts a message or part at its first empty line (RFC 5322, section 2.1).
pub(super) fn split(entity: &[u8]) -> Split<'_> {
    let mut end = 0;
    for line in lines(entity) {
        if matches!(line, b"\n" | b"\r\n") {
            let (header, rest) = entity.split_at(end);
            let (separator, body) = rest.split_at(line.len());
            return Split { header, separator, body };
        }
        end += line.len();
    }
    Split { header: entity, separator: b"", body: b"" }
}

/// The lines of a text with their ends.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

/// How a text ends its lines, judged by its first one.
pub(super) fn line_end(text: &[u8]) -> &'static str {
    match memchr(b'\n', text).and_then(|at| at.checked_sub(1)).and_then(|before| text.get(before)) {
        Some(b'\r') => "\r\n",
        _ => "\n",
    }
}

impl HeaderSection {
    pub(super) fn parse(header: &[u8], eol: &'static str) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        for line in lines(header) {
            let is_blank = line.iter().all(u8::is_ascii_whitespace);
            match fields.last_mut() {
                Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                    // A fold of blanks only ends the header for some readers (RFC 5322, section 3.2.2 forbids it).
                    if !is_blank {
                        field.raw.extend_from_slice(line);
                    }
                }
                _ => fields.push(Field { name: field_name(line), raw: line.to_vec() }),
            }
        }
        Self { fields, eol }
    }

    /// The value of the first field of this name, unfolded; bytes that are not UTF-8 are replaced.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|field| field.name == name).map(Field::value)
    }

    /// Replaces the first field of this name, or adds one.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let raw = format!("{name}: {value}{}", self.eol).into_bytes();
        let lower = name.to_ascii_lowercase();
        match self.fields.iter_mut().find(|field| field.name == lower) {
            Some(field) => field.raw = raw,
            None => {
                self.end_last_line();
                self.fields.push(Field { name: lower, raw });
            }
        }
    }

    /// Puts a field first, behind the `From ` line of an mbox if there is one, and drops others of its name.
    pub(super) fn put_first(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.end_last_line();
        let at = usize::from(self.fields.first().is_some_and(Field::is_mbox_line));
        let raw = format!("{name}: {value}{}", self.eol).into_bytes();
        self.fields.insert(at, Field { name: name.to_ascii_lowercase(), raw });
    }

    /// Drops all fields of this name.
    pub(super) fn remove(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        self.fields.retain(|field| field.name != lower);
    }

    /// Drops every field that says how to read the body.
    pub(super) fn remove_content_fields(&mut self) {
        self.fields.retain(|field| !field.name.starts_with("content-"));
    }

    /// Keeps what tells a person which message this was, each field on one line.
    pub(super) fn keep_main_fields(&mut self) {
        let eol = self.eol;
        self.fields.retain(|field| MAIN_FIELDS.contains(&field.name.as_str()));
        for field in &mut self.fields {
            let value: String = field.value().chars().filter(|c| !c.is_control()).collect();
            field.raw = format!("{}: {value}{eol}", field.name).into_bytes();
        }
    }

    /// Drops the fields that reach out and returns them; the second list is of those that are ambiguous.
    pub(super) fn disarm(&mut self) -> (Vec<String>, Vec<String>) {
        let (mut active, mut ambiguous) = (Vec::new(), Vec::new());
        let mut seen = [false; SINGLE_FIELDS.len()];
        let mut is_first = true;
        self.fields.retain_mut(|field| {
            let was_first = std::mem::take(&mut is_first);
            if field.name.is_empty() {
                let stays = was_first && field.is_mbox_line();
                ambiguous.extend((!stays).then(|| field.value()));
                return stays;
            }
            if let Some(at) = SINGLE_FIELDS.iter().position(|name| *name == field.name)
                && seen.get_mut(at).is_some_and(|seen| std::mem::replace(seen, true))
            {
                ambiguous.push(field.value());
                return false;
            }
            field.disarm(&mut active)
        });
        (active, ambiguous)
    }

    pub(super) fn write(&self, output: &mut Vec<u8>) {
        self.fields.iter().for_each(|field| output.extend_from_slice(&field.raw));
    }

    fn end_last_line(&mut self) {
        if let Some(field) = self.fields.last_mut().filter(|field| !field.raw.ends_with(b"\n")) {
            field.raw.extend_from_slice(self.eol.as_bytes());
        }
    }
}

impl Field {
    fn value(&self) -> String {
        let text = String::from_utf8_lossy(&self.raw);
        let value = text.split_once(':').map_or(text.as_ref(), |(_, value)| value);
        value.replace(['\r', '\n'], "").trim().to_owned()
    }

    fn is_mbox_line(&self) -> bool {
        self.raw.starts_with(b"From ") || self.raw.starts_with(b">From ")
    }

    /// Whether the field stays. What reaches out is added to `active`; a list of addresses may lose some of them.
    fn disarm(&mut self, active: &mut Vec<String>) -> bool {
        let name = self.name.as_str();
        if name == "list-unsubscribe" {
            return self.keep_mail_addresses(active);
        }
        let is_location = matches!(name, "content-location" | "content-base");
        let is_active = RECEIPT_FIELDS.contains(&name) || ACTIVE_FIELDS.contains(&name);
        if is_active || (is_location && looks_remote(&self.value())) {
            active.push(format!("{}: {}", self.name, self.value()));
            return false;
        }
        true
    }

    /// Web addresses to unsubscribe are fetched ahead by some programs (RFC 8058 lets them); mail addresses need a click.
    fn keep_mail_addresses(&mut self, active: &mut Vec<String>) -> bool {
        let value = self.value();
        let (mail, other): (Vec<_>, Vec<_>) = value
            .split(',')
            .map(str::trim)
            .partition(|address| address.to_ascii_lowercase().starts_with("<mailto:"));
        let web: Vec<_> = other.into_iter().filter(|address| !address.is_empty()).collect();
        if web.is_empty() {
            return true;
        }
        active.extend(web.iter().map(|address| format!("{}: {address}", self.name)));
        let eol = line_end(&self.raw);
        self.raw = format!("List-Unsubscribe: {}{eol}", mail.join(", ")).into_bytes();
        !mail.is_empty()
    }
}

/// The lower-case name of a field, or nothing where the line is none. Blanks before the colon are an old habit
/// (RFC 5322, section 4.5) that some readers accept, so they hide nothing here.
fn field_name(line: &[u8]) -> String {
    let Some(name) = memchr(b':', line).and_then(|colon| line.get(..colon)) else { return String::new() };
    let name = name.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    if is_name { String::from_utf8_lossy(name).to_ascii_lowercase() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &str, active: &[&str]) {
        let mut section = HeaderSection::parse(header.as_bytes(), "\r\n");
        let (found, _) = section.disarm();
        let mut output = Vec::new();
        section.write(&mut output);
        assert_eq!(
            (String::from_utf8_lossy(&output).as_ref(), found.as_slice()),
            (expected, &active.map_owned()[..])
        );
    }

    trait MapOwned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl MapOwned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|&text| text.to_owned()).collect()
        }
    }

    #[test]
    fn receipts_go_and_other_fields_keep_their_folds() {
        check(
            "Subject: a\r\n b\r\nDisposition-Notification-To:\r\n x@y.example\r\nTo: z\r\n",
            "Subject: a\r\n b\r\nTo: z\r\n",
            &["disposition-notification-to: x@y.example"],
        );
    }

    #[test]
    fn unsubscribing_by_mail_stays() {
        check(
            "List-Unsubscribe: <https://l.example/u>,\r\n <mailto:u@l.example>\r\n",
            "List-Unsubscribe: <mailto:u@l.example>\r\n",
            &["list-unsubscribe: <https://l.example/u>"],
        );
        check(
            "List-Unsubscribe: <mailto:u@l.example>\r\n",
            "List-Unsubscribe: <mailto:u@l.example>\r\n",
            &[],
        );
    }

    #[test]
    fn only_the_first_content_type_counts() {
        check(
            "From a\r\nContent-Type : text/plain\r\njunk\r\ncontent-type: text/html\r\n",
            "From a\r\nContent-Type : text/plain\r\n",
            &[],
        );
    }
}
