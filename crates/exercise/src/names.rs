//! Invented people, places and organisations. Syllables are put together so that nobody real is meant.

use crate::random::Random;

const GIVEN: &[&str] = &[
    "Alva",
    "Bero",
    "Calda",
    "Darric",
    "Elspa",
    "Fenno",
    "Garet",
    "Hildo",
    "Ivena",
    "Jorrin",
    "Kelda",
    "Lorin",
    "Mirel",
    "Nevin",
    "Orla",
    "Perrin",
    "Quenna",
    "Rovan",
    "Selka",
    "Torvin",
    "Ulla",
    "Verrin",
    "Wenda",
    "Yorick",
    "Zelda",
    "Ansel",
    "Brida",
    "Corvin",
    "Delia",
    "Emric",
    "Fiora",
    "Gwenda",
    "Hesper",
    "Idris",
    "Junia",
    "Kasper",
    "Liesel",
    "Marden",
    "Nolwen",
    "Osmund",
    "Petra",
    "Rhoda",
    "Sorrel",
    "Thea",
    "Ren\u{e9}e",
    "J\u{f6}ran",
];
const FAMILY_HEAD: &[&str] = &[
    "Ash", "Brack", "Cald", "Dun", "Ever", "Fall", "Grim", "Hask", "Ing", "Kell", "Lang", "Mar", "Norr",
    "Oaken", "Pell", "Quar", "Rath", "Sten", "Thorn", "Under", "Vask", "Whin", "Yar", "Zell", "Bell", "Crow",
    "Drum", "Fenn",
];
const FAMILY_TAIL: &[&str] = &[
    "aby", "bridge", "combe", "dottir", "ering", "field", "garth", "holt", "ison", "kirk", "ling", "marsh",
    "nell", "over", "quist", "rick", "sted", "thwaite", "vane", "worth", "yard", "low", "mere", "ander",
];
const PLACE_HEAD: &[&str] = &[
    "Tarn", "Osk", "Vell", "Brin", "Caster", "Dorn", "Elm", "Fro", "Gall", "Haver", "Iver", "Kirn", "Lunt",
    "Mell", "Nether", "Orm", "Pad", "Ren", "Skel", "Trev", "Ul", "Wan", "Yes", "Zan", "Birk", "Clay",
    "Drift", "Egre",
];
const PLACE_TAIL: &[&str] = &[
    "wick", "holm", "ford", "mouth", "haven", "dale", "moor", "bury", "ness", "port", "stow", "gate", "fell",
    "by", "minster", "strand", "brook", "cliff", "shaw", "leigh", "sound", "cross",
];
/// What news outlets are called.
pub(crate) const OUTLETS: &[&str] = &[
    "Courier",
    "Chronicle",
    "Observer Daily",
    "Gazette",
    "Dispatch",
    "Record",
    "Monitor",
    "Herald",
    "Ledger",
];
/// What bodies that think and hold events are called.
pub(crate) const INSTITUTES: &[&str] = &[
    "Institute",
    "Policy Centre",
    "Foundation",
    "Forum for Debate",
    "Research Trust",
    "Council on Affairs",
    "Society",
];
/// What charities, clubs and campaigners are called.
pub(crate) const CHARITIES: &[&str] = &[
    "Relief",
    "Wildlife Trust",
    "Hospice",
    "Youth Clubs",
    "Heritage Circle",
    "Carers",
    "River Watch",
    "Food Bank",
    "Rail Users",
    "Theatre",
    "Choral Union",
    "Lifeboats",
    "Walkers",
    "Beekeepers",
];
/// What businesses that write to politicians are called.
pub(crate) const BUSINESSES: &[&str] = &[
    "Events",
    "Consulting",
    "Energy",
    "Logistics",
    "Conferences",
    "Surveys",
    "Housing",
    "Fisheries",
    "Growers",
    "Software",
    "Publishing",
    "Hotels",
    "Ferries",
    "Water",
    "Chambers",
];
/// What services that send mail for others are called.
pub(crate) const MAILERS: &[&str] = &["Post", "Merge", "Send", "Mailer", "Relay", "Letters"];

/// A person with a name of two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) given: &'static str,
    pub(crate) family: String,
}

impl Person {
    pub(crate) fn new(random: &mut Random) -> Self {
        let family = format!("{}{}", random.word(FAMILY_HEAD), random.word(FAMILY_TAIL));
        Self { given: random.word(GIVEN), family }
    }

    pub(crate) fn full(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// `given.family`, in ASCII.
    pub(crate) fn local_part(&self) -> String {
        format!("{}.{}", ascii(self.given), ascii(&self.family))
    }

    /// The address somebody would have got at a free-mail provider.
    pub(crate) fn casual_local_part(&self, random: &mut Random) -> String {
        let (given, family) = (ascii(self.given), ascii(&self.family));
        let number = random.between(1, 99);
        match random.below(5) {
            0 => format!("{given}{family}"),
            1 => format!("{given}.{family}{number}"),
            2 => format!("{family}{number}"),
            3 => format!("{given}_{family}"),
            _ => format!("{family}.{given}"),
        }
    }
}

/// A place name.
pub(crate) fn place(random: &mut Random) -> String {
    format!("{}{}", random.word(PLACE_HEAD), random.word(PLACE_TAIL))
}

/// The words of an organisation's name: a place and what it is.
pub(crate) fn organisation(random: &mut Random, suffixes: &[&str]) -> String {
    format!("{} {}", place(random), random.word(suffixes))
}

/// Lower-case ASCII letters and digits of a name; the two accents that names carry lose them.
pub(crate) fn ascii(name: &str) -> String {
    let plain = name.chars().map(|letter| match letter {
        '\u{e9}' => 'e',
        '\u{f6}' => 'o',
        other => other.to_ascii_lowercase(),
    });
    plain.filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_parts_are_ascii() {
        let person = Person { given: "J\u{f6}ran", family: "Ashfield".to_owned() };
        assert_eq!(person.local_part(), "joran.ashfield");
        assert_eq!(person.full(), "J\u{f6}ran Ashfield");
    }
}
