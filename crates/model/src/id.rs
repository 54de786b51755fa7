//! Identifiers: one newtype for each thing that could be mistaken for another.

use std::fmt::{self, Write as _};

/// A protected person, by the identifier that the house itself uses (column `id` of `members.csv`).
///
/// ```
/// use model::MemberId;
/// assert_eq!(MemberId::from("M004").to_string(), "M004");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId(pub String);

impl From<&str> for MemberId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A protected group (a *forum*), by the name that the house uses. Membership reveals political opinion.
///
/// ```
/// use model::GroupId;
/// assert_eq!(GroupId::from("forum").to_string(), "forum");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub String);

impl From<&str> for GroupId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail campaign. Stable for as long as its first message is known: it is derived from that message's hash.
///
/// ```
/// use model::CampaignId;
/// assert_eq!(CampaignId(0x1f).to_string(), "C-000000000000001f");
/// assert_eq!("C-000000000000001f".parse(), Ok(CampaignId(0x1f)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CampaignId(pub u64);

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{:016x}", self.0)
    }
}

impl std::str::FromStr for CampaignId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let digits = text.strip_prefix("C-").filter(|digits| is_hexadecimal(digits, 16)).ok_or(InvalidId)?;
        u64::from_str_radix(digits, 16).map(Self).map_err(|_| InvalidId)
    }
}

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an identifier of this kind")
    }
}

impl std::error::Error for InvalidId {}

/// Position of a feature record in the order of acceptance, from 0.
///
/// ```
/// use model::Ordinal;
/// assert!(Ordinal(3) < Ordinal(4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ordinal(pub u64);

/// Position of an entry in the evidence log, from 0 (RFC 6962 section 2.1).
///
/// ```
/// use model::LeafIndex;
/// assert_eq!(LeafIndex(7).to_string(), "7");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeafIndex(pub u64);

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A SHA-256 digest (FIPS 180-4), shown as 64 lower-case hexadecimal digits.
///
/// ```
/// use model::Sha256;
/// let digest = Sha256([0xab; 32]);
/// assert_eq!(digest.to_string().len(), 64);
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
        self.0.iter().try_for_each(|byte| {
            f.write_char(digit(byte >> 4))?;
            f.write_char(digit(byte & 0xf))
        })
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Sha256 {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if !is_hexadecimal(text, 64) {
            return Err(InvalidId);
        }
        let mut digest = [0; 32];
        for (byte, position) in digest.iter_mut().zip((0..64).step_by(2)) {
            let digits = text.get(position..position + 2).ok_or(InvalidId)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| InvalidId)?;
        }
        Ok(Self(digest))
    }
}

/// Exactly so many hexadecimal digits: the parsers of the standard library would also take a sign before them.
fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_no_digit() {
        assert_eq!("+a".repeat(32).parse::<Sha256>(), Err(InvalidId));
        assert_eq!("C-+00000000000001f".parse::<CampaignId>(), Err(InvalidId));
        assert_eq!("ab".repeat(32).parse(), Ok(Sha256([0xab; 32])));
    }

    #[test]
    fn another_length_or_script_is_refused() {
        for text in ["", "ab", &"ab".repeat(33), &"\u{e9}".repeat(32)] {
            assert_eq!(text.parse::<Sha256>(), Err(InvalidId), "{text}");
        }
    }
}
