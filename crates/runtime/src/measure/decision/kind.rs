//! The measures that two persons decide about.

use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
    /// Send these warnings, all about one campaign.
    Warn {
        /// The campaign.
        campaign: String,
        /// Ids of the warnings.
        warnings: Vec<String>,
    },
    /// Say that a campaign is harmless: its warnings are not sent.
    Dismiss {
        /// The campaign.
        campaign: String,
    },
    /// Deliver a message from quarantine to its recipients.
    Release {
        /// Id of the message in quarantine.
        item: String,
    },
    /// Move the messages of a campaign out of mailboxes.
    Purge {
        /// The campaign.
        campaign: String,
    },
    /// Bring the messages of a purge back.
    Restore {
        /// Id of the purge.
        purge: String,
    },
    /// Keep all further mail by a sender in quarantine.
    BlockSender {
        /// The sender's address.
        address: String,
    },
    /// Let mail by a sender be judged as any other again.
    UnblockSender {
        /// The sender's address.
        address: String,
    },
    /// Show who a member is to the person who proposes it.
    Unmask {
        /// Id of the member.
        member: String,
    },
    /// Accept that a question of a case stays open, so that the case can be closed without an answer to it.
    AcceptOpen {
        /// The case and the question, such as `CASE-1/scope`.
        question: String,
    },
}

impl Measure {
    /// The word for it, as stored and in the evidence log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Warn { .. } => "warn",
            Self::Dismiss { .. } => "dismiss",
            Self::Release { .. } => "release",
            Self::Purge { .. } => "purge",
            Self::Restore { .. } => "restore",
            Self::BlockSender { .. } => "block_sender",
            Self::UnblockSender { .. } => "unblock_sender",
            Self::Unmask { .. } => "unmask",
            Self::AcceptOpen { .. } => "accept_open",
        }
    }

    /// What it is about: a campaign, a message in quarantine, a purge, a sender's address, a member or a question
    /// of a case.
    pub fn about(&self) -> &str {
        match self {
            Self::Warn { campaign, .. } | Self::Dismiss { campaign } | Self::Purge { campaign } => campaign,
            Self::Release { item } => item,
            Self::Restore { purge } => purge,
            Self::BlockSender { address } | Self::UnblockSender { address } => address,
            Self::Unmask { member } => member,
            Self::AcceptOpen { question } => question,
        }
    }

    /// The campaign that it is about, if any.
    pub fn campaign(&self) -> Option<&str> {
        match self {
            Self::Warn { campaign, .. } | Self::Dismiss { campaign } | Self::Purge { campaign } => {
                Some(campaign)
            }
            _ => None,
        }
    }
}
