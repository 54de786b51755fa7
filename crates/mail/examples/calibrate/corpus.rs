//! The corpora as samples: which traits each message shows, when it was sent, on which side of the split it lies.

use crate::{formatted, newsletter};
use mail::authentication::Authentication;
use mail::message::Reader;
use mail::verdict::{self, Judgement};
use mail::{beacon, sender};
use std::path::{Path, PathBuf};

/// What kind of mail a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Phishing.
    Phish,
    /// Lawful mail of persons and of mailing lists.
    Talk,
    /// Lawful newsletters and notices.
    Bulk,
}

/// One message, judged.
pub(crate) struct Sample {
    /// Folder it came from.
    pub(crate) corpus: &'static str,
    /// Kind of mail.
    pub(crate) kind: Kind,
    /// File, or file and number.
    pub(crate) name: String,
    /// When it was received or written, in seconds since 1970; for newsletters their running number.
    pub(crate) time: i64,
    /// What the verdict was.
    pub(crate) judgement: Judgement,
    /// Whether it lies in the later part of its corpus, which nothing was fitted on.
    pub(crate) is_later: bool,
}

/// The folders of single messages and their kinds.
const FOLDERS: [(&str, Kind); 4] = [
    ("phish_pot", Kind::Phish),
    ("ham_sa", Kind::Talk),
    ("ham_csdmc", Kind::Talk),
    ("hardham_sa", Kind::Bulk),
];

/// Reads and judges everything below `data`, each corpus split in two at its median date.
pub(crate) fn read(data: &Path) -> Vec<Sample> {
    let mut all = Vec::new();
    for (corpus, kind) in FOLDERS {
        let messages = || folder(&data.join(corpus));
        all.extend(split(messages().map(|(name, raw)| sample(corpus, kind, name, &raw)).collect()));
        if kind == Kind::Talk {
            let formatted = messages().enumerate().filter_map(|(number, (name, raw))| {
                Some(sample("formatted", kind, name, &formatted::render(number, &raw)?))
            });
            all.extend(split_by_number(formatted.collect()));
        }
    }
    let archive = data.join("archive");
    let archive = folder(&archive).flat_map(|(name, raw)| mbox(&name, &raw));
    all.extend(split(archive.map(|(name, raw)| sample("archive", Kind::Talk, name, &raw)).collect()));
    let rendered = newsletter::render_all(&data.join("newsletters"));
    let mut rendered: Vec<Sample> =
        rendered.into_iter().map(|(name, raw)| sample("newsletters", Kind::Bulk, name, &raw)).collect();
    // The bodies of one sender stay on one side: half of the senders are new to the report.
    rendered
        .iter_mut()
        .enumerate()
        .for_each(|(number, sample)| sample.is_later = newsletter::is_later(number));
    all.extend(rendered);
    all
}

/// For letters that carry a date made here.
fn split_by_number(mut samples: Vec<Sample>) -> Vec<Sample> {
    samples.iter_mut().skip(1).step_by(2).for_each(|sample| sample.is_later = true);
    samples
}

fn split(mut samples: Vec<Sample>) -> Vec<Sample> {
    samples.sort_by(|a, b| (a.time, &a.name).cmp(&(b.time, &b.name)));
    let half = samples.len() / 2;
    samples.iter_mut().skip(half).for_each(|sample| sample.is_later = true);
    samples
}

/// The phishing corpus names its recipients `…@pot`, also where senders had put the recipient's domain into an address of
/// their own. A real domain is put in its place, so that nothing is learnt from it.
const REMOVED_DOMAIN: &[u8] = b"@pot";
const DOMAIN: &[u8] = b"@assembly.example";

fn restore_recipient(raw: &[u8]) -> Vec<u8> {
    let mut restored = Vec::with_capacity(raw.len());
    let mut done = 0;
    for at in memchr::memmem::find_iter(raw, REMOVED_DOMAIN) {
        restored.extend_from_slice(raw.get(done..at).unwrap_or_default());
        restored.extend_from_slice(DOMAIN);
        done = at + REMOVED_DOMAIN.len();
    }
    restored.extend_from_slice(raw.get(done..).unwrap_or_default());
    restored
}

fn sample(corpus: &'static str, kind: Kind, name: String, raw: &[u8]) -> Sample {
    let message = Reader::default().read(&restore_recipient(raw));
    let remotes = beacon::remotes(&message);
    let traits = sender::traits(&message, &remotes);
    let judgement = verdict::judge(&message, &remotes, &traits, &Authentication::default());
    let time = message.time().map_or(0, |time| time.0);
    Sample { corpus, kind, name, time, judgement, is_later: false }
}

fn folder(path: &Path) -> impl Iterator<Item = (String, Vec<u8>)> + use<> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files.into_iter().filter_map(|file| {
        let name = file.file_name()?.to_string_lossy().into_owned();
        Some((name, std::fs::read(&file).ok()?))
    })
}

/// Archives separate their messages by lines `From address  date`.
fn mbox(name: &str, raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = String::from_utf8_lossy(raw);
    let mut messages: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with("From ") && line.contains("  ") {
            messages.push(String::new());
        } else if let Some(message) = messages.last_mut() {
            message.push_str(line);
        }
    }
    messages
        .into_iter()
        .enumerate()
        .map(|(number, text)| (format!("{name}#{number}"), text.into_bytes()))
        .collect()
}
