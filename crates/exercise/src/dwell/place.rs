//! The invented Northmere Electoral Board: when the exercise runs, networks, and the people with what they carry.

use super::signin::Origin;
use crate::calendar::{DAY, T0};
use crate::names;
use crate::random::{Random, mix};

/// The board's domain.
pub(crate) const DOMAIN: &str = "northboard.example";
/// The first second: Tuesday, 13 July 2021, six weeks before the day of the entry.
pub(crate) const START: i64 = T0 + 190 * DAY;
/// The board's network towards the Internet (private-use numbers, RFC 6996).
pub(crate) const OFFICE_NETWORK: u32 = 64_512;
/// The address of its gateway.
pub(crate) const OFFICE_ADDRESS: &str = "192.0.2.10";
/// Networks at home, of telephones, on journeys, and of rented servers.
const HOME: std::ops::Range<u32> = 64_513..64_521;
const MOBILE: std::ops::Range<u32> = 64_521..64_525;
const AWAY: std::ops::Range<u32> = 64_600..64_760;
const RENTED: std::ops::Range<u32> = 65_000..65_400;

/// Milliseconds of a moment on a day.
pub(crate) fn moment(day: i64, second: i64) -> i64 {
    (START + day * DAY + second) * 1_000
}

/// Is the day a Saturday or Sunday? The first one is a Tuesday.
pub(crate) fn is_weekend(day: i64) -> bool {
    (day + 1).rem_euclid(7) >= 5
}

/// An address of a network: three of four networks are IPv6; the others share the documentation blocks.
pub(crate) fn address(network: u32, host: u64) -> String {
    let block = mix(u64::from(network));
    if network.is_multiple_of(4) {
        let base = 16 * (block % 15) + 1 + host % 14;
        return if block.is_multiple_of(2) {
            format!("198.51.100.{base}")
        } else {
            format!("203.0.113.{base}")
        };
    }
    format!("2001:db8:{network:x}::{:x}", 1 + host % 0xffff)
}

/// A relay that an intruder rents or has taken over: another network for each number.
pub(crate) fn relay(seed: u64, number: u64) -> (u32, String) {
    let drawn = mix(mix(seed) ^ (number / 40)) as u32;
    let span = RENTED.end - RENTED.start;
    let network = RENTED.start + (drawn % span + 7 * number as u32) % span;
    (network, address(network, mix(seed ^ number)))
}

/// Days away, from one to before another, in a network there.
#[derive(Clone, Debug)]
struct Journey {
    days: std::ops::Range<i64>,
    network: u32,
}

