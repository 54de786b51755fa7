//! The electoral register of the exercise: an invented register of 20,000 electors, the next month's, and a copy that somebody
//! altered. Postcodes begin with letters that no post office uses.

use crate::names::{Person, place};
use crate::output::Sink;
use crate::random::Random;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io;

/// Electors of the first register.
pub const ELECTORS: usize = 20_000;
/// What changes by the next month: electors who moved, who left, and who came.
const MOVED: usize = 20;
const LEFT: usize = 10;
const CAME: usize = 7;
/// Rows of the copy that somebody altered.
const ALTERED: usize = 3;
/// Wards, each with a prefix of its own.
const WARDS: [&str; 8] = ["HA", "HB", "MA", "NC", "OB", "RA", "TC", "WB"];
const HEADING: &str = "Elector Number Prefix,Elector Number,Elector Number Suffix,Elector Markers,Elector DOB,Elector Surname,\
Elector Forename,PostCode,Address1,Address2,Address3,Address4,Address5,Address6\n";

#[derive(Clone)]
struct Elector {
    prefix: &'static str,
    number: usize,
    person: Person,
    house: usize,
    street: String,
    postcode: String,
}

/// Writes `register/2021-12.csv`, `register/2022-01.csv` and the altered copy `register/copy.csv`; who changed, left, came and
/// was altered goes to `truth/register.json`.
///
/// # Errors
/// When the sink refuses.
pub fn write_register(seed: u64, sink: &mut dyn Sink) -> io::Result<()> {
    let mut random = Random::keyed(seed, &[6]);
    let streets: Vec<String> = (0..400).map(|_| format!("{} Street", place(&mut random))).collect();
    let mut electors: Vec<Elector> =
        (0..ELECTORS).map(|place| elector(&mut random, place, &streets)).collect();
    sink.file("register/2021-12.csv", csv(&electors).as_bytes())?;

    let mut touched = chosen(&mut random, MOVED + LEFT + ALTERED);
    let altered = touched.split_off(MOVED + LEFT);
    let left = touched.split_off(MOVED);
    let mut copy = electors.clone();
    for (kind, place) in altered.iter().enumerate() {
        if let Some(elector) = copy.get_mut(*place) {
            alter(elector, kind);
        }
    }
    sink.file("register/copy.csv", csv(&copy).as_bytes())?;

    for place in &touched {
        if let Some(elector) = electors.get_mut(*place) {
            elector.street = random.pick(&streets).clone();
            elector.house = 200 + random.below(90);
        }
    }
    let keys = |places: &[usize]| places.iter().filter_map(|place| copy.get(*place)).map(key).collect();
    let (moved, gone, altered): (Vec<String>, Vec<String>, Vec<String>) =
        (keys(&touched), keys(&left), keys(&altered));
    let mut next: Vec<Elector> =
        electors.into_iter().filter(|elector| !gone.contains(&key(elector))).collect();
    let came: Vec<Elector> =
        (ELECTORS..ELECTORS + CAME).map(|place| elector(&mut random, place, &streets)).collect();
    let new: Vec<String> = came.iter().map(key).collect();
    next.extend(came);
    sink.file("register/2022-01.csv", csv(&next).as_bytes())?;
    let list = |keys: &[String]| keys.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(",");
    let truth = format!(
        "{{\"changed\":[{}],\"removed\":[{}],\"added\":[{}],\"altered\":[{}]}}\n",
        list(&moved),
        list(&gone),
        list(&new),
        list(&altered)
    );
    sink.file("truth/register.json", truth.as_bytes())
}

fn elector(random: &mut Random, place: usize, streets: &[String]) -> Elector {
    let ward = place % WARDS.len();
    let street = random.below(streets.len());
    Elector {
        prefix: WARDS.get(ward).copied().unwrap_or_default(),
        number: 1 + place / WARDS.len(),
        person: Person::new(random),
        house: 1 + random.below(180),
        street: streets.get(street).cloned().unwrap_or_default(),
        postcode: format!("QX{} {}{}", 1 + ward, street % 9 + 1, random.text(b"ABDEFGHJLNPQRSTUWXYZ", 2)),
    }
}

/// Different places of electors, in the order in which they were drawn.
fn chosen(random: &mut Random, count: usize) -> Vec<usize> {
    let mut known = BTreeSet::new();
    std::iter::repeat_with(|| random.below(ELECTORS))
        .filter(|place| known.insert(*place))
        .take(count)
        .collect()
}

/// What somebody would do who wants electors turned away: another name, another address, another postcode.
fn alter(elector: &mut Elector, kind: usize) {
    match kind {
        0 => elector.person.family.push('e'),
        1 => elector.house += 1,
        _ => elector.postcode = elector.postcode.replace("QX", "QY"),
    }
}

/// As Portcullis and the electoral office write an elector's number.
fn key(elector: &Elector) -> String {
    format!("{}/{}/0", elector.prefix, elector.number)
}

fn csv(electors: &[Elector]) -> String {
    let mut text = HEADING.to_owned();
    for elector in electors {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{},{},0,,,{},{},{},{} {},Northmere,,,,",
            elector.prefix,
            elector.number,
            elector.person.family,
            elector.person.given,
            elector.postcode,
            elector.house,
            elector.street
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Files(BTreeMap<String, String>);

    impl Sink for Files {
        fn folder(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }

        fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
            self.0.insert(path.to_owned(), String::from_utf8_lossy(bytes).into_owned());
            Ok(())
        }

        fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
            self.file(path, bytes)
        }
    }

    #[test]
    fn twenty_change_ten_leave_seven_come_and_three_are_altered_in_a_copy() {
        let mut files = Files::default();
        write_register(1, &mut files).expect("it is written");
        let lines = |path: &str| files.0.get(path).expect("it is there").lines().collect::<BTreeSet<_>>();
        let (first, next, copy) =
            (lines("register/2021-12.csv"), lines("register/2022-01.csv"), lines("register/copy.csv"));
        assert_eq!((first.len(), next.len(), copy.len()), (20_001, 19_998, 20_001));
        assert_eq!(first.difference(&next).count(), MOVED + LEFT);
        assert_eq!(first.difference(&copy).count(), ALTERED);
        assert!(first.iter().all(|line| line.split(',').count() == 14));
    }
}
