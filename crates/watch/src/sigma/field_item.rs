//! A field of a search with its modifiers and values, taken apart into predicates.

use super::condition::{Case, Comparison, Condition, Network, Number, Predicate, Regex, Test, TimePart};
use super::encoding::{base64, base64_offsets, bytes_of, utf16, windash};
use super::expression::one_or;
use super::modifier::{Kind, Modifiers, Transform};
use super::pattern::{Pattern, Piece};
use super::placeholder::Placeholders;
use super::value::{open, pieces, plain};
use super::yaml::{Content, Node, Wrong};
use model::limit::{RULE_REGEX_BYTES_MAX, RULE_VALUE_VARIANTS_MAX};
use std::net::IpAddr;

/// What a field of a search asks for. `key` is `Name|modifier|...`; nothing before the first `|` makes it a keyword.
/// What is suspicious, but has a meaning, goes to `notes`.
pub(crate) fn read(
    key: &str,
    line: u32,
    node: &Node,
    placeholders: &Placeholders,
    notes: &mut Vec<Wrong>,
) -> Result<Condition, Wrong> {
    let (field, words) = key.split_once('|').map_or((key, None), |(field, words)| (field, Some(words)));
    let modifiers = Modifiers::read(words.into_iter().flat_map(|words| words.split('|')), line)?;
    let item = Item { field: (!field.is_empty()).then(|| field.to_owned()), modifiers, placeholders };
    let values = node.items();
    if values.is_empty() {
        return Err(Wrong::at(line, format!("`{key}` has an empty list, which nothing can match")));
    }
    if item.modifiers.is_all && values.len() == 1 && !item.modifiers.is_expanding {
        notes.push(Wrong::at(line, format!("`{key}`: `all` does nothing with one value")));
    }
    for value in values.iter().filter(|value| item.modifiers.is_open() && value.scalar() == Some("")) {
        notes.push(Wrong::at(value.line, format!("`{key}`: an empty text is in every value")));
    }
    let parts = values.iter().map(|value| item.value(value)).collect::<Result<Vec<_>, _>>()?;
    let found = one_or(parts, if item.modifiers.is_all { Condition::All } else { Condition::Any });
    Ok(if item.modifiers.is_negated { Condition::Not(Box::new(found)) } else { found })
}

struct Item<'a> {
    field: Option<String>,
    modifiers: Modifiers,
    placeholders: &'a Placeholders,
}

