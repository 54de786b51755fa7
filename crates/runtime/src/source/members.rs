//! The list of members, out of a file.

use super::{Progress, folder, name_of, stream};
use mail::member::{House, HouseError};
use model::Defect;
use model::limit::MEMBERS_FILE_BYTES_MAX;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A list of members that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MembersError {
    /// The file cannot be read.
    #[error("cannot read the list of members {path}")]
    Read {
        /// The file as the user named it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than any house.
    #[error("the list of members {path} is over the limit of {MEMBERS_FILE_BYTES_MAX} bytes")]
    TooLong {
        /// The file as the user named it.
        path: PathBuf,
    },
    /// The file is not a list of members.
    #[error(transparent)]
    House(#[from] HouseError),
}

/// Reads a list of members; `-` is standard input, and gzip and zstd are undone. The rows that could not be used are defects.
///
/// # Errors
/// [`MembersError`] if the file cannot be read or is no list of members.
pub fn members(path: &Path) -> Result<(House, Vec<Defect>), MembersError> {
    Ok(House::parse(&members_csv(path)?, &name_of(path))?)
}

/// The text of a list of members, unpacked.
///
/// # Errors
/// [`MembersError::Read`] and [`MembersError::TooLong`].
pub fn members_csv(path: &Path) -> Result<Vec<u8>, MembersError> {
    let input = folder::Input { path: path.to_owned(), place: folder::Place::Named, stored_len: None };
    let csv = read(&input).map_err(|source| MembersError::Read { path: path.to_owned(), source })?;
    if csv.len() > MEMBERS_FILE_BYTES_MAX {
        return Err(MembersError::TooLong { path: path.to_owned() });
    }
    Ok(csv)
}

fn read(input: &folder::Input) -> io::Result<Vec<u8>> {
    let mut csv = Vec::new();
    let stream = stream::open(input, &Arc::new(Progress::default()))?;
    stream.take(MEMBERS_FILE_BYTES_MAX as u64 + 1).read_to_end(&mut csv)?;
    Ok(csv)
}
