//! Signing in: SASL PLAIN (RFC 4616), LOGIN (RFC 3501 section 6.2.3) and XOAUTH2.

use super::account::{Account, Credential};
use super::command::Command;
use super::connection::{Connection, Done};
use super::error::ImapError;
use super::response::Status;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Signs in with the secret of `account`. A token that is refused is read anew, once: it may have expired while it was
/// being used.
///
/// # Errors
/// [`ImapError::NotAccepted`], [`ImapError::Secret`], [`ImapError::Missing`], and whatever ends a connection.
pub(super) async fn sign_in(
    connection: &mut Connection,
    capabilities: &[String],
    account: &Account,
) -> Result<(), ImapError> {
    let offers = |capability: &str| capabilities.iter().any(|offered| offered == capability);
    let can_begin = offers("SASL-IR");
    match &account.credential {
        Credential::Password(source) => {
            let secret = source.read().await?;
            let done = if offers("AUTH=PLAIN") {
                let message = format!("\0{}\0{}", account.user, secret.text());
                exchange(connection, "PLAIN", can_begin, message.as_bytes()).await?
            } else if offers("LOGINDISABLED") {
                return Err(ImapError::Missing("a way to sign in with a password"));
            } else {
                login(connection, &account.user, &secret).await?
            };
            accepted(done)
        }
        Credential::Token(source) => {
            if !offers("AUTH=XOAUTH2") {
                return Err(ImapError::Missing("XOAUTH2"));
            }
            let secret = source.read().await?;
            let first = token(connection, can_begin, &account.user, &secret).await?;
            if first.status == Status::Ok {
                return Ok(());
            }
            let renewed = source.read().await?;
            if renewed == secret {
                return accepted(first);
            }
            accepted(token(connection, can_begin, &account.user, &renewed).await?)
        }
    }
}

async fn token(
    connection: &mut Connection,
    can_begin: bool,
    user: &str,
    secret: &Secret,
) -> Result<Done, ImapError> {
    let message = format!("user={user}\x01auth=Bearer {}\x01\x01", secret.text());
    exchange(connection, "XOAUTH2", can_begin, message.as_bytes()).await
}

async fn login(connection: &mut Connection, user: &str, secret: &Secret) -> Result<Done, ImapError> {
    let command = Command::new("LOGIN").string(user.as_bytes()).string(secret.text().as_bytes());
    connection.converse(&command, &mut |_| ()).await
}

/// One message of the client, which may stand in the command itself (RFC 4959). Where the server answers with a challenge, it
/// holds the reason of a refusal, and an empty line asks for the end of the command.
async fn exchange(
    connection: &mut Connection,
    mechanism: &str,
    can_begin: bool,
    message: &[u8],
) -> Result<Done, ImapError> {
    const NAME: &str = "AUTHENTICATE";
    let encoded = STANDARD.encode(message);
    let command = Command::new(NAME).words(mechanism);
    let command = if can_begin { command.words(&encoded) } else { command };
    let tag = connection.begin(&command).await?;
    let mut message = (!can_begin).then_some(encoded);
    loop {
        if let Some(done) = connection.until_continue(NAME, &tag, &mut |_| ()).await? {
            return Ok(done);
        }
        let line = message.take().unwrap_or_default() + "\r\n";
        connection.send(line.as_bytes()).await?;
    }
}

fn accepted(done: Done) -> Result<(), ImapError> {
    match done.status {
        Status::Ok => Ok(()),
        _ => Err(ImapError::NotAccepted { code: done.code.map(|code| code.name).unwrap_or_default() }),
    }
}
