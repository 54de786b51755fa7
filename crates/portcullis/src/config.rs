//! The configuration of `portcullis serve`: one TOML file, in which everything is optional and nothing unknown is taken.
//!
//! A value is checked where it is read, so that a wrong one is told with its line. These types are the file's; each
//! service has settings of its own, and `serve` converts.

mod check;
mod milter;
mod origin;
mod value;

pub(crate) use milter::Milter;
pub(crate) use origin::{Origin, Shown, shown};
pub(crate) use value::{Dns, Failure, Listen, Network, Secret};

use crate::log_words::{FormatWord, LogsourceWords};
use crate::output::BadInput;
use anyhow::{Context, Result};
use runtime::measure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What `portcullis init` writes: every default, commented out.
pub(crate) const TEMPLATE: &str = include_str!("config/portcullis.toml");
/// The name of the file where none is named.
pub(crate) const FILE: &str = "portcullis.toml";
/// Bytes of a configuration file.
const CONFIG_BYTES_MAX: u64 = 1 << 20;

/// The whole file.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) house: House,
    pub(crate) judging: Judging,
    pub(crate) milter: Milter,
    pub(crate) drop_folder: DropFolder,
    pub(crate) reports: Reports,
    pub(crate) purge: Purge,
    pub(crate) retention: Retention,
    pub(crate) smtp: Smtp,
    pub(crate) console: Console,
    pub(crate) log: Log,
    pub(crate) watch: Watch,
    /// Logs that are followed, by a name of the operator's.
    pub(crate) logs: BTreeMap<String, Logs>,
    /// Mailboxes by IMAP, by a name of the operator's.
    pub(crate) imap: BTreeMap<String, Imap>,
}

/// Whose house it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct House {
    pub(crate) name: String,
    pub(crate) data: PathBuf,
    pub(crate) members: Option<PathBuf>,
    pub(crate) domains: Vec<String>,
    pub(crate) dkim_selectors: Vec<String>,
}

/// How mail is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Judging {
    pub(crate) trusted_authserv_ids: Vec<String>,
    pub(crate) leave_as_is: Vec<String>,
    pub(crate) dns: Dns,
    pub(crate) dns_timeout_seconds: u32,
    pub(crate) deadline_seconds: u32,
    pub(crate) proxy_logs: Vec<PathBuf>,
}

/// A folder into which messages are dropped.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DropFolder {
    pub(crate) path: Option<PathBuf>,
}

/// DMARC aggregate and TLS reports.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reports {
    pub(crate) folder: Option<PathBuf>,
}

/// The relay for mail of our own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Smtp {
    pub(crate) relay: Option<String>,
    pub(crate) port: u16,
    pub(crate) tls: Protection,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) password_command: Option<Vec<String>>,
    pub(crate) from: Option<String>,
    pub(crate) reply_to: Option<String>,
}

/// The web console and the HTTP interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Console {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) session_idle_minutes: u32,
    pub(crate) session_hours: u32,
    pub(crate) require_second_factor: bool,
    pub(crate) approval_hold_hours: u32,
    pub(crate) trust_forwarded_for: bool,
    pub(crate) metrics_from: Vec<Network>,
    pub(crate) sign_on: Option<SignOn>,
}

/// The house's own sign-on (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOn {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    #[serde(default)]
    pub(crate) hosts: Vec<String>,
}

/// What the program says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A mailbox that is hosted elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Imap {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) tls: Protection,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) user: String,
    pub(crate) password: Option<Secret>,
    pub(crate) password_command: Option<Vec<String>>,
    pub(crate) oauth_token: Option<Secret>,
    pub(crate) oauth_token_command: Option<Vec<String>>,
    pub(crate) owner: Option<String>,
    pub(crate) folders: Vec<String>,
    pub(crate) mode: ImapMode,
    pub(crate) quarantine_folder: String,
}

/// What is done with mail in a mailbox that is hosted elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ImapMode {
    Observe,
    Disarm,
    Quarantine,
    Reports,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protection {
    /// TLS from the start.
    Implicit,
    StartTls,
    /// Only to this machine.
    None,
}

/// What is looked for in logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Watch {
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) pipelines: Vec<PathBuf>,
    pub(crate) shipped_rules: bool,
}

