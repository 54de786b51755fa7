//! Mail of the working day: colleagues inside the house, calendar invitations, tickets.

use crate::calendar;
use crate::house;
use crate::lawful::correspondence::attachment;
use crate::letter::{Authentication, Letter, Mailbox, Transfer};
use crate::names;
use crate::operation::{Delivery, Operation};
use crate::prose::{self, Facts, Tone, Voice, wrapped};
use crate::random::Random;
use crate::world::{Planner, World};

/// Somebody inside who writes to a few members at once.
struct Colleague {
    seed: u64,
    from: Mailbox,
    voice: Voice,
}

impl Operation for Colleague {
    fn kind(&self) -> &'static str {
        "internal"
    }

    fn party(&self) -> &str {
        &self.from.address
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        let mut random = Random::keyed(self.seed, &[u64::from(delivery.issue), 1]);
        format!("<{}@{}>", random.hex(20), house::DOMAIN)
    }

    fn letter(&self, _world: &World, delivery: &Delivery) -> Letter {
        let mut random = Random::keyed(self.seed, &[u64::from(delivery.issue)]);
        let topic = prose::topic(&mut random, false);
        let facts = Facts::new(&mut random, topic);
        let subject = self.voice.subject(Tone::Chat, &facts, &mut random);
        let to = "undisclosed-recipients:;".to_owned();
        let mut letter =
            Letter::new(self.from.clone(), to, subject, delivery.at - 1, self.message_id(delivery));
        let paragraphs = self.voice.paragraphs(Tone::Chat, &facts, &mut random, 2);
        let text: Vec<String> = paragraphs.iter().map(|paragraph| wrapped(paragraph, "")).collect();
        let page = format!("https://intranet.{}/pages/{}", house::DOMAIN, random.between(100, 9_000));
        letter.plain = Some(format!("{}\n\n{page}\n", text.join("\n\n")));
        letter.fields = vec![("X-Mailer", "Microsoft Outlook 16.0".to_owned())];
        letter.attachment = attachment(&mut random);
        letter.transfer = Transfer::EightBit;
        letter
    }
}

/// Colleagues inside the house.
pub(super) fn internal(planner: &mut Planner, budget: usize) {
    let mut sent = 0;
    while sent < budget {
        let (person, address) = planner.colleague(house::DOMAIN);
        let voice = Voice::new(&mut planner.random);
        let colleague =
            Colleague { seed: planner.random.next(), from: Mailbox::new(&person.full(), address), voice };
        let mut mails = Vec::new();
        for issue in 0..6 {
            let day = planner.world.calendar.any_day(&mut planner.random);
            let audience = planner.audience(16, 120);
            let at = planner.world.calendar.office_moment(&mut planner.random, day);
            mails.extend(audience.into_iter().map(|member| (at, issue, member)));
        }
        mails.truncate(budget - sent);
        sent += mails.len();
        planner.roster.add(planner.world.calendar, Box::new(colleague), mails);
    }
}

/// A system that writes by itself: tickets, or a diary that invites.
struct Notifier {
    seed: u64,
    party: String,
    domain: String,
    invites: bool,
    voice: Voice,
}

impl Notifier {
    fn number(&self, delivery: &Delivery) -> String {
        Random::keyed(self.seed, &[u64::from(delivery.issue), u64::from(delivery.member), 2])
            .text(b"0123456789", 6)
    }

    fn invitation(subject: &str, number: &str, delivery: &Delivery, organiser: &str) -> String {
        let at = |hours: i64| calendar::utc(delivery.at + hours * 3_600, "%Y%m%dT%H0000Z");
        format!(
            "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:{number}-{organiser}\nDTSTAMP:{}\n\
             DTSTART:{}\nDTEND:{}\nORGANIZER:mailto:{organiser}\nSUMMARY:{subject}\nEND:VEVENT\nEND:VCALENDAR\n",
            at(0),
            at(72),
            at(73)
        )
    }
}

impl Operation for Notifier {
    fn kind(&self) -> &'static str {
        "notification"
    }

    fn party(&self) -> &str {
        &self.party
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        let word = if self.invites { "event" } else { "ticket" };
        format!("<{word}-{}-{}@{}>", self.number(delivery), delivery.issue, self.domain)
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let mut random = delivery.random(self.seed);
        let topic = prose::topic(&mut random, false);
        let facts = Facts::new(&mut random, topic);
        let member = world.house.member(delivery.member());
        let number = self.number(delivery);
        let address = format!("noreply@{}", self.domain);
        let about = self.voice.subject(Tone::Chat, &facts, &mut random);
        let subject =
            if self.invites { format!("Invitation: {about}") } else { format!("[#{number}] {about}") };
        let to = Mailbox::new(&member.person.full(), &member.address).header();
        let from = Mailbox::new(&self.party, address.clone());
        let mut letter = Letter::new(from, to, subject, delivery.at - 1, self.message_id(delivery));
        let sentence = self.voice.sentence(Tone::Chat, &facts, &mut random);
        letter.plain = Some(format!("{}\n\nhttps://my.{}/{number}\n", wrapped(&sentence, ""), self.domain));
        letter.calendar = self.invites.then(|| Self::invitation(&about, &number, delivery, &address));
        letter.fields = vec![("Auto-Submitted", "auto-generated".to_owned())];
        letter.relay = format!("mail.{}", self.domain);
        letter.origin = format!("app.{}", self.domain);
        letter.authentication =
            Some(Authentication { spf: "pass", dkim_domain: Some(self.domain.clone()), dmarc: "pass" });
        letter
    }
}

/// Ticket systems and diaries.
pub(super) fn notifications(planner: &mut Planner, budget: usize) {
    for system in 0..6 {
        let (party, domain) = planner.domains.organisation(&mut planner.random, names::BUSINESSES);
        let voice = Voice::new(&mut planner.random);
        let invites = system < 2;
        let notifier = Notifier { seed: planner.random.next(), party, domain, invites, voice };
        let mails = (0..budget / 6)
            .map(|issue| {
                let day = planner.world.calendar.any_day(&mut planner.random);
                let at = planner.world.calendar.office_moment(&mut planner.random, day);
                (at, issue, planner.random.below(planner.world.house.members.len()))
            })
            .collect();
        planner.roster.add(planner.world.calendar, Box::new(notifier), mails);
    }
}
