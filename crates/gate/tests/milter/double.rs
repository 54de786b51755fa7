//! A filter that does what a test says, behind a server that ends with the test.

use gate::milter::{Action, Failed, Filter, Listen, OnFailure, Server, Settings};
use milter::{Message, Path};
use runtime::live::Wait;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Answers as a function does. A recipient in `open.example` fails open.
pub(crate) struct Double<F>(pub(crate) F);

impl<F> Filter for Double<F>
where
    F: Fn(&Message) -> Result<Action, Failed> + Send + Sync + 'static,
{
    fn decide(&self, message: &Message, _: &Arc<Wait>) -> Result<Action, Failed> {
        (self.0)(message)
    }

    fn on_failure(&self, rcpt_to: &[Path]) -> OnFailure {
        let is_open = |path: &Path| path.mailbox().ends_with("@open.example");
        if rcpt_to.iter().all(is_open) { OnFailure::Accept } else { OnFailure::Tempfail }
    }

    fn unjudged(&self, message: &Message) -> Vec<u8> {
        message.to_bytes()
    }
}

/// A running server.
pub(crate) struct Running {
    pub(crate) listen: Listen,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

pub(crate) fn settings(listen: Listen) -> Settings {
    Settings { listen, sessions_max: 16, deadline: Duration::from_secs(20) }
}

pub(crate) fn anywhere() -> Listen {
    Listen::Tcp(([127, 0, 0, 1], 0).into())
}

/// Starts a server on a port of the system's choice.
pub(crate) fn start<F>(decide: F) -> Running
where
    F: Fn(&Message) -> Result<Action, Failed> + Send + Sync + 'static,
{
    start_filter(&settings(anywhere()), Arc::new(Double(decide)))
}

pub(crate) fn start_filter(settings: &Settings, filter: Arc<dyn Filter>) -> Running {
    let runtime = Runtime::new().expect("a runtime");
    let server = runtime.block_on(Server::bind(settings, filter)).expect("it listens");
    let listen = server.address().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let task = runtime.spawn(server.run(async {
        // A sender that is dropped stops it too.
        let _ = stopped.await;
    }));
    Running { listen, runtime, stop: Some(stop), task: Some(task) }
}

impl Running {
    pub(crate) fn address(&self) -> SocketAddr {
        let address = match self.listen {
            Listen::Tcp(address) => Some(address),
            Listen::Unix(_) => None,
        };
        address.expect("it listens on TCP")
    }

    /// Stops it as `portcullis serve` does, and waits until it has ended.
    pub(crate) fn stop(mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            self.runtime.block_on(task).expect("it ends");
        }
    }
}
