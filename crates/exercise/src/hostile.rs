//! The hostile campaigns: accounts that look like journalists write to the forum about real articles, and learn from a
//! hidden load who opened.
//!
//! Everything a mail is made of comes from the generators that lawful mail comes from.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::calendar::{BASELINE_DAYS, DAY, T0, T5_DAYS};
use crate::house::{FORWARDED_TO, OPENERS};
use crate::lawful::sender;
use crate::letter::{Letter, Mailbox};
use crate::mailing::{Edition, Mailing};
use crate::names;
use crate::operation::{Delivery, Operation};
use crate::page::{BeaconKind, Look};
use crate::prose::{Tone, Voice};
use crate::random::Random;
use crate::service::Service;
use crate::variant::{Attack, Body, Hosts, Injection, Template, Tracker};
use crate::world::{Outlet, Planner, World};

/// Paragraphs of an article that a mail repeats.
const PARAGRAPHS: usize = 2;
/// Accounts that are busy at the same time.
const BUSY_ACCOUNTS: usize = 3;

/// A campaign as the exercise's truth knows it.
pub(crate) struct Planted {
    pub(crate) id: &'static str,
    /// Index of its operation in the roster.
    pub(crate) operation: u32,
    pub(crate) senders: Vec<String>,
    pub(crate) hosts: Vec<String>,
    /// Indexes of the members whose fetches the proxy log holds.
    pub(crate) openers: Vec<usize>,
}

/// One account that the attacker has made.
struct Sender {
    from: Mailbox,
    mailing: Mailing,
    voice: Voice,
    /// The outlet that the account imitates and whose articles it links.
    outlet: Outlet,
}

/// One mail before it is delivered.
struct Shot {
    sender: usize,
    /// The day of the article, as days after T0.
    article_day: i64,
}

struct Campaign {
    id: &'static str,
    seed: u64,
    body: Body,
    senders: Vec<Sender>,
    shots: Vec<Shot>,
}

/// What the story fixes about a campaign beyond its variant.
struct Inject {
    id: &'static str,
    injection: Injection,
    start: i64,
    messages: usize,
    has_openers: bool,
}

/// Adds the campaigns of `attack` to the roster.
pub(crate) fn plan(planner: &mut Planner, attack: &Attack) -> Vec<Planted> {
    let t1 = BASELINE_DAYS;
    let injects = match attack {
        Attack::None => Vec::new(),
        Attack::Single(injection) => vec![inject("C1", injection.clone(), t1, true)],
        Attack::Lantern => {
            let mut second = inject("C2", second_wave(), T5_DAYS, false);
            second.messages = 58;
            vec![inject("C1", Injection::default(), t1, true), second]
        }
    };
    let in_time = injects.into_iter().filter(|inject| inject.start < planner.world.calendar.end());
    in_time.collect::<Vec<_>>().into_iter().map(|inject| plant(planner, &inject)).collect()
}

fn inject(id: &'static str, injection: Injection, day: i64, has_openers: bool) -> Inject {
    let messages = injection.messages();
    // The first mail goes out when offices open.
    Inject { id, injection, start: T0 + day * DAY + 8 * 3_600, messages, has_openers }
}

/// C2: new accounts, new hosts of their own, a style sheet that reports.
fn second_wave() -> Injection {
    Injection {
        tracker: Tracker::Own,
        hosts: Hosts::Rotating,
        beacon: BeaconKind::Css,
        accounts: 4,
        recipients: 32,
        ..Injection::default()
    }
}

