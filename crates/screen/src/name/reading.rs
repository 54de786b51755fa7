//! The readings of a name. Most names have one, a row of words; a name that may be Mandarin has one of syllables besides, and
//! each is compared for itself.

use model::limit::{SCREEN_NAME_BYTES_MAX, SCREEN_NAME_TOKENS_MAX, SCREEN_TOKEN_BYTES_MAX};

use super::fold::{Script, Word, words};
use super::{arabic, company, han, mandarin};
use crate::list::Kind;

/// What a token is, which decides what it is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// A word: compared by its sound, its consonants and its forms.
    Word,
    /// A word of Arabic script: its vowels are not known.
    Consonants,
    /// A syllable of pinyin.
    Syllable,
    /// A syllable of Wade-Giles, which stands for several of pinyin.
    SyllableClass,
}

/// One token of a reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Lower-case ASCII letters and digits, at most [`SCREEN_TOKEN_BYTES_MAX`].
    pub text: String,
}

impl Token {
    pub(crate) fn new(kind: TokenKind, text: &str) -> Self {
        Self { kind, text: text.chars().take(SCREEN_TOKEN_BYTES_MAX).collect() }
    }

    /// Whether it is one letter that may stand for a whole name.
    pub fn is_initial(&self) -> bool {
        self.kind == TokenKind::Word
            && self.text.len() == 1
            && self.text.bytes().all(|byte| byte.is_ascii_alphabetic())
    }
}

/// A row of tokens in the order of the name, at most [`SCREEN_NAME_TOKENS_MAX`].
pub type Reading = Vec<Token>;

/// The readings of a name, each once. Text beyond [`SCREEN_NAME_BYTES_MAX`] is not read.
pub fn readings(text: &str, kind: Kind) -> Vec<Reading> {
    let end = text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8())
        .take_while(|end| *end <= SCREEN_NAME_BYTES_MAX)
        .last();
    let text = text.get(..end.unwrap_or(0)).unwrap_or_default();
    let folded = words(text);
    let characters: Vec<char> = text.chars().filter(|character| han::is_han(*character)).collect();
    let is_chinese = characters.len() >= 2;
    let is_organisation = match kind {
        Kind::Person => false,
        Kind::Organisation | Kind::Vessel | Kind::Aircraft => true,
        Kind::Unknown => characters.len() > 4 || company::has_legal_form(&plain(&folded)),
    };
    let mut found = match (is_organisation, is_chinese) {
        (true, true) => chinese_organisation(&characters, &folded),
        (true, false) => organisation(&plain(&folded)),
        (false, true) => chinese_person(&characters),
        (false, false) => person(&folded),
    };
    for reading in &mut found {
        reading.truncate(SCREEN_NAME_TOKENS_MAX);
    }
    found.retain(|reading| !reading.is_empty());
    found.dedup();
    found
}

fn plain(words: &[Word]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut letters = String::new();
    for word in words {
        // "L.L.C." and "L L C" are one abbreviation.
        if word.text.len() == 1 {
            letters.push_str(&word.text);
            continue;
        }
        if !letters.is_empty() {
            found.push(std::mem::take(&mut letters));
        }
        found.push(word.plain());
    }
    if !letters.is_empty() {
        found.push(letters);
    }
    found
}

fn organisation(words: &[String]) -> Vec<Reading> {
    let telling = company::telling_words(words);
    let spoken: Reading = telling.iter().map(|word| Token::new(TokenKind::Word, word)).collect();
    let mut is_split = false;
    let mut syllables: Reading = Vec::new();
    for word in &telling {
        let split =
            if company::is_common(word) || word.len() < 2 { None } else { mandarin::split_pinyin(word) };
        if let Some(split) = split {
            is_split |= split.len() > 1;
            syllables.extend(split.iter().map(|syllable| Token::new(TokenKind::Syllable, syllable)));
        } else {
            syllables.push(Token::new(TokenKind::Word, word));
        }
    }
    let count = syllables.iter().filter(|token| token.kind == TokenKind::Syllable).count();
    if is_split || count >= 2 { vec![spoken, syllables] } else { vec![spoken] }
}

