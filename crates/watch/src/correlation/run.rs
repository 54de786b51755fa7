//! One step of all correlations: a match, or the passing of time, goes through those that want it, and their alerts through others.

use super::alert::{Alert, Offset, id};
use super::bin::{self, Bin};
use super::first_seen::Seen;
use super::key::{group_key, part_key, timer_key, values_hash};
use super::plan::{Condition, Kind, Measure, Plan, Route};
use super::record::{Record, from_bytes, to_bytes};
use super::recurrence::Uses;
use super::silence::LastMatch;
use super::subject::{FieldRef, Subject};
use super::window::{Entry, Finding, Window};
use super::{Correlator, Stats};
use crate::memory::{KeyedState, StateError};
use crate::number;
use crate::sigma::condition::Number;
use model::EventMillis;
use model::limit::CORRELATION_DEPTH_MAX;
use std::borrow::Cow;

/// What is done in one step, and what it told so far.
pub(crate) struct Run<'a> {
    pub(crate) plans: &'a [Plan],
    pub(crate) state: &'a mut dyn KeyedState,
    pub(crate) stats: &'a mut Stats,
    /// Nothing in the index is due before this time.
    earliest: &'a mut i64,
    /// Milliseconds.
    pub(crate) watermark: i64,
    /// Windows that end by this time are judged; it is behind the watermark while what became due is worked on in its order.
    pub(crate) judged: i64,
    pub(crate) alerts: Vec<Alert>,
}

/// A match on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match<'a> {
    pub(crate) subject: Subject<'a>,
    /// Milliseconds.
    pub(crate) time: i64,
    pub(crate) at: Offset,
    /// How many correlations it came through.
    pub(crate) depth: usize,
}

