//! Logs that grow: bytes of made-up lines, cut into records, read and matched with all public rules, as whoever follows a log does.

use crate::measure::passes;
use crate::ours::{LATEST, read_rules};
use crate::rules;
use std::error::Error;
use std::path::Path;
use watch::engine::{Engine, Scratch};
use watch::event::{Event, FieldNames};
use watch::format::{Format, Framed, Framing, LineReader, Read};

/// Lines of each log.
const LINES: u32 = 500_000;
/// Bytes that are read at once.
const PIECE_BYTES: usize = 64 << 10;

/// Bytes to matches, for one log of each of the formats that grow fastest.
pub(crate) fn growing(data: &Path) -> Result<(), Box<dyn Error>> {
    let set = read_rules(&rules::texts(data, false)?);
    let mut names = FieldNames::default();
    let engine = Engine::new(&set.rules, &mut names);
    let logs: [(&str, Format, fn(u32) -> String); 4] = [
        ("IIS", Format::W3c, iis),
        ("Apache", Format::Access, apache),
        ("syslog", Format::Syslog, syslog),
        ("JSON", Format::Json, json),
    ];
    for (name, format, line) in logs {
        let log: String = (0..LINES).map(line).collect();
        let mut scratch = Scratch::default();
        let found = passes(|| {
            let mut framing = Framing::new(format, 0, 1);
            let mut reader = LineReader::new(format, name, &mut names, LATEST);
            let (mut events, mut matches) = (0, 0);
            let mut take = |framed: Framed<'_>| {
                let Framed::Record(record) = framed else { return };
                let mut event = Event::default();
                if reader.read(&record.text, &names, &mut event) == Ok(Read::Event) {
                    events += 1;
                    matches += engine.matches(&event, &mut scratch).len() as u64;
                }
            };
            for piece in log.as_bytes().chunks(PIECE_BYTES) {
                framing.push(piece, &mut take);
            }
            framing.finish(&mut take);
            Ok((events, matches))
        })?;
        println!(
            "\n  {name:<10} {:>8.0} events/CPU-s, {} events, {} bytes a line, {} matches",
            found.items_a_second,
            found.items,
            log.len() / LINES as usize,
            found.counted
        );
    }
    Ok(())
}

fn iis(number: u32) -> String {
    let heading = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n";
    let [hour, minute, second] = clock(number);
    format!(
        "{}2026-11-03 {hour:02}:{minute:02}:{second:02} 192.0.2.10 {} {} {} 443 - 198.51.100.{} Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36 - {} 0 0 {}\r\n",
        if number == 0 { heading } else { "" },
        one_of(number, &["GET", "POST", "GET", "HEAD"]),
        one_of(
            number / 3,
            &["/owa/auth/logon.aspx", "/ews/exchange.asmx", "/register/search", "/assets/logo.svg"]
        ),
        one_of(
            number / 5,
            &["-", "page=2&sort=name", "url=https%3a%2f%2fmail.board.example%2fowa%2f&reason=0"]
        ),
        number % 250,
        one_of(number, &["200", "302", "401", "200", "404"]),
        number % 900,
    )
}

fn apache(number: u32) -> String {
    let [hour, minute, second] = clock(number);
    format!(
        "198.51.100.{} - - [03/Nov/2026:{hour:02}:{minute:02}:{second:02} +0000] \"{} {} HTTP/1.1\" {} {} \"https://board.example/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0\"\n",
        number % 250,
        one_of(number, &["GET", "POST", "GET"]),
        one_of(
            number / 3,
            &["/index.html", "/search?q=ward+7&page=3", "/assets/site.css", "/news/2026/11/polling-places"]
        ),
        one_of(number, &["200", "304", "404"]),
        number % 50_000,
    )
}

fn syslog(number: u32) -> String {
    let [hour, minute, second] = clock(number);
    format!(
        "Nov  3 {hour:02}:{minute:02}:{second:02} gate sshd[{}]: {} from 198.51.100.{} port {} ssh2\n",
        1_000 + number % 9_000,
        one_of(
            number,
            &[
                "Accepted publickey for backup",
                "Failed password for invalid user guest",
                "Failed password for root"
            ]
        ),
        number % 250,
        30_000 + number % 20_000,
    )
}

fn json(number: u32) -> String {
    let [hour, minute, second] = clock(number);
    format!(
        "{{\"@timestamp\":\"2026-11-03T{hour:02}:{minute:02}:{second:02}Z\",\"Channel\":\"Security\",\"EventID\":4624,\"Provider_Name\":\"Microsoft-Windows-Security-Auditing\",\"Computer\":\"pc-{}.board.example\",\"TargetUserName\":\"user{}\",\"TargetDomainName\":\"BOARD\",\"LogonType\":{},\"IpAddress\":\"192.0.2.{}\",\"LogonProcessName\":\"Kerberos\",\"AuthenticationPackageName\":\"Kerberos\",\"ProcessName\":\"C:\\\\Windows\\\\System32\\\\svchost.exe\"}}\n",
        number % 300,
        number % 700,
        one_of(number, &["3", "2", "7"]),
        number % 250,
    )
}

/// Hour, minute and second, ten lines to a second.
fn clock(number: u32) -> [u32; 3] {
    let seconds = number / 10;
    [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60]
}

fn one_of<'t>(number: u32, texts: &[&'t str]) -> &'t str {
    texts.get(number as usize % texts.len().max(1)).copied().unwrap_or_default()
}
