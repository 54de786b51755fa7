//! Words as leaks spell them: folded, and alike when one key was missed.

/// The words of a text in lower-case ASCII letters and digits. Apostrophes join, everything else parts.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded: String = any_ascii::any_ascii(text).chars().filter(|c| !matches!(c, '\'' | '`')).collect();
    folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Shortest word in which a slip is forgiven: among shorter ones, many names are one letter from another.
const LETTERS_MIN: usize = 5;

/// Whether the two are the same word, or one slip apart: a letter more, less or other, or two neighbours exchanged.
pub(crate) fn is_alike(left: &str, right: &str) -> bool {
    left == right
        || left.len().min(right.len()) >= LETTERS_MIN && is_one_slip(left.as_bytes(), right.as_bytes())
}

/// Whether a slip in each could make the two alike: such words are too near to be told apart in a leak.
pub(crate) fn is_near(left: &str, right: &str) -> bool {
    left == right
        || left.len().min(right.len()) >= LETTERS_MIN && distance(left.as_bytes(), right.as_bytes()) <= 2
}

/// Edits from one word to the other: a letter more, less or other. An exchange of neighbours counts as two.
fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.len().abs_diff(right.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut corner = i;
        let mut last = i + 1;
        let mut next = vec![last];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            last = (corner + usize::from(a != b)).min(*above + 1).min(last + 1);
            corner = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

fn is_one_slip(left: &[u8], right: &[u8]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    match (short, long) {
        ([a, rest @ ..], [b, other @ ..]) if short.len() == long.len() => {
            rest == other
                || matches!((rest, other), ([c, end @ ..], [d, tail @ ..]) if a == d && b == c && end == tail)
        }
        (_, [_, other @ ..]) if other.len() == short.len() => short == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_slips_part_is_near() {
        for (left, right, expected) in [
            ("archer", "asched", true),
            ("archer", "arche", true),
            ("archer", "ashced", false),
            ("cook", "cork", false),
            ("archer", "baker", false),
        ] {
            assert_eq!(is_near(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn texts_are_folded() {
        assert_eq!(words("O'Brien-Łukasz, 12a"), ["obrien", "lukasz", "12a"]);
    }

    #[test]
    fn one_slip_is_forgiven_in_longer_words_alone() {
        for (left, right, expected) in [
            ("archer", "archer", true),
            ("archer", "arhcer", true),
            ("archer", "arche", true),
            ("archer", "larcher", true),
            ("archer", "ascher", true),
            ("archer", "asched", false),
            ("archer", "arc", false),
            ("cook", "cork", false),
        ] {
            assert_eq!(is_alike(left, right), expected, "{left} {right}");
        }
    }
}
