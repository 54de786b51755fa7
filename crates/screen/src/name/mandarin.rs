//! Mandarin syllables in the systems that lists and people use: pinyin, Wade-Giles and, in Cyrillic, Palladius.
//!
//! Pinyin is the table; the other two are derived from it by rule. Without its apostrophes Wade-Giles writes several syllables
//! alike, so what it writes is a class of syllables, and the class is what is compared.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The finals that each initial takes in pinyin; the first row is syllables without an initial.
const SYLLABLES: &[(&str, &str)] = &[
    (
        "",
        "a ai an ang ao e ei en eng er o ou yi ya yo ye yao you yan yin yang ying yong wu wa wo wai wei wan wen wang weng yu yue yuan yun",
    ),
    ("b", "a ai an ang ao ei en eng i ian iao ie in ing o u"),
    ("p", "a ai an ang ao ei en eng i ian iao ie in ing o ou u"),
    ("m", "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u"),
    ("f", "a an ang ei en eng o ou u"),
    ("d", "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo"),
    ("t", "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo"),
    ("n", "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan ue uo"),
    ("l", "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan ue un uo"),
    ("g", "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    ("k", "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo"),
    ("h", "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    ("j", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("q", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("x", "i ia ian iang iao ie in ing iong iu u uan ue un"),
    ("zh", "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo"),
    ("ch", "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo"),
    ("sh", "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo"),
    ("r", "an ang ao e en eng i ong ou u ua uan ui un uo"),
    ("z", "a ai an ang ao e ei en eng i ong ou u uan ui un uo"),
    ("c", "a ai an ang ao e en eng i ong ou u uan ui un uo"),
    ("s", "a ai an ang ao e en eng i ong ou u uan ui un uo"),
];

/// Surnames of nearly all bearers of Chinese names, as syllables.
const SURNAMES: &str = "ai an ao bai ban bao bei bi bian bie bo bu cai can cang cao cen chai chang chao che chen cheng chi chong chou chu chuan \
cong cui dai dang deng di diao ding dong dou du duan dun e fan fang fei feng fu gai gan gang gao ge geng gong gou gu guan guang gui guo \
ha hai han hang hao he hei heng hong hou hu hua huai huan huang hui huo ji jia jian jiang jiao jie jin jing ju kang ke kong kou kuai kuang lai \
lan lang lao le lei leng li lian liang liao lin ling liu long lou lu luan lun luo ma mai man mang mao mei men meng mi miao min ming mo mou mu \
na nan ni nian nie ning niu nong ou ouyang pan pang pei peng pi piao ping po pu qi qian qiang qiao qin qing qiong qiu qu quan que ran rao ren rong ru ruan \
rui sa sang sha shan shang shao she shen sheng shi shou shu shui si sima song su sui sun suo tai tan tang tao teng ti tian tie tong tu wan wang wei wen \
weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yong you yu yuan yue yun zan zang zeng zha \
zhai zhan zhang zhao zhen zheng zhi zhong zhou zhu zhuang zhuo zong zou zu zuo";

struct Tables {
    /// Pinyin syllable to the class that Wade-Giles without apostrophes makes of it.
    pinyin: HashMap<String, String>,
    /// What Wade-Giles writes, without apostrophes.
    wade: HashSet<String>,
    /// Palladius in the Latin letters of [`super::fold`], to pinyin.
    palladius: HashMap<String, String>,
    surnames: HashSet<&'static str>,
    surname_classes: HashSet<String>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        pinyin: HashMap::new(),
        wade: HashSet::new(),
        palladius: HashMap::new(),
        surnames: SURNAMES.split_whitespace().collect(),
        surname_classes: HashSet::new(),
    };
    for (initial, finals) in SYLLABLES {
        for end in finals.split(' ') {
            let syllable = format!("{initial}{end}");
            let class = wade_giles(initial, end);
            tables.wade.insert(class.clone());
            tables.palladius.insert(palladius(initial, end), syllable.clone());
            tables.pinyin.insert(syllable, class);
        }
    }
    tables.surname_classes =
        tables.surnames.iter().filter_map(|surname| tables.pinyin.get(*surname).cloned()).collect();
    tables
});