fn plant(planner: &mut Planner, inject: &Inject) -> Planted {
    let recipients = recipients(planner, inject);
    let senders = senders(planner, &inject.injection);
    let times = times(planner, inject);
    let mut shots = Vec::with_capacity(times.len());
    let mut mails = Vec::with_capacity(times.len());
    for (number, (at, member)) in times.iter().zip(rounds(planner, &recipients, times.len())).enumerate() {
        let sender = busy_account(&mut planner.random, number, times.len(), senders.len());
        // A mail of the day quotes the paper of the day before.
        shots.push(Shot { sender, article_day: (at - T0) / DAY - 1 });
        mails.push((*at, number, member));
    }
    let mut addresses: Vec<String> = senders.iter().map(|sender| sender.from.address.clone()).collect();
    let mut hosts: Vec<String> =
        senders.iter().map(|sender| sender.mailing.tracker_host().to_owned()).collect();
    for list in [&mut addresses, &mut hosts] {
        list.sort();
        list.dedup();
    }
    let openers = if inject.has_openers { openers(&recipients) } else { Vec::new() };
    let operation = planner.roster.operations.len() as u32;
    let seed = planner.random.next();
    let campaign = Campaign { id: inject.id, seed, body: inject.injection.body, senders, shots };
    planner.roster.add(planner.world.calendar, Box::new(campaign), mails);
    Planted { id: inject.id, operation, senders: addresses, hosts, openers }
}

/// Members of the forum first come from T2's list, then by lot; the rest from outside the forum.
fn recipients(planner: &mut Planner, inject: &Inject) -> Vec<usize> {
    let wanted = usize::from(inject.injection.recipients);
    let in_forum = inject.injection.forum_recipients();
    let forum = planner.world.house.forum();
    let fixed: Vec<usize> =
        OPENERS.into_iter().filter(|opener| forum.contains(opener)).take(in_forum).collect();
    let free: Vec<usize> = forum.into_iter().filter(|member| !fixed.contains(member)).collect();
    let mut chosen = fixed;
    chosen.extend(planner.random.sample(&free, in_forum - chosen.len()));
    // The member who is forwarded a mail must not have got one.
    let others: Vec<usize> =
        planner.world.house.others().into_iter().filter(|member| *member != FORWARDED_TO).collect();
    chosen.extend(planner.random.sample(&others, wanted - in_forum));
    let count = chosen.len();
    planner.random.sample(&chosen, count)
}

/// Everybody once, then everybody again in another order, until there is somebody for each mail.
fn rounds(planner: &mut Planner, recipients: &[usize], mails: usize) -> Vec<usize> {
    let mut order = Vec::with_capacity(mails + recipients.len());
    while order.len() < mails {
        order.extend(planner.random.sample(recipients, recipients.len()));
    }
    order
}

fn openers(recipients: &[usize]) -> Vec<usize> {
    OPENERS.into_iter().filter(|opener| recipients.contains(opener)).collect()
}

/// When the mails go out: in office hours if the campaign takes days, at any second if it takes hours.
fn times(planner: &mut Planner, inject: &Inject) -> Vec<i64> {
    let duration = inject.injection.duration_secs;
    let days = duration / DAY;
    let mut times: Vec<i64> = (0..inject.messages)
        .map(|number| {
            if days < 2 {
                return inject.start + planner.random.between(0, duration.min(10 * 3_600) - 1);
            }
            let day = (inject.start - T0) / DAY + number as i64 * days / inject.messages as i64;
            planner.world.calendar.office_moment(&mut planner.random, day)
        })
        .collect();
    times.sort_unstable();
    times
}

/// Accounts are used one after the other, a few at a time.
fn busy_account(random: &mut Random, number: usize, messages: usize, accounts: usize) -> usize {
    let first = number * accounts / messages.max(1);
    (first + random.below(BUSY_ACCOUNTS)) % accounts.max(1)
}

