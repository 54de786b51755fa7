//! Character references of HTML, as far as an address can be hidden in them.

use std::borrow::Cow;

/// The named references that stand for ASCII, and the invisible ones that browsers skip in an address
/// (WHATWG HTML, section 13.5). Letters and digits have no names, so that no scheme can hide behind another name.
const NAMED: &[(&str, char)] = &[
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("amp", '&'),
    ("AMP", '&'),
    ("apos", '\''),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("lt", '<'),
    ("LT", '<'),
    ("equals", '='),
    ("gt", '>'),
    ("GT", '>'),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("DiacriticalGrave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("VerticalLine", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("nbsp", '\u{a0}'),
    ("NonBreakingSpace", '\u{a0}'),
    ("shy", '\u{ad}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
];

/// Longest name in [`NAMED`], with room for a terminating semicolon.
const NAME_BYTES_MAX: usize = 20;

/// The text with its character references resolved; unknown names stay as they are.
pub(super) fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        output.push_str(before);
        match reference(after) {
            Some((character, used)) => {
                output.push(character);
                rest = after.get(used..).unwrap_or_default();
            }
            None => {
                output.push('&');
                rest = after;
            }
        }
    }
    output.push_str(rest);
    Cow::Owned(output)
}

/// Text made safe to stand between tags or within double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            _ => output.push(c),
        }
    }
    output
}

/// The character that the text after an ampersand stands for, and how many bytes of that text it takes.
fn reference(after: &str) -> Option<(char, usize)> {
    match after.strip_prefix('#') {
        Some(number) => numeric(number).map(|(character, used)| (character, used + 1)),
        None => named(after),
    }
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (number, 10, 0),
    };
    let mut code: u32 = 0;
    let mut used = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
        used += 1;
    }
    let semicolon = usize::from(digits.as_bytes().get(used) == Some(&b';'));
    (used > 0).then(|| (char::from_u32(code).unwrap_or('\u{fffd}'), prefix + used + semicolon))
}

fn named(after: &str) -> Option<(char, usize)> {
    let name_bytes = after.bytes().take(NAME_BYTES_MAX).take_while(u8::is_ascii_alphabetic).count();
    let name = after.get(..name_bytes)?;
    let &(_, character) = NAMED.iter().find(|(known, _)| *known == name)?;
    let has_semicolon = after.as_bytes().get(name_bytes) == Some(&b';');
    // Only the oldest names work without a semicolon.
    let is_legacy =
        matches!(name, "amp" | "AMP" | "lt" | "LT" | "gt" | "GT" | "quot" | "QUOT" | "nbsp" | "shy");
    (has_semicolon || is_legacy).then_some((character, name_bytes + usize::from(has_semicolon)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(decode_entities(text), expected);
    }

    #[test]
    fn references_are_resolved() {
        check("&#104;ttp&colon;&sol;&#x2F;t.example", "http://t.example");
        check("a&amp;b&ampc", "a&b&ampc");
        check("&#104&#116&#0000116p:", "http:");
        check("&#x110000;&#;&;&unknown;", "\u{fffd}&#;&;&unknown;");
    }
}
