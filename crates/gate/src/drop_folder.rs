//! A folder into which messages are dropped as `.eml` files: each is judged and recorded, and moved to `done`, or to `failed`
//! with a file beside it that says why.
//!
//! A file that is still being written must not be read. Whoever drops renames it in from the same disk, or stops writing: a
//! file is read when it was not written to for a while. It is moved after it is evidence, so that after a crash it is at worst
//! read twice, which counts once.

use crate::imap::House;
use model::EventTime;
use model::limit::{DROPPED_FILES_MAX, MESSAGE_BYTES_MAX};
use runtime::live::{Delivery, Incoming, LiveError};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tracing::{error, warn};

/// How long a file must not have been written to, in seconds.
pub const QUIET_SECS: i64 = 2;
/// Between two looks into the folder.
pub const POLL: Duration = Duration::from_secs(2);

/// A folder for messages.
#[derive(Debug, Clone)]
pub struct DropFolder {
    path: PathBuf,
    quiet_secs: i64,
}

/// What one look into the folder came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Files that were recorded.
    pub done: usize,
    /// Files that are no message that is read.
    pub failed: usize,
    /// Files that are left for the next look.
    pub waiting: usize,
}

/// What becomes of a file.
enum Fate {
    Done,
    Failed(String),
    Waits,
}

impl DropFolder {
    /// A folder whose files are read when they were not written to for `quiet_secs`; [`QUIET_SECS`] is a good value.
    ///
    /// # Errors
    /// When the folder, or `done` and `failed` in it, cannot be made.
    pub fn open(path: &Path, quiet_secs: i64) -> io::Result<Self> {
        for name in ["done", "failed"] {
            fs::create_dir_all(path.join(name))?;
        }
        Ok(Self { path: path.to_owned(), quiet_secs })
    }

    /// Looks into the folder at each [`POLL`], until `stop` becomes true.
    pub async fn watch(self, house: Arc<dyn House>, mut stop: watch::Receiver<bool>) {
        let folder = Arc::new(self);
        while !*stop.borrow() {
            let (looking, house) = (Arc::clone(&folder), Arc::clone(&house));
            match tokio::task::spawn_blocking(move || looking.look(&*house)).await {
                Ok(Ok(looked)) if looked.failed > 0 => {
                    warn!(files = looked.failed, "drop_folder.files_failed");
                }
                Ok(Err(error)) => error!(%error, "drop_folder.cannot_be_read"),
                _ => {}
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                _ = stop.wait_for(|is_stopped| *is_stopped) => return,
            }
        }
    }

