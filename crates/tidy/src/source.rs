//! Rust source as the checks need it: without comments and literals, product apart from tests, and cut into functions.

/// A Rust file taken apart. Both texts have as many lines as the file, so that line numbers hold.
#[derive(Debug)]
pub struct Source {
    /// Code outside of `#[cfg(test)]` items, without comments and literals.
    pub product: String,
    /// Code inside of `#[cfg(test)]` items, or the whole file when it stands in a tests folder.
    pub tests: String,
    /// How many lines the tests take.
    pub test_lines: usize,
}

/// A function and its length.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name as declared.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
}

impl Source {
    /// Takes the file at `path` apart.
    pub fn parse(path: &str, text: &str) -> Self {
        let code = code_only(text);
        if is_test_file(path) {
            return Self { product: only_newlines(&code), test_lines: text.lines().count(), tests: code };
        }
        let mut source = Self { product: String::new(), tests: String::new(), test_lines: 0 };
        let mut rest = code.as_str();
        while let Some((before, item)) = rest.find("#[cfg(test)]").and_then(|at| rest.split_at_checked(at)) {
            let (item, after) = item.split_at_checked(item_length(item)).unwrap_or((item, ""));
            source.push(before, item);
            rest = after;
        }
        source.push(rest, "");
        source
    }

    fn push(&mut self, product: &str, tests: &str) {
        self.product.push_str(product);
        self.product.push_str(&only_newlines(tests));
        self.tests.push_str(&only_newlines(product));
        self.tests.push_str(tests);
        self.test_lines += if tests.is_empty() { 0 } else { tests.matches('\n').count() + 1 };
    }
}

/// Whether the whole file is test, example or benchmark code.
pub fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || ["/tests/", "/examples/", "/benches/", "fuzz/"].iter().any(|folder| path.contains(folder))
}

/// The functions with a body, in order. Nested ones are reported too and count into the outer one.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let starts_word = !code.get(..at).is_some_and(|before| before.ends_with(is_word));
        let Some(rest) = code.get(at..).filter(|_| starts_word) else { continue };
        let name: String = rest.chars().skip(3).take_while(|c| is_word(*c)).collect();
        let body = rest.get(..item_length(rest)).filter(|body| body.ends_with('}'));
        if let Some(body) = body.filter(|_| !name.is_empty()) {
            let line = code.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
            found.push(Function { name, line, lines: body.matches('\n').count() + 1 });
        }
    }
    found
}

/// Whether the text has the word, not only as a part of a longer one.
pub fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Length of the item at the start of `code` in bytes: to its `;` or to the brace that closes its first one.
fn item_length(code: &str) -> usize {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (at, character) in code.char_indices() {
        match character {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => continue,
        }
        if character == '}' && braces == 0 {
            return at + 1;
        }
        let next_ends = braces == 0 && brackets == 0 && code.get(at + 1..).is_some_and(ends_without_body);
        if next_ends {
            return code.get(at..).and_then(|rest| rest.find(';')).map_or(code.len(), |end| at + end + 1);
        }
    }
    code.len()
}

/// Whether a `;` comes before any bracket or brace: the item has no body (a trait's method, `mod tests;`, `use`).
fn ends_without_body(rest: &str) -> bool {
    rest.chars().find(|c| matches!(c, ';' | '(' | '[' | '{' | '}')) == Some(';')
}

/// The text without comments and without string and character literals; line breaks stay.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after_word = code.ends_with(is_word);
        let length = opaque_length(rest, after_word).unwrap_or(0);
        let (opaque, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if length == 0 {
            code.push(character);
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        } else {
            code.push_str(&only_newlines(opaque));
            rest = after;
        }
    }
    code
}

/// Byte length of the comment or literal that starts here, if one does.
fn opaque_length(rest: &str, after_word: bool) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_length(rest));
    }
    if !after_word && let Some(length) = raw_string_length(rest) {
        return Some(length);
    }
    match rest.chars().next()? {
        '"' => Some(quoted_length(rest, '"')),
        '\'' if is_character_literal(rest) => Some(quoted_length(rest, '\'')),
        _ => None,
    }
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut marks: Vec<(usize, bool)> = rest.match_indices("/*").map(|(at, _)| (at, true)).collect();
    marks.extend(rest.match_indices("*/").map(|(at, _)| (at, false)));
    marks.sort_unstable();
    for (at, opens) in marks {
        depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
        if depth == 0 {
            return at + 2;
        }
    }
    rest.len()
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = rest.strip_prefix(prefix)?.chars().take_while(|c| *c == '#').count();
    let open = prefix.len() + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = rest.get(open..)?.find(&close).map_or(rest.len(), |at| open + at + close.len());
    Some(end)
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        if !is_escaped && character == quote {
            return at + 1;
        }
        is_escaped = !is_escaped && character == '\\';
    }
    rest.len()
}

/// `'a'` and `'\n'` are literals, `'a` is a lifetime.
fn is_character_literal(rest: &str) -> bool {
    let mut after = rest.chars().skip(1);
    let first = after.next();
    first == Some('\\') || after.next() == Some('\'')
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn only_newlines(text: &str) -> String {
    text.chars().filter(|c| *c == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_code(text: &str, expected: &str) {
        assert_eq!(code_only(text), expected);
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        check_code("a // b\nc", "a \nc");
        check_code("a /* x /* y */ z\n */ b", "a \n b");
        check_code(r#"f("x // \" y") + g"#, "f() + g");
        check_code("f(r#\"a \" b\"#, br\"\\\") + g", "f(, ) + g");
        check_code("var\"x\"", "var");
        check_code(r"'\'' 'x' &'a str", "  &'a str");
    }

    #[test]
    fn tests_are_set_apart_with_their_lines() {
        let source =
            Source::parse("crates/a/src/b.rs", "one\n#[cfg(test)]\nmod tests {\n two { }\n}\nthree\n");
        assert_eq!(source.product, "one\n\n\n\n\nthree\n");
        assert_eq!(source.tests, "\n#[cfg(test)]\nmod tests {\n two { }\n}\n\n");
        assert_eq!(source.test_lines, 4);
    }

    #[test]
    fn a_test_item_without_a_body_ends_at_its_semicolon() {
        let source = Source::parse("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;\nfn product() {}\n");
        assert_eq!(source.product, "\n\nfn product() {}\n");
    }

    #[test]
    fn functions_are_measured_from_fn_to_brace() {
        let code = "trait T { fn bodiless(&self) -> [u8; 4]; }\nfn long(a: [u8; 2]) {\n if a {\n }\n}\nlet defn = 1;";
        let long = Function { name: "long".to_owned(), line: 2, lines: 4 };
        assert_eq!(functions(code), [long]);
    }
}
