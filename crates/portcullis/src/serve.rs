//! `portcullis serve`: the live house, its sensors and its console, until somebody says stop.
//!
//! Each service has a file that converts its section of the configuration and starts it. A service that cannot start stops
//! the start; one that fails while it runs says so in the log and is seen on the health page, and the others go on.

mod console;
mod house;
mod imap;
mod lantern;
mod log;
mod logs;
mod milter;
mod posture;
mod reports;
mod secret;
mod sensors;
mod smtp;
mod stop;
mod upkeep;

pub(crate) use lantern::run as exercise;

use crate::arguments::Serve;
use crate::config::Config;
use crate::output::{Outcome, note};
use anyhow::{Context, Result};
use gate::drop_folder::{DropFolder, QUIET_SECS};
use gate::milter::Sealer;
use runtime::live::{Live, LogWatch};
use std::sync::Arc;
use stop::Stop;
use tokio::task::{JoinHandle, spawn_blocking};

pub(crate) fn run(arguments: &Serve) -> Result<Outcome> {
    let config = Config::read(&arguments.config.config)?;
    log::start(&config.log)?;
    let sealer = milter::sealer(&config.milter)?;
    let live = house::open(&config)?;
    let tokio = event_loop()?;
    let served = tokio.block_on(serve(&config, &live, sealer));
    live.stop();
    note("stopped; everything that was accepted is recorded");
    served.map(|()| Outcome::Done)
}

fn event_loop() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the event loop")
}

async fn serve(config: &Config, live: &Live, sealer: Option<Arc<Sealer>>) -> Result<()> {
    let stop = Stop::on_signals()?;
    let milter = milter::open(config, live, sealer).await?;
    let console = console::open(config, live, console::Purpose::House).await?;
    let mut mailboxes = imap::start(config, live, &stop)?;
    let mut services = std::mem::take(&mut mailboxes.tasks);
    services.extend(folders(config, live, &stop)?);
    services.extend(smtp::start(config, live, &stop)?);
    let logs = logs::start(config, live, &stop)?;
    services.extend(logs.service);
    if let Some(posture) = posture::Settings::of(config) {
        services.push(blocking(live, &stop, move |live, stop| posture::run(live, &posture, stop)));
    }
    let upkeep = upkeep::Settings::of(config);
    services.push(blocking(live, &stop, move |live, stop| upkeep::run(live, upkeep, stop)));
    if let Some(milter) = milter {
        let stop = stop.clone();
        services.push(tokio::spawn(async move { milter.run(stop.requested()).await }));
    }
    let console = console.with_logs(logs.standing);
    console.with_sensors(sensors::rows(config, live, mailboxes)).serve(stop.requested()).await?;
    for service in services {
        service.await.context("a service ended in disorder")?;
    }
    Ok(())
}

/// What is looked into again and again: dropped mail, reports, and proxy logs.
fn folders(config: &Config, live: &Live, stop: &Stop) -> Result<Vec<JoinHandle<()>>> {
    let mut services = Vec::new();
    if let Some(path) = &config.drop_folder.path {
        let folder = DropFolder::open(path, QUIET_SECS)
            .with_context(|| format!("cannot use the drop folder {}", path.display()))?;
        services.push(tokio::spawn(folder.watch(Arc::new(live.clone()), stop.receiver())));
    }
    if let Some(path) = config.reports.folder.clone() {
        reports::prepare(&path)?;
        let domains = config.house.domains.clone();
        services.push(blocking(live, stop, move |live, stop| reports::run(&path, &domains, live, stop)));
    }
    if !config.judging.proxy_logs.is_empty() {
        let mut watch = LogWatch::new(config.judging.proxy_logs.clone());
        services.push(blocking(live, stop, move |live, stop| watch.run(live, |rest| stop.wait(rest))));
    }
    Ok(services)
}

/// Runs a service on a thread that may block.
fn blocking(live: &Live, stop: &Stop, service: impl FnOnce(&Live, &Stop) + Send + 'static) -> JoinHandle<()> {
    let (live, stop) = (live.clone(), stop.clone());
    spawn_blocking(move || service(&live, &stop))
}
