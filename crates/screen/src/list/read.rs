//! Telling which list a file is, and reading it whole or not at all.

use super::entry::{Entry, ListId};
use super::{eu, ofac, table, uk, un};
use model::limit::{SCREEN_ENTRIES_MAX, SCREEN_FILE_BYTES_MAX};

/// A file of a list.
#[derive(Debug, Clone, Copy)]
pub struct File<'f> {
    /// Its name, which is told in errors and tells apart the parts of OFAC's list in CSV.
    pub name: &'f str,
    /// Its content.
    pub bytes: &'f [u8],
}

/// One published state of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Which list.
    pub list: ListId,
    /// When it was published, as the list itself writes it; empty where it does not say.
    pub published: String,
    /// How many entries the list itself says that it has.
    pub stated: Option<usize>,
    /// Its entries, in the order of the file.
    pub entries: Vec<Entry>,
}

/// Why a file is refused. Whatever was in force before stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No list looks like this.
    #[error("{file}: this is no sanctions list in a format that is known")]
    Unknown {
        /// The file.
        file: String,
    },
    /// The file is damaged, cut off, or has other columns than the list.
    #[error("{file}: {position}: {reason}")]
    Broken {
        /// The file.
        file: String,
        /// Where, as `line N` or `byte N`.
        position: String,
        /// What is wrong.
        reason: String,
    },
    /// The list's own total is another one.
    #[error("{file}: the list says that it has {stated} entries, but {found} are in the file")]
    Total {
        /// The file.
        file: String,
        /// What the list says.
        stated: usize,
        /// What was read.
        found: usize,
    },
    /// Parts of OFAC's list in CSV without the part that they belong to.
    #[error(
        "{file}: names or addresses of a list whose main file (sdn.csv or cons_prim.csv) is not given with it"
    )]
    PartAlone {
        /// The file.
        file: String,
    },
}

/// What is wrong, before the file's name is added.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    position: Option<String>,
    reason: String,
}

impl Flaw {
    pub(super) fn of(reason: &str) -> Self {
        Self { position: None, reason: reason.to_owned() }
    }

    pub(super) fn at_byte(byte: u64, reason: &str) -> Self {
        Self { position: Some(format!("byte {byte}")), reason: reason.to_owned() }
    }

    pub(super) fn at_line(line: u64, reason: &str) -> Self {
        Self { position: Some(format!("line {line}")), reason: reason.to_owned() }
    }

    /// With this position where none is known yet.
    pub(super) fn or_at_byte(self, byte: u64) -> Self {
        Self { position: self.position.or_else(|| Some(format!("byte {byte}"))), ..self }
    }

    fn in_file(self, file: &str) -> ReadError {
        let position = self.position.unwrap_or_else(|| "byte 0".to_owned());
        ReadError::Broken { file: file.to_owned(), position, reason: self.reason }
    }
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    UkXml,
    UkCsv,
    UkSheet,
    OfacXml,
    OfacAdvanced,
    OfacCsv,
    OfacPart,
    UnXml,
    EuXml,
    EuCsv,
}

