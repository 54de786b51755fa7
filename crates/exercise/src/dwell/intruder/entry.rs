//! The ways in. Addresses and names are invented, and the requests carry no working payload.

use super::Story;
use crate::dwell::Entry;
use crate::dwell::http_proxy;
use crate::dwell::iis::Request;
use crate::dwell::line::Log;
use crate::dwell::place::{DOMAIN, staff};
use crate::dwell::signin::{self, End};
use crate::dwell::windows::{command, file_made, process};

const WORKER: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
const INTERPRETER: &str = r"C:\Windows\System32\cmd.exe";

/// Comes in on a day and leaves the shell of that number, or shows that a password works.
pub(super) fn enter(story: &mut Story, day: i64, shell: usize, kind: &'static str) {
    match story.entry {
        Entry::Query | Entry::Cookie => path_confusion(story, day, shell, kind),
        Entry::WebShell => upload(story, day, shell, kind),
        Entry::Credential => stolen_password(story, day, kind),
        Entry::Spray => spray(story, day, kind),
    }
}

/// Exchange is asked to ask itself; a mailbox with a page in it is exported to where pages are served.
fn path_confusion(story: &mut Story, day: i64, shell: usize, kind: &'static str) {
    let from = story.lines.len();
    let at = story.at(day, 2);
    let (_, address) = story.relay();
    let agent = "python-requests/2.25.1";
    let tail = if story.entry == Entry::Query {
        "&Email=autodiscover/autodiscover.json%3f@relay.example"
    } else {
        ""
    };
    let requests = [
        ("GET", format!("@relay.example/mapi/nspi/?{tail}")),
        ("POST", format!("@relay.example/mapi/emsmdb/?{tail}")),
        ("POST", format!("@relay.example/powershell/?X-Rps-CAT=RVhFUkNJU0U{tail}")),
    ];
    for (step, (method, query)) in requests.into_iter().enumerate() {
        let at = at + 4_000 * step as i64;
        let request = Request { method, ..Request::get("/autodiscover/autodiscover.json", &address, agent) }
            .query(&query);
        story.add(http_proxy::line(&request, "Autodiscover", at));
        story.add(request.line(Log::ExchangeIis, at));
    }
    let path = story.shells.get(shell).cloned().unwrap_or_default();
    export(story, at + 14_000, &path);
    run(story, at + 40_000, "EXCH01", "MSExchangeOWAAppPool");
    story.order_from(shell, at + 39_500, &address);
    story.note(kind, from, vec![address, path, "exch01".to_owned()]);
}

fn export(story: &mut Story, at: i64, path: &str) {
    let file = format!(r"\\127.0.0.1\C$\inetpub\wwwroot{}", path.replace('/', "\\"));
    let who = format!("{DOMAIN}/Users/{}", story.account);
    let role = format!("-Role \"Mailbox Import Export\" -User \"{}\"", story.account);
    story.add(command(at, "New-ManagementRoleAssignment", &role, &who));
    let parameters = format!("-Mailbox \"{}\" -FilePath \"{file}\"", story.account);
    story.add(command(at + 5_000, "New-MailboxExportRequest", &parameters, &who));
    let replication = r"C:\Program Files\Microsoft\Exchange Server\V15\Bin\MSExchangeMailboxReplication.exe";
    let written = format!(r"C:\inetpub\wwwroot{}", path.replace('/', "\\"));
    story.add(file_made(at + 20_000, "EXCH01", replication, &written));
    story.add(command(
        at + 60_000,
        "Remove-MailboxExportRequest",
        "-Identity \"export\" -Confirm \"False\"",
        &who,
    ));
}

/// A command interpreter beneath a worker process.
pub(super) fn run(story: &mut Story, at: i64, server: &str, pool: &str) {
    let parent = format!("c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"{pool}\" -v \"v4.0\"");
    let line =
        process(at, server, "NT AUTHORITY\\SYSTEM", [WORKER, &parent], [INTERPRETER, "cmd.exe /c whoami"]);
    story.add(line);
}

/// A page is brought in through a form of the public site that takes too much.
fn upload(story: &mut Story, day: i64, shell: usize, kind: &'static str) {
    let from = story.lines.len();
    let at = story.at(day, 2);
    let (_, address) = story.relay();
    let agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/91.0";
    let form = Request::post("/contact/send.aspx", &address, agent)
        .referer("https://www.northboard.example/contact/send.aspx");
    story.add(form.line(Log::WebIis, at));
    story.order_from(shell, at + 30_000, &address);
    run(story, at + 31_000, "WEB01", "PublicSite");
    let path = story.shells.get(shell).cloned().unwrap_or_default();
    story.note(kind, from, vec![address, path, "web01".to_owned()]);
}

/// A password that was stolen elsewhere works; then the mailbox is read in a browser.
fn stolen_password(story: &mut Story, day: i64, kind: &'static str) {
    let from = story.lines.len();
    let at = story.at(day, 2);
    let address = use_password(story, at);
    let account = story.account.clone();
    story.note(kind, from, vec![address, account]);
}

/// One sign-in with the stolen password and a look at the mailbox, from a new relay.
pub(super) fn use_password(story: &mut Story, at: i64) -> String {
    let origin = story.origin();
    let account = story.account.clone();
    story.add(signin::line(at, &account, &origin, End::Password));
    let agent = format!("Mozilla/5.0 (Windows NT 10.0) {}", origin.browser.replace(' ', "/"));
    let user = format!("NORTHBOARD\\{account}");
    let open = Request::get("/owa/", &origin.address, &agent).user(&user);
    story.add(http_proxy::line(&open, "Owa", at + 20_000));
    story.add(open.line(Log::ExchangeIis, at + 20_000));
    let read = Request::post("/owa/service.svc", &origin.address, &agent)
        .query("action=FindConversation&EP=1")
        .user(&user);
    story.add(read.line(Log::ExchangeIis, at + 24_000));
    origin.address
}

/// One address tries one password at forty accounts, and is let in at the last.
fn spray(story: &mut Story, day: i64, kind: &'static str) {
    let from = story.lines.len();
    let at = story.at(day, 2);
    let origin = story.origin();
    let others = staff(story.seed, 40, 400).into_iter().filter(|person| person.account != story.account);
    for (step, person) in others.collect::<Vec<_>>().iter().enumerate() {
        story.add(signin::line(at + 4_000 * step as i64, &person.account, &origin, End::WrongPassword));
    }
    let account = story.account.clone();
    story.add(signin::line(at + 180_000, &account, &origin, End::Password));
    story.note(kind, from, vec![origin.address, account]);
}
