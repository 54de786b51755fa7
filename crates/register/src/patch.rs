//! A patch: all differences from one register to another, as lines of JSON, so that the first can be made into the second.
//!
//! Of an elector who was changed only the fields that differ are written. The last line counts the others, so that a patch
//! that was cut off is never applied. The format is in `docs/register.md`.

use crate::{
    canonical::{self, Key, Row},
    compare::{Change, Difference},
    sort::{Item, SortError},
};
use model::limit::REGISTER_PATCH_LINE_BYTES_MAX;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read, Write},
};

/// First member of a patch; the digit is the version.
const FORMAT: &str = "portcullis register patch 1";

/// Values by their fields.
type Fields = BTreeMap<String, String>;

/// What a patch says of itself, in its first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    format: String,
    /// Fields that make the key, in both registers.
    pub key_fields: Vec<String>,
    /// Fields of the second register.
    pub fields: Vec<String>,
}

impl Opening {
    /// The opening of a patch to a register with these fields.
    pub fn new(key_fields: Vec<String>, fields: Vec<String>) -> Self {
        Self { format: FORMAT.to_owned(), key_fields, fields }
    }
}

/// A line after the first.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Elector(ElectorLine),
    End(EndLine),
}

/// One elector. A value that is empty is left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElectorLine {
    change: ChangeWord,
    key: Vec<String>,
    #[serde(default)]
    before: Fields,
    #[serde(default)]
    after: Fields,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ChangeWord {
    Changed,
    Removed,
    Added,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    /// Lines of electors.
    electors: u64,
}

/// Why a patch cannot be written, read or applied.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// Reading or writing failed.
    #[error("cannot read or write the patch")]
    Io(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line} of the patch: {reason}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The register is not the one that the patch was made for.
    #[error("the patch does not fit: elector {key} {reason}")]
    Misfit {
        /// Who.
        key: Key,
        /// What is otherwise.
        reason: &'static str,
    },
    /// The rows could not be sorted.
    #[error(transparent)]
    Sort(#[from] SortError),
}

/// Writes a patch, elector by elector, in ascending order.
pub struct PatchWriter<W> {
    out: W,
    electors: u64,
}

impl<W: Write> PatchWriter<W> {
    /// Begins a patch.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(out: W, opening: &Opening) -> Result<Self, PatchError> {
        let mut writer = Self { out, electors: 0 };
        writer.put(opening)?;
        Ok(writer)
    }

    /// Adds the next elector. The difference carries canonical rows.
    ///
    /// # Errors
    /// When writing fails.
    pub fn push(&mut self, difference: &Difference) -> Result<(), PatchError> {
        self.electors += 1;
        self.put(&Line::Elector(line_of(difference)))
    }

    /// Ends the patch.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W, PatchError> {
        self.put(&Line::End(EndLine { electors: self.electors }))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, line: &impl Serialize) -> Result<(), PatchError> {
        serde_json::to_writer(&mut self.out, line).map_err(io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }
}

fn line_of(difference: &Difference) -> ElectorLine {
    let (mut before, mut after) = (texts(&difference.before), texts(&difference.after));
    let same: Vec<String> = before
        .iter()
        .filter(|(name, value)| after.get(*name) == Some(value))
        .map(|(n, _)| n.clone())
        .collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    let change = match difference.change {
        Change::Changed => ChangeWord::Changed,
        Change::Removed => ChangeWord::Removed,
        Change::Added => ChangeWord::Added,
    };
    let key = difference.key.parts().map(std::borrow::Cow::into_owned).collect();
    ElectorLine { change, key, before, after }
}

/// The fields of a canonical row.
fn texts(bytes: &[u8]) -> Fields {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    canonical::fields(bytes).map(|(name, value)| (text(name), text(value))).collect()
}

/// One elector's part of a patch.
pub struct Amendment {
    key: Key,
    change: ChangeWord,
    before: Fields,
    after: Fields,
}

