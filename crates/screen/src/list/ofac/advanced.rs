//! OFAC's advanced XML: parties refer by number to tables of kinds, places, documents and designations in the same file.

use super::super::date;
use super::super::draft::{line, primary_first, push_identifier, push_name, push_new, push_text};
use super::super::entry::{Birth, Entry, Kind, ListId, Name, NameRole, PartialDate};
use super::super::read::{Edition, Flaw};
use super::super::xml::{self, Element};
use std::collections::HashMap;

/// Everything that parties refer to.
#[derive(Default)]
struct References {
    /// Words of the reference value sets, by the kind of value and its number.
    words: HashMap<(String, String), String>,
    /// Places as lines, and the country alone.
    places: HashMap<String, (String, String)>,
    /// Documents by the identity that they belong to: kind, number, country.
    documents: HashMap<String, Vec<[String; 3]>>,
    /// Programmes by profile.
    programmes: HashMap<String, Vec<String>>,
    /// Names of the lists that designations are on.
    lists: Vec<String>,
}

impl References {
    fn word(&self, kind: &str, id: &str) -> &str {
        self.words.get(&(kind.to_owned(), id.to_owned())).map_or("", String::as_str)
    }
}

fn is_record(name: &str) -> bool {
    matches!(
        name,
        "ReferenceValueSets"
            | "Location"
            | "IDRegDocument"
            | "DistinctParty"
            | "SanctionsEntry"
            | "DateOfIssue"
    )
}

/// The list in `text`.
pub(in super::super) fn of_advanced(text: &str) -> Result<Edition, Flaw> {
    let mut references = References::default();
    let (mut parties, mut published) = (Vec::new(), String::new());
    xml::read(text, is_record, &mut |record| {
        match record.name.as_str() {
            "ReferenceValueSets" => take_words(&record, &mut references),
            "Location" => take_place(&record, &mut references),
            "IDRegDocument" => take_document(&record, &mut references),
            "SanctionsEntry" => take_designation(&record, &mut references),
            "DateOfIssue" => published = partial(&record).map(|date| date.to_string()).unwrap_or_default(),
            _ => parties.push(record),
        }
        Ok(())
    })?;
    // Designations stand after the parties, so that parties are understood when everything is read.
    let is_sdn = references.lists.is_empty() || references.lists.iter().any(|list| list.starts_with("SDN"));
    let list = if is_sdn { ListId::UsSdn } else { ListId::UsConsolidated };
    let entries = parties.iter().map(|party| entry(list, party, &references)).collect();
    Ok(Edition { list, published, stated: None, entries })
}

fn take_words(sets: &Element, references: &mut References) {
    for value in sets.children.iter().flat_map(|set| &set.children) {
        let key = (value.name.clone(), value.attribute("ID").to_owned());
        references.words.insert(key, value.text.trim().to_owned());
    }
}

fn take_place(place: &Element, references: &mut References) {
    let country = place.child("LocationCountry").map_or("", |own| own.attribute("CountryID"));
    let country = references.word("Country", country).to_owned();
    let parts = place.all("LocationPartValue").map(|part| part.text_of("Value"));
    let text = line(parts.chain([country.as_str()]));
    references.places.insert(place.attribute("ID").to_owned(), (text, country));
}

fn take_document(document: &Element, references: &mut References) {
    let kind = references.word("IDRegDocType", document.attribute("IDRegDocTypeID")).to_owned();
    let country = references.word("Country", document.attribute("IssuedBy-CountryID")).to_owned();
    let number = document.text_of("IDRegistrationNo").to_owned();
    let owner = document.attribute("IdentityID").to_owned();
    references.documents.entry(owner).or_default().push([kind, number, country]);
}

fn take_designation(designation: &Element, references: &mut References) {
    let list = references.word("List", designation.attribute("ListID")).to_owned();
    push_text(&mut references.lists, &list);
    let profile = designation.attribute("ProfileID").to_owned();
    for measure in designation.all("SanctionsMeasure") {
        let is_programme =
            references.word("SanctionsType", measure.attribute("SanctionsTypeID")) == "Program";
        let programmes = references.programmes.entry(profile.clone()).or_default();
        if is_programme {
            push_text(programmes, measure.text_of("Comment"));
        }
    }
}

