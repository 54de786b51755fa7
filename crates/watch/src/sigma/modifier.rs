//! Modifiers behind a field's name (`CommandLine|contains|all`), as specification 2.1 has them, read and checked against one another.

use super::condition::{Comparison, FieldRelation, TimePart};
use super::encoding::Utf16;
use super::yaml::Wrong;

/// A change of a value before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transform {
    Windash,
    Utf16(Utf16),
    Base64,
    Base64Offset,
}

/// What is done with a value in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Compared as text or number.
    Plain,
    Regex,
    Cidr,
    Exists,
    FieldRef,
    Compare(Comparison),
    Time(TimePart, Option<Comparison>),
}

/// All modifiers of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Modifiers {
    pub(crate) kind: Kind,
    pub(crate) transforms: Vec<Transform>,
    /// `contains` or `endswith`: anything may stand before the value.
    pub(crate) is_open_before: bool,
    /// `contains` or `startswith`: anything may stand after it.
    pub(crate) is_open_after: bool,
    pub(crate) is_all: bool,
    pub(crate) is_negated: bool,
    pub(crate) is_cased: bool,
    pub(crate) is_expanding: bool,
    /// Flags of a regular expression.
    pub(crate) is_case_insensitive: bool,
    pub(crate) is_multi_line: bool,
    pub(crate) is_dot_all: bool,
}

impl Default for Modifiers {
    fn default() -> Self {
        Self {
            kind: Kind::Plain,
            transforms: Vec::new(),
            is_open_before: false,
            is_open_after: false,
            is_all: false,
            is_negated: false,
            is_cased: false,
            is_expanding: false,
            is_case_insensitive: false,
            is_multi_line: false,
            is_dot_all: false,
        }
    }
}

