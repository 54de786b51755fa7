//! Words of company names: legal forms, which tell nothing, one spelling for common words, and Chinese company words.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Legal forms as rows of folded words, and words that fill names; where a name is nothing else, it is left as it is.
const LEGAL_FORMS: &str = "\
limited|ltd|llc|llp|lp|plc|inc|incorporated|corp|corporation|co|company|companies|gmbh|ag|kg|ohg|ug|sa|sas|sarl|sl|slu|srl|spa|bv|nv|oy|oyj|ab|as|asa|aps|\
ooo|oao|zao|pao|ao|tov|too|pp|at|ood|ead|eood|ad|doo|dd|kft|rt|nyrt|zrt|sro|spol|sp|zoo|fze|fzc|fzco|fzllc|dmcc|jsc|ojsc|cjsc|pjsc|pjs|sal|sarlau|\
pte|pty|pvt|private|sdn|bhd|kk|yk|tbk|pt|cv|ltda|eirl|cia|est|establishment|\
limited liability company|joint stock company|open joint stock company|closed joint stock company|public joint stock company|public limited company|\
limited liability partnership|obshchestvo s ogranichennoy otvetstvennostyu|aktsionernoe obshchestvo|aktsionernoye obshchestvo|\
publichnoe aktsionernoe obshchestvo|otkrytoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obshchestvo|private joint stock company|free zone company|\
societe anonyme|sociedad anonima|sociedad limitada|general partnership|limited partnership";

/// Words that carry nothing in any name of an organisation.
const FILLERS: [&str; 12] = ["and", "of", "the", "for", "de", "la", "le", "du", "des", "i", "y", "und"];

/// One spelling for words that companies shorten.
const SHORTENED: &[(&str, &str)] = &[
    ("tech", "technology"),
    ("technologies", "technology"),
    ("techn", "technology"),
    ("sci", "science"),
    ("sciences", "science"),
    ("intl", "international"),
    ("int", "international"),
    ("ind", "industry"),
    ("inds", "industry"),
    ("industries", "industry"),
    ("industrial", "industry"),
    ("mfg", "manufacturing"),
    ("eng", "engineering"),
    ("engg", "engineering"),
    ("trdg", "trading"),
    ("trade", "trading"),
    ("dev", "development"),
    ("natl", "national"),
    ("gen", "general"),
    ("grp", "group"),
    ("assoc", "association"),
    ("bros", "brothers"),
    ("centre", "center"),
    ("electronics", "electronic"),
    ("systems", "system"),
    ("services", "service"),
    ("holdings", "holding"),
    ("investments", "investment"),
    ("enterprises", "enterprise"),
    ("products", "product"),
    ("univ", "university"),
    ("inst", "institute"),
    ("ins", "insurance"),
    ("transp", "transport"),
    ("transportation", "transport"),
    ("shpg", "shipping"),
    ("petrochem", "petrochemical"),
    ("org", "organization"),
    ("organisation", "organization"),
    ("defence", "defense"),
];

