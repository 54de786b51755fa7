//! Each log is recognised, and nearly every record of it is an event with a time.

use crate::data::{self, Found};
use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use watch::event::FieldNames;
use watch::format::{Format, evtx, recognise};

/// Events with a time, events, and records that are none.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    timed: u64,
    events: u64,
    refused: u64,
}

#[track_caller]
fn check(what: &str, paths: &[PathBuf], format: Format) {
    let mut count = Count::default();
    for path in paths {
        let bytes = fs::read(path).expect("readable");
        let head = bytes.get(..bytes.len().min(64 << 10)).expect("a head");
        assert_eq!(recognise(&path.display().to_string(), head), Some(format), "{}", path.display());
        data::read(path, format, &mut FieldNames::default(), &mut |found, _| match found {
            Found::Event(event) => {
                count.events += 1;
                count.timed += u64::from(event.time.is_some());
            }
            Found::Refused => count.refused += 1,
        });
    }
    println!("{what}: {} files, {count:?}", paths.len());
    assert!(count.timed > 0 && count.refused * 100 <= count.events, "{what}: {count:?}");
}

#[test]
fn logs_of_others_are_read() {
    let Some(folder) = data::folder() else { return };
    let below = |name: &str, extension: &str| data::files(&folder.join(name), extension);
    check("evtx", &below("evtx-attack-samples", "evtx"), Format::Evtx);
    check("regression json", &below("sigma/regression_data", "json"), Format::Json);
    check("cloudtrail", &below("aws_cloudtrail", "json"), Format::Json);
    check("openssh", &[folder.join("loghub/OpenSSH/OpenSSH_2k.log")], Format::Syslog);
    check("linux", &[folder.join("loghub/Linux/Linux_2k.log")], Format::Syslog);
}

/// How many records are read, and how many defects are told.
fn pieces(log: Vec<u8>) -> (usize, usize) {
    let (mut records, mut defects) = (0, 0);
    evtx::read(Cursor::new(log), &mut |item| match item {
        evtx::Item::Record { .. } => records += 1,
        evtx::Item::Defect { .. } => defects += 1,
    })
    .expect("its header is whole");
    (records, defects)
}

#[test]
fn a_damaged_event_log_gives_what_is_whole() {
    let Some(folder) = data::folder() else { return };
    let logs = data::files(&folder.join("evtx-attack-samples"), "evtx");
    let mut logs = logs.iter().map(|path| fs::read(path).expect("readable"));
    // Behind a header of 4 KiB come chunks of 64 KiB.
    let log = logs.find(|log| log.len() >= (4 + 4 * 64) << 10).expect("a log of four chunks");
    let (whole, none) = pieces(log.clone());
    assert_eq!(none, 0);
    let (before_the_cut, _) = pieces(log.get(..(4 + 96) << 10).expect("one chunk and a half").to_vec());
    assert!(before_the_cut > 0 && before_the_cut < whole, "{before_the_cut} of {whole}");
    let mut damaged = log;
    damaged.get_mut((4 + 64) << 10..(4 + 80) << 10).expect("the second chunk").fill(0xff);
    let (around_it, defects) = pieces(damaged);
    assert!(
        around_it > before_the_cut && around_it < whole && defects > 0,
        "{around_it} of {whole}, {defects}"
    );
}
