//! Everybody who exists in the exercise before anybody writes: the house, the services, the free-mail providers, the
//! news outlets.

use std::rc::Rc;

use crate::calendar::{self, Calendar, DAY, T0};
use crate::house::House;
use crate::names::{self, Person};
use crate::network::Domains;
use crate::operation::Roster;
use crate::prose::{self, Facts, Tone, Voice};
use crate::random::Random;
use crate::service::Service;

const FREE_MAIL_PROVIDERS: usize = 9;
const OUTLETS: usize = 8;

/// A lawful news outlet; the attacker links its articles too.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    pub(crate) name: String,
    pub(crate) domain: String,
    voice: Voice,
    seed: u64,
}

/// An article that stands on an outlet's site.
#[derive(Clone, Debug)]
pub(crate) struct Article {
    pub(crate) headline: String,
    pub(crate) url: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) facts: Facts,
}

/// What exists.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) calendar: Calendar,
    pub(crate) house: House,
    pub(crate) free_mail: Vec<String>,
    /// The mail-merge service that hostile and lawful customers share.
    pub(crate) merge: Rc<Service>,
    pub(crate) services: Vec<Rc<Service>>,
    pub(crate) outlets: Vec<Outlet>,
}

/// A world in which things are being planned.
pub(crate) struct Planner {
    pub(crate) world: World,
    pub(crate) domains: Domains,
    pub(crate) random: Random,
    pub(crate) roster: Roster,
}

impl Outlet {
    fn new(random: &mut Random, domains: &mut Domains) -> Self {
        let (name, domain) = domains.organisation(random, names::OUTLETS);
        Self { name, domain, voice: Voice::new(random), seed: random.next() }
    }

    /// The article number `number` of a day, `day` days after T0.
    pub(crate) fn article(&self, day: i64, number: u64) -> Article {
        let mut random = Random::keyed(self.seed, &[day as u64, number]);
        let topic = prose::topic(&mut random, number == 0);
        let facts = Facts::new(&mut random, topic);
        let headline = self.voice.subject(Tone::Report, &facts, &mut random);
        let paragraphs = self.voice.paragraphs(Tone::Report, &facts, &mut random, 3);
        let date = calendar::utc(T0 + day * DAY, "%Y/%m/%d");
        let slug: Vec<String> = headline.split(' ').map(names::ascii).filter(|word| word.len() > 2).collect();
        let url = format!("https://www.{}/{date}/{}", self.domain, slug.join("-"));
        Article { headline, url, paragraphs, facts }
    }
}

impl Planner {
    pub(crate) fn new(seed: u64, calendar: Calendar, members: usize, forum: usize) -> Self {
        let mut random = Random::keyed(seed, &[1]);
        let mut domains = Domains::default();
        let free_mail: Vec<String> = (0..FREE_MAIL_PROVIDERS)
            .map(|_| {
                let name = format!("{} {}", names::place(&mut random), random.pick(&["Mail", "Net", "Box"]));
                domains.of_name(&mut random, &name)
            })
            .collect();
        let first = free_mail.first().map_or("", String::as_str);
        let house = House::new(&mut random, members, forum, first);
        let merge = Rc::new(Service::merge(&mut random, &mut domains));
        let services = Service::others(&mut random, &mut domains).into_iter().map(Rc::new).collect();
        let outlets = (0..OUTLETS).map(|_| Outlet::new(&mut random, &mut domains)).collect();
        let world = World { seed, calendar, house, free_mail, merge, services, outlets };
        Self { world, domains, random: Random::keyed(seed, &[2]), roster: Roster::default() }
    }

    /// An invented person at a domain of their own kind of organisation.
    pub(crate) fn colleague(&mut self, domain: &str) -> (Person, String) {
        let person = Person::new(&mut self.random);
        let address = format!("{}@{domain}", person.local_part());
        (person, address)
    }

    /// A street and a place, as footers show them.
    pub(crate) fn postal_address(&mut self) -> String {
        let number = self.random.between(1, 180);
        let street = self.random.pick(&[
            "Quay",
            "Mill Lane",
            "Market Place",
            "North Parade",
            "Chapel Rise",
            "Ropewalk",
        ]);
        format!("{number} {street}, {}", names::place(&mut self.random))
    }
}
