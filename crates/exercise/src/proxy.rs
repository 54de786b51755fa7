//! The log of the house's web proxy: what members' machines fetched, among it the few fetches that report an open.

use crate::calendar::{self, DAY, T0};
use crate::hostile::Planted;
use crate::house::{FORWARDED_TO, member_id};
use crate::names;
use crate::network;
use crate::operation::{Delivery, Roster};
use crate::random::Random;
use crate::world::World;

/// The form in which the proxy writes its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyFormat {
    /// Squid's native format; users by member id.
    #[default]
    Squid,
    /// The combined format; users by address.
    Combined,
    /// W3C extended; users by address.
    W3c,
    /// JSON lines; users by member id.
    Json,
}

/// Readers whose program loads remote content, in per cent of the lawful mails that have a beacon.
const LOADING_PERCENT: usize = 35;
/// Readers who follow a link, in per cent of the mails that have one.
const FOLLOWING_PERCENT: usize = 6;
/// Pages that the log holds for a working day, at most: enough to be lost in, and no more than a test can bear.
const PAGES_A_DAY_MAX: usize = 60;
/// The user of a fetch that nobody logged in for.
const NOBODY: u32 = u32::MAX;

/// What one line of the log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// The beacon of the delivery with this index.
    Beacon(u32),
    /// The link of the delivery with this index.
    Link(u32),
    /// Any page; the number decides which.
    Page(u64),
    /// A tunnel, of which the proxy sees the host only.
    Tunnel(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fetch {
    at: i64,
    user: u32,
    target: Target,
}

/// The whole log, in order of time.
pub(crate) struct ProxyLog {
    fetches: Vec<Fetch>,
    seed: u64,
    sites: Vec<String>,
}

impl ProxyLog {
    pub(crate) fn new(world: &World, roster: &Roster, planted: &[Planted]) -> Self {
        let mut random = Random::keyed(world.seed, &[3]);
        let sites = (0..160).map(|_| site(&mut random)).collect();
        let mut log = Self { fetches: Vec::new(), seed: random.next(), sites };
        log.browsing(world, &mut random);
        log.mail_reading(roster, planted, &mut random);
        for campaign in planted {
            log.opens(roster, campaign, &mut random);
        }
        log.fetches.sort_unstable();
        log
    }

    fn push(&mut self, at: i64, user: u32, target: Target) {
        self.fetches.push(Fetch { at, user, target });
    }

    fn browsing(&mut self, world: &World, random: &mut Random) {
        let members = world.house.members.len();
        for day in 0..world.calendar.days {
            for _ in 0..(members / 3).min(PAGES_A_DAY_MAX) {
                let at = world.calendar.office_moment(random, day);
                let user = if random.chance(6) { NOBODY } else { random.below(members) as u32 };
                let page = random.next();
                self.push(at, user, Target::Tunnel(page));
                if random.chance(55) {
                    self.push(at + 1, user, Target::Page(page));
                }
            }
        }
    }

    /// Members read their lawful mail and follow links, also those of campaigns: that is no open of the mail.
    fn mail_reading(&mut self, roster: &Roster, planted: &[Planted], random: &mut Random) {
        for (index, delivery) in roster.deliveries.iter().enumerate() {
            let operation = roster.operation(delivery);
            let at = delivery.at + random.between(20, 2 * DAY);
            let is_lawful = planted.iter().all(|campaign| campaign.operation != delivery.operation);
            if is_lawful && random.chance(LOADING_PERCENT) && operation.beacon_url(delivery).is_some() {
                self.push(at, delivery.member, Target::Beacon(index as u32));
            }
            if random.chance(FOLLOWING_PERCENT) {
                self.push(at + random.between(2, 90), delivery.member, Target::Link(index as u32));
            }
        }
    }

    /// The opens of T2, a forwarded mail that another member opens, and a fetch by nobody in particular.
    fn opens(&mut self, roster: &Roster, campaign: &Planted, random: &mut Random) {
        let first_to = |member: usize| {
            let is_it =
                |delivery: &Delivery| delivery.operation == campaign.operation && delivery.member() == member;
            roster.deliveries.iter().position(is_it)
        };
        for opener in &campaign.openers {
            let Some(index) = first_to(*opener) else { continue };
            let Some(delivery) = roster.deliveries.get(index) else { continue };
            let at = delivery.at + random.between(60, 7_200);
            self.push(at, delivery.member, Target::Beacon(index as u32));
            if Some(opener) == campaign.openers.first() {
                self.push(at + 5_400, FORWARDED_TO as u32, Target::Beacon(index as u32));
            }
        }
        let is_unopened = |delivery: &Delivery| {
            delivery.operation == campaign.operation && !campaign.openers.contains(&delivery.member())
        };
        if let Some(index) = roster.deliveries.iter().position(is_unopened) {
            let at = roster.deliveries.get(index).map_or(T0, |delivery| delivery.at);
            self.push(at + 2_000, NOBODY, Target::Beacon(index as u32));
        }
    }

    /// The lines of the log, each with its line break, in the given format.
    pub(crate) fn lines<'a>(
        &'a self,
        world: &'a World,
        roster: &'a Roster,
        format: ProxyFormat,
    ) -> impl Iterator<Item = String> + 'a {
        let lines = self.fetches.iter().enumerate().filter_map(move |(number, fetch)| {
            let mut random = Random::keyed(self.seed, &[number as u64]);
            let request = self.request(world, roster, fetch, &mut random)?;
            Some(line(world, fetch, &request, format, &mut random))
        });
        header(format).into_iter().chain(lines)
    }

    fn request(&self, world: &World, roster: &Roster, fetch: &Fetch, random: &mut Random) -> Option<Request> {
        let delivery = |index: u32| roster.deliveries.get(index as usize);
        let request = match fetch.target {
            Target::Beacon(index) => {
                let delivery = delivery(index)?;
                let url = roster.operation(delivery).beacon_url(delivery)?;
                Request { method: "GET", url, bytes: 43, media_type: "image/gif" }
            }
            Target::Link(index) => {
                let delivery = delivery(index)?;
                let url = roster.operation(delivery).link_url(world, delivery)?;
                Request { method: "GET", url, bytes: random.between(9_000, 90_000), media_type: "text/html" }
            }
            Target::Page(page) => {
                let url = format!("https://{}/{}", self.site(page), random.base36(8));
                Request { method: "GET", url, bytes: random.between(400, 200_000), media_type: "text/html" }
            }
            Target::Tunnel(page) => {
                let url = format!("{}:443", self.site(page));
                Request { method: "CONNECT", url, bytes: random.between(2_000, 400_000), media_type: "-" }
            }
        };
        Some(request)
    }

    fn site(&self, page: u64) -> &str {
        let at = page as usize % self.sites.len().max(1);
        self.sites.get(at).map_or("", String::as_str)
    }
}