impl Modifiers {
    /// Reads what stands behind a field's name, in its order.
    pub(crate) fn read<'w>(words: impl Iterator<Item = &'w str>, line: u32) -> Result<Self, Wrong> {
        let mut this = Self::default();
        for word in words {
            this.add(word).map_err(|message| Wrong::at(line, message))?;
        }
        this.check().map_err(|message| Wrong::at(line, message))?;
        Ok(this)
    }

    /// `contains`, `startswith` or `endswith` is there.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open_before || self.is_open_after
    }

    /// How a value stands to another field's.
    pub(crate) fn relation(&self) -> FieldRelation {
        match (self.is_open_before, self.is_open_after) {
            (false, false) => FieldRelation::Equals,
            (false, true) => FieldRelation::StartsWith,
            (true, false) => FieldRelation::EndsWith,
            (true, true) => FieldRelation::Contains,
        }
    }

    fn add(&mut self, word: &str) -> Result<(), String> {
        match word {
            "all" => self.is_all = true,
            "neq" => self.is_negated = true,
            "cased" => self.is_cased = true,
            "expand" => self.is_expanding = true,
            "contains" => self.open(true, true)?,
            "startswith" => self.open(false, true)?,
            "endswith" => self.open(true, false)?,
            "i" | "m" | "s" | "ignorecase" | "multiline" | "dotall" => self.flag(word)?,
            "windash" => self.transforms.push(Transform::Windash),
            "wide" | "utf16le" => self.encode(word, Transform::Utf16(Utf16::Little))?,
            "utf16be" => self.encode(word, Transform::Utf16(Utf16::Big))?,
            "utf16" => self.encode(word, Transform::Utf16(Utf16::Marked))?,
            "base64" => self.encode(word, Transform::Base64)?,
            "base64offset" => self.encode(word, Transform::Base64Offset)?,
            _ => self.set_kind(word)?,
        }
        Ok(())
    }

    fn open(&mut self, before: bool, after: bool) -> Result<(), String> {
        if self.is_open() {
            return Err("only one of `contains`, `startswith` and `endswith` can be given".to_owned());
        }
        (self.is_open_before, self.is_open_after) = (before, after);
        Ok(())
    }

    fn flag(&mut self, word: &str) -> Result<(), String> {
        if self.kind != Kind::Regex {
            return Err(format!("`{word}` only has a meaning behind `re`"));
        }
        match word {
            "i" | "ignorecase" => self.is_case_insensitive = true,
            "m" | "multiline" => self.is_multi_line = true,
            _ => self.is_dot_all = true,
        }
        Ok(())
    }

    /// An encoding of the value alone: what is searched around it must not be encoded with it.
    fn encode(&mut self, word: &str, transform: Transform) -> Result<(), String> {
        if self.is_open() {
            return Err(format!("`{word}` must stand before `contains`, `startswith` or `endswith`"));
        }
        self.transforms.push(transform);
        Ok(())
    }

    fn set_kind(&mut self, word: &str) -> Result<(), String> {
        let kind = match word {
            "re" => Kind::Regex,
            "cidr" => Kind::Cidr,
            "exists" => Kind::Exists,
            "fieldref" => Kind::FieldRef,
            "lt" => Kind::Compare(Comparison::Less),
            "lte" => Kind::Compare(Comparison::LessOrEqual),
            "gt" => Kind::Compare(Comparison::Greater),
            "gte" => Kind::Compare(Comparison::GreaterOrEqual),
            "minute" => Kind::Time(TimePart::Minute, None),
            "hour" => Kind::Time(TimePart::Hour, None),
            "day" => Kind::Time(TimePart::Day, None),
            "week" => Kind::Time(TimePart::Week, None),
            "month" => Kind::Time(TimePart::Month, None),
            "year" => Kind::Time(TimePart::Year, None),
            _ => return Err(format!("there is no modifier `{word}`")),
        };
        self.kind = match (self.kind, kind) {
            (Kind::Plain, kind) => kind,
            (Kind::Time(part, None), Kind::Compare(comparison)) => Kind::Time(part, Some(comparison)),
            _ => return Err(format!("`{word}` cannot be combined with the modifiers before it")),
        };
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let is_plain = self.kind == Kind::Plain;
        if !is_plain && !self.transforms.is_empty() {
            return Err("a value that is not compared as text cannot be encoded".to_owned());
        }
        if self.is_open() && !matches!(self.kind, Kind::Plain | Kind::FieldRef) {
            return Err(
                "`contains`, `startswith` and `endswith` only have a meaning for text and `fieldref`"
                    .to_owned(),
            );
        }
        if self.is_cased && !matches!(self.kind, Kind::Plain | Kind::FieldRef | Kind::Regex) {
            return Err("`cased` only has a meaning for text".to_owned());
        }
        if self.is_cased && self.is_case_insensitive {
            return Err("`cased` and `i` contradict each other".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Modifiers, String> {
        Modifiers::read(words.split('|'), 3).map_err(|wrong| wrong.message)
    }

    #[track_caller]
    fn check_wrong(words: &str, expected: &str) {
        let message = read(words).expect_err("it is wrong");
        assert!(message.contains(expected), "{words}: {message}");
    }

    #[test]
    fn each_modifier_is_known() {
        for words in [
            "all",
            "contains",
            "startswith",
            "endswith",
            "exists",
            "cased",
            "neq",
            "windash",
            "wide|base64offset|contains",
            "utf16le",
            "utf16be",
            "utf16",
            "base64",
            "re",
            "re|i|m|s",
            "lt",
            "lte",
            "gt",
            "gte",
            "minute",
            "hour",
            "day",
            "week",
            "month",
            "year",
            "cidr",
            "expand",
            "fieldref",
            "fieldref|neq",
            "contains|all|windash",
            "cased|contains",
            "hour|gte",
        ] {
            assert!(read(words).is_ok(), "{words}: {:?}", read(words));
        }
    }

    #[test]
    fn what_contradicts_itself_is_told() {
        check_wrong("contain", "there is no modifier `contain`");
        check_wrong("contains|startswith", "only one of");
        check_wrong("i", "behind `re`");
        check_wrong("contains|base64offset", "must stand before");
        check_wrong("re|base64", "cannot be encoded");
        check_wrong("re|startswith", "only have a meaning");
        check_wrong("re|cidr", "cannot be combined");
        check_wrong("lt|cased", "for text");
        check_wrong("re|cased|i", "contradict");
    }
}
