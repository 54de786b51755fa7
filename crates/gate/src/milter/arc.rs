//! Sets of the Authenticated Received Chain (RFC 8617) in the name of the house: what was known of a message's sender when it
//! came in, vouched for by a key of ours. What we change breaks the sender's own signatures; who gets the message from us can
//! still see what they said, if he trusts the house.

mod canonical;
mod chain;
mod key;

pub use key::{ArcKey, ArcKeyError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
pub(super) use chain::link;
use chain::{Link, RESULTS, SEAL, SIGNATURE};
use milter::Field;
use model::EventTime;
use std::fmt::Write;

/// Fields that our signature covers where they are there (RFC 6376, section 5.4.1): what a reader sees or answers to. Fields
/// of trace and results are not: servers behind us change them (RFC 8617, section 4.1.2).
const SIGNED: &[&str] = &[
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "Sender",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "DKIM-Signature",
];
/// Fields that are covered once more than they are there, so that none can be added (RFC 6376, section 8.15).
const SEALED_OFF: &[&str] = &["From", "To", "Subject", "Date", "Reply-To", "MIME-Version", "Content-Type"];
/// Characters of a line of a signature; with its fold it stays below 78 (RFC 5322, section 2.1.1).
const LINE_CHARACTERS: usize = 72;

/// Seals messages in the name of the house.
#[derive(Debug)]
pub struct Sealer {
    domain: String,
    selector: String,
    key: ArcKey,
}

/// What is signed of a message.
#[derive(Clone, Copy)]
pub(super) struct Sealed<'a> {
    /// The header as it will be delivered, below our set.
    pub(super) fields: &'a [Field],
    pub(super) body: &'a [u8],
    /// What was known of the sender when the message came in: the value of an `Authentication-Results` field.
    pub(super) results: &'a str,
    pub(super) now: EventTime,
}

impl Sealer {
    /// A sealer for `domain` with the key whose public half is published at `selector` (RFC 6376, section 3.6.2.1).
    pub fn new(domain: &str, selector: &str, key: ArcKey) -> Self {
        Self { domain: domain.to_owned(), selector: selector.to_owned(), key }
    }

    /// A set that continues a chain as `link` says, topmost field first.
    ///
    /// # Errors
    /// Where the key refuses to sign.
    pub(super) fn set(&self, link: &Link<'_>, sealed: Sealed<'_>) -> Result<Vec<Field>, ArcKeyError> {
        let results = Field::new(RESULTS, &format!("i={}; {}", link.instance, sealed.results));
        let signature = self.signature(link, sealed)?;
        let seal = self.seal(link, &[&results, &signature], sealed.now)?;
        Ok(vec![seal, signature, results])
    }

    /// The message signature: that of DKIM with `i` and without `v` (RFC 8617, section 4.1.2).
    fn signature(&self, link: &Link<'_>, sealed: Sealed<'_>) -> Result<Field, ArcKeyError> {
        let covered = covered(sealed.fields);
        let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
        let tags = format!(
            "{}; c=relaxed/relaxed; t={};\n\tbh={};\n\th={};\n\tb=",
            self.signer(link.instance),
            sealed.now.0,
            STANDARD.encode(canonical::body_hash(sealed.body)),
            folded(&names.join(":"), ':'),
        );
        let mut text = Vec::new();
        covered.iter().filter_map(|(_, field)| *field).for_each(|field| canonical::field(field, &mut text));
        self.signed(SIGNATURE, &tags, text)
    }

    /// The seal over all sets in their order; over ours alone where the chain had failed before us (RFC 8617, sections 5.1.1
    /// and 5.1.2).
    fn seal(&self, link: &Link<'_>, own: &[&Field], now: EventTime) -> Result<Field, ArcKeyError> {
        let tags = format!("{}; cv={}; t={};\n\tb=", self.signer(link.instance), link.validity.word(), now.0);
        let mut text = Vec::new();
        link.earlier.iter().chain(own).for_each(|field| canonical::field(field, &mut text));
        self.signed(SEAL, &tags, text)
    }

    fn signer(&self, instance: u32) -> String {
        let Self { domain, selector, key } = self;
        format!("i={instance}; a={}; d={domain}; s={selector}", key.algorithm())
    }

    /// The field with `tags`, the last of which is the signature. It covers `text` and the field itself without the signature
    /// and without a line end (RFC 6376, section 3.7).
    fn signed(&self, name: &str, tags: &str, mut text: Vec<u8>) -> Result<Field, ArcKeyError> {
        canonical::field(&Field::new(name, tags), &mut text);
        text.truncate(text.len().saturating_sub(2));
        let signature = STANDARD.encode(self.key.sign(&text)?);
        Ok(Field::new(name, &format!("{tags}{}", wrapped(&signature))))
    }
}

/// What a signature covers, in the order of its `h` tag: fields of one name from the lowest one up (RFC 6376, section 5.4.2),
/// then once more the name where none may be added.
fn covered(fields: &[Field]) -> Vec<(&'static str, Option<&Field>)> {
    let of_name = |name: &'static str| {
        let is_there = fields.iter().rev().filter(move |field| field.is(name));
        let added = SEALED_OFF.contains(&name).then_some((name, None));
        is_there.map(move |field| (name, Some(field))).chain(added)
    };
    SIGNED.iter().flat_map(|name| of_name(name)).collect()
}

/// A list folded behind its separators.
fn folded(list: &str, separator: char) -> String {
    let (mut text, mut line) = (String::new(), 0);
    for item in list.split_inclusive(separator) {
        if line > 0 && line + item.len() > LINE_CHARACTERS {
            text.push_str("\n\t ");
            line = 0;
        }
        text.push_str(item);
        line += item.len();
    }
    text
}

/// A signature in lines of its own; blanks in it do not count (RFC 6376, section 3.5).
fn wrapped(signature: &str) -> String {
    let mut text = String::new();
    for (at, character) in signature.chars().enumerate() {
        if at > 0 && at % LINE_CHARACTERS == 0 {
            text.push_str("\n\t ");
        }
        // Writing into a text does not fail.
        let _ = text.write_char(character);
    }
    text
}
