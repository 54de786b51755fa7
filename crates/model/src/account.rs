//! Who acts: accounts and what their roles allow. A measure that touches a person is proposed by one account and
//! approved by another.

use std::collections::BTreeSet;
use std::fmt;

/// Name of an account, as people sign in with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub String);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What an account may do.
///
/// ```
/// use model::Role;
/// assert_eq!("member-controller".parse(), Ok(Role::MemberController));
/// assert_eq!(Role::Approver.to_string(), "approver");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Looks at campaigns and quarantine, and proposes measures.
    Analyst,
    /// Approves or refuses what others proposed.
    Approver,
    /// A member, who is the controller of the own mail: sees only what was done to it.
    MemberController,
    /// Data protection officer or auditor: sees who looked at what and every decision, changes nothing.
    Auditor,
    /// Keeps accounts and settings; sees no mail.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Analyst, Self::Approver, Self::MemberController, Self::Auditor, Self::Admin];

    /// The word for it, as stored and exported.
    pub fn word(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::MemberController => "member-controller",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl std::str::FromStr for Role {
    type Err = crate::id::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.word() == text).ok_or(crate::id::InvalidId)
    }
}

/// Somebody who is signed in, or a machine that acts by itself.
///
/// ```
/// use model::{Actor, Role};
/// let ada = Actor::new("analyst-1", [Role::Analyst]);
/// assert!(ada.has(Role::Analyst) && !ada.has(Role::Approver));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// Its roles.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// The actor with these roles.
    pub fn new(account: &str, roles: impl IntoIterator<Item = Role>) -> Self {
        Self { account: AccountId(account.to_owned()), roles: roles.into_iter().collect() }
    }

    /// Whether the actor has `role`.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
