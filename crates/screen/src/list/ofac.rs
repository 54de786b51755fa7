//! OFAC's lists, SDN and Consolidated: XML, advanced XML with its tables of references, and CSV in several files.

mod advanced;
mod csv;
mod remarks;

use super::date;
use super::draft::{line, push_identifier, push_name, push_new, push_text, role};
use super::entry::{Entry, Kind, ListId, Name, NameRole};
use super::read::{Edition, Flaw};
use super::xml::{self, Element};
pub(super) use advanced::of_advanced;
pub(super) use csv::{CsvList, is_consolidated};

/// Programmes of the Consolidated list; no SDN entry has only these. (31 CFR chapter V; the list's own programme tags.)
const NOT_SDN: [&str; 8] =
    ["NS-PLC", "UKRAINE-EO13662", "561-Related", "FSE-IR", "FSE-SY", "ISA", "CMIC-EO13959", "BPI-PA"];

/// The list in `text`.
pub(super) fn of_xml(text: &str) -> Result<Edition, Flaw> {
    let mut entries = Vec::new();
    let head = xml::read(text, |name| name == "sdnEntry", &mut |record| {
        entries.push(entry(&record));
        Ok(())
    })?;
    let stated = head.get("Record_Count").parse().ok();
    let list = list_of(&entries);
    entries.iter_mut().for_each(|entry| entry.list = list);
    Ok(Edition { list, published: head.get("Publish_Date").to_owned(), stated, entries })
}

/// Both lists have one format, and the file does not say which it is: SDN programmes are not on the Consolidated list.
fn list_of(entries: &[Entry]) -> ListId {
    let is_other =
        |entry: &Entry| entry.programmes.iter().any(|programme| NOT_SDN.contains(&programme.as_str()));
    let others = entries.iter().filter(|entry| is_other(entry)).count();
    if others * 2 > entries.len() { ListId::UsConsolidated } else { ListId::UsSdn }
}

fn entry(record: &Element) -> Entry {
    let mut entry = Entry::new(ListId::UsSdn, record.text_of("uid"));
    entry.kind = kind(record.text_of("sdnType"));
    add_name(&mut entry, record, NameRole::Primary);
    for alias in record.all("aka") {
        add_name(&mut entry, alias, role(alias.text_of("type"), alias.text_of("category")));
    }
    record.all("program").for_each(|own| push_text(&mut entry.programmes, &own.text));
    for birth in record.all("dateOfBirth").filter_map(|own| date::birth(&own.text)) {
        push_new(&mut entry.births, birth);
    }
    for own in record.all("nationality").chain(record.all("citizenship")) {
        push_text(&mut entry.nationalities, own.text_of("country"));
    }
    for id in record.all("id") {
        push_identifier(&mut entry, id.text_of("idType"), id.text_of("idNumber"), id.text_of("idCountry"));
    }
    for address in record.all("address") {
        let parts = address.children.iter().filter(|part| part.name != "uid");
        push_text(&mut entry.addresses, &line(parts.map(|part| part.text.as_str())));
    }
    entry.fields = record.fields();
    entry
}

fn add_name(entry: &mut Entry, names: &Element, role: NameRole) {
    if let Some(name) = Name::of_parts(names.text_of("firstName"), names.text_of("lastName"), role) {
        push_name(&mut entry.names, name);
    }
}

fn kind(word: &str) -> Kind {
    match word.trim().to_lowercase().as_str() {
        "individual" => Kind::Person,
        "entity" | "-0-" => Kind::Organisation,
        "vessel" => Kind::Vessel,
        "aircraft" => Kind::Aircraft,
        _ => Kind::Unknown,
    }
}
