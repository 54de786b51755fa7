//! Shares: people open files, machines read policies and software, backups read everything.

use super::Day;
use crate::dwell::place::Person;
use crate::dwell::windows::{logon, share_read};
use crate::random::Random;

/// The name of the file server: it is renamed in the second half.
pub(super) fn file_server(day: &Day<'_>) -> &'static str {
    if day.day < day.days * 3 / 5 { "FS01" } else { "FS02" }
}

/// People and their workstations.
pub(super) fn read(day: &mut Day<'_>) {
    let server = file_server(day);
    for person in day.people_in() {
        let mut random = Random::keyed(day.seed, &[51, day.day as u64, person.number as u64]);
        let address = person.workstation();
        let at = day.at(&mut random, 7, 10);
        let machine = format!("WS{:03}$", person.number);
        day.add(logon(at, server, &person.account, 3, &address));
        day.add(logon(at - 5_000, "DC01", &machine, 3, &address));
        day.add(share_read(
            at - 4_000,
            "DC01",
            &machine,
            &address,
            "SYSVOL",
            "northboard.example\\Policies\\gpt.ini",
        ));
        for _ in 0..day.times(4) {
            let at = day.at(&mut random, 9, 18);
            day.add(share_read(at, server, &person.account, &address, "team", &document(&mut random)));
        }
        if random.chance(1) && random.chance(30) {
            copy_folder(day, server, person, &mut random);
        }
    }
}

fn document(random: &mut Random) -> String {
    let folder = random.word(&["minutes", "letters", "finance", "notices", "plans"]);
    format!("{folder}\\paper-{}.docx", random.between(1, 900))
}

/// Somebody takes a folder along.
fn copy_folder(day: &mut Day<'_>, server: &str, person: &Person, random: &mut Random) {
    let from = day.at(random, 10, 17);
    for number in 0..240 {
        let file = format!("projects\\{}\\sheet-{number}.xlsx", person.number);
        day.add(share_read(
            from + number * 1_500,
            server,
            &person.account,
            &person.workstation(),
            "team",
            &file,
        ));
    }
}

/// Backups each night, a search index each Sunday, and software that all machines fetch after patches.
pub(super) fn back_up(day: &mut Day<'_>) {
    let server = file_server(day);
    let from = super::moment(day.day, 3_600);
    day.add(logon(from, server, "svc-backup", 3, "10.20.0.60"));
    for number in 0..day.times(70) as i64 {
        let file = format!("register\\copies\\ward-{number:03}.csv");
        day.add(share_read(from + number * 4_000, server, "BACKUP01$", "10.20.0.60", "register", &file));
    }
    if (day.day + 1) % 7 == 6 {
        for number in 0..day.times(120) as i64 {
            let file = format!("minutes\\paper-{number}.docx");
            day.add(share_read(
                from + 7_200_000 + number * 3_000,
                server,
                "SEARCH01$",
                "10.20.0.61",
                "team",
                &file,
            ));
        }
    }
    if day.is_patch_day() {
        fetch_software(day, server);
    }
}

fn fetch_software(day: &mut Day<'_>, server: &str) {
    for person in day.people_in() {
        let mut random = Random::keyed(day.seed, &[52, day.day as u64, person.number as u64]);
        let from = day.at(&mut random, 12, 14);
        for number in 0..45 {
            let file = format!("office\\update-{}\\part-{number}.cab", day.day);
            let machine = format!("WS{:03}$", person.number);
            day.add(share_read(
                from + number * 700,
                server,
                &machine,
                &person.workstation(),
                "software",
                &file,
            ));
        }
    }
}
