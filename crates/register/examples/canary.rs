//! A thousand leaks out of invented copies: how often the copy is named, and how often another one is.
//!
//! `cargo run --release -p register --example canary [LEAKS]`. Each leak holds 1 % of one copy's rows in another form, a fifth of
//! them with a slip; then of three copies put together in each of three ways, whole and a tenth of them.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and indexes what it made itself"
)]

use register::Columns;
use register::canary::{
    self, Chance, Fictitious, Observed, Plan, Seeker, accuse, bias, own_entries, seek, shared_entries,
};
use std::error::Error;

const ELECTORS: usize = 20_000;
const COPIES: usize = 20;
const PLAN: Plan = Plan { leak_rate: 0.01, confidence: 0.99, colluders: 3 };

/// A register, the entries of all its copies, and who has which.
struct House {
    rows: Vec<String>,
    shared: Vec<(f64, Fictitious)>,
    codes: Vec<Vec<bool>>,
    own: Vec<Vec<Fictitious>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let leaks: u32 = std::env::args().nth(1).map_or(Ok(1_000), |number| number.parse())?;
    let mut chance = Chance::new([42; 32]);
    let house = house(&mut chance)?;
    println!(
        "{ELECTORS} electors, {COPIES} copies, {} canaries of its own and {} shared ones",
        own_entries(&PLAN),
        shared_entries(&PLAN)
    );
    println!("{:<44} {:>6} {:>7} {:>9}", "leak", "leaks", "named", "innocent");
    report("one copy, 1 %", leaks, &house, &mut chance, 1, |has, _| has > 0, 0.01)?;
    for (share, percent) in [(1.0, "whole"), (0.5, "half"), (0.1, "10 %")] {
        let few = leaks / 20;
        report(
            &format!("three copies, what all have, {percent}"),
            few,
            &house,
            &mut chance,
            3,
            |has, _| has == 3,
            share,
        )?;
        report(
            &format!("three copies, what most have, {percent}"),
            few,
            &house,
            &mut chance,
            3,
            |has, _| has >= 2,
            share,
        )?;
        report(
            &format!("three copies, each row by lot, {percent}"),
            few,
            &house,
            &mut chance,
            3,
            |has, lot| lot.below(3) < has,
            share,
        )?;
    }
    Ok(())
}

/// Names with the skew of real ones: the first are much more common than the last.
fn name(chance: &mut Chance, kinds: usize) -> String {
    let rank = chance.below(kinds).min(chance.below(kinds)).min(chance.below(kinds));
    let letters =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va"];
    let mut text = String::new();
    let mut rest = rank * 2_654_435_761 % 4_294_967_291;
    for _ in 0..4 {
        text.push_str(letters[rest % 16]);
        rest /= 16;
    }
    text
}

fn house(chance: &mut Chance) -> Result<House, Box<dyn Error>> {
    let mut rows = Vec::new();
    for number in 0..ELECTORS {
        let (surname, forename, street) = (name(chance, 4_000), name(chance, 500), number / 40);
        let (house, postcode) = (number % 40 + 1, format!("N{} {}AA", street % 90 + 1, street / 90));
        rows.push(format!("{number},0,{surname},{forename},{postcode},{house} road {street}"));
    }
    let csv = format!(
        "Elector Number,Elector Number Suffix,Elector Surname,Elector Forename,PostCode,Address1\n{}\n",
        rows.join("\n")
    );
    let donors = canary::sample(csv.as_bytes(), &Columns::default(), chance)?;
    let needed = shared_entries(&PLAN) + COPIES * own_entries(&PLAN);
    let candidates: Vec<Fictitious> = (0..needed * 2).filter_map(|_| donors.invent(chance)).collect();
    let is_free = canary::sift(csv.as_bytes(), &Columns::default(), &candidates)?;
    let mut free =
        candidates.into_iter().zip(is_free).filter(|(_, is_free)| *is_free).map(|(entry, _)| entry);
    let shared: Vec<(f64, Fictitious)> =
        free.by_ref().take(shared_entries(&PLAN)).map(|entry| (bias(chance), entry)).collect();
    let codes = (0..COPIES).map(|_| shared.iter().map(|(bias, _)| chance.unit() < *bias).collect()).collect();
    let own = (0..COPIES).map(|_| free.by_ref().take(own_entries(&PLAN)).collect()).collect();
    Ok(House { rows, shared, codes, own })
}

