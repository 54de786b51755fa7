//! One connection of a mail server: bytes to commands, whole messages to the filter, and its decisions back.

use super::action::{Action, Failed, Filter, OnFailure, code};
use super::budget::{Budget, Share};
use super::listener::Stream;
use milter::{
    Command, CommandError, Excess, Message, Next, OutOfOrder, PacketError, Packets, Reply, Session, Wants,
};
use model::limit;
use runtime::live::Wait;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// Bytes that are read at once: a little more than the largest piece of a body.
const READ_BYTES: usize = 66 << 10;
/// How often a message is in memory at most, while it is judged: as it was told, put together, made harmless, and as
/// replies.
const COPIES: usize = 4;

/// What all connections share.
pub(super) struct Shared {
    pub(super) filter: Arc<dyn Filter>,
    pub(super) budget: Arc<Budget>,
    /// Places for messages that are being judged, each on a thread. A message that outlived its deadline keeps its
    /// place until its thread is done, so threads cannot pile up.
    pub(super) judging: Arc<Semaphore>,
    pub(super) deadline: Duration,
}

/// Why a connection is closed before its end. The mail server takes it for a failed filter.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Packet(#[from] PacketError),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Order(#[from] OutOfOrder),
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    #[error("the mail server was silent for too long")]
    Silent,
    #[error("the mail server did not take its answer")]
    Deaf,
}

/// Serves a connection to its end, or until `stopped`.
pub(super) async fn serve(
    stream: Box<dyn Stream>,
    wants: Wants,
    shared: &Shared,
    stopped: watch::Receiver<bool>,
) {
    let mut connection = Connection {
        stream,
        shared,
        stopped,
        packets: Packets::default(),
        session: Session::new(wants, limit::MESSAGE_BYTES_MAX),
        share: shared.budget.share(),
        output: Vec::new(),
    };
    if let Err(error) = connection.run().await {
        tracing::warn!(event = "milter.connection_failed", %error);
    }
}

struct Connection<'a> {
    stream: Box<dyn Stream>,
    shared: &'a Shared,
    stopped: watch::Receiver<bool>,
    packets: Packets,
    session: Session,
    /// What the message under way takes of the budget.
    share: Share,
    /// Replies that are not yet written.
    output: Vec<u8>,
}

impl Connection<'_> {
    async fn run(&mut self) -> Result<(), Broken> {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            if !self.take_packets().await? {
                return Ok(());
            }
            let Some(read) = self.read(&mut buffer).await? else { return Ok(()) };
            self.packets.push(buffer.get(..read).unwrap_or_default());
        }
    }

    /// Works through the packets that are there. Answers whether the connection goes on.
    async fn take_packets(&mut self) -> Result<bool, Broken> {
        while let Some(packet) = self.packets.take()? {
            match self.session.feed(Command::decode(packet)?)? {
                Next::Wait => {}
                Next::Reply(reply) => reply.encode(&mut self.output),
                Next::Judge(message) => {
                    // Whoever waits for earlier answers does not wait for this one too.
                    self.write().await?;
                    self.judge(*message).await?;
                }
                Next::Close => return Ok(false),
            }
            self.hold();
        }
        self.write().await?;
        Ok(true)
    }

    /// Takes as much of the budget as the message under way needs. Where there is no more, the message is let go of, and
    /// its sender will try again: waiting for room while holding some could wait for ever.
    fn hold(&mut self) {
        if !self.share.resize(self.session.held().saturating_mul(COPIES)) {
            self.session.shed();
            self.share.resize(0);
        }
    }

    async fn read(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, Broken> {
        let read = tokio::select! {
            read = timeout(limit::MILTER_IDLE_WAIT, self.stream.read(buffer)) => read.map_err(|_| Broken::Silent)??,
            _ = self.stopped.wait_for(|is_stopped| *is_stopped) => 0,
        };
        Ok(Some(read).filter(|&read| read > 0))
    }

    async fn write(&mut self) -> Result<(), Broken> {
        if !self.output.is_empty() {
            let written = timeout(limit::MILTER_WRITE_WAIT, self.stream.write_all(&self.output)).await;
            written.map_err(|_| Broken::Deaf)??;
            self.output = Vec::new();
        }
        Ok(())
    }

    async fn judge(&mut self, message: Message) -> Result<(), Broken> {
        let started = Instant::now();
        let message = Arc::new(message);
        let (word, replies) = match message.excess {
            Some(excess) => ("refuse", encoded(&[refusal(excess)])),
            None => self.decide(&message).await,
        };
        self.output.extend_from_slice(&replies);
        let milliseconds = started.elapsed().as_millis();
        let queue_id = message.queue_id().unwrap_or_default();
        tracing::info!(event = "milter.judged", queue_id, action = word, milliseconds);
        drop(message);
        self.write().await
    }

    /// Asks the filter on a thread where it may block, for as long as the deadline allows.
    async fn decide(&self, message: &Arc<Message>) -> (&'static str, Vec<u8>) {
        let filter = Arc::clone(&self.shared.filter);
        let (asked, wait) = (Arc::clone(message), Arc::new(Wait::default()));
        let waited_for = Arc::clone(&wait);
        let decision = async {
            let place = Arc::clone(&self.shared.judging).acquire_owned().await;
            let place = place.map_err(|_| Failed("the program is ending".to_owned()))?;
            let thread = tokio::task::spawn_blocking(move || {
                let action = filter.decide(&asked, &waited_for);
                drop(place);
                action.map(|action| (action.word(), encoded(&action.replies(&asked))))
            });
            thread.await.map_err(|_| Failed("the filter's thread ended".to_owned()))?
        };
        match timeout(self.shared.deadline, decision).await {
            Ok(Ok(decided)) => decided,
            Ok(Err(failed)) => self.fail(message, &failed, !wait.is_to_be_kept()),
            Err(_) => {
                let failed = Failed("no decision within the deadline".to_owned());
                self.fail(message, &failed, wait.give_up())
            }
        }
    }

    /// What was to be kept, or may just have been recorded as something else, is not delivered for want of an answer.
    fn fail(&self, message: &Message, failed: &Failed, may_be_delivered: bool) -> (&'static str, Vec<u8>) {
        let on_failure = match self.shared.filter.on_failure(&message.rcpt_to) {
            OnFailure::Accept if may_be_delivered => OnFailure::Accept,
            _ => OnFailure::Tempfail,
        };
        let queue_id = message.queue_id().unwrap_or_default();
        tracing::error!(event = "milter.filter_failed", queue_id, ?on_failure, error = %failed);
        let action = match on_failure {
            OnFailure::Accept => Action::Deliver(self.shared.filter.unjudged(message)),
            OnFailure::Tempfail => Action::Tempfail,
        };
        (action.word(), encoded(&action.replies(message)))
    }
}

/// What the sender of a message is told of which the content is not there.
fn refusal(excess: Excess) -> Reply {
    match excess {
        Excess::Bytes => code(552, "5.3.4", "The message is larger than this house takes"),
        Excess::Fields => code(554, "5.6.0", "The message has too many header fields"),
        Excess::Recipients => {
            code(452, "4.5.3", "The message has too many recipients, send it to fewer at a time")
        }
        Excess::Shed => code(451, "4.3.2", "The message cannot be taken now, try again later"),
    }
}

fn encoded(replies: &[Reply]) -> Vec<u8> {
    let mut output = Vec::new();
    replies.iter().for_each(|reply| reply.encode(&mut output));
    output
}