/// A group of a correlation, as one match shows it.
struct Group<'a> {
    plan: &'a Plan,
    index: usize,
    values: Vec<Cow<'a, str>>,
    hash: [u8; 16],
    key: Vec<u8>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(correlator: &'a mut Correlator, state: &'a mut dyn KeyedState, watermark: i64) -> Self {
        let Correlator { plans, stats, earliest, .. } = correlator;
        Self { plans: &plans.plans, state, stats, earliest, watermark, judged: watermark, alerts: Vec::new() }
    }

    /// Gives a match to a correlation, in each group that it belongs to.
    pub(crate) fn feed(&mut self, route: Route, found: Match<'_>) -> Result<(), StateError> {
        let Some(plan) = self.plans.get(route.plan) else { return Ok(()) };
        let Some(source) = plan.sources.get(route.position) else { return Ok(()) };
        let groups = found.subject.choices(&source.group);
        if groups.is_empty() {
            self.stats.without_group += 1;
        }
        for values in groups {
            let hash = values_hash(values.iter().map(AsRef::as_ref));
            let group = Group { plan, index: route.plan, values, hash, key: group_key(plan.tag, hash) };
            match &plan.kind {
                Kind::Sliding(condition) => {
                    self.slide(&group, condition, route.position, &source.values, found)?
                }
                Kind::Binned(condition) => {
                    self.bin(&group, condition, route.position, &source.values, found)?
                }
                Kind::FirstSeen { learning } => self.first_seen(&group, *learning, &source.values, found)?,
                Kind::Recurrence { gap } => self.recur(&group, *gap, found)?,
                Kind::Silence => self.hear(&group, found)?,
            }
        }
        Ok(())
    }

    fn slide(
        &mut self,
        group: &Group<'_>,
        condition: &Condition,
        position: usize,
        fields: &[FieldRef],
        found: Match<'_>,
    ) -> Result<(), StateError> {
        let items = items(condition.measure, position, fields, found.subject);
        if items.is_empty() {
            self.stats.without_value += 1;
            return Ok(());
        }
        let span = group.plan.span;
        let before = self.load::<Window>(&group.key)?;
        let mut window = before.clone().unwrap_or_default();
        let mut findings = Vec::new();
        for item in items {
            let entry = Entry { time: found.time, item, at: found.at };
            findings.extend(window.observe(entry, condition, span, self.watermark));
        }
        self.save(&group.key, before.as_ref(), &window, span)?;
        findings.iter().try_for_each(|finding| self.tell(group, finding, &[], found.depth))
    }

    fn bin(
        &mut self,
        group: &Group<'_>,
        condition: &Condition,
        position: usize,
        fields: &[FieldRef],
        found: Match<'_>,
    ) -> Result<(), StateError> {
        let items = items(condition.measure, position, fields, found.subject);
        if items.is_empty() {
            self.stats.without_value += 1;
            return Ok(());
        }
        let span = group.plan.span;
        let number = bin::number(found.time, span);
        if bin::end(number, span) <= self.judged {
            // Judged already; the few that come so late would be a window of their own.
            return Ok(());
        }
        let key = part_key(&group.key, &number.to_be_bytes());
        let before = self.load::<Bin>(&key)?;
        let values = || group.values.iter().map(|value| value.clone().into_owned()).collect();
        let mut window = before.clone().unwrap_or_else(|| Bin::new(number, values()));
        for item in items {
            window.observe(Entry { time: found.time, item, at: found.at }, condition);
        }
        self.save(&key, before.as_ref(), &window, span)
    }

    fn first_seen(
        &mut self,
        group: &Group<'_>,
        learning: i64,
        fields: &[FieldRef],
        found: Match<'_>,
    ) -> Result<(), StateError> {
        let (time, span) = (found.time, group.plan.span);
        let choices = found.subject.choices(fields);
        if choices.is_empty() {
            self.stats.without_value += 1;
            return Ok(());
        }
        let mut is_learning = false;
        if learning > 0 {
            let known = self.see(&group.key, time, span)?.0;
            is_learning = time.saturating_sub(known.first) < learning;
        }
        for choice in choices {
            let key = part_key(&group.key, &values_hash(choice.iter().map(AsRef::as_ref)));
            let (_, is_new) = self.see(&key, time, span)?;
            if is_new && !is_learning {
                let names = group.plan.field_names.iter().cloned();
                let fields: Vec<_> = names.zip(choice.into_iter().map(Cow::into_owned)).collect();
                let finding = Finding { time, evidence: vec![found.at] };
                self.tell(group, &finding, &fields, found.depth)?;
            }
        }
        Ok(())
    }

    /// Notes that something was seen at `time`; answers since when it is known, and whether it is new.
    fn see(&mut self, key: &[u8], time: i64, span: i64) -> Result<(Seen, bool), StateError> {
        let before = self.load::<Seen>(key)?;
        let known = before.filter(|seen| seen.is_known(time, span));
        let seen = known.map_or(Seen::at(time), |seen| seen.and(time));
        self.save(key, before.as_ref(), &seen, span)?;
        Ok((seen, known.is_none()))
    }

    fn recur(&mut self, group: &Group<'_>, gap: i64, found: Match<'_>) -> Result<(), StateError> {
        let span = group.plan.span;
        let before = self.load::<Uses>(&group.key)?;
        let mut uses = before.clone().unwrap_or_default();
        let findings = uses.observe((found.time, found.at), gap, span, self.watermark);
        self.save(&group.key, before.as_ref(), &uses, span)?;
        findings.iter().try_for_each(|finding| self.tell(group, finding, &[], found.depth))
    }

    fn hear(&mut self, group: &Group<'_>, found: Match<'_>) -> Result<(), StateError> {
        let span = group.plan.span;
        if found.time.saturating_add(span) < self.watermark {
            // The silence after it is over or was told.
            return Ok(());
        }
        let before = self.load::<LastMatch>(&group.key)?;
        if before.as_ref().is_some_and(|before| found.time <= before.time) {
            return Ok(());
        }
        let values = group.values.iter().map(|value| value.clone().into_owned()).collect();
        let heard = LastMatch { time: found.time, at: found.at, group: values };
        self.save(&group.key, before.as_ref(), &heard, span)
    }

    /// Makes an alert of a finding, and gives it to the correlations that look at this one.
    fn tell(
        &mut self,
        group: &Group<'_>,
        finding: &Finding,
        fields: &[(String, String)],
        depth: usize,
    ) -> Result<(), StateError> {
        let values = group.values.iter().map(|value| value.clone().into_owned());
        let named: Vec<_> = group.plan.group_names.iter().cloned().zip(values).collect();
        if group.plan.is_told {
            self.alerts.push(Alert {
                id: id(&group.plan.id, &group.hash, fields, &finding.evidence),
                correlation: group.index,
                group: named.clone(),
                fields: fields.to_vec(),
                time: EventMillis(finding.time),
                evidence: finding.evidence.clone(),
            });
        }
        let Some(at) = finding.evidence.last().copied().filter(|_| depth < CORRELATION_DEPTH_MAX) else {
            return Ok(());
        };
        let shown: Vec<_> = named.into_iter().chain(fields.iter().cloned()).collect();
        let found = Match { subject: Subject::Alert(&shown), time: finding.time, at, depth: depth + 1 };
        group.plan.outer.iter().try_for_each(|route| self.feed(*route, found))
    }

    /// The state at a key. State that cannot be read is as if it were not there, and counted.
    fn load<R: Record>(&mut self, key: &[u8]) -> Result<Option<R>, StateError> {
        let Some(bytes) = self.state.get(key)? else { return Ok(None) };
        let record = from_bytes(&bytes);
        if record.is_none() {
            self.stats.unreadable += 1;
        }
        Ok(record)
    }

    /// Writes what changed. New state comes into the index; after that its entry there is moved only when it comes up, so that a
    /// busy group does not write there each time.
    fn save<R: Record + PartialEq>(
        &mut self,
        key: &[u8],
        before: Option<&R>,
        after: &R,
        span: i64,
    ) -> Result<(), StateError> {
        if before == Some(after) {
            return Ok(());
        }
        if before.is_none() {
            self.wait(after.due(span), key)?;
        }
        self.state.put(key, to_bytes(after))
    }

    /// Looks at state whose time may be over: it is forgotten, or comes up again when it is really over.
    pub(crate) fn due(&mut self, plan: usize, key: &[u8]) -> Result<(), StateError> {
        let Some(found) = self.plans.get(plan) else { return Ok(()) };
        let due = match &found.kind {
            Kind::Sliding(_) => self.load::<Window>(key)?.map(|window| window.due(found.span)),
            Kind::FirstSeen { .. } => self.load::<Seen>(key)?.map(|seen| seen.due(found.span)),
            Kind::Recurrence { .. } => self.load::<Uses>(key)?.map(|uses| uses.due(found.span)),
            Kind::Silence => return self.silent(found, plan, key),
            Kind::Binned(_) => {
                self.judge(plan, key)?;
                None
            }
        };
        self.forget_or_wait(key, due)
    }

    /// Puts state into the index, to come up when it is due.
    fn wait(&mut self, due: i64, key: &[u8]) -> Result<(), StateError> {
        *self.earliest = due.min(*self.earliest);
        self.state.put(&timer_key(EventMillis(due), key), Vec::new())
    }

    fn forget_or_wait(&mut self, key: &[u8], due: Option<i64>) -> Result<(), StateError> {
        match due.filter(|due| *due >= self.watermark) {
            Some(due) => self.wait(due, key),
            None => {
                self.stats.forgotten += 1;
                self.state.delete(key)
            }
        }
    }

    /// Tells what a window says, as if it were over.
    pub(crate) fn judge(&mut self, index: usize, key: &[u8]) -> Result<(), StateError> {
        let Some(plan) = self.plans.get(index) else { return Ok(()) };
        let Kind::Binned(condition) = &plan.kind else { return Ok(()) };
        let Some(bin) = self.load::<Bin>(key)? else { return Ok(()) };
        let Some(finding) = bin.judge(condition, plan.span) else { return Ok(()) };
        self.tell_kept(plan, index, key, &bin.group, &finding)
    }

    /// Tells of a group whose values were kept, because no event shows them.
    fn tell_kept(
        &mut self,
        plan: &Plan,
        index: usize,
        key: &[u8],
        values: &[String],
        finding: &Finding,
    ) -> Result<(), StateError> {
        let values: Vec<Cow<'_, str>> = values.iter().map(Cow::from).collect();
        let hash = values_hash(values.iter().map(AsRef::as_ref));
        self.tell(&Group { plan, index, values, hash, key: key.to_vec() }, finding, &[], 0)
    }

    fn silent(&mut self, plan: &Plan, index: usize, key: &[u8]) -> Result<(), StateError> {
        let last = self.load::<LastMatch>(key)?;
        self.forget_or_wait(key, last.as_ref().map(|last| last.due(plan.span)))?;
        let Some(last) = last.filter(|last| last.due(plan.span) < self.watermark) else { return Ok(()) };
        let finding = Finding { time: last.due(plan.span), evidence: vec![last.at] };
        self.tell_kept(plan, index, key, &last.group, &finding)
    }
}