fn chinese_organisation(characters: &[char], folded: &[Word]) -> Vec<Reading> {
    let mut words: Vec<String> =
        folded.iter().filter(|word| word.script != Script::Han).map(Word::plain).collect();
    let mut syllables: Reading = words.iter().map(|word| Token::new(TokenKind::Word, word)).collect();
    let mut name = String::new();
    let mut rest = characters;
    while let Some((first, after)) = rest.split_first() {
        if let Some((english, length)) = company::chinese_word(rest) {
            if !name.is_empty() {
                words.push(std::mem::take(&mut name));
            }
            words.extend(english.split_whitespace().map(str::to_owned));
            syllables.extend(english.split_whitespace().map(|word| Token::new(TokenKind::Word, word)));
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        if let Some(syllable) = han::syllable(*first) {
            name.push_str(syllable);
            syllables.push(Token::new(TokenKind::Syllable, syllable));
        }
        rest = after;
    }
    if !name.is_empty() {
        words.push(name);
    }
    vec![words.iter().map(|word| Token::new(TokenKind::Word, word)).collect(), syllables]
}

fn chinese_person(characters: &[char]) -> Vec<Reading> {
    let reading = characters.iter().enumerate().filter_map(|(place, character)| {
        if place == 0 { han::surname_syllable(*character) } else { han::syllable(*character) }
    });
    let syllables: Vec<&str> = reading.collect();
    let tokens = syllables.iter().map(|syllable| Token::new(TokenKind::Syllable, syllable)).collect();
    // The surname and the given name as they are written in Latin, for lists and queries that misspell them.
    let spelled = syllables.split_first().map(|(surname, given)| {
        let given = given.concat();
        [*surname, given.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| Token::new(TokenKind::Word, part))
            .collect()
    });
    std::iter::once(tokens).chain(spelled).collect()
}

fn person(folded: &[Word]) -> Vec<Reading> {
    let mut found = vec![spoken(folded)];
    found.extend(mandarin_person(folded, TokenKind::Syllable, pinyin_or_palladius, mandarin::is_surname));
    found.extend(mandarin_person(
        folded,
        TokenKind::SyllableClass,
        |word| mandarin::split_wade_giles(&word.plain()),
        mandarin::is_surname_class,
    ));
    found
}

/// The words of a person's name, without articles and with "servant of" apart.
fn spoken(folded: &[Word]) -> Reading {
    let mut found: Reading = Vec::new();
    for (place, word) in folded.iter().enumerate() {
        let text = word.plain();
        if word.script == Script::Arabic {
            arabic_word(&text, &mut found);
        } else if arabic::is_article(&text) && folded.len() > 2 && place > 0 {
            // An article between names; a two-word name keeps it, since "An" and "As" are names elsewhere.
        } else if let Some(rest) = arabic::after_abd(&text) {
            found.push(Token::new(TokenKind::Word, "abd"));
            if !rest.is_empty() {
                found.push(Token::new(TokenKind::Word, rest));
            }
        } else {
            found.push(Token::new(TokenKind::Word, &text));
        }
    }
    found
}

/// A word of Arabic script without its article, and "servant of" apart as in Latin.
fn arabic_word(text: &str, found: &mut Reading) {
    let servant = text.strip_prefix("abd").filter(|rest| {
        rest.starts_with("al") && rest.len() >= 5 && !rest.starts_with("alla") && *rest != "allh"
    });
    if let Some(rest) = servant {
        found.push(Token::new(TokenKind::Consonants, "abd"));
        found.push(Token::new(TokenKind::Consonants, rest.strip_prefix("al").unwrap_or(rest)));
        return;
    }
    let bare = text.strip_prefix("al").filter(|rest| rest.len() >= 3).unwrap_or(text);
    found.push(Token::new(TokenKind::Consonants, bare));
}

fn pinyin_or_palladius(word: &Word) -> Option<Vec<&'static str>> {
    if word.script == Script::Cyrillic {
        mandarin::split_palladius(&word.text)
    } else {
        mandarin::split_pinyin(&word.plain())
    }
}

/// The reading as Mandarin syllables: two to four of them, with a surname at one end. Initials stay.
fn mandarin_person(
    folded: &[Word],
    kind: TokenKind,
    split: impl Fn(&Word) -> Option<Vec<&'static str>>,
    is_surname: impl Fn(&str) -> bool,
) -> Option<Reading> {
    let mut found = Vec::new();
    for word in folded {
        if word.text.len() == 1 && word.script == Script::Latin && folded.len() > 1 {
            found.push(Token::new(TokenKind::Word, &word.text));
            continue;
        }
        found.extend(split(word)?.into_iter().map(|syllable| Token::new(kind, syllable)));
    }
    let ends = [found.first(), found.last()].into_iter().flatten();
    let has_surname = ends.filter(|token| token.kind == kind).any(|token| is_surname(&token.text));
    ((2..=4).contains(&found.len()) && has_surname).then_some(found)
}
