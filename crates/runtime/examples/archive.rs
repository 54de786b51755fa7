//! Writes a data folder with many invented records and their evidence, to measure what asks of it:
//! `cargo run --release -p runtime --example archive FOLDER [RECORDS]`.
//!
//! Every record is that of one letter as the detectors make it, with the fields that differ between letters changed.
//! Each has a sender and a `Message-ID` of its own, one in a thousand the same sender.

use anyhow::{Context, Result};
use mail::feature::{Feature, terms};
use mail::message::Reader;
use model::{EventTime, Sha256};
use runtime::data::Data;
use runtime::detect::{Settings, detect};
use runtime::intake::{self, Detected};
use runtime::source::RawMessage;
use std::path::PathBuf;
use std::sync::Arc;

const RECORDS: u64 = 20_000;
const BATCH: u64 = model::limit::COMMIT_BATCH_MAX as u64;
/// 2021-01-18.
const START: EventTime = EventTime(1_610_960_400);

const LETTER: &str = "From: Circular <circular@news.example>\r\nTo: m001@house.example\r\n\
    Delivered-To: m001@house.example\r\nSubject: Harbour notices of the week, with the timetable\r\n\
    Message-ID: <1@news.example>\r\nDate: Mon, 18 Jan 2021 09:00:00 +0000\r\nContent-Type: text/html\r\n\r\n\
    <p>The ferries leave at eight and at ten. <a href=\"https://news.example/harbour/timetable?reader=6d70406f72\">More</a>\
    <img src=\"https://open.news.example/pixel/6d70406f72.gif\" width=1 height=1></p>\r\n";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: archive FOLDER [RECORDS]")?);
    let records = arguments.next().map_or(Ok(RECORDS), |text| text.parse())?;
    let letter = letter().context("the letter is a message")?;
    let mut data = Data::open(&folder)?;
    for start in (0..records).step_by(BATCH as usize) {
        let end = records.min(start + BATCH);
        let batch: Vec<Detected> = (start..end).map(|number| record(letter.clone(), number)).collect();
        intake::commit(&mut data, &batch)?;
    }
    Ok(())
}

/// The record of the letter.
fn letter() -> Option<Feature> {
    let settings = Settings {
        house: Arc::default(),
        trusted_authserv_ids: Vec::new(),
        resolver: Arc::default(),
        now: START,
        wants_rows: false,
    };
    let raw = RawMessage {
        source: "letter.eml".to_owned(),
        mailbox: None,
        bytes: LETTER.as_bytes().to_vec(),
        fallback_time: None,
        position: 0,
    };
    let output = detect(&Reader::default(), &raw, &settings).ok()?;
    Feature::decode(&output.detected.record)
}

/// The record of the letter with this number.
fn record(mut feature: Feature, number: u64) -> Detected {
    let sender = if number.is_multiple_of(1_000) { 0 } else { number };
    feature.time = EventTime(START.0 + (number / 8).cast_signed());
    feature.sender = format!("writer{sender}@office{}.example", number % 5_000);
    feature.message_id = format!("{number}@mail.example");
    feature.source = format!("archive.mbox#{number}");
    feature.delivered_to = vec![format!("m{:03}@house.example", number % 600)];
    feature.digest = Sha256(std::array::from_fn(|byte| (number >> (byte % 8 * 8)) as u8));
    for remote in &mut feature.remotes {
        remote.hash ^= number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        remote.slots.iter_mut().for_each(|slot| *slot ^= remote.hash);
    }
    Detected {
        time: feature.time,
        terms: terms(&feature),
        payload: intake::payload(&feature),
        record: feature.encode(),
    }
}
