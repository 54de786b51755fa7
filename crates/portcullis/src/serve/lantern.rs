//! The console on exercise LANTERN, as `make run` leaves it: the first campaign confirmed and its warnings proposed, so that
//! whoever looks can approve them; the second one found, and nobody has looked at it yet.

use super::{Stop, console, upkeep};
use crate::config::{Config, Console};
use crate::output::note;
use anyhow::{Context, Result};
use model::{Actor, Role};
use runtime::data::Data;
use runtime::live::{Live, LiveSettings};
use runtime::measure::{Measure, assessment, decision, warning};
use runtime::resolver::Resolver;
use runtime::{clock, ledger};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

const ANALYST: &str = "analyst-1";
const APPROVER: &str = "approver-1";

/// Opens the console on the exercise in `folder`, and ends when it is told to.
pub(crate) fn run(folder: &Path) -> Result<()> {
    let mut data = Data::open(folder)?;
    decide(&mut data)?;
    let live = Live::start(
        data,
        LiveSettings {
            trusted_authserv_ids: Vec::new(),
            resolver: Resolver::offline(),
            deadline: Duration::from_secs(20),
        },
    )?;
    let tokio = super::event_loop()?;
    let served = tokio.block_on(serve(&live));
    live.stop();
    served
}

async fn serve(live: &Live) -> Result<()> {
    let stop = Stop::on_signals()?;
    let mut config = Config::default();
    config.house.name = "Assembly of Northmere".into();
    config.console.listen = free_address(Console::default().listen);
    let console = console::open(&config, live, console::Purpose::Exercise).await?;
    for (account, role) in [(ANALYST, Role::Analyst), (APPROVER, Role::Approver)] {
        let link = console.link_for(live, account, role)?;
        note(&format!("  as {account}: {link}"));
    }
    note("each link works once; two persons decide, so use two browsers. Ctrl-C ends the exercise.");
    let settings = upkeep::Settings::of(&config);
    let upkeep = super::blocking(live, &stop, move |live, stop| upkeep::run(live, settings, stop));
    console.serve(stop.requested()).await?;
    upkeep.await.context("the upkeep ended in disorder")
}

/// What the story says was decided already.
fn decide(data: &mut Data) -> Result<()> {
    let (now, house) = (clock::now(), data.house()?);
    let concerns = ledger::campaigns(data)?.into_iter().filter(|campaign| campaign.concern);
    let Some(first) = concerns.map(|campaign| campaign.id).next() else { return Ok(()) };
    if assessment::of(data, &first)?.is_some() {
        return Ok(());
    }
    let analyst = Actor::new(ANALYST, [Role::Analyst]);
    assessment::confirm(
        data,
        &analyst,
        &first,
        "EXERCISE: senders imitate newspapers, and none of them is one",
        now,
    )?;
    warning::draft(data, &house, now)?;
    let warnings = warning::sendable(data, &first)?;
    let measure = Measure::Warn { campaign: first, warnings };
    decision::propose(
        data,
        &analyst,
        measure,
        "EXERCISE: three members opened it, and all should know",
        now,
    )?;
    Ok(())
}

/// The usual address, or a free port where something else has it.
fn free_address(usual: SocketAddr) -> SocketAddr {
    match TcpListener::bind(usual) {
        Ok(_) => usual,
        Err(_) => SocketAddr::new(usual.ip(), 0),
    }
}
