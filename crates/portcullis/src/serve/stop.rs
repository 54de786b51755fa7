//! The word to stop, for tasks and for threads: Ctrl-C, or SIGTERM by a service manager.

use anyhow::{Context, Result};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether to stop; clones hear the same word.
#[derive(Clone)]
pub(super) struct Stop {
    said: watch::Receiver<bool>,
    tokio: Handle,
}

impl Stop {
    /// Listens to the signals that ask a program to end. A second one ends it at once.
    pub(super) fn on_signals() -> Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to Ctrl-C")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?;
        let (say, said) = watch::channel(false);
        tokio::spawn(async move {
            for is_second in [false, true] {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if is_second {
                    // Whoever asks twice does not want to wait; what is accepted is on the disk already.
                    std::process::exit(1);
                }
                let _ = say.send(true);
            }
        });
        Ok(Self { said, tokio: Handle::current() })
    }

    /// Ends when it is time to stop.
    pub(super) async fn requested(&self) {
        let mut said = self.said.clone();
        // A sender that is gone cannot say it any more: then it is time as well.
        let _ = said.wait_for(|said| *said).await;
    }

    /// The word as services of the gate hear it.
    pub(super) fn receiver(&self) -> watch::Receiver<bool> {
        self.said.clone()
    }

    /// Waits for `rest` on a thread outside of the event loop, and says whether it is time to stop.
    pub(super) fn wait(&self, rest: Duration) -> bool {
        self.tokio.block_on(async { tokio::time::timeout(rest, self.requested()).await.is_ok() })
    }
}
