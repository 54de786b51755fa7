//! `case list`, `case show`, `case answer`, `case aware`, `case close`, `case export`.

mod describe;

use super::folder;
use crate::arguments::{Case, CaseAnswer, CaseAware, CaseClose, CaseExport, CaseList, CaseShow, DataFolder};
use crate::output::{self, BadInput, Outcome, note, plain};
use ::watch::case::{CaseId, Question, Status};
use anyhow::{Context, Result};
use runtime::clock;
use runtime::data::Data;
use runtime::measure::{Measure, MeasureError, decision};
use runtime::watch::row::{CaseHeadRow, CaseRow};
use runtime::watch::{answer, cases};

pub(crate) fn run(verb: &Case) -> Result<Outcome> {
    match verb {
        Case::List(arguments) => list(arguments),
        Case::Show(arguments) => show(arguments),
        Case::Answer(arguments) => answer_question(arguments),
        Case::Aware(arguments) => become_aware(arguments),
        Case::Close(arguments) => close(arguments),
        Case::Export(arguments) => export(arguments),
    }
}

fn list(arguments: &CaseList) -> Result<Outcome> {
    let docket = cases::docket(&Data::open_reading(&arguments.data.data)?)?;
    let is_worked_on = |status: &Status| matches!(status, Status::Open | Status::Closed { .. });
    let wanted = docket.cases().filter(|case| arguments.all || is_worked_on(&case.status));
    let rows: Vec<CaseHeadRow> = wanted.map(CaseHeadRow::from).collect();
    output::rows(arguments.printing.format, &rows, || describe::table(&rows))?;
    Ok(Outcome::Done)
}

fn show(arguments: &CaseShow) -> Result<Outcome> {
    let row = whole(&Data::open_reading(&arguments.data.data)?, &arguments.id)?;
    output::rows(arguments.printing.format, std::slice::from_ref(&row), || {
        describe::text(&row, arguments.all)
    })?;
    Ok(Outcome::Done)
}

fn export(arguments: &CaseExport) -> Result<Outcome> {
    let row = whole(&Data::open_reading(&arguments.data.data)?, &arguments.id)?;
    let text = format!("{}\n", serde_json::to_string_pretty(&row)?);
    match &arguments.out {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?
        }
        None => output::print(&text)?,
    }
    Ok(Outcome::Done)
}

fn whole(data: &Data, id: &str) -> Result<CaseRow> {
    let id = case_id(id)?;
    let case =
        cases::case(data, id)?.ok_or_else(|| BadInput(format!("there is no {id}: see `case list --all`")))?;
    Ok(CaseRow::new(&case, cases::whole_timeline(data, id)?))
}

fn answer_question(arguments: &CaseAnswer) -> Result<Outcome> {
    let id = case_id(&arguments.id)?;
    let question = Question::from_word(&arguments.question).ok_or_else(|| {
        let words: Vec<&str> = Question::ALL.iter().map(|question| question.word()).collect();
        BadInput(format!("`{}` is no question: {}", plain(&arguments.question), words.join(", ")))
    })?;
    let mut data = open(&arguments.data)?;
    let (actor, now) = (super::shell_actor()?, clock::now());
    if arguments.accept_open {
        let measure = Measure::AcceptOpen { question: format!("{id}/{}", question.word()) };
        let proposed = decision::propose(&mut data, &actor, measure, &arguments.text, now).map_err(told)?;
        output::print(&format!(
            "{} proposed: {} of {id} stays open; a second person approves it in the console\n",
            proposed.id,
            question.word()
        ))?;
        return Ok(Outcome::Done);
    }
    let about = (id, question);
    let case =
        answer::answer(&mut data, &actor, about, &arguments.text, &arguments.evidence, now).map_err(told)?;
    output::print(&format!("{} of {id} is answered\n", question.word()))?;
    let open: Vec<&str> = case.unsettled().iter().map(|question| question.word()).collect();
    if !open.is_empty() {
        note(&format!("still open: {}", open.join(", ")));
    }
    Ok(Outcome::Done)
}

fn become_aware(arguments: &CaseAware) -> Result<Outcome> {
    let id = case_id(&arguments.id)?;
    let now = clock::now();
    let at = match &arguments.at {
        None => now,
        Some(text) => clock::parse_rfc3339(text)
            .ok_or_else(|| BadInput(format!("--at {}: no time such as 2022-10-11T08:00:00Z", plain(text))))?,
    };
    let mut data = open(&arguments.data)?;
    let about = (at, arguments.text.as_str());
    let case = answer::become_aware(&mut data, &super::shell_actor()?, id, about, now).map_err(told)?;
    output::print(&describe::clocks(&runtime::watch::row::clocks(&case)))?;
    Ok(Outcome::Done)
}

fn close(arguments: &CaseClose) -> Result<Outcome> {
    let id = case_id(&arguments.id)?;
    let mut data = open(&arguments.data)?;
    match answer::close(&mut data, &super::shell_actor()?, id, &arguments.conclusion, clock::now()) {
        Ok(_) => {
            output::print(&format!(
                "{id} is closed; it opens again by itself when the intruder is seen again\n"
            ))?;
            Ok(Outcome::Done)
        }
        Err(MeasureError::Unsettled(refused)) => {
            note(&format!("portcullis: {id} is not closed: {refused}"));
            note(&format!(
                "answer each with `portcullis case answer {id} QUESTION TEXT --evidence SIGHTING`"
            ));
            Ok(Outcome::Failed)
        }
        Err(error) => Err(told(error)),
    }
}

fn open(folder: &DataFolder) -> Result<Data> {
    folder::open_existing(&folder.data)
}

fn case_id(text: &str) -> Result<CaseId> {
    Ok(text.parse().map_err(|error| BadInput(format!("{}: {error}", plain(text))))?)
}

/// What a person can correct is bad input; a store that fails is not.
fn told(error: MeasureError) -> anyhow::Error {
    match error {
        MeasureError::Store(error) => error,
        error => BadInput(error.to_string()).into(),
    }
}
