//! What can be typed: `portcullis <part> <verb>`.

mod case;
mod copies;
mod evidence;
mod exercise;
mod mail;
mod register;
mod report;
mod watch;

pub(crate) use case::{Case, CaseAnswer, CaseAware, CaseClose, CaseExport, CaseList, CaseShow};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use copies::{
    CanaryList, CanaryPlant, CanaryTrace, RegisterCanary, RegisterIndex, RegisterLookup, RegisterSupply,
    SupplyDestroyed, SupplyList, SupplyRecord,
};
pub(crate) use evidence::{Evidence, EvidenceErase, EvidenceProve, EvidenceShow, EvidenceVerify};
pub(crate) use exercise::{Exercise, ExerciseBench, ExerciseRun, ExerciseWrite};
pub(crate) use mail::{
    Campaign, CampaignExport, CampaignList, CampaignShow, Mail, MailDisarm, MailErase, MailHunt,
    MailOriginal, MailScan, Member, MemberList, MemberShow,
};
pub(crate) use register::{
    Register, RegisterApply, RegisterCertificate, RegisterCheck, RegisterColumns, RegisterDiff,
    RegisterProve, RegisterSeal, RegisterVerify,
};
pub(crate) use report::{Domain, DomainCheck, Report, ReportAdd, ReportShow};
use std::path::PathBuf;
pub(crate) use watch::{
    RuleFolders, RulesCheck, RulesExplain, RulesList, RulesTest, Watch, WatchRules, WatchScan,
};

/// Finds reconnaissance campaigns in mail, tells who was targeted and who opened, disarms what remains, and keeps
/// evidence that anyone can verify. Strictly defensive: it never calls back, scans or tracks anyone.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What to work on.
    #[command(subcommand)]
    pub(crate) part: Part,
}

/// Parts.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// Read mail: scan, disarm, hunt.
    #[command(subcommand)]
    Mail(Mail),
    /// Campaigns that were found.
    #[command(subcommand)]
    Campaign(Campaign),
    /// The member ledger: who was targeted, who opened.
    #[command(subcommand)]
    Member(Member),
    /// Logs and rules: find intruders.
    #[command(subcommand)]
    Watch(Watch),
    /// Cases: what was seen of an intruder, and what must be known before it is over.
    #[command(subcommand)]
    Case(Case),
    /// Electoral registers: seal, verify, compare.
    #[command(subcommand)]
    Register(Register),
    /// The evidence log: verify, show, prove.
    #[command(subcommand)]
    Evidence(Evidence),
    /// What other mail systems report about our domains: DMARC and TLS.
    #[command(subcommand)]
    Report(Report),
    /// Our own domains: how well they are protected.
    #[command(subcommand)]
    Domain(Domain),
    /// Exercise LANTERN: invented mail to try everything on.
    #[command(subcommand)]
    Exercise(Exercise),
    /// Write a configuration file with every default in comments.
    Init(Init),
    /// The configuration of `serve`.
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Judge mail as it comes, and open the console.
    Serve(Serve),
    /// The filter beside a mail server.
    #[command(subcommand)]
    Gate(Gate),
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
}

/// Printing.
#[derive(Debug, Args)]
pub(crate) struct Printing {
    /// How to print on standard output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// A data folder that is there.
#[derive(Debug, Args)]
pub(crate) struct DataFolder {
    /// Folder with everything that was recorded.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder for portcullis.toml; a file that is there already is kept.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// The configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Print every value and where it came from.
    Show(ConfigShow),
}

/// `config show`.
#[derive(Debug, Args)]
pub(crate) struct ConfigShow {
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// The gate.
#[derive(Debug, Subcommand)]
pub(crate) enum Gate {
    /// Print what another program needs to reach the filter.
    #[command(subcommand)]
    Config(GateConfig),
}

/// `gate config`.
#[derive(Debug, Subcommand)]
pub(crate) enum GateConfig {
    /// The lines of Postfix's configuration.
    Postfix(ConfigFile),
    /// The DNS record of the key that seals disarmed messages (ARC).
    Arc(ConfigFile),
}

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigFile,
}

/// A configuration file.
#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The configuration file; `portcullis init` writes one.
    #[arg(long, value_name = "FILE", default_value = crate::config::FILE)]
    pub(crate) config: PathBuf,
}
