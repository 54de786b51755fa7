//! Lawful bulk mail: newsletters, news outlets, customers of the mail-merge service, press blasts, a think-tank.

use std::rc::Rc;

use crate::calendar::BASELINE_DAYS;
use crate::letter::{Letter, Mailbox};
use crate::mailing::{Edition, Mailing};
use crate::names;
use crate::operation::{Delivery, Operation};
use crate::page::{BeaconKind, Look};
use crate::prose::{self, Facts, Tone, Voice};
use crate::random::Random;
use crate::service::Service;
use crate::world::{Outlet, Planner, World};

/// How many lawful customers of the mail-merge service there are beside the think-tank.
const MERGE_CUSTOMERS: usize = 8;
/// How many of these stand on the tracker host that the attacker's accounts stand on.
const CUSTOMERS_ON_FIRST_TRACKER: usize = 6;
/// Share of bulk senders who want to know who opened, in per cent.
const PIXEL_PERCENT: usize = 60;

/// A party that sends editions to a list.
struct Bulk {
    kind: &'static str,
    seed: u64,
    senders: Vec<Mailbox>,
    mailing: Mailing,
    voice: Voice,
    is_about_forum: bool,
    /// The outlet whose articles fill the editions, and the day of each issue.
    outlet: Option<(Outlet, Vec<i64>)>,
}

impl Bulk {
    fn token(&self, delivery: &Delivery) -> String {
        self.mailing.token(&mut delivery.random(self.seed))
    }

    fn edition(&self, issue: u32) -> Edition {
        let mut random = Random::keyed(self.seed, &[u64::from(issue)]);
        if let Some((outlet, days)) = &self.outlet {
            return briefing(
                outlet,
                days.get(issue as usize).copied().unwrap_or(0),
                self.mailing.beacon.is_some(),
            );
        }
        let topic = prose::topic(&mut random, self.is_about_forum);
        let facts = Facts::new(&mut random, topic);
        let subject = self.voice.subject(Tone::Report, &facts, &mut random);
        let count = 2 + random.below(4);
        let paragraphs = self.voice.paragraphs(Tone::Report, &facts, &mut random, count);
        let link = format!("https://{}/{}/{}", self.mailing.site, issue + 1, random.base36(5));
        Edition { subject, paragraphs, link }
    }
}

/// An outlet's mail of a day: a teaser each of three articles.
fn briefing(outlet: &Outlet, day: i64, numbers_title: bool) -> Edition {
    let articles: Vec<_> = (0..3).map(|number| outlet.article(day, number)).collect();
    let teaser = |article: &crate::world::Article| {
        let first = article.paragraphs.first().map_or("", String::as_str);
        format!("{}. {}", article.headline, first.split_inclusive(". ").next().unwrap_or_default())
    };
    let lead = articles.first().expect("three articles were written");
    let subject =
        if numbers_title { format!("{}: {}", outlet.name, lead.headline) } else { lead.headline.clone() };
    Edition { subject, paragraphs: articles.iter().map(teaser).collect(), link: lead.url.clone() }
}

impl Operation for Bulk {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn party(&self) -> &str {
        &self.mailing.organisation
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        self.mailing.message_id(&self.token(delivery))
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let member = world.house.member(delivery.member());
        let sender = self.senders.get(delivery.issue as usize % self.senders.len().max(1));
        let from = sender.expect("each bulk party has a sender");
        let edition = self.edition(delivery.issue);
        self.mailing.letter(from, member, &self.token(delivery), &edition, delivery.at - 2)
    }

    fn beacon_url(&self, delivery: &Delivery) -> Option<String> {
        self.mailing.beacon_url(&self.token(delivery))
    }

    fn link_url(&self, _world: &World, delivery: &Delivery) -> Option<String> {
        Some(self.mailing.link_url(&self.token(delivery), &self.edition(delivery.issue)))
    }
}

impl Planner {
    /// The set-up that a lawful customer of a sending system would choose.
    fn mailing(&mut self, organisation: String, domain: &str, service: Rc<Service>) -> Mailing {
        let postal_address = self.postal_address();
        let random = &mut self.random;
        let signs_itself = random.chance(55);
        Mailing {
            site: format!("www.{domain}"),
            account: service.account(random),
            look: Look::new(random),
            beacon: random.chance(PIXEL_PERCENT).then(|| lawful_beacon(random)),
            tracks_clicks: random.chance(60),
            has_list_fields: random.chance(75),
            dkim_domain: if signs_itself { domain.to_owned() } else { service.domain.clone() },
            dmarc: if signs_itself && random.chance(60) { "pass" } else { "none" },
            has_plain_part: random.chance(80),
            greets_by_name: random.chance(40),
            organisation,
            postal_address,
            service,
        }
    }

