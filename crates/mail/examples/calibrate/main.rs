//! Fits the table of weights of the verdict on corpora, and reports what it does on later mail.
//!
//! `cargo run -p mail --example calibrate -- DATA [misses|alarms|CODE]`, where DATA holds the folders that
//! `docs/calibration.md` names. Prints the table to paste, the ROC on mail that nothing was fitted on, and how often each
//! trait is seen; a second word lists single messages: later phishing that is missed, lawful mail that is stopped, or
//! what shows one trait.

#![expect(clippy::print_stdout, reason = "a tool for developers; its output is its product")]
#![expect(
    clippy::indexing_slicing,
    reason = "columns and corpora of its own making; a panic here harms nobody"
)]

mod corpus;
mod formatted;
mod newsletter;
mod regression;

use corpus::{Kind, Sample};
use mail::verdict::QUARANTINE_SCORE;
use mail::verdict::weight::{self, Bound};
use regression::Row;
use std::path::PathBuf;

/// Strength of the penalty: a trait that one message in a thousand shows gets about half of its free weight.
const PENALTY: f64 = 0.001;
/// Share of the lawful mail that was fitted on which may reach the threshold, for each kind of lawful mail.
const ALARMS_MAX: f64 = 0.002;

/// Corpora in the order of the report; `formatted` and `newsletters` are made here of real texts.
const CORPORA: [&str; 7] =
    ["phish_pot", "ham_sa", "ham_csdmc", "hardham_sa", "archive", "formatted", "newsletters"];

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(data) = arguments.next().map(PathBuf::from) else {
        println!("usage: calibrate DATA [misses|alarms|CODE]");
        return std::process::ExitCode::from(2);
    };
    let samples = corpus::read(&data);
    if let Some(wanted) = arguments.next() {
        list(&samples, &wanted);
        return std::process::ExitCode::SUCCESS;
    }
    let (prior, weights) = fit(&samples);
    print_counts(&samples);
    print_table(prior, &weights);
    print_rates(&samples);
    println!("\nROC of the table as fitted now, later half:");
    print_roc(&samples, |sample| sum(sample, &weights));
    println!("\nThe table as compiled in, later half:");
    print_roc(&samples, |sample| f64::from(weight_sum(sample)));
    print_verdicts(&samples);
    std::process::ExitCode::SUCCESS
}

fn column(code: &str) -> usize {
    weight::ALL.iter().position(|weight| weight.code == code).unwrap_or(weight::ALL.len())
}

/// Both sides count the same, and so do both kinds of lawful mail, however many of each there are.
fn fit(samples: &[Sample]) -> (f64, Vec<f64>) {
    let earlier: Vec<&Sample> = samples.iter().filter(|sample| !sample.is_later).collect();
    let count = |kind: Kind| earlier.iter().filter(|sample| sample.kind == kind).count() as f64;
    let share = |kind: Kind| if kind == Kind::Phish { 0.5 } else { 0.25 } / count(kind);
    let rows: Vec<Row> = earlier
        .iter()
        .map(|sample| Row {
            columns: sample.judgement.reasons.iter().map(|reason| column(reason.code)).collect(),
            is_hostile: sample.kind == Kind::Phish,
            share: share(sample.kind),
        })
        .collect();
    let bounds: Vec<(f64, f64)> = weight::ALL
        .iter()
        .map(|weight| match weight.bound {
            Bound::Fixed => (f64::from(weight.weight), f64::from(weight.weight)),
            bound => (f64::from(bound.range().0), f64::from(bound.range().1)),
        })
        .collect();
    let (_, weights) = regression::fit(&rows, &bounds, PENALTY);
    let weights: Vec<f64> = weights.iter().map(|weight| (weight * 10.0).round() / 10.0).collect();
    (prior(&earlier, &weights), weights)
}

/// The greatest prior with which neither kind of earlier lawful mail raises more than the allowed alarms.
fn prior(earlier: &[&Sample], weights: &[f64]) -> f64 {
    let threshold = (0.6_f64 / 0.4).ln();
    let limit = |kind: Kind| {
        let mut sums: Vec<f64> =
            earlier.iter().filter(|sample| sample.kind == kind).map(|sample| sum(sample, weights)).collect();
        sums.sort_by(|a, b| b.total_cmp(a));
        sums.get((sums.len() as f64 * ALARMS_MAX) as usize).copied().unwrap_or_default()
    };
    let highest = limit(Kind::Talk).max(limit(Kind::Bulk));
    ((threshold - highest - 0.05) * 10.0).floor() / 10.0
}

