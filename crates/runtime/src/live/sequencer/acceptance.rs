//! How a batch of messages becomes durable: in one group commit with everything that is done to them by what they look like
//! themselves, and in a second one what follows from the campaign that they belong to.

use super::{Answer, Observed, Sequencer};
use crate::detect::Output;
use crate::intake::Detected;
use crate::live::passage::{Decided, Passage, Treatment, blocked, carry_out};
use crate::live::{Fate, Judged, LiveError};
use crate::measure::quarantine::Grounds;
use crate::record;
use crate::row::ReasonRow;
use model::{Ordinal, Verdict};
use std::sync::atomic::Ordering;

/// A message of the batch, as far as it has come.
enum Step {
    /// Its answer is known already.
    Answered(Answer),
    /// It is recorded, and nothing more was asked.
    Recorded(Judged),
    /// A mail server waits with it.
    Treated(Box<Treated>),
}

/// A message that something is done to.
struct Treated {
    passage: Passage,
    treatment: Treatment,
    /// Mail of a blocked sender is kept also where it could not be judged.
    judged: Option<Judged>,
    is_blocked: bool,
}

impl Sequencer<'_> {
    /// Records a batch, correlates it, carries out what is to be done with each message, and says so.
    pub(super) fn accept(&mut self, arrivals: Vec<Observed>) -> Result<Vec<Answer>, LiveError> {
        self.catch_up()?;
        let first = self.correlated;
        let decided = self.with_data(|_, data| {
            let decided = |arrival: &Observed| {
                arrival.passage.as_ref().map_or(Ok(Decided::Nothing), |passage| passage.decided(data))
            };
            arrivals.iter().map(decided).collect::<anyhow::Result<Vec<_>>>()
        })?;
        let mut batch = Vec::new();
        let mut steps: Vec<Step> = arrivals
            .into_iter()
            .zip(decided)
            .map(|(arrival, decided)| self.begin(arrival, decided, &mut batch))
            .collect();
        if let Err(error) = self.with_data(|_, data| carry_out(data, &batch, at_once(&steps))) {
            self.known.forget_from(first);
            return Err(error);
        }
        let now = u64::try_from(crate::clock::now().0).unwrap_or_default();
        self.shared.health.last_commit.store(now, Ordering::Relaxed);
        self.shared.health.observed.fetch_add(batch.len() as u64, Ordering::Relaxed);
        if let Err(error) = self.follow_up(&mut steps) {
            // What is written down about them already is not overtaken by another answer: their senders try again.
            for (passage, _) in steps.iter().filter_map(Step::treated) {
                // Where nobody waits any more, another answer was not possible either: it was being written.
                let _ = passage.wait.must_keep();
            }
            return Err(error);
        }
        Ok(steps.into_iter().map(Step::answer).collect())
    }

    /// Correlates what is recorded now, and carries out what follows from the campaigns.
    fn follow_up(&mut self, steps: &mut [Step]) -> Result<(), LiveError> {
        self.catch_up()?;
        let mut is_late = Vec::with_capacity(steps.len());
        for step in &mut *steps {
            is_late.push(self.weigh_step(step)?);
        }
        self.with_data(|_, data| carry_out(data, &[], of_campaigns(steps, &is_late)))
    }

    /// Gives a message its place in the batch, unless its answer is known already or nobody waits for it any more.
    fn begin(&mut self, arrival: Observed, decided: Decided, batch: &mut Vec<Detected>) -> Step {
        let Observed { output, passage, .. } = arrival;
        let is_blocked = decided == Decided::Blocked;
        if decided == Decided::Released {
            // It was judged and recorded when it came, and it is not filtered a second time.
            return Step::Answered(Ok(Fate::Released));
        }
        let output = match output {
            Err(defect) if !is_blocked => return Step::Answered(Err(LiveError::Unreadable(defect))),
            output => output.ok(),
        };
        if let Some(Passage { wait, .. }) = &passage {
            let is_waiting = if is_blocked { wait.must_keep() } else { wait.begin_to_write() };
            if is_waiting.is_err() {
                return Step::Answered(Err(LiveError::Deadline));
            }
        }
        let judged = output.map(|output| self.place(output, batch));
        match (passage, judged) {
            (None, None) => Step::Answered(Err(LiveError::Stopped)),
            (None, Some(judged)) => Step::Recorded(judged),
            (Some(mut passage), judged) => {
                let treatment = match &judged {
                    Some(judged) if !is_blocked => passage.treatment(judged),
                    judged => {
                        Treatment::Keep(blocked(judged.as_ref().map(Grounds::from).unwrap_or_default()))
                    }
                };
                Step::Treated(Box::new(Treated { passage, treatment, judged, is_blocked }))
            }
        }
    }

    /// Puts a message into the batch, unless it is recorded already.
    fn place(&mut self, output: Output, batch: &mut Vec<Detected>) -> Judged {
        let Output { detected, judgement, identity, twin, authentication, .. } = output;
        let next = self.correlated + batch.len() as u64;
        let ordinal = self.known.ordinal_of_either(&identity, twin.as_ref(), next);
        if ordinal == next {
            batch.push(detected);
        }
        Judged {
            verdict: judgement.verdict,
            score: judgement.score,
            reasons: judgement.reasons.iter().map(ReasonRow::from).collect(),
            campaign: None,
            authentication,
            digest: identity.digest(),
            ordinal: Ordinal(ordinal),
            is_known: ordinal < self.correlated,
        }
    }

    /// Weighs the campaign that a recorded message belongs to. Answers whether something is to be done only now.
    fn weigh_step(&mut self, step: &mut Step) -> Result<bool, LiveError> {
        match step {
            Step::Answered(_) => Ok(false),
            Step::Recorded(judged) => self.weigh_with_record(judged).map(|()| false),
            Step::Treated(treated) => {
                if let Some(judged) = &mut treated.judged {
                    self.weigh_with_record(judged)?;
                }
                Ok(treated.reconsider())
            }
        }
    }

    fn weigh_with_record(&mut self, judged: &mut Judged) -> Result<(), LiveError> {
        let ordinal = judged.ordinal;
        let record = self.with_data(|_, data| Ok(record::read(data, ordinal)?))?;
        let sender = record.map(|feature| feature.sender).unwrap_or_default();
        self.weigh(judged, &sender);
        Ok(())
    }
}