/// Reads a patch, elector by elector. It is whole only when its end was reached without an error.
pub struct PatchReader<R> {
    input: R,
    opening: Opening,
    line: u64,
    electors: u64,
    last: Option<Key>,
    is_ended: bool,
}

impl<R: BufRead> PatchReader<R> {
    /// Opens a patch.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(input: R) -> Result<Self, PatchError> {
        let opening = Opening::new(Vec::new(), Vec::new());
        let mut reader = Self { input, opening, line: 0, electors: 0, last: None, is_ended: false };
        reader.opening = reader.read()?;
        if reader.opening.format != FORMAT {
            return Err(reader.fault("not a patch that this version knows"));
        }
        Ok(reader)
    }

    /// What it says of itself.
    pub const fn opening(&self) -> &Opening {
        &self.opening
    }

    fn amendment(&mut self) -> Result<Option<Amendment>, PatchError> {
        match self.read()? {
            Line::Elector(elector) => self.checked(elector).map(Some),
            Line::End(end) if end.electors != self.electors => Err(self.fault("the count is another")),
            Line::End(_) if !self.input.fill_buf()?.is_empty() => Err(self.fault("something follows it")),
            Line::End(_) => Ok(None),
        }
    }

    fn checked(&mut self, elector: ElectorLine) -> Result<Amendment, PatchError> {
        let ElectorLine { change, key, before, after } = elector;
        if key.len() != self.opening.key_fields.len() {
            return Err(self.fault("the key has another number of fields than the first line says"));
        }
        let key = Key::of(key.iter().map(String::as_str));
        if self.last.as_ref().is_some_and(|last| *last >= key) {
            return Err(self.fault("the keys do not ascend"));
        }
        self.last = Some(key.clone());
        self.electors += 1;
        Ok(Amendment { key, change, before, after })
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, PatchError> {
        self.line += 1;
        let mut text = Vec::new();
        let max = u64::try_from(REGISTER_PATCH_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        self.input.by_ref().take(max).read_until(b'\n', &mut text)?;
        match text.last() {
            Some(b'\n') => serde_json::from_slice(&text).map_err(|error| self.fault(&error.to_string())),
            _ => Err(self.fault("it has no end: the patch was cut off")),
        }
    }

    fn fault(&self, reason: &str) -> PatchError {
        PatchError::Line { line: self.line, reason: reason.to_owned() }
    }
}

impl<R: BufRead> Iterator for PatchReader<R> {
    type Item = Result<Amendment, PatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let read = self.amendment();
        self.is_ended = !matches!(read, Ok(Some(_)));
        read.transpose()
    }
}

/// Makes the first register, whose canonical rows come sorted with each key once, into the second, and hands its rows to
/// `take`. Every value that the patch replaces must be there.
///
/// # Errors
/// When the patch does not fit, or reading or taking fails: what was taken until then is then worth nothing.
pub fn apply<R: BufRead>(
    patch: &mut PatchReader<R>,
    before: impl Iterator<Item = Result<Item, SortError>>,
    mut take: impl FnMut(Item) -> Result<(), PatchError>,
) -> Result<(), PatchError> {
    let mut next = patch.next().transpose()?;
    for item in before {
        let item = item?;
        while let Some(new) = next.take_if(|amendment| amendment.key.as_bytes() < item.key.as_slice()) {
            take(added(new)?)?;
            next = patch.next().transpose()?;
        }
        match next.take_if(|amendment| amendment.key.as_bytes() == item.key) {
            Some(amendment) => {
                next = patch.next().transpose()?;
                amended(amendment, &item)?.map_or(Ok(()), &mut take)?;
            }
            None => take(item)?,
        }
    }
    while let Some(new) = next {
        take(added(new)?)?;
        next = patch.next().transpose()?;
    }
    Ok(())
}