fn senders(planner: &mut Planner, injection: &Injection) -> Vec<Sender> {
    let accounts = usize::from(injection.accounts);
    let shared_look = Look::new(&mut planner.random);
    let has_plain_part = planner.random.chance(80);
    let mut services = vec![service(planner, injection)];
    let mut domains: Vec<(String, String, Outlet)> = Vec::new();
    let mut taken = BTreeSet::new();
    (0..accounts)
        .map(|account| {
            // Two accounts write from each look-alike domain.
            if account % 2 == 0 {
                domains.push(look_alike(planner));
            }
            let (organisation, domain, outlet) = domains.last().expect("the first account made one").clone();
            if account > 0 && injection.hosts == Hosts::Rotating {
                services.push(service(planner, injection));
            }
            let service = Rc::clone(services.last().expect("there is a first service"));
            let from = unused_sender(planner, &mut taken, &organisation, &domain);
            let tracker = if injection.hosts == Hosts::Rotating { account } else { 0 };
            let mailing = Mailing {
                postal_address: planner.postal_address(),
                site: format!("www.{domain}"),
                account: service.account_on(&mut planner.random, tracker),
                look: match injection.template {
                    Template::Shared => shared_look.clone(),
                    Template::PerSender => Look::new(&mut planner.random),
                },
                beacon: Some(injection.beacon),
                tracks_clicks: injection.tracker == Tracker::Own || injection.beacon == BeaconKind::LinkOnly,
                has_list_fields: false,
                dkim_domain: service.domain.clone(),
                dmarc: "none",
                has_plain_part,
                greets_by_name: true,
                organisation,
                service,
            };
            Sender { from, mailing, voice: Voice::new(&mut planner.random), outlet }
        })
        .collect()
}

fn unused_sender(
    planner: &mut Planner,
    taken: &mut BTreeSet<String>,
    organisation: &str,
    domain: &str,
) -> Mailbox {
    loop {
        let from = sender(&mut planner.random, organisation, domain);
        if taken.insert(from.address.clone()) {
            return from;
        }
    }
}

fn service(planner: &mut Planner, injection: &Injection) -> Rc<Service> {
    match injection.tracker {
        Tracker::Mailer => Rc::clone(&planner.world.merge),
        Tracker::Own => {
            let (_, domain) = planner.domains.organisation(&mut planner.random, names::BUSINESSES);
            Rc::new(Service::own(&mut planner.random, &domain))
        }
    }
}

/// An outlet, and a domain that could be the outlet's.
fn look_alike(planner: &mut Planner) -> (String, String, Outlet) {
    let outlet = planner.random.pick(&planner.world.outlets).clone();
    let domain = planner.domains.of_name(&mut planner.random, &outlet.name);
    (outlet.name.clone(), domain, outlet)
}

impl Campaign {
    fn shot(&self, delivery: &Delivery) -> (&Sender, &Shot) {
        let shot = self.shots.get(delivery.issue as usize).expect("each mail of a campaign was planned");
        (self.senders.get(shot.sender).expect("each mail has a sender"), shot)
    }

    fn token(&self, delivery: &Delivery) -> String {
        self.shot(delivery).0.mailing.token(&mut delivery.random(self.seed))
    }

    fn edition(&self, delivery: &Delivery) -> Edition {
        let (sender, shot) = self.shot(delivery);
        let article = sender.outlet.article(shot.article_day, 0);
        let mut random = delivery.random(self.seed ^ 2);
        let (subject, paragraphs) = match self.body {
            Body::Same => (article.headline, article.paragraphs.into_iter().take(PARAGRAPHS).collect()),
            Body::Paraphrased => (
                sender.voice.subject(Tone::Report, &article.facts, &mut random),
                Voice::new(&mut random).paragraphs(Tone::Report, &article.facts, &mut random, PARAGRAPHS),
            ),
        };
        Edition { subject, paragraphs, link: article.url }
    }
}

impl Operation for Campaign {
    fn kind(&self) -> &'static str {
        "hostile"
    }

    fn party(&self) -> &str {
        self.id
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        self.shot(delivery).0.mailing.message_id(&self.token(delivery))
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let (sender, _) = self.shot(delivery);
        let member = world.house.member(delivery.member());
        sender.mailing.letter(
            &sender.from,
            member,
            &self.token(delivery),
            &self.edition(delivery),
            delivery.at - 2,
        )
    }

    /// The load that reports; for mails that have only links, the link.
    fn beacon_url(&self, delivery: &Delivery) -> Option<String> {
        let mailing = &self.shot(delivery).0.mailing;
        let token = self.token(delivery);
        mailing.beacon_url(&token).or_else(|| Some(mailing.link_url(&token, &self.edition(delivery))))
    }

    fn link_url(&self, _world: &World, delivery: &Delivery) -> Option<String> {
        Some(self.edition(delivery).link)
    }
}
