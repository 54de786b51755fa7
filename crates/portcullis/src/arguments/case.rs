//! Arguments of `case`.

use super::{DataFolder, Printing};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Cases.
#[derive(Debug, Subcommand)]
pub(crate) enum Case {
    /// One line a case that has to be worked on, or was; with --all also those that are only remembered.
    List(CaseList),
    /// Everything known of one case: its questions, techniques, clocks and timeline.
    Show(CaseShow),
    /// Answer one of the four questions with evidence, or propose to accept that it stays open.
    Answer(CaseAnswer),
    /// Say when you became aware that personal data was or may have been touched: the clocks of notification run from then.
    Aware(CaseAware),
    /// Close a case whose questions are settled.
    Close(CaseClose),
    /// Write a case with its whole timeline as JSON.
    Export(CaseExport),
}

/// `case list`.
#[derive(Debug, Args)]
pub(crate) struct CaseList {
    /// Also what is only remembered until something grave joins it, and what was joined to an older case.
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `case show`.
#[derive(Debug, Args)]
pub(crate) struct CaseShow {
    /// Id, such as CASE-1.
    #[arg(value_name = "CASE")]
    pub(crate) id: String,
    /// List also what shares nothing but a host with what is grave.
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `case answer`.
#[derive(Debug, Args)]
pub(crate) struct CaseAnswer {
    /// Id, such as CASE-1.
    #[arg(value_name = "CASE")]
    pub(crate) id: String,
    /// Which question: entry-vector, persistence, credentials or scope.
    #[arg(value_name = "QUESTION")]
    pub(crate) question: String,
    /// The answer in words; with --accept-open, why the question cannot be answered.
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
    /// What shows it: the id of a sighting of the case, or the number of an entry of the evidence log. May be repeated.
    #[arg(long, value_name = "SIGHTING|ENTRY", required_unless_present = "accept_open")]
    pub(crate) evidence: Vec<String>,
    /// Propose that the question stays open; a second person approves it in the console.
    #[arg(long, conflicts_with = "evidence")]
    pub(crate) accept_open: bool,
    /// Where it is kept.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `case aware`.
#[derive(Debug, Args)]
pub(crate) struct CaseAware {
    /// Id, such as CASE-1.
    #[arg(value_name = "CASE")]
    pub(crate) id: String,
    /// What was learned.
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
    /// When, RFC 3339; without it now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Where it is kept.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `case close`.
#[derive(Debug, Args)]
pub(crate) struct CaseClose {
    /// Id, such as CASE-1.
    #[arg(value_name = "CASE")]
    pub(crate) id: String,
    /// What was concluded.
    #[arg(value_name = "CONCLUSION")]
    pub(crate) conclusion: String,
    /// Where it is kept.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `case export`.
#[derive(Debug, Args)]
pub(crate) struct CaseExport {
    /// Id, such as CASE-1.
    #[arg(value_name = "CASE")]
    pub(crate) id: String,
    /// Where to write it; without it, to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Where it is kept.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}
