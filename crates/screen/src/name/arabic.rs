//! Arabic script, and the consonants of a word: short vowels are not written in it, so words of two scripts, and the many Latin
//! spellings of one Arabic name, meet in their consonants.

/// Whether a character is an Arabic letter of any language.
pub fn is_arabic(character: char) -> bool {
    matches!(character, '\u{0620}'..='\u{064a}' | '\u{066e}'..='\u{06d3}' | '\u{0750}'..='\u{077f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The Latin letters that stand for an Arabic one.
pub(super) fn letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' | 'ع' => "a",
        'ء' | 'ة' | 'ئ' | 'ۀ' => "",
        'ؤ' | 'و' | 'ۆ' => "w",
        'ى' | 'ي' | 'ی' | 'ې' | 'ۍ' | 'ے' => "y",
        'ب' | 'پ' => "b",
        'ت' | 'ط' | 'ټ' | 'ٹ' => "t",
        'ث' => "th",
        'ج' => "j",
        'ح' | 'ه' | 'ہ' | 'ھ' => "h",
        'خ' => "kh",
        'د' | 'ض' | 'ډ' | 'ڈ' => "d",
        'ذ' => "dh",
        'ر' | 'ړ' | 'ڑ' => "r",
        'ز' | 'ظ' | 'ځ' => "z",
        'ژ' => "zh",
        'س' | 'ص' => "s",
        'ش' | 'ښ' => "sh",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ک' | 'ك' | 'ګ' => "k",
        'گ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ڼ' | 'ں' => "n",
        'چ' | 'څ' => "ch",
        _ => return None,
    })
}

/// The consonants of a folded word, each class of consonants as one letter; a vowel in front stays as `a`. Double
/// consonants count once, `w`, `y` and `v` count in front only, since the letters for them also write long vowels.
pub fn skeleton(word: &str) -> String {
    let bytes = word.as_bytes();
    let mut found = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let (class, length) = consonant(byte, next);
        let is_first = at == 0;
        at += length;
        let class = match class {
            'a' | 'w' | 'y' if !is_first => continue,
            'h' if at >= bytes.len() && !is_first => continue,
            'w' => 'w',
            class => class,
        };
        if !found.ends_with(class) {
            found.push(class);
        }
    }
    found
}

/// The class of the consonant that begins here, and how many letters write it.
fn consonant(byte: u8, next: Option<u8>) -> (char, usize) {
    match (byte, next) {
        (b's', Some(b'h')) | (b'c', Some(b'h')) => ('x', 2),
        (b'k' | b'g', Some(b'h')) => (if byte == b'k' { 'h' } else { 'k' }, 2),
        (b't' | b'd' | b'r', Some(b'h')) => (byte as char, 2),
        (b'p', Some(b'h')) => ('f', 2),
        (b'z', Some(b'h')) | (b'd', Some(b'j')) => ('j', 2),
        (b'q' | b'k' | b'g' | b'c', _) => ('k', 1),
        (b'p', _) => ('b', 1),
        (b'v', _) => ('w', 1),
        (b'a' | b'e' | b'i' | b'o' | b'u', _) => ('a', 1),
        _ => (byte as char, 1),
    }
}

/// What stands between Arabic names and carries none of their meaning: articles, in the spellings that assimilation makes.
pub fn is_article(word: &str) -> bool {
    matches!(
        word,
        "al" | "el"
            | "ul"
            | "ur"
            | "ud"
            | "us"
            | "as"
            | "ash"
            | "ar"
            | "ad"
            | "az"
            | "an"
            | "at"
            | "aal"
            | "il"
    )
}

/// "Servant of …", which is written as one word or as two or three: the rest of the word, where it is one.
pub fn after_abd(word: &str) -> Option<&str> {
    const BEGINNINGS: [&str; 14] = [
        "abdoul", "abdul", "abdel", "abdal", "abdur", "abdus", "abdun", "abduz", "abder", "abdes", "abdar",
        "abdol", "abdor", "abd",
    ];
    if matches!(
        word,
        "abdullah"
            | "abdallah"
            | "abdulla"
            | "abdalla"
            | "abdellah"
            | "abdoullah"
            | "abdollah"
            | "abdou"
            | "abdi"
    ) {
        return None;
    }
    let beginning = BEGINNINGS.iter().find(|beginning| word.starts_with(**beginning))?;
    let rest = word.strip_prefix(beginning)?;
    (rest.len() >= 4 || rest.is_empty()).then_some(rest)
}
