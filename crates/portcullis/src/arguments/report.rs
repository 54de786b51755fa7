//! Arguments of `report` and `domain`.

use super::{DataFolder, Printing};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Reports about our domains.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Take in DMARC and TLS reports; each counts once.
    Add(ReportAdd),
    /// What the reports tell: every domain, or one in detail.
    Show(ReportShow),
}

/// `report add`.
#[derive(Debug, Args)]
pub(crate) struct ReportAdd {
    /// Reports (.xml, .json, .gz, .zip), messages and mailboxes that carry them, folders of all these.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Domain of your own; may be repeated. Reports about others are set aside. Without it all are counted.
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) own: Vec<String>,
    /// Folder that keeps what is recorded.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `report show`.
#[derive(Debug, Args)]
pub(crate) struct ReportShow {
    /// One domain in detail.
    #[arg(value_name = "DOMAIN")]
    pub(crate) domain: Option<String>,
    /// How many days back from the last report, 400 at most.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub(crate) days: u32,
    /// Where to look.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// Our own domains.
#[derive(Debug, Subcommand)]
pub(crate) enum Domain {
    /// Check SPF, DKIM, DMARC, MTA-STS and TLS-RPT, and say what to do.
    Check(DomainCheck),
}

/// `domain check`.
#[derive(Debug, Args)]
pub(crate) struct DomainCheck {
    /// Domains of your own.
    #[arg(required = true, value_name = "DOMAIN")]
    pub(crate) domains: Vec<String>,
    /// Allow questions to name servers: those of the system, or the one at this address.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, require_equals = true, default_missing_value = "system")]
    pub(crate) dns: Option<String>,
    /// Selector that your servers sign with (DKIM). May be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) selector: Vec<String>,
    /// Copy of `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`, for a single domain.
    #[arg(long, value_name = "FILE")]
    pub(crate) mta_sts_policy: Option<PathBuf>,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}
