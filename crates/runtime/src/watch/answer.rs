//! What persons say of a case: answers with evidence, when the house became aware of a breach, and that it is over. That a question
//! stays open needs two persons, because that is how an intruder was overlooked.

use super::cases;
use crate::data::Data;
use crate::measure::decision::may_propose;
use crate::measure::{Decision, MeasureError, Result, note};
use evidence::Value;
use model::limit::CASE_ANSWER_EVIDENCE_MAX;
use model::{Actor, EventTime, LeafIndex};
use store::{Batch, Records};
use watch::case::{Answer, Case, CaseId, Question, Status};
use watch::sighting::SightingId;

/// Answers a question with what shows it: ids of sightings of this case, or numbers of entries of the evidence log.
///
/// # Errors
/// [`MeasureError`]: without a text or evidence, where the evidence is none, or the case is not open.
pub fn answer(
    data: &mut Data,
    actor: &Actor,
    (id, question): (CaseId, Question),
    text: &str,
    evidence: &[String],
    now: EventTime,
) -> Result<Case> {
    let mut case = open_case(data, actor, id)?;
    let text = note::required(text)?.to_owned();
    let evidence = checked(data, id, evidence)?;
    let names = note::texts(evidence.iter().map(String::as_str));
    let private = vec![
        ("account", Value::from(actor.account.0.as_str())),
        ("answer", Value::from(text.as_str())),
        ("evidence", names),
    ];
    record(data, "case.answered", &case, Some(question), private, now)?;
    let answer = Answer { text, evidence, by: actor.account.0.clone(), accepted_by: None, at: now };
    case.answers.insert(question, answer);
    store(data, &case)?;
    Ok(case)
}

/// Says when the house became aware that personal data was, or may have been, touched: the clocks of notification run from then. It
/// can be corrected; each time is kept as evidence.
///
/// # Errors
/// [`MeasureError`]: where the case is not open or the time is in the future.
pub fn become_aware(
    data: &mut Data,
    actor: &Actor,
    id: CaseId,
    (aware_at, reason): (EventTime, &str),
    now: EventTime,
) -> Result<Case> {
    let mut case = open_case(data, actor, id)?;
    let reason = note::required(reason)?.to_owned();
    if aware_at > now {
        return Err(MeasureError::Invalid("this time is in the future"));
    }
    let private =
        vec![("account", Value::from(actor.account.0.as_str())), ("reason", Value::from(reason.as_str()))];
    let entry = note::entry("case.aware", now, named(&case, None, Some(aware_at)), private);
    note::record(data, entry)?;
    case.aware_at = Some(aware_at);
    store(data, &case)?;
    Ok(case)
}

/// Closes a case whose questions are settled.
///
/// # Errors
/// [`MeasureError::Unsettled`] with the questions that keep it open, and as [`answer`].
pub fn close(data: &mut Data, actor: &Actor, id: CaseId, conclusion: &str, now: EventTime) -> Result<Case> {
    let mut case = known_case(data, actor, id)?;
    case.check_close()?;
    let conclusion = note::required(conclusion)?.to_owned();
    let private = vec![
        ("account", Value::from(actor.account.0.as_str())),
        ("conclusion", Value::from(conclusion.as_str())),
    ];
    record(data, "case.closed", &case, None, private, now)?;
    case.status = Status::Closed { by: actor.account.0.clone(), at: now, conclusion };
    store(data, &case)?;
    Ok(case)
}

/// Whether two persons may accept that a question, named as `CASE-1/scope`, stays open.
pub(crate) fn check_acceptance(data: &Data, named: &str) -> Result<(Case, Question)> {
    let (case, question) = named.split_once('/').ok_or(MeasureError::Unknown("question of a case"))?;
    let id: CaseId = case.parse().map_err(|_| MeasureError::Unknown("case"))?;
    let question = Question::from_word(question).ok_or(MeasureError::Unknown("question"))?;
    let case = cases::case(data, id)?.ok_or(MeasureError::Unknown("case"))?;
    if case.status != Status::Open {
        return Err(MeasureError::Conflict("this case is not open"));
    }
    if case.stand(question).is_settled() {
        return Err(MeasureError::Conflict("this question is settled"));
    }
    Ok((case, question))
}

/// Two persons accepted that a question stays open; the entry of their decision stands for it.
pub(crate) fn accept(
    data: &Data,
    decision: &Decision,
    named: &str,
    now: EventTime,
    batch: &mut Batch,
) -> Result<u64> {
    let (mut case, question) = check_acceptance(data, named)?;
    let answer = Answer {
        text: decision.reason.clone(),
        evidence: Vec::new(),
        by: decision.proposed_by.clone(),
        accepted_by: decision.decided_by.clone(),
        at: now,
    };
    case.answers.insert(question, answer);
    cases::put_case(batch, &case)?;
    Ok(0)
}

fn known_case(data: &Data, actor: &Actor, id: CaseId) -> Result<Case> {
    may_propose(actor)?;
    cases::case(data, id)?.ok_or(MeasureError::Unknown("case"))
}

fn open_case(data: &Data, actor: &Actor, id: CaseId) -> Result<Case> {
    let case = known_case(data, actor, id)?;
    match case.status {
        Status::Open => Ok(case),
        _ => Err(MeasureError::Conflict("this case is not open")),
    }
}

/// The evidence in one spelling, where it is some.
fn checked(data: &Data, case: CaseId, evidence: &[String]) -> Result<Vec<String>> {
    if evidence.is_empty() {
        return Err(MeasureError::Invalid(
            "an answer needs evidence: a sighting of the case, or an entry of the evidence log",
        ));
    }
    if evidence.len() > CASE_ANSWER_EVIDENCE_MAX {
        return Err(MeasureError::Invalid("this is too much evidence for one answer"));
    }
    evidence.iter().map(|named| checked_one(data, case, named.trim())).collect()
}

fn checked_one(data: &Data, case: CaseId, named: &str) -> Result<String> {
    if let Ok(id) = named.parse::<SightingId>() {
        let found = cases::sighting(data, id)?.ok_or(MeasureError::Unknown("sighting"))?;
        let docket = cases::docket(data)?;
        let of = found.row.case.and_then(|of| of.parse().ok()).map(|of| docket.current(of));
        return if of == Some(case) {
            Ok(id.to_string())
        } else {
            Err(MeasureError::Invalid("this sighting is none of this case"))
        };
    }
    let leaf: u64 = named.parse().map_err(|_| {
        MeasureError::Invalid(
            "evidence is the id of a sighting or the number of an entry of the evidence log",
        )
    })?;
    if leaf < data.evidence.len() {
        Ok(leaf.to_string())
    } else {
        Err(MeasureError::Unknown("evidence entry"))
    }
}

fn named(case: &Case, question: Option<Question>, aware_at: Option<EventTime>) -> Vec<(&'static str, Value)> {
    let mut public = vec![("case", Value::from(case.id.to_string()))];
    public.extend(question.map(|question| ("question", Value::from(question.word()))));
    public.extend(aware_at.map(|time| ("aware_at", Value::from(crate::clock::rfc3339(time)))));
    public
}

fn record(
    data: &mut Data,
    kind: &'static str,
    case: &Case,
    question: Option<Question>,
    private: Vec<(&'static str, Value)>,
    now: EventTime,
) -> Result<LeafIndex> {
    note::record(data, note::entry(kind, now, named(case, question, None), private))
}

fn store(data: &Data, case: &Case) -> Result<()> {
    let mut batch = Batch::new();
    cases::put_case(&mut batch, case)?;
    Ok(data.store.records.apply(&batch)?)
}
