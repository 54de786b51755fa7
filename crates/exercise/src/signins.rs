//! Sign-ins of the house's members, as the directory in the cloud hands them out: at their desks, at home, on journeys, and
//! those of T3, in which somebody uses what reconnaissance brought.

use crate::calendar::{self, DAY, T0};
use crate::house::{OPENERS, member_id};
use crate::random::{Random, mix};
use crate::truth::quoted;
use crate::world::World;

/// Networks have numbers for documentation and private use (RFC 5398, RFC 6996).
const OFFICE: u32 = 64_496;
const HOMES: std::ops::Range<u32> = 64_497..64_505;
const AWAY: std::ops::Range<u32> = 64_600..64_760;
/// The network that nobody of the house has used.
const RENTED: u32 = 65_010;
/// Days after T0 on which the accounts of members are used by somebody else: 9 and 12 March 2021, M004 and M029.
const INTRUSIONS: [(i64, usize); 2] = [(64, 3), (67, 28)];
/// Working days on which somebody signs in, in per cent.
const SIGNING_IN_PERCENT: usize = 45;
/// Members who go on a journey in a week, in per cent.
const JOURNEY_PERCENT: usize = 3;

/// A sign-in that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SignIn {
    at: i64,
    member: usize,
    network: u32,
}

/// The log, in order of time, with the truth beside it.
pub(crate) struct SignIns(Vec<SignIn>);

impl SignIns {
    pub(crate) fn new(world: &World) -> Self {
        let mut all = Vec::new();
        for member in world.house.all() {
            let mut random = Random::keyed(world.seed, &[5, member as u64]);
            let home = HOMES.start + random.below(HOMES.len()) as u32;
            let mut away = None;
            for day in 0..world.calendar.days {
                if day % 7 == 0 {
                    away = journey(&mut random).filter(|_| !OPENERS.contains(&member));
                }
                if !random.chance(SIGNING_IN_PERCENT) || calendar::next_working_day(day) != day {
                    continue;
                }
                let usual = if random.chance(60) { OFFICE } else { home };
                let at = world.calendar.office_moment(&mut random, day);
                all.push(SignIn { at, member, network: away.unwrap_or(usual) });
            }
        }
        let within = |(day, _): &&(i64, usize)| *day < world.calendar.days;
        all.extend(INTRUSIONS.iter().filter(within).map(|(day, member)| SignIn {
            at: T0 + day * DAY + 2 * 3_600 + 7 * *member as i64,
            member: *member,
            network: RENTED,
        }));
        all.sort_unstable();
        Self(all)
    }

    /// One JSON object a line.
    pub(crate) fn log(&self, world: &World) -> String {
        self.0.iter().map(|sign_in| sign_in.line(world)).collect()
    }

    /// Who was not the member.
    pub(crate) fn truth(&self, world: &World) -> String {
        let hostile = self.0.iter().filter(|sign_in| sign_in.network == RENTED);
        hostile
            .map(|sign_in| {
                format!(
                    "{{\"member\":\"{}\",\"account\":{},\"time\":\"{}\"}}\n",
                    member_id(sign_in.member),
                    quoted(&world.house.member(sign_in.member).address),
                    calendar::utc(sign_in.at, "%Y-%m-%dT%H:%M:%SZ")
                )
            })
            .collect()
    }
}

fn journey(random: &mut Random) -> Option<u32> {
    // Some places are much more common than others.
    let mut place = || random.below(AWAY.len()) as u32;
    let seldom = place().min(place()).min(place());
    random.chance(JOURNEY_PERCENT).then(|| AWAY.start + seldom)
}

impl SignIn {
    fn line(&self, world: &World) -> String {
        let Self { at, member, network } = *self;
        format!(
            "{{\"id\":\"{:016x}\",\"createdDateTime\":\"{}\",\"userPrincipalName\":{},\"appDisplayName\":\"Mail\",\"ipAddress\":\"{}\",\
             \"autonomousSystemNumber\":{network},\"clientAppUsed\":\"Browser\",\"authenticationRequirement\":\"singleFactorAuthentication\",\
             \"isInteractive\":true,\"status\":{{\"errorCode\":0}},\"deviceDetail\":{{\"operatingSystem\":\"{}\",\"browser\":\"{}\"}}}}\n",
            mix(at as u64 ^ (member as u64) << 40),
            calendar::utc(at, "%Y-%m-%dT%H:%M:%SZ"),
            quoted(&world.house.member(member).address),
            address(network, member),
            if member.is_multiple_of(3) { "MacOs" } else { "Windows 10" },
            if member.is_multiple_of(2) { "Edge" } else { "Firefox" },
        )
    }
}

/// An address for documentation (RFC 3849); the house's own gateway is one of RFC 5737.
fn address(network: u32, member: usize) -> String {
    match network {
        OFFICE => "192.0.2.10".to_owned(),
        RENTED => "203.0.113.77".to_owned(),
        _ => format!("2001:db8:{network:x}::{:x}", member + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::world::Planner;

    #[test]
    fn two_openers_are_imitated_and_the_third_stays_at_home() {
        let world = Planner::new(7, Calendar { days: 194 }, 120, 38).world;
        let signins = SignIns::new(&world);
        let truth = signins.truth(&world);
        assert_eq!(truth.lines().count(), 2);
        assert!(truth.contains("M004") && truth.contains("2021-03-09") && truth.contains("M029"), "{truth}");
        let away = signins.0.iter().filter(|one| AWAY.contains(&one.network));
        let travellers: std::collections::BTreeSet<usize> = away.map(|one| one.member).collect();
        assert!(travellers.len() > 20, "others travel: {travellers:?}");
        assert!(OPENERS.iter().all(|member| !travellers.contains(member)));
        assert_eq!(signins.log(&world), SignIns::new(&world).log(&world));
    }
}
