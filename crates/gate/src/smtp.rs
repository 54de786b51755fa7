//! Mail of our own: what `runtime::measure::outbox` holds is handed to one relay, which the configuration names.
//!
//! Each letter is noted as being sent before the relay is asked, and its answer is noted after. Where the answer of a relay
//! that may have had the whole letter is lost, the outbox decides whether it is sent again: [`Delivery::Unknown`].

mod compose;
mod relay;
mod sip;

use crate::{SecretSource, Trust};
use anyhow::Result;
use model::EventTime;
use relay::Relay;
use runtime::measure::outbox::{self, Content, Delivery, Letter};
use runtime::measure::{Folder, MeasureError};
use std::sync::Arc;
use std::time::Duration;

/// Letters that are handed over on one connection.
const AT_ONCE_MAX: usize = 100;

/// The relay and how it is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name or address of the relay.
    pub relay: String,
    /// Its port: 25, 465 for TLS from the start, or 587.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password, where the relay asks for them.
    pub credential: Option<Credential>,
    /// Our address: the sender of warnings and digests.
    pub from: String,
    /// Where members answer to, where that is another address.
    pub reply_to: Option<String>,
    /// How long the relay may take for an answer; RFC 5321 section 4.5.3.2 asks for five minutes, and ten after a message.
    pub reply: Duration,
    /// Between looks at the queue.
    pub poll: Duration,
}

impl Settings {
    /// The usual waits with this relay.
    pub fn new(relay: &str, port: u16, security: Security, from: &str) -> Self {
        Self {
            relay: relay.to_owned(),
            port,
            security,
            credential: None,
            from: from.to_owned(),
            reply_to: None,
            reply: Duration::from_secs(600),
            poll: Duration::from_secs(10),
        }
    }
}

/// How the connection to the relay is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS (RFC 3207); a relay that does not offer it gets nothing.
    StartTls(Trust),
    /// TLS from the start (RFC 8314).
    Tls(Trust),
    /// None: only to a relay on this machine.
    Plain,
}

/// User and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The user.
    pub user: String,
    /// Where the password is. It is read for each connection.
    pub password: SecretSource,
}

/// Hands letters to the relay.
pub struct Sender<F> {
    folder: Arc<F>,
    settings: Settings,
    clock: Box<dyn Fn() -> EventTime + Send + Sync>,
    /// Whether it is settled what became of the letters that were being sent when the program ended.
    is_recovered: bool,
    /// Answers that could not be noted, because the data folder failed. They are noted before anything else is sent.
    unnoted: Vec<(String, Delivery)>,
}

