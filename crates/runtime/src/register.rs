//! Registers on their files: sealing one, checking a copy against its seal, comparing two, proofs and certificates.

mod amended;
mod canaries;
mod certifying;
mod compared;
mod lookup;
mod new_file;
mod proving;
mod rows;
mod sealing;
mod supply;

pub use amended::{Amended, apply};
pub use canaries::{Copy, Planted, PlantedRow, Traced, beside, plant, planted, trace};
pub use certifying::{Certified, Certifying, certify, check_certificate};
pub use compared::{Compared, Verified, diff, verify};
pub use lookup::{LookupError, LookupRow, Question, VersionRow, ask, index, versions};
pub use proving::{Proving, check_proof, is_proof, prove};
pub use sealing::{Sealed, Sealing, seal};
pub use supply::{Handover, SupplyRow, attest, supplies, supply};

use crate::data::Data;
use anyhow::{Context, Result};
use model::limit::REGISTER_NAME_BYTES_MAX;
pub use register::Columns;
use register::RegisterKey;
use serde::{Deserialize, Serialize};
use store::SecretKey;

/// Collection of the seals that were made here, by root.
const SEALS: &str = "register_seal";
/// File of the secret that salts come from, in the folder `keys`.
const KEY_FILE: &str = "register.key";

/// A seal that was made here.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KnownSeal {
    /// Name of the register.
    register: String,
    /// When it was sealed.
    epoch: String,
    /// Electors.
    rows: u64,
    /// Place of its entry in the evidence log.
    leaf: u64,
}

/// The register key of this folder. It is made with the first seal and never again: a new one would turn every elector of
/// the older seals into an altered one.
fn register_key(data: &Data) -> Result<RegisterKey> {
    let is_first_use = data.collection(SEALS)?.is_empty();
    let path = data.folder().join("keys").join(KEY_FILE);
    let key = SecretKey::load(None, &path, is_first_use).context("cannot load the register key")?;
    Ok(RegisterKey::new(key.bytes()))
}

/// What chance begins with that nobody is to foresee.
///
/// # Errors
/// When the system has no randomness.
pub fn fresh_seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
    Ok(seed)
}

/// Whether a register can have this name.
fn check_name(name: &str) -> Result<()> {
    let is_name = (1..=REGISTER_NAME_BYTES_MAX).contains(&name.len()) && !name.chars().any(char::is_control);
    anyhow::ensure!(
        is_name,
        "the name of a register has 1 to {REGISTER_NAME_BYTES_MAX} bytes without control characters"
    );
    Ok(())
}

/// Opens a file for reading, and names it when that fails.
fn open(path: &std::path::Path) -> Result<std::fs::File> {
    std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))
}
