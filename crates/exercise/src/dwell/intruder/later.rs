//! What follows the entry, at the days of the case: use, mail to strangers, a second entry, uses after months, bulk reads, telephones.

use super::{ENTRY_DAY, Story, entry};
use crate::dwell::Entry;
use crate::dwell::place::{DOMAIN, moment};
use crate::dwell::signin::{self, End};
use crate::dwell::tracking;
use crate::dwell::windows::share_read;

/// The mailbox in whose name the intruder writes.
const OFFICE: &str = "office";

/// All later steps, in their order.
pub(super) fn go_on(story: &mut Story) {
    use_again(story, ENTRY_DAY + 23, 0, "use after 23 days");
    write_to_strangers(story, ENTRY_DAY + 65);
    second_entry(story, ENTRY_DAY + 202);
    use_again(story, ENTRY_DAY + 293, 0, "use after 270 days");
    read_register(story, ENTRY_DAY + 293);
    use_again(story, ENTRY_DAY + 343, 1, "use after 50 days");
    ring_telephone(story, ENTRY_DAY + super::STORY_DAYS);
}

fn has_shell(story: &Story) -> bool {
    !matches!(story.entry, Entry::Credential | Entry::Spray)
}

/// The shell gets one order, or the password is used once more; each time through another relay.
fn use_again(story: &mut Story, day: i64, shell: usize, kind: &'static str) {
    let from = story.lines.len();
    let at = story.at(day, 1);
    let entities = if has_shell(story) {
        let address = story.order(shell, at);
        vec![address, story.shells.get(shell).cloned().unwrap_or_default()]
    } else {
        let address = entry::use_password(story, at);
        vec![address, story.account.clone()]
    };
    story.note(kind, from, entities);
}

/// 180 mails within an hour in the name of the office.
fn write_to_strangers(story: &mut Story, day: i64) {
    let from = story.lines.len();
    let at = story.at(day, 10);
    let sender = format!("{OFFICE}@{DOMAIN}");
    for number in 0..180 {
        let recipient = format!("{}@freemail.example", story.random.base36(9));
        story.add(tracking::sent(at + number * 19_500, &sender, &recipient, "Invoice"));
        if number % 4 == 0 {
            story.add(tracking::bounced(at + number * 19_500 + 3_000, &sender));
        }
    }
    story.note("mail to strangers", from, vec![sender]);
}

/// The same way in a second time, with another shell.
fn second_entry(story: &mut Story, day: i64) {
    entry::enter(story, day, 1, "second entry");
}

/// The machine that has the shell reads 240 files of the register in 24 minutes. With a password alone, the person's account does.
fn read_register(story: &mut Story, day: i64) {
    let from = story.lines.len();
    let (_, server) = story.server();
    let (account, address, pace) = if has_shell(story) {
        (format!("{server}$"), if server == "WEB01" { "10.20.0.20" } else { "10.20.0.10" }, 6_000)
    } else {
        (story.account.clone(), "10.20.4.200", 6_000)
    };
    for number in 0..240 {
        let file = format!("register\\copies\\ward-{number:03}.csv");
        let at = moment(day, 4_800) + number * pace;
        story.add(share_read(at, "FS02", &account, address, "register", &file));
    }
    story.note("bulk read", from, vec![account.to_lowercase()]);
}

/// The second factor keeps the intruder out of the mailbox that was misused before: ten prompts in 45 seconds.
fn ring_telephone(story: &mut Story, day: i64) {
    let from = story.lines.len();
    let at = story.at(day, 14);
    let origin = story.origin();
    let account = if has_shell(story) { OFFICE.to_owned() } else { story.account.clone() };
    for number in 0..10 {
        story.add(signin::line(at + number * 5_000, &account, &origin, End::Refused));
    }
    story.note("second-factor prompts", from, vec![origin.address, account]);
}

/// The low-and-slow companion: another account's password, used once in eleven days, and eight files read an hour by a machine.
pub(crate) fn be_patient(story: &mut Story, account: &str, days: i64) {
    let main = std::mem::replace(&mut story.account, account.to_owned());
    for day in (ENTRY_DAY + 5..days.min(ENTRY_DAY + 225)).step_by(11) {
        let from = story.lines.len();
        let at = story.at(day, 22);
        let address = entry::use_password(story, at);
        story.note("password once in 11 days", from, vec![address, account.to_owned()]);
    }
    story.account = main;
    let from = story.lines.len();
    let day = ENTRY_DAY + 120;
    for number in 0..24 * 8 {
        let file = format!("register\\overseas\\page-{number:03}.csv");
        let at = moment(day, number * 450);
        story.add(share_read(at, "FS01", "APP01$", "10.20.0.44", "register", &file));
    }
    story.note("slow bulk read", from, vec!["app01$".to_owned()]);
}
