//! One spelling for what transliterations of one sound write differently: the sound of a word.
//!
//! Digraphs that mean one sound become one letter, so that an approximate comparison counts a sound as one difference.

/// Rewritings, the longest first; a capital letter is a sound that English writes with two letters.
const RULES: &[(&str, &str)] = &[
    ("shch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("tch", "C"),
    ("dzh", "j"),
    ("sh", "S"),
    ("ch", "C"),
    ("cz", "C"),
    ("zh", "Z"),
    ("dj", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("rh", "r"),
    ("ck", "k"),
    ("tz", "ts"),
    ("oo", "u"),
    ("ou", "u"),
    ("ee", "i"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("x", "ks"),
    ("q", "k"),
    ("c", "k"),
    ("w", "v"),
    ("y", "i"),
];

/// The sound of a folded word.
pub fn sound(word: &str) -> String {
    let mut found = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let (written, read) =
            RULES.iter().find(|(written, _)| rest.starts_with(written)).copied().unwrap_or(("", ""));
        if written.is_empty() {
            push(&mut found, first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            read.chars().for_each(|letter| push(&mut found, letter));
            rest = rest.get(written.len()..).unwrap_or_default();
        }
    }
    end(found)
}

/// Doubled letters are one sound; digits stay, since a number is not a spelling.
fn push(found: &mut String, letter: char) {
    if letter.is_ascii_digit() || !found.ends_with(letter) {
        found.push(letter);
    }
}

/// Endings that systems write differently: `-off` and `-ov`, `-ij` and `-i`, a silent `h`.
fn end(mut sound: String) -> String {
    const ENDINGS: [(&str, &str); 5] = [("of", "ov"), ("ef", "ev"), ("ij", "i"), ("ah", "a"), ("eh", "e")];
    if sound.len() > 4 {
        for (written, read) in ENDINGS {
            if sound.ends_with(written) {
                sound.truncate(sound.len() - written.len());
                sound.push_str(read);
                break;
            }
        }
    }
    sound
}

/// How many single edits (one letter more, less, other, or two neighbours swapped) lead from one text to the other, where these
/// are at most `most`; 40 letters count.
pub fn edits_within(left: &str, right: &str, most: usize) -> Option<usize> {
    const WIDTH: usize = 41;
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len().abs_diff(right.len()) > most || left.len() >= WIDTH || right.len() >= WIDTH {
        return None;
    }
    let mut before = [0_u8; WIDTH];
    let mut above = [0_u8; WIDTH];
    let mut row = [0_u8; WIDTH];
    for (place, cell) in above.iter_mut().enumerate() {
        *cell = place as u8;
    }
    let mut last = None;
    for (place, &letter) in left.iter().enumerate() {
        let least = fill(&mut row, &above, &before, (place, letter, last), right);
        if usize::from(least) > most {
            return None;
        }
        last = Some(letter);
        before = above;
        above = row;
    }
    let found = usize::from(above.get(right.len()).copied()?);
    (found <= most).then_some(found)
}

/// Fills one row of the table of distances and says its least value.
fn fill(
    row: &mut [u8],
    above: &[u8],
    before: &[u8],
    (place, letter, last): (usize, u8, Option<u8>),
    right: &[u8],
) -> u8 {
    let mut left_cell = place as u8 + 1;
    let mut least = left_cell;
    let mut previous: Option<u8> = None;
    let mut cells = row.iter_mut();
    if let Some(cell) = cells.next() {
        *cell = left_cell;
    }
    for ((cell, pair), (&other, swapped)) in
        cells.zip(above.windows(2)).zip(right.iter().zip(std::iter::once(&0).chain(before.iter())))
    {
        let &[diagonal, up] = pair else { break };
        let mut value = (diagonal + u8::from(letter != other)).min(up + 1).min(left_cell + 1);
        if previous == Some(letter) && last == Some(other) && letter != other {
            value = value.min(swapped + 1);
        }
        *cell = value;
        least = least.min(value);
        left_cell = value;
        previous = Some(other);
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str) {
        assert_eq!(sound(left), sound(right));
    }

    #[test]
    fn systems_of_transliteration_sound_alike() {
        check("sergey", "sergei");
        check("yuriy", "iouri");
        check("alexander", "aleksander");
        check("smirnoff", "smirnov");
        check("fatemah", "fatema");
    }

    #[test]
    fn edits_are_counted_as_far_as_asked() {
        assert_eq!(edits_within("guangzong", "guangzhong", 2), Some(1));
        assert_eq!(edits_within("gaobin", "gaobni", 2), Some(1));
        assert_eq!(edits_within("abc", "abc", 0), Some(0));
        assert_eq!(edits_within("kitten", "sitting", 2), None);
        assert_eq!(edits_within("kitten", "sitting", 3), Some(3));
    }
}
