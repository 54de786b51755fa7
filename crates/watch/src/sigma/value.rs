//! A value of a rule, from what its author wrote to what is compared: `*`, `?` and `\` have a meaning (specification, "Escaping").

use super::pattern::Piece;

/// The pieces of `text`. A backslash takes the meaning from `*`, `?` and a backslash, and is itself before anything else.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Pieces::default();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.letter(letters.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
            '*' => out.wildcard(Piece::Any),
            '?' => out.wildcard(Piece::One),
            _ => out.letter(letter),
        }
    }
    out.0
}

/// Text that stands for itself alone.
pub(crate) fn plain(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.to_owned())] }
}

/// The text of pieces without wildcards.
pub(crate) fn plain_text(pieces: &[Piece]) -> Option<&str> {
    match pieces {
        [] => Some(""),
        [Piece::Text(text)] => Some(text),
        _ => None,
    }
}

/// The pieces with anything before them, after them, or both; no two `*` stand side by side.
pub(crate) fn open(mut pieces: Vec<Piece>, is_open_before: bool, is_open_after: bool) -> Vec<Piece> {
    if is_open_before && pieces.first() != Some(&Piece::Any) {
        pieces.insert(0, Piece::Any);
    }
    if is_open_after && pieces.last() != Some(&Piece::Any) {
        pieces.push(Piece::Any);
    }
    pieces
}

/// A pattern as an author could have written it.
pub(crate) fn written(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => text.chars().for_each(|letter| {
                if matches!(letter, '*' | '?') {
                    out.push('\\');
                }
                out.push(letter);
            }),
            Piece::Any => out.push('*'),
            Piece::One => out.push('?'),
        }
    }
    out
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn letter(&mut self, letter: char) {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push(letter),
            _ => self.0.push(Piece::Text(letter.to_string())),
        }
    }

    fn wildcard(&mut self, piece: Piece) {
        if piece == Piece::One || self.0.last() != Some(&Piece::Any) {
            self.0.push(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Piece]) {
        assert_eq!(pieces(text), expected, "{text}");
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn backslashes_are_read_as_the_specification_says() {
        check(r"C:\Windows", &[text(r"C:\Windows")]);
        check(r"C:\\Windows", &[text(r"C:\Windows")]);
        check(r"a\*b", &[text("a*b")]);
        check(r"a\\*b", &[text(r"a\"), Piece::Any, text("b")]);
        check(r"a\\\*b", &[text(r"a\*b")]);
        check(r"\\\\server", &[text(r"\\server")]);
        check(r"end\", &[text(r"end\")]);
        check("", &[]);
    }

    #[test]
    fn wildcards_are_pieces() {
        check("*a?b*", &[Piece::Any, text("a"), Piece::One, text("b"), Piece::Any]);
        check("a**b", &[text("a"), Piece::Any, text("b")]);
        check("??", &[Piece::One, Piece::One]);
    }

    #[test]
    fn a_pattern_is_opened_once() {
        assert_eq!(open(pieces("*a"), true, true), pieces("*a*"));
        assert_eq!(open(Vec::new(), true, true), [Piece::Any]);
        assert_eq!(written(&pieces(r"*a\*?")), r"*a\*?");
    }
}
