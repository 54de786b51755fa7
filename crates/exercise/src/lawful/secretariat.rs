//! The forum's secretariat: the one lawful sender whose recipients are exactly the forum.

use crate::letter::{Authentication, Letter, Mailbox, Transfer};
use crate::names;
use crate::operation::{Delivery, Operation};
use crate::prose::{self, Facts, Tone, Voice, wrapped};
use crate::random::Random;
use crate::world::{Planner, World};

/// The forum's own office: one message to exactly the members of the forum, without any tracking.
struct Secretariat {
    seed: u64,
    name: String,
    from: Mailbox,
    voice: Voice,
}

impl Operation for Secretariat {
    fn kind(&self) -> &'static str {
        "secretariat"
    }

    fn party(&self) -> &str {
        &self.name
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        let mut random = Random::keyed(self.seed, &[u64::from(delivery.issue), 1]);
        format!("<{}@{}>", random.hex(20), self.from.domain())
    }

    fn letter(&self, _world: &World, delivery: &Delivery) -> Letter {
        let mut random = Random::keyed(self.seed, &[u64::from(delivery.issue)]);
        let topic = prose::topic(&mut random, true);
        let facts = Facts::new(&mut random, topic);
        let subject = self.voice.subject(Tone::Chat, &facts, &mut random);
        let domain = self.from.domain().to_owned();
        let to = Mailbox::new("Members of the forum", format!("members@{domain}")).header();
        let id = self.message_id(delivery);
        let mut letter = Letter::new(self.from.clone(), to, subject, delivery.at - 20, id);
        let paragraphs = self.voice.paragraphs(Tone::Chat, &facts, &mut random, 3);
        let text: Vec<String> = paragraphs.iter().map(|paragraph| wrapped(paragraph, "")).collect();
        let page = format!("https://www.{domain}/members/{}", random.base36(6));
        letter.plain =
            Some(format!("Dear members,\n\n{}\n\nPapers: {page}\n\n-- \n{}\n", text.join("\n\n"), self.name));
        letter.fields =
            vec![("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Thunderbird/78.6.0".to_owned())];
        letter.relay = format!("mail.{domain}");
        letter.origin = format!("desk.{domain}");
        letter.authentication =
            Some(Authentication { spf: "pass", dkim_domain: Some(domain.clone()), dmarc: "pass" });
        letter.transfer = Transfer::EightBit;
        letter
    }
}

/// The forum's secretariat writes to exactly the forum.
pub(super) fn mails(planner: &mut Planner, budget: usize) {
    let (name, domain) = planner.domains.organisation(&mut planner.random, names::INSTITUTES);
    let name = format!("{name} Secretariat");
    let from = Mailbox::new(&name, format!("secretariat@{domain}"));
    let voice = Voice::new(&mut planner.random);
    let office = Secretariat { seed: planner.random.next(), name, from, voice };
    let forum = planner.world.house.forum();
    let days = planner.days_from(2, (budget / forum.len().max(1)).max(2));
    let mails = planner.issues(&days, &forum);
    planner.roster.add(planner.world.calendar, Box::new(office), mails);
}
