//! Writes a copy with canaries: parts are sampled, candidates that could be somebody are dropped, and the rest stand among the rows.

use super::chance::Chance;
use super::invent::{Donors, Fictitious, Fields};
use super::seek::{Seeker, entry_words, row_words};
use crate::layout::{Columns, Layout, LayoutError};
use crate::reader::{Records, row_of, texts};
use csv::ByteRecord;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};

/// Why a copy cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The header does not say what is needed.
    #[error("the header cannot be used")]
    Layout(#[from] LayoutError),
    /// There is no number that an entry could have, or no name.
    #[error("canaries need a column with the elector number and one with the name or the surname")]
    NoNumberOrName,
    /// A row that must not be in any copy.
    #[error("line {line}: {reason}; a copy is made of a register without such rows")]
    Row {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("cannot read or write the rows")]
    Csv(#[from] csv::Error),
    /// Writing failed at its end.
    #[error("cannot write the copy")]
    Write(#[from] std::io::Error),
}

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Planting {
    /// Real electors.
    pub electors: u64,
    /// Canaries among them.
    pub canaries: u64,
}

/// Samples rows that canaries are made of.
///
/// # Errors
/// When the header cannot be used or reading fails.
pub fn sample(input: impl Read, columns: &Columns, chance: &mut Chance) -> Result<Donors, PlantError> {
    let mut donors = Donors::default();
    let layout = for_each(input, columns, |layout, record, key| {
        let values: Vec<Cow<'_, str>> = texts(record).collect();
        let fields: Fields =
            layout.fields.iter().cloned().zip(values.into_iter().map(Cow::into_owned)).collect();
        donors.offer(&fields, key, chance);
        Ok(())
    })?;
    let has = |field: &str| layout.fields.iter().any(|other| other == field);
    let is_usable =
        layout.key_fields().iter().any(|field| field == "number") && (has("surname") || has("name"));
    is_usable.then_some(donors).ok_or(PlantError::NoNumberOrName)
}

/// Which of `candidates` can stand in a copy of this register: nobody in it, and no candidate before, has a name that is near at such
/// a place or such a number, and the row that they stand after is there.
///
/// # Errors
/// When the header cannot be used or reading fails.
pub fn sift(input: impl Read, columns: &Columns, candidates: &[Fictitious]) -> Result<Vec<bool>, PlantError> {
    let seeker = Seeker::wide(candidates);
    let mut is_somebody: Vec<bool> = candidates
        .iter()
        .enumerate()
        .map(|(place, entry)| seeker.find(&entry_words(entry)).range(..place).next().is_some())
        .collect();
    let (mut keys, mut numbers) = (HashSet::new(), Vec::new());
    let anchors: HashSet<&[String]> = candidates.iter().map(|entry| entry.anchor.as_slice()).collect();
    let mut by_key: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for_each(input, columns, |layout, record, key| {
        if numbers.is_empty() {
            numbers = layout.key_fields();
            by_key = places_by_key(candidates, &numbers);
        }
        let taken = by_key.get(key).into_iter().flatten().copied();
        for place in seeker.find(&row_words(record)).into_iter().chain(taken) {
            if let Some(is_somebody) = is_somebody.get_mut(place) {
                *is_somebody = true;
            }
        }
        if anchors.contains(key) {
            keys.insert(key.to_vec());
        }
        Ok(())
    })?;
    let is_free = |(entry, is_somebody): (&Fictitious, bool)| !is_somebody && keys.contains(&entry.anchor);
    Ok(candidates.iter().zip(is_somebody).map(is_free).collect())
}

fn places_by_key(candidates: &[Fictitious], key_fields: &[String]) -> HashMap<Vec<String>, Vec<usize>> {
    let mut places: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for (place, entry) in candidates.iter().enumerate() {
        let key =
            key_fields.iter().map(|field| entry.fields.get(field).cloned().unwrap_or_default()).collect();
        places.entry(key).or_default().push(place);
    }
    places
}

/// Writes the rows of `input` with `entries` after those that they stand after. The cells of real rows stay as they are.
///
/// # Errors
/// When the header cannot be used, reading or writing fails.
pub fn write_copy<'a>(
    input: impl Read,
    output: impl Write,
    columns: &Columns,
    entries: impl IntoIterator<Item = &'a Fictitious>,
) -> Result<Planting, PlantError> {
    let mut after: HashMap<&[String], Vec<&Fictitious>> = HashMap::new();
    for entry in entries {
        after.entry(entry.anchor.as_slice()).or_default().push(entry);
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(output);
    let mut planting = Planting::default();
    let mut records = Records::new(input);
    let mut record = ByteRecord::new();
    records.read(&mut record)?;
    let layout = layout_of(&record, columns)?;
    writer.write_byte_record(&record)?;
    while records.read(&mut record)? {
        writer.write_byte_record(&record)?;
        planting.electors += 1;
        for entry in after.get(key_of(&record, &layout)?.as_slice()).into_iter().flatten() {
            let cell = |field: &String| entry.fields.get(field).map_or("", String::as_str);
            writer.write_record(layout.fields.iter().map(cell))?;
            planting.canaries += 1;
        }
    }
    writer.flush()?;
    Ok(planting)
}

fn for_each(
    input: impl Read,
    columns: &Columns,
    mut take: impl FnMut(&Layout, &ByteRecord, &[String]) -> Result<(), PlantError>,
) -> Result<Layout, PlantError> {
    let mut records = Records::new(input);
    let mut record = ByteRecord::new();
    records.read(&mut record)?;
    let layout = layout_of(&record, columns)?;
    while records.read(&mut record)? {
        let key = key_of(&record, &layout)?;
        take(&layout, &record, &key)?;
    }
    Ok(layout)
}

fn layout_of(header: &ByteRecord, columns: &Columns) -> Result<Layout, LayoutError> {
    Layout::new(&texts(header).map(Cow::into_owned).collect::<Vec<_>>(), columns)
}

/// The values of a row's key. A row that could not be sealed is in no copy.
fn key_of(record: &ByteRecord, layout: &Layout) -> Result<Vec<String>, PlantError> {
    let line = record.position().map_or(0, csv::Position::line);
    let row = row_of(record, line, layout).map_err(|reason| PlantError::Row { line, reason })?;
    Ok(row.key.parts().map(Cow::into_owned).collect())
}
