//! Arguments of `mail`, `campaign` and `member`.

use super::{DataFolder, Format, Printing};
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
