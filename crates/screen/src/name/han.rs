//! Chinese characters read as Mandarin, in process.

use pinyin::ToPinyin;

/// Characters that are read differently as a surname than in other words.
const SURNAMES: [(char, &str); 22] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('單', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('朴', "piao"),
    ('查', "zha"),
    ('盖', "ge"),
    ('蓋', "ge"),
    ('区', "ou"),
    ('區', "ou"),
    ('任', "ren"),
    ('华', "hua"),
    ('華', "hua"),
    ('繁', "po"),
    ('员', "yun"),
    ('尉', "wei"),
    ('覃', "qin"),
    ('翟', "zhai"),
    ('葛', "ge"),
    ('晟', "cheng"),
    ('乐', "yue"),
];

/// Whether a character is Chinese.
pub fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// The syllable of a character without its tone, `ü` as `u`.
pub fn syllable(character: char) -> Option<&'static str> {
    let plain = character.to_pinyin()?.plain();
    Some(match plain {
        "lü" => "lu",
        "nü" => "nu",
        "lüe" => "lue",
        "nüe" => "nue",
        plain => plain,
    })
}

/// The syllable of a character that stands where the surname stands.
pub fn surname_syllable(character: char) -> Option<&'static str> {
    SURNAMES
        .iter()
        .find(|(known, _)| *known == character)
        .map(|(_, reading)| *reading)
        .or_else(|| syllable(character))
}
