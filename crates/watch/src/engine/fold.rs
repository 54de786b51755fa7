//! Folding into a buffer that is used again, for values of events. What is folded how says [`crate::fold::fold`].

/// Appends the folded `text` to `out`, and says whether all of it is ASCII.
pub(super) fn fold_into(text: &str, out: &mut String) -> bool {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        if let Some(added) = out.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        return true;
    }
    out.extend(text.chars().flat_map(char::to_lowercase));
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text), expected);
        let mut out = String::from("x");
        let is_ascii = fold_into(text, &mut out);
        assert_eq!(out, format!("x{expected}"));
        assert_eq!(is_ascii, text.is_ascii());
    }

    #[test]
    fn letters_of_any_script_lose_their_case_one_by_one() {
        check("", "");
        check("CMD.exe /C", "cmd.exe /c");
        check("ÄÖ Ж", "äö ж");
        check("ΑΣ ΑΣ", "ας ας".replace('ς', "σ").as_str());
        check("İ", "i\u{307}");
    }
}
