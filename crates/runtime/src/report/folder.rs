//! Reports out of files and folders: two threads unpack and read, one adds up.

use super::batch::Sums;
use super::{OwnDomains, Taken, take};
use crate::data::Data;
use crate::progress::Progress;
use crate::source::{self, defect_at_byte, name_of};
use anyhow::Result;
use crossbeam_channel::{Receiver, Sender, bounded};
use mail::report::Report;
use model::limit::{REPORT_FILE_BYTES_MAX, SNIFF_BYTES_MAX};
use model::{Defect, EventTime};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;

/// Threads that read. Each holds one unpacked report.
const READERS: usize = 2;
/// Reports that wait to be added up. Each may have a hundred thousand rows.
const WAITING_MAX: usize = 2;
/// Paths that wait to be read.
const PATHS_WAITING_MAX: usize = 256;

/// What one file or message held.
struct Found {
    source: String,
    reports: Vec<Report>,
    defects: Vec<Defect>,
}

/// Takes in every report below `paths`: files of reports (XML, JSON, gzip, zip), messages and mailboxes that carry them, and
/// folders of all these. `now` stands for the time of a report that tells none; those about domains that are not in `own` are set aside. Half a gigabyte and more may be read: what is
/// held at once is bounded.
///
/// # Errors
/// When the store fails; what was added before that stays counted, and adding the same paths again adds the rest.
pub fn add(
    data: &mut Data,
    paths: &[PathBuf],
    own: &OwnDomains,
    now: EventTime,
    progress: &dyn Progress,
) -> Result<Taken> {
    let mut taken = Taken::default();
    let mut sums = Sums::open(data, own, now)?;
    let (path_sender, path_receiver) = bounded(PATHS_WAITING_MAX);
    let (found_sender, found_receiver) = bounded(WAITING_MAX);
    progress.begin("reports", None);
    let outcome = thread::scope(|scope| {
        scope.spawn(move || walk(paths, &path_sender));
        for _ in 0..READERS {
            let (receiver, sender) = (path_receiver.clone(), found_sender.clone());
            scope.spawn(move || read(&receiver, &sender));
        }
        // Only the threads hold the far ends now, so each loop ends when its partner does.
        drop((path_receiver, found_sender));
        add_up(found_receiver, &mut sums, &mut taken, progress)
    });
    progress.end();
    outcome?;
    Ok(taken)
}

/// Ends early when nobody takes paths any more.
fn walk(paths: &[PathBuf], sender: &Sender<Result<PathBuf, Defect>>) {
    let _ = source::files(paths).try_for_each(|path| sender.send(path));
}

fn read(paths: &Receiver<Result<PathBuf, Defect>>, found: &Sender<Found>) {
    for path in paths {
        let outcome = match path {
            Ok(path) => read_file(&path, found),
            Err(defect) => {
                found.send(Found { source: String::new(), reports: Vec::new(), defects: vec![defect] })
            }
        };
        if outcome.is_err() {
            return;
        }
    }
}

/// Reads one file: a report, or messages that hold reports.
fn read_file(path: &Path, found: &Sender<Found>) -> Result<(), crossbeam_channel::SendError<Found>> {
    let name = name_of(path);
    match read_report(path) {
        Ok(Some(bytes)) => found.send(Found::of(&bytes, name)),
        Ok(None) => source::open(&[path.to_owned()]).try_for_each(|message| {
            found.send(match message {
                Ok(message) => Found::of(&message.bytes, message.source),
                Err(defect) => Found { source: name.clone(), reports: Vec::new(), defects: vec![defect] },
            })
        }),
        Err(error) => {
            let defects = vec![defect_at_byte(&name, 0, format!("cannot read: {error}"))];
            found.send(Found { source: name, reports: Vec::new(), defects })
        }
    }
}

/// The bytes of a file that is a report by itself; `None` for what may be mail.
fn read_report(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(SNIFF_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    if !mail::report::is_report(&bytes) {
        return Ok(None);
    }
    // One byte more than is allowed, by which the reader sees that it is too long.
    let room = (REPORT_FILE_BYTES_MAX + 1).saturating_sub(bytes.len());
    file.take(room as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

impl Found {
    fn of(bytes: &[u8], source: String) -> Self {
        let (reports, defects) = mail::report::read(bytes, &source);
        Self { source, reports, defects }
    }
}

fn add_up(
    found: Receiver<Found>,
    sums: &mut Sums<'_>,
    taken: &mut Taken,
    progress: &dyn Progress,
) -> Result<()> {
    for (done, found) in (1..).zip(found) {
        taken.set_aside(found.defects);
        take(sums, found.reports, &found.source, taken)?;
        if sums.is_full() {
            sums.store()?;
        }
        progress.at(done);
    }
    sums.store()
}
