//! Ctrl-C in long work: it ends at once, and says what is kept.

use crate::output::note;
use std::path::{Path, PathBuf};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell expects of a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// From now on Ctrl-C ends the program with a word about `data`, if anything is kept there. Ending at any moment loses
/// nothing that was accepted, so nobody has to be asked to stop.
pub(super) fn watch(data: Option<&Path>) {
    let data = data.map(PathBuf::from);
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    let listening = {
        let _inside = runtime.enter();
        signal(SignalKind::interrupt())
    };
    // Where nobody can listen, the system ends the program, only without a word.
    let Ok(mut interrupt) = listening else { return };
    std::thread::spawn(move || {
        if runtime.block_on(interrupt.recv()).is_some() {
            note(&farewell(data.as_deref()));
            std::process::exit(INTERRUPTED);
        }
    });
}

fn farewell(data: Option<&Path>) -> String {
    let Some(data) = data else { return "interrupted: nothing was kept".to_owned() };
    let checkpoint = std::fs::read_to_string(data.join("evidence/checkpoint")).unwrap_or_default();
    // The second line of a checkpoint is the number of entries (C2SP tlog-checkpoint).
    let entries = checkpoint.lines().nth(1).unwrap_or("0");
    format!(
        "interrupted: what was recorded is kept in {}, with {entries} entries of evidence; run the same command again to \
         go on from there",
        data.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("evidence")).expect("a folder");
        std::fs::write(folder.path().join("evidence/checkpoint"), "log\n4096\nroot\n").expect("a checkpoint");
        let told = farewell(Some(folder.path()));
        assert!(told.contains("4096 entries") && told.contains("run the same command again"), "{told}");
        assert_eq!(farewell(None), "interrupted: nothing was kept");
    }
}
