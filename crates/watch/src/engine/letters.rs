//! Which letters a value has, as bits: most checks that no index helps need a letter that the value has not.

use regex_syntax::hir::{Hir, HirKind};

/// A bit for each of these folded letters, and the last bit for all others.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789 ~^`{}|<>%$#@!&*();:,\"=-";

const BITS: [u64; 256] = bits();

const fn bits() -> [u64; 256] {
    let mut bits = [1 << 63; 256];
    let mut rest = LETTERS;
    let mut bit = 0_u32;
    while let [letter, behind @ ..] = rest {
        let mut slots: &mut [u64] = &mut bits;
        let mut skipped = 0;
        while let [slot, others @ ..] = slots {
            if skipped == *letter {
                *slot = 1 << bit;
                break;
            }
            skipped += 1;
            slots = others;
        }
        rest = behind;
        bit += 1;
    }
    bits
}

/// The letters of a folded text.
#[inline]
pub(super) fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |found, byte| found | BITS.get(usize::from(byte)).copied().unwrap_or_default())
}

/// Letters that a folded ASCII text has if `hir` finds anything in it.
pub(super) fn needed(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            if text.is_ascii() { letters(&text.to_ascii_lowercase()) } else { 0 }
        }
        HirKind::Class(class) => super::required::one_letter(class).map_or(0, |letter| {
            let mut buffer = [0; 4];
            letters(letter.encode_utf8(&mut buffer))
        }),
        HirKind::Repetition(repetition) if repetition.min == 0 => 0,
        HirKind::Repetition(repetition) => needed(&repetition.sub),
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(0, |all, part| all | needed(part)),
        HirKind::Alternation(branches) => branches.iter().map(needed).reduce(|all, of| all & of).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: &str) {
        let hir = regex_syntax::parse(expression).expect("an expression");
        assert_eq!(needed(&hir), letters(expected), "{expression}");
    }

    #[test]
    fn an_expression_needs_what_all_its_branches_need() {
        check(r"arp\s+-a", "arp-");
        check(r"\w+`(?:\w+|-|.)`", "`");
        check("(?i)A[bB]?(cd|de)+", "ad");
        check("[0-9]{3}|x", "");
        check("é^a", "a");
    }

    #[test]
    fn letters_of_a_part_are_letters_of_the_whole() {
        let whole = letters(r"c:\windows\~1\net.exe /x:é");
        for part in ["windows", r"\~1\", "net.exe", "é", ":"] {
            assert_eq!(letters(part) & !whole, 0, "{part}");
        }
        assert_ne!(letters("^") & !whole, 0);
        assert_eq!(letters(""), 0);
    }
}
