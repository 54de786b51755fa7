//! The filter beside a mail server, as the section `[milter]` says.

use crate::config::{self, Config};
use crate::output::note;
use anyhow::{Context, Result};
use gate::milter::{LiveFilter, OnFailure, Policy, Sealer, Server, Settings};
use mail::member::House;
use model::GroupId;
use runtime::live::Live;
use std::sync::Arc;
use std::time::Duration;

/// Who seals what the filter disarms, if the house has a key for that.
///
/// # Errors
/// [`BadInput`](crate::output::BadInput) where the key cannot be used.
pub(super) fn sealer(section: &config::Milter) -> Result<Option<Arc<Sealer>>> {
    let Some(arc) = &section.arc else { return Ok(None) };
    Ok(Some(Arc::new(Sealer::new(&arc.domain, &arc.selector, arc.read_key()?))))
}

/// Opens the filter's door, if one is configured.
pub(super) async fn open(
    config: &Config,
    live: &Live,
    sealer: Option<Arc<Sealer>>,
) -> Result<Option<Server>> {
    let Some(listen) = &config.milter.listen else { return Ok(None) };
    let settings = Settings {
        listen: listen.clone().into(),
        sessions_max: config.milter.sessions_max,
        deadline: Duration::from_secs(config.judging.deadline_seconds.into()),
    };
    tell_unknown_groups(&config.milter, &live.house());
    let filter = Arc::new(LiveFilter::new(live.clone(), policy(&config.milter, sealer)));
    let server = Server::bind(&settings, filter)
        .await
        .with_context(|| format!("cannot open the milter on {}", String::from(listen.clone())))?;
    note(&format!("milter on {}", String::from(config::Listen::from(server.address()?))));
    Ok(Some(server))
}

/// A group that nobody is in may be one that is misspelt, and then its members get another treatment than was meant.
fn tell_unknown_groups(section: &config::Milter, house: &House) {
    let known = house.groups();
    let named = section.fail_open_groups.iter().chain(&section.fail_closed_groups);
    for name in named.filter(|name| !known.iter().any(|(group, _)| group.0 == **name)) {
        note(&format!("[milter] names the group \"{name}\", which no member is in"));
    }
}

fn policy(section: &config::Milter, sealer: Option<Arc<Sealer>>) -> Policy {
    let groups = |names: &[String]| names.iter().cloned().map(GroupId).collect();
    Policy {
        authserv_id: section.authserv_id.clone(),
        disarms: section.disarm,
        quarantines: section.quarantine,
        on_failure: match section.on_failure {
            config::Failure::Tempfail => OnFailure::Tempfail,
            config::Failure::Accept => OnFailure::Accept,
        },
        fail_open_groups: groups(&section.fail_open_groups),
        fail_closed_groups: groups(&section.fail_closed_groups),
        sealer,
    }
}
