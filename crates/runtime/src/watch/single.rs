//! One event out of a log, to look at.

use crate::clock;
use crate::source::{self, Log};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use watch::event::{Event, FieldNames};
use watch::format::{Format, Framed, Framing, LineReader, evtx, recognise};
use watch::sigma::condition::{Condition, Test};
use watch::sigma::rule_set::RuleSet;

/// Why there is no such event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The log cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It has fewer events.
    #[error("{path}: there are only {count} events")]
    Fewer {
        /// Which one.
        path: PathBuf,
        /// How many it has.
        count: u64,
    },
}

/// Calls `look` with the event number `wanted`, from 1, of a log; its fields have the names that the rules of `set` ask for.
///
/// # Errors
/// When the log cannot be read or has fewer events.
pub fn with_event<T>(
    set: &RuleSet,
    path: &Path,
    format: Option<Format>,
    wanted: u64,
    mut look: impl FnMut(&Event<'_>, &FieldNames) -> T,
) -> Result<T, EventError> {
    let unreadable = |reason: String| EventError::Unreadable { path: path.to_owned(), reason };
    let log = match source::logs(&[path.to_owned()]).next() {
        Some(Ok(log)) => log,
        Some(Err(defect)) => return Err(unreadable(defect.reason)),
        None => return Err(unreadable("nothing is there".to_owned())),
    };
    let format = format.or_else(|| recognise(&log.name, &log.head));
    let Some(format) = format else {
        return Err(unreadable("not a log in a format that is known".to_owned()));
    };
    let mut names = FieldNames::default();
    set.rules.iter().flat_map(|rule| &rule.conditions).for_each(|condition| intern(condition, &mut names));
    let latest = log.written.unwrap_or_else(|| clock::now().into());
    let mut reader = LineReader::new(format, &log.name, &mut names, latest);
    let mut found = None;
    let mut count = 0_u64;
    let mut take = |text: &str| {
        let mut event = Event::default();
        if found.is_some() || reader.read(text, &names, &mut event) != Ok(watch::format::Read::Event) {
            return;
        }
        count += 1;
        if count == wanted {
            found = Some(look(&event, &names));
        }
    };
    each_record(log, format, &mut take).map_err(|error| unreadable(error.to_string()))?;
    found.ok_or(EventError::Fewer { path: path.to_owned(), count })
}

fn each_record(log: Log, format: Format, take: &mut dyn FnMut(&str)) -> io::Result<()> {
    if format == Format::Evtx {
        let read = evtx::read(log.into_file()?, &mut |item| {
            if let evtx::Item::Record { text, .. } = item {
                take(text);
            }
        });
        return read.map_err(io::Error::other);
    }
    let mut framing = Framing::new(format, 0, 1);
    let mut sink = |framed: Framed<'_>| {
        if let Framed::Record(record) = framed {
            take(&record.text);
        }
    };
    let mut stream = log.into_stream();
    let mut buffer = vec![0_u8; 64 << 10];
    loop {
        let count = stream.read(&mut buffer)?;
        match buffer.get(..count) {
            Some([]) | None => break,
            Some(bytes) => framing.push(bytes, &mut sink),
        }
    }
    framing.finish(&mut sink);
    Ok(())
}

/// Adds the names that a condition asks for.
fn intern(condition: &Condition, names: &mut FieldNames) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| intern(part, names)),
        Condition::Not(part) => intern(part, names),
        Condition::Is(predicate) => {
            if let Some(name) = &predicate.field {
                names.intern(name);
            }
            if let Test::Field(_, other, _) = &predicate.test {
                names.intern(other);
            }
        }
    }
}
