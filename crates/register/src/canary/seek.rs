//! Finds invented electors in rows of any form: other columns, other order, other spelling, a part only.

use super::invent::{Fictitious, Fields};
use crate::canonical::{Row, fields};
use crate::layout::{NAME, SURNAME};
use crate::reader::{Records, texts};
use crate::spelling::{is_alike, is_near, words};
use csv::ByteRecord;
use std::collections::{BTreeSet, HashMap};
use std::io::Read;

/// Words that the first line of an address has at least, if it is to stand for the postcode: a house and a street.
const ADDRESS_WORDS_MIN: usize = 2;

/// What is sought of one entry.
#[derive(Debug)]
struct Sought {
    name: Vec<String>,
    address: Vec<String>,
}

/// Many invented electors, found by their postcodes or by their names.
#[derive(Debug)]
pub struct Seeker {
    sought: Vec<Sought>,
    is_same_word: fn(&str, &str) -> bool,
    by_postcode: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Seeker {
    /// Seeks these; what is found is told by its place among them.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a Fictitious>) -> Self {
        Self::with(entries, is_alike)
    }

    /// Seeks these, and whoever a slip could make one of them.
    pub(super) fn wide<'a>(entries: impl IntoIterator<Item = &'a Fictitious>) -> Self {
        Self::with(entries, is_near)
    }

    fn with<'a>(
        entries: impl IntoIterator<Item = &'a Fictitious>,
        is_same_word: fn(&str, &str) -> bool,
    ) -> Self {
        let mut seeker =
            Self { sought: Vec::new(), is_same_word, by_postcode: HashMap::new(), by_name: HashMap::new() };
        for (place, entry) in entries.into_iter().enumerate() {
            let name = name_words(&entry.fields);
            let postcode = words(of(&entry.fields, "postcode")).concat();
            if !postcode.is_empty() {
                seeker.by_postcode.entry(postcode).or_default().push(place);
            }
            if let Some(longest) = name.iter().max_by_key(|word| word.len()) {
                seeker.by_name.entry(longest.clone()).or_default().push(place);
            }
            seeker.sought.push(Sought { name, address: words(of(&entry.fields, "address_1")) });
        }
        seeker
    }

    /// The entries that a row tells of.
    pub fn find(&self, row: &[String]) -> BTreeSet<usize> {
        let single = row.iter().map(String::as_str);
        let mut found: BTreeSet<usize> = single
            .clone()
            .flat_map(|word| at(&self.by_postcode, word))
            .filter(|place| self.is_named(*place, row))
            .collect();
        for pair in row.windows(2) {
            found.extend(at(&self.by_postcode, &pair.concat()).filter(|place| self.is_named(*place, row)));
        }
        found.extend(
            single.flat_map(|word| at(&self.by_name, word)).filter(|place| self.is_at_home(*place, row)),
        );
        found
    }

    /// Whether a canonical row tells of one of the entries.
    pub fn is_among(&self, row: &Row) -> bool {
        let values = fields(row.as_bytes()).flat_map(|(_, value)| words(&String::from_utf8_lossy(value)));
        !self.find(&values.collect::<Vec<_>>()).is_empty()
    }

    /// Whether every word of the name is in the row, with a slip at most.
    fn is_named(&self, place: usize, row: &[String]) -> bool {
        self.sought.get(place).is_some_and(|sought| {
            !sought.name.is_empty()
                && sought.name.iter().all(|word| row.iter().any(|other| (self.is_same_word)(word, other)))
        })
    }

    /// Whether the name is there, and the whole first line of the address.
    fn is_at_home(&self, place: usize, row: &[String]) -> bool {
        let is_house = |sought: &Sought| {
            sought.address.len() >= ADDRESS_WORDS_MIN && sought.address.iter().all(|word| row.contains(word))
        };
        self.sought.get(place).is_some_and(is_house) && self.is_named(place, row)
    }
}

fn at<'a>(index: &'a HashMap<String, Vec<usize>>, word: &str) -> impl Iterator<Item = usize> + use<'a> {
    index.get(word).into_iter().flatten().copied()
}

fn of<'a>(fields: &'a Fields, field: &str) -> &'a str {
    fields.get(field).map_or("", String::as_str)
}

fn name_words(fields: &Fields) -> Vec<String> {
    [NAME, "forename", SURNAME].iter().flat_map(|field| words(of(fields, field))).collect()
}

/// All words of an entry.
pub(super) fn entry_words(entry: &Fictitious) -> Vec<String> {
    entry.fields.values().flat_map(|value| words(value)).collect()
}

/// What a leak holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Leak {
    /// Its rows, with a header if it has one.
    pub rows: u64,
    /// Entries that are in it, by their places.
    pub seen: BTreeSet<usize>,
}

/// Looks through a leak. With `is_quoted`, quotes hold a row together as in CSV; without, each line is a row.
///
/// # Errors
/// When reading fails, or a row is longer than [`model::limit::REGISTER_RECORD_BYTES_MAX`].
pub fn seek(leak: impl Read, seeker: &Seeker, is_quoted: bool) -> Result<Leak, csv::Error> {
    let mut records = if is_quoted { Records::new(leak) } else { Records::lines(leak) };
    let (mut record, mut found) = (ByteRecord::new(), Leak::default());
    while records.read(&mut record)? {
        found.rows += 1;
        found.seen.extend(seeker.find(&row_words(&record)));
    }
    Ok(found)
}

/// The words of all cells of a record.
pub(super) fn row_words(record: &ByteRecord) -> Vec<String> {
    texts(record).flat_map(|text| words(&text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeker() -> Seeker {
        let fields = [
            ("surname", "Quarrell"),
            ("forename", "Ann"),
            ("postcode", "AB1 2CD"),
            ("address_1", "14 Hill Road"),
            ("number", "7"),
        ];
        let fields = fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        Seeker::new(&[Fictitious { fields, anchor: vec![] }])
    }

    #[track_caller]
    fn check(row: &str, expected: bool) {
        let leak = seek(row.as_bytes(), &seeker(), true).unwrap();
        assert_eq!(leak.seen.contains(&0), expected, "{row}");
    }

    #[test]
    fn an_entry_is_found_however_the_row_is_written() {
        check("Ann,Quarrell,AB1 2CD", true);
        check("QUARRELL Ann;ab12cd;0", true);
        check("{\"n\":\"Quarrel, Ann\",\"pc\":\"AB1 2CD\"}", true);
        check("ann quarrell\t14 hill road\tsomewhere", true);
    }

    #[test]
    fn others_are_not_taken_for_it() {
        check("Ann,Archer,AB1 2CD", false);
        check("Ann,Quarrell,AB1 2CE", false);
        check("Ann,Quarrell,15 Hill Road", false);
        check("Amy,Quarrell,AB1 2CD", false);
    }
}
