//! The consolidated list of the UN Security Council, in XML.

use super::date;
use super::draft::{line, push_identifier, push_name, push_new, push_text, role};
use super::entry::{Entry, Kind, ListId, Name, NameRole};
use super::read::{Edition, Flaw};
use super::xml::{self, Element};

/// The list in `text`.
pub(super) fn of_xml(text: &str) -> Result<Edition, Flaw> {
    let mut entries = Vec::new();
    let head = xml::read(text, |name| matches!(name, "INDIVIDUAL" | "ENTITY"), &mut |record| {
        entries.push(entry(&record));
        Ok(())
    })?;
    Ok(Edition { list: ListId::Un, published: head.get("dateGenerated").to_owned(), stated: None, entries })
}

fn entry(record: &Element) -> Entry {
    let mut entry = Entry::new(ListId::Un, record.text_of("REFERENCE_NUMBER"));
    // Some entries of a regime that is being set up have no reference yet, and the number of the record stays the same too.
    if entry.uid.is_empty() {
        entry.uid = record.text_of("DATAID").to_owned();
    } else {
        push_text(&mut entry.other_ids, record.text_of("DATAID"));
    }
    entry.kind = if record.name == "INDIVIDUAL" { Kind::Person } else { Kind::Organisation };
    push_text(&mut entry.programmes, record.text_of("UN_LIST_TYPE"));
    names(record, &mut entry);
    for birth in record.all("INDIVIDUAL_DATE_OF_BIRTH") {
        add_birth(birth, &mut entry);
    }
    for nationality in record.all("NATIONALITY").flat_map(|own| own.all("VALUE")) {
        push_text(&mut entry.nationalities, &nationality.text);
    }
    for document in record.all("INDIVIDUAL_DOCUMENT") {
        let kind = [document.text_of("TYPE_OF_DOCUMENT"), document.text_of("TYPE_OF_DOCUMENT2")].join(" ");
        let issuer = ["ISSUING_COUNTRY", "COUNTRY_OF_ISSUE"].map(|name| document.text_of(name));
        let issuer = issuer.into_iter().find(|country| !country.is_empty()).unwrap_or("");
        push_identifier(&mut entry, &kind, document.text_of("NUMBER"), issuer);
    }
    for address in record.all("INDIVIDUAL_ADDRESS").chain(record.all("ENTITY_ADDRESS")) {
        let parts = address.children.iter().filter(|part| part.name != "NOTE");
        push_text(&mut entry.addresses, &line(parts.map(|part| part.text.as_str())));
    }
    entry.fields = record.fields();
    entry
}

fn names(record: &Element, entry: &mut Entry) {
    // Which of the four parts is the family name differs by culture, and the list does not say.
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"].map(|part| record.text_of(part));
    push_name(&mut entry.names, Name::whole(&parts.join(" "), NameRole::Primary));
    push_name(&mut entry.names, Name::whole(record.text_of("NAME_ORIGINAL_SCRIPT"), NameRole::Primary));
    for alias in record.all("INDIVIDUAL_ALIAS").chain(record.all("ENTITY_ALIAS")) {
        let quality = alias.text_of("QUALITY");
        push_name(&mut entry.names, Name::whole(alias.text_of("ALIAS_NAME"), role(quality, quality)));
    }
}

fn add_birth(birth: &Element, entry: &mut Entry) {
    let is_circa = birth.text_of("TYPE_OF_DATE") == "APPROXIMATELY";
    let text = match (birth.text_of("FROM_YEAR"), birth.text_of("TO_YEAR")) {
        ("", _) | (_, "") if birth.text_of("DATE").is_empty() => birth.text_of("YEAR").to_owned(),
        ("", _) | (_, "") => birth.text_of("DATE").to_owned(),
        (from, to) => format!("{from} to {to}"),
    };
    if let Some(mut birth) = date::birth(&text) {
        birth.is_circa |= is_circa;
        push_new(&mut entry.births, birth);
    }
}
