//! auditd: `type=SYSCALL msg=audit(1795426200.123:456): name=value ...`. Values in hexadecimal are made readable.

use super::text::Rest;
use super::{LineReader, Read, clock};
use crate::event::{Event, FieldNames, Value};
use std::borrow::Cow;

/// Reads one line.
pub(super) fn read<'a>(
    reader: &LineReader,
    line: &'a str,
    names: &FieldNames,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    let Some((head, body)) = line.split_once("msg=audit(") else {
        return Err("not a line of auditd".to_owned());
    };
    let Some((stamp, body)) = body.split_once(')') else { return Err("not a line of auditd".to_owned()) };
    event.time = stamp.split(':').next().and_then(clock::epoch_secs);
    add_fields(head, names, event);
    add_fields(body.trim_start_matches([':', ' ']), names, event);
    if !event.fields.iter().any(|field| field.id == reader.known.kind) {
        return Err("a line of auditd without `type`".to_owned());
    }
    event.origin.product = Some(Cow::Borrowed("linux"));
    event.origin.services.push(Cow::Borrowed("auditd"));
    Ok(Read::Event)
}

/// `name=value`, in quotes of either kind. User records have a list within `msg='...'`; what the kernel enriched stands behind a
/// group separator.
fn add_fields<'a>(text: &'a str, names: &FieldNames, event: &mut Event<'a>) {
    let mut rest = Rest(text);
    loop {
        rest.0 = rest.0.trim_start_matches([' ', '\u{1d}']);
        let Some((name, behind)) = rest.0.split_once('=') else { return };
        rest.0 = behind;
        if let Some(inner) = behind.strip_prefix('\'') {
            let (inner, behind) = inner.split_once('\'').unwrap_or((inner, ""));
            rest.0 = behind;
            add_fields(inner, names, event);
            continue;
        }
        let value = match rest.quoted() {
            Some(quoted) => Value::Text(Cow::Borrowed(quoted)),
            None => {
                let end = rest.0.find([' ', '\u{1d}']).unwrap_or(rest.0.len());
                let (word, behind) = rest.0.split_at(end);
                rest.0 = behind;
                bare(name, word)
            }
        };
        event.push(names.id(name), value);
    }
}

/// Fields that auditd writes in hexadecimal when they hold blanks or quotes.
fn bare<'a>(name: &str, word: &'a str) -> Value<'a> {
    let is_argument = name
        .strip_prefix('a')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_encodable = is_argument
        || matches!(name, "comm" | "exe" | "name" | "cmd" | "proctitle" | "cwd" | "data" | "acct");
    match word {
        "(null)" | "?" | "(none)" => Value::Null,
        // The arguments of a system call are numbers; only those of EXECVE are text, and these are long.
        _ if is_encodable && word.len() >= 4 && !(is_argument && word.len() < 6) => {
            unhexed(word).map_or(Value::Text(Cow::Borrowed(word)), |text| Value::Text(Cow::Owned(text)))
        }
        _ => Value::Text(Cow::Borrowed(word)),
    }
}

fn unhexed(word: &str) -> Option<String> {
    if !word.len().is_multiple_of(2)
        || !word.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
    {
        return None;
    }
    let bytes =
        word.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    let text = String::from_utf8(bytes).ok()?;
    // Arguments are separated by zeros.
    let text = text.trim_end_matches('\0').replace('\0', " ");
    text.chars().all(|sign| !sign.is_control()).then_some(text)
}
