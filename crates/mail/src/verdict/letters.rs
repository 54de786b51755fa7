//! Letters as readers and as filters see them: invisible, styled and look-alike characters, random strings.

use unicode_security::confusable_detection::skeleton;

/// Words in lower case with look-alikes unified (UTS 39) and styled letters made plain; `N.E.T` becomes one word.
pub(super) fn plain_words(text: &str) -> Vec<String> {
    let shown: String = text.chars().take(200).filter(|c| !is_invisible(*c)).map(plain).collect();
    let shown = if shown.is_ascii() { shown } else { latin_skeleton(&shown) };
    let mut words: Vec<String> = Vec::new();
    let mut was_single = false;
    for word in shown.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_single = word.chars().count() == 1;
        match words.last_mut().filter(|_| is_single && was_single) {
            Some(last) => last.push_str(&word.to_lowercase()),
            None => words.push(word.to_lowercase()),
        }
        was_single = is_single;
    }
    words
}

/// The skeleton only where it yields Latin: `m` has the skeleton `rn`, so a text that is Latin already keeps its letters.
fn latin_skeleton(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if c.is_ascii() {
            shown.push(c);
        } else {
            shown.extend(skeleton(c.encode_utf8(&mut [0; 4])).map(unaccented));
        }
        shown
    })
}

fn unaccented(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    }
}

/// Styled letters (mathematical, full-width, enclosed) as the letters that readers take them for.
fn plain(c: char) -> char {
    let code = u32::from(c);
    let letter = |offset: u32| char::from(b'a' + u8::try_from(offset % 26).unwrap_or_default());
    match code {
        0x1D400..=0x1D6A3 => letter(code - 0x1D400),
        0xFF21..=0xFF3A => letter(code - 0xFF21),
        0xFF41..=0xFF5A => letter(code - 0xFF41),
        0x24B6..=0x24E9 => letter(code - 0x24B6),
        _ => c,
    }
}

/// Whether the character takes no room on the screen.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}')
}

fn is_styled(c: char) -> bool {
    matches!(u32::from(c), 0x1D400..=0x1D7FF | 0xFF21..=0xFF3A | 0xFF41..=0xFF5A | 0x24B6..=0x24E9 | 0x1F130..=0x1F189)
}

/// Whether the character is a picture or a symbol rather than part of writing.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2460..=0x24FF | 0x2500..=0x27BF | 0x2900..=0x2BFF | 0x1F000..=0x1FAFF)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Imitating,
    Other,
}

/// Alphabets whose letters pass for Latin ones: Greek, Cyrillic, Armenian, Cherokee.
fn script(c: char) -> Script {
    match u32::from(c) {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F => Script::Latin,
        0x370..=0x58F | 0x13A0..=0x13FF | 0x1C80..=0x1C8F => Script::Imitating,
        _ => Script::Other,
    }
}

/// How often a text is disguised: invisible characters between Latin letters, styled letters, alphabets mixed in a word.
/// A Persian or Hindi text joins its letters with invisible characters for good reason and is not counted.
pub(super) fn disguises(text: &str) -> usize {
    let mut counter = DisguiseCounter { count: 0, last: Script::Other, is_cut: false };
    let mut rest = text;
    // Only what stands next to a character beyond ASCII can be a disguise: the runs between are jumped over.
    while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let (plain, foreign) = rest.split_at(at);
        plain.chars().next().into_iter().for_each(|c| counter.add(c));
        plain.chars().next_back().into_iter().for_each(|c| counter.jump_to(c));
        let mut characters = foreign.chars();
        characters.next().into_iter().for_each(|c| counter.add(c));
        rest = characters.as_str();
    }
    rest.chars().next().into_iter().for_each(|c| counter.add(c));
    counter.count
}

struct DisguiseCounter {
    count: usize,
    last: Script,
    /// Whether invisible characters follow a Latin letter.
    is_cut: bool,
}

impl DisguiseCounter {
    fn add(&mut self, c: char) {
        if is_invisible(c) {
            self.is_cut |= self.last == Script::Latin;
            return;
        }
        let script = script(c);
        let cuts = self.is_cut && script == Script::Latin;
        let mixes = script != self.last && script != Script::Other && self.last != Script::Other;
        self.count += usize::from(cuts) + usize::from(mixes) + usize::from(is_styled(c));
        self.jump_to(c);
    }

    fn jump_to(&mut self, c: char) {
        self.last = script(c);
        self.is_cut = false;
    }
}

/// Whether a domain label or local part looks made by a machine: digits and letters in turns, or letters that nobody can
/// pronounce.
pub(super) fn is_random(label: &str) -> bool {
    if label.len() < 6 || label.starts_with("xn--") {
        return false;
    }
    let mut turns = 0;
    let mut run = 0;
    let mut longest = 0;
    let mut last_is_digit = None;
    let mut vowels = 0;
    let mut letters = 0;
    for byte in label.bytes().map(|byte| byte.to_ascii_lowercase()) {
        let is_vowel = matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        if byte.is_ascii_alphanumeric() {
            turns += usize::from(last_is_digit.is_some_and(|last| last != byte.is_ascii_digit()));
            last_is_digit = Some(byte.is_ascii_digit());
        }
        letters += usize::from(byte.is_ascii_alphabetic());
        vowels += usize::from(is_vowel);
        run = if byte.is_ascii_alphabetic() && !is_vowel { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    turns >= 3 || longest >= 6 || (letters >= 8 && vowels * 6 < letters)
}
