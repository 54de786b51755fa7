//! Measures the engine: `screen_bench TABLE name NAME` shows what one name finds.

#![expect(clippy::print_stdout, reason = "a measurement is for a person at a terminal")]

mod entries;

use std::path::Path;
use std::time::Instant;

use screen::index::Index;
use screen::list::Kind;
use screen::score::{Query, Screener};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, verb, rest @ ..] = arguments.as_slice() else {
        return Err("usage: screen_bench TABLE VERB ...".into());
    };
    let entries = entries::read(Path::new(table))?;
    let started = Instant::now();
    let index = Index::build(&entries);
    println!(
        "{} entries, {} names, {} forms, built in {:?}",
        index.entry_count(),
        index.name_count(),
        index.form_count(),
        started.elapsed()
    );
    let bytes = index.bytes();
    let started = Instant::now();
    Index::from_bytes(&bytes)?;
    println!("{} bytes, read in {:?}", bytes.len(), started.elapsed());
    let screener = Screener::new(index);
    if verb == "name" {
        for name in rest {
            let started = Instant::now();
            let hits = screener.screen(&Query::named(name, Kind::Unknown), 0.01);
            println!("{name}: {} in {:?}", hits.len(), started.elapsed());
            for hit in hits.iter().take(3) {
                println!(
                    "   {:?} {:?} {:.6}",
                    screener.index().entry(hit.entry),
                    screener.index().name(hit.name),
                    hit.score
                );
                for piece in &hit.explanation {
                    println!(
                        "      {:+.2} {:?} {} ~ {}",
                        piece.weight, piece.why, piece.token, piece.matched
                    );
                }
            }
        }
    }
    Ok(())
}
