//! A text as words of lower-case ASCII letters and digits, each with the script that it was written in.

use std::borrow::Cow;

use super::{arabic, han};

/// The script of a word. A word of two scripts counts as that of its first letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Latin letters and digits, and every script that has no rule of its own and goes through a general table.
    Latin,
    /// Cyrillic of any language.
    Cyrillic,
    /// Arabic letters, those of Persian, Urdu and Pashto too: vowels are mostly not written.
    Arabic,
    /// Chinese characters, read as Mandarin; each character is a word of its own.
    Han,
}

/// A folded word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// ASCII letters and digits; an apostrophe stays, because it tells Wade-Giles syllables and soft signs apart.
    pub text: String,
    /// What it was written in.
    pub script: Script,
    /// Whether a hyphen, and not a space, stood before it.
    pub is_hyphenated: bool,
}

impl Word {
    /// The word without apostrophes.
    pub fn plain(&self) -> String {
        self.text.replace('\'', "")
    }
}

/// The words of a text. What is neither letter nor digit ends a word.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut open = String::new();
    let mut script = Script::Latin;
    let mut is_hyphenated = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if han::is_han(character) {
            close(&mut found, &mut open, script, is_hyphenated);
            if let Some(syllable) = han::syllable(character) {
                found.push(Word { text: syllable.to_owned(), script: Script::Han, is_hyphenated: false });
            }
            continue;
        }
        if let Some(letters) = letter(character, characters.peek().copied()) {
            if open.is_empty() {
                script = script_of(character);
            }
            open.push_str(&letters);
            continue;
        }
        if is_apostrophe(character) {
            if !open.is_empty() {
                open.push('\'');
            }
            continue;
        }
        if is_silent(character) {
            continue;
        }
        close(&mut found, &mut open, script, is_hyphenated);
        is_hyphenated = matches!(character, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}');
    }
    close(&mut found, &mut open, script, is_hyphenated);
    found
}

fn close(found: &mut Vec<Word>, open: &mut String, script: Script, is_hyphenated: bool) {
    let mut text = std::mem::take(open);
    // Soft signs end Cyrillic words and matter to Palladius; elsewhere a closing apostrophe is a quotation mark.
    if script != Script::Cyrillic {
        text.truncate(text.trim_end_matches('\'').len());
    }
    if !text.is_empty() {
        found.push(Word { text, script, is_hyphenated });
    }
}

fn script_of(character: char) -> Script {
    match character {
        '\u{0400}'..='\u{052f}' => Script::Cyrillic,
        _ if arabic::is_arabic(character) => Script::Arabic,
        _ => Script::Latin,
    }
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' | '´' | 'ʿ' | 'ʾ')
}

/// Marks that change no word: vowel marks of Arabic, its lengthening stroke, and what formats text.
fn is_silent(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036f}' | '\u{064b}'..='\u{0652}' | '\u{0670}' | '\u{0640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{00ad}')
}

/// The ASCII letters of one character, or nothing where it is no letter and no digit.
fn letter(character: char, next: Option<char>) -> Option<Cow<'static, str>> {
    if character.is_ascii_alphanumeric() {
        return Some(Cow::Owned(character.to_ascii_lowercase().to_string()));
    }
    if character.is_ascii() {
        return None;
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    if let Some(known) = cyrillic(lower).or_else(|| greek(lower, next)).or_else(|| arabic::letter(lower)) {
        return Some(Cow::Borrowed(known));
    }
    if !character.is_alphanumeric() {
        return None;
    }
    let letters: String = any_ascii::any_ascii_char(lower)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    Some(Cow::Owned(letters))
}

/// Cyrillic as British and American lists spell it most; what differs between systems is levelled by the sound of a token.
fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'ґ' => "g",
        'д' => "d",
        'е' | 'э' | 'ѣ' => "e",
        'ё' => "yo",
        'є' => "ye",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'і' => "i",
        'ї' => "yi",
        'й' | 'ј' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ў' => "w",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' => "",
        'ы' => "y",
        'ь' => "'",
        'ю' => "yu",
        'я' => "ya",
        'ђ' => "dj",
        'ћ' => "c",
        'љ' => "lj",
        'њ' => "nj",
        'џ' => "dz",
        'ѕ' => "dz",
        'ғ' => "gh",
        'қ' => "q",
        'ң' => "ng",
        'ө' => "o",
        'ү' | 'ұ' => "u",
        'һ' | 'ҳ' => "h",
        'ә' => "a",
        'ҷ' => "j",
        'ӣ' => "i",
        'ӯ' => "u",
        _ => return None,
    })
}

/// Modern Greek; the pairs that stand for one sound are told by the letter that follows.
fn greek(letter: char, next: Option<char>) -> Option<&'static str> {
    let next = next.and_then(|next| next.to_lowercase().next());
    Some(match (letter, next) {
        ('α' | 'ά', _) => "a",
        ('β', _) => "v",
        ('γ', Some('γ' | 'κ' | 'χ')) => "n",
        ('γ', _) => "g",
        ('δ', _) => "d",
        ('ε' | 'έ', _) => "e",
        ('ζ', _) => "z",
        ('η' | 'ή' | 'ι' | 'ί' | 'ϊ' | 'ΐ', _) => "i",
        ('θ', _) => "th",
        ('κ', _) => "k",
        ('λ', _) => "l",
        ('μ', Some('π')) => "",
        ('μ', _) => "m",
        ('ν', _) => "n",
        ('ξ', _) => "x",
        ('ο', Some('υ' | 'ύ')) => "o",
        ('ο' | 'ό' | 'ω' | 'ώ', _) => "o",
        ('π', _) => "p",
        ('ρ', _) => "r",
        ('σ' | 'ς', _) => "s",
        ('τ', _) => "t",
        ('υ' | 'ύ' | 'ϋ' | 'ΰ', _) => "y",
        ('φ', _) => "f",
        ('χ', _) => "ch",
        ('ψ', _) => "ps",
        _ => return None,
    })
}