/// The class of a pinyin syllable, or nothing where it is none.
pub fn class_of_pinyin(syllable: &str) -> Option<&'static str> {
    TABLES.pinyin.get(syllable).map(String::as_str)
}

/// The class of a Wade-Giles syllable, or nothing where it is none.
pub fn class_of_wade_giles(syllable: &str) -> Option<&'static str> {
    TABLES.wade.get(syllable).map(String::as_str)
}

/// Whether a syllable of pinyin is a surname.
pub fn is_surname(syllable: &str) -> bool {
    TABLES.surnames.contains(syllable)
}

/// Whether a class holds a surname.
pub fn is_surname_class(class: &str) -> bool {
    TABLES.surname_classes.contains(class)
}

/// The pinyin of a Palladius syllable in Latin letters.
fn pinyin_of_palladius(syllable: &str) -> Option<&'static str> {
    TABLES.palladius.get(syllable).map(String::as_str)
}

/// A word as syllables of pinyin: the fewest that write it, and among equals the one whose syllables begin with consonants,
/// since pinyin marks the others by an apostrophe.
pub fn split_pinyin(word: &str) -> Option<Vec<&'static str>> {
    split(word, 6, |part| TABLES.pinyin.get_key_value(part).map(|(known, _)| known.as_str()))
}

/// A word as syllables of Wade-Giles; each is a class.
pub fn split_wade_giles(word: &str) -> Option<Vec<&'static str>> {
    split(word, 6, class_of_wade_giles)
}

/// A folded Cyrillic word as syllables of pinyin.
pub fn split_palladius(word: &str) -> Option<Vec<&'static str>> {
    split(word, 8, pinyin_of_palladius)
}