    fn any_service(&mut self, domain: &str) -> Rc<Service> {
        if self.random.chance(30) {
            return Rc::new(Service::own(&mut self.random, domain));
        }
        Rc::clone(self.random.pick(&self.world.services))
    }

    /// One to `most` people or desks in whose name a party writes.
    fn senders(&mut self, organisation: &str, domain: &str, most: i64) -> Vec<Mailbox> {
        let count = self.random.between(1, most);
        (0..count).map(|_| sender(&mut self.random, organisation, domain)).collect()
    }

    fn bulk(&mut self, kind: &'static str, mailing: Mailing, domain: &str, is_about_forum: bool) -> Bulk {
        let senders = self.senders(&mailing.organisation.clone(), domain, 1);
        let voice = Voice::new(&mut self.random);
        Bulk { kind, seed: self.random.next(), senders, mailing, voice, is_about_forum, outlet: None }
    }

    fn send(&mut self, bulk: Bulk, days: &[i64], audience: &[usize]) -> usize {
        let mails = self.issues(days, audience);
        let count = mails.len();
        self.roster.add(self.world.calendar, Box::new(bulk), mails);
        count
    }
}

/// Most lawful trackers use a pixel; some use what the hostile ones use as well.
fn lawful_beacon(random: &mut Random) -> BeaconKind {
    match random.below(20) {
        0 | 1 => BeaconKind::Css,
        2 => BeaconKind::Font,
        3 => BeaconKind::Background,
        _ => BeaconKind::Img,
    }
}

/// Somebody of an organisation, with a display name in one of the usual forms; journalists use the same forms.
pub(crate) fn sender(random: &mut Random, organisation: &str, domain: &str) -> Mailbox {
    let person = names::Person::new(random);
    let desk = random.pick(&["news", "editor", "office", "info", "team", "press", "updates"]);
    let address = if random.chance(50) {
        format!("{}@{domain}", person.local_part())
    } else {
        format!("{desk}@{domain}")
    };
    let full = person.full();
    match random.below(8) {
        0 | 1 => Mailbox::new(organisation, address),
        2 | 3 => Mailbox::new(&format!("{full}, {organisation}"), address),
        4 => Mailbox::new(&format!("{full} | {organisation}"), address),
        5 => Mailbox::new(&format!("{full} ({organisation})"), address),
        6 => Mailbox::unquoted(&format!("{full}, {organisation}"), address),
        _ => Mailbox::new(&full, address),
    }
}

/// Newsletters of all sorts; some members subscribe in the middle of the exercise.
pub(super) fn newsletters(planner: &mut Planner, budget: usize) {
    let mut sent = 0;
    while sent < budget {
        let suffixes = *planner.random.pick(&[names::CHARITIES, names::BUSINESSES, names::INSTITUTES]);
        let (name, domain) = planner.domains.organisation(&mut planner.random, suffixes);
        let service = planner.any_service(&domain);
        let mailing = planner.mailing(name, &domain, service);
        let bulk = planner.bulk("newsletter", mailing, &domain, false);
        let start = if planner.random.chance(60) {
            planner.random.between(0, 6)
        } else {
            planner.world.calendar.any_day(&mut planner.random)
        };
        let audience = planner.audience(16, 90);
        let period = *planner.random.pick(&[3, 7, 7, 7, 14, 28]);
        let most = (budget - sent).div_ceil(audience.len()).min(budget / 8 / audience.len() + 1);
        let count = ((planner.world.calendar.days - start) / period).max(1) as usize;
        let days = planner.days_from(start, count.min(most));
        sent += planner.send(bulk, &days, &audience).max(1);
    }
}