    /// Takes the files that are there, at most [`DROPPED_FILES_MAX`]. It blocks.
    ///
    /// # Errors
    /// When the folder cannot be read or its files cannot be moved.
    pub fn look(&self, house: &dyn House) -> io::Result<Looked> {
        let mut looked = Looked::default();
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string().ok().filter(|name| is_message(name)));
            if names.len() >= DROPPED_FILES_MAX {
                break;
            }
        }
        names.sort_unstable();
        for name in names {
            // One file that cannot be read must not keep those behind it from being judged.
            let fate = self.take(&name, house).unwrap_or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Fate::Waits,
                kind => Fate::Failed(format!("it cannot be read: {kind}")),
            });
            match fate {
                Fate::Done => {
                    looked.done += 1;
                    self.move_to("done", &name)?;
                }
                Fate::Failed(why) => {
                    looked.failed += 1;
                    let moved = self.move_to("failed", &name)?;
                    fs::write(moved.with_extension("reason.txt"), why + "\n")?;
                }
                Fate::Waits => looked.waiting += 1,
            }
        }
        Ok(looked)
    }

    fn take(&self, name: &str, house: &dyn House) -> io::Result<Fate> {
        let path = self.path.join(name);
        // A link could lead to any file of this machine, and would be moved instead of it.
        let about = fs::symlink_metadata(&path)?;
        if !about.is_file() {
            return Ok(Fate::Failed("it is no regular file".to_owned()));
        }
        let now = runtime::clock::now();
        let modified = event_time(about.modified()?);
        // A time well ahead of the clock is that of another machine, and says nothing of who still writes.
        if now.secs_since(modified).abs() < self.quiet_secs {
            return Ok(Fate::Waits);
        }
        let mut bytes = Vec::new();
        fs::File::open(&path)?.take(MESSAGE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Ok(Fate::Failed(format!("it has more than {MESSAGE_BYTES_MAX} bytes")));
        }
        if !bytes.is_empty() && !runtime::source::is_message(&bytes) {
            return Ok(Fate::Failed("it is no message: it does not begin with a header field".to_owned()));
        }
        let incoming = Incoming {
            bytes,
            source: format!("drop:{name}"),
            mailbox: None,
            delivery: Delivery { received: modified.min(now), envelope: None },
        };
        Ok(match house.observe(incoming) {
            Ok(_) => Fate::Done,
            Err(LiveError::Unreadable(defect)) => Fate::Failed(defect.reason.to_string()),
            Err(_) => Fate::Waits,
        })
    }

    /// Moves a file into a folder of this one, under another name where its own is taken.
    fn move_to(&self, folder: &str, dropped: &str) -> io::Result<PathBuf> {
        let stem = dropped.strip_suffix(".eml").unwrap_or(dropped);
        let names =
            std::iter::once(dropped.to_owned()).chain((2..).map(|number| format!("{stem}.{number}.eml")));
        for name in names.take(DROPPED_FILES_MAX) {
            let to = self.path.join(folder).join(&name);
            if fs::symlink_metadata(&to).is_err() {
                fs::rename(self.path.join(dropped), &to)?;
                return Ok(to);
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// Hidden files are those of programs that are still writing.
fn is_message(name: &str) -> bool {
    !name.starts_with('.') && name.ends_with(".eml")
}

fn event_time(time: SystemTime) -> EventTime {
    let secs = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    EventTime(i64::try_from(secs).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail::authentication::Authentication;
    use model::{Defect, Ordinal, Sha256, Verdict};
    use runtime::live::Judged;
    use std::sync::Mutex;

    /// Takes everything but what is empty, and says that it is busy as often as told.
    #[derive(Default)]
    struct Double {
        taken: Mutex<Vec<String>>,
        busy: Mutex<u32>,
    }

    impl House for Double {
        fn observe(&self, incoming: Incoming) -> Result<Judged, LiveError> {
            let mut busy = self.busy.lock().unwrap();
            if *busy > 0 {
                *busy -= 1;
                return Err(LiveError::Busy);
            }
            let Incoming { bytes, source, .. } = incoming;
            if bytes.is_empty() {
                let reason = "empty".to_owned();
                return Err(LiveError::Unreadable(Defect { source, position: String::new(), reason }));
            }
            self.taken.lock().unwrap().push(source);
            Ok(Judged {
                verdict: Verdict::Pass,
                score: 0,
                reasons: Vec::new(),
                campaign: None,
                authentication: Authentication::default(),
                digest: Sha256([0; 32]),
                ordinal: Ordinal(0),
                is_known: false,
            })
        }

        fn disarm(&self, _: &[u8], _: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
            Ok(None)
        }

        fn sealed(&self, _: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
            Ok(None)
        }

        fn document(&self, _: &str, _: &str) -> Result<Option<Vec<u8>>, LiveError> {
            Ok(None)
        }

        fn keep(&self, _: &str, _: &str, _: Vec<u8>) -> Result<(), LiveError> {
            Ok(())
        }
    }

    fn files(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[track_caller]
    fn check(folder: &Path, house: &Double, expected: (usize, usize, usize)) {
        let looked = DropFolder::open(folder, 0).unwrap().look(house).unwrap();
        assert_eq!((looked.done, looked.failed, looked.waiting), expected);
    }

    #[test]
    fn what_is_no_message_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.eml"), b"\x7fELF\x02 no mail at all\n").unwrap();
        let house = Double::default();
        check(folder.path(), &house, (0, 1, 0));
        assert!(house.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn files_are_taken_and_sorted_away() {
        let folder = tempfile::tempdir().unwrap();
        let house = Double::default();
        check(folder.path(), &house, (0, 0, 0));
        for (name, text) in
            [("b.eml", "From: b"), ("a.eml", "From: a"), ("c.eml", ""), (".d.eml", "x"), ("e.part", "x")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("l.eml")).unwrap();
        check(folder.path(), &house, (2, 2, 0));
        assert_eq!(*house.taken.lock().unwrap(), ["drop:a.eml", "drop:b.eml"]);
        assert_eq!(files(folder.path()), [".d.eml", "done", "e.part", "failed"]);
        assert_eq!(files(&folder.path().join("done")), ["a.eml", "b.eml"]);
        assert_eq!(files(&folder.path().join("failed")), ["c.eml", "c.reason.txt", "l.eml", "l.reason.txt"]);
        assert_eq!(fs::read_to_string(folder.path().join("failed/c.reason.txt")).unwrap(), "empty\n");
    }

    #[test]
    fn a_busy_house_and_a_file_that_is_being_written_wait() {
        let folder = tempfile::tempdir().unwrap();
        let house = Double { busy: Mutex::new(1), ..Double::default() };
        fs::create_dir_all(folder.path()).unwrap();
        fs::write(folder.path().join("a.eml"), "From: a").unwrap();
        check(folder.path(), &house, (0, 0, 1));
        let patient = DropFolder::open(folder.path(), 3_600).unwrap();
        assert_eq!(patient.look(&house).unwrap(), Looked { waiting: 1, ..Looked::default() });
        check(folder.path(), &house, (1, 0, 0));
    }

    #[test]
    fn a_file_from_the_future_is_read_as_of_now() {
        let folder = tempfile::tempdir().unwrap();
        let house = Double::default();
        fs::create_dir_all(folder.path()).unwrap();
        let path = folder.path().join("a.eml");
        fs::write(&path, "From: a").unwrap();
        let ahead = SystemTime::now() + Duration::from_secs(86_400);
        fs::File::options().append(true).open(&path).unwrap().set_modified(ahead).unwrap();
        let looked = DropFolder::open(folder.path(), 3_600).unwrap().look(&house).unwrap();
        assert_eq!(looked, Looked { done: 1, ..Looked::default() });
    }

    #[test]
    fn other_files_in_numbers_hide_no_message() {
        let folder = tempfile::tempdir().unwrap();
        let house = Double::default();
        fs::create_dir_all(folder.path()).unwrap();
        for number in 0..=DROPPED_FILES_MAX {
            fs::write(folder.path().join(format!("{number}.part")), "").unwrap();
        }
        fs::write(folder.path().join("a.eml"), "From: a").unwrap();
        check(folder.path(), &house, (1, 0, 0));
    }

    #[test]
    fn a_name_that_is_taken_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let house = Double::default();
        for text in ["From: a", "From: b", "From: c"] {
            fs::write(folder.path().join("a.eml"), text).unwrap();
            check(folder.path(), &house, (1, 0, 0));
        }
        assert_eq!(files(&folder.path().join("done")), ["a.2.eml", "a.3.eml", "a.eml"]);
        assert_eq!(fs::read_to_string(folder.path().join("done/a.3.eml")).unwrap(), "From: c");
    }
}
