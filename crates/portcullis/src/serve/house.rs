//! The data folder and the list of members of a live house.

use crate::config::{Config, Dns};
use crate::output::{BadInput, note};
use anyhow::{Context, Result};
use runtime::data::Data;
use runtime::live::{LeftAsIs, Live, LiveSettings};
use runtime::resolver::Resolver;
use std::time::Duration;

/// Opens the data folder, keeps the list of members if one is named, and starts to judge.
pub(super) fn open(config: &Config) -> Result<Live> {
    let data = Data::open(&config.house.data)?;
    if let Some(path) = &config.house.members {
        let csv = runtime::source::members_csv(path)
            .map_err(|error| BadInput(format!("{error}")))
            .context("cannot take the list of members")?;
        data.keep_house(&csv)?;
    }
    if data.house()?.is_empty() {
        note("no list of members is known: set house.members, or campaigns are found by their senders alone");
    }
    let judging = &config.judging;
    let live = Live::start(
        data,
        LiveSettings {
            trusted_authserv_ids: judging.trusted_authserv_ids.clone(),
            resolver: resolver(&judging.dns, Duration::from_secs(judging.dns_timeout_seconds.into()))?,
            deadline: Duration::from_secs(judging.deadline_seconds.into()),
        },
    )?;
    live.leave_as_is(LeftAsIs::new(&judging.leave_as_is));
    Ok(live)
}

/// Asks the name servers that are allowed.
pub(super) fn resolver(dns: &Dns, timeout: Duration) -> Result<Resolver> {
    Ok(match dns {
        Dns::Off => Resolver::offline(),
        Dns::System => Resolver::system(timeout)?,
        Dns::Servers(servers) => Resolver::servers(servers, timeout)?,
    })
}