/// Chinese words of company names and what lists write for them in English; places are left to their reading.
const CHINESE: &[(&str, &str)] = &[
    ("有限责任公司", ""),
    ("有限責任公司", ""),
    ("股份有限公司", ""),
    ("集团有限公司", "group"),
    ("有限公司", ""),
    ("集团公司", "group"),
    ("集團公司", "group"),
    ("总公司", ""),
    ("總公司", ""),
    ("分公司", ""),
    ("公司", ""),
    ("集团", "group"),
    ("集團", "group"),
    ("股份", ""),
    ("科学技术", "science technology"),
    ("科学", "science"),
    ("科技", "science technology"),
    ("技术", "technology"),
    ("技術", "technology"),
    ("信息", "information"),
    ("网络", "network"),
    ("网路", "network"),
    ("电子", "electronic"),
    ("電子", "electronic"),
    ("电器", "electric"),
    ("国际", "international"),
    ("國際", "international"),
    ("贸易", "trading"),
    ("貿易", "trading"),
    ("商贸", "commercial trading"),
    ("进出口", "import export"),
    ("進出口", "import export"),
    ("进口", "import"),
    ("出口", "export"),
    ("工业", "industry"),
    ("工業", "industry"),
    ("实业", "industry"),
    ("實業", "industry"),
    ("机械", "machinery"),
    ("机电", "electromechanical"),
    ("设备", "equipment"),
    ("制造", "manufacturing"),
    ("精密", "precision"),
    ("工程", "engineering"),
    ("建设", "construction"),
    ("建筑", "construction"),
    ("投资", "investment"),
    ("投資", "investment"),
    ("控股", "holding"),
    ("发展", "development"),
    ("發展", "development"),
    ("开发", "development"),
    ("研究院", "research institute academy"),
    ("研究所", "research institute"),
    ("研究", "research"),
    ("大学", "university"),
    ("大學", "university"),
    ("学院", "institute"),
    ("航空", "aviation"),
    ("航天", "aerospace"),
    ("航运", "shipping"),
    ("航運", "shipping"),
    ("船舶", "ship"),
    ("船务", "shipping"),
    ("海运", "shipping"),
    ("海運", "shipping"),
    ("物流", "logistics"),
    ("运输", "transport"),
    ("石油", "petroleum"),
    ("石化", "petrochemical"),
    ("化工", "chemical"),
    ("化学", "chemical"),
    ("能源", "energy"),
    ("电力", "electric power"),
    ("矿业", "mining"),
    ("钢铁", "steel"),
    ("金属", "metal"),
    ("材料", "material"),
    ("新材料", "new material"),
    ("半导体", "semiconductor"),
    ("集成电路", "integrated circuit"),
    ("通信", "communication"),
    ("通讯", "communication"),
    ("卫星", "satellite"),
    ("软件", "software"),
    ("数据", "data"),
    ("智能", "intelligent"),
    ("自动化", "automation"),
    ("系统", "system"),
    ("安全", "security"),
    ("服务", "service"),
    ("管理", "management"),
    ("咨询", "consulting"),
    ("文化", "culture"),
    ("传媒", "media"),
    ("医药", "pharmaceutical"),
    ("生物", "biological"),
    ("医疗", "medical"),
    ("农业", "agriculture"),
    ("食品", "food"),
    ("纺织", "textile"),
    ("银行", "bank"),
    ("銀行", "bank"),
    ("保险", "insurance"),
    ("金融", "finance"),
    ("证券", "securities"),
    ("基金", "fund"),
    ("中国", "china"),
    ("中國", "china"),
    ("香港", "hong kong"),
    ("北方", "north"),
    ("南方", "south"),
    ("东方", "oriental"),
    ("国家", "national"),
    ("无人机", "unmanned aerial vehicle"),
];

static FORMS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let mut forms: Vec<Vec<&str>> = LEGAL_FORMS.split('|').map(|form| form.split(' ').collect()).collect();
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
});

static SPELLINGS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| SHORTENED.iter().copied().collect());

static WORDS: LazyLock<std::collections::HashSet<&'static str>> = LazyLock::new(|| {
    let english = CHINESE.iter().flat_map(|(_, english)| english.split(' '));
    english.chain(SHORTENED.iter().flat_map(|(short, long)| [*short, *long])).collect()
});

/// Whether a word is a common word of companies, which no other language's syllables are looked for in.
pub fn is_common(word: &str) -> bool {
    WORDS.contains(word)
}

/// The words that tell one organisation from another, in one spelling each.
pub fn telling_words(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        if let Some(form) = FORMS.iter().find(|form| begins_with(rest, form)) {
            rest = rest.get(form.len()..).unwrap_or_default();
            continue;
        }
        if !FILLERS.contains(&first.as_str()) {
            kept.push(SPELLINGS.get(first.as_str()).map_or_else(|| first.clone(), |long| (*long).to_owned()));
        }
        rest = after;
    }
    if kept.is_empty() { words.to_vec() } else { kept }
}

/// Whether a name holds a legal form, and so is an organisation's.
pub fn has_legal_form(words: &[String]) -> bool {
    (1..words.len()).any(|at| {
        words
            .get(at..)
            .is_some_and(|rest| FORMS.iter().any(|form| form.join("").len() > 2 && begins_with(rest, form)))
    })
}

fn begins_with(words: &[String], form: &[&str]) -> bool {
    words.len() >= form.len() && words.iter().zip(form).all(|(word, part)| word == part)
}

/// The English words of the longest Chinese company word that a text begins with, and how many characters that takes.
pub fn chinese_word(text: &[char]) -> Option<(&'static str, usize)> {
    let matching = CHINESE.iter().filter(|(chinese, _)| {
        let mut count = 0;
        chinese.chars().all(|character| {
            count += 1;
            text.get(count - 1) == Some(&character)
        })
    });
    matching.map(|(chinese, english)| (*english, chinese.chars().count())).max_by_key(|(_, length)| *length)
}
