//! Whom and what a sighting is about, in one spelling, so that logs of different systems meet.

use std::fmt;
use std::net::IpAddr;

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A machine of the house.
    Host,
    /// A user or machine account.
    Account,
    /// An address on a network.
    Address,
    /// A file, or what a web server answers under a path.
    Path,
}

impl EntityKind {
    /// Its word in files and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Account => "account",
            Self::Address => "address",
            Self::Path => "path",
        }
    }

    /// The kind that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Host, Self::Account, Self::Address, Self::Path].into_iter().find(|kind| kind.word() == word)
    }
}

/// Somebody or something that sightings have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name in one spelling.
    pub name: String,
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word(), self.name)
    }
}

/// Fields that name an entity, as the readers of logs and the usual shippers call them.
pub const FIELDS: &[(&str, EntityKind)] = &[
    ("Computer", EntityKind::Host),
    ("ComputerName", EntityKind::Host),
    ("host.name", EntityKind::Host),
    ("host", EntityKind::Host),
    ("hostname", EntityKind::Host),
    ("s-computername", EntityKind::Host),
    ("server-hostname", EntityKind::Host),
    ("ServerHostName", EntityKind::Host),
    ("winlog.computer_name", EntityKind::Host),
    ("User", EntityKind::Account),
    ("TargetUserName", EntityKind::Account),
    ("SubjectUserName", EntityKind::Account),
    ("AuthenticatedUser", EntityKind::Account),
    ("user.name", EntityKind::Account),
    ("user", EntityKind::Account),
    ("user_name", EntityKind::Account),
    ("UserId", EntityKind::Account),
    ("userPrincipalName", EntityKind::Account),
    ("properties.userPrincipalName", EntityKind::Account),
    ("userIdentity.userName", EntityKind::Account),
    ("cs-username", EntityKind::Account),
    ("sender-address", EntityKind::Account),
    ("winlog.event_data.TargetUserName", EntityKind::Account),
    ("winlog.event_data.SubjectUserName", EntityKind::Account),
    ("winlog.event_data.User", EntityKind::Account),
    ("IpAddress", EntityKind::Address),
    ("SourceIp", EntityKind::Address),
    ("DestinationIp", EntityKind::Address),
    ("ClientIP", EntityKind::Address),
    ("ClientIpAddress", EntityKind::Address),
    ("c-ip", EntityKind::Address),
    ("src_ip", EntityKind::Address),
    ("source.ip", EntityKind::Address),
    ("sourceIPAddress", EntityKind::Address),
    ("ipAddress", EntityKind::Address),
    ("properties.ipAddress", EntityKind::Address),
    ("connection_from", EntityKind::Address),
    ("client_ip", EntityKind::Address),
    ("winlog.event_data.IpAddress", EntityKind::Address),
    ("cs-uri-stem", EntityKind::Path),
    ("url.path", EntityKind::Path),
    ("TargetFilename", EntityKind::Path),
    ("FilePath", EntityKind::Path),
    ("winlog.event_data.TargetFilename", EntityKind::Path),
];

/// Accounts that every machine has: two sightings of them have nothing in common.
const COMMON_ACCOUNTS: &[&str] = &[
    "-",
    "system",
    "local service",
    "network service",
    "localsystem",
    "anonymous logon",
    "anonymous",
    "iusr",
    "defaultapppool",
    "root",
    "nobody",
    "n/a",
    "null",
    "unknown",
    "localhost",
];

/// Ends of names of files that can be run, by a web server or by a system. Other paths are too common to join anything.
const RUNNABLE: &[&str] = &[
    "aspx", "asp", "ashx", "asmx", "asax", "php", "phtml", "jsp", "jspx", "cfm", "cgi", "exe", "dll", "ps1",
    "bat", "vbs", "hta", "sh", "py", "pl",
];

/// Pages that the products bring and everybody asks for.
const COMMON_PAGES: &[&str] = &[
    "auth/logon.aspx",
    "auth/logoff.aspx",
    "auth/errorfe.aspx",
    "auth/expiredpassword.aspx",
    "auth/signout.aspx",
    "ecp/default.aspx",
    "owa/default.aspx",
    "ews/exchange.asmx",
    "proxylogon.ecp",
    "wordpress/index.php",
    "index.php",
    "wp-login.php",
    "xmlrpc.php",
    "wp-admin/admin-ajax.php",
    "default.aspx",
    "system32/cmd.exe",
    "system32/svchost.exe",
    "system32/rundll32.exe",
    "v1.0/powershell.exe",
];

/// The entity that a field's value names, if it names one that is worth remembering.
pub fn of_field(kind: EntityKind, value: &str) -> Option<Entity> {
    let value = value.trim();
    // A machine's own account, `EXCH01$`, is the machine: who reads files with it is on that host.
    let (kind, value) = match value.strip_suffix('$') {
        Some(machine) if kind == EntityKind::Account => {
            (EntityKind::Host, machine.rsplit('\\').next().unwrap_or_default())
        }
        _ => (kind, value),
    };
    let name = match kind {
        EntityKind::Host => host(value),
        EntityKind::Account => account(value),
        EntityKind::Address => address(value),
        EntityKind::Path => path(value),
    }?;
    (name.len() <= model::limit::ENTITY_BYTES_MAX).then_some(Entity { kind, name })
}