/// What was asked for.
struct Request {
    method: &'static str,
    url: String,
    bytes: i64,
    media_type: &'static str,
}

fn site(random: &mut Random) -> String {
    let place = names::ascii(&names::place(random));
    let word =
        random.pick(&["shop", "weather", "wiki", "maps", "rail", "mail", "docs", "photos", "cdn", "ads"]);
    format!("{}.{place}.{}", word, random.pick(&["example", "test"]))
}

fn header(format: ProxyFormat) -> Option<String> {
    (format == ProxyFormat::W3c).then(|| {
        "#Software: EXERCISE LANTERN\n#Version: 1.0\n\
         #Fields: date time c-ip cs-username cs-method cs-uri sc-status sc-bytes\n"
            .to_owned()
    })
}

fn line(world: &World, fetch: &Fetch, request: &Request, format: ProxyFormat, random: &mut Random) -> String {
    let Request { method, url, bytes, media_type } = request;
    let member = (fetch.user != NOBODY).then_some(fetch.user as usize);
    let id = member.map_or_else(|| "-".to_owned(), member_id);
    let address =
        member.and_then(|index| world.house.members.get(index)).map_or("-", |member| &member.address);
    let client = format!("192.0.2.{}", 1 + fetch.user % 250);
    match format {
        ProxyFormat::Squid => {
            let peer = network::address(host(url));
            let result = if *method == "CONNECT" { "TCP_TUNNEL/200" } else { "TCP_MISS/200" };
            let (millisecond, elapsed) = (random.between(0, 999), random.between(8, 900));
            format!(
                "{}.{millisecond:03} {elapsed:6} {client} {result} {bytes} {method} {url} {id} HIER_DIRECT/{peer} \
                 {media_type}\n",
                fetch.at
            )
        }
        ProxyFormat::Combined => format!(
            "{client} - {address} [{}] \"{method} {url} HTTP/1.1\" 200 {bytes} \"-\" \"Mozilla/5.0\"\n",
            calendar::utc(fetch.at, "%d/%b/%Y:%H:%M:%S +0000")
        ),
        ProxyFormat::W3c => format!(
            "{} {client} {address} {method} {url} 200 {bytes}\n",
            calendar::utc(fetch.at, "%Y-%m-%d %H:%M:%S")
        ),
        ProxyFormat::Json => format!(
            "{{\"time\":\"{}\",\"client\":\"{client}\",\"user\":\"{id}\",\"method\":\"{method}\",\"url\":\"{url}\",\
             \"status\":200,\"bytes\":{bytes}}}\n",
            calendar::utc(fetch.at, "%Y-%m-%dT%H:%M:%SZ")
        ),
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}
