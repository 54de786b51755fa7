//! What can be typed: `portcullis <part> <verb>`.

mod exercise;
mod report;

use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use exercise::{Exercise, ExerciseBench, ExerciseRun, ExerciseWrite};
pub(crate) use report::{Domain, DomainCheck, Report, ReportAdd, ReportShow};
use std::path::PathBuf;

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

/// Mail.
#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Read messages, find campaigns, record evidence.
    Scan(MailScan),
    /// Write a message without anything that reports its opening.
    Disarm(MailDisarm),
    /// Give a sealed original back, with evidence that it was looked at.
    Original(MailOriginal),
    /// Find every recorded message that an indicator fits.
    Hunt(MailHunt),
    /// Forget what was recorded of mail before a day; campaigns of concern are held.
    Erase(MailErase),
}

/// `mail erase`.
#[derive(Debug, Args)]
pub(crate) struct MailErase {
    /// Day before which it was recorded, such as 2020-01-18 (UTC).
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,
    /// Only say how much it would be.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to erase.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `mail scan`.
#[derive(Debug, Args)]
pub(crate) struct MailScan {
    /// .eml, mbox, Maildir, folders of these, each perhaps .gz or .zst; `-` reads standard input. May be left out where a
    /// --proxy-log tells of mail that --data holds already.
    #[arg(required_unless_present = "proxy_log", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The members: CSV with the columns id, name, address, groups (separated by `;`) and perhaps kind (house|personal).
    #[arg(long, value_name = "FILE")]
    pub(crate) members: Option<PathBuf>,
    /// Proxy or web log that tells of openings: Squid native, combined, W3C extended or JSON lines. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) proxy_log: Vec<PathBuf>,
    /// Folder that keeps what is recorded; without it nothing is kept.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Server whose Authentication-Results are believed (RFC 8601 authserv-id). May be repeated.
    #[arg(long, value_name = "AUTHSERV-ID")]
    pub(crate) trust: Vec<String>,
    /// Ask the system's name servers for SPF, DKIM, DMARC and ARC; without it no connection is made.
    #[arg(long)]
    pub(crate) dns: bool,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `mail disarm`.
#[derive(Debug, Args)]
pub(crate) struct MailDisarm {
    /// Message to disarm; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where to write it; without it, to standard output.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    /// Folder that keeps the sealed original.
    #[arg(long, value_name = "DIR", default_value = "portcullis-data")]
    pub(crate) data: PathBuf,
}

/// `mail original`.
#[derive(Debug, Args)]
pub(crate) struct MailOriginal {
    /// Digest (SHA-256) of the original as `mail disarm` told it, or the Message-ID.
    #[arg(value_name = "DIGEST|MESSAGE-ID")]
    pub(crate) message: String,
    /// Where to write it; a file that is there already is kept.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Why it is needed; auditors read it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: String,
    /// Where it is sealed.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `mail hunt`.
#[derive(Debug, Args)]
pub(crate) struct MailHunt {
    /// Address, domain, URL (with `*` for any text), SHA-256, `subject:WORDS` or `id:MESSAGE-ID`.
    #[arg(required = true, value_name = "INDICATOR")]
    pub(crate) indicators: Vec<String>,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// Campaigns.
#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// One line a campaign of concern; with --all every operation with several messages.
    List(CampaignList),
    /// Everything known of one campaign.
    Show(CampaignShow),
    /// Every operation with several messages, one object each.
    Export(CampaignExport),
}

/// `campaign list`.
#[derive(Debug, Args)]
pub(crate) struct CampaignList {
    /// Lawful operations too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `campaign show`.
#[derive(Debug, Args)]
pub(crate) struct CampaignShow {
    /// Id, or its beginning.
    pub(crate) id: String,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `campaign export`.
#[derive(Debug, Args)]
pub(crate) struct CampaignExport {
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// How to print: json or jsonl.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub(crate) format: Format,
}

/// Members.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// The whole ledger.
    List(MemberList),
    /// One member in every campaign.
    Show(MemberShow),
}

/// `member list`.
#[derive(Debug, Args)]
pub(crate) struct MemberList {
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `member show`.
#[derive(Debug, Args)]
pub(crate) struct MemberShow {
    /// The member's id.
    pub(crate) id: String,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// Evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum Evidence {
    /// Check every entry, every hash and the signature of a log, offline.
    Verify(EvidenceVerify),
    /// Print an entry and what it commits to.
    Show(EvidenceShow),
    /// Print a proof (C2SP tlog-proof) that an entry is in the log.
    Prove(EvidenceProve),
    /// Forget what old entries commit to; the log still verifies.
    Erase(EvidenceErase),
}

/// `evidence verify`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceVerify {
    /// Folder of the log (a copy will do), or a data folder.
    #[arg(value_name = "DIR")]
    pub(crate) log: PathBuf,
    /// The public key, as text or as a file; without it `evidence.vkey` beside the log.
    #[arg(long, value_name = "VKEY|FILE")]
    pub(crate) key: Option<String>,
    /// Witness whose cosignature must be there, as a verifier key. May be repeated.
    #[arg(long, value_name = "VKEY")]
    pub(crate) witness: Vec<String>,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `evidence show`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceShow {
    /// Index of the entry, from 0.
    pub(crate) index: u64,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `evidence prove`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceProve {
    /// Index of the entry, from 0.
    pub(crate) index: u64,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
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

/// `evidence erase`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceErase {
    /// Day before which salts and payloads are erased, such as 2020-01-18 (UTC).
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,
    /// Only say how many entries it would be.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to erase.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}
