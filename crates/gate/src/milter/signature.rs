//! Signatures of other houses over a message that we changed.
//!
//! A signature that no longer verifies is to be treated as if it were not there (RFC 6376, section 6.3), but software and
//! people read a failure as a sign of forgery. So a signature that a change of ours breaks is renamed: nobody checks it any
//! more, and whoever investigates still has it. An ARC chain is broken by its last message signature (RFC 8617, section
//! 5.1), and its fields go together, unless we seal it anew: then its last message signature is ours.

use milter::Field;

/// What stands before the name of a signature field that a change of ours broke.
const ORIGINAL: &str = "X-Portcullis-Original-";
const DKIM: &str = "DKIM-Signature";
const ARC_SIGNATURE: &str = "ARC-Message-Signature";
const ARC: &[&str] = &["ARC-Seal", ARC_SIGNATURE, "ARC-Authentication-Results"];

/// What was changed of a message.
pub(super) struct Changes {
    pub(super) has_new_body: bool,
    /// Names of fields that were changed, added or removed, in lower case.
    pub(super) fields: Vec<Vec<u8>>,
}

/// Renames the signatures that the changes broke, but no chain where another set is about to be put on it.
pub(super) fn retire(fields: &mut [Field], changes: &Changes, is_sealed: bool) {
    let is_arc_broken =
        !is_sealed && fields.iter().any(|field| field.is(ARC_SIGNATURE) && changes.break_signature(field));
    for field in fields {
        let is_arc = is_arc_broken && ARC.iter().any(|name| field.is(name));
        if is_arc || field.is(DKIM) && changes.break_signature(field) {
            field.name.splice(..0, ORIGINAL.bytes());
        }
    }
}

impl Changes {
    /// A body of another length or content breaks every signature; one that covers only its beginning (`l=`) is not spared,
    /// for what it vouches for is not what is shown. A field breaks the signatures that list it.
    fn break_signature(&self, signature: &Field) -> bool {
        self.has_new_body
            || signed_fields(&signature.value).any(|name| {
                self.fields.iter().any(|changed| changed.trim_ascii_end().eq_ignore_ascii_case(name))
            })
    }
}

/// The names in the `h=` tag of a signature.
fn signed_fields(signature: &[u8]) -> impl Iterator<Item = &[u8]> {
    let tags = signature.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
    let list = tags.filter_map(|tag| {
        let (name, rest) = tag.split_at_checked(1)?;
        name.eq_ignore_ascii_case(b"h").then(|| rest.trim_ascii().strip_prefix(b"=")).flatten()
    });
    list.flat_map(|list| list.split(|&byte| byte == b':')).map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[(&str, &str)] = &[
        ("ARC-Seal", "i=1; cv=none"),
        ("ARC-Message-Signature", "i=1; h=from:subject; bh=x"),
        ("ARC-Authentication-Results", "i=1; mx.b.example; none"),
        ("DKIM-Signature", "v=1; bh=x; H = From :\n\tDisposition-Notification-To ; b=y"),
        ("dkim-signature", "v=1; h=from"),
        ("From", "a@b.example"),
    ];

    #[track_caller]
    fn check(has_new_body: bool, changed: &[&str], retired: &[usize]) {
        check_sealed(false, has_new_body, changed, retired);
    }

    #[track_caller]
    fn check_sealed(is_sealed: bool, has_new_body: bool, changed: &[&str], retired: &[usize]) {
        let mut fields: Vec<Field> = FIELDS.iter().map(|(name, value)| Field::new(name, value)).collect();
        let names = changed.iter().map(|name| name.to_ascii_lowercase().into_bytes()).collect();
        retire(&mut fields, &Changes { has_new_body, fields: names }, is_sealed);
        let found: Vec<usize> =
            (0..fields.len()).filter(|&at| fields[at].name.starts_with(ORIGINAL.as_bytes())).collect();
        assert_eq!(found, retired);
    }

    #[test]
    fn a_new_body_breaks_every_signature() {
        check(true, &[], &[0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_chain_that_is_sealed_anew_keeps_its_name() {
        check_sealed(true, true, &[], &[3, 4]);
        check_sealed(true, false, &["Subject"], &[]);
    }

    #[test]
    fn a_field_breaks_the_signatures_that_list_it() {
        check(false, &[], &[]);
        check(false, &["X-Other"], &[]);
        check(false, &["Disposition-Notification-To"], &[3]);
        check(false, &["Subject"], &[0, 1, 2]);
        check(false, &["From"], &[0, 1, 2, 3, 4]);
    }
}
