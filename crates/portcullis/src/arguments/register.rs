//! Arguments of `register`.

use super::{DataFolder, Printing, RegisterCanary, RegisterIndex, RegisterLookup, RegisterSupply};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Registers.
#[derive(Debug, Subcommand)]
pub(crate) enum Register {
    /// Seal a register, so that it can be proved whether anybody altered it, and record the root as evidence.
    Seal(RegisterSeal),
    /// Say whether a copy is what was sealed, and which electors are altered, missing or added.
    Verify(RegisterVerify),
    /// Compare two registers elector by elector and field by field.
    Diff(RegisterDiff),
    /// Make the register before into the register after, by a patch that `diff --patch` wrote.
    Apply(RegisterApply),
    /// Make the index of a sealed version, from which `lookup` answers.
    Index(RegisterIndex),
    /// Ask whether a name is at a place on the register, on a day: one question, on record, instead of a copy.
    Lookup(RegisterLookup),
    /// Canaries in supplied copies, and leaks traced by them.
    #[command(subcommand)]
    Canary(RegisterCanary),
    /// The ledger of supplied copies.
    #[command(subcommand)]
    Supply(RegisterSupply),
    /// Prove that one elector's row is under the root of a seal, without showing the row.
    Prove(RegisterProve),
    /// Prove it and show chosen fields of the row, and nothing else of it.
    Disclose(RegisterDisclose),
    /// Certify that a later seal is an earlier one and the authorised notices, and list what nobody authorised.
    Certificate(RegisterCertificate),
    /// Check a proof by itself, or a certificate with both its seals, offline.
    Check(RegisterCheck),
}

/// What the columns of a register mean.
#[derive(Debug, Args)]
pub(crate) struct RegisterColumns {
    /// Columns or fields that make an elector's key, with commas between; otherwise the number with its prefix and suffix.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) key_columns: Vec<String>,
    /// TOML with a table `columns` that says which field a heading means, such as `"Nr" = "number"`.
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
}

/// `register seal`.
#[derive(Debug, Args)]
pub(crate) struct RegisterSeal {
    /// The register: one CSV file, or several that are one register together.
    #[arg(required = true, value_name = "CSV")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Name of the register.
    #[arg(long, value_name = "NAME")]
    pub(crate) register: String,
    /// Where to write the seal; otherwise beside the first file, with `.seal` after its name.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Folder with the register key and the evidence log; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register verify`.
#[derive(Debug, Args)]
pub(crate) struct RegisterVerify {
    /// The copy: one CSV file, or several that are one register together.
    #[arg(required = true, value_name = "CSV")]
    pub(crate) copy: Vec<PathBuf>,
    /// The seal.
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: PathBuf,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Where it was sealed.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register diff`.
#[derive(Debug, Args)]
pub(crate) struct RegisterDiff {
    /// The register before.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// The register after.
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// Where to write all differences with their values, so that `apply` can make the one register into the other.
    #[arg(long, value_name = "FILE")]
    pub(crate) patch: Option<PathBuf>,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register apply`.
#[derive(Debug, Args)]
pub(crate) struct RegisterApply {
    /// The patch.
    #[arg(value_name = "PATCH")]
    pub(crate) patch: PathBuf,
    /// The register before.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// Where to write the register after.
    #[arg(long, value_name = "AFTER")]
    pub(crate) out: PathBuf,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
}

/// `register prove`.
#[derive(Debug, Args)]
pub(crate) struct RegisterProve {
    /// The elector, with `/` between the values of the key, as `verify` and `diff` show them.
    #[arg(value_name = "KEY")]
    pub(crate) elector: String,
    /// The register that was sealed.
    #[arg(required = true, value_name = "CSV")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The seal.
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: PathBuf,
    /// Where to write the proof; otherwise beside the seal, with the elector and `.proof` after its name.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Where it was sealed.
    #[command(flatten)]
    pub(crate) data: DataFolder,
}

/// `register disclose`.
#[derive(Debug, Args)]
pub(crate) struct RegisterDisclose {
    /// Fields to show, with commas between.
    #[arg(long, required = true, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// As for a proof.
    #[command(flatten)]
    pub(crate) proof: RegisterProve,
}

/// `register certificate`.
#[derive(Debug, Args)]
pub(crate) struct RegisterCertificate {
    /// The seal before.
    #[arg(long, value_name = "SEAL")]
    pub(crate) from: PathBuf,
    /// The seal after.
    #[arg(long, value_name = "SEAL")]
    pub(crate) to: PathBuf,
    /// CSV with the key's columns, `Change` (changed, removed, added) and `Notice`, the reference of what authorised it.
    #[arg(long, value_name = "CSV")]
    pub(crate) notices: PathBuf,
    /// Where to write the certificate.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Columns.
    #[command(flatten)]
    pub(crate) columns: RegisterColumns,
    /// Whose evidence log records it.
    #[command(flatten)]
    pub(crate) data: DataFolder,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// `register check`.
#[derive(Debug, Args)]
pub(crate) struct RegisterCheck {
    /// The proof or certificate.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Root that a proof must lead to, in base64, as the evidence log has it.
    #[arg(long, value_name = "ROOT")]
    pub(crate) root: Option<String>,
    /// The seal before, of a certificate.
    #[arg(long, value_name = "SEAL", requires = "to")]
    pub(crate) from: Option<PathBuf>,
    /// The seal after, of a certificate.
    #[arg(long, value_name = "SEAL", requires = "from")]
    pub(crate) to: Option<PathBuf>,
    /// Printing.
    #[command(flatten)]
    pub(crate) printing: Printing,
}