/// Reads files, each of which is a list or a part of one.
///
/// # Errors
/// [`ReadError`] of the first file that is refused: a list is read whole or not at all.
pub fn read(files: &[File<'_>]) -> Result<Vec<Edition>, ReadError> {
    let mut parts = Vec::new();
    let mut mains = Vec::new();
    for file in files {
        match recognise(file)? {
            Format::OfacPart => parts.push(*file),
            format => mains.push((*file, format)),
        }
    }
    if let Some(part) = parts.iter().find(|part| !mains.iter().any(|main| is_main_of(*main, part))) {
        return Err(ReadError::PartAlone { file: part.name.to_owned() });
    }
    mains.into_iter().map(|main| read_one(main, &parts)).collect()
}

/// Parts belong to the main file with the same beginning: `sdn.csv`, `alt.csv`, `add.csv`; `cons_prim.csv`, `cons_alt.csv`.
fn is_main_of((main, format): (File<'_>, Format), part: &File<'_>) -> bool {
    format == Format::OfacCsv && ofac::is_consolidated(main.name) == ofac::is_consolidated(part.name)
}

fn read_one((file, format): (File<'_>, Format), parts: &[File<'_>]) -> Result<Edition, ReadError> {
    let edition = match format {
        Format::UkSheet => table::of_spreadsheet(file.bytes).and_then(uk::of_table),
        Format::UkCsv => table::of_csv(text(&file)?, b',').and_then(uk::of_table),
        Format::UkXml => uk::of_xml(text(&file)?),
        Format::OfacXml => ofac::of_xml(text(&file)?),
        Format::OfacAdvanced => ofac::of_advanced(text(&file)?),
        Format::OfacCsv | Format::OfacPart => return read_ofac_csv(file, format, parts),
        Format::UnXml => un::of_xml(text(&file)?),
        Format::EuXml => eu::of_xml(text(&file)?),
        Format::EuCsv => table::of_csv(text(&file)?, b';').and_then(eu::of_table),
    };
    check(edition.map_err(|flaw| flaw.in_file(file.name))?, file.name)
}

fn read_ofac_csv(file: File<'_>, format: Format, parts: &[File<'_>]) -> Result<Edition, ReadError> {
    let mut list = ofac::CsvList::of_main(file.name, text(&file)?).map_err(|flaw| flaw.in_file(file.name))?;
    for part in parts.iter().filter(|part| is_main_of((file, format), part)) {
        list.add_part(text(part)?).map_err(|flaw| flaw.in_file(part.name))?;
    }
    check(list.finish(), file.name)
}

/// Holds an edition against what it says of itself.
fn check(edition: Edition, file: &str) -> Result<Edition, ReadError> {
    let found = edition.entries.len();
    if found == 0 {
        return Err(Flaw::of("the list has no entry").in_file(file));
    }
    if found > SCREEN_ENTRIES_MAX {
        return Err(Flaw::of("the list has too many entries").in_file(file));
    }
    if let Some(entry) = edition.entries.iter().find(|entry| entry.uid.is_empty() || entry.names.is_empty()) {
        let reason = format!("the entry {:?} has no identifier or no name", entry.uid);
        return Err(Flaw::of(&reason).in_file(file));
    }
    let mut uids: Vec<&str> = edition.entries.iter().map(|entry| entry.uid.as_str()).collect();
    uids.sort_unstable();
    if let Some(uid) = uids.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first())?) {
        return Err(Flaw::of(&format!("the entry {uid} is there twice")).in_file(file));
    }
    match edition.stated {
        Some(stated) if stated != found => Err(ReadError::Total { file: file.to_owned(), stated, found }),
        _ => Ok(edition),
    }
}

fn text<'f>(file: &File<'f>) -> Result<&'f str, ReadError> {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    std::str::from_utf8(bytes)
        .map_err(|error| Flaw::at_byte(error.valid_up_to() as u64, "this is not UTF-8").in_file(file.name))
}

/// Bytes at the beginning of a file that tell its format.
const HEAD_BYTES: usize = 4_096;

fn recognise(file: &File<'_>) -> Result<Format, ReadError> {
    if file.bytes.len() as u64 > SCREEN_FILE_BYTES_MAX {
        return Err(Flaw::of("the file is larger than any list").in_file(file.name));
    }
    if file.bytes.starts_with(b"PK\x03\x04") {
        return Ok(Format::UkSheet);
    }
    let head = file.bytes.get(..HEAD_BYTES).unwrap_or(file.bytes);
    let head = String::from_utf8_lossy(head);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let format = if head.starts_with('<') { of_markup(head) } else { of_rows(head) };
    format.ok_or_else(|| ReadError::Unknown { file: file.name.to_owned() })
}

/// The format of XML, by the name of its root.
fn of_markup(head: &str) -> Option<Format> {
    const ROOTS: [(&str, Format); 5] = [
        ("<Designations", Format::UkXml),
        ("<sdnList", Format::OfacXml),
        ("<Sanctions", Format::OfacAdvanced),
        ("<CONSOLIDATED_LIST", Format::UnXml),
        ("<export", Format::EuXml),
    ];
    ROOTS.into_iter().find(|(root, _)| head.contains(root)).map(|(_, format)| format)
}

/// The format of rows, by their headings, or by the columns of OFAC's files, which have none.
fn of_rows(head: &str) -> Option<Format> {
    let lines = head.lines().take(3);
    for line in lines {
        let heading = table::plain(line);
        if heading.contains("entitylogicalid") {
            return Some(Format::EuCsv);
        }
        if heading.contains("uniqueid") || heading.contains("name6name1name2") {
            return Some(Format::UkCsv);
        }
    }
    let first = table::of_csv(head.lines().next()?, b',').ok()?;
    let cells = first.rows.first()?.cells.as_slice();
    let is_number = |cell: &String| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    match cells {
        [uid, ..] if !is_number(uid) => None,
        [_, second, ..] if cells.len() == 12 && !is_number(second) => Some(Format::OfacCsv),
        [_, second, ..] if matches!(cells.len(), 5 | 6) && is_number(second) => Some(Format::OfacPart),
        _ => None,
    }
}
