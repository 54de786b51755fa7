//! A certificate from one seal to a later one: which electors differ, and the authorised notice for each.
//!
//! It is lines of JSON, which `docs/register.md` describes, and is checked with both seals and no key: the electors who differ
//! are told by their marks.

use crate::{
    canonical::{Key, Row, fields},
    compare::{Change, compare},
    leaf::MARK_BYTES,
    seal::{Heading, SealError, SealReader, Summary},
    sort::Item,
};
use model::limit::{REGISTER_NOTICES_MAX, REGISTER_PATCH_LINE_BYTES_MAX};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read, Write},
};

/// First member of a certificate; the digit is the version.
pub const FORMAT: &str = "portcullis register certificate 1";
/// Fields of a row in the file of notices.
const CHANGE: &str = "change";
const NOTICE: &str = "notice";

/// One of the two seals, as a certificate names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealName {
    /// When it was sealed.
    pub epoch: String,
    /// Electors.
    pub rows: u64,
    /// Root, in base64.
    pub root: String,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: String,
    /// Name of the register.
    pub register: String,
    /// Fields that make the key.
    pub key_fields: Vec<String>,
    /// The seal before.
    pub from: SealName,
    /// The seal after.
    pub to: SealName,
}

/// An elector who differs, or whom a notice speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Values of the key.
    pub key: Vec<String>,
    /// `changed`, `removed` or `added`; `none` for one who is the same in both seals although a notice speaks of them.
    pub change: String,
    /// What authorised it; empty for a change that nobody authorised.
    pub notices: Vec<String>,
}

/// The last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Electors who differ.
    pub electors: u64,
    /// Of them, those without a notice for it.
    pub unexplained: u64,
    /// Electors with a notice that the seals do not show carried out.
    pub not_carried_out: u64,
}

impl Totals {
    /// Whether the later register is the earlier one and the notices, and nothing else.
    pub const fn is_complete(&self) -> bool {
        self.unexplained == 0 && self.not_carried_out == 0
    }

    fn count(&mut self, line: &Line) {
        let is_same = line.change == "none";
        self.electors += u64::from(!is_same);
        self.not_carried_out += u64::from(is_same);
        self.unexplained += u64::from(!is_same && line.notices.is_empty());
    }
}

