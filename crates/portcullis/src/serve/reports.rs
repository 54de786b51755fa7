//! A folder into which DMARC and TLS reports are put: each file is counted, and moved to `done` or `failed`.

use super::stop::Stop;
use anyhow::{Context, Result};
use model::limit::MESSAGE_BYTES_MAX;
use runtime::clock;
use runtime::live::Live;
use runtime::report;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks. Reports come once a day.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Takes in what is put into `folder`, until it is time to stop.
pub(super) fn run(folder: &Path, live: &Live, stop: &Stop) {
    loop {
        if let Err(error) = look(folder, live, stop) {
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

fn look(folder: &Path, live: &Live, stop: &Stop) -> Result<()> {
    let (mut counted, mut failed) = (0_u64, 0_u64);
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let taken = take(&path, live)?;
        if taken {
            counted += 1
        } else {
            failed += 1
        }
        move_to(folder, &path, if taken { "done" } else { "failed" })?;
        if stop.wait(Duration::ZERO) {
            break;
        }
    }
    if counted + failed > 0 {
        tracing::info!(name: "reports.taken", files = counted, failed);
    }
    Ok(())
}

/// Whether the file held something that counts, or that had been counted before. The data folder is held for one file at a time.
fn take(path: &Path, live: &Live) -> Result<bool> {
    if fs::metadata(path)?.len() > MESSAGE_BYTES_MAX as u64 {
        return Ok(false);
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let taken = report::take_in(&mut *live.data()?, &bytes, &path.to_string_lossy(), clock::now())?;
    Ok(taken.dmarc + taken.tls + taken.known > 0)
}

fn move_to(folder: &Path, path: &Path, place: &str) -> Result<()> {
    let name = path.file_name().context("a file in a folder has a name")?;
    let to: PathBuf = folder.join(place).join(name);
    fs::rename(path, &to).with_context(|| format!("cannot move {} to {}", path.display(), to.display()))
}
