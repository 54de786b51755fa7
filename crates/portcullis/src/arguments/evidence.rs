//! Arguments of `evidence`.

use super::{DataFolder, Printing};
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
