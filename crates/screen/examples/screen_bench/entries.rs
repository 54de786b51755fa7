//! Entries out of the table that `benches/screen/entries.py` writes, so that every engine measured reads the same names.

use std::collections::HashMap;
use std::path::Path;

use screen::list::{Entry, Kind, ListId, Name, NameRole};

/// Reads the table: list, id, kind, name and role, by tabs.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, std::io::Error> {
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (list, uid, kind, name, role) = (next(), next(), next(), next(), next());
        let (Some(list_id), Some(kind)) = (ListId::from_code(list), Kind::from_word(kind)) else { continue };
        let place = *places.entry((list.to_owned(), uid.to_owned())).or_insert_with(|| {
            let mut entry = Entry::new(list_id, uid);
            entry.kind = kind;
            entries.push(entry);
            entries.len() - 1
        });
        let role = if role == "weak" { NameRole::Weak } else { NameRole::Alias };
        if let Some(entry) = entries.get_mut(place) {
            entry.names.push(Name::whole(name, role));
        }
    }
    Ok(entries)
}
