//! Measures the gate: `cargo run --release -p gate --example gate_load [SECONDS]`.
//!
//! First what one sync of the disk takes. Then the milter alone, on one core, by 200 messages a second of a mail server's protocol: time from the end of a
//! message to its answer, memory, and CPU. Then a real Postfix at 100 messages a second into a mailbox, with no milter, with
//! ours, with rspamd's, and with both. The letters are those of exercise LANTERN, each made unlike the others. Default: 20
//! seconds each. `GATE_DATA` names a folder on the disk to be measured; otherwise it is a temporary one.

#![expect(clippy::print_stdout, reason = "a measurement is for a person at a terminal")]

mod disk;
#[path = "../../tests/milter/double.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod double;
#[path = "../../tests/shared/free_port.rs"]
mod free_port;
mod house;
mod letters;
#[path = "../../tests/milter/mail_server.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod mail_server;
mod pace;
#[path = "../../tests/milter/postfix.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod postfix;
mod rspamd;
#[path = "../../tests/milter/sender.rs"]
mod sender;
#[path = "../../tests/milter/sink.rs"]
mod sink;

use gate::milter::Listen;
use house::House;
use letters::Letters;
use pace::{Taken, at_pace};
use postfix::Postfix;
use rspamd::Rspamd;
use std::error::Error;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const SECONDS: u64 = 20;
const MILTER_RATE: u64 = 200;
const POSTFIX_RATE: u64 = 100;
/// More than one run sends: so no filter has seen a letter of the next run.
const LETTERS_A_RUN: u64 = 1_000_000;
/// Connections at a time, as Postfix has them where each message takes some 100 ms from its first to its last command.
const CONNECTIONS: usize = 16;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(house::CHILD) {
        return house::serve(&arguments.collect::<Vec<_>>());
    }
    let seconds = first.map_or(Ok(SECONDS), |text| text.parse())?;
    let letters = Letters::lantern()?;
    report("letters, distinct", letters.len());
    report("letters, bytes on average", letters.bytes_on_average());
    report_times("disk: 8 KiB appended and synced", &disk::syncs()?);
    milter(&letters, seconds)?;
    match postfix::missing() {
        Some(reason) => report("Postfix", format!("skipped: {reason}")),
        None => through_postfix(&letters, seconds)?,
    }
    Ok(())
}

/// The milter alone, on one core.
fn milter(letters: &Letters, seconds: u64) -> Result<()> {
    let house = House::start(true)?;
    let connect = || Ok(mail_server::MailServer::connect(house.address)?);
    let deliver = |client: &mut mail_server::MailServer<_>, number: u64| {
        let message = mail_server::letter(&[&letters.recipient(number)], &letters.numbered(number));
        client.tell("4fX2Q1", &message)?;
        let told = Instant::now();
        client.outcome(&message)?;
        Ok(told.elapsed())
    };
    // The store and the caches are warm in a gate that runs for years.
    at_pace(MILTER_RATE, 0..MILTER_RATE * 2, CONNECTIONS, connect, deliver)?;
    let numbers = MILTER_RATE * 2..MILTER_RATE * (seconds + 2);
    let cpu = house.cpu()?;
    let taken = at_pace(MILTER_RATE, numbers, CONNECTIONS, connect, deliver)?;
    report("milter: messages a second", format!("{:.1}", taken.rate()));
    report_times("milter: end of message to answer", &taken);
    let cpu = house.cpu()? - cpu;
    report("milter: CPU, ms a message", format!("{:.2}", cpu * 1e3 / taken.times.len() as f64));
    report("milter: peak RSS, MiB", house.peak_rss_mib()?);
    Ok(())
}

fn through_postfix(letters: &Letters, seconds: u64) -> Result<()> {
    let run = |name: &str, milters: &[&Listen], run: u64| {
        postfix_run(name, milters, letters, run * LETTERS_A_RUN, seconds)
    };
    let alone = run("Postfix alone", &[], 0)?;
    let house = House::start(false)?;
    let ours = Listen::Tcp(house.address);
    let with_ours = run("Postfix and Portcullis", &[&ours], 1)?;
    report("Postfix: rate with Portcullis / alone", format!("{:.3}", with_ours / alone));
    let Some(rspamd) = Rspamd::start()? else {
        report("rspamd", "skipped: it is not installed");
        return Ok(());
    };
    let theirs = Listen::Tcp(rspamd.address);
    run("Postfix and rspamd", &[&theirs], 2)?;
    run("Postfix, rspamd and Portcullis", &[&theirs, &ours], 3)?;
    Ok(())
}

/// Sends at a steady pace, waits until all has arrived, and answers how many a second that were.
fn postfix_run(name: &str, milters: &[&Listen], letters: &Letters, first: u64, seconds: u64) -> Result<f64> {
    let postfix = Postfix::start(milters);
    let send = |_: &mut (), number: u64| {
        let started = Instant::now();
        let recipient = letters.recipient(number);
        sender::send_until_taken(postfix.address, &[&recipient], &letters.numbered(number), || {});
        Ok(started.elapsed())
    };
    let started = Instant::now();
    let taken = at_pace(POSTFIX_RATE, first..first + POSTFIX_RATE * seconds, CONNECTIONS, || Ok(()), send)?;
    // What is kept in quarantine does not arrive; what does has left the queue.
    while !postfix.is_empty() {
        pace::pause();
    }
    let rate = taken.times.len() as f64 / started.elapsed().as_secs_f64();
    report(&format!("{name}: messages a second"), format!("{rate:.1}"));
    report(&format!("{name}: arrived of {}", taken.times.len()), postfix.sink.rest().len());
    report_times(&format!("{name}: connect to answer"), &taken);
    Ok(rate)
}

fn report_times(name: &str, taken: &Taken) {
    let millis = |time: Duration| format!("{:.2}", time.as_secs_f64() * 1e3);
    report(&format!("{name}, p50 ms"), millis(taken.quantile(0.5)));
    report(&format!("{name}, p99 ms"), millis(taken.quantile(0.99)));
    report(&format!("{name}, longest ms"), millis(taken.quantile(1.0)));
}

fn report(name: &str, value: impl std::fmt::Display) {
    println!("{name:<58} {value:>14}");
}
