//! Personal correspondence: threads between a member and somebody outside, of which the house's inbound mail shows the
//! outsider's half.

use crate::calendar::DAY;
use crate::house;
use crate::lawful::crowd::PROGRAMS;
use crate::letter::{Attachment, Authentication, Letter, Mailbox, Transfer};
use crate::names::{self, Person};
use crate::operation::{Delivery, Operation};
use crate::prose::{self, Facts, Tone, Voice, wrapped};
use crate::random::Random;
use crate::world::{Planner, World};

/// Mails of the outsider in one thread, at most.
const MAILS_OF_A_THREAD_MAX: i64 = 6;

/// One thread; the issue counts the outsider's mails.
struct Thread {
    seed: u64,
    party: String,
    from: Mailbox,
    /// The member first written to; others get copies.
    member: usize,
    copied: Option<usize>,
    began_with_member: bool,
    voice: Voice,
    facts: Facts,
    subject: String,
    program: (&'static str, &'static str),
    transfer: Transfer,
    has_html: bool,
    has_logo: bool,
}

impl Thread {
    fn own_id(&self, issue: u32) -> String {
        let mut random = Random::keyed(self.seed, &[u64::from(issue), 5]);
        format!("<{}@{}>", random.hex(28), self.from.domain())
    }

    /// The id of the member's mail that stands before the outsider's mail number `issue`.
    fn member_id(&self, issue: u32) -> String {
        let mut random = Random::keyed(self.seed, &[u64::from(issue), 6]);
        format!("<{}@{}>", random.hex(20), house::DOMAIN)
    }

    fn references(&self, issue: u32) -> Vec<String> {
        let mut chain = Vec::new();
        for earlier in 0..=issue {
            if earlier > 0 || self.began_with_member {
                chain.push(self.member_id(earlier));
            }
            if earlier < issue {
                chain.push(self.own_id(earlier));
            }
        }
        chain
    }

    fn text(&self, world: &World, issue: u32) -> String {
        let mut random = Random::keyed(self.seed, &[u64::from(issue), 7]);
        let member = &world.house.member(self.member).person;
        let count = 1 + random.below(3);
        let paragraphs = self.voice.paragraphs(Tone::Chat, &self.facts, &mut random, count);
        let text: Vec<String> = paragraphs.iter().map(|paragraph| wrapped(paragraph, "")).collect();
        let mut mail = format!("Dear {},\n\n{}\n\n{}\n", member.given, text.join("\n\n"), self.party);
        if issue > 0 || self.began_with_member {
            let quoted = Voice::new(&mut random).paragraphs(Tone::Chat, &self.facts, &mut random, 1);
            let quoted: Vec<String> = quoted.iter().map(|paragraph| wrapped(paragraph, "> ")).collect();
            mail.push_str(&format!("\n{} wrote:\n{}\n", member.full(), quoted.join("\n")));
        }
        mail
    }

    fn html(&self, text: &str) -> String {
        let logo = if self.has_logo {
            format!("<img src=\"https://www.{}/signature.png\" alt=\"\" height=\"30\">\n", self.from.domain())
        } else {
            String::new()
        };
        format!("<html><body><div dir=\"ltr\">{}</div>\n{logo}</body></html>\n", text.replace('\n', "<br>\n"))
    }
}

impl Operation for Thread {
    fn kind(&self) -> &'static str {
        "correspondence"
    }

    fn party(&self) -> &str {
        &self.party
    }

    fn message_id(&self, delivery: &Delivery) -> String {
        self.own_id(delivery.issue)
    }

    fn letter(&self, world: &World, delivery: &Delivery) -> Letter {
        let issue = delivery.issue;
        let show = |index: usize| {
            let member = world.house.member(index);
            Mailbox::new(&member.person.full(), &member.address).header()
        };
        let is_reply = issue > 0 || self.began_with_member;
        let subject = if is_reply { format!("Re: {}", self.subject) } else { self.subject.clone() };
        let mut letter =
            Letter::new(self.from.clone(), show(self.member), subject, delivery.at - 3, self.own_id(issue));
        letter.cc = self.copied.map(show);
        letter.references = self.references(issue);
        letter.fields = vec![(self.program.0, self.program.1.to_owned())];
        let domain = self.from.domain().to_owned();
        letter.relay = format!("smtp1.{domain}");
        letter.origin = format!("desk{}.{domain}", self.seed % 40);
        letter.authentication =
            Some(Authentication { spf: "pass", dkim_domain: Some(domain), dmarc: "pass" });
        letter.zone_hours = (self.seed % 4) as i8;
        letter.transfer = self.transfer;
        let text = self.text(world, issue);
        letter.html = self.has_html.then(|| self.html(&text));
        letter.plain = Some(text);
        letter.attachment = attachment(&mut Random::keyed(self.seed, &[u64::from(issue), 8]));
        letter
    }
}

