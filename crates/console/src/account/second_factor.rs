//! The second factor: time-based one-time passwords (RFC 6238) over HMAC-SHA-1, as every authenticator program makes them.

use crate::secret::{self, NoRandomness};
use model::EventTime;

/// Seconds of one time step (RFC 6238 section 4.1).
const STEP_SECS: i64 = 30;
/// Steps before and after now whose code is taken, for clocks that differ (RFC 6238 section 5.2 recommends one).
const STEPS_AROUND: u64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;
const MODULUS: u32 = 1_000_000;
/// Bytes of a shared secret: the length of the hash (RFC 4226 section 4, R6).
pub const SECRET_BYTES: usize = 20;

/// Draws a shared secret.
///
/// # Errors
/// When the system has no randomness.
pub fn draw() -> Result<[u8; SECRET_BYTES], NoRandomness> {
    secret::random()
}

/// The step that `code` belongs to, if it is one of those around `now` and later than `last_step`. The caller keeps the step:
/// a code that was used once is then refused (RFC 6238 section 5.2).
pub fn accept(secret: &[u8], code: &str, last_step: Option<u64>, now: EventTime) -> Option<u64> {
    let typed: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let current = step(now);
    (current.saturating_sub(STEPS_AROUND)..=current.saturating_add(STEPS_AROUND))
        .filter(|step| last_step.is_none_or(|last| *step > last))
        .find(|step| secret::are_equal(&code_at(secret, *step), &typed))
}

/// The code of a step (RFC 4226 section 5.3).
pub fn code_at(secret: &[u8], step: u64) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = ring::hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0f);
    let word =
        digest.get(offset..offset + 4).and_then(|word| <[u8; 4]>::try_from(word).ok()).unwrap_or_default();
    let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % MODULUS;
    format!("{number:0DIGITS$}")
}

/// The step at `now`.
pub fn step(now: EventTime) -> u64 {
    u64::try_from(now.0.div_euclid(STEP_SECS)).unwrap_or(0)
}

/// The secret in Base32 (RFC 4648 section 6) without padding, as people type it.
pub fn base32(secret: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.len() * 8;
    let bit = |at: usize| secret.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    (0..bits.div_ceil(5))
        .map(|group| (0..5).fold(0, |value, offset| value << 1 | bit(group * 5 + offset)))
        .filter_map(|value: usize| ALPHABET.get(value).copied())
        .map(char::from)
        .collect()
}

/// The address that authenticator programs read from a picture.
pub fn address(account: &str, secret: &[u8]) -> String {
    let name: String = account.bytes().map(percent_encoded).collect();
    format!("otpauth://totp/Portcullis:{name}?secret={}&issuer=Portcullis&digits={DIGITS}", base32(secret))
}

fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_of_the_standard() {
        // RFC 6238 appendix B, the last six of its eight digits.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, step(EventTime(time))), code, "at {time}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_for_a_step_around() {
        let now = EventTime(1_234_567_890);
        let at = |secs: i64| accept(SECRET, "005924", None, now.plus_secs(secs));
        let used = at(0);
        assert_eq!(used, Some(step(now)));
        assert_eq!(at(30), used);
        assert_eq!(at(-30), used);
        assert_eq!(at(60), None);
        assert_eq!(at(-60), None);
        assert_eq!(accept(SECRET, "005924", used, now), None, "used before");
        assert_eq!(accept(SECRET, " 005 924 ", None, now), used, "typed as it is shown");
        assert_eq!(accept(SECRET, "5924", None, now), None);
    }

    #[test]
    fn base32_as_the_standard_writes_it() {
        // RFC 4648 section 10, without padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_address_escapes_the_name() {
        let address = address("a b@house.example", SECRET);
        assert!(
            address.starts_with("otpauth://totp/Portcullis:a%20b%40house.example?secret=GEZDGNBV"),
            "{address}"
        );
    }
}
