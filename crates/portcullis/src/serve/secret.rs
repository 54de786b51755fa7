//! How other servers are trusted and spoken to: secrets and certificates, as the sections `[smtp]` and `[imap.NAME]` say.

use crate::config::Secret;
use crate::output::BadInput;
use anyhow::Result;
use gate::{SecretSource, Trust};
use std::path::PathBuf;

/// The place of a secret that is set as `key` or as `key_command`; `None` where neither is set.
///
/// # Errors
/// [`BadInput`] where both are set, or a command has no words.
pub(super) fn source(
    key: &str,
    secret: Option<&Secret>,
    command: Option<&Vec<String>>,
) -> Result<Option<SecretSource>> {
    match (secret, command) {
        (Some(_), Some(_)) => anyhow::bail!(BadInput(format!("{key}: give it or {key}_command, not both"))),
        (_, Some(words)) if words.is_empty() => {
            anyhow::bail!(BadInput(format!("{key}_command: name a program")))
        }
        (_, Some(words)) => Ok(Some(SecretSource::Command(words.clone()))),
        (Some(Secret::File(path)), None) => Ok(Some(SecretSource::File(path.clone()))),
        (Some(Secret::Variable(name)), None) => Ok(Some(SecretSource::Variable(name.clone()))),
        (None, None) => Ok(None),
    }
}

/// Whose certificates are trusted.
pub(super) fn trust(ca_file: Option<&PathBuf>) -> Trust {
    ca_file.map_or(Trust::System, |path| Trust::Only(path.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secret: Option<Secret>, command: Option<&[&str]>, expected: Result<Option<SecretSource>, &str>) {
        let command = command.map(|words| words.iter().map(ToString::to_string).collect());
        let found = source("smtp.password", secret.as_ref(), command.as_ref());
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn a_secret_has_one_place() {
        let variable = || Some(Secret::Variable("RELAY".into()));
        check(variable(), None, Ok(Some(SecretSource::Variable("RELAY".into()))));
        check(
            None,
            Some(&["pass", "relay"]),
            Ok(Some(SecretSource::Command(vec!["pass".into(), "relay".into()]))),
        );
        check(None, None, Ok(None));
        check(None, Some(&[]), Err("smtp.password_command: name a program"));
        check(variable(), Some(&["pass"]), Err("smtp.password: give it or smtp.password_command, not both"));
    }
}
