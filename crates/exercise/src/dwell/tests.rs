//! Whether the exercise is what it says it is: the same for a seed, reserved names only, and with the gaps of the case.

use super::intruder::Trace;
use super::*;
use std::collections::BTreeMap;

/// Keeps what is written.
#[derive(Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl Sink for Memory {
    fn folder(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.entry(path.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

fn written(seed: u64, entry: Option<Entry>) -> (Memory, DwellSummary) {
    let mut memory = Memory::default();
    let plan = DwellPlan { staff: 20, activity: 25, ..DwellPlan::new(seed, entry) };
    let summary = write_dwell(&plan, &mut memory).expect("memory takes everything");
    (memory, summary)
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let (first, summary) = written(3, Some(Entry::Cookie));
    assert_eq!(first.0, written(3, Some(Entry::Cookie)).0.0);
    assert_ne!(first.0, written(4, Some(Entry::Cookie)).0.0);
    assert!(summary.hostile_lines > 500 && summary.lines > 50 * summary.hostile_lines, "{summary:?}");
}

#[test]
fn without_an_intruder_there_is_no_truth() {
    let (memory, summary) = written(5, None);
    assert_eq!((summary.hostile_lines, summary.steps), (0, 0));
    assert!(!memory.0.contains_key("truth/steps.jsonl"));
}

#[test]
fn fewer_days_are_the_first_ones_of_all() {
    let mut memory = Memory::default();
    let plan =
        DwellPlan { staff: 20, activity: 25, days: 50, slices: 1, ..DwellPlan::new(3, Some(Entry::Cookie)) };
    let summary = write_dwell(&plan, &mut memory).expect("memory takes everything");
    assert_eq!((summary.days, summary.steps), (50, 2), "the entry and one use of a password");
    let (all, _) = written(3, Some(Entry::Cookie));
    let same = |path: &str| {
        all.0.iter().any(|(other, bytes)| {
            other.ends_with(path) && Some(bytes) == memory.0.get(&format!("logs/000/{path}"))
        })
    };
    assert!(same("2021-08-24/exch01/u_ex210824.log"));
    assert!(!memory.0.keys().any(|path| path.contains("2021-09-01")));
}

#[test]
fn styles_differ_in_spelling_only() {
    let lines = |style| {
        let mut memory = Memory::default();
        let plan = DwellPlan { staff: 20, activity: 25, days: 3, style, ..DwellPlan::new(7, None) };
        let summary = write_dwell(&plan, &mut memory).expect("memory takes everything");
        (summary, memory.0)
    };
    let (usual, other) = (lines(Style::Usual), lines(Style::Other));
    assert_eq!(usual.0, other.0);
    assert!(usual.1.keys().eq(other.1.keys()) && usual.1 != other.1);
    let words: Vec<_> = Style::ALL.into_iter().map(|style| Style::from_word(style.word())).collect();
    assert_eq!(words, Style::ALL.map(Some));
}

#[test]
fn the_story_has_the_gaps_of_the_case() {
    let staff = place::staff(1, 20, DWELL_DAYS);
    let story = tell(1, Entry::Query, &staff);
    let main: Vec<(&str, i64)> = story
        .steps
        .iter()
        .filter(|step| !step.kind.starts_with("password") && !step.kind.starts_with("slow"))
        .map(|step| (step.kind, (step.first - place::moment(ENTRY_DAY, 0)).div_euclid(86_400_000)))
        .collect();
    let expected = [
        ("entry", 0),
        ("use after 23 days", 23),
        ("mail to strangers", 65),
        ("second entry", 202),
        ("use after 270 days", 293),
        ("bulk read", 293),
        ("use after 50 days", 343),
        ("second-factor prompts", 413),
    ];
    assert_eq!(main, expected);
}

#[test]
fn every_way_in_is_told_and_only_the_query_shows_the_email() {
    for entry in Entry::ALL {
        assert_eq!(Entry::from_word(entry.word()), Some(entry));
        let staff = place::staff(2, 20, DWELL_DAYS);
        let story = tell(2, entry, &staff);
        let shows = story.lines.iter().any(|Trace { line, .. }| {
            line.log == Log::ExchangeIis && line.text(Style::Usual).contains("&Email=autodiscover/")
        });
        assert_eq!(shows, entry == Entry::Query, "{}", entry.word());
        assert_eq!(story.steps.iter().filter(|step| step.kind.ends_with("entry")).count(), 2);
        assert!(story.lines.iter().all(|trace| story.steps.iter().any(|step| step.kind == trace.step)));
    }
}

#[test]
fn addresses_and_domains_are_reserved() {
    let (memory, _) = written(6, Some(Entry::Spray));
    let text: String = memory.0.values().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    for word in
        text.split(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '@' | '.' | '-' | '_')))
    {
        // A name of a field and the response file of a compiler are no addresses.
        if let Some((_, domain)) =
            word.rsplit_once('@').filter(|(_, name)| !["timestamp", "app.cmdline"].contains(name))
        {
            let ending = domain.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
            assert!(matches!(ending, "example" | "test"), "{word}");
        }
    }
}
