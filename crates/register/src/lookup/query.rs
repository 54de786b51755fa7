//! A question, and how an entry answers it.

use super::entry::Entry;
use super::index::{IndexError, IndexReader, Key};
use crate::spelling::{is_alike, words};
use std::io::{Read, Seek};

/// Who is looked for, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    name: Vec<String>,
    postcode: String,
    house: Vec<String>,
}

/// What the register says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Nobody like this.
    NotFound,
    /// Somebody whose name or place is nearly this: look at the paper.
    Similar,
    /// This name at this place.
    Registered,
}

impl Answer {
    /// The word for it, as printed and exported.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Similar => "similar",
            Self::Registered => "registered",
        }
    }
}

impl Query {
    /// A question for a whole name at a postcode, or at the first line of an address, or both. None without a name of two words or
    /// without a place: one answer must not tell where somebody lives.
    pub fn new(name: &str, postcode: &str, address: &str) -> Option<Self> {
        let query = Self { name: words(name), postcode: words(postcode).concat(), house: words(address) };
        (query.name.len() >= 2 && (!query.postcode.is_empty() || query.house.len() >= 2)).then_some(query)
    }

    /// The best answer of an index.
    ///
    /// # Errors
    /// When the index is damaged or cannot be read.
    pub fn ask<R: Read + Seek>(&self, index: &mut IndexReader<R>) -> Result<Answer, IndexError> {
        let mut best = Answer::NotFound;
        if let Some(key) = Key::of_postcode(&self.postcode) {
            best = self.best_of(&index.entries(key, true)?);
        }
        let mut initials: Vec<char> = self.name.iter().filter_map(|word| word.chars().next()).collect();
        initials.sort_unstable();
        initials.dedup();
        for key in initials.into_iter().filter_map(|initial| Key::of_house(&self.house, initial)) {
            if best < Answer::Registered {
                best = best.max(self.best_of(&index.entries(key, false)?));
            }
        }
        Ok(best)
    }

    fn best_of(&self, entries: &[Entry]) -> Answer {
        entries.iter().map(|entry| self.answer(entry)).max().unwrap_or(Answer::NotFound)
    }

    fn answer(&self, entry: &Entry) -> Answer {
        self.name_like(entry).min(self.place_like(entry))
    }

    fn name_like(&self, entry: &Entry) -> Answer {
        let has = |word: &String| self.name.contains(word);
        let has_alike = |word: &String| self.name.iter().any(|other| is_alike(word, other));
        let first = entry.forename.first();
        let is_of_entry = |word: &String| entry.surname.contains(word) || entry.forename.contains(word);
        if entry.surname.iter().all(has) && first.is_none_or(has) && self.name.iter().all(is_of_entry) {
            Answer::Registered
        } else if entry.surname.iter().all(has_alike)
            && first.is_none_or(|first| has_alike(first) || self.has_initial(first))
        {
            Answer::Similar
        } else {
            Answer::NotFound
        }
    }

    /// Whether one of the two has the letter alone where the other has the forename.
    fn has_initial(&self, forename: &str) -> bool {
        let is_short = |word: &str, long: &str| word.len() == 1 && long.starts_with(word);
        self.name.iter().any(|word| is_short(word, forename) || is_short(forename, word))
    }

    fn place_like(&self, entry: &Entry) -> Answer {
        let is_postcode = !self.postcode.is_empty() && self.postcode == entry.postcode;
        let is_house = self.house.len() >= 2 && self.house.iter().all(|word| entry.house.contains(word));
        match (is_postcode, is_house) {
            (true, true) => Answer::Registered,
            (true, false) if self.house.is_empty() => Answer::Registered,
            (false, true) if self.postcode.is_empty() => Answer::Registered,
            (true, false) | (false, true) => Answer::Similar,
            (false, false) => Answer::NotFound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::IndexWriter;
    use super::*;
    use crate::canonical::{self, Row};
    use std::io::Cursor;

    /// An index of some hundred electors, in which Zoë Quarrell lives at 14 Hill Road, N1 2AB.
    fn index() -> Vec<u8> {
        let row = |surname: &str, forename: &str, postcode: &str, house: &str| {
            let fields =
                [("address_1", house), ("forename", forename), ("postcode", postcode), ("surname", surname)];
            Entry::of(&Row::new(canonical::Key::of(["1"]), 1, fields))
        };
        let mut entries: Vec<Entry> = (0..3_000)
            .map(|n| row(&format!("Archer{}", n % 90), "Ann", &format!("N{} 3CD", n / 20), "1 Mill Lane"))
            .collect();
        entries.push(row("Quarrell", "Zoë Mary", "N1 2AB", "14 Hill Road"));
        entries.sort_by_key(Entry::by_postcode);
        let (mut writer, mut table, mut last) = (IndexWriter::new(Vec::new()).unwrap(), Vec::new(), None);
        for entry in &entries {
            let at = writer.entry(&entry.to_bytes()).unwrap();
            table.extend(
                entry.by_postcode().filter(|key| last.replace(*key) != Some(*key)).map(|key| (key, at)),
            );
            table.extend(entry.by_house().into_iter().map(|key| (key, at)));
        }
        table.sort_unstable();
        table.into_iter().for_each(|(key, at)| writer.row(key, at).unwrap());
        writer.finish().unwrap()
    }

    #[track_caller]
    fn check(name: &str, postcode: &str, address: &str, expected: Answer) {
        let mut reader = IndexReader::open(Cursor::new(index())).unwrap();
        let query = Query::new(name, postcode, address).unwrap();
        assert_eq!(query.ask(&mut reader).unwrap(), expected, "{name} {postcode} {address}");
    }

    #[test]
    fn an_elector_is_found_by_name_and_place() {
        check("Zoe Quarrell", "n12ab", "", Answer::Registered);
        check("QUARRELL, Zoë Mary", "N1 2AB", "14 Hill Road", Answer::Registered);
        check("Zoe Quarrell", "", "14 hill road", Answer::Registered);
        check("Ann Archer7", "N0 3CD", "", Answer::Registered);
    }

    #[test]
    fn what_is_nearly_right_is_similar() {
        check("Zoe Quarell", "N1 2AB", "", Answer::Similar);
        check("Z Quarrell", "N1 2AB", "", Answer::Similar);
        check("Zoe Quarrell", "N1 2AB", "15 Hill Road", Answer::Similar);
        check("Zoe Quarrell", "N1 2AC", "14 Hill Road", Answer::Similar);
        check("Zoe Anna Quarrell", "N1 2AB", "", Answer::Similar);
    }

    #[test]
    fn others_are_not_found() {
        check("Zoe Baker", "N1 2AB", "", Answer::NotFound);
        check("Zoe Quarrell", "N9 9ZZ", "", Answer::NotFound);
        assert_eq!(Query::new("Zoe Quarrell", "", ""), None, "no place");
        assert_eq!(Query::new("Quarrell", "N1 2AB", ""), None, "half a name");
    }

    #[test]
    fn a_damaged_index_is_an_error_and_no_answer() {
        let whole = index();
        let query = Query::new("Zoe Quarrell", "N1 2AB", "").unwrap();
        assert!(IndexReader::open(Cursor::new(&whole[..whole.len() - 1])).is_err());
        assert!(IndexReader::open(Cursor::new(&whole[..7])).is_err());
        for at in (0..whole.len()).step_by(97) {
            let mut broken = whole.clone();
            broken[at] ^= 0xff;
            if let Ok(mut reader) = IndexReader::open(Cursor::new(broken)) {
                // Any answer or an error, and no panic.
                let _ = query.ask(&mut reader);
            }
        }
    }
}
