//! Formats of logs and their logsources, as people write them on the command line and in the configuration.

use serde::{Deserialize, Serialize};
use std::str::FromStr;
use watch::format::Format;
use watch::sigma::rule::Logsource;

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct FormatWord(pub(crate) Format);

impl FromStr for FormatWord {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Format::ALL.map(Format::word).join(", ");
        Format::from_word(word)
            .map(Self)
            .ok_or_else(|| format!("`{word}` is no format of logs: {} are", known()))
    }
}

impl TryFrom<String> for FormatWord {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        word.parse()
    }
}

impl From<FormatWord> for String {
    fn from(word: FormatWord) -> Self {
        word.0.word().to_owned()
    }
}

/// What wrote a log: `product=linux,service=sshd,category=webserver`, or some of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct LogsourceWords(pub(crate) Logsource);

impl FromStr for LogsourceWords {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut found = Logsource::default();
        for part in text.split(',') {
            let (name, word) = part.split_once('=').unwrap_or((part, ""));
            let place = match name.trim() {
                "product" => &mut found.product,
                "service" => &mut found.service,
                "category" => &mut found.category,
                _ => {
                    return Err(format!(
                        "`{text}`: product=WORD, service=WORD and category=WORD are known, with commas between"
                    ));
                }
            };
            if word.trim().is_empty() {
                return Err(format!("`{text}`: a word is missing after `{}`", name.trim()));
            }
            *place = Some(word.trim().to_owned());
        }
        Ok(Self(found))
    }
}

impl TryFrom<String> for LogsourceWords {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<LogsourceWords> for String {
    fn from(words: LogsourceWords) -> Self {
        let Logsource { product, service, category } = words.0;
        let named = [("product", product), ("service", service), ("category", category)];
        let parts = named.into_iter().filter_map(|(name, word)| Some(format!("{name}={}", word?)));
        parts.collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logsource_is_some_of_three_words() {
        let words: LogsourceWords = "category=webserver, product=linux".parse().expect("words");
        assert_eq!(String::from(words), "product=linux,category=webserver");
        for wrong in ["", "linux", "product=", "host=a"] {
            assert!(wrong.parse::<LogsourceWords>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_format_is_one_that_is_known() {
        assert_eq!("w3c".parse(), Ok(FormatWord(Format::W3c)));
        assert!("iis".parse::<FormatWord>().expect_err("an error").contains("w3c"));
    }
}
