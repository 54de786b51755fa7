//! Tests of the inputs: a corpus of folders, compressed streams, and damage at every byte.
//!
//! `corpus/sources/<case>/` is read as a whole and its report is compared with `corpus/sources/<case>.expected`.

use super::*;
use crate::source::stream::{Stream, plain};
use expect_test::expect_file;
use flate2::Compression;
use flate2::write::GzEncoder;
use mail::mbox::MboxReader;
use model::limit::{MESSAGE_BYTES_MAX, SNIFF_BYTES_MAX};
use proptest::prelude::*;
use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

const FROM: &str = "From a@b.example Mon May  1 14:46:33 2023";

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/sources")
}

/// One line for each message or defect, with the paths as seen from `base`.
fn report(paths: &[PathBuf], base: &Path) -> String {
    let base = format!("{}/", base.display());
    let brief = |item: Result<RawMessage, Defect>| match item {
        Ok(message) => brief(&message),
        Err(defect) => format!("! {defect}\n"),
    };
    open(paths).map(|item| brief(item).replace(&base, "")).collect()
}

fn brief(message: &RawMessage) -> String {
    let RawMessage { source, mailbox, bytes, fallback_time, position } = message;
    let first_line =
        String::from_utf8_lossy(bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()).into_owned();
    let mailbox = mailbox.as_deref().unwrap_or("-");
    let time = fallback_time.map_or("-".to_owned(), |time| time.0.to_string());
    format!("{source} in {mailbox} at {position}, {} bytes, {time}: {}\n", bytes.len(), first_line.trim_end())
}

#[test]
fn corpus_is_read_as_expected() {
    let mut cases = 0;
    for entry in fs::read_dir(corpus()).unwrap() {
        let case = entry.unwrap().path();
        if case.is_dir() {
            cases += 1;
            expect_file![case.with_extension("expected")]
                .assert_eq(&report(std::slice::from_ref(&case), &corpus()));
        }
    }
    assert!(cases >= 4, "the corpus is there");
}