/// A host is known by its first label: some logs have the domain too and some do not.
fn host(value: &str) -> Option<String> {
    if value.parse::<IpAddr>().is_ok() {
        return None;
    }
    let label = value.split('.').next().unwrap_or_default().trim_start_matches('\\').to_lowercase();
    (!label.is_empty() && !COMMON_ACCOUNTS.contains(&label.as_str())).then_some(label)
}

/// `HOUSE\pat` and `pat@house.example` are `pat`: one organisation runs this program for itself.
fn account(value: &str) -> Option<String> {
    let last = value.rsplit('\\').next().unwrap_or_default();
    let name = last.split('@').next().unwrap_or_default().to_lowercase();
    let is_of_window_manager = name.starts_with("dwm-") || name.starts_with("umfd-");
    (!name.is_empty() && !is_of_window_manager && !COMMON_ACCOUNTS.contains(&name.as_str())).then_some(name)
}

/// An address of a network, without a port, without the prefix of an IPv4 address in IPv6.
fn address(value: &str) -> Option<String> {
    let bare = value.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(value);
    let without_port = match bare.split_once(':') {
        Some((address, port)) if !port.contains(':') => address,
        _ => bare,
    };
    let address = without_port.parse::<IpAddr>().ok()?.to_canonical();
    let is_of_nobody = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    (!address.is_loopback() && !address.is_unspecified() && !address.is_multicast() && !is_of_nobody)
        .then(|| address.to_string())
}

/// The last two names of a path to something that runs: a file on a disk and the web path that leads to it share them.
fn path(value: &str) -> Option<String> {
    let value = value.split(['?', '#']).next().unwrap_or_default().replace('\\', "/").to_lowercase();
    let mut names = value.rsplit('/').filter(|name| !name.is_empty());
    let last = names.next()?;
    let (_, end) = last.rsplit_once('.')?;
    if !RUNNABLE.contains(&end) {
        return None;
    }
    let name = match names.next() {
        Some(folder) if !folder.ends_with(':') => format!("{folder}/{last}"),
        _ => last.to_owned(),
    };
    (!COMMON_PAGES.contains(&name.as_str())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: EntityKind, value: &str, expected: Option<&str>) {
        assert_eq!(of_field(kind, value).map(|entity| entity.name).as_deref(), expected, "{value}");
    }

    #[test]
    fn a_host_is_one_with_and_without_its_domain() {
        check(EntityKind::Host, "EXCH01.house.example", Some("exch01"));
        check(EntityKind::Host, "exch01", Some("exch01"));
        check(EntityKind::Host, "192.0.2.7", None);
        check(EntityKind::Host, "localhost", None);
        check(EntityKind::Host, "", None);
    }

    #[test]
    fn an_account_is_one_in_every_spelling_and_those_of_every_machine_are_none() {
        check(EntityKind::Account, "HOUSE\\Pat", Some("pat"));
        check(EntityKind::Account, "pat@house.example", Some("pat"));
        check(EntityKind::Account, "NT AUTHORITY\\SYSTEM", None);
        check(EntityKind::Account, "-", None);
        check(EntityKind::Account, "DWM-3", None);
    }

    #[test]
    fn a_machines_account_is_the_machine() {
        let found = |kind, value| of_field(kind, value).map(|entity| entity.to_string());
        assert_eq!(
            found(EntityKind::Account, "HOUSE\\EXCH01$"),
            found(EntityKind::Host, "exch01.house.example")
        );
        assert_eq!(found(EntityKind::Account, "EXCH01$").as_deref(), Some("host exch01"));
        assert_eq!(found(EntityKind::Account, "$"), None);
    }

    #[test]
    fn an_address_has_no_port_and_names_somebody() {
        check(EntityKind::Address, "198.51.100.4:51000", Some("198.51.100.4"));
        check(EntityKind::Address, "::ffff:198.51.100.4", Some("198.51.100.4"));
        check(EntityKind::Address, "[2001:db8::1]:443", Some("2001:db8::1"));
        check(EntityKind::Address, "2001:db8::1", Some("2001:db8::1"));
        for nobody in ["127.0.0.1", "::1", "0.0.0.0", "fe80::1", "-", "", "169.254.1.1"] {
            check(EntityKind::Address, nobody, None);
        }
    }

    #[test]
    fn a_file_and_its_page_are_one_path() {
        check(
            EntityKind::Path,
            "C:\\inetpub\\wwwroot\\aspnet_client\\Shell.aspx",
            Some("aspnet_client/shell.aspx"),
        );
        check(EntityKind::Path, "/aspnet_client/shell.aspx?cmd=whoami", Some("aspnet_client/shell.aspx"));
        check(EntityKind::Path, "/shell.aspx", Some("shell.aspx"));
        check(EntityKind::Path, "C:\\run.exe", Some("run.exe"));
        check(EntityKind::Path, "/owa/auth/logon.aspx", None);
        check(EntityKind::Path, "/images/logo.png", None);
        check(EntityKind::Path, "/", None);
    }
}