fn entry(list: ListId, party: &Element, references: &References) -> Entry {
    let mut entry = Entry::new(list, party.attribute("FixedRef"));
    let Some(profile) = party.child("Profile") else { return entry };
    let subtype = references.word("PartySubType", profile.attribute("PartySubTypeID"));
    entry.kind = kind(subtype, references, profile);
    entry.programmes = references.programmes.get(profile.attribute("ID")).cloned().unwrap_or_default();
    for identity in profile.children.iter().filter(|child| child.name == "Identity") {
        add_names(&mut entry, identity, references);
        for [kind, number, country] in
            references.documents.get(identity.attribute("ID")).into_iter().flatten()
        {
            push_identifier(&mut entry, kind, number, country);
        }
    }
    profile.children.iter().filter(|child| child.name == "Feature").for_each(|feature| {
        add_feature(&mut entry, feature, references);
    });
    primary_first(&mut entry.names);
    entry.fields = party.fields();
    entry
}

/// The number of a kind of party is fixed, its word is `Unknown` for people and entities.
fn kind(subtype: &str, references: &References, profile: &Element) -> Kind {
    match (subtype, profile.attribute("PartySubTypeID")) {
        ("Vessel", _) => Kind::Vessel,
        ("Aircraft", _) => Kind::Aircraft,
        (_, "4") => Kind::Person,
        (_, "3") => Kind::Organisation,
        _ if references.words.is_empty() => Kind::Unknown,
        _ => Kind::Unknown,
    }
}

fn add_names(entry: &mut Entry, identity: &Element, references: &References) {
    // Which part of a name a value is, by the number of its group.
    let groups: HashMap<&str, &str> = identity
        .all("NamePartGroup")
        .map(|group| {
            (group.attribute("ID"), references.word("NamePartType", group.attribute("NamePartTypeID")))
        })
        .collect();
    for alias in identity.all("Alias") {
        let kind = references.word("AliasType", alias.attribute("AliasTypeID"));
        let role = match (alias.attribute("Primary"), alias.attribute("LowQuality"), kind) {
            ("true", ..) => NameRole::Primary,
            (_, "true", _) => NameRole::Weak,
            (_, _, "F.K.A.") => NameRole::Former,
            _ => NameRole::Alias,
        };
        for documented in alias.all("DocumentedName") {
            let (mut family, mut given) = (String::new(), String::new());
            for value in documented.all("NamePartValue") {
                let part = groups.get(value.attribute("NamePartGroupID")).copied().unwrap_or("");
                let text = if part == "Last Name" { &mut family } else { &mut given };
                text.push_str(value.text.trim());
                text.push(' ');
            }
            if let Some(name) = Name::of_parts(&given, &family, role) {
                push_name(&mut entry.names, name);
            }
        }
    }
}

fn add_feature(entry: &mut Entry, feature: &Element, references: &References) {
    let kind = references.word("FeatureType", feature.attribute("FeatureTypeID"));
    let detail = feature.all("VersionDetail").map(|detail| detail.text.trim()).find(|text| !text.is_empty());
    let place =
        feature.all("VersionLocation").find_map(|own| references.places.get(own.attribute("LocationID")));
    match (kind, place) {
        ("Birthdate", _) => {
            for birth in feature.all("DatePeriod").filter_map(period) {
                push_new(&mut entry.births, birth);
            }
        }
        ("Nationality Country" | "Citizenship Country", Some((_, country))) => {
            push_text(&mut entry.nationalities, country);
        }
        ("Location", Some((text, _))) => push_text(&mut entry.addresses, text),
        _ => push_identifier(entry, kind, detail.filter(|_| is_number(kind)).unwrap_or(""), ""),
    }
}

/// Features that stand for one party only.
fn is_number(kind: &str) -> bool {
    ["Number", "ID", "Address - ", "MMSI", "BIK", "SWIFT"].iter().any(|word| kind.contains(word))
}

/// A stretch of time; whole years and months come as their first and last day.
fn period(period: &Element) -> Option<Birth> {
    let from = period.child("Start").and_then(|start| start.child("From")).and_then(partial)?;
    let to = period.child("End").and_then(|end| end.child("To")).and_then(partial).unwrap_or(from);
    let is_circa = period.child("Start").is_some_and(|start| start.attribute("Approximate") == "true");
    let whole_year = (from.month, from.day, to.month, to.day) == (Some(1), Some(1), Some(12), Some(31));
    let year = |date: PartialDate| PartialDate { year: date.year, month: None, day: None };
    let (from, to) = if whole_year { (year(from), year(to)) } else { (from, to) };
    Some(Birth { date: from, until: Some(to).filter(|to| *to != from), is_circa })
}

fn partial(date: &Element) -> Option<PartialDate> {
    let words = [date.text_of("Year"), date.text_of("Month"), date.text_of("Day")];
    date::date(&words.map(|word| if word.is_empty() { "0" } else { word }))
}
