//! How a mail server and a filter agree on what the filter may change, and which steps the server tells and waits for.

use crate::text;
use std::ops::{BitAnd, BitOr};

/// The version that is spoken: the one of Sendmail 8.14 and Postfix 2.6.
pub const VERSION: u32 = 6;

/// What a filter may do to a message (`SMFIF_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Actions(pub u32);

impl Actions {
    /// Add and insert header fields.
    pub const ADD_FIELDS: Self = Self(0x01);
    /// Replace the body.
    pub const REPLACE_BODY: Self = Self(0x02);
    /// Add recipients.
    pub const ADD_RECIPIENTS: Self = Self(0x04);
    /// Delete recipients.
    pub const DELETE_RECIPIENTS: Self = Self(0x08);
    /// Change and delete header fields.
    pub const CHANGE_FIELDS: Self = Self(0x10);
    /// Put messages into the server's own hold queue.
    pub const QUARANTINE: Self = Self(0x20);
    /// Change the envelope's sender.
    pub const CHANGE_SENDER: Self = Self(0x40);
    /// Add recipients with ESMTP arguments.
    pub const ADD_RECIPIENTS_WITH_ARGUMENTS: Self = Self(0x80);
    /// Choose which macros are sent.
    pub const CHOOSE_MACROS: Self = Self(0x100);

