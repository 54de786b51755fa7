//! Arguments of `watch`.

use super::Printing;
use crate::log_words::{FormatWord, LogsourceWords};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Watch.
#[derive(Debug, Subcommand)]
pub(crate) enum Watch {
    /// Read logs, find what rules describe, record it as evidence, and join it to cases.
    Scan(WatchScan),
    /// Rules: check, list, explain, test.
    #[command(subcommand)]
    Rules(WatchRules),
}

/// Where rules come from.
#[derive(Debug, Args)]
pub(crate) struct RuleFolders {
    /// Sigma rules: files, folders, or a checkout of SigmaHQ.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Processing pipeline in pySigma's YAML, which fits rules to your logs. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Vec<PathBuf>,
}

/// `watch rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum WatchRules {
    /// Name everything in rules that is not understood or suspicious, with file and line.
    Check(RulesCheck),
    /// One line a rule; without PATH those that are shipped.
    List(RulesList),
    /// Show why a rule matches an event, or why it does not.
    Explain(RulesExplain),
    /// Run the tests that rules carry in folders `tests`; without PATH those of the shipped rules.
    Test(RulesTest),
}

/// `watch rules check`.
#[derive(Debug, Args)]
pub(crate) struct RulesCheck {
    /// The rules.
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `watch rules test`.
#[derive(Debug, Args)]
pub(crate) struct RulesTest {
    /// The rules, with their tests.
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `watch rules list`.
#[derive(Debug, Args)]
pub(crate) struct RulesList {
    /// The rules.
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `watch rules explain`.
#[derive(Debug, Args)]
pub(crate) struct RulesExplain {
    /// The rule: its id, name or title, or a file with one rule.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// A log with the event: its first one, or that of --line.
    #[arg(value_name = "EVENT")]
    pub(crate) event: PathBuf,
    /// Which event of the log, from 1.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) number: u64,
    /// Sigma rules to look for RULE in, beside those that are shipped. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Processing pipeline in pySigma's YAML. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Vec<PathBuf>,
    /// How the log is written, where its first bytes do not tell.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<FormatWord>,
}

/// `watch scan`.
#[derive(Debug, Args)]
pub(crate) struct WatchScan {
    /// Logs: EVTX, JSON (lines, arrays, CloudTrail, unified audit, sign-ins), W3C and IIS, Apache and nginx, Exchange, syslog,
    /// journal, auditd, PostgreSQL; folders of these, each perhaps .gz or .zst; `-` reads standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Sigma rules: a file, a folder or a checkout of SigmaHQ, beside those that are shipped. May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Only the rules of --rules, without those that are shipped.
    #[arg(long, requires = "rules")]
    pub(crate) no_shipped: bool,
    /// Processing pipeline in pySigma's YAML, which fits rules to your logs. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Vec<PathBuf>,
    /// How all of the logs are written, where their first bytes do not tell: json, evtx, w3c, access, exchange, syslog, journal,
    /// auditd, postgresql or csv.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<FormatWord>,
    /// What wrote the logs, where their records do not tell: product=linux,service=sshd,category=webserver, or some of these.
    #[arg(long, value_name = "WORDS")]
    pub(crate) logsource: Option<LogsourceWords>,
    /// Folder that keeps sightings, cases and what correlations remember; without it nothing is kept.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}
