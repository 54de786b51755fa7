//! Loads in style sheets and style attributes, by a search for what CSS loads with.

use memchr::memmem;

use super::address::is_local;

/// What a style sheet or style attribute would load, read once as it stands and once without comments.
pub(super) fn css_loads(css: &str) -> Vec<String> {
    // Nothing loads without a function, a rule, an escape or an address.
    if !css.contains(['(', '@', '\\', '/']) {
        return Vec::new();
    }
    let resolved = resolve(&without_comments(css));
    let as_it_stands = if css.contains("/*") { css_functions(&resolve(css)) } else { Vec::new() };
    let mut found = [as_it_stands, css_functions(&resolved)].concat();
    if resolved.contains("://") || resolved.contains("\"//") || resolved.contains("'//") {
        found.push("address in a style sheet".to_owned());
    }
    found
}

fn css_functions(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["url(", "src(", "@import", "expression("] {
        for at in memmem::find_iter(css.as_bytes(), word) {
            let argument = css.get(at + word.len()..).unwrap_or_default();
            let argument: String =
                argument.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'']).chars().take(40).collect();
            let end = argument.find([')', '"', '\'']).unwrap_or(argument.len());
            let is_fine = matches!(word, "url(" | "src(") && argument.get(..end).is_some_and(is_local);
            if !is_fine {
                found.push(format!("{word}{argument}"));
            }
        }
    }
    found
}

fn without_comments(css: &str) -> String {
    let mut output = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        output.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    output.push_str(rest);
    output
}

/// Lower case, with backslash escapes resolved wherever they stand.
fn resolve(css: &str) -> String {
    let mut output = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, escape)) = rest.split_once('\\') {
        output.push_str(before);
        let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let code =
            escape.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        rest = escape.get(digits..).unwrap_or_default();
        if let Some(character) = code {
            output.push(character);
            rest = rest.strip_prefix([' ', '\t', '\n']).unwrap_or(rest);
        }
    }
    output.push_str(rest);
    output.to_ascii_lowercase()
}
