//! One connection to the relay: who may be spoken to without TLS, and what each answer means for the letter.

use super::sip::Sip;
use super::{Security, Settings};
use crate::Trust;
use anyhow::{Context, Result, anyhow};
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use runtime::measure::outbox::Delivery;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long connecting may take, with TLS and sign-in.
const CONNECT_WAIT: Duration = Duration::from_secs(30);
/// How long a farewell may take; nothing depends on it.
const QUIT_WAIT: Duration = Duration::from_secs(2);

/// A connection that is ready for a message.
pub(super) struct Relay(AsyncSmtpConnection);

/// Why a command failed.
enum Failure {
    /// The relay refused it for good.
    Refused(String),
    /// The relay refused it for now.
    Later(String),
    /// There is no answer.
    Broken(String),
}

impl Relay {
    /// Connects, protects the connection and signs in, as `settings` say.
    ///
    /// # Errors
    /// When any of that fails. Nothing of a letter was sent.
    pub(super) async fn connect(settings: &Settings) -> Result<Self> {
        let credentials = match &settings.credential {
            Some(credential) => {
                let password = credential.password.read().await?;
                Some(Credentials::new(credential.user.clone(), password.text().to_owned()))
            }
            None => None,
        };
        timeout(CONNECT_WAIT, Self::connect_within(settings, credentials))
            .await
            .map_err(|_| anyhow!("the relay does not answer in time"))?
    }

    async fn connect_within(settings: &Settings, credentials: Option<Credentials>) -> Result<Self> {
        let hello = ClientId::Domain(own_name(&settings.from));
        let place = (settings.relay.as_str(), settings.port);
        let wait = Some(CONNECT_WAIT);
        let mut connection = match &settings.security {
            Security::Plain => {
                let local = loopback(place).await?;
                AsyncSmtpConnection::connect_tokio1(local, wait, &hello, None, None).await
            }
            Security::Tls(trust) => {
                let tls = parameters(&settings.relay, trust)?;
                AsyncSmtpConnection::connect_tokio1(place, wait, &hello, Some(tls), None).await
            }
            Security::StartTls(_) => {
                let stream = TcpStream::connect(place).await.context("cannot connect to the relay")?;
                AsyncSmtpConnection::connect_with_transport(Box::new(Sip(stream)), &hello).await
            }
        }
        .context("cannot connect to the relay")?;
        if let Security::StartTls(trust) = &settings.security {
            let tls = parameters(&settings.relay, trust)?;
            connection.starttls(tls, &hello).await.context("the relay does not begin TLS")?;
        }
        if let Some(credentials) = credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection
                .auth(&mechanisms, &credentials)
                .await
                .context("the relay does not take user and password")?;
        }
        Ok(Self(connection))
    }

    /// Hands one message over for one recipient. After anything but [`Delivery::Accepted`] the connection is not to be used
    /// again.
    pub(super) async fn deliver(
        &mut self,
        mail_from: &str,
        rcpt_to: &str,
        message: &[u8],
        reply: Duration,
    ) -> Delivery {
        if let Err(failure) = self.announce(mail_from, rcpt_to, message, reply).await {
            return match failure {
                Failure::Refused(problem) => Delivery::Refused(problem),
                // Nothing of the message was sent yet.
                Failure::Later(problem) | Failure::Broken(problem) => Delivery::Later(problem),
            };
        }
        let message = with_crlf(message);
        match answer(timeout(reply, self.0.message(&message)).await, &[250]) {
            Ok(()) => Delivery::Accepted,
            Err(Failure::Refused(problem)) => Delivery::Refused(problem),
            Err(Failure::Later(problem)) => Delivery::Later(problem),
            Err(Failure::Broken(problem)) => Delivery::Unknown(problem),
        }
    }

    /// Everything before the message itself (RFC 5321 section 3.3).
    async fn announce(
        &mut self,
        mail_from: &str,
        rcpt_to: &str,
        message: &[u8],
        reply: Duration,
    ) -> Result<(), Failure> {
        let address =
            |text: &str| text.parse::<Address>().map_err(|_| Failure::Refused("an address is none".into()));
        let sender = if mail_from.is_empty() { None } else { Some(address(mail_from)?) };
        let recipient = address(rcpt_to)?;
        let mut parameters = Vec::new();
        if !mail_from.is_ascii() || !rcpt_to.is_ascii() {
            self.needs(Extension::SmtpUtfEight, "the relay takes no international addresses")?;
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            self.needs(Extension::EightBitMime, "the relay takes no 8-bit messages")?;
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        answer(timeout(reply, self.0.command(Mail::new(sender, parameters))).await, &[250])?;
        answer(timeout(reply, self.0.command(Rcpt::new(recipient, Vec::new()))).await, &[250, 251])?;
        answer(timeout(reply, self.0.command(Data)).await, &[354])
    }

    fn needs(&self, extension: Extension, problem: &str) -> Result<(), Failure> {
        let is_offered = self.0.server_info().supports_feature(extension);
        if is_offered { Ok(()) } else { Err(Failure::Refused(problem.to_owned())) }
    }

    /// Says farewell.
    pub(super) async fn quit(mut self) {
        // Whether the relay hears it changes nothing.
        let _ = timeout(QUIT_WAIT, self.0.quit()).await;
    }
}

