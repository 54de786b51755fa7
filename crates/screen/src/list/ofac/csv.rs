//! OFAC's lists in CSV: a main file, and files of other names, addresses and further remarks. None has a header.

use super::super::draft::{line, push_name, push_text, role};
use super::super::entry::{Entry, ListId, Name, NameRole};
use super::super::read::{Edition, Flaw};
use super::super::table::{self, Row, Table};
use super::{kind, remarks};
use std::collections::HashMap;

/// What OFAC writes where there is nothing.
const NOTHING: &str = "-0-";
/// Columns of the main file, in OFAC's data specification.
const MAIN: [&str; 12] = [
    "ent_num",
    "SDN_Name",
    "SDN_Type",
    "Program",
    "Title",
    "Call_Sign",
    "Vess_type",
    "Tonnage",
    "GRT",
    "Vess_flag",
    "Vess_owner",
    "Remarks",
];
/// Columns of the file of other names.
const OTHER_NAMES: [&str; 5] = ["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"];
/// Columns of the file of addresses.
const ADDRESSES: [&str; 6] = ["ent_num", "Add_num", "Address", "City", "Country", "Add_remarks"];

/// Whether a file belongs to the Consolidated list, by the name that OFAC gives it.
pub(in super::super) fn is_consolidated(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.to_lowercase().starts_with("cons")
}

/// The list while its files are put together.
pub(in super::super) struct CsvList {
    list: ListId,
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl CsvList {
    /// The main file.
    pub(in super::super) fn of_main(name: &str, text: &str) -> Result<Self, Flaw> {
        let list = if is_consolidated(name) { ListId::UsConsolidated } else { ListId::UsSdn };
        let table = rows(text, &MAIN)?;
        let entries: Vec<Entry> = table.rows.iter().map(|row| main_entry(list, row)).collect();
        let places = entries.iter().enumerate().map(|(at, entry)| (entry.uid.clone(), at)).collect();
        Ok(Self { list, entries, places })
    }

    /// Another file of the same list.
    pub(in super::super) fn add_part(&mut self, text: &str) -> Result<(), Flaw> {
        let table = table::of_csv(text, b',')?;
        let is_of_addresses = table.rows.first().is_some_and(|row| row.cells.len() == ADDRESSES.len());
        let columns: &[&str] = if is_of_addresses { &ADDRESSES } else { &OTHER_NAMES };
        for row in &rows(text, columns)?.rows {
            let place = self.places.get(cell(row, 0)).copied();
            let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) else {
                return Err(Flaw::at_line(row.line, "the row belongs to no entry of the main file"));
            };
            if is_of_addresses {
                push_text(&mut entry.addresses, &line([cell(row, 2), cell(row, 3), cell(row, 4)]));
            } else {
                add_name(entry, cell(row, 3), role(cell(row, 2), cell(row, 4)));
            }
            add_fields(entry, columns, row);
        }
        Ok(())
    }

    /// The list.
    pub(in super::super) fn finish(self) -> Edition {
        Edition { list: self.list, published: String::new(), stated: None, entries: self.entries }
    }
}

/// Rows of as many columns as the specification has. The end of the file is marked by one control character.
fn rows(text: &str, columns: &[&str]) -> Result<Table, Flaw> {
    let mut table = table::of_csv(text, b',')?;
    table.rows.retain(|row| row.cells.iter().any(|cell| !cell.trim().trim_matches('\u{1a}').is_empty()));
    table.header = columns.iter().map(|column| (*column).to_owned()).collect();
    table.of_equal_width()
}

/// A cell, without OFAC's mark for nothing.
fn cell(row: &Row, column: usize) -> &str {
    match row.cell(Some(column)) {
        NOTHING => "",
        text => text,
    }
}

fn main_entry(list: ListId, row: &Row) -> Entry {
    let mut entry = Entry::new(list, cell(row, 0));
    entry.kind = kind(row.cell(Some(2)));
    add_name(&mut entry, cell(row, 1), NameRole::Primary);
    // Several programmes stand in one cell as `NPWMD] [IFSR`.
    for programme in cell(row, 3).split("] [") {
        push_text(&mut entry.programmes, programme.trim_matches(['[', ']']));
    }
    remarks::add(&mut entry, cell(row, 11));
    add_fields(&mut entry, &MAIN, row);
    entry
}

/// `FAMILY, Given` of people; everything else has a comma only where its name has one.
fn add_name(entry: &mut Entry, text: &str, role: NameRole) {
    let is_person = entry.kind == super::Kind::Person;
    let name = match text.split_once(',').filter(|_| is_person) {
        Some((family, given)) => Name::of_parts(given, family, role),
        None => Some(Name::whole(text, role)),
    };
    if let Some(name) = name {
        push_name(&mut entry.names, name);
    }
}

fn add_fields(entry: &mut Entry, columns: &[&str], row: &Row) {
    for (column, value) in columns.iter().zip(&row.cells) {
        let value = value.trim();
        if !value.is_empty() && value != NOTHING {
            entry.fields.push(((*column).to_owned(), value.to_owned()));
        }
    }
}
