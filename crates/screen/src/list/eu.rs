//! The consolidated financial sanctions list of the European Union: XML 1.1, and CSV with semicolons.

use super::date;
use super::draft::{line, push_identifier, push_name, push_new, push_text, role};
use super::entry::{Entry, Kind, ListId, Name, NameRole};
use super::read::{Edition, Flaw};
use super::table::{Row, Table};
use super::xml::{self, Element};
use std::collections::{HashMap, HashSet};

/// The list in `text`.
pub(super) fn of_xml(text: &str) -> Result<Edition, Flaw> {
    let mut entries = Vec::new();
    let head = xml::read(text, |name| name == "sanctionEntity", &mut |record| {
        entries.push(entry(&record));
        Ok(())
    })?;
    Ok(Edition { list: ListId::Eu, published: head.get("generationDate").to_owned(), stated: None, entries })
}

fn entry(record: &Element) -> Entry {
    let mut entry = Entry::new(ListId::Eu, record.attribute("logicalId"));
    push_text(&mut entry.other_ids, record.attribute("euReferenceNumber"));
    push_text(&mut entry.other_ids, record.attribute("unitedNationId"));
    entry.kind = record.child("subjectType").map_or(Kind::Unknown, |subject| kind(subject.attribute("code")));
    record.all("regulation").for_each(|own| push_text(&mut entry.programmes, own.attribute("programme")));
    for alias in record.children.iter().filter(|child| child.name == "nameAlias") {
        let quality = if alias.attribute("strong") == "false" { "weak" } else { "" };
        let part = |name| alias.attribute(name);
        let given = [part("firstName"), part("middleName")].join(" ");
        add_name(&mut entry, part("wholeName"), &given, part("lastName"), quality);
    }
    for birth in record.children.iter().filter(|child| child.name == "birthdate") {
        let texts = [birth.attribute("birthdate"), birth.attribute("year")];
        add_birth(&mut entry, texts, birth.attribute("circa"));
    }
    record
        .all("citizenship")
        .for_each(|own| push_text(&mut entry.nationalities, own.attribute("countryDescription")));
    for number in record.children.iter().filter(|child| child.name == "identification") {
        let kind = number.attribute("identificationTypeDescription");
        push_identifier(&mut entry, kind, number.attribute("number"), number.attribute("countryDescription"));
    }
    for address in record.children.iter().filter(|child| child.name == "address") {
        let parts = ["street", "poBox", "zipCode", "city", "region", "countryDescription"];
        push_text(&mut entry.addresses, &line(parts.map(|part| address.attribute(part))));
    }
    entry.fields = record.fields();
    entry
}

/// The first name is the one under which the list has the entry; the list does not mark it otherwise.
fn add_name(entry: &mut Entry, whole: &str, given: &str, family: &str, quality: &str) {
    let first = if entry.names.is_empty() { "primary" } else { "" };
    let role = if first.is_empty() { role("", quality) } else { NameRole::Primary };
    let parted = Name::of_parts(given, family, role);
    let name = match (whole.trim(), parted) {
        ("", Some(name)) => name,
        (whole, parted) => Name { parts: parted.and_then(|name| name.parts), ..Name::whole(whole, role) },
    };
    push_name(&mut entry.names, name);
}

fn add_birth(entry: &mut Entry, texts: [&str; 2], circa: &str) {
    if let Some(mut birth) = texts.into_iter().find_map(date::birth) {
        birth.is_circa |= circa == "true";
        push_new(&mut entry.births, birth);
    }
}

fn kind(code: &str) -> Kind {
    match code {
        "person" | "P" => Kind::Person,
        "enterprise" | "E" => Kind::Organisation,
        _ => Kind::Unknown,
    }
}

/// The list as rows: each has one name, address, birth, citizenship or number of an entry.
pub(super) fn of_table(table: Table) -> Result<Edition, Flaw> {
    let table = table.under_header(&["entitylogicalid"])?.of_equal_width()?;
    let column = |heading: &str| table.column(&[&super::table::plain(heading)]);
    let uid = column("Entity_LogicalId");
    if column("NameAlias_WholeName").is_none() {
        return Err(Flaw::at_line(1, "there is no column NameAlias_WholeName"));
    }
    let mut entries: Vec<(Entry, HashSet<(usize, String)>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let id = row.cell(uid);
        if id.is_empty() {
            return Err(Flaw::at_line(row.line, "the row has no Entity_LogicalId"));
        }
        let place = *places.entry(id.to_owned()).or_insert_with(|| {
            entries.push((Entry::new(ListId::Eu, id), HashSet::new()));
            entries.len() - 1
        });
        if let Some((entry, seen)) = entries.get_mut(place) {
            add_row(entry, row, &|heading| row.cell(column(heading)));
            add_fields(entry, seen, &table.header, row);
        }
    }
    let published = table.rows.first().map_or("", |row| row.cell(column("fileGenerationDate"))).to_owned();
    let entries = entries.into_iter().map(|(entry, _)| entry).collect();
    Ok(Edition { list: ListId::Eu, published, stated: None, entries })
}

fn add_row<'r>(entry: &mut Entry, _row: &'r Row, cell: &dyn Fn(&str) -> &'r str) {
    let subject = [cell("Entity_SubjectType"), cell("Entity_SubjectType_ClassificationCode")];
    let found = subject.into_iter().map(kind).find(|kind| *kind != Kind::Unknown);
    entry.kind = found.unwrap_or(entry.kind);
    push_text(&mut entry.other_ids, cell("Entity_EU_ReferenceNumber"));
    push_text(&mut entry.other_ids, cell("Entity_UnitedNationId"));
    push_text(&mut entry.programmes, cell("Entity_Regulation_Programme"));
    let given = [cell("NameAlias_FirstName"), cell("NameAlias_MiddleName")].join(" ");
    add_name(entry, cell("NameAlias_WholeName"), &given, cell("NameAlias_LastName"), "");
    add_birth(entry, [cell("BirthDate_BirthDate"), cell("BirthDate_Year")], cell("BirthDate_Circa"));
    push_text(&mut entry.nationalities, cell("Citizenship_CountryDescription"));
    let number = cell("Identification_Number");
    let kind = cell("Identification_TypeDescription");
    push_identifier(entry, kind, number, cell("Identification_CountryDescription"));
    let parts = ["Address_Street", "Address_PoBox", "Address_ZipCode", "Address_City", "Address_Region"];
    let parts = parts.iter().map(|part| cell(part)).chain([cell("Address_CountryDescription")]);
    push_text(&mut entry.addresses, &line(parts));
}

fn add_fields(entry: &mut Entry, seen: &mut HashSet<(usize, String)>, header: &[String], row: &Row) {
    for (at, (heading, cell)) in header.iter().zip(&row.cells).enumerate() {
        let value = cell.trim();
        if !value.is_empty() && seen.insert((at, value.to_owned())) {
            entry.fields.push((heading.trim().to_owned(), value.to_owned()));
        }
    }
}
