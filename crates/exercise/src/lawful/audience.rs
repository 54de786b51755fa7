//! Who gets a bulk mail, and on which days.

use crate::calendar::next_working_day;
use crate::world::Planner;

impl Planner {
    /// Members of every kind: a random number of them in the given shares of the house, in parts of 1,000.
    pub(super) fn audience(&mut self, low: i64, high: i64) -> Vec<usize> {
        let all = self.world.house.all();
        let members = all.len() as i64;
        let size = self.random.between(members * low / 1_000, members * high / 1_000).max(2);
        self.random.sample(&all, size as usize)
    }

    /// `parts` of 38 of the forum.
    pub(super) fn forum_audience(&mut self, parts: usize) -> Vec<usize> {
        let forum = self.world.house.forum();
        let size = (forum.len() * parts).div_ceil(38);
        self.random.sample(&forum, size)
    }

    /// One mail per issue and member: `(at, issue, member)`. A mailing starts in office hours and takes a while.
    pub(super) fn issues(&mut self, days: &[i64], audience: &[usize]) -> Vec<(i64, usize, usize)> {
        let mut mails = Vec::with_capacity(days.len() * audience.len());
        for (issue, day) in days.iter().enumerate() {
            let mut at = self.world.calendar.office_moment(&mut self.random, *day);
            for member in audience {
                at += self.random.between(0, 9);
                mails.push((at, issue, *member));
            }
        }
        mails
    }

    /// Up to `count` working days from `start` on, evenly over what is left of the exercise, never two on one day.
    pub(super) fn days_from(&self, start: i64, count: usize) -> Vec<i64> {
        let left = (self.world.calendar.days - start).max(1);
        let step = (left / count.max(1) as i64).max(1);
        let mut days: Vec<i64> =
            (0..count as i64).map(|issue| next_working_day(start + issue * step)).collect();
        days.dedup();
        days.retain(|day| *day < self.world.calendar.days);
        days
    }
}
