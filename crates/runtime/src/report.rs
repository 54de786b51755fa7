//! Reports about our own domains, DMARC and TLS: taken in once each, added up by day, and shown by domain.
//!
//! A report is known by its reporter, its id and its domain, and counted once however often it arrives. What is kept are
//! sums: a document a day and domain, and one a domain. The mark that a report was counted and the sums that it changed are
//! stored in one batch, so that a crash neither loses nor doubles it. Before that an entry of the evidence log commits to the
//! marks; after a crash in between, a second entry names the same reports.

mod batch;
mod day;
mod folder;
mod own;
mod view;

pub use folder::add;
pub use own::OwnDomains;
pub use view::{
    DomainReport, DomainSummary, FailureRow, PolicyRow, ReporterRow, SourceRow, TlsView, VolumeRow, domain,
    domains,
};

use crate::data::Data;
use anyhow::Result;
use batch::{Refusal, Sums};
use mail::report::Report;
use mail::report::feedback::FeedbackReport;
use model::limit::DEFECTS_KEPT_MAX;
use model::{Defect, EventTime};

/// What became of some reports.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Taken {
    /// DMARC reports that were counted.
    pub dmarc: u64,
    /// TLS reports that were counted.
    pub tls: u64,
    /// Reports that were known already, and so were not counted again.
    pub known: u64,
    /// Reports about domains that are not ours. They stand among the defects as well.
    pub foreign: u64,
    /// Complaints about single messages. They are not stored: whoever takes them in decides what becomes of the message.
    pub complaints: Vec<FeedbackReport>,
    /// What could not be used, up to [`DEFECTS_KEPT_MAX`].
    pub defects: Vec<Defect>,
    /// How many defects there were.
    pub defect_count: u64,
}

impl Taken {
    fn set_aside(&mut self, defects: impl IntoIterator<Item = Defect>) {
        for defect in defects {
            self.defect_count += 1;
            if self.defects.len() < DEFECTS_KEPT_MAX {
                self.defects.push(defect);
            }
        }
    }
}

/// Takes in what `bytes` hold: a message with a report, or the file of a report. `source` names them in defects; `now` stands
/// for the time of a report that tells none. Reports about domains that are not in `own` are set aside: whoever likes can send
/// some.
///
/// It asks for the data folder alone, because it reads sums, adds to them and writes them back.
///
/// # Errors
/// When the store fails; then nothing of these bytes is counted.
pub fn take_in(
    data: &mut Data,
    bytes: &[u8],
    source: &str,
    own: &OwnDomains,
    now: EventTime,
) -> Result<Taken> {
    let mut taken = Taken::default();
    let mut sums = Sums::open(data, own, now)?;
    let (reports, defects) = mail::report::read(bytes, source);
    taken.set_aside(defects);
    take(&mut sums, reports, source, &mut taken)?;
    sums.store()?;
    Ok(taken)
}

/// Adds some reports to sums that are not stored yet.
fn take(sums: &mut Sums<'_>, reports: Vec<Report>, source: &str, taken: &mut Taken) -> Result<()> {
    for report in reports {
        let outcome = match &report {
            Report::Dmarc(report) => sums.add_dmarc(report)?,
            Report::Tls(report) => sums.add_tls(report)?,
            Report::Feedback(_) => Ok(true),
        };
        match (outcome, report) {
            (Ok(_), Report::Feedback(complaint)) => taken.complaints.push(*complaint),
            (Ok(true), Report::Dmarc(_)) => taken.dmarc += 1,
            (Ok(true), Report::Tls(_)) => taken.tls += 1,
            (Ok(false), _) => taken.known += 1,
            (Err(refusal), _) => {
                taken.foreign += u64::from(matches!(refusal, Refusal::Foreign(_)));
                let (position, reason) = ("byte 0".to_owned(), refusal.to_string());
                taken.set_aside([Defect { source: source.to_owned(), position, reason }]);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
