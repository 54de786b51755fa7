//! How our domains are protected, looked up once a day where DNS is allowed.

use super::house::resolver;
use super::stop::Stop;
use crate::config::{Config, Dns};
use anyhow::Result;
use mail::domain::normal_host;
use runtime::clock;
use runtime::live::Live;
use runtime::posture;
use runtime::report::OwnDomains;
use std::collections::BTreeSet;
use std::time::Duration;

/// Between two looks at what is due.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// What one question may take.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(2);

/// Whom to ask about what.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    dns: Dns,
    domains: Vec<String>,
    selectors: Vec<String>,
}

impl Settings {
    /// `None` where nobody may be asked.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let (dns, house) = (config.judging.dns.clone(), config.house.clone());
        (dns != Dns::Off).then_some(Self { dns, domains: house.domains, selectors: house.dkim_selectors })
    }
}

/// Looks up what is due, until it is time to stop.
pub(super) fn run(live: &Live, settings: &Settings, stop: &Stop) {
    loop {
        if let Err(error) = look(live, settings, stop) {
            tracing::warn!(name: "posture.failed", error = format!("{error:#}"));
        }
        if stop.wait(LOOK_EVERY) {
            return;
        }
    }
}

/// The data folder is held only between two domains, never while somebody is asked.
fn look(live: &Live, settings: &Settings, stop: &Stop) -> Result<()> {
    let house = live.house();
    let named = settings.domains.iter().map(|domain| normal_host(domain).into_owned());
    let domains: BTreeSet<String> = named.chain(house.domains().iter().cloned()).collect();
    let selectors = &settings.selectors;
    for domain in &domains {
        if !posture::is_due(&*live.data()?, domain, selectors, clock::now())? {
            continue;
        }
        let resolver = resolver(&settings.dns, QUESTION_TIMEOUT)?;
        let found = posture::look_up(resolver, domain, selectors)?;
        tracing::info!(name: "posture.looked_up", domain, grade = found.grade.word());
        posture::keep(&*live.data()?, found, selectors, clock::now())?;
        if stop.wait(Duration::ZERO) {
            return Ok(());
        }
    }
    posture::forget_others(&*live.data()?, &OwnDomains::new(&domains))
}
