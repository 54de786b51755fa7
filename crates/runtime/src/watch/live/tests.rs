//! Logs that grow, turn over, are emptied and copied: each event is seen once, whatever restarts are in between.

use super::*;
use crate::data::Data;
use crate::live::LiveSettings;
use crate::resolver::Resolver;
use crate::watch::standing::{Reach, SourceState};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use store::Records;
use tempfile::TempDir;
use watch::format::Format;

const RULES: &str = "title: Shell\nid: 0ff1ce00-0000-4000-8000-000000000001\nlogsource: {category: webserver}\n\
    detection:\n  s: {cs-uri-stem|endswith: .aspx}\n  condition: s\nlevel: medium\n---\n\
    title: Nobody Writes This\nid: 0ff1ce00-0000-4000-8000-000000000002\nlogsource: {product: macos}\n\
    detection:\n  s: {a: b}\n  condition: s\nlevel: high\n";

struct House {
    live: Live,
    watch: LiveWatch,
    logs: TempDir,
    _folder: TempDir,
}

fn house(path: &str) -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = tempfile::tempdir().expect("a folder");
    let settings = LiveSettings {
        trusted_authserv_ids: Vec::new(),
        resolver: Resolver::offline(),
        deadline: Duration::from_secs(60),
    };
    let live = Live::start(Data::open(folder.path()).expect("a new folder"), settings).expect("it starts");
    let mut set = RuleSet::default();
    set.load("rules.yml", RULES);
    let source = LogSource {
        name: "web".to_owned(),
        path: logs.path().join(path),
        format: None,
        logsource: None,
        silent_after_secs: 3_600,
    };
    let watch = LiveWatch::new(folder.path().to_owned(), set.finish(), vec![source]);
    House { live, watch, logs, _folder: folder }
}

impl House {
    fn round(&self) -> Round<'_> {
        Round::open(&self.watch).expect("the memory opens")
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.logs.path().join(name)
    }

    /// Paths that were seen, with how often.
    fn seen(&self) -> Vec<String> {
        let data = self.live.data().expect("the folder is open");
        let rows = data.store.records.scan("watch.sighting", None, 10_000).expect("the store works");
        let mut stems: Vec<String> = rows
            .iter()
            .map(|(_, bytes)| {
                let row: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
                row["event"]["cs-uri-stem"].as_str().expect("a path").to_owned()
            })
            .collect();
        stems.sort();
        stems
    }
}

impl Round<'_> {
    /// Reads until nothing is left, and keeps it.
    fn read_on(&mut self, live: &Live) {
        for _ in 0..3 {
            self.followed.iter_mut().for_each(Followed::look_again);
            self.turn(live).expect("sources are read");
        }
        self.keep(live).expect("it is kept");
    }
}

fn line(stem: &str) -> String {
    format!("192.0.2.7 - - [24/Aug/2021:10:00:00 +0000] \"POST /{stem}.aspx HTTP/1.1\" 200 12 \"-\" \"x\"\n")
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("it opens");
    file.write_all(text.as_bytes()).expect("it is written");
}

#[test]
fn a_log_is_followed_line_by_line_over_restarts() {
    let house = house("access.log");
    let log = house.path("access.log");
    let mut round = house.round();
    round.read_on(&house.live);
    append(&log, &line("a"));
    round.read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx"]);
    let next = line("b");
    let (start, end) = next.split_at(40);
    append(&log, start);
    round.read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx"], "half a line is none");
    drop(round);
    let mut round = house.round();
    append(&log, end);
    round.read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx", "/b.aspx"]);
    assert_eq!(round.followed[0].row().defects, 0);
    house.live.stop();
}

#[test]
fn what_was_read_and_not_kept_is_read_again_and_known() {
    let house = house("access.log");
    append(&house.path("access.log"), &(line("a") + &line("b")));
    let mut round = house.round();
    round.turn(&house.live).expect("sources are read");
    assert_eq!(round.waiting.len(), 2);
    // The sightings are recorded, and then the machine stops.
    let mut data = house.live.data().expect("the folder is open");
    let mut docket = cases::docket(&data).expect("the store works");
    intake::take_in(&mut data, &mut docket, &round.waiting, clock::now()).expect("they are recorded");
    drop((data, round));
    house.round().read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx", "/b.aspx"]);
    house.live.stop();
}

#[test]
fn a_log_that_turns_over_is_read_to_its_end() {
    let house = house("access.log");
    let (log, old) = (house.path("access.log"), house.path("access.log.1"));
    append(&log, &line("a"));
    let mut round = house.round();
    round.read_on(&house.live);
    append(&log, &line("b"));
    fs::rename(&log, &old).expect("it is renamed");
    append(&old, &line("c"));
    append(&log, &line("d"));
    drop(round);
    let mut round = house.round();
    round.read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx", "/b.aspx", "/c.aspx", "/d.aspx"]);
    append(&log, &line("e"));
    fs::remove_file(&log).expect("it is removed");
    round.read_on(&house.live);
    assert_eq!(house.seen().len(), 5, "the open file was read to its end");
    house.live.stop();
}

