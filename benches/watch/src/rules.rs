//! The rules: all public ones about Windows, and copies of them whose literals are altered.

use crate::events::find;
use std::error::Error;
use std::fs;
use std::path::Path;
use yaml_serde::Value;

/// Texts of all public rules; of those about Windows alone, if wanted.
pub(crate) fn texts(data: &Path, is_windows_only: bool) -> Result<Vec<String>, Box<dyn Error>> {
    let sigma = data.join("watch/sigma");
    let mut paths = Vec::new();
    for entry in fs::read_dir(&sigma)? {
        let kind = entry?.path();
        if kind.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rules")) {
            find(&kind, "yml", &mut paths)?;
        }
    }
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path)?;
        if !is_windows_only || text.lines().any(|line| line.trim() == "product: windows") {
            texts.push(text);
        }
    }
    Ok(texts)
}

/// The rules about Windows, so many times: once as they are, and then with other ids, titles and literals.
pub(crate) fn multiplied(data: &Path, times: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let mut texts = texts(data, true)?;
    let originals = texts.len();
    for copy in 1..times {
        for at in 0..originals {
            let text = texts.get(at).ok_or("a rule")?;
            texts.push(altered(text, copy)?);
        }
    }
    Ok(texts)
}

fn altered(text: &str, copy: usize) -> Result<String, Box<dyn Error>> {
    let mut rule: Value = yaml_serde::from_str(text)?;
    for name in ["id", "title", "name"] {
        if let Some(Value::String(text)) = rule.get_mut(name) {
            *text = format!("{text} {copy}");
        }
    }
    if let Some(Value::String(id)) = rule.get_mut("id") {
        let tail = id.get(2..36).unwrap_or_default().to_owned();
        *id = format!("{copy:02x}{tail}");
    }
    if let Some(Value::Mapping(detection)) = rule.get_mut("detection") {
        for (name, search) in detection.iter_mut() {
            if !matches!(name.as_str(), Some("condition" | "timeframe")) {
                alter(search, copy);
            }
        }
    }
    Ok(yaml_serde::to_string(&rule)?)
}

/// Puts a number into the middle of each text. Expressions and networks stay as they are, since they could become wrong.
fn alter(search: &mut Value, copy: usize) {
    match search {
        Value::String(text) => {
            if let Some(at) = middle(text) {
                text.insert_str(at, &format!("{copy}"));
            }
        }
        Value::Sequence(values) => values.iter_mut().for_each(|value| alter(value, copy)),
        Value::Mapping(fields) => {
            for (name, value) in fields.iter_mut() {
                let name = name.as_str().unwrap_or_default();
                if !["|re", "|cidr", "|fieldref", "|exists", "|gt", "|lt"]
                    .iter()
                    .any(|kept| name.contains(kept))
                {
                    alter(value, copy);
                }
            }
        }
        _ => {}
    }
}

/// A place between two letters near the middle.
fn middle(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_between = |at: &usize| {
        let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        letter(at.wrapping_sub(1)) && letter(*at)
    };
    (bytes.len() / 2..bytes.len()).find(is_between)
}
