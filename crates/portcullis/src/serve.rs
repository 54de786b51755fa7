//! `portcullis serve`: the live house, its sensors and its console, until somebody says stop.
//!
//! Each service has a file that converts its section of the configuration and starts it. A service that cannot start stops
//! the start; one that fails while it runs says so in the log and is seen on the health page, and the others go on.

mod console;
mod house;
mod lantern;
mod log;
mod milter;
mod stop;
mod upkeep;

pub(crate) use lantern::run as exercise;

use crate::arguments::Serve;
use crate::config::Config;
use crate::output::{Outcome, note};
use anyhow::{Context, Result};
use runtime::live::{Live, LogWatch};
use stop::Stop;

pub(crate) fn run(arguments: &Serve) -> Result<Outcome> {
    let config = Config::read(&arguments.config.config)?;
    log::start(&config.log)?;
    let live = house::open(&config)?;
    let tokio = event_loop()?;
    let served = tokio.block_on(serve(&config, &live));
    live.stop();
    note("stopped; everything that was accepted is recorded");
    served.map(|()| Outcome::Done)
}

fn event_loop() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the event loop")
}

async fn serve(config: &Config, live: &Live) -> Result<()> {
    let stop = Stop::on_signals()?;
    let milter = milter::open(config, live).await?;
    let console = console::open(config, live, console::Purpose::House).await?;
    let mut threads = Vec::new();
    {
        let (live, stop) = (live.clone(), stop.clone());
        threads.push(std::thread::spawn(move || upkeep::run(&live, &stop)));
    }
    if !config.judging.proxy_logs.is_empty() {
        let (mut watch, live, stop) =
            (LogWatch::new(config.judging.proxy_logs.clone()), live.clone(), stop.clone());
        threads.push(std::thread::spawn(move || watch.run(&live, |rest| stop.wait(rest))));
    }
    let milter = milter.map(|milter| {
        let stop = stop.clone();
        tokio::spawn(async move { milter.run(stop.requested()).await })
    });
    console.serve(stop.requested()).await?;
    if let Some(milter) = milter {
        milter.await.context("the milter ended in disorder")?;
    }
    for thread in threads {
        // A thread that panicked has said so; the others still end in order.
        let _ = thread.join();
    }
    Ok(())
}