impl<F: Folder + 'static> Sender<F> {
    /// A sender for the letters in `folder`; `clock` tells the time.
    pub fn new(
        folder: Arc<F>,
        settings: Settings,
        clock: impl Fn() -> EventTime + Send + Sync + 'static,
    ) -> Self {
        Self { folder, settings, clock: Box::new(clock), is_recovered: false, unnoted: Vec::new() }
    }

    /// Sends what is due, again and again, until `stop`. A letter that is being sent then is sent to its end.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        loop {
            if let Err(error) = self.send_due().await {
                tracing::warn!(event = "smtp.failed", error = %format!("{error:#}"));
            }
            tokio::select! {
                () = tokio::time::sleep(self.settings.poll) => {}
                () = &mut stop => return,
            }
        }
    }

    /// What was being sent when the program ended is in doubt; nothing is sent before that is settled.
    async fn recover(&mut self) -> Result<()> {
        if !self.is_recovered {
            let now = (self.clock)();
            let in_doubt = self.with(move |folder| folder.with(|data| outbox::recover(data, now))).await?;
            if in_doubt > 0 {
                tracing::warn!(event = "smtp.recovered", in_doubt);
            }
            self.is_recovered = true;
        }
        Ok(())
    }

    /// Hands over what is due, and answers how many letters the relay took.
    ///
    /// # Errors
    /// When the relay cannot be reached or the data folder fails. What was not sent is still due.
    pub async fn send_due(&mut self) -> Result<usize> {
        self.recover().await?;
        self.note_answers().await?;
        let now = (self.clock)();
        let due = self.with(move |folder| folder.with(|data| outbox::due(data, now, AT_ONCE_MAX))).await?;
        let mut relay = None;
        let mut sent = 0;
        for letter in due {
            let usable = match relay.take() {
                Some(relay) => relay,
                None => Relay::connect(&self.settings).await?,
            };
            let (answered, left) = self.send(usable, letter.id).await?;
            sent += usize::from(answered == Some(Delivery::Accepted));
            relay = left;
        }
        if let Some(relay) = relay {
            relay.quit().await;
        }
        Ok(sent)
    }

    /// Sends one letter. The connection comes back where it can be used for another one.
    async fn send(&mut self, mut relay: Relay, id: String) -> Result<(Option<Delivery>, Option<Relay>)> {
        let now = (self.clock)();
        let asked = id.clone();
        let begun = self.with(move |folder| folder.with(|data| begin(data, &asked, now))).await;
        let (letter, message) = match begun {
            Ok(Some(begun)) => begun,
            Ok(None) => return Ok((None, Some(relay))),
            Err(error) => {
                // Perhaps it is noted as being sent all the same, and it was not.
                self.unnoted.push((id, Delivery::Later("the data folder failed".to_owned())));
                return Err(error);
            }
        };
        let delivery = match message {
            Ok(original) => {
                let mail_from = letter.mail_from.clone().unwrap_or_else(|| self.settings.from.clone());
                let message = original.unwrap_or_else(|| {
                    compose::message(&letter, &self.settings.from, self.settings.reply_to.as_deref())
                });
                relay.deliver(&mail_from, &letter.rcpt_to, &message, self.settings.reply).await
            }
            Err(problem) => Delivery::Refused(problem),
        };
        let is_usable = delivery == Delivery::Accepted;
        tracing::info!(
            event = "smtp.answered",
            letter = letter.id,
            answer = word(&delivery),
            attempts = letter.attempts
        );
        self.unnoted.push((id, delivery.clone()));
        self.note_answers().await?;
        Ok((Some(delivery), Some(relay).filter(|_| is_usable)))
    }

    async fn note_answers(&mut self) -> Result<()> {
        let now = (self.clock)();
        while let Some((id, delivery)) = self.unnoted.last().cloned() {
            self.with(move |folder| folder.with(|data| outbox::finish(data, &id, delivery, now))).await?;
            self.unnoted.pop();
        }
        Ok(())
    }

    /// Runs `work` on the folder where it may block.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&F) -> Result<T, MeasureError> + Send + 'static,
    ) -> Result<T> {
        let folder = Arc::clone(&self.folder);
        Ok(tokio::task::spawn_blocking(move || work(&folder)).await??)
    }
}

/// A letter that is noted as being sent, with the bytes of a released message or why they are not there.
type Begun = (Letter, Result<Option<Vec<u8>>, String>);

fn begin(data: &mut runtime::data::Data, id: &str, now: EventTime) -> Result<Option<Begun>, MeasureError> {
    let Some(letter) = outbox::begin(data, id, now)? else { return Ok(None) };
    let message = match &letter.content {
        Content::Original(digest) => match outbox::original(data, digest) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(MeasureError::Unknown(_)) => Err("its sealed original is gone".to_owned()),
            Err(error) => return Err(error),
        },
        Content::Text { .. } => Ok(None),
        Content::Gone => Err("nothing of it is kept".to_owned()),
    };
    Ok(Some((letter, message)))
}

fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted => "accepted",
        Delivery::Later(_) => "later",
        Delivery::Refused(_) => "refused",
        Delivery::Unknown(_) => "unknown",
    }
}
