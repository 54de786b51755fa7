//! Text with both cases of letters alike. The engine and the plain evaluator must fold in one way, or they would disagree.

use std::borrow::Cow;

/// `text` with each character in lower case, each for itself, so that what a character becomes does not depend on its neighbours
/// (`str::to_lowercase` looks at them for the Greek sigma, and then a part of a text would fold differently from the whole).
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_folded_for_itself() {
        for (text, expected) in
            [("", ""), ("abc", "abc"), ("AbC", "abc"), ("ΟΔΟΣ", "οδοσ"), ("ÄÖ", "äö"), ("İ", "i\u{307}")]
        {
            assert_eq!(fold(text), expected);
        }
    }
}
