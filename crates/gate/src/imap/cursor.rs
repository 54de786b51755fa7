//! How far a folder was worked through. Kept after each message that changed something, and after each page of others, so
//! that after a crash only little is looked at again, and nothing is left out.

use super::error::ImapError;
use super::house::Desk;
use serde::{Deserialize, Serialize};

/// Collection of cursors, by account and folder.
const CURSORS: &str = "imap.cursor";

/// How far a folder was worked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    uid_validity: u32,
    last_uid: u32,
}

impl Cursor {
    /// Where to go on in a folder whose UIDs are valid for `uid_validity`. With another value the UIDs are new, and all
    /// messages are looked at again; those that are recorded are known by their digest.
    pub(super) async fn load(
        desk: &Desk,
        account: &str,
        folder: &str,
        uid_validity: u32,
    ) -> Result<Self, ImapError> {
        let kept: Option<Self> = desk.read(CURSORS, &key(account, folder)).await?;
        let same = kept.filter(|cursor| cursor.uid_validity == uid_validity);
        Ok(same.unwrap_or(Self { uid_validity, last_uid: 0 }))
    }

    /// The first UID that was not worked on; `None` after the last possible one.
    pub(super) fn next(self) -> Option<u32> {
        self.last_uid.checked_add(1)
    }

    /// Everything up to `uid` is done.
    pub(super) fn advance(&mut self, uid: u32) {
        self.last_uid = self.last_uid.max(uid);
    }

    /// Keeps it.
    pub(super) async fn save(self, desk: &Desk, account: &str, folder: &str) -> Result<(), ImapError> {
        desk.write(CURSORS, &key(account, folder), &self).await
    }
}

/// A name for what belongs to an account. No two accounts share one, whatever their names are.
pub(super) fn key(account: &str, rest: &str) -> String {
    format!("{}/{rest}", account.replace('%', "%25").replace('/', "%2F"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_accounts_share_a_folder() {
        assert_eq!(key("office", "INBOX/sub"), "office/INBOX/sub");
        assert_ne!(key("office/INBOX", "sub"), key("office", "INBOX/sub"));
        assert_ne!(key("a/b", ""), key("a%2Fb", ""));
    }
}
