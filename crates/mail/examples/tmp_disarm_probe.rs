//! temporary probe
use mail::disarm::*;
use std::collections::BTreeMap;
fn main() {
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    for path in std::env::args().skip(1) {
        let m = std::fs::read(&path).unwrap();
        let d = disarm(&m);
        for r in &d.removed { if r.kind == LoadKind::Structure { if std::env::var("WHO").is_ok_and(|w| r.url.starts_with(&w)) { println!("WHO {path} {}", r.part); } let k: String = r.url.chars().take(50).collect(); *tally.entry(k).or_default() += 1; } }
        for n in &d.notes { println!("{path}: {n}"); }
        if std::env::var("OUT").is_ok() { std::fs::write(std::env::var("OUT").unwrap(), &d.message).unwrap(); for r in &d.removed { println!("{:?}", r) } }
    }
    let mut v: Vec<_> = tally.into_iter().collect(); v.sort_by_key(|x| std::cmp::Reverse(x.1));
    for (k, n) in v.iter().take(60) { println!("{n} {k:?}"); }
}
