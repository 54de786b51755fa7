//! Numbered documents: a decision is `D-17`, a message in quarantine `Q-17`. Their keys sort the latest first, so that the
//! first page of any list is one short walk, however long the list is.

use super::Result;
use crate::data::Data;
use anyhow::Context;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use store::{Batch, Records};

/// Collection of the last number of each series.
const COUNTERS: &str = "measure.counter";
/// Numbers are below it; keys count down from it.
const NUMBERS_END: u64 = 10_000_000_000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page of at most `limit` of `rows`, which are one more where the list goes on; the next page is named by the last
    /// row's `key`.
    pub(crate) fn of(mut rows: Vec<T>, limit: usize, key: impl FnOnce(&T) -> String) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(key);
        Self { rows, next }
    }
}

/// A document that knows its identifier.
pub(super) trait Numbered: Serialize + DeserializeOwned {
    fn id(&self) -> &str;
}

/// The documents of one kind.
pub(super) struct Series<T> {
    letter: &'static str,
    collection: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<T: Numbered> Series<T> {
    pub(super) const fn new(letter: &'static str, collection: &'static str) -> Self {
        Self { letter, collection, kind: PhantomData }
    }

    /// Takes `count` further numbers, and answers their identifiers. They are taken for good before this answers: an entry
    /// of the evidence log may name one, and after a crash no other document may have it.
    pub(super) fn take(&self, data: &Data, count: usize) -> Result<Vec<String>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let last: u64 = document(data, COUNTERS, self.letter)?.unwrap_or_default();
        let ids = (1..=count as u64).map(|step| format!("{}-{}", self.letter, last + step)).collect();
        let mut batch = Batch::new();
        put(&mut batch, COUNTERS, self.letter, &(last + count as u64))?;
        data.store.records.apply(&batch)?;
        Ok(ids)
    }

    /// One further identifier.
    pub(super) fn take_one(&self, data: &Data) -> Result<String> {
        Ok(self.take(data, 1)?.into_iter().next().unwrap_or_default())
    }

    /// The key of an identifier; `None` where it is none of this series.
    pub(super) fn key(&self, id: &str) -> Option<String> {
        let number = id.strip_prefix(self.letter)?.strip_prefix('-')?;
        let is_number =
            !number.is_empty() && number.len() <= 10 && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = number.parse().ok().filter(|_| is_number)?;
        Some(format!("{:010}", NUMBERS_END - 1 - number))
    }

    pub(super) fn get(&self, data: &Data, id: &str) -> Result<Option<T>> {
        self.key(id).map_or(Ok(None), |key| document(data, self.collection, &key))
    }

    pub(super) fn put(&self, batch: &mut Batch, one: &T) -> Result<()> {
        let key = self.key(one.id()).context("a document with an identifier of another kind")?;
        put(batch, self.collection, &key, one)
    }

    pub(super) fn delete(&self, batch: &mut Batch, id: &str) {
        if let Some(key) = self.key(id) {
            batch.delete(self.collection, &key);
        }
    }

    /// The latest first, after the one with the identifier `after`.
    pub(super) fn page(&self, data: &Data, after: Option<&str>, limit: usize) -> Result<Page<T>> {
        let after = after.and_then(|id| self.key(id));
        let limit = limit.clamp(1, MEASURE_PAGE_ROWS_MAX);
        let rows: Vec<T> = scan(data, self.collection, after.as_deref(), limit + 1)?;
        Ok(Page::of(rows, limit, |last| last.id().to_owned()))
    }

    /// The documents that an index under `prefix` names, in the order of the index, after the one with the identifier `after`.
    pub(super) fn indexed(
        &self,
        data: &Data,
        index: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<T>> {
        let limit = limit.clamp(1, MEASURE_PAGE_ROWS_MAX);
        let place = |id: &str| self.key(id).map(|key| format!("{prefix}{key}"));
        let after =
            after.and_then(place).or_else(|| Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()));
        let entries = data.store.records.scan(index, after.as_deref(), limit + 1)?;
        let ids: Vec<String> = entries
            .into_iter()
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(_, id)| String::from_utf8_lossy(&id).into_owned())
            .collect();
        let next = ids.get(limit.saturating_sub(1)).filter(|_| ids.len() > limit).cloned();
        let rows = ids.iter().take(limit).filter_map(|id| self.get(data, id).transpose());
        Ok(Page { rows: rows.collect::<Result<_>>()?, next })
    }

    /// All that an index without prefixes names; only for indexes of what is open, which have a limit of their own.
    pub(super) fn all_indexed(&self, data: &Data, index: &str) -> Result<Vec<T>> {
        let ids = data.collection(index)?;
        let ids = ids.iter().map(|(_, id)| String::from_utf8_lossy(id));
        ids.filter_map(|id| self.get(data, &id).transpose()).collect()
    }

    /// Adds an identifier to an index.
    pub(super) fn index(&self, batch: &mut Batch, index: &str, prefix: &str, id: &str) {
        if let Some(key) = self.key(id) {
            batch.put(index, &format!("{prefix}{key}"), id.to_owned());
        }
    }

    /// Takes an identifier out of an index.
    pub(super) fn unindex(&self, batch: &mut Batch, index: &str, prefix: &str, id: &str) {
        if let Some(key) = self.key(id) {
            batch.delete(index, &format!("{prefix}{key}"));
        }
    }
}

/// One JSON document.
pub(super) fn document<T: DeserializeOwned>(data: &Data, collection: &str, key: &str) -> Result<Option<T>> {
    let Some(bytes) = data.store.records.get(collection, key)? else { return Ok(None) };
    let parsed = serde_json::from_slice(&bytes);
    Ok(parsed.with_context(|| format!("a record of {collection} is damaged"))?)
}

/// Adds a JSON document to a batch.
pub(super) fn put(batch: &mut Batch, collection: &str, key: &str, document: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(document).context("a document cannot be written as JSON")?;
    batch.put(collection, key, bytes);
    Ok(())
}

/// Some JSON documents in the order of their keys.
pub(super) fn scan<T: DeserializeOwned>(
    data: &Data,
    collection: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<T>> {
    let rows = data.store.records.scan(collection, after, limit)?;
    let parse = |(_, bytes): (String, Vec<u8>)| {
        serde_json::from_slice(&bytes).with_context(|| format!("a record of {collection} is damaged"))
    };
    Ok(rows.into_iter().map(parse).collect::<anyhow::Result<_>>()?)
}
