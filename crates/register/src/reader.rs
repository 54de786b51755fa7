//! From the bytes of a CSV file to canonical rows, one in memory at a time. What cannot be used is set aside by its line.

use crate::{
    canonical::{Key, Row},
    layout::{Columns, Layout, LayoutError, MARKERS, NAME, SURNAME},
};
use csv::ByteRecord;
use model::limit::{REGISTER_FIELD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use model::{Defect, Defects};
use std::{
    borrow::Cow,
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

/// The mark of an anonymous entry. The law keeps such an elector's name and address out of every copy, so a row with both a
/// mark and a name is one that must not be here, and none is taken in.
const ANONYMOUS: &str = "N";

/// Why a file cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure<E> {
    /// The header does not say what is needed.
    #[error("the header cannot be used")]
    Layout(#[from] LayoutError),
    /// Reading failed, or a row has no end, as after a quote that is never closed.
    #[error("cannot read the rows")]
    Csv(#[from] csv::Error),
    /// Whoever took the rows failed.
    #[error("cannot take the rows in")]
    Taker(#[source] E),
}

/// Reads every row of `input` and hands it to `take`. Returns the layout, and what was set aside: ragged rows, rows without a
/// key, anonymous electors, fields that are too long. `source` is the file's name in defects.
///
/// # Errors
/// When the header cannot be used, reading fails, or `take` does.
pub fn read_rows<E>(
    input: impl Read,
    source: &str,
    columns: &Columns,
    mut take: impl FnMut(&Row) -> Result<(), E>,
) -> Result<(Layout, Defects), ReadFailure<E>> {
    let mut records = Records::new(input);
    let mut record = ByteRecord::new();
    let mut defects = Defects::default();
    records.read(&mut record)?;
    let layout = Layout::new(&texts(&record).map(Cow::into_owned).collect::<Vec<_>>(), columns)?;
    loop {
        if !records.read(&mut record)? {
            return Ok((layout, defects));
        }
        let line = record.position().map_or(0, csv::Position::line);
        match row_of(&record, line, &layout) {
            Ok(row) => take(&row).map_err(ReadFailure::Taker)?,
            Err(reason) => {
                let position = format!("line {line}");
                defects.push(Defect { source: source.to_owned(), position, reason });
            }
        }
    }
}

/// The records of a CSV file, each within its limit.
pub(crate) struct Records<R> {
    reader: csv::Reader<Bounded<R>>,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Records<R> {
    /// Records of `input`, of which the first may be a header.
    pub(crate) fn new(input: R) -> Self {
        Self::with(input, true)
    }

    /// Lines of `input`: a quote is a sign like others.
    pub(crate) fn lines(input: R) -> Self {
        Self::with(input, false)
    }

    fn with(input: R, is_quoted: bool) -> Self {
        let left = Rc::new(Cell::new(REGISTER_RECORD_BYTES_MAX));
        let input = Bounded { input, left: Rc::clone(&left) };
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.flexible(true).has_headers(false).quoting(is_quoted).from_reader(input);
        Self { reader, left }
    }

    /// Reads the next one, and answers whether there was one.
    ///
    /// # Errors
    /// When reading fails, or the record is longer than [`REGISTER_RECORD_BYTES_MAX`].
    pub(crate) fn read(&mut self, record: &mut ByteRecord) -> Result<bool, csv::Error> {
        self.left.set(REGISTER_RECORD_BYTES_MAX);
        self.reader.read_byte_record(record)
    }
}

/// The row, or why it is set aside.
pub(crate) fn row_of(record: &ByteRecord, line: u64, layout: &Layout) -> Result<Row, String> {
    if record.len() != layout.width() {
        return Err(format!("{} fields where the header has {}", record.len(), layout.width()));
    }
    let values: Vec<Cow<'_, str>> = texts(record).collect();
    if values.iter().any(|value| value.len() > REGISTER_FIELD_BYTES_MAX) {
        return Err(format!("a field is longer than {REGISTER_FIELD_BYTES_MAX} bytes"));
    }
    let value = |column: &usize| values.get(*column).map_or("", |value| value.as_ref());
    if is_anonymous(layout, &value) {
        return Err("an anonymous elector: such entries are refused".to_owned());
    }
    let key = Key::of(layout.keys.iter().map(value));
    if key.is_blank() {
        return Err("no elector number".to_owned());
    }
    let name = |column: &usize| layout.fields.get(*column).map_or("", String::as_str);
    Ok(Row::new(key, line, layout.rest.iter().map(|column| (name(column), value(column)))))
}

fn is_anonymous<'a>(layout: &Layout, value: &impl Fn(&usize) -> &'a str) -> bool {
    let of_field =
        |field| layout.fields.iter().position(|other| other == field).map_or("", |column| value(&column));
    let is_marked = of_field(MARKERS).split(|c: char| !c.is_alphanumeric()).any(|word| word == ANONYMOUS);
    is_marked || of_field(SURNAME) == ANONYMOUS || of_field(NAME) == ANONYMOUS
}

/// The texts of a record. A record that is not UTF-8 is Windows-1252, which the offices' older programs write; deciding for
/// each record keeps files whole that were joined from both. Space around a value and the kind of its line ends say nothing
/// about an elector and are made alike.
pub(crate) fn texts(record: &ByteRecord) -> impl Iterator<Item = Cow<'_, str>> {
    let is_utf8 = record.iter().all(|field| std::str::from_utf8(field).is_ok());
    record.iter().map(move |field| {
        let text = if is_utf8 {
            String::from_utf8_lossy(field)
        } else {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0
        };
        plain(text)
    })
}

fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        return Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned());
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A reader that fails when one record takes more than its share, so that a quote without an end does not fill the memory.
struct Bounded<R> {
    input: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let Some(left) = self.left.get().checked_sub(read) else {
            let reason =
                format!("a row is longer than {REGISTER_RECORD_BYTES_MAX} bytes: is a quote left open?");
            return Err(io::Error::other(reason));
        };
        self.left.set(left);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn read(input: &[u8]) -> (Vec<Row>, Vec<String>) {
        let mut rows = Vec::new();
        let take = |row: &Row| {
            rows.push(row.clone());
            Ok::<_, Infallible>(())
        };
        let (_, defects) = read_rows(input, "r.csv", &Columns::default(), take).unwrap();
        (rows, defects.kept.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn check_alike(left: &[u8], right: &[u8]) {
        let bare = |input| {
            read(input)
                .0
                .into_iter()
                .map(|row| (row.key.clone(), row.as_bytes().to_vec()))
                .collect::<Vec<_>>()
        };
        assert_eq!(bare(left), bare(right));
        assert_eq!(bare(left).len(), 1);
    }

    #[test]
    fn encodings_line_ends_and_columns_do_not_matter() {
        let utf8 = "Elector Number,Elector Surname\n7,Zoë\n".as_bytes();
        check_alike(utf8, b"Elector Number,Elector Surname\n7,Zo\xeb\n");
        check_alike(utf8, "\u{feff}Elector Number,Elector Surname\r\n7, Zoë \r\n".as_bytes());
        check_alike(utf8, "Elector Surname,Elector Number,PostCode\n\"Zoë\",7,\n".as_bytes());
        check_alike(
            b"Elector Number,Address1\n7,\"Hill\r\nHouse\"\n",
            b"Elector Number,Address1\n7,\"Hill\nHouse\"\n",
        );
    }

    #[test]
    fn rows_that_cannot_be_used_are_told_by_their_lines() {
        let (rows, defects) =
            read(b"Elector Number,Elector Markers,Elector Surname\n1,,A\n2,B\n3,N,\n4,,N\n,,C\n5,,D\n");
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 7]);
        assert_eq!(
            defects,
            [
                "r.csv: line 3: 2 fields where the header has 3",
                "r.csv: line 4: an anonymous elector: such entries are refused",
                "r.csv: line 5: an anonymous elector: such entries are refused",
                "r.csv: line 6: no elector number",
            ]
        );
    }

    #[test]
    fn a_quote_without_an_end_does_not_fill_the_memory() {
        let mut input = b"Elector Number,Elector Surname\n1,\"".to_vec();
        input.resize(REGISTER_RECORD_BYTES_MAX * 2, b'x');
        let read = read_rows(&input[..], "r.csv", &Columns::default(), |_| Ok::<_, Infallible>(()));
        assert!(matches!(read, Err(ReadFailure::Csv(_))));
    }
}
