//! `mail scan`: read, detect, record with evidence, correlate, and tell what was found.

use crate::clock;
use crate::correlate::{self, Findings};
use crate::data::Data;
use crate::detect::Settings;
use crate::intake::{self, Detected};
use crate::known::Known;
use crate::measure::retention;
use crate::opening;
use crate::pipeline;
use crate::progress::Progress;
use crate::row::{MessageRow, ReasonRow};
use crate::source;
use anyhow::{Context, Result};
use model::{Defect, Verdict, limit};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use store::Features;

/// What to scan.
pub struct Scan {
    /// Messages, mailboxes, folders, `-`.
    pub paths: Vec<PathBuf>,
    /// Proxy or web logs that tell of openings.
    pub proxy_logs: Vec<PathBuf>,
    /// Detectors' settings.
    pub settings: Settings,
}

/// What a scan did.
#[derive(Debug, Default)]
pub struct Summary {
    /// Messages read.
    pub messages: u64,
    /// Of these, known from before.
    pub known: u64,
    /// Messages by verdict: pass, disarm, quarantine.
    pub verdicts: [u64; 3],
    /// What was set aside: the first ones.
    pub defects: Vec<Defect>,
    /// How many were set aside.
    pub defect_count: u64,
    /// Fetches in the logs that named a recorded beacon.
    pub fetches: u64,
    /// What correlation found.
    pub findings: Findings,
}

/// Defects that are kept to be printed; the rest is only counted.
const DEFECTS_KEPT: usize = 1_000;

impl Summary {
    fn set_aside(&mut self, defect: Defect) {
        self.defect_count += 1;
        if self.defects.len() < DEFECTS_KEPT {
            self.defects.push(defect);
        }
    }
}

/// Scans into `data` and writes a row a message to `rows`, if that is given, in input order.
///
/// # Errors
/// When a store or the output fails. What was accepted before stays; scanning the same input again goes on from there.
pub fn scan(
    data: &mut Data,
    scan: &Scan,
    rows: Option<&mut dyn Write>,
    progress: &dyn Progress,
) -> Result<Summary> {
    let mut intake = Intake::new(data, scan.settings.wants_rows)?;
    intake.read(data, scan, progress)?;
    let Intake { mut summary, spool, .. } = intake;
    let (defects, fetches) = opening::take_in(data, &scan.proxy_logs, &scan.settings.house, progress)?;
    summary.fetches = fetches;
    summary.defect_count += defects.count;
    summary.defects.extend(defects.kept);
    summary.findings = correlate::correlate(data, &scan.settings.house, progress)?;
    retention::mark(data, clock::now())?;
    summary.defect_count += summary.findings.unread.count;
    summary.defects.extend_from_slice(&summary.findings.unread.kept);
    if let (Some(spool), Some(rows)) = (spool, rows) {
        spool.write(&summary.findings, rows)?;
    }
    Ok(summary)
}

/// Takes detected messages in, in input order.
struct Intake {
    summary: Summary,
    known: Known,
    batch: Vec<Detected>,
    next: u64,
    spool: Option<Spool>,
}

impl Intake {
    fn new(data: &Data, wants_rows: bool) -> Result<Self> {
        let spool = if wants_rows { Some(Spool::new()?) } else { None };
        let next = data.store.features.len();
        Ok(Self { summary: Summary::default(), known: Known::read(data)?, batch: Vec::new(), next, spool })
    }

    fn read(&mut self, data: &mut Data, scan: &Scan, progress: &dyn Progress) -> Result<()> {
        let messages = source::open(&scan.paths);
        let reading = messages.progress();
        progress.begin("reading", reading.bytes_total());
        pipeline::run(messages, &scan.settings, |item| {
            self.take(data, item)?;
            progress.at(reading.bytes_done());
            Ok(())
        })?;
        self.flush(data)?;
        progress.end();
        Ok(())
    }

    fn take(&mut self, data: &mut Data, item: pipeline::Item) -> Result<()> {
        let output = match item {
            Ok(output) => output,
            Err(defect) => {
                self.summary.set_aside(defect);
                return Ok(());
            }
        };
        self.summary.messages += 1;
        if let Some(count) = self.summary.verdicts.get_mut(output.judgement.verdict as usize) {
            *count += 1;
        }
        let ordinal = self.known.ordinal_of_either(&output.identity, output.twin.as_ref(), self.next);
        if let Some(spool) = &mut self.spool {
            spool.push(ordinal, &output.row)?;
        }
        if ordinal != self.next {
            self.summary.known += 1;
            return Ok(());
        }
        self.next += 1;
        self.batch.push(output.detected);
        if self.batch.len() >= limit::COMMIT_BATCH_MAX {
            self.flush(data)?;
        }
        Ok(())
    }

    fn flush(&mut self, data: &mut Data) -> Result<()> {
        intake::commit(data, &self.batch)?;
        self.batch.clear();
        Ok(())
    }
}

/// Rows wait in a file until it is known which campaign each belongs to: memory stays small whatever is scanned.
struct Spool {
    file: BufWriter<File>,
    ordinals: Vec<u64>,
}

impl Spool {
    fn new() -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file for the rows")?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), ordinals: Vec::new() })
    }

    fn push(&mut self, ordinal: u64, row: &[u8]) -> Result<()> {
        self.ordinals.push(ordinal);
        self.file
            .write_all(row)
            .and_then(|()| self.file.write_all(b"\n"))
            .context("cannot write the temporary file of rows")
    }

    fn write(self, findings: &Findings, out: &mut dyn Write) -> Result<()> {
        use std::io::Seek;
        let mut file = self.file.into_inner().context("cannot write the temporary file of rows")?;
        file.rewind()?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut line = Vec::new();
        for ordinal in self.ordinals {
            line.clear();
            reader.read_until(b'\n', &mut line)?;
            match findings.campaign_of(ordinal) {
                None => out.write_all(&line)?,
                Some(campaign) => {
                    let mut row: MessageRow = serde_json::from_slice(&line)?;
                    assign(&mut row, campaign);
                    serde_json::to_writer(&mut *out, &row)?;
                    out.write_all(b"\n")?;
                }
            }
        }
        Ok(out.flush()?)
    }
}

fn assign(row: &mut MessageRow, campaign: &crate::row::CampaignRow) {
    row.campaign = Some(campaign.id.clone());
    if !campaign.concern {
        return;
    }
    if row.verdict == Verdict::Pass.word() {
        row.verdict = Verdict::Disarm.word().to_owned();
    }
    row.score = row.score.max(correlate::CAMPAIGN_SCORE);
    row.reasons.push(ReasonRow {
        code: correlate::BELONGS.into(),
        weight: campaign.log_odds,
        detail: format!("belongs to {}: {}", campaign.id, campaign.name),
    });
}
