//! Reading, detecting on every core, and handing on in input order, with bounded queues in between.

use crate::detect::{Output, Settings, detect};
use crate::source::{Messages, RawMessage};
use anyhow::Result;
use crossbeam_channel::{Receiver, Sender, bounded};
use mail::message::Reader;
use model::{Defect, limit};
use std::collections::BTreeMap;
use std::thread;

/// What became of one input: a message, or something set aside.
pub type Item = Result<Output, Defect>;

/// Messages that travel together: a queue operation costs more than a small message.
const CHUNK: usize = 32;
/// Bytes after which a chunk is full, however few its messages: twenty huge mails must not wait in memory.
const CHUNK_BYTES: usize = 1 << 20;

type Numbered<T> = (u64, Vec<T>);

/// Runs `messages` through the detectors and gives every item to `take`, in input order.
///
/// # Errors
/// The first error of `take`; reading stops then.
pub fn run(messages: Messages, settings: &Settings, mut take: impl FnMut(Item) -> Result<()>) -> Result<()> {
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let depth = limit::IN_FLIGHT_MAX / CHUNK / 2;
    let (raw_sender, raw_receiver) = bounded::<Numbered<Result<RawMessage, Defect>>>(depth);
    let (done_sender, done_receiver) = bounded::<Numbered<Item>>(depth);
    thread::scope(|scope| {
        scope.spawn(move || read(messages, &raw_sender));
        for _ in 0..workers {
            let (receiver, sender) = (raw_receiver.clone(), done_sender.clone());
            scope.spawn(move || work(&receiver, &sender, settings));
        }
        // Only the threads hold the far ends now, so each loop ends when its partner does.
        drop((raw_receiver, done_sender));
        in_order(done_receiver, &mut take)
    })
}

/// Ends early when nobody takes chunks any more.
fn read(messages: Messages, chunks: &Sender<Numbered<Result<RawMessage, Defect>>>) {
    let mut number = 0;
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut bytes = 0;
    for message in messages {
        bytes += message.as_ref().map_or(0, |message| message.bytes.len());
        chunk.push(message);
        if chunk.len() >= CHUNK || bytes >= CHUNK_BYTES {
            bytes = 0;
            if chunks.send((number, std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))).is_err() {
                return;
            }
            number += 1;
        }
    }
    // The receiver may be gone already; then nobody waits for the rest either.
    let _ = chunks.send((number, chunk));
}

fn work(
    chunks: &Receiver<Numbered<Result<RawMessage, Defect>>>,
    done: &Sender<Numbered<Item>>,
    settings: &Settings,
) {
    let reader = Reader::default();
    for (number, chunk) in chunks {
        let items =
            chunk.into_iter().map(|message| message.and_then(|message| detect(&reader, &message, settings)));
        if done.send((number, items.collect())).is_err() {
            return;
        }
    }
}

/// At most the queues' depth of chunks waits here for an earlier one.
fn in_order(done: Receiver<Numbered<Item>>, take: &mut impl FnMut(Item) -> Result<()>) -> Result<()> {
    let mut waiting: BTreeMap<u64, Vec<Item>> = BTreeMap::new();
    let mut next = 0;
    for (number, items) in done {
        waiting.insert(number, items);
        while let Some(items) = waiting.remove(&next) {
            next += 1;
            items.into_iter().try_for_each(&mut *take)?;
        }
    }
    Ok(())
}
