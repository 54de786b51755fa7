//! Mailboxes that are hosted elsewhere, as the sections `[imap.NAME]` say, and what is moved between their folders.

use super::secret::{source, trust};
use super::stop::Stop;
use crate::config::{self, Config, ImapMode, Protection};
use crate::output::BadInput;
use anyhow::{Context, Result};
use console::page::health::{SensorRow, SensorState};
use gate::imap::purge::Purger;
use gate::imap::{Account, Budget, Credential, Mode, Standing, Timing, Tls, spawn};
use runtime::clock;
use runtime::live::Live;
use runtime::measure::purge;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The port for TLS from the start (RFC 8314 section 3.2).
const IMAPS_PORT: u16 = 993;
/// The port for a connection that is plain at first (RFC 9051 section 2.1).
const IMAP_PORT: u16 = 143;
/// Between two looks for copies that are to be moved.
const PURGE_EVERY: Duration = Duration::from_secs(5);
/// Copies that are moved before the next look.
const PURGED_AT_ONCE: usize = 200;

/// The accounts that are watched.
#[derive(Default)]
pub(super) struct Mailboxes {
    /// What has to end before the program does.
    pub(super) tasks: Vec<JoinHandle<()>>,
    standings: Vec<(String, watch::Receiver<Standing>)>,
}

/// Watches the accounts.
pub(super) fn start(config: &Config, live: &Live, stop: &Stop) -> Result<Mailboxes> {
    let accounts =
        config.imap.iter().map(|(name, section)| account(name, section)).collect::<Result<Vec<_>>>()?;
    let budget = Budget::default();
    let mut mailboxes = Mailboxes::default();
    for account in &accounts {
        let (task, standing) =
            spawn(account.clone(), Arc::new(live.clone()), budget.clone(), stop.receiver());
        mailboxes.tasks.push(task);
        mailboxes.standings.push((account.name.clone(), standing));
    }
    if !accounts.is_empty() {
        let holding = config.purge.folder.clone();
        let purger = Purger::new(accounts, holding, Arc::new(live.clone()), budget, Handle::current());
        mailboxes.tasks.push(super::blocking(live, stop, |live, stop| carry(purger, live, stop)));
    }
    Ok(mailboxes)
}

impl Mailboxes {
    /// How each account does, for the console.
    pub(super) fn rows(&self) -> Vec<SensorRow> {
        self.standings.iter().map(|(name, standing)| row(name, &standing.borrow())).collect()
    }
}

fn row(name: &str, standing: &Standing) -> SensorRow {
    let state = match (standing.is_connected, standing.recorded) {
        (false, _) => SensorState::Failing,
        (true, 0) => SensorState::Idle,
        (true, _) => SensorState::Working,
    };
    let Standing { recorded, disarmed, moved, reported, failed, .. } = standing;
    let counts = format!(
        "{recorded} recorded, {disarmed} disarmed, {moved} moved, {reported} reported by members, {failed} set aside"
    );
    SensorRow {
        name: name.to_owned(),
        kind: "imap".to_owned(),
        state,
        last: standing.last_seen,
        about: standing.last_error.clone().unwrap_or(counts),
    }
}

/// Moves what two persons decided to move, until it is time to stop.
fn carry(mut purger: Purger, live: &Live, stop: &Stop) {
    loop {
        match purge::carry_out(live, &mut purger, PURGED_AT_ONCE, clock::now()) {
            Ok(done) if done != purge::Carried::default() => tracing::info!(
                name: "purge.carried",
                done = done.done, gone = done.gone, postponed = done.postponed, failed = done.failed
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(name: "purge.failed", %error),
        }
        if stop.wait(PURGE_EVERY) {
            return;
        }
    }
}

fn account(name: &str, section: &config::Imap) -> Result<Account> {
    let refuse = |what: &str| BadInput(format!("imap.{name}: {what}"));
    let key = |name_of_secret| format!("imap.{name}.{name_of_secret}");
    let password = source(&key("password"), section.password.as_ref(), section.password_command.as_ref())?;
    let token =
        source(&key("oauth_token"), section.oauth_token.as_ref(), section.oauth_token_command.as_ref())?;
    let credential = match (password, token) {
        (Some(password), None) => Credential::Password(password),
        (None, Some(token)) => Credential::Token(token),
        _ => anyhow::bail!(refuse("give either password or oauth_token")),
    };
    if section.host.is_empty() || section.user.is_empty() {
        anyhow::bail!(refuse("host and user are needed"));
    }
    Ok(Account {
        name: name.to_owned(),
        host: section.host.clone(),
        port: section.port.unwrap_or(if section.tls == Protection::Implicit {
            IMAPS_PORT
        } else {
            IMAP_PORT
        }),
        tls: match section.tls {
            Protection::Implicit => Tls::Implicit(trust(section.ca_file.as_ref())),
            Protection::StartTls => Tls::StartTls(trust(section.ca_file.as_ref())),
            Protection::None => Tls::Plain,
        },
        user: section.user.clone(),
        credential,
        owner: section.owner.clone(),
        folders: Some(section.folders.clone())
            .filter(|folders| !folders.is_empty())
            .with_context(|| refuse("name a folder"))?,
        mode: match section.mode {
            ImapMode::Observe => Mode::Observe,
            ImapMode::Disarm => Mode::Disarm,
            ImapMode::Quarantine => Mode::Quarantine { folder: section.quarantine_folder.clone() },
            ImapMode::Reports => Mode::Reports,
        },
        timing: Timing::default(),
    })
}
