//! Administrators, also at night; patches; programs with accounts of their own; machines that come and go.

use super::Day;
use super::files::file_server;
use crate::dwell::place::is_weekend;
use crate::dwell::windows::{Channel, command, event, failed_logon, file_made, logon, process};
use crate::random::Random;

const WORKER: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
const POOL: &str = r#"c:\windows\system32\inetsrv\w3wp.exe -ap "MSExchangeOWAAppPool" -v "v4.0""#;
const SITE_POOL: &str = r#"c:\windows\system32\inetsrv\w3wp.exe -ap "PublicSite" -v "v4.0""#;
const FRAMEWORK: &str = r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319";

/// Commands on Exchange and remote desktops of two administrators, in office hours and at night.
pub(super) fn administer(day: &mut Day<'_>) {
    let mut random = day.random(61);
    let turns = if is_weekend(day.day) { 1 } else { 3 };
    for _ in 0..turns {
        let who = random.word(&["adm-one", "adm-two"]);
        let desk = if who == "adm-one" { "10.20.9.11" } else { "10.20.9.12" };
        // One in three sessions is at night.
        let at = if random.chance(33) { day.at(&mut random, 21, 24) } else { day.at(&mut random, 8, 18) };
        let server = random.word(&["EXCH01", "WEB01", "DC01", file_server(day)]);
        day.add(logon(at, server, who, 10, desk));
        let shell = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
        let parent = [r"C:\Windows\explorer.exe", "explorer.exe"];
        day.add(process(
            at + 60_000,
            server,
            &format!("NORTHBOARD\\{who}"),
            parent,
            [shell, "powershell.exe"],
        ));
        let task = [
            r"C:\Windows\System32\schtasks.exe",
            "schtasks.exe /create /tn Cleanup /tr cleanup.cmd /sc daily",
        ];
        if random.chance(5) {
            day.add(process(
                at + 120_000,
                server,
                &format!("NORTHBOARD\\{who}"),
                [shell, "powershell.exe"],
                task,
            ));
        }
        mailbox_commands(day, at, who, &mut random);
    }
    leavers(day, &mut random);
}

fn mailbox_commands(day: &mut Day<'_>, at: i64, who: &str, random: &mut Random) {
    let commands = [
        ("Set-Mailbox", "-Identity \"team\" -ProhibitSendQuota \"50GB\""),
        (
            "Add-MailboxPermission",
            "-Identity \"team\" -User \"NORTHBOARD\\clerk\" -AccessRights \"FullAccess\"",
        ),
        (
            "Set-MailboxFolderPermission",
            "-Identity \"room1:\\Calendar\" -User \"Default\" -AccessRights \"Reviewer\"",
        ),
        ("New-DistributionGroup", "-Name \"polling-staff\""),
        ("Get-Mailbox", "-ResultSize \"Unlimited\""),
    ];
    for _ in 0..random.between(0, 3) {
        let (name, parameters) = *random.pick(&commands);
        day.add(command(at + random.between(90_000, 900_000), name, parameters, who));
    }
}

/// The mailbox of somebody who left is put into the archive, and the request is removed some days after.
fn leavers(day: &mut Day<'_>, random: &mut Random) {
    let is_leaving = |days_ago: i64| {
        day.staff.iter().any(|person| person.employed.end == day.day - days_ago && day.day < day.days)
    };
    let (leaves, left) = (is_leaving(0), is_leaving(3));
    let at = day.at(random, 9, 16);
    if leaves {
        let parameters = "-Mailbox \"leaver\" -FilePath \"\\\\FS01\\leavers$\\mailbox.pst\"";
        day.add(command(at, "New-MailboxExportRequest", parameters, "adm-one"));
    }
    if left {
        day.add(command(at, "Remove-MailboxExportRequest", "-Identity \"leaver\\MailboxExport\"", "adm-one"));
    }
}

/// Patch nights: installers write pages, worker processes compile them, machines restart.
pub(super) fn patch(day: &mut Day<'_>) {
    compile(day);
    if !day.is_patch_day() {
        return;
    }
    let at = super::moment(day.day, 79_200);
    let installer = r"C:\Windows\System32\msiexec.exe";
    for (number, page) in ["logon.aspx", "errorFE.aspx", "getidtoken.aspx"].iter().enumerate() {
        let folder = r"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth";
        day.add(file_made(at + 900 * number as i64, "EXCH01", installer, &format!("{folder}\\{page}")));
    }
    let parent = [r"C:\Windows\System32\services.exe", "services.exe"];
    day.add(process(
        at,
        "EXCH01",
        "NT AUTHORITY\\SYSTEM",
        parent,
        [installer, "msiexec.exe /p exchange.msp /qn"],
    ));
    for server in ["EXCH01", "WEB01", "DC01"] {
        day.add(event(at + 1_800_000, server, Channel::Security, 4608, &[]));
    }
}

/// What worker processes start: the compiler, its helper, and now and then the reporter of faults.
fn compile(day: &mut Day<'_>) {
    let mut random = day.random(62);
    for (server, pool) in [("EXCH01", POOL), ("WEB01", SITE_POOL)] {
        let at = day.at(&mut random, 0, 24);
        let compiler = format!("{FRAMEWORK}\\csc.exe");
        let user = "IIS APPPOOL\\PublicSite";
        day.add(process(
            at,
            server,
            user,
            [WORKER, pool],
            [&compiler, "csc.exe /noconfig /fullpaths @app.cmdline"],
        ));
        let temporary =
            format!("{FRAMEWORK}\\Temporary ASP.NET Files\\root\\a1b2\\App_Web_{}.dll", random.base36(8));
        day.add(file_made(at + 2_000, server, WORKER, &temporary));
        if day.is_turn(63, 20) {
            let reporter = [r"C:\Windows\System32\WerFault.exe", "WerFault.exe -u -p 4711"];
            day.add(process(at + 9_000, server, user, [WORKER, pool], reporter));
        }
    }
}

/// Programs' accounts, slips of passwords, and a program that moves to another machine once.
pub(super) fn machines(day: &mut Day<'_>) {
    let mut random = day.random(64);
    let moved = Random::keyed(day.seed, &[65]).between(40, day.days * 2);
    let scanner = if day.day < moved { "10.20.0.71" } else { "10.20.0.72" };
    for server in ["EXCH01", "WEB01", "DC01"] {
        let at = super::moment(day.day, random.between(10_000, 80_000));
        day.add(logon(at, server, "svc-scan", 3, scanner));
    }
    for hour in 0..24 {
        let at = super::moment(day.day, hour * 3_600 + 1_200);
        day.add(logon(at, "EXCH01", "DC01$", 3, "10.20.0.5"));
        day.add(logon(at + 4_000, "WEB01", "DC01$", 3, "10.20.0.5"));
    }
    for person in day.people_in() {
        if random.chance(4) {
            let at = day.at(&mut random, 8, 10);
            day.add(failed_logon(at, "DC01", &person.account, &person.workstation()));
        }
    }
}
