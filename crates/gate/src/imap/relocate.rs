//! A message from one folder to another, so that after any interruption it is in one of them.

use super::budget::Budget;
use super::error::ImapError;
use super::locate::{Wanted, holds_exactly};
use super::session::{Deletion, Session};

/// From where to where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) from: &'a str,
    /// UIDVALIDITY of the folder that it comes from.
    pub(super) uid_validity: u32,
    pub(super) to: &'a str,
}

/// Moves the message with this UID of the selected folder `way.from`, whose bytes have the digest `wanted.digest`. Servers with
/// MOVE do it in one step; on others it is copied, unless a former attempt got as far as that, and then deleted. Only the same
/// bytes count as a copy: what else names the message may be forged, and the message would be lost.
pub(super) async fn relocate(
    session: &mut Session,
    budget: &Budget,
    uid: u32,
    wanted: Wanted<'_>,
    way: Way<'_>,
) -> Result<Deletion, ImapError> {
    if session.offers("MOVE") {
        if let Err(error) = session.move_to(uid, way.to).await {
            make_missing(session, way.to, error).await?;
            session.move_to(uid, way.to).await?;
        }
        return Ok(Deletion::Expunged);
    }
    let is_copied = is_there(session, budget, wanted, way.to).await?;
    session.select_again(way.from, way.uid_validity).await?;
    if !is_copied {
        session.copy_to(uid, way.to).await?;
    }
    session.delete(uid).await
}

/// Makes the folder where that is why a command was refused.
async fn make_missing(session: &mut Session, folder: &str, error: ImapError) -> Result<(), ImapError> {
    match &error {
        ImapError::Refused { code, .. } if code == "TRYCREATE" => session.create(folder).await,
        _ => Err(error),
    }
}

/// Whether `folder` holds the message. The folder is made where it is missing, and stays selected.
async fn is_there(
    session: &mut Session,
    budget: &Budget,
    wanted: Wanted<'_>,
    folder: &str,
) -> Result<bool, ImapError> {
    session.create(folder).await?;
    session.select(folder).await?;
    holds_exactly(session, budget, wanted).await
}
