//! What people do: signing in from their desks and on journeys, mistyping passwords, reading mail in a browser.

use super::Day;
use crate::dwell::http_proxy;
use crate::dwell::iis::Request;
use crate::dwell::line::Log;
use crate::dwell::place::{OFFICE_ADDRESS, Person, moment};
use crate::dwell::signin::{self, End};
use crate::random::Random;

/// The week in which the second factor is rolled out, counted from the end.
const ROLL_OUT_BEFORE_END: i64 = 26;

/// Sign-ins of the day with their slips.
pub(super) fn sign_in(day: &mut Day<'_>) {
    let today = day.day;
    let has_second_factor = today > day.days - ROLL_OUT_BEFORE_END + 5;
    for person in day.people_at_work() {
        let mut random = Random::keyed(day.seed, &[21, today as u64, person.number as u64]);
        for _ in 0..day.times(2) {
            let origin = person.origin(today, &mut random);
            let at = day.at(&mut random, 7, 19);
            for slip in 0..slips(&mut random, today) {
                day.add(signin::line(at - 9_000 * (slip + 1), &person.account, &origin, End::WrongPassword));
            }
            if has_second_factor && random.chance(25) {
                day.add(signin::line(at - 4_000, &person.account, &origin, End::Asked));
            }
            if has_second_factor && random.chance(1) {
                day.add(signin::line(at - 30_000, &person.account, &origin, End::Refused));
            }
            let end = if has_second_factor { End::SecondFactor } else { End::Password };
            day.add(signin::line(at, &person.account, &origin, end));
        }
    }
}

/// How often a password is mistyped: more on the Mondays after passwords ran out.
fn slips(random: &mut Random, day: i64) -> i64 {
    let percent = if day % 91 == 6 { 35 } else { 3 };
    if random.chance(percent) { random.between(1, 3) } else { 0 }
}

/// In one week everybody's telephone is enrolled, with the trouble that it gives.
pub(super) fn roll_out_second_factor(day: &mut Day<'_>) {
    let today = day.day;
    let since = today - (day.days - ROLL_OUT_BEFORE_END);
    if !(0..5).contains(&since) {
        return;
    }
    let staff = day.staff.iter();
    for person in staff.filter(|person| person.number as i64 % 5 == since && person.employed.contains(&today))
    {
        let mut random = Random::keyed(day.seed, &[22, person.number as u64]);
        let origin = person.origin(today, &mut random);
        let at = day.at(&mut random, 9, 16);
        day.add(signin::line(at, &person.account, &origin, End::Asked));
        for try_again in 0..random.between(0, 2) {
            day.add(signin::line(at + 35_000 * (try_again + 1), &person.account, &origin, End::Refused));
        }
        day.add(signin::line(at + 140_000, &person.account, &origin, End::SecondFactor));
    }
}

/// Outlook on the web and programs that speak to Exchange.
pub(super) fn use_web_mail(day: &mut Day<'_>) {
    let today = day.day;
    for person in day.people_at_work() {
        let mut random = Random::keyed(day.seed, &[23, today as u64, person.number as u64]);
        if random.chance(60) {
            web_session(day, person, &mut random);
        }
        if person.number.is_multiple_of(3) {
            program_session(day, person, &mut random);
        }
    }
    health_checks(day);
}

