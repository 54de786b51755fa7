//! Writes a dwell exercise: `cargo run --release -p exercise --example dwell FOLDER SEED ENTRY|none [STAFF [STYLE]]`.

use exercise::{DwellPlan, Entry, Sink, Style, write_dwell};
use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, seed, entry, rest @ ..] = arguments.as_slice() else {
        return Err("usage: dwell FOLDER SEED ENTRY|none [STAFF [STYLE]]".into());
    };
    let entry = match entry.as_str() {
        "none" => None,
        word => Some(Entry::from_word(word).ok_or_else(|| format!("`{word}` is no way in"))?),
    };
    let mut plan = DwellPlan::new(seed.parse()?, entry);
    if let Some(staff) = rest.first() {
        plan.staff = staff.parse()?;
    }
    if let Some(style) = rest.get(1) {
        plan.style = Style::from_word(style).ok_or_else(|| format!("`{style}` is no style"))?;
    }
    let summary = write_dwell(&plan, &mut Folder(PathBuf::from(folder)))?;
    let told =
        format!("{} days, {} lines, {} of them hostile", summary.days, summary.lines, summary.hostile_lines);
    Ok(writeln!(io::stdout(), "{told}")?)
}

/// A folder on the disk.
struct Folder(PathBuf);

impl Folder {
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let path = self.0.join(path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        Ok(path)
    }
}

impl Sink for Folder {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        std::fs::create_dir_all(self.0.join(Path::new(path)))
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::write(self.place(path)?, bytes)
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::OpenOptions::new().create(true).append(true).open(self.place(path)?)?.write_all(bytes)
    }
}