/// A folder of its own for one test.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    #[track_caller]
    fn check(&self, paths: &[PathBuf], expected: &str) {
        assert_eq!(report(paths, self.0.path()), expected);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// An mbox of `count` messages that do not compress away.
fn mbox(count: u64) -> Vec<u8> {
    let noise =
        |number: u64| (0..40).map(move |step| (number * 131 + step).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let body = |number| noise(number).map(|word| format!("{word:x}\n")).collect::<String>();
    (0..count)
        .map(|number| format!("{FROM}\nSubject: {number}\n\n{}\n", body(number)))
        .collect::<String>()
        .into_bytes()
}

#[test]
fn compressed_inputs_are_read_whatever_they_are_called() {
    let scratch = Scratch::new();
    let (one, two) = (format!("{FROM}\nSubject: 1\n\n"), format!("{FROM}\nSubject: 2\n\n"));
    let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
    let frames = [zstandard(one.as_bytes()), zstandard(two.as_bytes())].concat();
    let paths = [
        scratch.write("a.mbox.gz", &members),
        scratch.write("b", &frames),
        scratch.write("c.eml.gz", &gzip(b"X: 1\n\n")),
        scratch.write("d.json.zst", &zstandard(b"{}")),
    ];
    scratch.check(
        &paths,
        "a.mbox.gz#1 in - at 0, 11 bytes, 1682952393: Subject: 1\n\
         a.mbox.gz#2 in - at 54, 11 bytes, 1682952393: Subject: 2\n\
         b#1 in - at 0, 11 bytes, 1682952393: Subject: 1\n\
         b#2 in - at 54, 11 bytes, 1682952393: Subject: 2\n\
         c.eml.gz in - at 0, 6 bytes, -: X: 1\n\
         ! d.json.zst: byte 0: neither a message nor a mailbox\n",
    );
}

#[test]
fn what_cannot_be_read_does_not_stop_the_rest() {
    let scratch = Scratch::new();
    let good = scratch.write("good.eml", b"Subject: good\n\n");
    let empty_mbox = scratch.write("empty.mbox", b"");
    let empty_message = scratch.write("empty.eml", b"");
    let missing = scratch.0.path().join("missing.eml");
    scratch.check(
        &[missing, empty_mbox, empty_message, good],
        "! missing.eml: byte 0: cannot read: No such file or directory (os error 2)\n\
         ! empty.eml: byte 0: an empty message\n\
         good.eml in - at 0, 15 bytes, -: Subject: good\n",
    );
}

#[test]
fn a_message_over_the_limit_is_set_aside() {
    let scratch = Scratch::new();
    let mut large = b"Subject: large\n\n".to_vec();
    large.resize(MESSAGE_BYTES_MAX, b'x');
    let fits = scratch.write("fits.eml", &large);
    large.push(b'x');
    let exceeds = scratch.write("exceeds.eml", &large);
    scratch.check(
        &[fits, exceeds],
        "fits.eml in - at 0, 67108864 bytes, -: Subject: large\n\
         ! exceeds.eml: byte 0: a message over the limit of 67108864 bytes\n",
    );
}

#[test]
fn a_bomb_is_stopped() {
    let bomb = gzip(&vec![b'\n'; 64 << 20]);
    let bomb = zstandard(&[b"Subject: x\n\n", &vec![0; 256 << 20][..]].concat())
        .into_iter()
        .chain(bomb)
        .collect::<Vec<u8>>();
    let scratch = Scratch::new();
    let path = scratch.write("bomb.eml.zst", &bomb[..bomb.len().min(20_000)]);
    let items: Vec<_> = open(&[path]).collect();
    let defect = items[0].as_ref().unwrap_err();
    assert!(defect.reason.contains("grows more than 1000 times"), "{}", defect.reason);
    assert_eq!(items.len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new();
    scratch.write("mail/in/a.eml", b"Subject: a\n\n");
    let root = scratch.0.path().join("mail");
    symlink(&root, root.join("in/back")).unwrap();
    symlink(root.join("in"), root.join("twin")).unwrap();
    symlink(root.join("in/a.eml"), root.join("z.eml")).unwrap();
    symlink("nowhere", root.join("zz.eml")).unwrap();
    scratch.check(
        &[root],
        "mail/in/a.eml in mail/in at 0, 12 bytes, -: Subject: a\n\
         mail/z.eml in mail at 0, 12 bytes, -: Subject: a\n\
         ! mail/zz.eml: byte 0: cannot read: No such file or directory (os error 2)\n",
    );
}

#[test]
fn progress_reaches_its_total() {
    let scratch = Scratch::new();
    scratch.write("box/a.mbox", &mbox(40));
    scratch.write("box/b.mbox.gz", &gzip(&mbox(40)));
    scratch.write("box/c.eml", b"Subject: c\n\n");
    scratch.write("box/d.bin", &[0; 100_000]);
    let mut messages = open(&[scratch.0.path().join("box")]);
    let progress = messages.progress();
    assert_eq!((progress.bytes_done(), progress.messages()), (0, 0));
    assert_eq!(messages.by_ref().filter(Result::is_err).count(), 1);
    assert_eq!((Some(progress.bytes_done()), progress.messages()), (progress.bytes_total(), 81));
    assert_eq!(open(&[PathBuf::from("-")]).progress().bytes_total(), None);
}

/// The messages of `stored`, read as a compressed mbox, and whether a defect ended it.
fn split(stored: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let stream: io::Result<Stream> = plain(Cursor::new(stored.to_vec()), 0, &Arc::new(Progress::default()));
    let Ok(stream) = stream else { return (Vec::new(), true) };
    let items: Vec<_> = MboxReader::new(stream, "test").collect();
    let is_damaged = items.iter().any(Result::is_err);
    (items.into_iter().flatten().map(|message| message.bytes).collect(), is_damaged)
}

/// Cuts the stored form of an mbox at every `step` bytes: what is read is a beginning of the whole, the cut is told, and at the
/// last cut at most `lost_max` messages are lost.
#[track_caller]
fn check_cuts(stored: &[u8], whole: &[Vec<u8>], step: usize, lost_max: usize) {
    let mut most_kept = 0;
    for cut in (5..stored.len()).step_by(step) {
        let (kept, is_damaged) = split(&stored[..cut]);
        assert!(is_damaged, "a cut at byte {cut} is told");
        assert_eq!(kept, whole[..kept.len()], "a cut at byte {cut} keeps whole messages only");
        assert!(kept.len() >= most_kept, "a later cut keeps no less");
        most_kept = kept.len();
    }
    assert!(most_kept + lost_max >= whole.len(), "{most_kept} of {} messages are kept", whole.len());
}

#[test]
fn a_compressed_mbox_that_is_cut_keeps_the_messages_before() {
    let (few, many) = (mbox(5), mbox(600));
    check_cuts(&gzip(&few), &split(&few).0, 1, 1);
    // Zstandard decodes by blocks of 128 KiB, so that a cut costs up to one of them.
    check_cuts(&zstandard(&many), &split(&many).0, 4_999, 200);
}

/// A decoder that meets damage loses what it made in the same step. In text that compresses well, a step holds many messages.
#[test]
fn damage_in_the_middle_costs_hardly_more_than_what_is_after_it() {
    let message =
        |number| format!("{FROM}\nSubject: {number}\n\n{}\n", format!("line of {number}\n").repeat(80));
    let plain: String = (0..4_000).map(message).collect();
    let (whole, mut stored) = (split(plain.as_bytes()).0, gzip(plain.as_bytes()));
    let middle = stored.len() / 2;
    let before = split(&stored[..middle]).0.len();
    stored[middle..].fill(0xff);
    let (kept, is_damaged) = split(&stored);
    assert!(is_damaged && before > 1_000);
    let expected = before - 40;
    assert!(kept.len() >= expected, "{} of {before} messages are kept", kept.len());
    assert_eq!(kept[..expected], whole[..expected]);
}

#[test]
fn the_position_of_damage_is_told() {
    let scratch = Scratch::new();
    let stored = gzip(&mbox(3));
    let path = scratch.write("cut.mbox.gz", &stored[..stored.len() - 8]);
    let items: Vec<_> = open(&[path]).collect();
    let defect = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(defect.position, format!("byte {}", mbox(3).len()));
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 2);
}

#[test]
fn members_are_read_from_a_file() {
    let scratch = Scratch::new();
    let path = scratch.write("members.csv.gz", &gzip(b"id,name,address,groups\nM1,A,a@x.example,f\n"));
    let (house, defects) = members(&path).unwrap();
    assert_eq!((house.len(), defects.len()), (1, 0));
    let error = members(&scratch.0.path().join("none.csv")).unwrap_err();
    assert!(matches!(error, MembersError::Read { .. }));
    let error = members(&scratch.write("no.csv", b"a,b\n")).unwrap_err();
    assert!(error.to_string().ends_with(
        "no.csv: line 1: the header row names no column `id`; it is `id,name,address,groups[,kind]`"
    ));
}

#[test]
fn logs_are_read_one_after_another() {
    let scratch = Scratch::new();
    scratch.write("logs/a.json", b"{\"time\":1,\"user\":\"M1\",\"url\":\"http://a.example/\"}\n{\n");
    let squid = b"2.0 1 192.0.2.7 TCP_HIT/200 1 GET http://a.example/ M2 HIER_NONE/- -\n";
    scratch.write("logs/b.log.zst", &zstandard(squid));
    let mut logs = proxy_logs(&[scratch.0.path().join("logs"), scratch.0.path().join("none.log")]);
    let users: Vec<_> = logs.by_ref().flat_map(|fetch| fetch.user).collect();
    assert_eq!(users, ["M1", "M2"]);
    assert_eq!(logs.defects().count, 2);
    assert_eq!(logs.progress().messages(), 2);
}

#[test]
fn an_archive_of_real_lists_is_split_where_its_messages_begin() {
    let Ok(data) = std::env::var("PORTCULLIS_DATA") else { return println!("skipped: no shared data") };
    let messages: Vec<_> = open(&[Path::new(&data).join("mail/archive")]).collect();
    assert_eq!(messages.len(), 1_006);
    for message in messages {
        let message = message.unwrap();
        assert!(
            message.bytes.starts_with(b"From: ") && message.fallback_time.is_some(),
            "{}",
            message.source
        );
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for magic in [&b""[..], b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"From a\nA: b\n", b"\xef\xbb\xbfSubject: x\n"] {
            let stored = [magic, &bytes].concat();
            let mut text = Vec::new();
            if let Ok(mut stream) = plain(Cursor::new(stored.clone()), 0, &Arc::new(Progress::default())) {
                let _ = stream.read_to_end(&mut text);
            }
            content::of(&text[content::preamble_len(&text)..], content::Trust::Unknown);
            split(&stored);
        }
    }
}

#[test]
fn a_message_is_whole_whether_its_beginning_holds_all_of_it_or_not() {
    let scratch = Scratch::new();
    for length in [SNIFF_BYTES_MAX - 1, SNIFF_BYTES_MAX, SNIFF_BYTES_MAX + 1, 5 * SNIFF_BYTES_MAX] {
        let mail: Vec<u8> =
            b"From: a@b.example\n\n".iter().copied().chain(std::iter::repeat(b'x')).take(length).collect();
        let path = scratch.write("a.eml", &mail);
        let read: Vec<Vec<u8>> = open(&[path]).flatten().map(|message| message.bytes).collect();
        assert_eq!(read, [mail], "{length}");
    }
}
