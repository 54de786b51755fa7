//! The UK Sanctions List, the only one of the United Kingdom since 28 January 2026: XML, and rows of CSV, ODS or XLSX.
//!
//! Entries are keyed by their Unique ID, such as `CYB0044`. The Group ID of the retired OFSI list is kept as another id, so
//! that decisions which name it are still found.

mod rows;

use super::date;
use super::draft::{line, primary_first, push_identifier, push_name, push_new, push_text, role};
use super::entry::{Entry, Kind, ListId, Name, NameRole};
use super::read::{Edition, Flaw};
use super::xml::{self, Element};
pub(super) use rows::of_table;

/// The list in `text`.
pub(super) fn of_xml(text: &str) -> Result<Edition, Flaw> {
    let mut entries = Vec::new();
    let head = xml::read(text, |name| name == "Designation", &mut |record| {
        entries.push(entry(&record));
        Ok(())
    })?;
    Ok(Edition { list: ListId::Uk, published: head.get("DateGenerated").to_owned(), stated: None, entries })
}

fn entry(record: &Element) -> Entry {
    let mut entry = Entry::new(ListId::Uk, record.text_of("UniqueID"));
    entry.kind = kind(record.text_of("IndividualEntityShip"));
    push_text(&mut entry.other_ids, record.text_of("OFSIGroupID"));
    push_text(&mut entry.other_ids, record.text_of("UNReferenceNumber"));
    push_text(&mut entry.programmes, record.text_of("RegimeName"));
    names(record, &mut entry);
    for birth in record.all("DOB").filter_map(|dob| date::birth(&dob.text)) {
        push_new(&mut entry.births, birth);
    }
    record.all("Nationality").for_each(|own| push_text(&mut entry.nationalities, &own.text));
    identifiers(record, &mut entry);
    for address in record.all("Address") {
        let address = line(address.children.iter().map(|part| part.text.as_str()));
        push_text(&mut entry.addresses, &address);
    }
    entry.fields = record.fields();
    entry
}

fn names(record: &Element, entry: &mut Entry) {
    for name in record.child("Names").iter().flat_map(|names| names.all("Name")) {
        let role = role(name.text_of("NameType"), name.text_of("AliasStrength"));
        let given = ["Name1", "Name2", "Name3", "Name4", "Name5"].map(|part| name.text_of(part)).join(" ");
        if let Some(name) = Name::of_parts(&given, name.text_of("Name6"), role) {
            push_name(&mut entry.names, name);
        }
    }
    for name in record.all("NameNonLatinScript") {
        push_name(&mut entry.names, Name::whole(&name.text, NameRole::Alias));
    }
    primary_first(&mut entry.names);
}

/// Element of a number, the one with what is said of it, and what kind of number it is.
const NUMBERS: [(&str, &str, &str); 5] = [
    ("PassportNumber", "PassportAdditionalInformation", "Passport"),
    ("NationalIdentifierNumber", "NationalIdentifierAdditionalInformation", "National identifier"),
    ("BusinessRegistrationNumber", "", "Business registration number"),
    ("IMONumber", "", "IMO number"),
    ("HullIdentificationNumber", "", "Hull identification number"),
];

fn identifiers(record: &Element, entry: &mut Entry) {
    for (number, details, kind) in NUMBERS {
        for parent in std::iter::once(record).chain(descendants(record)) {
            for child in parent.children.iter().filter(|child| child.name == number) {
                push_identifier(entry, kind, &child.text, parent.text_of(details));
            }
        }
    }
}

fn descendants(element: &Element) -> Box<dyn Iterator<Item = &Element> + '_> {
    Box::new(element.children.iter().flat_map(|child| std::iter::once(child).chain(descendants(child))))
}

fn kind(word: &str) -> Kind {
    match word.to_lowercase().as_str() {
        "individual" => Kind::Person,
        "entity" => Kind::Organisation,
        "ship" => Kind::Vessel,
        _ => Kind::Unknown,
    }
}
