//! Ordinary spam and phishing, which is not aimed at anybody, and a handful of broken mails.

use crate::letter::{Authentication, Damage, Letter, Mailbox, Transfer};
use crate::names::{self, Person};
use crate::operation::{Delivery, Operation};
use crate::prose::{self, Facts, Tone, Voice, wrapped};
use crate::random::Random;
use crate::world::{Planner, World};

/// One run of unwanted mail, or one broken mail.
struct Unwanted {
    kind: &'static str,
    seed: u64,
    from: Mailbox,
    tone: Tone,
    link: String,
    tokens_in_link: bool,
    spf: &'static str,
    damage: Option<Damage>,
    /// Seconds by which the mail is dated before its delivery.
    late_secs: i64,
}

impl Operation for Unwanted {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn party(&self) -> &str {
        &self.from.address
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        format!("<{}@{}>", delivery.random(self.seed).hex(16), self.from.domain())
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let mut random = Random::keyed(self.seed, &[9]);
        let topic = prose::topic(&mut random, false);
        let facts = Facts::new(&mut random, topic);
        let voice = Voice::new(&mut random);
        let subject = voice.subject(self.tone, &facts, &mut random);
        let to = world.house.member(delivery.member()).address.clone();
        let date = delivery.at - self.late_secs;
        let mut letter = Letter::new(self.from.clone(), to, subject, date, self.message_id(delivery));
        let text = voice.paragraphs(self.tone, &facts, &mut random, 2).join("\n\n");
        let token = if self.tokens_in_link { delivery.random(self.seed ^ 1).hex(12) } else { String::new() };
        let link = format!("{}{token}", self.link);
        letter.html = Some(format!(
            "<html><body><p>{text}</p>\n<p><a href=\"{link}\"><b>CLICK HERE</b></a></p></body></html>\n"
        ));
        letter.plain = random.chance(50).then(|| format!("{}\n\n{link}\n", wrapped(&text, "")));
        let domain = self.from.domain().to_owned();
        letter.relay = format!("host{}.{domain}", random.between(1, 200));
        letter.authentication = Some(Authentication { spf: self.spf, dkim_domain: None, dmarc: "fail" });
        letter.transfer = *random.pick(&[Transfer::EightBit, Transfer::Base64, Transfer::QuotedPrintable]);
        letter.damage = self.damage;
        letter
    }
}

fn unwanted(planner: &mut Planner, kind: &'static str, tone: Tone) -> Unwanted {
    let (name, domain) = planner.domains.organisation(&mut planner.random, names::BUSINESSES);
    let random = &mut planner.random;
    let person = Person::new(random);
    let address = format!("{}@{domain}", person.casual_local_part(random));
    let display = if random.chance(50) { name } else { person.full() };
    Unwanted {
        kind,
        seed: random.next(),
        from: Mailbox::new(&display, address),
        tone,
        link: format!("http://{domain}/{}?id=", random.base36(6)),
        tokens_in_link: random.chance(30),
        spf: random.word(&["fail", "softfail", "none", "pass"]),
        damage: None,
        late_secs: random.between(1, 30),
    }
}

/// Runs of spam to whoever is on some list.
pub(super) fn runs(planner: &mut Planner, budget: usize) {
    let mut sent = 0;
    while sent < budget {
        let run = unwanted(planner, "spam", Tone::Spam);
        let day = planner.world.calendar.any_day(&mut planner.random);
        let at = planner.world.calendar.any_moment(&mut planner.random, day);
        let audience = planner.audience(8, 170);
        let mails: Vec<_> = audience
            .iter()
            .enumerate()
            .map(|(number, member)| (at + number as i64 * 3, 0, *member))
            .collect();
        sent += mails.len();
        planner.roster.add(planner.world.calendar, Box::new(run), mails);
    }
}

/// Broken mails, three of each sort, and three that come days after they were written.
pub(super) fn malformed(planner: &mut Planner) {
    let sorts = [
        Some(Damage::MissingDate),
        Some(Damage::UnknownCharset),
        Some(Damage::InvalidBytes),
        Some(Damage::OpenBoundary),
        None,
    ];
    for damage in sorts.into_iter().cycle().take(15) {
        let mut mail = unwanted(planner, "malformed", Tone::Chat);
        mail.spf = "pass";
        mail.damage = damage;
        if damage.is_none() {
            mail.late_secs = planner.random.between(2, 20) * crate::calendar::DAY;
        }
        let day = planner.world.calendar.any_day(&mut planner.random);
        let at = planner.world.calendar.any_moment(&mut planner.random, day);
        let member = planner.random.below(planner.world.house.members.len());
        planner.roster.add(planner.world.calendar, Box::new(mail), vec![(at, 0, member)]);
    }
}