/// One mail in ten brings a document.
pub(super) fn attachment(random: &mut Random) -> Option<Attachment> {
    if !random.chance(10) {
        return None;
    }
    let name = format!("{}.pdf", random.pick(&["agenda", "draft", "letter", "minutes", "notes", "figures"]));
    let mut bytes = b"%PDF-1.4\n% EXERCISE LANTERN, no document\n".to_vec();
    let length = 300 + random.below(1_200);
    bytes.extend(random.base64(length).bytes());
    bytes.extend_from_slice(b"\n%%EOF\n");
    Some(Attachment { name, media_type: "application/pdf", bytes })
}

/// Threads all over the exercise.
pub(super) fn threads(planner: &mut Planner, budget: usize) {
    let mut sent = 0;
    while sent < budget {
        let member = planner.random.below(planner.world.house.members.len());
        let thread = thread(planner, member);
        let mut at_day = planner.world.calendar.any_day(&mut planner.random);
        let mut mails = Vec::new();
        for issue in 0..planner.random.between(1, MAILS_OF_A_THREAD_MAX) as usize {
            let at = planner.world.calendar.office_moment(&mut planner.random, at_day);
            mails.push((at, issue, member));
            mails.extend(thread.copied.map(|copied| (at + 1, issue, copied)));
            at_day = (at - crate::calendar::T0) / DAY + planner.random.between(1, 5);
        }
        sent += mails.len();
        planner.roster.add(planner.world.calendar, Box::new(thread), mails);
    }
}

fn thread(planner: &mut Planner, member: usize) -> Thread {
    let from = correspondent(planner);
    let members = planner.world.house.members.len();
    let random = &mut planner.random;
    let is_about_forum = planner.world.house.member(member).in_forum && random.chance(50);
    let topic = prose::topic(random, is_about_forum);
    let facts = Facts::new(random, topic);
    let voice = Voice::new(random);
    let other = random.below(members);
    Thread {
        seed: random.next(),
        party: from.1,
        from: from.0,
        member,
        copied: (random.chance(15) && other != member).then_some(other),
        began_with_member: random.chance(25),
        subject: voice.subject(Tone::Chat, &facts, random),
        voice,
        facts,
        program: *random.pick(PROGRAMS),
        transfer: *random.pick(&[
            Transfer::QuotedPrintable,
            Transfer::QuotedPrintable,
            Transfer::SevenBit,
            Transfer::EightBit,
            Transfer::Base64,
        ]),
        has_html: random.chance(55),
        has_logo: random.chance(25),
    }
}

/// A private person, a journalist of an outlet, or somebody at an organisation.
fn correspondent(planner: &mut Planner) -> (Mailbox, String) {
    let person = Person::new(&mut planner.random);
    let address = match planner.random.below(10) {
        0..=3 => {
            let domain = planner.random.pick(&planner.world.free_mail).clone();
            format!("{}@{domain}", person.casual_local_part(&mut planner.random))
        }
        4 | 5 => format!("{}@{}", person.local_part(), planner.random.pick(&planner.world.outlets).domain),
        _ => {
            let (_, domain) = planner.domains.organisation(&mut planner.random, names::INSTITUTES);
            format!("{}@{domain}", person.local_part())
        }
    };
    (Mailbox::new(&person.full(), address), person.full())
}