/// Why there is no certificate, or it is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Reading or writing failed.
    #[error("cannot read or write the certificate")]
    Io(#[from] io::Error),
    /// A seal cannot be believed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The seals do not belong together.
    #[error("the seals are of {from} and {to}: a certificate is about one register with one key")]
    Apart {
        /// Register and key of the one.
        from: String,
        /// Of the other.
        to: String,
    },
    /// The certificate says something else than the seals.
    #[error("line {line} of the certificate: {reason}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Authorised notices by elector.
#[derive(Debug, Default)]
pub struct Notices {
    by_key: BTreeMap<Key, Vec<(Change, String)>>,
    count: usize,
}

impl Notices {
    /// Takes in a row of the file of notices, which has the key's columns, `Change` and `Notice`.
    ///
    /// # Errors
    /// Says why the row is no notice, or that there are too many.
    pub fn push(&mut self, row: &Row) -> Result<(), String> {
        let of = |wanted: &str| {
            let found = fields(row.as_bytes()).find(|(name, _)| *name == wanted.as_bytes());
            found.map_or_else(String::new, |(_, value)| String::from_utf8_lossy(value).into_owned())
        };
        let word = of(CHANGE).to_lowercase();
        let change = [Change::Changed, Change::Removed, Change::Added].into_iter().find(|c| c.word() == word);
        let change =
            change.ok_or_else(|| format!("`{word}` is no change: it is changed, removed or added"))?;
        let notice = of(NOTICE);
        if notice.is_empty() {
            return Err("the notice has no reference".to_owned());
        }
        self.count += 1;
        if self.count > REGISTER_NOTICES_MAX {
            return Err(format!("more than {REGISTER_NOTICES_MAX} notices"));
        }
        self.by_key.entry(row.key.clone()).or_default().push((change, notice));
        Ok(())
    }

    /// The notices that authorise this change of an elector. One who was removed and added again may differ.
    fn explain(&mut self, key: &Key, change: Change) -> Vec<String> {
        let Some(notices) = self.by_key.get(key) else { return Vec::new() };
        let has = |wanted| notices.iter().any(|(change, _)| *change == wanted);
        let is_again = change == Change::Changed && has(Change::Removed) && has(Change::Added);
        if !has(change) && !is_again {
            return Vec::new();
        }
        let notices = self.by_key.remove(key).unwrap_or_default();
        notices.into_iter().map(|(_, notice)| notice).collect()
    }
}

/// Writes the certificate from one seal to another to `out`, and hands every line that makes it incomplete to `tell`.
///
/// # Errors
/// When a seal cannot be believed, or writing fails.
pub fn certify<R: Read>(
    [mut from, mut to]: [SealReader<R>; 2],
    [from_end, to_end]: [Summary; 2],
    mut notices: Notices,
    out: &mut impl Write,
    mut tell: impl FnMut(&Line),
) -> Result<Totals, CertificateError> {
    put(out, &head(&from, from_end, &to, to_end)?)?;
    let mut totals = Totals::default();
    let mut failure = None;
    let mut write = |line: Line| {
        note(&line, &mut totals, &mut tell);
        failure = failure.take().or_else(|| put(out, &line).err());
    };
    compare(marks(&mut from), marks(&mut to), |difference| {
        let notices = notices.explain(&difference.key, difference.change);
        write(line(&difference.key, difference.change.word(), notices));
    })?;
    for (key, left) in notices.by_key {
        write(line(&key, "none", left.into_iter().map(|(_, notice)| notice).collect()));
    }
    failure.map_or(Ok(()), Err)?;
    put(out, &totals)?;
    out.flush()?;
    Ok(totals)
}

fn head<R: Read>(
    from: &SealReader<R>,
    from_end: Summary,
    to: &SealReader<R>,
    to_end: Summary,
) -> Result<Head, CertificateError> {
    let identity = |heading: &Heading| format!("{} by {}", heading.register, heading.key_fields.join(" "));
    let (first, second) = (identity(from.heading()), identity(to.heading()));
    if first != second {
        return Err(CertificateError::Apart { from: first, to: second });
    }
    let name = |heading: &Heading, end: Summary| SealName {
        epoch: heading.epoch.clone(),
        rows: end.rows,
        root: end.root.to_string(),
    };
    Ok(Head {
        format: FORMAT.to_owned(),
        register: from.heading().register.clone(),
        key_fields: from.heading().key_fields.clone(),
        from: name(from.heading(), from_end),
        to: name(to.heading(), to_end),
    })
}

/// The electors of a seal with their marks only: the rest of a record differs between any two seals.
fn marks<R: Read>(seal: &mut SealReader<R>) -> impl Iterator<Item = Result<Item, SealError>> {
    seal.map(|item| {
        item.map(|mut item| {
            item.body.truncate(MARK_BYTES);
            item
        })
    })
}

fn line(key: &Key, change: &str, notices: Vec<String>) -> Line {
    Line { key: key.parts().map(std::borrow::Cow::into_owned).collect(), change: change.to_owned(), notices }
}

fn put(out: &mut impl Write, line: &impl Serialize) -> Result<(), CertificateError> {
    serde_json::to_writer(&mut *out, line).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// What a certificate was found to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its first line.
    pub head: Head,
    /// Its last line.
    pub totals: Totals,
}

/// Checks a certificate against both seals. Lines that make it incomplete are handed to `tell`.
///
/// # Errors
/// When a seal cannot be believed, or the certificate says something else than they do.
pub fn check<R: Read>(
    certificate: impl BufRead,
    [mut from, mut to]: [SealReader<R>; 2],
    mut tell: impl FnMut(&Line),
) -> Result<Checked, CertificateError> {
    let mut lines = Lines { input: certificate, line: 0 };
    let head_found: Head = lines.read()?;
    let mut totals = Totals::default();
    let mut failure = None;
    compare(marks(&mut from), marks(&mut to), |difference| {
        if failure.is_none() {
            let (key, word) = (&difference.key, difference.change.word());
            failure = lines.expect(key, word).map(|line| note(&line, &mut totals, &mut tell)).err();
        }
    })?;
    failure.map_or(Ok(()), Err)?;
    if head_found != head(&from, from.summary(), &to, to.summary())? {
        return Err(CertificateError::Line { line: 1, reason: "it is about other seals".to_owned() });
    }
    let mut next: serde_json::Value = lines.read()?;
    while next.get("change").is_some() {
        let line = lines.parsed::<Line>(next)?;
        if line.change != "none" || line.notices.is_empty() {
            return Err(lines.fault("the seals do not differ in this elector"));
        }
        note(&line, &mut totals, &mut tell);
        next = lines.read()?;
    }
    let found = lines.parsed(next)?;
    if totals != found || !lines.input.fill_buf()?.is_empty() {
        return Err(lines.fault("the counts are others, or something follows them"));
    }
    Ok(Checked { head: head_found, totals })
}

fn note(line: &Line, totals: &mut Totals, tell: &mut impl FnMut(&Line)) {
    totals.count(line);
    if line.notices.is_empty() || line.change == "none" {
        tell(line);
    }
}

/// Lines of a certificate.
struct Lines<R> {
    input: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line, which must be about this change of this elector.
    fn expect(&mut self, key: &Key, change: &str) -> Result<Line, CertificateError> {
        let found: Line = self.read()?;
        let is_same = found.change == change && Key::of(found.key.iter().map(String::as_str)) == *key;
        is_same
            .then_some(found)
            .ok_or_else(|| self.fault(&format!("by the seals, elector {key} is {change}")))
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, CertificateError> {
        self.line += 1;
        let mut text = Vec::new();
        let max = u64::try_from(REGISTER_PATCH_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        self.input.by_ref().take(max).read_until(b'\n', &mut text)?;
        match text.last() {
            Some(b'\n') => serde_json::from_slice(&text).map_err(|error| self.fault(&error.to_string())),
            _ => Err(self.fault("it has no end: the certificate was cut off")),
        }
    }

    fn parsed<T: serde::de::DeserializeOwned>(
        &self,
        value: serde_json::Value,
    ) -> Result<T, CertificateError> {
        serde_json::from_value(value).map_err(|error| self.fault(&error.to_string()))
    }

    fn fault(&self, reason: &str) -> CertificateError {
        CertificateError::Line { line: self.line, reason: reason.to_owned() }
    }
}
