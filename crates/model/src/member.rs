//! What is known of one member in one campaign.

use std::fmt;

/// Whose mailbox an address is. The house may disarm only its own; a personal one is told to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MailboxKind {
    /// Run by the house.
    #[default]
    House,
    /// The member's own, enrolled with consent.
    Personal,
}

/// How far a campaign came with one member. Ordered: a later state replaces an earlier one in the member ledger.
///
/// ```
/// use model::MemberState;
/// assert!(MemberState::Opened > MemberState::Delivered);
/// assert_eq!(MemberState::Opened.to_string(), "opened");
/// assert_eq!("opened".parse(), Ok(MemberState::Opened));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemberState {
    /// Named as a recipient; no proof that the mail arrived.
    Targeted,
    /// Stopped before the mailbox.
    Blocked,
    /// Found in the mailbox, still able to report an opening.
    Delivered,
    /// Found in the mailbox and made unable to report an opening, before any opening was seen.
    Disarmed,
    /// A fetch of a beacon with this member's token was seen.
    Opened,
    /// Told, by a warning that two persons approved.
    Warned,
}

impl MemberState {
    /// Every state, in order.
    pub const ALL: [Self; 6] =
        [Self::Targeted, Self::Blocked, Self::Delivered, Self::Disarmed, Self::Opened, Self::Warned];

    /// The word for it, as printed and exported.
    pub fn word(self) -> &'static str {
        match self {
            Self::Targeted => "targeted",
            Self::Blocked => "blocked",
            Self::Delivered => "delivered",
            Self::Disarmed => "disarmed",
            Self::Opened => "opened",
            Self::Warned => "warned",
        }
    }
}

impl fmt::Display for MemberState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl std::str::FromStr for MemberState {
    type Err = crate::id::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.word() == text).ok_or(crate::id::InvalidId)
    }
}
