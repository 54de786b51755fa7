//! What values that are right by themselves must be together, found before anything is opened.

use super::origin::line_of;
use super::{Config, Protection};
use model::limit::LOG_SOURCE_NAME_BYTES_MAX;
use std::net::IpAddr;

/// The first thing that cannot work, with the line on which it stands. `text` is what `config` was read from.
pub(super) fn check(config: &Config, text: &str) -> Result<(), String> {
    let at = |section: &str, name: &str, why: &str| {
        Err(format!("line {}: {section}.{name} {why}", line_of(section, name, text)))
    };
    let counts = [
        ("judging", "deadline_seconds", u64::from(config.judging.deadline_seconds)),
        ("judging", "dns_timeout_seconds", u64::from(config.judging.dns_timeout_seconds)),
        ("milter", "sessions_max", config.milter.sessions_max as u64),
        ("console", "session_idle_minutes", u64::from(config.console.session_idle_minutes)),
        ("console", "session_hours", u64::from(config.console.session_hours)),
    ];
    if let Some((section, name, _)) = counts.iter().find(|(_, _, count)| *count == 0) {
        return at(section, name, "must be 1 or more");
    }
    if let Some(arc) = &config.milter.arc {
        for (name, value) in [("domain", &arc.domain), ("selector", &arc.selector)] {
            if !is_host(value) {
                return at("milter.arc", name, "is not a name in DNS");
            }
        }
    }
    let smtp = &config.smtp;
    if let Some(relay) = &smtp.relay {
        if smtp.from.is_none() {
            return at("smtp", "from", "is not set: warnings need a sender");
        }
        if smtp.tls == Protection::None && !is_loopback(relay) {
            return at("smtp", "tls", "may be \"none\" only to a relay on this machine");
        }
        if smtp.user.is_some() != (smtp.password.is_some() || smtp.password_command.is_some()) {
            return at("smtp", "user", "and a password belong together");
        }
    }
    for (name, account) in &config.imap {
        let section = format!("imap.{name}");
        if account.host.is_empty() {
            return at(&section, "host", "is not set");
        }
        if account.user.is_empty() {
            return at(&section, "user", "is not set");
        }
        let secrets = [
            account.password.is_some(),
            account.password_command.is_some(),
            account.oauth_token.is_some(),
            account.oauth_token_command.is_some(),
        ];
        if secrets.into_iter().filter(|is_given| *is_given).count() != 1 {
            return at(
                &section,
                "password",
                "or its command, or an oauth_token or its command: give one of the four",
            );
        }
    }
    for (name, logs) in &config.logs {
        let section = format!("logs.{name}");
        if name.is_empty() || name.len() > LOG_SOURCE_NAME_BYTES_MAX || name.contains(char::is_control) {
            return at(&section, "path", "is of a source whose name is empty, too long or not to be shown");
        }
        if logs.silent_after_hours == 0 {
            return at(&section, "silent_after_hours", "must be 1 or more");
        }
    }
    Ok(())
}

/// Labels of letters, digits, hyphens and underscores: what stands in a signature as it is, without quotes.
fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    name.split('.').all(is_label)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
