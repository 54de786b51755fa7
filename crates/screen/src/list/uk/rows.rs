//! The UK Sanctions List as rows. One entry has a row for each of its names, addresses and numbers, in all combinations.

use super::super::draft::{
    line, numbered, primary_first, push_identifier, push_name, push_new, push_text, role,
};
use super::super::entry::{Entry, ListId, Name};
use super::super::read::{Edition, Flaw};
use super::super::table::{Row, Table};
use super::{date, kind};
use std::collections::{HashMap, HashSet};

/// Columns by their headings, of the 58 columns since 2026 and of earlier spreadsheets.
struct Columns {
    uid: Option<usize>,
    group: Option<usize>,
    un: Option<usize>,
    whole: Option<usize>,
    given: [Option<usize>; 5],
    family: Option<usize>,
    name_type: Option<usize>,
    strength: Option<usize>,
    other_script: Option<usize>,
    regime: Option<usize>,
    kind: Option<usize>,
    address: [Option<usize>; 8],
    birth: Option<usize>,
    nationality: Option<usize>,
    /// Number, what is said of it, and what kind it is.
    numbers: [(Option<usize>, Option<usize>, &'static str); 5],
    other_information: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let column = |headings: &[&str]| table.column(headings);
        Self {
            uid: column(&["uniqueid"]),
            group: column(&["ofsigroupid", "groupid"]),
            un: column(&["unreferencenumber"]),
            whole: column(&["name"]),
            given: ["name1", "name2", "name3", "name4", "name5"].map(|heading| column(&[heading])),
            family: column(&["name6"]),
            name_type: column(&["nametype", "aliastype"]),
            strength: column(&["aliasstrength", "aliasquality"]),
            other_script: column(&["namenonlatinscript"]),
            regime: column(&["regimename", "regime"]),
            kind: column(&["designationtype", "grouptype", "individualentityship", "type"]),
            address: [
                column(&["addressline1", "address1"]),
                column(&["addressline2", "address2"]),
                column(&["addressline3", "address3"]),
                column(&["addressline4", "address4"]),
                column(&["addressline5", "address5"]),
                column(&["addressline6", "address6"]),
                column(&["addresspostalcode", "postzipcode"]),
                column(&["addresscountry", "country"]),
            ],
            birth: column(&["dob"]),
            nationality: column(&["nationalityies", "nationality"]),
            numbers: [
                (
                    column(&["passportnumber"]),
                    column(&["passportadditionalinformation", "passportdetails"]),
                    "Passport",
                ),
                (
                    column(&["nationalidentifiernumber", "nationalidentificationnumber"]),
                    column(&["nationalidentifieradditionalinformation", "nationalidentificationdetails"]),
                    "National identifier",
                ),
                (column(&["businessregistrationnumbers"]), None, "Business registration number"),
                (column(&["imonumber"]), None, "IMO number"),
                (column(&["hullidentificationnumberhin"]), None, "Hull identification number"),
            ],
            other_information: column(&["otherinformation"]),
        }
    }

    /// The Unique ID. The retired list had it only among its remarks.
    fn uid<'r>(&self, row: &'r Row) -> &'r str {
        match row.cell(self.uid) {
            "" => remark(row.cell(self.other_information), "(UK Sanctions List Ref):"),
            uid => uid,
        }
    }
}

/// The word after a label in remarks, without the full stop behind it.
fn remark<'t>(text: &'t str, label: &str) -> &'t str {
    let after = text.split_once(label).map_or("", |(_, after)| after.trim_start());
    after.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("")
}

/// The list in `table`.
pub(in super::super) fn of_table(table: Table) -> Result<Edition, Flaw> {
    let table = table.under_header(&["uniqueid", "groupid"])?.of_equal_width()?;
    let columns = Columns::of(&table);
    if columns.family.is_none() && columns.whole.is_none() {
        return Err(Flaw::at_line(1, "there is no column with names"));
    }
    let mut drafts: Vec<Draft> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let uid = columns.uid(row);
        if uid.is_empty() {
            return Err(Flaw::at_line(row.line, "the row has no Unique ID"));
        }
        let place = *places.entry(uid.to_owned()).or_insert_with(|| {
            drafts.push(Draft { entry: Entry::new(ListId::Uk, uid), seen: HashSet::new() });
            drafts.len() - 1
        });
        if let Some(draft) = drafts.get_mut(place) {
            draft.add(&columns, &table.header, row);
        }
    }
    let entries = drafts.into_iter().map(Draft::finish).collect();
    Ok(Edition { list: ListId::Uk, published: published(&table), stated: None, entries })
}

/// The date above the header: `Report Date: 12-May-2026`, or a cell of its own.
fn published(table: &Table) -> String {
    let text = table.preamble.iter().rfind(|cell| !cell.trim().is_empty());
    text.map(|cell| cell.split_once(':').map_or(cell.as_str(), |(_, date)| date).trim().to_owned())
        .unwrap_or_default()
}

struct Draft {
    entry: Entry,
    /// Fields that are there already: rows repeat what they do not vary.
    seen: HashSet<(usize, String)>,
}

impl Draft {
    fn add(&mut self, columns: &Columns, header: &[String], row: &Row) {
        self.add_fields(header, row);
        let entry = &mut self.entry;
        entry.kind = kind(row.cell(columns.kind));
        push_text(&mut entry.other_ids, row.cell(columns.group));
        push_text(&mut entry.other_ids, row.cell(columns.un));
        push_text(&mut entry.programmes, row.cell(columns.regime));
        add_names(entry, columns, row);
        for text in numbered(row.cell(columns.birth)) {
            if let Some(birth) = date::birth(&text) {
                push_new(&mut entry.births, birth);
            }
        }
        for text in numbered(row.cell(columns.nationality)) {
            push_text(&mut entry.nationalities, &text);
        }
        let address = line(columns.address.iter().map(|column| row.cell(*column)));
        push_text(&mut entry.addresses, &address);
        for (number, details, kind) in columns.numbers {
            for text in numbered(row.cell(number)) {
                push_identifier(entry, kind, &text, row.cell(details));
            }
        }
    }

    fn add_fields(&mut self, header: &[String], row: &Row) {
        for (at, (heading, cell)) in header.iter().zip(&row.cells).enumerate() {
            let value = cell.trim();
            if !value.is_empty() && self.seen.insert((at, value.to_owned())) {
                self.entry.fields.push((heading.trim().to_owned(), value.to_owned()));
            }
        }
    }

    fn finish(mut self) -> Entry {
        primary_first(&mut self.entry.names);
        self.entry
    }
}

fn add_names(entry: &mut Entry, columns: &Columns, row: &Row) {
    let name_type = if columns.name_type.is_some() { row.cell(columns.name_type) } else { "primary" };
    let role = role(name_type, row.cell(columns.strength));
    let given = columns.given.map(|column| row.cell(column)).join(" ");
    let family = row.cell(columns.family.or(columns.whole));
    if let Some(name) = Name::of_parts(&given, family, role) {
        push_name(&mut entry.names, name);
    }
    push_name(&mut entry.names, Name::whole(row.cell(columns.other_script), role));
}
