//! Many people, one text: petition platforms that send in the name of constituents, and letters that constituents copy
//! and send themselves.

use std::rc::Rc;

use crate::letter::{Authentication, Letter, Mailbox, Transfer};
use crate::names::{self, Person};
use crate::operation::{Delivery, Operation};
use crate::prose::{self, Facts, Tone, Voice, wrapped};
use crate::random::Random;
use crate::service::{Account, Service};
use crate::world::{Planner, World};

/// Programs in which private people write.
pub(super) const PROGRAMS: &[(&str, &str)] = &[
    ("X-Mailer", "iPhone Mail (18C66)"),
    ("X-Mailer", "Microsoft Outlook 16.0"),
    ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Thunderbird/78.6.1"),
    ("X-Mailer", "Webmail 4.2"),
    ("User-Agent", "Roundmail Webmail/1.4.9"),
];
/// A member gets at most one letter of a person; a person writes to this many members.
const MEMBERS_OF_A_PERSON_MAX: i64 = 3;

/// The platform that people sign on.
struct Platform {
    service: Rc<Service>,
    account: Account,
    has_pixel: bool,
}

/// Letters of one text; the issue is the person who writes.
struct Crowd {
    kind: &'static str,
    seed: u64,
    party: String,
    platform: Option<Platform>,
    voice: Voice,
    facts: Facts,
    subject: String,
    skeleton: Vec<String>,
    page: String,
}

impl Crowd {
    fn person(&self, world: &World, issue: u32) -> (Person, Mailbox) {
        let mut random = Random::keyed(self.seed, &[u64::from(issue)]);
        let person = Person::new(&mut random);
        let domain = random.pick(&world.free_mail);
        let address = format!("{}@{domain}", person.casual_local_part(&mut random));
        let from = Mailbox::new(&person.full(), address);
        (person, from)
    }

    fn token(&self, delivery: &Delivery, platform: &Platform) -> String {
        platform.service.token(&mut delivery.random(self.seed))
    }

    /// Greeting, a sentence or two of the person's own, and what everybody says.
    fn paragraphs(&self, world: &World, delivery: &Delivery, person: &Person) -> Vec<String> {
        let mut random = Random::keyed(self.seed, &[u64::from(delivery.issue), 2]);
        let member = &world.house.member(delivery.member()).person;
        let mut paragraphs = vec![format!("Dear {},", member.full())];
        if random.chance(45) {
            paragraphs.push(self.voice.sentence(Tone::Plea, &self.facts, &mut random));
        }
        // Who copies a letter by hand sometimes loses a part of it.
        let kept = self.skeleton.iter().filter(|_| self.platform.is_some() || random.chance(93)).cloned();
        paragraphs.extend(kept.collect::<Vec<_>>());
        paragraphs.push(format!("Yours sincerely,\n{}\n{}", person.full(), names::place(&mut random)));
        paragraphs
    }

    fn by_platform(&self, letter: &mut Letter, delivery: &Delivery, platform: &Platform) {
        let token = self.token(delivery, platform);
        letter.mail_from = platform.service.mail_from(&platform.account, &token);
        letter.fields = platform.service.fields(&platform.account);
        letter.fields.push(("Reply-To", letter.from.address.clone()));
        letter.relay = platform.service.relay().to_owned();
        letter.origin = platform.service.origin();
        letter.authentication = Some(Authentication {
            spf: "pass",
            dkim_domain: Some(platform.service.domain.clone()),
            dmarc: "none",
        });
        let body =
            letter.plain.as_deref().unwrap_or_default().replace("\n\n", "</p>\n<p>").replace('\n', "<br>\n");
        let pixel = self.beacon_url(delivery).map_or_else(String::new, |url| {
            format!("<img src=\"{url}\" width=\"1\" height=\"1\" alt=\"\">\n")
        });
        letter.html = Some(format!("<html><body>\n<p>{body}</p>\n{pixel}</body></html>\n"));
    }

    fn by_hand(letter: &mut Letter, random: &mut Random) {
        let domain = letter.from.domain().to_owned();
        let (name, value) = random.pick(PROGRAMS);
        letter.fields = vec![(*name, (*value).to_owned())];
        letter.relay = format!("smtp{}.{domain}", random.between(1, 4));
        letter.origin = format!("home{}.{domain}", random.between(1, 250));
        letter.authentication =
            Some(Authentication { spf: "pass", dkim_domain: Some(domain), dmarc: "pass" });
        letter.transfer = *random.pick(&[Transfer::QuotedPrintable, Transfer::SevenBit, Transfer::Base64]);
    }
}

