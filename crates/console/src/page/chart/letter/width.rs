//! How wide words are drawn, about: a browser has the exact font, and lines are broken here.

/// Width of `text` at a size of 100, in hundredths of it. Rather too wide than too narrow.
pub(super) fn of(text: &str) -> u64 {
    text.chars().map(char).sum()
}

fn char(char: char) -> u64 {
    match char {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' => 30,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | ' ' | '"' => 40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' => 95,
        'A'..='Z' => 72,
        // Scripts whose letters are as wide as high.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'.. => 110,
        // What is not seen is spelled out, as `[U+202E]`.
        _ if char.is_control()
            || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{206f}' | '\u{feff}') =>
        {
            480
        }
        _ => 60,
    }
}

/// The beginning of `text` that is no wider than `limit`, at least one character, and the rest.
pub(super) fn split(text: &str, limit: u64) -> (&str, &str) {
    let mut taken = 0;
    let too_wide = text.char_indices().skip_while(|(at, one)| {
        taken += char(*one);
        *at == 0 || taken <= limit
    });
    let end = too_wide.map(|(at, _)| at).next().unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_where_the_line_ends() {
        assert_eq!(split("aaaa", 120), ("aa", "aa"));
        assert_eq!(split("aaaa", 1), ("a", "aaa"));
        assert_eq!(split("aé", 1_000), ("aé", ""));
        assert_eq!(split("", 10), ("", ""));
    }
}
