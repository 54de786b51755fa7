//! Sorting more than fits into memory: sorted runs are spilled to scratch, and merged as they are read back.

use model::limit::{REGISTER_RECORD_BYTES_MAX, REGISTER_SORT_RUNS_MAX};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{self, BufReader, BufWriter, Read, Write},
};

/// What is sorted: by key, then by body, so that the order of the input does not show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The elector's key.
    pub key: Vec<u8>,
    /// What is carried: a leaf, or the canonical bytes of a row.
    pub body: Vec<u8>,
    /// Line at which the row begins.
    pub line: u64,
}

/// Bytes that an item takes beside its key and body.
const ITEM_BYTES: usize = size_of::<Item>();

/// Where runs go. The caller owns the files, and deletes them.
pub trait Scratch {
    /// One run: written first, then read from its start.
    type Run: Read + Write;

    /// An empty run.
    ///
    /// # Errors
    /// When there is no room for it.
    fn create(&mut self) -> io::Result<Self::Run>;

    /// Back to the run's start, for reading.
    ///
    /// # Errors
    /// When the run cannot be read.
    fn rewind(&mut self, run: &mut Self::Run) -> io::Result<()>;
}

/// Why sorting ended.
#[derive(Debug, thiserror::Error)]
pub enum SortError {
    /// Scratch failed.
    #[error("cannot use the scratch files of the sort")]
    Scratch(#[from] io::Error),
    /// The input is larger than memory and limits allow.
    #[error("more than {REGISTER_SORT_RUNS_MAX} sorted runs")]
    TooLarge,
}

/// Takes items in any order.
pub struct Sorter<S: Scratch> {
    scratch: S,
    /// Bytes of items in memory before they are spilled.
    memory_bytes: usize,
    held: Vec<Item>,
    held_bytes: usize,
    runs: Vec<S::Run>,
}

impl<S: Scratch> Sorter<S> {
    /// A sorter that keeps at most `memory_bytes` of items in memory.
    pub const fn new(scratch: S, memory_bytes: usize) -> Self {
        Self { scratch, memory_bytes, held: Vec::new(), held_bytes: 0, runs: Vec::new() }
    }

    /// Takes one item in.
    ///
    /// # Errors
    /// When scratch fails, or there are too many runs.
    pub fn push(&mut self, item: Item) -> Result<(), SortError> {
        self.held_bytes += item.key.len() + item.body.len() + ITEM_BYTES;
        self.held.push(item);
        if self.held_bytes > self.memory_bytes { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), SortError> {
        if self.runs.len() >= REGISTER_SORT_RUNS_MAX {
            return Err(SortError::TooLarge);
        }
        self.held.sort_unstable();
        let mut run = BufWriter::new(self.scratch.create()?);
        self.held.drain(..).try_for_each(|item| write_item(&mut run, &item))?;
        self.runs.push(run.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.held_bytes = 0;
        Ok(())
    }

    /// All items in order.
    ///
    /// # Errors
    /// When scratch fails.
    pub fn finish(mut self) -> Result<Sorted<S::Run>, SortError> {
        self.held.sort_unstable();
        let mut runs = Vec::new();
        for mut run in self.runs {
            self.scratch.rewind(&mut run)?;
            runs.push(BufReader::new(run));
        }
        let mut sorted = Sorted { held: self.held.into_iter(), runs, heap: BinaryHeap::new() };
        (0..=sorted.runs.len()).try_for_each(|place| sorted.refill(place))?;
        Ok(sorted)
    }
}

/// Items in order, merged from runs and memory.
pub struct Sorted<R> {
    held: std::vec::IntoIter<Item>,
    runs: Vec<BufReader<R>>,
    /// The next item of each run, and which run it is from; memory counts as the last.
    heap: BinaryHeap<Reverse<(Item, usize)>>,
}

impl<R: Read> Sorted<R> {
    fn refill(&mut self, place: usize) -> io::Result<()> {
        let next = match self.runs.get_mut(place) {
            Some(run) => read_item(run)?,
            None => self.held.next(),
        };
        self.heap.extend(next.map(|item| Reverse((item, place))));
        Ok(())
    }
}

impl<R: Read> Iterator for Sorted<R> {
    type Item = Result<Item, SortError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((item, place)) = self.heap.pop()?;
        Some(self.refill(place).map(|()| item).map_err(SortError::Scratch))
    }
}

fn write_item(run: &mut impl Write, item: &Item) -> io::Result<()> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    run.write_all(&length(&item.key))?;
    run.write_all(&length(&item.body))?;
    run.write_all(&item.line.to_le_bytes())?;
    run.write_all(&item.key)?;
    run.write_all(&item.body)
}

fn read_item(run: &mut impl io::BufRead) -> io::Result<Option<Item>> {
    if run.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let key_bytes = u32::from_le_bytes(read_array(run)?);
    let body_bytes = u32::from_le_bytes(read_array(run)?);
    let line = u64::from_le_bytes(read_array(run)?);
    Ok(Some(Item { key: read_bytes(run, key_bytes)?, body: read_bytes(run, body_bytes)?, line }))
}

fn read_array<const N: usize>(run: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    run.read_exact(&mut bytes).map(|()| bytes)
}

fn read_bytes(run: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > 2 * REGISTER_RECORD_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a scratch file was damaged"));
    }
    let mut bytes = vec![0; length];
    run.read_exact(&mut bytes).map(|()| bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    /// Runs in memory.
    pub(crate) struct InMemory;

    impl Scratch for InMemory {
        type Run = Cursor<Vec<u8>>;

        fn create(&mut self) -> io::Result<Self::Run> {
            Ok(Cursor::default())
        }

        fn rewind(&mut self, run: &mut Self::Run) -> io::Result<()> {
            run.set_position(0);
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn spilled_or_not_the_order_is_that_of_a_plain_sort(
            keys in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..200),
            memory_bytes in 0_usize..20_000,
        ) {
            let items = keys.into_iter().zip(1..).map(|(key, line)| Item { body: key.clone(), key, line });
            let mut expected: Vec<Item> = items.collect();
            let mut sorter = Sorter::new(InMemory, memory_bytes);
            for item in expected.iter().cloned() {
                sorter.push(item).unwrap();
            }
            let found: Vec<Item> = sorter.finish().unwrap().map(Result::unwrap).collect();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
