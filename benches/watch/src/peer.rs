//! The same measure of rsigma: it is given the logsource of each event, found by our readers before the clock runs.

use crate::events::{self, Shape};
use crate::measure::{passes, resident_mb};
use crate::rules;
use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::{LogSource, parse_sigma_yaml};
use std::error::Error;
use std::path::Path;
use watch::event::{Event, FieldNames};
use watch::format::{Format, LineReader};

/// Lines to matches.
pub(crate) fn matching(data: &Path, times: usize) -> Result<(), Box<dyn Error>> {
    let lines = events::lines(data, Shape::Flat)?;
    let sources = sources(&lines)?;
    let before = resident_mb()?;
    let mut engine = Engine::new();
    let mut rules = 0;
    {
        let texts = rules::multiplied(data, times)?;
        let parsed: Vec<_> = texts.iter().filter_map(|text| parse_sigma_yaml(text).ok()).collect();
        let refused = engine.add_rules(parsed.iter().flat_map(|set| &set.rules));
        rules += parsed.iter().map(|set| set.rules.len()).sum::<usize>() - refused.len();
    }
    let compiled = resident_mb()? - before;
    let found = passes(|| {
        let mut counted = 0;
        for (line, sources) in lines.iter().zip(&sources) {
            let value: serde_json::Value = serde_json::from_str(line)?;
            let event = JsonEvent::borrow(&value);
            for source in sources {
                counted += engine.evaluate_with_logsource(&event, source).len() as u64;
            }
        }
        Ok((lines.len() as u64, counted))
    })?;
    println!(
        "{:.0} events/CPU-s, {rules} rules, {} events, {} matches, {compiled:.0} MB for rules and engine",
        found.items_a_second, found.items, found.counted
    );
    Ok(())
}

/// What each line is about. rsigma takes one category at a time, so that an event of two is asked about twice.
fn sources(lines: &[String]) -> Result<Vec<Vec<LogSource>>, Box<dyn Error>> {
    let mut names = FieldNames::default();
    let mut reader = LineReader::new(Format::Json, "", &mut names, model::EventMillis(1_795_426_200_000));
    let mut event = Event::default();
    let mut sources = Vec::new();
    for line in lines {
        reader.read(line, &names, &mut event)?;
        let service = event.origin.services.first().map(|service| service.to_string());
        let product = event.origin.product.as_ref().map(|product| product.to_string());
        let source = |category: Option<String>| LogSource {
            category,
            product: product.clone(),
            service: service.clone(),
            ..LogSource::default()
        };
        let categories = event.origin.categories.iter();
        let mut of_line: Vec<LogSource> =
            categories.map(|category| source(Some(category.to_string()))).collect();
        if of_line.is_empty() {
            of_line.push(source(None));
        }
        sources.push(of_line);
    }
    Ok(sources)
}
