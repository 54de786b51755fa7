//! Values of the configuration that are more than a text: checked while the file is read, so that an error has its line.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where to listen: `127.0.0.1:8891` or `unix:/run/portcullis/milter.sock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Listen {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl TryFrom<String> for Listen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("the path of the socket is missing after `unix:`".into()),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(|_| {
                format!("`{text}` is neither ADDRESS:PORT, such as 127.0.0.1:8891, nor unix:PATH")
            }),
        }
    }
}

impl From<Listen> for String {
    fn from(listen: Listen) -> Self {
        match listen {
            Listen::Tcp(address) => address.to_string(),
            Listen::Unix(path) => format!("unix:{}", path.display()),
        }
    }
}

impl From<Listen> for gate::milter::Listen {
    fn from(listen: Listen) -> Self {
        match listen {
            Listen::Tcp(address) => Self::Tcp(address),
            Listen::Unix(path) => Self::Unix(path),
        }
    }
}

impl From<gate::milter::Listen> for Listen {
    fn from(listen: gate::milter::Listen) -> Self {
        match listen {
            gate::milter::Listen::Tcp(address) => Self::Tcp(address),
            gate::milter::Listen::Unix(path) => Self::Unix(path),
        }
    }
}

/// A network: `192.0.2.1` or `192.0.2.0/24`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Network(pub(crate) console::network::Network);

impl Network {
    /// The networks of this machine.
    pub(crate) fn loopback() -> Vec<Self> {
        console::network::Network::LOOPBACK.map(Self).to_vec()
    }
}

impl TryFrom<String> for Network {
    type Error = console::network::NoNetwork;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// Which name servers are asked: `"off"`, `"system"`, or a list of addresses with ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenDns", into = "WrittenDns")]
pub(crate) enum Dns {
    Off,
    System,
    Servers(Vec<SocketAddr>),
}

/// [`Dns`] as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum WrittenDns {
    Word(String),
    Servers(Vec<SocketAddr>),
}

impl TryFrom<WrittenDns> for Dns {
    type Error = String;

    fn try_from(written: WrittenDns) -> Result<Self, String> {
        match written {
            WrittenDns::Word(word) if word == "off" => Ok(Self::Off),
            WrittenDns::Word(word) if word == "system" => Ok(Self::System),
            WrittenDns::Servers(servers) if !servers.is_empty() => Ok(Self::Servers(servers)),
            _ => Err("dns is \"off\", \"system\", or a list of addresses such as [\"127.0.0.1:53\"]".into()),
        }
    }
}

impl From<Dns> for WrittenDns {
    fn from(dns: Dns) -> Self {
        match dns {
            Dns::Off => Self::Word("off".into()),
            Dns::System => Self::Word("system".into()),
            Dns::Servers(servers) => Self::Servers(servers),
        }
    }
}

/// What a mail server is told when a message cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Failure {
    /// Keep it and try again: nothing is delivered that was not judged.
    Tempfail,
    /// Deliver it as it is.
    Accept,
}

/// Where a secret is: `file:PATH` or `env:NAME`. It never stands in the configuration itself, which is shown and copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Secret {
    File(PathBuf),
    Variable(String),
}

impl TryFrom<String> for Secret {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Variable(name.to_owned())),
            // The text may be a secret, so it is not repeated.
            _ => Err("a secret does not stand in this file: write file:PATH or env:NAME".into()),
        }
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        match secret {
            Secret::File(path) => format!("file:{}", path.display()),
            Secret::Variable(name) => format!("env:{name}"),
        }
    }
}

impl Secret {
    pub(super) fn resolve(&mut self, folder: &Path) {
        if let Self::File(path) = self {
            *path = folder.join(&*path);
        }
    }

    /// The secret, without the line end that editors add.
    ///
    /// # Errors
    /// Where it is not there.
    pub(crate) fn read(&self) -> Result<String> {
        let text = match self {
            Self::File(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the secret in {}", path.display()))?,
            Self::Variable(name) => std::env::var(name)
                .with_context(|| format!("the environment variable {name} with a secret is not set"))?,
        };
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}