/// The best ways to write the word up to each place: how many syllables, of these how many begin with a vowel, and the last one.
fn split(
    word: &str,
    longest: usize,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Option<Vec<&'static str>> {
    const LONGEST_WORD: usize = 32;
    if word.is_empty() || word.len() > LONGEST_WORD || !word.is_ascii() {
        return None;
    }
    let mut best: Vec<Option<(usize, usize, usize, &'static str)>> = vec![None; word.len() + 1];
    *best.first_mut()? = Some((0, 0, 0, ""));
    for end in 1..=word.len() {
        let mut found: Option<(usize, usize, usize, &'static str)> = None;
        for start in end.saturating_sub(longest)..end {
            let Some(Some((count, vowels, ..))) = best.get(start) else { continue };
            let Some(syllable) = word.get(start..end).and_then(&known) else { continue };
            let begins_with_vowel = start > 0 && syllable.starts_with(['a', 'e', 'o']);
            let reached = (count + 1, vowels + usize::from(begins_with_vowel), start, syllable);
            if found.is_none_or(|found| (reached.0, reached.1) < (found.0, found.1)) {
                found = Some(reached);
            }
        }
        *best.get_mut(end)? = found;
    }
    let mut syllables = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let (_, _, start, syllable) = (*best.get(end)?)?;
        syllables.push(syllable);
        end = start;
    }
    syllables.reverse();
    Some(syllables)
}

/// What Wade-Giles without apostrophes and dots writes for a pinyin syllable.
fn wade_giles(initial: &str, end: &str) -> String {
    let start = match initial {
        "b" | "p" => "p",
        "d" | "t" => "t",
        "g" | "k" => "k",
        "j" | "q" | "zh" | "ch" => "ch",
        "x" => "hs",
        "r" => "j",
        "z" | "c" => "ts",
        other => other,
    };
    let rest = match (initial, end) {
        ("", "yan") => "yen",
        ("", "ye") => "yeh",
        ("", "yue") => "yueh",
        ("", "you") => "yu",
        ("", "yi") => "i",
        ("", "yong") => "yung",
        ("", "er") => "erh",
        ("zh" | "ch" | "sh" | "r", "i") => "ih",
        ("z" | "c", "i") => return "tzu".to_owned(),
        ("s", "i") => return "ssu".to_owned(),
        ("g" | "k" | "h", "e") => "o",
        ("g" | "k", "ui") => "uei",
        ("d" | "t" | "n" | "l" | "z" | "c" | "s" | "zh" | "ch" | "r", "uo") => "o",
        (_, "ian") => "ien",
        (_, "ie") => "ieh",
        (_, "ue") => "ueh",
        ("j" | "q" | "x", "iong") => "iung",
        (_, "ong") => "ung",
        (_, end) => end,
    };
    format!("{start}{rest}")
}

/// What Palladius writes for a pinyin syllable, in the Latin letters that [`super::fold`] gives to Cyrillic ones.
fn palladius(initial: &str, end: &str) -> String {
    let start = match initial {
        "j" | "z" => "tsz",
        "q" | "c" => "ts",
        "x" => "s",
        "zh" => "chzh",
        "r" => "zh",
        "h" => "kh",
        other => other,
    };
    let is_palatal = matches!(initial, "j" | "q" | "x");
    let rest = match end {
        "yi" => "i",
        "wu" => "u",
        "yu" => "yuy",
        "yue" => "yue",
        "yuan" => "yuan'",
        "yun" => "yun'",
        "you" => "yu",
        "yong" => "yun",
        "ye" => "e",
        "yan" => "yan'",
        "yin" => "in'",
        "ying" => "in",
        "yang" => "yan",
        "ya" => "ya",
        "yao" => "yao",
        "wa" => "va",
        "wo" => "vo",
        "wai" => "vay",
        "wei" => "vey",
        "wan" => "van'",
        "wen" => "ven'",
        "wang" => "van",
        "weng" => "ven",
        "ai" => "ay",
        "ei" => "ey",
        "an" => "an'",
        "en" => "en'",
        "ang" => "an",
        "eng" => "en",
        "ong" => "un",
        "ia" => "ya",
        "ie" => "e",
        "iao" => "yao",
        "iu" => "yu",
        "ian" => "yan'",
        "in" => "in'",
        "iang" => "yan",
        "ing" => "in",
        "iong" => "yun",
        "uai" => "uay",
        "uan" if is_palatal => "yuan'",
        "uan" => "uan'",
        "uang" => "uan",
        "ui" if initial == "h" => "uey",
        "ui" => "uy",
        "un" if is_palatal => "yun'",
        "un" => "un'",
        "u" if is_palatal => "yuy",
        "ue" => "yue",
        "i" if matches!(initial, "z" | "c" | "s") => "y",
        other => other,
    };
    format!("{start}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expected: &str) {
        assert_eq!(split_pinyin(word).unwrap_or_default().join(" "), expected);
    }

    #[test]
    fn joined_given_names_come_apart() {
        check("guangzong", "guang zong");
        check("gaobin", "gao bin");
        check("xiaoruizhi", "xiao rui zhi");
        check("smith", "");
        check("fangan", "fan gan");
    }

    #[test]
    fn the_other_systems_meet_pinyin() {
        assert_eq!(split_wade_giles("kuangtsung"), Some(vec!["kuang", "tsung"]));
        assert_eq!(class_of_pinyin("guang"), Some("kuang"));
        assert_eq!(class_of_pinyin("zong"), Some("tsung"));
        assert_eq!(split_palladius("guantszun"), Some(vec!["guang", "zong"]));
        assert_eq!(split_palladius("chzhao"), Some(vec!["zhao"]));
        assert_eq!(split_palladius("bin'"), Some(vec!["bin"]));
    }
}