fn sum(sample: &Sample, weights: &[f64]) -> f64 {
    sample.judgement.reasons.iter().map(|reason| weights[column(reason.code)]).sum()
}

fn weight_sum(sample: &Sample) -> f32 {
    sample.judgement.reasons.iter().map(|reason| reason.weight).sum()
}

fn print_counts(samples: &[Sample]) {
    println!("corpus        earlier  later  later half begins");
    for corpus in CORPORA {
        let of = |later: bool| {
            samples.iter().filter(move |sample| sample.corpus == corpus && sample.is_later == later)
        };
        let begin = of(true).map(|sample| sample.time).min().unwrap_or_default();
        println!("{corpus:12} {:8} {:6}  {}", of(false).count(), of(true).count(), day(begin));
    }
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|time| time.strftime("%F").to_string()).unwrap_or_default()
}

fn print_table(prior: f64, weights: &[f64]) {
    println!("\nPRIOR {prior:.1}");
    for (weight, fitted) in weight::ALL.iter().zip(weights) {
        println!("    {} {:?} {fitted:.1}", weight.code, weight.bound);
    }
}

fn print_rates(samples: &[Sample]) {
    println!(
        "\n| trait | weight | talk % | bulk % | phishing earlier % | later % |\n|---|---|---|---|---|---|"
    );
    for weight in weight::ALL {
        let rate = |wanted: &dyn Fn(&Sample) -> bool| {
            let all: Vec<&Sample> = samples.iter().filter(|sample| wanted(sample)).collect();
            let shown = all.iter().filter(|sample| shows(sample, weight.code)).count();
            100.0 * shown as f64 / all.len().max(1) as f64
        };
        println!(
            "| `{}` | {:+.1} | {:.2} | {:.2} | {:.1} | {:.1} |",
            weight.code,
            weight.weight,
            rate(&|sample| sample.kind == Kind::Talk),
            rate(&|sample| sample.kind == Kind::Bulk),
            rate(&|sample| sample.kind == Kind::Phish && !sample.is_later),
            rate(&|sample| sample.kind == Kind::Phish && sample.is_later),
        );
    }
}

fn shows(sample: &Sample, code: &str) -> bool {
    sample.judgement.reasons.iter().any(|reason| reason.code == code)
}

fn print_roc(samples: &[Sample], value: impl Fn(&Sample) -> f64) {
    let values = |is_phish: bool| {
        let wanted =
            samples.iter().filter(move |sample| sample.is_later && (sample.kind == Kind::Phish) == is_phish);
        let mut values: Vec<f64> = wanted.map(&value).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    };
    let (ham, phish) = (values(false), values(true));
    for allowed in [0.001, 0.005, 0.01] {
        let threshold = ham.get((ham.len() as f64 * allowed) as usize).copied().unwrap_or_default();
        let caught = phish.iter().filter(|value| **value > threshold).count();
        println!(
            "  {:.1} % false alarms: {:.1} % caught",
            100.0 * allowed,
            100.0 * caught as f64 / phish.len().max(1) as f64
        );
    }
}

fn print_verdicts(samples: &[Sample]) {
    println!("\nscore >= {QUARANTINE_SCORE}: corpus, earlier, later");
    for corpus in CORPORA {
        let rate = |later: bool| {
            let all: Vec<&Sample> =
                samples.iter().filter(|sample| sample.corpus == corpus && sample.is_later == later).collect();
            let stopped = all.iter().filter(|sample| sample.judgement.score >= QUARANTINE_SCORE).count();
            format!("{stopped}/{} {:.2} %", all.len(), 100.0 * stopped as f64 / all.len().max(1) as f64)
        };
        println!("  {corpus:12} {:>20} {:>20}", rate(false), rate(true));
    }
}

fn list(samples: &[Sample], wanted: &str) {
    let is_stopped = |sample: &Sample| sample.judgement.score >= QUARANTINE_SCORE;
    let is_wanted = |sample: &&Sample| match wanted {
        "misses" => sample.kind == Kind::Phish && !is_stopped(sample),
        "alarms" => sample.kind != Kind::Phish && is_stopped(sample),
        code => shows(sample, code),
    };
    for sample in samples.iter().filter(is_wanted) {
        let reasons: Vec<String> = sample
            .judgement
            .reasons
            .iter()
            .map(|reason| format!("{}={}", reason.code, reason.detail))
            .collect();
        println!("{} {} {} {}", sample.corpus, sample.name, sample.judgement.score, reasons.join(" "));
    }
}
