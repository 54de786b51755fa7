//! Rows under a header, from comma-separated text or from a spreadsheet.

use super::read::Flaw;
use calamine::{Data, Reader, open_workbook_auto_from_rs};
use model::limit::{SCREEN_PREAMBLE_ROWS_MAX, SCREEN_TABLE_COLUMNS_MAX};
use std::io::Cursor;

/// Rows of a list.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Headings as they are written.
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Cells above the header, such as the date of the report.
    pub(super) preamble: Vec<String>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Line of the file or row of the sheet, from 1.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Row {
    /// A cell without blanks around it; nothing where the list has no such column.
    pub(super) fn cell(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.cells.get(column)).map_or("", |cell| cell.trim())
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().trim_matches('\u{1a}').is_empty())
    }
}

impl Table {
    /// The column under one of these headings. Case, blanks and punctuation of a heading vary between editions.
    pub(super) fn column(&self, headings: &[&str]) -> Option<usize> {
        headings.iter().find_map(|heading| self.header.iter().position(|own| plain(own) == *heading))
    }

    /// Puts the header where one of the first rows has the heading `key`, and everything above into the preamble.
    pub(super) fn under_header(mut self, key: &[&str]) -> Result<Self, Flaw> {
        let has_key = |row: &Row| row.cells.iter().any(|cell| key.contains(&plain(cell).as_str()));
        let at = self.rows.iter().take(SCREEN_PREAMBLE_ROWS_MAX).position(has_key);
        let Some(at) = at else {
            return Err(Flaw::at_line(1, &format!("no row has the heading {}", key.join(" or "))));
        };
        let mut rows = self.rows.into_iter();
        self.preamble = rows.by_ref().take(at).flat_map(|row| row.cells).collect();
        self.header = rows.next().map(|row| row.cells).unwrap_or_default();
        self.rows = rows.filter(|row| !row.is_empty()).collect();
        Ok(self)
    }

    /// Every row must be as wide as the header: a row of another width was cut, or its columns moved.
    pub(super) fn of_equal_width(self) -> Result<Self, Flaw> {
        let width = self.header.len();
        match self.rows.iter().find(|row| row.cells.len() != width) {
            Some(row) => {
                let reason = format!("{} columns where the header has {width}", row.cells.len());
                Err(Flaw::at_line(row.line, &reason))
            }
            None => Ok(self),
        }
    }
}

/// A heading without case, blanks and punctuation.
pub(super) fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Rows of separated text, of which none is a header yet.
pub(super) fn of_csv(text: &str, delimiter: u8) -> Result<Table, Flaw> {
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 != 0 {
        let line = 1 + text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        return Err(Flaw::at_line(line, "the file ends within quotation marks: it is not complete"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Flaw::at_line(line, &error.to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > SCREEN_TABLE_COLUMNS_MAX {
            return Err(Flaw::at_line(line, "there are too many columns"));
        }
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(Table { rows, ..Table::default() })
}

/// Rows of the first sheet of an XLSX or ODS file, of which none is a header yet.
pub(super) fn of_spreadsheet(bytes: &[u8]) -> Result<Table, Flaw> {
    let broken =
        |error: calamine::Error| Flaw::at_byte(0, &format!("the spreadsheet cannot be opened: {error}"));
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let Some(sheet) = book.worksheet_range_at(0) else {
        return Err(Flaw::at_byte(0, "the spreadsheet has no sheet"));
    };
    let sheet = sheet.map_err(broken)?;
    if sheet.width() > SCREEN_TABLE_COLUMNS_MAX {
        return Err(Flaw::at_line(1, "there are too many columns"));
    }
    let first = sheet.start().map_or(1, |(row, _)| u64::from(row) + 1);
    let rows = sheet.rows().zip(first..);
    let rows = rows.map(|(cells, line)| Row { line, cells: cells.iter().map(cell).collect() }).collect();
    Ok(Table { rows, ..Table::default() })
}

/// Text of a cell. A date is written as the British lists write dates.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{day:02}/{month:02}/{year:04}")
        }
        other => other.to_string(),
    }
}