/// Logs that are followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logs {
    pub(crate) path: PathBuf,
    pub(crate) format: Option<FormatWord>,
    pub(crate) logsource: Option<LogsourceWords>,
    #[serde(default = "silent_after_hours")]
    pub(crate) silent_after_hours: u32,
}

fn silent_after_hours() -> u32 {
    24
}

/// Mail that is moved out of mailboxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Purge {
    pub(crate) folder: String,
}

/// How long what is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Retention {
    pub(crate) features_days: u32,
    pub(crate) originals_days: u32,
}

impl Default for House {
    fn default() -> Self {
        Self {
            name: "Portcullis".into(),
            data: "portcullis-data".into(),
            members: None,
            domains: Vec::new(),
            dkim_selectors: Vec::new(),
        }
    }
}

impl Default for Judging {
    fn default() -> Self {
        Self {
            trusted_authserv_ids: Vec::new(),
            leave_as_is: Vec::new(),
            dns: Dns::Off,
            dns_timeout_seconds: 3,
            deadline_seconds: 20,
            proxy_logs: Vec::new(),
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            relay: None,
            port: 25,
            tls: Protection::StartTls,
            ca_file: None,
            user: None,
            password: None,
            password_command: None,
            from: None,
            reply_to: None,
        }
    }
}

impl Default for Purge {
    fn default() -> Self {
        Self { folder: "Removed by Portcullis".into() }
    }
}

impl Default for Retention {
    fn default() -> Self {
        let measure::Retention { features_days, originals_days } = measure::Retention::default();
        Self { features_days, originals_days }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            session_idle_minutes: 30,
            session_hours: 12,
            require_second_factor: true,
            approval_hold_hours: 24,
            trust_forwarded_for: false,
            metrics_from: Network::loopback(),
            sign_on: None,
        }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self { rules: Vec::new(), pipelines: Vec::new(), shipped_rules: true }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

impl Default for Imap {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: None,
            tls: Protection::Implicit,
            ca_file: None,
            user: String::new(),
            password: None,
            password_command: None,
            oauth_token: None,
            oauth_token_command: None,
            owner: None,
            folders: vec!["INBOX".into()],
            mode: ImapMode::Observe,
            quarantine_folder: "Quarantine".into(),
        }
    }
}

impl Config {
    /// Reads `path`; paths in it are taken from its folder.
    ///
    /// # Errors
    /// [`BadInput`] with the line of what is wrong.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = read_text(path)?;
        let parsed = Self::parse(&text).and_then(|config| check::check(&config, &text).map(|()| config));
        let mut config = parsed.map_err(|why| BadInput(format!("{}: {why}", path.display())))?;
        config.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    /// What `text` says; the error names line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    fn resolve(&mut self, folder: &Path) {
        let all = std::iter::once(&mut self.house.data)
            .chain(&mut self.house.members)
            .chain(&mut self.judging.proxy_logs)
            .chain(&mut self.drop_folder.path)
            .chain(&mut self.smtp.ca_file)
            .chain(self.imap.values_mut().flat_map(|account| &mut account.ca_file))
            .chain(&mut self.watch.rules)
            .chain(&mut self.watch.pipelines)
            .chain(self.logs.values_mut().map(|logs| &mut logs.path))
            .chain(&mut self.reports.folder);
        for path in all {
            *path = folder.join(&*path);
        }
        let secrets = self
            .imap
            .values_mut()
            .flat_map(|account| account.password.iter_mut().chain(&mut account.oauth_token))
            .chain(&mut self.smtp.password)
            .chain(self.milter.arc.iter_mut().map(|arc| &mut arc.key))
            .chain(self.console.sign_on.iter_mut().flat_map(|sign_on| &mut sign_on.client_secret));
        secrets.for_each(|secret| secret.resolve(folder));
    }
}

/// The text of a configuration file.
///
/// # Errors
/// [`BadInput`] where it cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let size = std::fs::metadata(path)
        .map_err(|error| {
            BadInput(format!("cannot read {}: {error}; `portcullis init` writes one", path.display()))
        })?
        .len();
    if size > CONFIG_BYTES_MAX {
        anyhow::bail!(BadInput(format!(
            "{} has {size} bytes; at most {CONFIG_BYTES_MAX} are read",
            path.display()
        )));
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests;
