//! Measures appending, committing, verifying and proving in memory: `cargo run --release -p evidence --example speed [ENTRIES]`.

#![expect(clippy::print_stdout, reason = "a table on standard output is what this program is for")]

use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer, Value, commit, verify};
use std::{error::Error, time::Instant};

/// Entries of one append and commit: a group commit of the running system.
const BATCH: usize = 4_096;
const PROOFS: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let entries: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    println!("{:<10} {:>10} {:>12} {:>14}", "step", "bytes", "seconds", "per second");
    measure_entries(entries);
    for entry_bytes in [64, 256, 1_024] {
        measure(entries, entry_bytes)?;
    }
    Ok(())
}

/// Makes entries as the running system does: canonical JSON around a commitment.
fn measure_entries(count: usize) {
    let start = Instant::now();
    let mut bytes = 0;
    for number in 0..count {
        let payload = commit(&[7; 16], &number.to_be_bytes());
        let commitment: String = payload.iter().map(|byte| format!("{byte:02x}")).collect();
        let entry = Value::object([
            ("v", 1_u32.into()),
            ("kind", "mail.observed".into()),
            ("time", "2021-01-18T09:00:00Z".into()),
            ("commitment", commitment.into()),
        ]);
        bytes += entry.to_canonical().len();
    }
    row("make", bytes / count.max(1), count as f64, start);
}

fn measure(entries: usize, entry_bytes: usize) -> Result<(), Box<dyn Error>> {
    let signer = Signer::from_seed("log.example/speed", &[7; 32])?;
    let mut tiles = MemoryTiles::default();
    let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    let batch = vec![vec![b'x'; entry_bytes]; BATCH];

    let start = Instant::now();
    for first in (0..entries).step_by(BATCH) {
        log.append(batch.get(..BATCH.min(entries - first)).unwrap_or_default())?;
        for path in log.commit(&mut tiles, &signer)?.superseded {
            tiles.files.remove(&path);
        }
    }
    row("append", entry_bytes, entries as f64, start);

    let start = Instant::now();
    verify(&tiles, &signer.verifier(), &[]).map_err(|faults| format!("{faults:?}"))?;
    row("verify", entry_bytes, entries as f64, start);

    let reader = LogReader::open(&tiles, &signer.verifier())?;
    let start = Instant::now();
    for number in 0..PROOFS {
        reader.prove(LeafIndex(number * 7_919 % entries as u64))?;
    }
    row("prove", entry_bytes, PROOFS as f64, start);
    Ok(())
}

fn row(step: &str, entry_bytes: usize, count: f64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{step:<10} {entry_bytes:>10} {seconds:>12.3} {:>14.0}", count / seconds);
}
