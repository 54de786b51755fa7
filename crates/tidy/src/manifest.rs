//! As much of Cargo's manifests as the checks need: which names stand in which table, and how.

/// A dependency line of a manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency<'a> {
    /// The name before the `=` or the first dot.
    pub name: &'a str,
    /// The rest of the line.
    pub value: &'a str,
    /// Its line, from 1.
    pub line: usize,
}

impl Dependency<'_> {
    /// Whether the version comes from the root manifest, the one list of dependencies.
    pub fn is_inherited(&self) -> bool {
        let value = self.value.replace(' ', "");
        value == ".workspace=true" || value.contains("workspace=true")
    }

    /// Whether it is a crate of this repository.
    pub fn is_ours(&self) -> bool {
        self.value.replace(' ', "").contains("path=\"crates/")
    }
}

/// The entries of one table, `[dependencies]` for example.
pub fn entries<'a>(manifest: &'a str, table: &str) -> Vec<Dependency<'a>> {
    let heading = format!("[{table}]");
    let mut is_inside = false;
    let mut found = Vec::new();
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            is_inside = line == heading;
        } else if is_inside && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let end = line.find(['.', '=', ' ']).unwrap_or(line.len());
            if let Some((name, value)) = line.split_at_checked(end) {
                found.push(Dependency { name, value, line: at + 1 });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_table_only() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\n# why\nb.workspace = true\nc = { path = \"crates/c\" }\n[lints]\nd = 1\n";
        let found = entries(manifest, "dependencies");
        let names: Vec<_> = found.iter().map(|entry| (entry.name, entry.line)).collect();
        assert_eq!(names, [("b", 5), ("c", 6)]);
        assert_eq!(found.iter().map(Dependency::is_inherited).collect::<Vec<_>>(), [true, false]);
        assert_eq!(found.iter().map(Dependency::is_ours).collect::<Vec<_>>(), [false, true]);
    }
}
