//! The console of a live house, and how the first person gets into it.

use crate::config::{self, Config};
use crate::output::note;
use anyhow::{Context, Result};
use console::Reach;
use console::account::{self, administration, invitation};
use console::oidc::IssuerSettings;
use console::page::health::SensorRow;
use model::{AccountId, Actor, Role};
use runtime::clock;
use runtime::data::Data;
use runtime::live::Live;
use runtime::watch::standing::Standing;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The account that exists in every house from the start: it makes the others, and sees no mail.
const FIRST_ACCOUNT: &str = "admin";

/// What a console is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    House,
    /// Every page says that all is invented, nobody has to set up a second factor to look around, and accounts that were just
    /// made decide at once.
    Exercise,
}

/// An open door, at which nobody is served yet.
pub(super) struct Console {
    listener: TcpListener,
    state: console::State,
    url: String,
}

/// Opens the door, and prints a one-time link where nobody has an account yet.
pub(super) async fn open(config: &Config, live: &Live, purpose: Purpose) -> Result<Console> {
    let section = &config.console;
    let listener = TcpListener::bind(section.listen)
        .await
        .with_context(|| format!("cannot open the console on {}", section.listen))?;
    let url = section.public_url.clone().map_or_else(|| own_url(&listener), Ok)?;
    let mut settings = settings(section, &config.house.name, &url)?;
    settings.reach = Reach { has_relay: config.smtp.relay.is_some(), has_mailboxes: !config.imap.is_empty() };
    settings.is_exercise = purpose == Purpose::Exercise;
    settings.requires_second_factor &= purpose == Purpose::House;
    if purpose == Purpose::Exercise {
        settings.approval_hold_secs = 0;
    }
    note(&format!("console on {url}"));
    if !section.listen.ip().is_loopback() {
        note("it speaks plain HTTP: let others reach it only through a proxy that speaks TLS");
    }
    if purpose == Purpose::House
        && let Some(code) = first_invitation(&mut *live.data()?)?
    {
        note(&format!("nobody has an account yet; this link works once, for {FIRST_ACCOUNT}:"));
        note(&format!("  {}", link(&url, &code)));
    }
    let state = console::State::new(live.clone(), settings, Arc::new(clock::now));
    Ok(Console { listener, state, url })
}

impl Console {
    /// A link that works once, for an account that is made where there is none.
    pub(super) fn link_for(&self, live: &Live, name: &str, role: Role) -> Result<String> {
        let mut data = live.data()?;
        let id = AccountId(name.to_owned());
        let code = if account::find(&data, &id)?.is_some() {
            invitation::invite(&data, &id, clock::now())?
        } else {
            create(&mut data, &id, role)?
        };
        Ok(link(&self.url, &code))
    }

    /// The same with somebody who knows how the sensors are.
    pub(super) fn with_sensors(self, rows: impl Fn() -> Vec<SensorRow> + Send + Sync + 'static) -> Self {
        Self { state: self.state.with_sensors(Arc::new(rows)), ..self }
    }

    /// The same with those who follow logs.
    pub(super) fn with_logs(self, logs: Standing) -> Self {
        Self { state: self.state.with_logs(logs), ..self }
    }

    /// Serves until `stop` is done.
    pub(super) async fn serve(self, stop: impl Future<Output = ()>) -> Result<()> {
        console::serve(self.listener, Arc::new(self.state), stop).await
    }
}

fn own_url(listener: &TcpListener) -> Result<String> {
    Ok(format!("http://{}", listener.local_addr().context("cannot learn the console's own port")?))
}

fn link(url: &str, code: &str) -> String {
    format!("{url}/sign-in?one_time={code}")
}

fn settings(section: &config::Console, house: &str, url: &str) -> Result<console::Settings> {
    let mut settings = console::Settings::new(url);
    house.clone_into(&mut settings.house);
    settings.session.idle_secs = i64::from(section.session_idle_minutes) * 60;
    settings.session.absolute_secs = i64::from(section.session_hours) * 3_600;
    settings.requires_second_factor = section.require_second_factor;
    settings.approval_hold_secs = i64::from(section.approval_hold_hours) * 3_600;
    settings.trusts_forwarded_for = section.trust_forwarded_for;
    settings.metrics_from = section.metrics_from.iter().map(|network| network.0).collect();
    settings.issuer = section.sign_on.as_ref().map(issuer).transpose()?;
    Ok(settings)
}

fn issuer(section: &config::SignOn) -> Result<IssuerSettings> {
    Ok(IssuerSettings {
        name: section.name.clone(),
        issuer: section.issuer.clone(),
        client_id: section.client_id.clone(),
        client_secret: section.client_secret.as_ref().map(config::Secret::read).transpose()?,
        hosts: section.hosts.clone(),
    })
}

/// A one-time code for the first account, which is made where there is none. It is drawn anew with each start until
/// somebody has chosen a password, because what was printed before may be lost.
fn first_invitation(data: &mut Data) -> Result<Option<String>> {
    let accounts = account::all(data)?;
    let id = AccountId(FIRST_ACCOUNT.to_owned());
    if accounts.is_empty() {
        return create(data, &id, Role::Admin).map(Some);
    }
    let is_untouched = accounts.len() == 1 && accounts.iter().all(|account| account.password.is_none());
    if is_untouched { invitation::invite(data, &id, clock::now()).map(Some) } else { Ok(None) }
}

/// The operator at the terminal makes accounts in the name of the program.
fn create(data: &mut Data, id: &AccountId, role: Role) -> Result<String> {
    let program = Actor::new("portcullis", [Role::Admin]);
    Ok(administration::create(data, &program, id, &[role].into(), None, clock::now())?)
}