impl Item<'_> {
    fn is(&self, test: Test) -> Condition {
        Condition::Is(Predicate { field: self.field.clone(), test })
    }

    fn any(&self, tests: impl IntoIterator<Item = Test>) -> Condition {
        one_or(tests.into_iter().map(|test| self.is(test)).collect(), Condition::Any)
    }

    fn value(&self, node: &Node) -> Result<Condition, Wrong> {
        if matches!(node.content, Content::List(_) | Content::Map(_)) {
            return Err(Wrong::at(node.line, format!("a value is expected here, not {}", node.kind())));
        }
        if self.field.is_none() && !matches!(self.modifiers.kind, Kind::Plain | Kind::Regex | Kind::Cidr) {
            return Err(Wrong::at(node.line, "this modifier needs a field"));
        }
        match self.modifiers.kind {
            Kind::Plain => self.plain(node),
            Kind::Regex => self.regex(node),
            Kind::Cidr => Ok(self.is(Test::Cidr(network(node)?))),
            Kind::Exists => match node.content {
                Content::Bool(is_there) => Ok(self.is(Test::Exists(is_there))),
                _ => Err(Wrong::at(node.line, "`exists` needs true or false")),
            },
            Kind::FieldRef => {
                let Content::Text(other) = &node.content else {
                    return Err(Wrong::at(node.line, "`fieldref` needs the name of a field"));
                };
                Ok(self.is(Test::Field(self.modifiers.relation(), other.clone(), self.case())))
            }
            Kind::Compare(comparison) => Ok(self.is(Test::Compare(comparison, number(node)?))),
            Kind::Time(part, comparison) => self.time(part, comparison, node),
        }
    }

    fn case(&self) -> Case {
        if self.modifiers.is_cased { Case::Sensitive } else { Case::Insensitive }
    }

    fn plain(&self, node: &Node) -> Result<Condition, Wrong> {
        let is_changed = self.modifiers.is_open() || !self.modifiers.transforms.is_empty();
        match &node.content {
            Content::Null if is_changed || self.field.is_none() => {
                Err(Wrong::at(node.line, "text is expected here, not nothing"))
            }
            Content::Null => Ok(self.is(Test::Null)),
            Content::Number(number, _) if !is_changed && self.field.is_some() => {
                Ok(self.is(Test::Number(*number)))
            }
            _ => self.text(node.scalar().unwrap_or_default(), node.line),
        }
    }

    fn text(&self, text: &str, line: u32) -> Result<Condition, Wrong> {
        if text.is_empty() && self.field.is_none() {
            return Err(Wrong::at(line, "an empty text is in every value"));
        }
        let written = if self.modifiers.is_expanding {
            self.placeholders.expand(text).map_err(|message| Wrong::at(line, message))?
        } else {
            vec![pieces(text)]
        };
        let mut values: Vec<Value> = written.into_iter().map(Value::Pieces).collect();
        for transform in &self.modifiers.transforms {
            values = values
                .into_iter()
                .map(|value| transformed(value, *transform, line))
                .collect::<Result<Vec<_>, _>>()?
                .concat();
        }
        if values.len() > RULE_VALUE_VARIANTS_MAX {
            return Err(Wrong::at(line, too_many()));
        }
        let patterns =
            values.into_iter().map(|value| self.pattern(value, line)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.any(patterns.into_iter().map(Test::Matches)))
    }

    fn pattern(&self, value: Value, line: u32) -> Result<Pattern, Wrong> {
        let pieces = match value {
            Value::Pieces(pieces) => pieces,
            Value::Bytes(bytes) => String::from_utf8(bytes).map(|text| plain(&text)).map_err(|_| {
                Wrong::at(
                    line,
                    "this text in UTF-16 is no text of a log: `base64` or `base64offset` must follow",
                )
            })?,
        };
        let pieces = open(pieces, self.modifiers.is_open_before, self.modifiers.is_open_after);
        Ok(Pattern { pieces, case: self.case() })
    }

    fn regex(&self, node: &Node) -> Result<Condition, Wrong> {
        let Some(text) = node.scalar() else {
            return Err(Wrong::at(node.line, "`re` needs a regular expression"));
        };
        let regex = Regex {
            text: text.to_owned(),
            is_case_insensitive: self.modifiers.is_case_insensitive,
            is_multi_line: self.modifiers.is_multi_line,
            is_dot_all: self.modifiers.is_dot_all,
        };
        compile(&regex).map_err(|error| Wrong::at(node.line, regex_message(text, &error)))?;
        Ok(self.is(Test::Regex(regex)))
    }

    fn time(&self, part: TimePart, comparison: Option<Comparison>, node: &Node) -> Result<Condition, Wrong> {
        let (lowest, highest) = range(part);
        let Number::Integer(wanted) = number(node)? else {
            return Err(Wrong::at(node.line, "a whole number is expected here"));
        };
        let passes = |found: u32| match comparison {
            None => i64::from(found) == wanted,
            Some(Comparison::Less) => i64::from(found) < wanted,
            Some(Comparison::LessOrEqual) => i64::from(found) <= wanted,
            Some(Comparison::Greater) => i64::from(found) > wanted,
            Some(Comparison::GreaterOrEqual) => i64::from(found) >= wanted,
        };
        let tests: Vec<Test> = (lowest..=highest)
            .filter(|found| passes(*found))
            .map(|found| Test::TimePart(part, found))
            .collect();
        if tests.is_empty() {
            return Err(Wrong::at(
                node.line,
                format!("no such part of a time is {wanted}: it is from {lowest} to {highest}"),
            ));
        }
        Ok(self.any(tests))
    }
}

