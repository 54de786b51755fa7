//! Mail: what people write, newsletters each week, and invitations that somebody sends to hundreds for the first time.

use super::Day;
use crate::dwell::place::{DOMAIN, is_weekend};
use crate::dwell::tracking;
use crate::names;
use crate::random::Random;

/// Letters of the day, in and out.
pub(super) fn send(day: &mut Day<'_>) {
    let today = day.day;
    for person in day.people_at_work() {
        let mut random = Random::keyed(day.seed, &[31, today as u64, person.number as u64]);
        let address = format!("{}@{DOMAIN}", person.account);
        for _ in 0..day.times(4) {
            let at = day.at(&mut random, 8, 19);
            let other = stranger(&mut random);
            day.add(tracking::sent(at, &address, &other, "Re: your question"));
            day.add(tracking::delivered(at - 600_000, &other, &address, "A question"));
            if random.chance(2) {
                day.add(tracking::bounced(at + 4_000, &address));
            }
        }
    }
    office_letters(day);
}

/// The shared address of the office writes a dozen letters a day.
fn office_letters(day: &mut Day<'_>) {
    if is_weekend(day.day) {
        return;
    }
    let mut random = day.random(32);
    for _ in 0..day.times(12) {
        let at = day.at(&mut random, 8, 18);
        let other = stranger(&mut random);
        day.add(tracking::sent(at, &format!("office@{DOMAIN}"), &other, "Your registration"));
    }
}

/// A newsletter each Thursday, notices each month, and twice a year an invitation by somebody who never sent one.
pub(super) fn merge(day: &mut Day<'_>) {
    if day.day % 7 == 2 {
        burst(day, "news", 33, 260);
    }
    if day.day % 30 == 12 {
        burst(day, "registration", 34, 420);
    }
    for (topic, sender) in [(35, "events"), (36, "outreach"), (37, "survey")] {
        if day.is_day_of(topic) {
            burst(day, sender, topic, 180);
        }
    }
}

fn burst(day: &mut Day<'_>, sender: &str, topic: u64, count: i64) {
    let mut random = day.random(topic);
    let address = format!("{sender}@{DOMAIN}");
    let from = day.at(&mut random, 9, 15);
    for number in 0..count {
        let at = from + number * 2_300;
        let other = stranger(&mut random);
        day.add(tracking::sent(at, &address, &other, "News of the board"));
        if random.chance(4) {
            day.add(tracking::bounced(at + 8_000, &address));
        }
    }
}

fn stranger(random: &mut Random) -> String {
    let person = names::Person::new(random);
    let domain =
        random.word(&["freemail.example", "post.test", "council.example", "press.test", "party.example"]);
    format!("{}{}@{domain}", person.local_part(), random.between(1, 99))
}
