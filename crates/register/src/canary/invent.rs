//! Electors who do not exist, out of parts of those who do: a forename, a surname and a place of three different rows.

use super::chance::Chance;
use crate::layout::{MARKERS, NAME, SURNAME};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FORENAME: &str = "forename";
const PREFIX: &str = "number_prefix";
const NUMBER: &str = "number";
const SUFFIX: &str = "number_suffix";
const HOUSE: &str = "address_1";
/// Fields that would say more of an invented elector than a register says of most.
const LEFT_EMPTY: [&str; 2] = [MARKERS, "date_of_birth"];
/// Rows that parts are taken from: enough that a name's share among canaries is its share in the register.
const DONORS_MAX: usize = 20_000;
/// Houses further along the street, at most.
const HOUSES_FURTHER: usize = 12;

/// The values of a row by field.
pub type Fields = BTreeMap<String, String>;

/// An elector who does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fictitious {
    /// Values by field.
    pub fields: Fields,
    /// The values of the key of the real elector after whom the entry stands in a copy.
    pub anchor: Vec<String>,
}

/// Rows of a register that parts are taken from.
#[derive(Debug, Default)]
pub struct Donors {
    rows: Vec<(Fields, Vec<String>)>,
    seen: usize,
    /// The highest number of each prefix, with the key of who has it.
    last: BTreeMap<String, (u64, Vec<String>)>,
}

impl Donors {
    /// Rows seen, of which a part was kept.
    pub const fn seen(&self) -> usize {
        self.seen
    }

    /// Looks at a row. Each row of a register is kept with the same chance (reservoir sampling, Vitter's algorithm R).
    pub fn offer(&mut self, fields: &Fields, key: &[String], chance: &mut Chance) {
        self.note_number(fields, key);
        self.seen += 1;
        if self.rows.len() < DONORS_MAX {
            self.rows.push((fields.clone(), key.to_vec()));
        } else if let Some(place) = self.rows.get_mut(chance.below(self.seen)) {
            *place = (fields.clone(), key.to_vec());
        }
    }

    fn note_number(&mut self, fields: &Fields, key: &[String]) {
        let Ok(number) = of(fields, NUMBER).parse::<u64>() else { return };
        let last = self.last.entry(of(fields, PREFIX).to_owned()).or_default();
        if last.1.is_empty() || number > last.0 {
            *last = (number, key.to_vec());
        }
    }

    /// An elector who does not exist. None when these parts do not fit together; other ones may.
    pub fn invent(&self, chance: &mut Chance) -> Option<Fictitious> {
        let [(forename, _), (surname, _), (place, anchor)] =
            [chance.pick(&self.rows)?, chance.pick(&self.rows)?, chance.pick(&self.rows)?];
        let mut fields = place.clone();
        put_name(&mut fields, forename, surname)?;
        for field in LEFT_EMPTY {
            fields.entry(field.to_owned()).and_modify(String::clear);
        }
        if let Some(house) = fields.get_mut(HOUSE) {
            *house = further_along(house, chance);
        }
        let anchor = self.put_number(&mut fields, anchor, chance)?;
        Some(Fictitious { fields, anchor })
    }

    /// Gives the entry a number that is free, as far as these rows tell, and says after whom it stands.
    fn put_number(&self, fields: &mut Fields, anchor: &[String], chance: &mut Chance) -> Option<Vec<String>> {
        if let Some(suffix) = fields.get_mut(SUFFIX) {
            let number: u64 = if suffix.is_empty() { 0 } else { suffix.parse().ok()? };
            *suffix = number.checked_add(1)?.to_string();
            return Some(anchor.to_vec());
        }
        let (last, holder) = self.last.get(of(fields, PREFIX))?;
        let number = last.checked_add(u64::try_from(chance.below(500)).ok()? + 1)?;
        fields.insert(NUMBER.to_owned(), number.to_string());
        Some(holder.clone())
    }
}

fn of<'a>(fields: &'a Fields, field: &str) -> &'a str {
    fields.get(field).map_or("", String::as_str)
}

/// A forename of one and the surname of another; in one column, the words before the last and the last.
fn put_name(fields: &mut Fields, forename: &Fields, surname: &Fields) -> Option<()> {
    if fields.contains_key(SURNAME) {
        let (given, family) = (of(forename, FORENAME), of(surname, SURNAME));
        if family.is_empty() || (given.is_empty() && fields.contains_key(FORENAME)) {
            return None;
        }
        fields.insert(SURNAME.to_owned(), family.to_owned());
        fields.entry(FORENAME.to_owned()).and_modify(|value| given.clone_into(value));
        return Some(());
    }
    let (given, _) = of(forename, NAME).trim().rsplit_once(' ')?;
    let (_, family) = of(surname, NAME).trim().rsplit_once(' ')?;
    fields.insert(NAME.to_owned(), format!("{given} {family}"));
    Some(())
}

/// A house some numbers further along, on the same side of the street; a house without a number stays.
fn further_along(house: &str, chance: &mut Chance) -> String {
    let digits = house.chars().take_while(char::is_ascii_digit).count();
    let (number, rest) = house.split_at(digits);
    match number.parse::<u32>() {
        Ok(number) => {
            let further = u32::try_from(2 * (1 + chance.below(HOUSES_FURTHER))).unwrap_or(2);
            format!("{}{rest}", number.saturating_add(further))
        }
        Err(_) => house.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &[(&str, &str)]) -> Fields {
        text.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_invented_elector_has_parts_of_several_and_a_number_of_nobody() {
        let (mut donors, mut chance) = (Donors::default(), Chance::new([1; 32]));
        for (number, surname, forename) in
            [("1", "Archer", "Ann"), ("2", "Baker", "Bob"), ("9", "Cook", "Cy")]
        {
            let row = [
                ("number", number),
                ("surname", surname),
                ("forename", forename),
                ("address_1", "12 Hill Road"),
                ("markers", "F"),
            ];
            donors.offer(&fields(&row), &[number.to_owned()], &mut chance);
        }
        let invented = donors.invent(&mut chance).unwrap();
        assert!(invented.fields["number"].parse::<u64>().unwrap() > 9);
        assert_eq!((invented.anchor, invented.fields["markers"].as_str()), (vec!["9".to_owned()], ""));
        assert!(
            invented.fields["address_1"].ends_with(" Hill Road")
                && invented.fields["address_1"] != "12 Hill Road"
        );
    }

    #[test]
    fn a_name_in_one_column_is_mixed_at_its_last_word_and_a_suffix_counts_on() {
        let (mut donors, mut chance) = (Donors::default(), Chance::new([2; 32]));
        let row = [("number", "7"), ("number_suffix", "0"), ("name", "Mary Jo Dale")];
        donors.offer(&fields(&row), &["7".to_owned(), "0".to_owned()], &mut chance);
        let invented = donors.invent(&mut chance).unwrap();
        assert_eq!(
            (invented.fields["name"].as_str(), invented.fields["number_suffix"].as_str()),
            ("Mary Jo Dale", "1")
        );
    }
}