type Answered = Result<Result<Response, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>;

/// Only the code of an answer is kept: its text may repeat addresses and the subject. An answer that is good but not one of
/// those `expected` (RFC 5321 section 4.3.2) belongs to something else: then nobody knows what the relay means.
fn answer(answered: Answered, expected: &[u16]) -> Result<(), Failure> {
    let error = match answered {
        Ok(Ok(response)) if expected.contains(&u16::from(response.code())) => return Ok(()),
        Ok(Ok(_)) => return Err(Failure::Broken("the relay answered something else".to_owned())),
        Ok(Err(error)) => error,
        Err(_) => return Err(Failure::Broken("the relay did not answer in time".to_owned())),
    };
    let code = error.status().map(|code| format!("the relay answered {code}")).unwrap_or_default();
    Err(if error.is_permanent() {
        Failure::Refused(code)
    } else if error.is_transient() {
        Failure::Later(code)
    } else {
        Failure::Broken("the connection to the relay broke".to_owned())
    })
}

/// The relay's address, if it is on this machine.
async fn loopback(place: (&str, u16)) -> Result<SocketAddr> {
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host(place).await.context("cannot find the relay")?.collect();
    let is_local = found.iter().all(|address| address.ip().to_canonical().is_loopback());
    match found.first() {
        Some(address) if is_local => Ok(*address),
        _ => Err(anyhow!("the relay is not on this machine; elsewhere mail is sent over TLS only")),
    }
}

fn parameters(relay: &str, trust: &Trust) -> Result<TlsParameters> {
    let builder = TlsParametersBuilder::new(relay.to_owned());
    let builder = match trust {
        Trust::System => builder,
        Trust::Only(path) => {
            let pem = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let certificate = Certificate::from_pem(&pem)
                .with_context(|| format!("{} holds no certificate", path.display()))?;
            builder.certificate_store(CertificateStore::None).add_root_certificate(certificate)
        }
    };
    builder.build_rustls().context("cannot set TLS up")
}

/// The name that we say in EHLO: that of our own address.
fn own_name(from: &str) -> String {
    from.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned()
}

/// The message with the line ends of RFC 5321 section 2.3.8 only: a lone carriage return or line feed before a dot is how
/// one message is smuggled behind another. The last line end is left to the end of the data.
fn with_crlf(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + message.len() / 32);
    let mut before = 0;
    for &byte in message {
        match byte {
            b'\n' if before == b'\r' => {}
            b'\n' | b'\r' => bytes.extend_from_slice(b"\r\n"),
            _ => bytes.push(byte),
        }
        before = byte;
    }
    while bytes.ends_with(b"\r\n") {
        bytes.truncate(bytes.len() - 2);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::with_crlf;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&with_crlf(message.as_bytes())), expected);
    }

    #[test]
    fn every_line_ends_as_smtp_wants_it() {
        check("a\r\nb\r\n", "a\r\nb");
        check("a\nb\rc\n\n", "a\r\nb\r\nc");
        check("a\n.\nMAIL FROM:<x@y.example>\n", "a\r\n.\r\nMAIL FROM:<x@y.example>");
        check("", "");
    }
}
