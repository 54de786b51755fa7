//! Which certificates another server may show.

use std::path::PathBuf;

/// Which certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Those that the system trusts.
    System,
    /// Only those in this PEM file.
    Only(PathBuf),
}