/// Somebody who works at the board.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) account: String,
    /// Place in the list, which also numbers the workstation.
    pub(crate) number: usize,
    /// From which day on, and until which.
    pub(crate) employed: std::ops::Range<i64>,
    home: u32,
    mobile: u32,
    journeys: Vec<Journey>,
    holidays: Vec<std::ops::Range<i64>>,
    /// The day on which the browser or the machine is replaced.
    replaced: i64,
    browsers: [&'static str; 2],
    systems: [&'static str; 2],
    /// Days by which updates come later than to others.
    delay: i64,
    /// Has the person an old device that is seldom turned on and never renewed?
    has_old_device: bool,
}

const BROWSERS: [&str; 4] = ["Edge", "Chrome", "Firefox", "Safari"];
const SYSTEMS: [&str; 4] = ["Windows 10", "Windows 11", "MacOs", "Ios 15"];

/// All who work there at some time within the days.
pub(crate) fn staff(seed: u64, count: usize, days: i64) -> Vec<Person> {
    let mut taken = std::collections::BTreeSet::new();
    (0..count).map(|number| person(seed, number, days, &mut taken)).collect()
}

fn person(seed: u64, number: usize, days: i64, taken: &mut std::collections::BTreeSet<String>) -> Person {
    let mut random = Random::keyed(seed, &[11, number as u64]);
    let mut account = names::Person::new(&mut random).local_part();
    while !taken.insert(account.clone()) {
        account = names::Person::new(&mut random).local_part();
    }
    // One in eight comes during the exercise and one in eight goes.
    let from = if random.chance(12) { random.between(20, days) } else { 0 };
    let until = if random.chance(12) { from + random.between(60, 300) } else { days };
    Person {
        account,
        number,
        employed: from..until,
        home: pick(&mut random, HOME),
        mobile: pick(&mut random, MOBILE),
        journeys: journeys(&mut random, days),
        holidays: (0..days / 70).map(|_| span(&mut random, days, 3, 12)).collect(),
        replaced: random.between(0, 2 * days),
        browsers: [random.word(&BROWSERS), random.word(&BROWSERS)],
        systems: [random.word(&SYSTEMS), random.word(&SYSTEMS)],
        delay: random.between(0, 9),
        has_old_device: random.chance(16),
    }
}

fn pick(random: &mut Random, range: std::ops::Range<u32>) -> u32 {
    range.start + random.below((range.end - range.start) as usize) as u32
}

fn span(random: &mut Random, days: i64, shortest: i64, longest: i64) -> std::ops::Range<i64> {
    let from = random.between(0, days);
    from..from + random.between(shortest, longest)
}

/// Two or three journeys a year; some places are much more common than others.
fn journeys(random: &mut Random, days: i64) -> Vec<Journey> {
    (0..days * 5 / 2 / 365 + 1)
        .map(|_| {
            let width = (AWAY.end - AWAY.start) as usize;
            let place = random.below(width).min(random.below(width)).min(random.below(width));
            Journey { days: span(random, days, 1, 5), network: AWAY.start + place as u32 }
        })
        .collect()
}

impl Person {
    /// Is the person at work on this day, there or elsewhere?
    pub(crate) fn works(&self, day: i64) -> bool {
        let is_away = self.holidays.iter().any(|holiday| holiday.contains(&day));
        self.employed.contains(&day) && !is_weekend(day) && !is_away
    }

    /// Is the person in the building?
    pub(crate) fn is_in(&self, day: i64) -> bool {
        self.works(day) && self.journey(day).is_none() && (day + self.number as i64) % 5 > 1
    }

    fn journey(&self, day: i64) -> Option<&Journey> {
        self.journeys.iter().find(|journey| journey.days.contains(&day))
    }

    /// From where and with what the person signs in on a day.
    pub(crate) fn origin(&self, day: i64, random: &mut Random) -> Origin {
        let (network, address) = self.network(day, random);
        let new = usize::from(day >= self.replaced);
        let system = self.systems.get(new).copied().unwrap_or_default();
        let browser = self.browsers.get(new).copied().unwrap_or_default();
        let version = 91 + (day - self.delay) / 28;
        let country = if self.journey(day).is_some() && network != self.mobile { "ZZ" } else { "XN" };
        let (system, browser) = if self.has_old_device && random.chance(3) {
            ("Ios 12", "Safari 12.1".to_owned())
        } else {
            (system, format!("{browser} {version}.0"))
        };
        Origin { address, network, system: system.to_owned(), browser, country }
    }

    fn network(&self, day: i64, random: &mut Random) -> (u32, String) {
        if self.is_in(day) && !random.chance(10) {
            return (OFFICE_NETWORK, OFFICE_ADDRESS.to_owned());
        }
        let host = self.number as u64;
        if random.chance(20) {
            return (self.mobile, address(self.mobile, random.next()));
        }
        match self.journey(day) {
            Some(journey) => (journey.network, address(journey.network, host + day as u64 / 3)),
            // Providers give another address every few weeks.
            None => (self.home, address(self.home, 97 * host + day as u64 / 25)),
        }
    }

    /// The address of the workstation inside.
    pub(crate) fn workstation(&self) -> String {
        format!("10.20.{}.{}", 4 + self.number / 200, 10 + self.number % 200)
    }

    /// What the browser says of itself to a web server.
    pub(crate) fn agent(origin: &Origin) -> String {
        format!("Mozilla/5.0 ({}) {}", origin.system, origin.browser.replace(' ', "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_day_is_a_tuesday() {
        assert_eq!(crate::calendar::utc(START, "%a %Y-%m-%d"), "Tue 2021-07-13");
        let weekend: Vec<i64> = (0..8).filter(|day| is_weekend(*day)).collect();
        assert_eq!(weekend, [4, 5]);
    }

    #[test]
    fn addresses_are_reserved_for_documentation() {
        for network in HOME.chain(AWAY).chain(RENTED) {
            let address = address(network, 7);
            let is_reserved =
                ["2001:db8:", "198.51.100.", "203.0.113."].iter().any(|block| address.starts_with(block));
            assert!(is_reserved, "{address}");
        }
    }

    #[test]
    fn people_are_the_same_for_a_seed() {
        let accounts = |seed| staff(seed, 30, 400).into_iter().map(|one| one.account).collect::<Vec<_>>();
        assert_eq!(accounts(4), accounts(4));
        assert_ne!(accounts(4), accounts(5));
    }
}
