//! The verdict on real mail: what it must catch, and whom it must leave alone.

#[path = "../examples/calibrate/corpus.rs"]
mod corpus;
#[path = "../examples/calibrate/formatted.rs"]
mod formatted;
#[path = "../examples/calibrate/newsletter.rs"]
mod newsletter;

use corpus::{Kind, Sample};
use mail::verdict::QUARANTINE_SCORE;

/// Share of the samples that are stopped, and their number.
fn stopped<'a>(samples: impl Iterator<Item = &'a Sample>) -> (f64, usize) {
    let all: Vec<&Sample> = samples.collect();
    let stopped = all.iter().filter(|sample| sample.judgement.score >= QUARANTINE_SCORE);
    let names: Vec<String> = stopped.map(|sample| format!("{}/{}", sample.corpus, sample.name)).collect();
    (names.len() as f64 / all.len().max(1) as f64, all.len())
}

#[test]
fn later_phishing_is_caught_and_lawful_mail_is_not() {
    let Some(data) = std::env::var_os("PORTCULLIS_DATA") else {
        println!("skipped: no shared data");
        return;
    };
    let samples = corpus::read(&std::path::Path::new(&data).join("mail"));
    let (alarms, letters) = stopped(samples.iter().filter(|sample| sample.kind == Kind::Talk));
    let (bulk_alarms, bulk) = stopped(samples.iter().filter(|sample| sample.kind == Kind::Bulk));
    let (caught, phish) = stopped(
        samples.iter().filter(|sample| sample.kind == Kind::Phish && sample.is_later && sample.time > 0),
    );
    assert!(letters > 3_000 && bulk > 1_000 && phish > 1_000, "{letters} {bulk} {phish}");
    assert!(alarms <= 0.005, "{alarms} of {letters} letters");
    assert!(bulk_alarms <= 0.005, "{bulk_alarms} of {bulk} newsletters and notices");
    assert!(caught >= 0.60, "{caught} of {phish} phishing mails");
}
