//! `init` and `config show`.

use crate::arguments::{ConfigShow, ConfigVerb, Init};
use crate::config::{Config, FILE, Origin, Shown, TEMPLATE, read_text, shown};
use crate::output::{self, BadInput, Outcome, note};
use anyhow::{Context, Result};
use std::io::{ErrorKind, Write};

pub(crate) fn init(arguments: &Init) -> Result<Outcome> {
    std::fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("cannot make the folder {}", arguments.folder.display()))?;
    let path = arguments.folder.join(FILE);
    let mut file = std::fs::File::create_new(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow::anyhow!(BadInput(format!("{} is there already", path.display()))),
        _ => anyhow::Error::new(error).context(format!("cannot write {}", path.display())),
    })?;
    file.write_all(TEMPLATE.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    note(&format!("{} written; look at it, then: portcullis serve --config {0}", path.display()));
    Ok(Outcome::Done)
}

pub(crate) fn run(verb: &ConfigVerb) -> Result<Outcome> {
    match verb {
        ConfigVerb::Show(arguments) => show(arguments),
    }
}

fn show(arguments: &ConfigShow) -> Result<Outcome> {
    let path = &arguments.config.config;
    let config = Config::read(path)?;
    let rows = shown(&config, &read_text(path)?);
    output::rows(arguments.printing.format, &rows, || {
        let mut table = output::table(&["key", "value", "from"]);
        for Shown { key, value, origin } in &rows {
            let from = match origin {
                Origin::Default => "default".to_owned(),
                Origin::Line(line) => format!("line {line}"),
            };
            table.add_row([key, value, &from]);
        }
        format!("{table}\n")
    })?;
    Ok(Outcome::Done)
}
