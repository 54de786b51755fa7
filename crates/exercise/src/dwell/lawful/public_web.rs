//! The public web server and what the Internet does to both: visitors with forms, interfaces that programs post to, scanners, releases.

use super::Day;
use crate::dwell::iis::Request;
use crate::dwell::line::Log;
use crate::dwell::place::{address, relay};
use crate::random::Random;

/// Pages with a form that are there all year.
const FORMS: [&str; 5] = [
    "/register/form.aspx",
    "/contact/send.aspx",
    "/consult/answer.aspx",
    "/search/results.aspx",
    "/foi/request.aspx",
];
const SITE: &str = "https://www.northboard.example";

/// Visitors read pages and send forms; programs of others post to interfaces.
pub(super) fn visit(day: &mut Day<'_>) {
    let mut random = day.random(41);
    for _ in 0..day.times(150) {
        let at = day.at(&mut random, 6, 24);
        let (from, agent) = visitor(&mut random);
        let page = random.word(&FORMS);
        let open = Request::get(page, &from, &agent).line(Log::WebIis, at);
        day.add(open);
        if random.chance(20) {
            let send = Request::post(page, &from, &agent).referer(&format!("{SITE}{page}"));
            day.add(send.line(Log::WebIis, at + 45_000));
        }
    }
    interfaces(day);
}

fn visitor(random: &mut Random) -> (String, String) {
    let network = 64_513 + random.below(12) as u32;
    let version = 91 + random.below(12);
    (address(network, random.next()), format!("Mozilla/5.0 (Windows NT 10.0) Chrome/{version}.0"))
}

/// Posts without a referrer by programs: one each hour, one each week, one each month, always from the same machines.
fn interfaces(day: &mut Day<'_>) {
    for hour in 0..24 {
        let at = super::moment(day.day, hour * 3_600 + 300);
        day.add(Request::post("/api/heartbeat.ashx", "10.20.0.40", "monitoring/2.4").line(Log::WebIis, at));
    }
    let partner = address(64_600, 9);
    if day.day % 7 == 3 {
        let at = super::moment(day.day, 14_400);
        day.add(Request::post("/api/donations.ashx", &partner, "partner-sync/1.9").line(Log::WebIis, at));
    }
    if day.day % 30 == 1 {
        let at = super::moment(day.day, 15_000);
        day.add(Request::post("/reports/monthly.aspx", &partner, "partner-sync/1.9").line(Log::WebIis, at));
    }
    // Somebody's new program, from one day on.
    let since = Random::keyed(day.seed, &[42]).between(60, day.days);
    if day.day >= since && (day.day - since) % 2 == 0 {
        let at = super::moment(day.day, 50_000);
        day.add(
            Request::post("/api/bulletins.ashx", &address(64_601, 4), "bulletin-client/0.3")
                .line(Log::WebIis, at),
        );
    }
}

/// Scanners ask for what they know of; servers that are not vulnerable, or have no such page, refuse.
pub(super) fn scan(day: &mut Day<'_>) {
    let mut random = day.random(43);
    for wave in 0..random.between(1, 3) {
        let (_, from) = relay(day.seed ^ 0x5ca0, day.day as u64 * 4 + wave as u64);
        let at = day.at(&mut random, 0, 24);
        let agent =
            random.word(&["zgrab/0.x", "Mozilla/5.0 zgrab", "python-requests/2.26", "Go-http-client/1.1"]);
        for (step, (path, query, status)) in PROBES.iter().enumerate() {
            if random.chance(60) {
                let log = if random.chance(50) { Log::ExchangeIis } else { Log::WebIis };
                let request = if random.chance(40) {
                    Request::post(path, &from, agent)
                } else {
                    Request::get(path, &from, agent)
                };
                day.add(request.query(query).status(*status).line(log, at + 900 * step as i64));
            }
        }
    }
}

/// What is asked for, and how a server answers that has no such thing.
const PROBES: [(&str, &str, u16); 12] = [
    (
        "/autodiscover/autodiscover.json",
        "@scan.example/owa/?&Email=autodiscover/autodiscover.json%3f@scan.example",
        400,
    ),
    ("/autodiscover/autodiscover.json", "@scan.example/mapi/nspi/", 401),
    ("/aspnet_client/shell.aspx", "", 404),
    ("/owa/auth/x.aspx", "", 404),
    ("/owa/auth/signin.aspx", "", 404),
    ("/wp-login.php", "", 404),
    ("/.env", "", 404),
    ("/uploads/cmd.php", "", 404),
    ("/images/up.aspx", "", 403),
    ("/ecp/y.js", "", 404),
    ("/cgi-bin/luci", "", 404),
    ("/vendor/phpunit/eval-stdin.php", "", 404),
];

/// Releases: pages appear, one is for a season, and once a year everything has a new path.
pub(super) fn change(day: &mut Day<'_>) {
    let mut random = day.random(44);
    // Each fortnight's release brings a page, which people then use.
    let releases = (day.day / 14).max(0);
    for _ in 0..day.times(4) {
        let (from, agent) = visitor(&mut random);
        let at = day.at(&mut random, 7, 23);
        let page = format!("/pages/r{}.aspx", random.between(0, releases));
        let send = Request::post(&page, &from, &agent).referer(&format!("{SITE}/pages/"));
        day.add(send.line(Log::WebIis, at));
    }
    let elections = [(80, 100), (260, 285)];
    if elections.iter().any(|(from, until)| (*from..*until).contains(&day.day)) {
        let (from, agent) = visitor(&mut random);
        let at = day.at(&mut random, 7, 23);
        let send =
            Request::post("/election/postal-vote.aspx", &from, &agent).referer(&format!("{SITE}/election/"));
        day.add(send.line(Log::WebIis, at));
    }
    if day.day >= day.days / 2 {
        for form in FORMS {
            let (from, agent) = visitor(&mut random);
            let at = day.at(&mut random, 7, 23);
            let page = format!("/v2{form}");
            day.add(
                Request::post(&page, &from, &agent).referer(&format!("{SITE}{page}")).line(Log::WebIis, at),
            );
        }
    }
}