impl Treated {
    /// Looks again when the campaign is known. Answers whether something is to be done only now.
    fn reconsider(&mut self) -> bool {
        let Self { passage, treatment, judged, is_blocked } = self;
        match (&mut *treatment, judged) {
            (Treatment::Keep(_), None) => true,
            // The campaign stands among the grounds.
            (Treatment::Keep(grounds), Some(judged)) if *is_blocked => {
                *grounds = blocked(Grounds::from(&*judged));
                true
            }
            (Treatment::Keep(grounds), Some(judged)) => {
                *grounds = Grounds::from(&*judged);
                true
            }
            (Treatment::Deliver, Some(judged)) if judged.verdict > Verdict::Pass => {
                *treatment = passage.treatment(judged);
                true
            }
            _ => false,
        }
    }

    fn fate(self) -> Fate {
        match (self.treatment, self.judged) {
            (Treatment::Keep(_), _) | (_, None) => Fate::Kept,
            (Treatment::Disarm(disarmed), Some(judged)) => Fate::Disarmed(judged, disarmed),
            (_, Some(judged)) => Fate::Delivered(judged),
        }
    }
}

impl Step {
    fn treated(&self) -> Option<(&Passage, &Treatment)> {
        match self {
            Self::Treated(treated) => Some((&treated.passage, &treated.treatment)),
            _ => None,
        }
    }

    fn answer(self) -> Answer {
        match self {
            Self::Answered(answer) => answer,
            Self::Recorded(judged) => Ok(Fate::Delivered(judged)),
            Self::Treated(treated) => Ok(treated.fate()),
        }
    }
}

/// What is done with the first commit. A message that is kept waits for the second, which knows its campaign.
fn at_once(steps: &[Step]) -> impl Iterator<Item = (&Passage, &Treatment)> {
    steps.iter().filter_map(Step::treated).filter(|(_, treatment)| !matches!(treatment, Treatment::Keep(_)))
}

fn of_campaigns<'a>(
    steps: &'a [Step],
    is_late: &'a [bool],
) -> impl Iterator<Item = (&'a Passage, &'a Treatment)> {
    steps.iter().zip(is_late).filter(|(_, is_late)| **is_late).filter_map(|(step, _)| step.treated())
}