/// The row of an elector whom the register does not have yet.
fn added(amendment: Amendment) -> Result<Item, PatchError> {
    match amendment.change {
        ChangeWord::Added if amendment.before.is_empty() => Ok(item(amendment.key, &amendment.after)),
        _ => Err(PatchError::Misfit { key: amendment.key, reason: "is not in the register" }),
    }
}

/// The row that an elector has after the patch; none when they are removed.
fn amended(amendment: Amendment, item_before: &Item) -> Result<Option<Item>, PatchError> {
    let Amendment { key, change, before, after } = amendment;
    let mut fields = texts(&item_before.body);
    let is_there = before.iter().all(|(name, value)| fields.get(name) == Some(value));
    let is_free = after.keys().all(|name| before.contains_key(name) || !fields.contains_key(name));
    if !is_there || !is_free {
        return Err(PatchError::Misfit { key, reason: "has other values than those to be replaced" });
    }
    fields.retain(|name, _| !before.contains_key(name));
    match change {
        ChangeWord::Added => Err(PatchError::Misfit { key, reason: "is in the register already" }),
        ChangeWord::Removed if fields.is_empty() && after.is_empty() => Ok(None),
        ChangeWord::Removed => {
            Err(PatchError::Misfit { key, reason: "has more values than those to be removed" })
        }
        ChangeWord::Changed => {
            fields.extend(after);
            Ok(Some(item(key, &fields)))
        }
    }
}

fn item(key: Key, fields: &Fields) -> Item {
    let row = Row::new(key, 0, fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Item { key: row.key.as_bytes().to_vec(), body: row.as_bytes().to_vec(), line: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use proptest::prelude::*;

    type Register = BTreeMap<Vec<String>, Fields>;

    /// Two registers that have many electors in common.
    fn two_registers() -> impl Strategy<Value = (Register, Register)> {
        let fields = || prop::collection::btree_map("[a-d]", "[x\"\n,é]{1,2}", 0..4);
        let register =
            move || prop::collection::btree_map(prop::collection::vec("[A-C]{0,2}", 2), fields(), 0..12);
        (register(), register(), register()).prop_map(|(shared, mut a, mut b)| {
            a.extend(shared.clone());
            b.extend(shared);
            (a, b)
        })
    }

    fn items(register: &Register) -> Vec<Item> {
        let mut items: Vec<Item> = register
            .iter()
            .map(|(key, fields)| item(Key::of(key.iter().map(String::as_str)), fields))
            .collect();
        items.sort();
        items
    }

    fn diff(before: &[Item], after: &[Item]) -> Vec<u8> {
        let opening = Opening::new(vec!["k".into(), "l".into()], vec![]);
        let mut writer = PatchWriter::new(Vec::new(), &opening).unwrap();
        let all =
            |items: &[Item]| items.iter().cloned().map(Ok::<_, SortError>).collect::<Vec<_>>().into_iter();
        compare(all(before), all(after), |difference| writer.push(&difference).unwrap()).unwrap();
        writer.finish().unwrap()
    }

    fn applied(patch: &[u8], before: &[Item]) -> Result<Vec<Item>, PatchError> {
        let mut after = Vec::new();
        let take = |item| {
            after.push(item);
            Ok(())
        };
        apply(&mut PatchReader::open(patch)?, before.iter().cloned().map(Ok), take)?;
        Ok(after)
    }

    proptest! {
        #[test]
        fn a_patch_makes_the_first_register_into_the_second((a, b) in two_registers()) {
            let (a, b) = (items(&a), items(&b));
            prop_assert_eq!(applied(&diff(&a, &b), &a).unwrap(), b);
        }

        #[test]
        fn a_patch_of_another_register_or_without_its_end_is_refused((a, b) in two_registers()) {
            let (a, b) = (items(&a), items(&b));
            let patch = diff(&a, &b);
            prop_assert_eq!(applied(&patch, &b).is_ok(), a == b);
            let cut = patch.iter().rposition(|byte| *byte == b'{').unwrap();
            prop_assert!(applied(&patch[..cut], &a).is_err());
        }
    }
}
