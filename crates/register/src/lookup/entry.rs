//! What the index knows of an elector: name, postcode and address, as folded words.

use super::index::Key;
use crate::canonical::{Row, fields};
use crate::layout::{NAME, SURNAME};
use crate::spelling::words;
use std::collections::BTreeMap;

/// An elector in the index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Words of the surname; of the whole name where the register has it in one column.
    pub surname: Vec<String>,
    /// Words of the forenames; none where the register has the name in one column.
    pub forename: Vec<String>,
    /// Letters and digits of the postcode.
    pub postcode: String,
    /// Words of the first line of the address.
    pub house: Vec<String>,
}

impl Entry {
    /// What a row says of an elector.
    pub fn of(row: &Row) -> Self {
        let fields: BTreeMap<&[u8], &[u8]> = fields(row.as_bytes()).collect();
        let words_of = |field: &str| {
            words(&String::from_utf8_lossy(fields.get(field.as_bytes()).copied().unwrap_or_default()))
        };
        let surname = words_of(SURNAME);
        Self {
            surname: if surname.is_empty() { words_of(NAME) } else { surname },
            forename: words_of("forename"),
            postcode: words_of("postcode").concat(),
            house: words_of("address_1"),
        }
    }

    /// The key of its postcode, if it has one. Entries stand together by it.
    pub fn by_postcode(&self) -> Option<Key> {
        Key::of_postcode(&self.postcode)
    }

    /// The keys of its house and name.
    pub fn by_house(&self) -> Vec<Key> {
        let initials = self.surname.iter().filter_map(|word| word.chars().next());
        let mut keys: Vec<Key> = initials.filter_map(|initial| Key::of_house(&self.house, initial)).collect();
        keys.dedup();
        keys
    }

    /// As bytes: each part with its length in two bytes, big-endian, before it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts =
            [self.surname.join(" "), self.forename.join(" "), self.postcode.clone(), self.house.join(" ")];
        let mut bytes = Vec::new();
        for part in parts {
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            bytes.extend(length.to_be_bytes());
            bytes.extend(part.bytes().take(usize::from(length)));
        }
        bytes
    }

    /// From bytes. None where they are not what [`Entry::to_bytes`] makes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut part = || {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (part, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            rest = after;
            std::str::from_utf8(part).ok()
        };
        let list = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let (surname, forename) = (list(part()?), list(part()?));
        let (postcode, house) = (part()?.to_owned(), list(part()?));
        Some(Self { surname, forename, postcode, house })
    }
}
