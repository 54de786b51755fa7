//! Lawful life: everything in here happens in houses where nobody breaks in, and some of it looks as if somebody did.

mod administration;
mod files;
mod mail;
mod public_web;
mod staff;

use super::line::Line;
use super::place::{Person, moment};
use crate::random::Random;

/// A day at the board, to be filled with lines.
pub(crate) struct Day<'a> {
    pub(crate) day: i64,
    /// How many days there are.
    pub(crate) days: i64,
    pub(crate) seed: u64,
    /// How much happens, in percent of what the exercise's own size has.
    pub(crate) activity: usize,
    pub(crate) staff: &'a [Person],
    pub(crate) lines: Vec<Line>,
}

impl<'a> Day<'a> {
    /// Who is in the building.
    fn people_in(&self) -> impl Iterator<Item = &'a Person> + use<'a> {
        let today = self.day;
        self.staff.iter().filter(move |person| person.is_in(today))
    }

    /// Who works, in the building or elsewhere.
    fn people_at_work(&self) -> impl Iterator<Item = &'a Person> + use<'a> {
        let today = self.day;
        self.staff.iter().filter(move |person| person.works(today))
    }

    /// The chance of one topic on this day.
    fn random(&self, topic: u64) -> Random {
        Random::keyed(self.seed, &[topic, self.day as u64])
    }

    /// `count` at the present activity, at least one.
    fn times(&self, count: usize) -> usize {
        (count * self.activity / 100).max(1)
    }

    /// A moment of the day between two hours.
    fn at(&self, random: &mut Random, from_hour: i64, until_hour: i64) -> i64 {
        moment(self.day, random.between(from_hour * 3_600, until_hour * 3_600 - 1)) + random.between(0, 999)
    }

    fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// A day of the exercise that the seed chooses for something that happens once.
    fn is_day_of(&self, topic: u64) -> bool {
        Random::keyed(self.seed, &[topic]).between(1, self.days - 1) == self.day
    }

    /// Does something happen today that happens about every so many days?
    fn is_turn(&self, topic: u64, every: i64) -> bool {
        Random::keyed(self.seed, &[topic, self.day as u64, 1]).between(1, every) == 1
    }

    /// The second Tuesday of four weeks, on whose night servers are patched.
    fn is_patch_day(&self) -> bool {
        self.day % 28 == 7
    }
}

/// Everything lawful of a day.
pub(crate) fn live(day: &mut Day<'_>) {
    staff::sign_in(day);
    staff::use_web_mail(day);
    staff::roll_out_second_factor(day);
    mail::send(day);
    mail::merge(day);
    public_web::visit(day);
    public_web::scan(day);
    public_web::change(day);
    files::read(day);
    files::back_up(day);
    administration::administer(day);
    administration::patch(day);
    administration::machines(day);
}
