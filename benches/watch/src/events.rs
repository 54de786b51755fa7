//! The events: every record of the Windows event logs among the shared test data, as a line of JSON.

use serde_json::{Map, Value};
use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use watch::format::evtx;

/// How a line has its names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As rules have them, all at the top: what the engines are compared with.
    Flat,
    /// As evtx tools write them.
    Nested,
}

/// Event logs in memory, in the order of their names.
pub(crate) fn logs(data: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for folder in ["evtx-attack-samples", "sigma/regression_data"] {
        find(&data.join("watch").join(folder), "evtx", &mut paths)?;
    }
    paths.sort();
    paths.iter().map(|path| Ok(fs::read(path)?)).collect()
}

/// Their records as lines.
pub(crate) fn lines(data: &Path, shape: Shape) -> Result<Vec<String>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for log in logs(data)? {
        evtx::read(Cursor::new(log), &mut |item| {
            if let evtx::Item::Record { text, .. } = item {
                lines.push(text.to_owned());
            }
        })?;
    }
    if shape == Shape::Flat {
        return lines.iter().map(|line| flat(&serde_json::from_str(line)?)).collect();
    }
    Ok(lines)
}

/// The files below a folder whose names end so.
pub(crate) fn find(folder: &Path, extension: &str, out: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, extension, out)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            out.push(path);
        }
    }
    Ok(())
}

/// An event of `evtx` with the names of rules.
fn flat(event: &Value) -> Result<String, Box<dyn Error>> {
    let mut out = Map::new();
    let system = event.pointer("/Event/System").ok_or("an event without System")?;
    for (name, path) in [
        ("EventID", "/EventID"),
        ("Channel", "/Channel"),
        ("Computer", "/Computer"),
        ("EventRecordID", "/EventRecordID"),
        ("Level", "/Level"),
        ("Provider_Name", "/Provider/#attributes/Name"),
        ("@timestamp", "/TimeCreated/#attributes/SystemTime"),
    ] {
        if let Some(value) = system.pointer(path) {
            let value = value.pointer("/#text").unwrap_or(value);
            out.insert(name.to_owned(), value.clone());
        }
    }
    for data in ["/Event/EventData", "/Event/UserData"] {
        let Some(Value::Object(fields)) = event.pointer(data) else { continue };
        for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with('#')) {
            let value = value.pointer("/#text").unwrap_or(value);
            out.insert(name.clone(), value.clone());
        }
    }
    Ok(serde_json::to_string(&out)?)
}