fn web_session(day: &mut Day<'_>, person: &Person, random: &mut Random) {
    let origin = person.origin(day.day, random);
    let agent = Person::agent(&origin);
    let at = day.at(random, 8, 21);
    let user = format!("NORTHBOARD\\{}", person.account);
    let post = |stem: &str| {
        Request::post(stem, &origin.address, &agent).referer("https://mail.northboard.example/owa/")
    };
    day.add(
        Request::get("/owa/auth/logon.aspx", &origin.address, &agent)
            .query("replaceCurrent=1")
            .line(Log::ExchangeIis, at),
    );
    day.add(post("/owa/auth.owa").status(302).line(Log::ExchangeIis, at + 9_000));
    let open = Request::get("/owa/", &origin.address, &agent).user(&user);
    day.add(http_proxy::line(&open, "Owa", at + 9_500));
    day.add(open.line(Log::ExchangeIis, at + 9_500));
    for step in 0..day.times(4) as i64 {
        let action =
            random.word(&["GetConversationItems", "FindConversation", "CreateItem", "GetCalendarView"]);
        let query = format!("action={action}&EP=1&UA=0");
        day.add(
            post("/owa/service.svc")
                .query(&query)
                .user(&user)
                .line(Log::ExchangeIis, at + 20_000 * (step + 1)),
        );
    }
    if person.number.is_multiple_of(17) && random.chance(20) {
        let page = random.word(&[
            "/ecp/PersonalSettings/HomePage.aspx",
            "/ecp/RulesEditor/InboxRules.slab",
            "/ecp/default.aspx",
        ]);
        let open = Request::get(page, &origin.address, &agent).query("showhelp=false").user(&user);
        day.add(open.line(Log::ExchangeIis, at + 90_000));
        let save = post("/ecp/UsersGroups/EditMailboxBasic.aspx").query("reqId=17").user(&user);
        day.add(save.line(Log::ExchangeIis, at + 99_000));
    }
}

/// Telephones and programs for other systems, which post without a referrer all day.
fn program_session(day: &mut Day<'_>, person: &Person, random: &mut Random) {
    let origin = person.origin(day.day, random);
    let user = format!("NORTHBOARD\\{}", person.account);
    let agents = ["MacOutlook/16.51", "Apple-iPhone12C1/1808.82", "Microsoft Office/16.0 (Outlook 16.0)"];
    let agent = agents.get(person.number % 3).copied().unwrap_or_default();
    for _ in 0..day.times(3) {
        let at = day.at(random, 6, 22);
        let request = match person.number % 3 {
            0 => Request::post("/EWS/Exchange.asmx", &origin.address, agent),
            1 => Request::post("/Microsoft-Server-ActiveSync/default.eas", &origin.address, agent)
                .query("Cmd=Ping&DeviceType=iPhone"),
            _ => Request::post("/mapi/emsmdb/", &origin.address, agent).query("MailboxId=7"),
        };
        day.add(http_proxy::line(&request.clone().user(&user), "Ews", at));
        day.add(request.user(&user).line(Log::ExchangeIis, at));
    }
    let at = day.at(random, 6, 22);
    let query = format!("Email={}%40northboard.example&Protocol=ActiveSync&RedirectCount=1", person.account);
    let discover = Request::get("/autodiscover/autodiscover.json", &origin.address, agent).query(&query);
    day.add(discover.line(Log::ExchangeIis, at));
    let at = day.at(random, 6, 22);
    day.add(
        Request::post("/autodiscover/autodiscover.xml", &origin.address, agent)
            .user(&user)
            .line(Log::ExchangeIis, at),
    );
}

/// Exchange asks itself the whole day.
fn health_checks(day: &mut Day<'_>) {
    for hour in 0..24 {
        let at = moment(day.day, hour * 3_600 + 77);
        let agent = "AMProbe/Local/ClientAccess";
        let user = "HealthMailbox4711@northboard.example";
        day.add(Request::get("/owa/healthcheck.htm", "127.0.0.1", agent).line(Log::ExchangeIis, at));
        day.add(
            Request::post("/owa/auth.owa", "127.0.0.1", agent)
                .user(user)
                .status(302)
                .line(Log::ExchangeIis, at + 300),
        );
        let shell = Request::post("/powershell", "10.20.0.10", "Exchange BackEnd Probes")
            .query("X-Rps-CAT=VgEAVAdXaW5kb3dz");
        day.add(shell.line(Log::ExchangeIis, at + 500));
    }
    let mut random = day.random(24);
    let at = day.at(&mut random, 8, 18);
    day.add(Request::get("/owa/", OFFICE_ADDRESS, "monitoring/2.4").status(302).line(Log::ExchangeIis, at));
}
