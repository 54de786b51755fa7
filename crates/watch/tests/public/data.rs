//! Where the shared test data are, and what of them the tests read.

use std::fs;
use std::path::{Path, PathBuf};
use watch::event::{Event, FieldNames};
use watch::format::{Format, Framed, Framing, LineReader, Read, evtx};
use watch::sigma::rule_set::RuleSet;

/// A time after all that is in the logs.
pub(crate) const LATEST: model::EventMillis = model::EventMillis(1_795_426_200_000);

/// The folder of logs and rules; none without the shared data, which is told.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PORTCULLIS_DATA").map(|data| Path::new(&data).join("watch"));
    let found = folder.filter(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: no shared data");
    }
    found
}

/// The files below a folder whose names end so, in order.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// The files of SigmaHQ's rules: those in folders named `rules*`.
pub(crate) fn rule_files(folder: &Path) -> Vec<PathBuf> {
    let kinds = fs::read_dir(folder.join("sigma")).expect("a folder");
    let mut paths: Vec<PathBuf> = kinds
        .map(|entry| entry.expect("an entry").path())
        .filter(|kind| kind.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rules")))
        .flat_map(|kind| files(&kind, "yml"))
        .collect();
    paths.sort();
    paths
}

/// These rules, read.
pub(crate) fn rule_set(paths: &[PathBuf]) -> RuleSet {
    let mut set = RuleSet::default();
    for path in paths {
        set.load(&path.display().to_string(), &fs::read_to_string(path).expect("text"));
    }
    set.finish()
}

/// What became of a record.
pub(crate) enum Found<'e> {
    Event(&'e Event<'e>),
    Refused,
}

/// Reads a log of a format and hands on its events.
pub(crate) fn read(
    path: &Path,
    format: Format,
    names: &mut FieldNames,
    sink: &mut dyn FnMut(Found<'_>, &FieldNames),
) {
    let mut reader = LineReader::new(format, "", names, LATEST);
    let names = &*names;
    let mut take = |text: &str| {
        let mut event = Event::default();
        match reader.read(text, names, &mut event) {
            Ok(Read::Event) => sink(Found::Event(&event), names),
            Ok(Read::Nothing) => {}
            Err(_) => sink(Found::Refused, names),
        }
    };
    if format == Format::Evtx {
        let mut defects = 0_u64;
        let file = fs::File::open(path).expect("readable");
        let read = evtx::read(file, &mut |item| match item {
            evtx::Item::Record { text, .. } => take(text),
            evtx::Item::Defect { .. } => defects += 1,
        });
        read.expect("an event log");
        (0..defects).for_each(|_| sink(Found::Refused, names));
        return;
    }
    let mut framing = Framing::new(format, 0, 1);
    let mut take = |framed: Framed<'_>| {
        if let Framed::Record(record) = framed {
            take(&record.text);
        }
    };
    let bytes = fs::read(path).expect("readable");
    bytes.chunks(9_999).for_each(|piece| framing.push(piece, &mut take));
    framing.finish(&mut take);
}