/// What a value is on its way through the modifiers.
#[derive(Debug, Clone)]
enum Value {
    Pieces(Vec<Piece>),
    Bytes(Vec<u8>),
}

fn transformed(value: Value, transform: Transform, line: u32) -> Result<Vec<Value>, Wrong> {
    let no_wildcards = || Wrong::at(line, "a value with wildcards cannot be encoded");
    let bytes = |value: &Value| match value {
        Value::Pieces(pieces) => bytes_of(pieces).map(<[u8]>::to_vec).ok_or_else(no_wildcards),
        Value::Bytes(bytes) => Ok(bytes.clone()),
    };
    match transform {
        Transform::Windash => {
            let Value::Pieces(pieces) = &value else {
                return Err(Wrong::at(line, "`windash` must stand before encodings"));
            };
            let variants = windash(pieces).ok_or_else(|| Wrong::at(line, too_many()))?;
            Ok(variants.into_iter().map(Value::Pieces).collect())
        }
        Transform::Utf16(form) => {
            let text =
                String::from_utf8(bytes(&value)?).map_err(|_| Wrong::at(line, "this is encoded already"))?;
            Ok(vec![Value::Bytes(utf16(&text, form))])
        }
        Transform::Base64 => Ok(vec![Value::Pieces(plain(&base64(&bytes(&value)?)))]),
        Transform::Base64Offset => {
            Ok(base64_offsets(&bytes(&value)?).iter().map(|part| Value::Pieces(plain(part))).collect())
        }
    }
}

fn too_many() -> String {
    format!("there are more than {RULE_VALUE_VARIANTS_MAX} ways to write this value")
}

/// A rule's regular expression, ready to search with. It runs in time that grows with the text alone, whatever its author wrote.
///
/// # Errors
/// When it is not one that the `regex` crate reads, or takes more memory than [`RULE_REGEX_BYTES_MAX`].
pub fn compile(regex: &Regex) -> Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(&regex.text)
        .case_insensitive(regex.is_case_insensitive)
        .multi_line(regex.is_multi_line)
        .dot_matches_new_line(regex.is_dot_all)
        .size_limit(RULE_REGEX_BYTES_MAX)
        .build()
}

fn regex_message(text: &str, error: &regex::Error) -> String {
    let is_look_around = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|mark| text.contains(mark));
    match error {
        regex::Error::CompiledTooBig(_) => "this regular expression takes too much memory".to_owned(),
        _ if is_look_around => "look-ahead and look-behind are not in Sigma's regular expressions".to_owned(),
        _ => format!(
            "not a regular expression that Sigma has: {}",
            error.to_string().lines().last().unwrap_or_default()
        ),
    }
}

fn number(node: &Node) -> Result<Number, Wrong> {
    match &node.content {
        Content::Number(number, _) => Ok(*number),
        Content::Text(text) => text
            .parse()
            .map(Number::Integer)
            .or_else(|_| text.parse().map(Number::Float))
            .map_err(|_| Wrong::at(node.line, format!("`{text}` is not a number"))),
        _ => Err(Wrong::at(node.line, format!("a number is expected here, not {}", node.kind()))),
    }
}

fn network(node: &Node) -> Result<Network, Wrong> {
    let text = node.scalar().unwrap_or_default();
    let wrong = |why: &str| Wrong::at(node.line, format!("`{text}` is no network: {why}"));
    let (address, prefix) =
        text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr =
        address.parse().map_err(|_| wrong("an address and `/` and a number are expected"))?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(bits), |prefix| prefix.parse().ok().filter(|prefix| *prefix <= bits));
    let prefix = prefix.ok_or_else(|| wrong("the number of leading bits is too large"))?;
    Ok(Network { address, prefix })
}

/// The least and the greatest number that a part of a time can be.
fn range(part: TimePart) -> (u32, u32) {
    match part {
        TimePart::Minute => (0, 59),
        TimePart::Hour => (0, 23),
        TimePart::Day => (1, 31),
        TimePart::Week => (1, 53),
        TimePart::Month => (1, 12),
        TimePart::Year => (1970, 2_199),
    }
}
