//! Whether the signatures of a message are few and short enough to be checked.
//!
//! Checking a signature costs a lookup, a public-key operation, and time that grows with the product of the names in
//! its `h=` tag and the fields of the message. A sender chooses all of them.

use model::limit;

const DKIM_FIELDS: [&[u8]; 3] = [b"dkim-signature", b"dkim2-signature", b"message-instance"];
const ARC_FIELDS: [&[u8]; 3] = [b"arc-seal", b"arc-message-signature", b"arc-authentication-results"];

/// Whether the header section keeps the limits on its size, its fields, and the number and size of its signatures.
pub(super) fn is_kept(raw: &[u8]) -> bool {
    let (mut fields, mut bytes, mut dkim, mut arc, mut signature_bytes) = (0, 0, 0, 0, None);
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, [b'\n'] | [b'\r', b'\n']) {
            return true;
        }
        bytes += line.len();
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            fields += 1;
            let is_dkim = is_one_of(line, &DKIM_FIELDS);
            let is_arc = is_one_of(line, &ARC_FIELDS);
            dkim += usize::from(is_dkim);
            arc += usize::from(is_arc);
            signature_bytes = (is_dkim || is_arc).then_some(0);
        }
        if let Some(bytes) = &mut signature_bytes {
            *bytes += line.len();
        }
        let is_kept = bytes <= limit::HEADER_BYTES_MAX
            && fields <= limit::HEADERS_MAX
            && dkim <= limit::DKIM_RESULTS_MAX
            && arc <= limit::ARC_FIELDS_MAX
            && signature_bytes.is_none_or(|bytes| bytes <= limit::SIGNATURE_FIELD_BYTES_MAX);
        if !is_kept {
            return false;
        }
    }
    true
}

fn is_one_of(line: &[u8], names: &[&[u8]]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default().trim_ascii_end();
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: bool) {
        assert_eq!(is_kept(format!("{header}\r\n").as_bytes()), expected);
    }

    #[test]
    fn ordinary_mail_is_within_the_limits() {
        check("", true);
        check("From: a@b.example\r\nDKIM-Signature: v=1;\r\n b=x\r\n", true);
        check(&"Received: x\r\n".repeat(limit::HEADERS_MAX), true);
        check(&"ARC-Seal: i=1\r\n".repeat(limit::ARC_FIELDS_MAX), true);
    }

    #[test]
    fn each_limit_is_held() {
        check(&"Received: x\r\n".repeat(limit::HEADERS_MAX + 1), false);
        check(&"dkim-signature : v=1\r\n".repeat(limit::DKIM_RESULTS_MAX + 1), false);
        check(&"ARC-Seal: i=1\r\n".repeat(limit::ARC_FIELDS_MAX + 1), false);
        check(
            &format!("DKIM-Signature: h=\r\n{}", "\ta:\r\n".repeat(limit::SIGNATURE_FIELD_BYTES_MAX / 4)),
            false,
        );
        check(&format!("X: {}\r\n", "x".repeat(limit::HEADER_BYTES_MAX)), false);
    }

    #[test]
    fn the_body_does_not_count() {
        check(&format!("From: a@b.example\r\n\r\n{}", "DKIM-Signature: x\r\n".repeat(100)), true);
        check(&format!("From: a@b.example\n\n{}", "DKIM-Signature: x\n".repeat(100)), true);
    }
}
