//! A folder into which DMARC and TLS reports are put: each file is counted, and moved to `done` or `failed`.

use super::stop::Stop;
use anyhow::{Context, Result};
use model::limit::MESSAGE_BYTES_MAX;
use runtime::clock;
use runtime::live::Live;
use runtime::report::{self, OwnDomains, Taken};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a file must not have been written to.
const QUIET: Duration = Duration::from_secs(2);
/// Between two looks. Reports come once a day.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Takes in what is put into `folder` about `domains` and those of our members, until it is time to stop.
pub(super) fn run(folder: &Path, domains: &[String], live: &Live, stop: &Stop) {
    loop {
        if let Err(error) = look(folder, domains, live, stop) {
            tracing::warn!(name: "reports.failed", error = format!("{error:#}"));
        }
        if stop.wait(LOOK_EVERY) {
            return;
        }
    }
}

/// Makes the folders that files are moved to.
pub(super) fn prepare(folder: &Path) -> Result<()> {
    for name in ["done", "failed"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
    }
    Ok(())
}

fn look(folder: &Path, domains: &[String], live: &Live, stop: &Stop) -> Result<()> {
    let own = OwnDomains::new(domains.iter().chain(live.house().domains()));
    let (mut counted, mut failed, mut foreign) = (0_u64, 0_u64, 0_u64);
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if !is_at_rest(&path) {
            continue;
        }
        let taken = take(&path, &own, live)?;
        foreign += taken.foreign;
        let is_counted = taken.dmarc + taken.tls + taken.known > 0;
        *(if is_counted { &mut counted } else { &mut failed }) += 1;
        move_to(folder, &path, if is_counted { "done" } else { "failed" })?;
        if stop.wait(Duration::ZERO) {
            break;
        }
    }
    if counted + failed > 0 {
        tracing::info!(name: "reports.taken", files = counted, failed, foreign);
    }
    Ok(())
}

/// Whether it is a file to which nobody writes any more.
fn is_at_rest(path: &Path) -> bool {
    let Ok(about) = fs::symlink_metadata(path) else { return false };
    // A time ahead of the clock is that of another machine.
    let is_quiet = about.modified().is_ok_and(|time| time.elapsed().map_or(true, |age| age >= QUIET));
    about.is_file() && is_quiet
}

/// What the file held; nothing where it is too long or cannot be read. The data folder is held for one file at a time.
fn take(path: &Path, own: &OwnDomains, live: &Live) -> Result<Taken> {
    let Some(bytes) = read(path) else { return Ok(Taken::default()) };
    report::take_in(&mut *live.data()?, &bytes, &path.to_string_lossy(), own, clock::now())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(MESSAGE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= MESSAGE_BYTES_MAX).then_some(bytes)
}

fn move_to(folder: &Path, path: &Path, place: &str) -> Result<()> {
    let name = path.file_name().context("a file in a folder has a name")?;
    let to: PathBuf = folder.join(place).join(name);
    fs::rename(path, &to).with_context(|| format!("cannot move {} to {}", path.display(), to.display()))
}