/// Leaks of the first `of` copies from a random one on, and whom they accuse.
fn report(
    what: &str,
    leaks: u32,
    house: &House,
    chance: &mut Chance,
    of: usize,
    keep: impl Fn(usize, &mut Chance) -> bool,
    share: f64,
) -> Result<(), Box<dyn Error>> {
    let entries = house.shared.iter().map(|(_, entry)| entry).chain(house.own.iter().flatten());
    let seeker = Seeker::new(entries);
    let (mut named, mut innocent) = (0, 0);
    for _ in 0..leaks {
        let first = chance.below(COPIES);
        let guilty: Vec<usize> = (0..of).map(|next| (first + next) % COPIES).collect();
        let leak = leak(house, &guilty, &keep, share, chance);
        let found = seek(leak.as_bytes(), &seeker, true)?;
        let shared: Vec<(f64, bool)> = house
            .shared
            .iter()
            .enumerate()
            .map(|(place, (bias, _))| (*bias, found.seen.contains(&place)))
            .collect();
        let of_copy = |copy: usize| {
            let begin = house.shared.len() + copy * own_entries(&PLAN);
            (house.codes[copy].as_slice(), found.seen.range(begin..begin + own_entries(&PLAN)).count())
        };
        let copies: Vec<(&[bool], usize)> = (0..COPIES).map(of_copy).collect();
        let judged = accuse(&Observed { shared: &shared, share, colluders: PLAN.colluders, copies: &copies });
        let is_named = |copy: usize| judged[copy].is_named();
        named += u32::from(guilty.iter().any(|copy| is_named(*copy)));
        innocent += (0..COPIES).filter(|copy| !guilty.contains(copy) && is_named(*copy)).count();
    }
    println!("{what:<44} {leaks:>6} {named:>7} {innocent:>9}");
    Ok(())
}

fn leak(
    house: &House,
    guilty: &[usize],
    keep: &impl Fn(usize, &mut Chance) -> bool,
    share: f64,
    chance: &mut Chance,
) -> String {
    let mut text = String::new();
    let mut put = |row: String, chance: &mut Chance| {
        if chance.unit() < share {
            text.push_str(&careless(&row, chance));
            text.push('\n');
        }
    };
    for row in &house.rows {
        put(row.clone(), chance);
    }
    for (place, (_, entry)) in house.shared.iter().enumerate() {
        let has = guilty.iter().filter(|copy| house.codes[**copy][place]).count();
        if keep(has, chance) {
            put(row(entry), chance);
        }
    }
    for copy in guilty {
        for entry in &house.own[*copy] {
            if keep(1, chance) {
                put(row(entry), chance);
            }
        }
    }
    text
}

fn row(entry: &Fictitious) -> String {
    let cell = |field: &str| entry.fields.get(field).cloned().unwrap_or_default();
    format!(
        "{},0,{},{},{},{}",
        cell("number"),
        cell("surname"),
        cell("forename"),
        cell("postcode"),
        cell("address_1")
    )
}

/// Another form, and in a fifth of the rows a letter too few in the surname.
fn careless(row: &str, chance: &mut Chance) -> String {
    let mut cells: Vec<String> = row.split(',').map(str::to_uppercase).collect();
    if chance.below(5) == 0
        && let Some(surname) = cells.get_mut(2)
    {
        let at = chance.below(surname.len());
        surname.remove(at);
    }
    format!("{} {};{};{}", cells[3], cells[2], cells[5], cells[4])
}