    /// Are all of `other` among these?
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Which steps a server leaves out, and which it does not wait for (`SMFIP_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Steps(pub u32);

impl Steps {
    /// Connections are not told.
    pub const NO_CONNECT: Self = Self(0x01);
    /// HELO is not told.
    pub const NO_HELO: Self = Self(0x02);
    /// MAIL is not told.
    pub const NO_MAIL: Self = Self(0x04);
    /// RCPT is not told.
    pub const NO_RECIPIENT: Self = Self(0x08);
    /// The body is not told.
    pub const NO_BODY: Self = Self(0x10);
    /// Header fields are not told.
    pub const NO_HEADER: Self = Self(0x20);
    /// The end of the header is not told.
    pub const NO_END_OF_HEADERS: Self = Self(0x40);
    /// Header fields are not answered.
    pub const NO_REPLY_HEADER: Self = Self(0x80);
    /// Unknown SMTP commands are not told.
    pub const NO_UNKNOWN: Self = Self(0x100);
    /// DATA is not told.
    pub const NO_DATA: Self = Self(0x200);
    /// The filter may answer that it needs no more of the body.
    pub const SKIP: Self = Self(0x400);
    /// Rejected recipients are told too.
    pub const REJECTED_RECIPIENTS: Self = Self(0x800);
    /// Connections are not answered.
    pub const NO_REPLY_CONNECT: Self = Self(0x1000);
    /// HELO is not answered.
    pub const NO_REPLY_HELO: Self = Self(0x2000);
    /// MAIL is not answered.
    pub const NO_REPLY_MAIL: Self = Self(0x4000);
    /// RCPT is not answered.
    pub const NO_REPLY_RECIPIENT: Self = Self(0x8000);
    /// DATA is not answered.
    pub const NO_REPLY_DATA: Self = Self(0x1_0000);
    /// Unknown SMTP commands are not answered.
    pub const NO_REPLY_UNKNOWN: Self = Self(0x2_0000);
    /// The end of the header is not answered.
    pub const NO_REPLY_END_OF_HEADERS: Self = Self(0x4_0000);
    /// Pieces of the body are not answered.
    pub const NO_REPLY_BODY: Self = Self(0x8_0000);
    /// The blank after a field's colon is part of its value, in both directions.
    pub const LEADING_SPACE: Self = Self(0x10_0000);

    /// Are all of `other` among these?
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One side's word in the negotiation.
///
/// Its bytes are three numbers of four bytes. A filter may add lists of macros that it wants, and a server ignores what
/// it does not know; so what follows the numbers is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The newest version that the side speaks.
    pub version: u32,
    /// What the server allows, or what the filter may do.
    pub actions: Actions,
    /// What the server can leave out, or what it is to leave out.
    pub steps: Steps,
}

impl Offer {
    pub(crate) fn decode(data: &[u8]) -> Option<Self> {
        let (version, data) = text::number(data)?;
        let (actions, data) = text::number(data)?;
        let (steps, _) = text::number(data)?;
        Some(Self { version, actions: Actions(actions), steps: Steps(steps) })
    }

    pub(crate) fn write(&self, output: &mut Vec<u8>) {
        for number in [self.version, self.actions.0, self.steps.0] {
            output.extend_from_slice(&number.to_be_bytes());
        }
    }
}

/// What a filter wants of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wants {
    /// Without these it cannot work.
    pub actions: Actions,
    /// Without these it cannot work.
    pub steps: Steps,
    /// With these it works better.
    pub steps_if_offered: Steps,
}

impl Wants {
    /// For a filter that judges whole messages: every step is told and none is answered but the last, so that a message
    /// costs one wait instead of one for each header field; and fields are told with the blank after their colon, so that
    /// the message can be put together byte by byte.
    ///
    /// Over TCP this costs more than it saves, see [`Wants::ANSWERED`].
    pub const WHOLE_MESSAGES: Self = Self {
        actions: Actions(Actions::ADD_FIELDS.0 | Actions::CHANGE_FIELDS.0 | Actions::REPLACE_BODY.0),
        steps: Steps::LEADING_SPACE,
        steps_if_offered: Steps(
            Steps::NO_UNKNOWN.0
                | Steps::NO_REPLY_CONNECT.0
                | Steps::NO_REPLY_HELO.0
                | Steps::NO_REPLY_MAIL.0
                | Steps::NO_REPLY_RECIPIENT.0
                | Steps::NO_REPLY_DATA.0
                | Steps::NO_REPLY_HEADER.0
                | Steps::NO_REPLY_END_OF_HEADERS.0
                | Steps::NO_REPLY_BODY.0,
        ),
    };
}

impl Wants {
    /// As [`Wants::WHOLE_MESSAGES`], but every step is answered. A server that writes small packets and waits for no answer runs
    /// into Nagle's algorithm (RFC 896): its second packet stays until the first is acknowledged, which the other side puts off for
    /// 40 ms because it has nothing to say (RFC 1122, section 4.2.3.2). Answers carry the acknowledgement.
    pub const ANSWERED: Self = Self { steps_if_offered: Steps::NO_UNKNOWN, ..Self::WHOLE_MESSAGES };
}

/// Why a filter cannot work with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Versions before 6 tell header fields without their leading blank and answer each of them.
    #[error(
        "the mail server speaks version {version} of the milter protocol, and 6 is needed: set milter_protocol = 6"
    )]
    Version {
        /// The server's version.
        version: u32,
    },
    /// The server does not allow what the filter must do.
    #[error("the mail server does not allow the actions {:#x}", missing.0)]
    Actions {
        /// What is not allowed.
        missing: Actions,
    },
    /// The server cannot do what the filter needs.
    #[error("the mail server does not offer the protocol steps {:#x}", missing.0)]
    Steps {
        /// What is not offered.
        missing: Steps,
    },
}

/// What the filter answers to a server's offer: the version, the actions it will use, and the steps to leave out.
///
/// ```
/// use milter::{Actions, Offer, Steps, Wants, negotiate::negotiate};
/// let offer = Offer { version: 6, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };
/// let agreed = negotiate(&offer, &Wants::WHOLE_MESSAGES).unwrap();
/// assert_eq!(agreed.actions, Actions(0x13));
/// ```
///
/// # Errors
/// [`Refusal`]; the filter then closes the connection.
pub fn negotiate(offer: &Offer, wants: &Wants) -> Result<Offer, Refusal> {
    if offer.version < VERSION {
        return Err(Refusal::Version { version: offer.version });
    }
    let missing = Actions(wants.actions.0 & !offer.actions.0);
    if missing != Actions::default() {
        return Err(Refusal::Actions { missing });
    }
    let missing = Steps(wants.steps.0 & !offer.steps.0);
    if missing != Steps::default() {
        return Err(Refusal::Steps { missing });
    }
    Ok(Offer {
        version: VERSION,
        actions: wants.actions,
        steps: wants.steps | (wants.steps_if_offered & offer.steps),
    })
}

impl BitOr for Steps {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Steps {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTFIX: Offer = Offer { version: 6, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };

    #[track_caller]
    fn check(offer: Offer, expected: Result<Steps, Refusal>) {
        assert_eq!(negotiate(&offer, &Wants::WHOLE_MESSAGES).map(|agreed| agreed.steps), expected);
    }

    #[test]
    fn only_what_is_offered_is_asked_for() {
        check(POSTFIX, Ok(Steps(0x1d_f180)));
        check(Offer { steps: Steps(0x10_0000), ..POSTFIX }, Ok(Steps::LEADING_SPACE));
    }

    #[test]
    fn a_newer_server_is_answered_with_our_version() {
        let agreed = negotiate(&Offer { version: 7, ..POSTFIX }, &Wants::WHOLE_MESSAGES);
        assert_eq!(agreed.map(|agreed| agreed.version), Ok(VERSION));
    }

    #[test]
    fn a_server_that_cannot_do_what_is_needed_is_refused() {
        for version in [0, 2, 3, 4, 5] {
            check(Offer { version, ..POSTFIX }, Err(Refusal::Version { version }));
        }
        let missing = Actions::REPLACE_BODY;
        check(Offer { actions: Actions(0x1ff & !missing.0), ..POSTFIX }, Err(Refusal::Actions { missing }));
        let missing = Steps::LEADING_SPACE;
        check(Offer { steps: Steps(0x0f_ffff), ..POSTFIX }, Err(Refusal::Steps { missing }));
    }
}