#[test]
fn a_log_that_is_copied_and_emptied_is_read_once() {
    let house = house("access.log");
    let (log, old) = (house.path("access.log"), house.path("access.log.1"));
    let many: String = (0..9).map(|number| line(&format!("a{number}"))).collect();
    append(&log, &many);
    let mut round = house.round();
    round.read_on(&house.live);
    append(&log, &line("b"));
    fs::copy(&log, &old).expect("it is copied");
    fs::write(&log, "").expect("it is emptied");
    round.read_on(&house.live);
    append(&log, &line("c"));
    round.read_on(&house.live);
    let seen = house.seen();
    assert_eq!(seen.len(), 11, "{seen:?}");
    // Emptied and at once longer than before.
    fs::write(&log, (0..30).map(|number| line(&format!("d{number}"))).collect::<String>())
        .expect("it is written");
    round.read_on(&house.live);
    assert_eq!(house.seen().len(), 41);
    house.live.stop();
}

#[test]
fn columns_are_known_after_a_restart() {
    let house = house("u_ex*.log");
    let log = house.path("u_ex210824.log");
    append(
        &log,
        "#Software: IIS\n#Fields: date time cs-method cs-uri-stem\n2021-08-24 10:00:00 POST /a.aspx\n",
    );
    house.round().read_on(&house.live);
    append(&log, "2021-08-24 10:00:01 POST /b.aspx\n");
    let mut round = house.round();
    round.read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx", "/b.aspx"]);
    assert_eq!(round.followed[0].row().last_defect, None);
    house.live.stop();
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let house = house("access.log");
    append(&house.path("access.log"), &(line("a") + &line("b") + "garbage\n" + &line("c")));
    let mut round = house.round();
    round.read_on(&house.live);
    assert_eq!(house.seen().len(), 3);
    let row = round.followed[0].row();
    assert_eq!((row.defects, row.state), (1, SourceState::Speaking));
    assert!(row.last_defect.as_deref().expect("a defect").contains("line 3"), "{row:?}");
    house.live.stop();
}

#[test]
fn a_source_that_stops_is_told_once() {
    let house = house("access.log");
    append(&house.path("access.log"), &line("a"));
    let mut round = house.round();
    round.read_on(&house.live);
    let heard = round.followed[0].row().heard;
    assert!(!round.followed[0].tell_silence(heard.plus_secs(3_600)));
    assert!(round.followed[0].tell_silence(heard.plus_secs(3_601)));
    assert!(!round.followed[0].tell_silence(heard.plus_secs(3_602)));
    let first = silence::sighting(round.followed[0].row(), heard.plus_secs(3_601));
    drop(round);
    // After a restart the same silence is the same sighting.
    let mut round = house.round();
    assert_eq!(round.followed[0].row().heard, heard);
    assert!(round.followed[0].tell_silence(heard.plus_secs(9_999)));
    assert_eq!(silence::sighting(round.followed[0].row(), heard.plus_secs(9_999)).id, first.id);
    append(&house.path("access.log"), &line("b"));
    round.read_on(&house.live);
    assert_eq!(round.followed[0].row().state, SourceState::Speaking);
    house.live.stop();
}

#[test]
fn rules_say_whether_they_fired_and_whether_they_could() {
    let house = house("access.log");
    append(&house.path("access.log"), &(line("a") + &line("b")));
    let mut round = house.round();
    round.read_on(&house.live);
    drop(round);
    let round = house.round();
    let standing = round.watcher.standing();
    let told: Vec<_> = standing.iter().map(|row| (row.title.as_str(), row.fired, row.reach)).collect();
    assert_eq!(
        told,
        [("Shell", 2, Reach::Deaf), ("Nobody Writes This", 0, Reach::Deaf)],
        "nothing was read yet"
    );
    let mut round = round;
    append(&house.path("access.log"), &line("c"));
    round.read_on(&house.live);
    let standing = round.watcher.standing();
    assert_eq!((standing[0].fired, standing[0].reach), (3, Reach::Able));
    assert_eq!(standing[0].last.as_deref(), Some("2021-08-24T10:00:00Z"));
    house.live.stop();
}

#[test]
fn a_file_of_an_unknown_kind_is_told_and_its_name_helps() {
    let mut house = house("odd.log");
    append(&house.path("odd.log"), &"?".repeat(100));
    let mut round = house.round();
    round.read_on(&house.live);
    assert!(round.followed[0].row().last_defect.as_deref().expect("a defect").contains("name its format"));
    drop(round);
    house.watch.sources[0].format = Some(Format::Access);
    append(&house.path("odd.log"), &("\n".to_owned() + &line("a")));
    house.round().read_on(&house.live);
    assert_eq!(house.seen(), ["/a.aspx"]);
    house.live.stop();
}
