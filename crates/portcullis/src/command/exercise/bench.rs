//! `exercise bench`: how well campaigns are found, over seeds and variants, against the exercise's truth.

use super::truth::{self, Measure};
use super::{folder, parse, scan_folder};
use crate::arguments::ExerciseBench;
use crate::output::{Outcome, note, print};
use crate::progress::Bars;
use ::exercise::{Plan, Shape, Variant};
use anyhow::Result;
use runtime::data::Data;

/// One exercise, measured.
struct Measured {
    measures: Vec<Measure>,
    false_campaigns: usize,
    lawful_mails: usize,
}

pub(super) fn run(arguments: &ExerciseBench) -> Result<Outcome> {
    print(&format!(
        "{:<78} {:>9} {:>9} {:>7} {:>6} {:>8} {:>6}\n",
        "exercise", "messages", "members", "opened", "alert", "strangers", "false"
    ))?;
    let seeds = |count: u64| arguments.first..arguments.first + count;
    let mut lantern = Vec::new();
    if arguments.variant.is_none() {
        for seed in seeds(arguments.seeds) {
            lantern.push(exercise(Plan::lantern(seed), &format!("LANTERN seed {seed}"))?);
        }
        total("LANTERN", &lantern)?;
    }
    let variants = match &arguments.variant {
        Some(text) => vec![parse(text)?],
        None => Variant::grid(),
    };
    let mut grid = Vec::new();
    for variant in variants {
        for seed in seeds(arguments.grid_seeds) {
            let mut plan = Plan::of_variant(seed, variant.clone());
            plan.scale.lawful_mails = arguments.mails as usize;
            grid.push(exercise(plan, &format!("{variant} seed {seed}"))?);
        }
    }
    if !grid.is_empty() {
        total("variants", &grid)?;
    }
    note("synthetic campaigns show that the logic holds, not how accurate it is in the field");
    Ok(Outcome::Done)
}

fn exercise(mut plan: Plan, name: &str) -> Result<Measured> {
    plan.shape = Shape::Mbox;
    let work = tempfile::tempdir()?;
    let (input, state) = (work.path().join("input"), work.path().join("data"));
    let bars = Bars::default();
    let written = ::exercise::write(&plan, &mut folder::Folder::new(&input, &bars))?;
    let mut data = Data::open(&state)?;
    let found = scan_folder(&mut data, &input)?.findings.campaigns;
    let planted = truth::read(&input)?;
    let measured = Measured {
        measures: planted.iter().map(|campaign| truth::measure(campaign, &found)).collect(),
        false_campaigns: truth::false_campaigns(&planted, &found),
        lawful_mails: written.lawful_mails,
    };
    for (campaign, measure) in planted.iter().zip(&measured.measures) {
        line(&format!("{name} {}", campaign.id), measure, measured.false_campaigns)?;
    }
    Ok(measured)
}

fn line(name: &str, measure: &Measure, false_campaigns: usize) -> Result<()> {
    let alert = measure.first_alert.map_or("-".to_owned(), |at| at.to_string());
    let split = if measure.parts > 1 { format!("+{}", measure.parts - 1) } else { String::new() };
    print(&format!(
        "{name:<78} {:>9} {:>9} {:>7} {alert:>6} {:>8} {false_campaigns:>6}\n",
        format!("{}/{}{split}", measure.found, measure.messages),
        format!("{}/{}", measure.members.1, measure.members.0),
        format!(
            "{}/{}{}",
            measure.opened.1,
            measure.opened.0,
            if measure.opened.2 > 0 { format!("!{}", measure.opened.2) } else { String::new() }
        ),
        measure.strangers,
    ))
}

fn total(name: &str, all: &[Measured]) -> Result<()> {
    let measures: Vec<&Measure> = all.iter().flat_map(|one| &one.measures).collect();
    let sum = |of: fn(&Measure) -> usize| measures.iter().map(|measure| of(measure)).sum::<usize>();
    let mut alerts: Vec<usize> = measures.iter().filter_map(|measure| measure.first_alert).collect();
    alerts.sort_unstable();
    let at = |share: usize| {
        alerts
            .get((alerts.len() * share / 100).min(alerts.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    let mails: usize = all.iter().map(|one| one.lawful_mails).sum();
    let wrong: usize = all.iter().map(|one| one.false_campaigns).sum();
    print(&format!(
        "{name}: {}/{} messages, {}/{} members, openings {}/{} and {} wrong, first alert median {} p95 {}, {} of {} campaigns found, \
         {:.2} false campaigns per 10,000 lawful mails ({wrong} in {mails})\n\n",
        sum(|measure| measure.found),
        sum(|measure| measure.messages),
        sum(|measure| measure.members.1),
        sum(|measure| measure.members.0),
        sum(|measure| measure.opened.1),
        sum(|measure| measure.opened.0),
        sum(|measure| measure.opened.2),
        at(50),
        at(95),
        alerts.len(),
        measures.len(),
        wrong as f64 * 10_000.0 / mails.max(1) as f64,
    ))
}