/// News outlets write to those who read them; the attacker links the same articles.
pub(super) fn outlets(planner: &mut Planner, budget: usize) {
    let outlets = planner.world.outlets.clone();
    let share = budget / outlets.len().max(1);
    for outlet in outlets {
        let service = planner.any_service(&outlet.domain);
        let mailing = planner.mailing(outlet.name.clone(), &outlet.domain, service);
        let mut bulk = planner.bulk("outlet", mailing, &outlet.domain, true);
        bulk.senders = planner.senders(&outlet.name, &outlet.domain, 3);
        let audience = planner.audience(30, 80);
        let start = planner.random.between(0, 4);
        let days = planner.days_from(start, (share / audience.len()).max(1));
        bulk.outlet = Some((outlet, days.clone()));
        planner.send(bulk, &days, &audience);
    }
}

/// Lawful customers of the service and the tracker host that the attacker uses.
pub(super) fn merge_customers(planner: &mut Planner, budget: usize) {
    for customer in 0..MERGE_CUSTOMERS {
        let (name, domain) = planner.domains.organisation(&mut planner.random, names::BUSINESSES);
        let service = Rc::clone(&planner.world.merge);
        let mut mailing = planner.mailing(name, &domain, service);
        let tracker =
            if customer < CUSTOMERS_ON_FIRST_TRACKER { 0 } else { customer - CUSTOMERS_ON_FIRST_TRACKER + 1 };
        mailing.account = mailing.service.account_on(&mut planner.random, tracker);
        mailing.beacon = Some(lawful_beacon(&mut planner.random));
        // The service leaves list fields to its customers; one of them always goes without, as the attacker does.
        mailing.has_list_fields = customer != 1 && planner.random.chance(60);
        mailing.tracks_clicks = customer != 1 && planner.random.chance(60);
        mailing.greets_by_name = true;
        if customer == 1 {
            mailing.dmarc = "none";
        }
        let bulk = planner.bulk("merge-customer", mailing, &domain, customer.is_multiple_of(3));
        let start = if customer < 4 { planner.random.between(0, 9) } else { planner.random.between(0, 120) };
        let audience = planner.audience(50, 160);
        let days = planner.days_from(start, (budget / MERGE_CUSTOMERS / audience.len()).max(1));
        planner.send(bulk, &days, &audience);
    }
}

/// One-off announcements by senders whom nobody knows, to many members or all.
pub(super) fn press_blasts(planner: &mut Planner, budget: usize) {
    let mut sent = 0;
    while sent < budget {
        let (name, domain) = planner.domains.organisation(&mut planner.random, names::BUSINESSES);
        let service = planner.any_service(&domain);
        let mut mailing = planner.mailing(name, &domain, service);
        mailing.beacon = Some(lawful_beacon(&mut planner.random));
        let bulk = planner.bulk("press-blast", mailing, &domain, planner.random.clone().chance(30));
        let day = planner.world.calendar.any_day(&mut planner.random);
        let audience =
            if planner.random.chance(40) { planner.world.house.all() } else { planner.audience(350, 900) };
        sent += planner.send(bulk, &[day], &audience).max(1);
    }
}

/// A think-tank that has written to 30 of the 38 for a long time, through the service that the attacker uses.
pub(super) fn think_tank(planner: &mut Planner, budget: usize) {
    let audience = planner.forum_audience(30);
    let count = (budget / audience.len().max(1)).max(3);
    let mut days = vec![1, 8];
    days.extend(planner.days_from(BASELINE_DAYS + 2, count - 2));
    let bulk = forum_organiser(planner, "think-tank");
    planner.send(bulk, &days, &audience);
}

/// An organiser of events who writes to most of the forum, but only from the second week after T1 on.
pub(super) fn newcomer(planner: &mut Planner) {
    let audience = planner.forum_audience(27);
    let days = planner.days_from(BASELINE_DAYS + 9, 6);
    let bulk = forum_organiser(planner, "newcomer");
    planner.send(bulk, &days, &audience);
}

fn forum_organiser(planner: &mut Planner, kind: &'static str) -> Bulk {
    let (name, domain) = planner.domains.organisation(&mut planner.random, names::INSTITUTES);
    let service = Rc::clone(&planner.world.merge);
    let mut mailing = planner.mailing(name, &domain, service);
    mailing.account = mailing.service.account_on(&mut planner.random, 0);
    mailing.beacon = Some(BeaconKind::Img);
    mailing.has_list_fields = true;
    mailing.greets_by_name = true;
    mailing.dkim_domain.clone_from(&domain);
    planner.bulk(kind, mailing, &domain, true)
}
