//! The filter's server: it takes connections, a bounded number at a time, and ends when it is told to.

use super::action::Filter;
use super::budget::Budget;
use super::connection::{self, Shared};
use super::listener::{Listen, Listener};
use model::limit;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// How the server works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens.
    pub listen: Listen,
    /// Connections at a time. Further ones wait unanswered until one ends.
    pub sessions_max: usize,
    /// How long a message may take to be judged; beyond it, it has failed. It must be shorter than the mail server's own
    /// wait (Postfix: `milter_content_timeout`).
    pub deadline: Duration,
}

/// A server that listens.
pub struct Server {
    listener: Listener,
    shared: Arc<Shared>,
    sessions: Arc<Semaphore>,
    sessions_max: u32,
}

impl Server {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the address is taken or the socket cannot be made.
    pub async fn bind(settings: &Settings, filter: Arc<dyn Filter>) -> io::Result<Self> {
        let sessions_max = settings.sessions_max.clamp(1, limit::MILTER_SESSIONS_MAX);
        let shared = Shared {
            filter,
            budget: Budget::new(limit::MILTER_BYTES_MAX),
            judging: Arc::new(Semaphore::new(limit::MILTER_JUDGED_MAX)),
            deadline: settings.deadline,
        };
        Ok(Self {
            listener: Listener::bind(&settings.listen).await?,
            shared: Arc::new(shared),
            sessions: Arc::new(Semaphore::new(sessions_max)),
            sessions_max: u32::try_from(sessions_max).unwrap_or(u32::MAX),
        })
    }

    /// Where it listens, with the port that the system chose.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<Listen> {
        self.listener.address()
    }

    /// Serves until `stop` ends. Then messages that are being judged are still answered, and others are given up, which
    /// makes their senders keep them.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let (stopping, stopped) = watch::channel(false);
        tokio::select! {
            () = self.accept(&stopped) => {}
            () = stop => {}
        }
        // Connections that wait for a command end at once; the others end with their answer.
        let _ = stopping.send(true);
        let Self { listener, shared, sessions, sessions_max } = self;
        drop(listener);
        let all_ended = sessions.acquire_many(sessions_max);
        let _ = timeout(shared.deadline + limit::MILTER_WRITE_WAIT, all_ended).await;
    }

    async fn accept(&self, stopped: &watch::Receiver<bool>) {
        loop {
            let Ok(place) = Arc::clone(&self.sessions).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, wants)) => {
                    let (shared, stopped) = (Arc::clone(&self.shared), stopped.clone());
                    tokio::spawn(async move {
                        connection::serve(stream, wants, &shared, stopped).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(event = "milter.accept_failed", %error);
                    // Out of file handles, most likely: without a wait this would spin until one is free.
                    tokio::time::sleep(limit::MILTER_ACCEPT_WAIT).await;
                }
            }
        }
    }
}