impl Operation for Crowd {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn party(&self) -> &str {
        &self.party
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        match &self.platform {
            Some(platform) => platform.service.message_id(&platform.account, &self.token(delivery, platform)),
            None => {
                let mut random =
                    Random::keyed(self.seed, &[u64::from(delivery.issue), u64::from(delivery.member), 3]);
                format!("<{}@webmail.example>", random.hex(24))
            }
        }
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let (person, from) = self.person(world, delivery.issue);
        let member = world.house.member(delivery.member());
        let to = Mailbox::new(&member.person.full(), &member.address).header();
        let mut letter =
            Letter::new(from, to, self.subject.clone(), delivery.at - 4, self.message_id(delivery));
        let paragraphs = self.paragraphs(world, delivery, &person);
        let text: Vec<String> = paragraphs.iter().map(|paragraph| wrapped(paragraph, "")).collect();
        let mut random = delivery.random(self.seed);
        letter.plain = Some(format!("{}\n\nMore: {}\n", text.join("\n\n"), self.page));
        match &self.platform {
            Some(platform) => self.by_platform(&mut letter, delivery, platform),
            None => Self::by_hand(&mut letter, &mut random),
        }
        letter
    }

    fn beacon_url(&self, delivery: &Delivery) -> Option<String> {
        let platform = self.platform.as_ref().filter(|platform| platform.has_pixel)?;
        Some(platform.service.open_url(&platform.account, &self.token(delivery, platform)))
    }

    fn link_url(&self, _world: &World, _delivery: &Delivery) -> Option<String> {
        Some(self.page.clone())
    }
}

/// Petitions; one in three goes to the forum only, as its subjects invite it.
pub(super) fn petitions(planner: &mut Planner, budget: usize) {
    let (_, domain) = planner.domains.organisation(&mut planner.random, names::CHARITIES);
    let own = Rc::new(Service::own(&mut planner.random, &domain));
    let shared = Rc::clone(planner.random.pick(&planner.world.services));
    let most = (budget / 5).max(1);
    let mut sent = 0;
    while sent < budget {
        let service = Rc::clone(planner.random.pick(&[Rc::clone(&own), Rc::clone(&shared)]));
        let account = service.account(&mut planner.random);
        let has_pixel = planner.random.chance(50);
        let audience = match planner.random.below(3) {
            0 => planner.world.house.forum(),
            1 => planner.world.house.all(),
            _ => planner.audience(80, 400),
        };
        let platform = Some(Platform { service, account, has_pixel });
        sent += crowd(planner, "petition", platform, &audience, most.min(budget - sent)).max(1);
    }
}

/// Letters that people copy and send from their own addresses.
pub(super) fn mass_mails(planner: &mut Planner, budget: usize) {
    let most = (budget / 6).max(1);
    let mut sent = 0;
    while sent < budget {
        let audience =
            if planner.random.chance(25) { planner.world.house.forum() } else { planner.audience(50, 600) };
        sent += crowd(planner, "mass-mail", None, &audience, most.min(budget - sent)).max(1);
    }
}

/// One text and up to `mails` letters of it, over three days to three weeks.
fn crowd(
    planner: &mut Planner,
    kind: &'static str,
    platform: Option<Platform>,
    audience: &[usize],
    mails: usize,
) -> usize {
    let (party, domain) = planner.domains.organisation(&mut planner.random, names::CHARITIES);
    let random = &mut planner.random;
    let topic = prose::topic(random, kind == "petition" && random.clone().chance(40));
    let facts = Facts::new(random, topic);
    let voice = Voice::new(random);
    let crowd = Crowd {
        kind,
        seed: random.next(),
        subject: voice.subject(Tone::Plea, &facts, random),
        skeleton: voice.paragraphs(Tone::Plea, &facts, random, 4),
        page: format!("https://www.{domain}/act/{}", random.base36(5)),
        party,
        platform,
        voice,
        facts,
    };
    let first = planner.world.calendar.any_day(random);
    let last = first + random.between(3, 21);
    let mut letters = Vec::with_capacity(mails);
    let mut person = 0;
    while letters.len() < mails {
        let members = random.between(1, MEMBERS_OF_A_PERSON_MAX) as usize;
        let day = random.between(first, last);
        let at = planner.world.calendar.private_moment(random, day);
        for (position, member) in random.sample(audience, members).into_iter().enumerate() {
            letters.push((at + position as i64 * 70, person, member));
        }
        person += 1;
    }
    let count = letters.len();
    planner.roster.add(planner.world.calendar, Box::new(crowd), letters);
    count
}
