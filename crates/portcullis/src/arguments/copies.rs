//! Arguments of `register canary` and `register supply`.

use super::{DataFolder, Printing, RegisterColumns};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Entries of nobody in supplied copies, by which a leak names its copy.
#[derive(Debug, Subcommand)]
pub(crate) enum RegisterCanary {
    /// Make a copy with canaries for somebody.
    Plant(CanaryPlant),
    /// Say which copy a leak comes from.
    Trace(CanaryTrace),
    /// List the copies that have canaries; which these are is not told.
    List(CanaryList),
}

/// `register canary plant`.
#[derive(Debug, Args)]
pub(crate) struct CanaryPlant {
    /// The authoritative register.
    #[arg(value_name = "CSV")]
    pub(crate) input: PathBuf,
    /// Name of the register.
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// Who gets the copy.
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) copy: String,
    /// The smallest leak that is to be traced, as a share of the copy.
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub(crate) leak_rate: f64,
    /// How likely such a leak is to be traced.
    #[arg(long, value_name = "CHANCE", default_value_t = 0.99)]
    pub(crate) confidence: f64,
    /// Recipients who may compare their copies with each other: 1 for fewer canaries.
    #[arg(long, value_name = "COPIES", default_value_t = 3)]
    pub(crate) colluders: u32,
    /// Where to write the copy; otherwise beside the register, with the recipient in its name.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Where the sealed list of canaries is kept.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register canary trace`.
#[derive(Debug, Args)]
pub(crate) struct CanaryTrace {
    /// The leak: rows in any form, one a line or as CSV.
    #[arg(value_name = "LEAK")]
    pub(crate) leak: PathBuf,
    /// Name of the register.
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// Where the canaries were planted.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register canary list`.
#[derive(Debug, Args)]
pub(crate) struct CanaryList {
    /// Where the canaries were planted.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// The ledger of supplied copies.
#[derive(Debug, Subcommand)]
pub(crate) enum RegisterSupply {
    /// Put a handover on the ledger.
    Record(SupplyRecord),
    /// List who has which copy, and whose time is over.
    List(SupplyList),
    /// Note that the destruction of a copy was attested.
    Destroyed(SupplyDestroyed),
}

/// `register supply record`.
#[derive(Debug, Args)]
pub(crate) struct SupplyRecord {
    /// Name of the register.
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// Who gets the copy.
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) recipient: String,
    /// The legal ground.
    #[arg(long, value_name = "TEXT")]
    pub(crate) ground: String,
    /// The day until which it may be kept, such as `2027-03-31`.
    #[arg(long, value_name = "DATE")]
    pub(crate) until: String,
    /// Folder with the ledger; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register supply list`.
#[derive(Debug, Args)]
pub(crate) struct SupplyList {
    /// Only those whose time is over without an attestation; the exit code is 1 when there is one.
    #[arg(long)]
    pub(crate) overdue: bool,
    /// Where the ledger is.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register supply destroyed`.
#[derive(Debug, Args)]
pub(crate) struct SupplyDestroyed {
    /// Number of the supply, such as `S-0001`.
    #[arg(value_name = "SUPPLY")]
    pub(crate) supply: String,
    /// Who attested it.
    #[arg(long, value_name = "NAME")]
    pub(crate) attested_by: String,
    /// Where the ledger is.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register index`.
#[derive(Debug, Args)]
pub(crate) struct RegisterIndex {
    /// The register as it was sealed: one CSV file, or several that are one register together.
    #[arg(required = true, value_name = "CSV")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Its seal.
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: PathBuf,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Where it was sealed; the index is kept there.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `register lookup`.
#[derive(Debug, Args)]
pub(crate) struct RegisterLookup {
    /// The whole name.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Name of the register.
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// Postcode.
    #[arg(long, value_name = "POSTCODE", required_unless_present = "address", default_value = "")]
    pub(crate) postcode: String,
    /// First line of the address, such as `14 Hill Road`.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) address: String,
    /// The day of which is asked, such as `2024-03-25`; today when it is not given.
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<String>,
    /// Why it is asked: it is put on record.
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: String,
    /// Who asks: it is put on record.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// Where the register was sealed.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}
