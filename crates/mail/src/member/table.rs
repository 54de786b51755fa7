//! The list of members as a table: its encoding, its header row, and one checked row after another.

use super::{HouseError, normalized_address};
use csv::StringRecord;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use model::{Defect, GroupId, MailboxKind};
use std::borrow::Cow;

/// Where each column stands.
#[derive(Debug, Clone, Copy)]
struct Columns {
    id: usize,
    name: usize,
    address: usize,
    groups: usize,
    kind: Option<usize>,
}

/// A list whose header row has been read.
pub(super) struct Table<'a> {
    text: Cow<'a, str>,
    source_name: &'a str,
    columns: Columns,
    header_line: usize,
    pub(super) defects: Vec<Defect>,
}

/// One row, its values checked and normalised.
#[derive(Debug)]
pub(super) struct Row {
    place: Place,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) addresses: Vec<String>,
    pub(super) groups: Vec<GroupId>,
    pub(super) kind: Option<MailboxKind>,
}

/// Where a row stands.
#[derive(Debug, Clone)]
struct Place {
    source_name: String,
    line: usize,
}

impl<'a> Table<'a> {
    pub(super) fn parse(csv: &'a [u8], source_name: &'a str) -> Result<Self, HouseError> {
        let mut defects = Vec::new();
        let text = decoded(csv, source_name, &mut defects);
        let header = text.lines().zip(1..).find(|(line, _)| !line.trim().is_empty());
        let Some((line, header_line)) = header else {
            return Err(HouseError::Empty { source_name: source_name.to_owned() });
        };
        let missing = |column| HouseError::ColumnMissing {
            source_name: source_name.to_owned(),
            line: header_line as u64,
            column,
        };
        let columns = Columns::of(&record(line).unwrap_or_default()).map_err(missing)?;
        Ok(Self { text, source_name, columns, header_line, defects })
    }

    /// The rows below the header. Each line is a row by itself: no value here has reason to contain a line end, and so a
    /// quote that is never closed costs one row and not the rest of the list.
    pub(super) fn rows(&self) -> Vec<Result<Row, Defect>> {
        let lines = self.text.lines().zip(1..).skip(self.header_line);
        let lines = lines.filter(|(line, _)| !line.trim().is_empty());
        lines.map(|(line, number)| self.row(line, number)).collect()
    }

    fn row(&self, line: &str, number: usize) -> Result<Row, Defect> {
        let place = Place { source_name: self.source_name.to_owned(), line: number };
        let Some(values) = record(line) else {
            return Err(place.defect("a quote is not closed on its line".to_owned()));
        };
        let Columns { id, name, address, groups, kind } = self.columns;
        let value = |column: usize| values.get(column).unwrap_or_default().trim();
        if value(id).is_empty() {
            return Err(place.defect("the row has no id".to_owned()));
        }
        let addresses = addresses(value(address)).map_err(|reason| place.defect(reason))?;
        let kind = mailbox_kind(kind.map_or("", value)).map_err(|reason| place.defect(reason))?;
        let groups = parts(value(groups)).map(GroupId::from).collect();
        Ok(Row { place, id: value(id).to_owned(), name: value(name).to_owned(), addresses, groups, kind })
    }
}

impl Columns {
    /// The places of the columns that a header row names, or the first name that it lacks.
    fn of(header: &StringRecord) -> Result<Self, &'static str> {
        let find = |name: &str| header.iter().position(|title| title.trim().eq_ignore_ascii_case(name));
        let need = |name: &'static str| find(name).ok_or(name);
        let (id, name, address, groups) = (need("id")?, need("name")?, need("address")?, need("groups")?);
        Ok(Self { id, name, address, groups, kind: find("kind") })
    }
}

impl Row {
    pub(super) fn defect(&self, reason: String) -> Defect {
        self.place.defect(reason)
    }
}

impl Place {
    fn defect(&self, reason: String) -> Defect {
        Defect { source: self.source_name.clone(), position: format!("line {}", self.line), reason }
    }
}

/// The text of the list: by its byte order mark, else UTF-8, else the Latin-1 that old spreadsheets write, which is reported.
fn decoded<'a>(csv: &'a [u8], source_name: &str, defects: &mut Vec<Defect>) -> Cow<'a, str> {
    let (marked, mark_bytes) = Encoding::for_bom(csv).unwrap_or((UTF_8, 0));
    let bytes = csv.get(mark_bytes..).unwrap_or_default();
    if let Some(text) = marked.decode_without_bom_handling_and_without_replacement(bytes) {
        return text;
    }
    let valid_bytes = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    defects.push(Defect {
        source: source_name.to_owned(),
        position: format!("byte {}", mark_bytes + valid_bytes),
        reason: "not UTF-8; the list is read as Latin-1 (Windows-1252)".to_owned(),
    });
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// The values of one line; `None` if a quote is open at its end.
fn record(line: &str) -> Option<StringRecord> {
    if line.bytes().filter(|&byte| byte == b'"').count() % 2 == 1 {
        return None;
    }
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).buffer_capacity(line.len() + 1).from_reader(line.as_bytes());
    let mut record = StringRecord::new();
    reader.read_record(&mut record).ok()?.then_some(record)
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// The addresses of one value: one, or several separated by `;`.
fn addresses(value: &str) -> Result<Vec<String>, String> {
    let addresses: Result<Vec<String>, String> = parts(value)
        .map(|part| normalized_address(part).ok_or_else(|| format!("`{part}` is not a mail address")))
        .collect();
    match addresses {
        Ok(addresses) if addresses.is_empty() => Err("the row has no address".to_owned()),
        addresses => addresses,
    }
}

fn mailbox_kind(value: &str) -> Result<Option<MailboxKind>, String> {
    match value.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "house" => Ok(Some(MailboxKind::House)),
        "personal" => Ok(Some(MailboxKind::Personal)),
        _ => Err(format!("`{value}` is not a kind of mailbox; it is `house` or `personal`")),
    }
}
