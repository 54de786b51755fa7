//! The relay for mail of our own, as the section `[smtp]` says.

use super::secret::{source, trust};
use super::stop::Stop;
use crate::config::{Config, Protection};
use crate::output::BadInput;
use anyhow::{Context, Result};
use gate::smtp::{Credential, Security, Sender, Settings};
use runtime::clock;
use runtime::live::Live;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Starts to send what is due, if a relay is configured.
pub(super) fn start(config: &Config, live: &Live, stop: &Stop) -> Result<Option<JoinHandle<()>>> {
    let section = &config.smtp;
    let Some(relay) = &section.relay else { return Ok(None) };
    let from = section
        .from
        .clone()
        .with_context(|| BadInput("smtp.from is not set: warnings need a sender".into()))?;
    let security = match section.tls {
        Protection::StartTls => Security::StartTls(trust(section.ca_file.as_ref())),
        Protection::Implicit => Security::Tls(trust(section.ca_file.as_ref())),
        Protection::None => Security::Plain,
    };
    let mut settings = Settings::new(relay, section.port, security, &from);
    settings.reply_to.clone_from(&section.reply_to);
    let password = source("smtp.password", section.password.as_ref(), section.password_command.as_ref())?;
    settings.credential = match (&section.user, password) {
        (Some(user), Some(password)) => Some(Credential { user: user.clone(), password }),
        (None, None) => None,
        _ => anyhow::bail!(BadInput("smtp: user and password belong together".into())),
    };
    let sender = Sender::new(Arc::new(live.clone()), settings, clock::now);
    let stop = stop.clone();
    Ok(Some(tokio::spawn(async move { sender.run(stop.requested()).await })))
}