/// What a window measures of a match.
fn items(measure: Measure, position: usize, fields: &[FieldRef], subject: Subject<'_>) -> Vec<u64> {
    match measure {
        Measure::Count => vec![0],
        Measure::Rules | Measure::Ordered(_) => vec![position as u64],
        Measure::Values => subject.choices(fields).iter().map(|choice| item(choice)).collect(),
        Measure::Sum | Measure::Mean | Measure::Percentile(_) => {
            numbers(fields, subject).map(f64::to_bits).collect()
        }
    }
}

/// Half of the hash of values is enough to count them: whoever makes two of them meet is one value short of the threshold.
fn item(values: &[Cow<'_, str>]) -> u64 {
    let hash = values_hash(values.iter().map(AsRef::as_ref));
    u64::from_le_bytes(hash.first_chunk().copied().unwrap_or_default())
}

/// The numbers of a match; what is no number counts nothing.
#[expect(clippy::cast_precision_loss, reason = "sums and means are of floats")]
pub(crate) fn numbers(fields: &[FieldRef], subject: Subject<'_>) -> impl Iterator<Item = f64> {
    let texts = fields.iter().flat_map(move |field| subject.values(field));
    let numbers = texts.filter_map(|text| match number::read(&text)? {
        Number::Integer(integer) => Some(integer as f64),
        Number::Float(float) => Some(float),
    });
    numbers.filter(|number| number.is_finite())
}
