//! A drawing holds shapes of ours and words of theirs, and nothing else.

use super::*;
use mail::outline;

/// Elements that a drawing may hold, and their attributes.
const ELEMENTS: [&str; 8] = ["svg", "title", "desc", "rect", "circle", "line", "path", "text"];
const ATTRIBUTES: [&str; 23] = [
    "class",
    "viewbox",
    "width",
    "height",
    "role",
    "aria-labelledby",
    "id",
    "x",
    "y",
    "rx",
    "cx",
    "cy",
    "r",
    "x1",
    "x2",
    "y1",
    "y2",
    "d",
    "text-anchor",
    "title",
    "desc",
    "tspan",
    "label",
];

fn drawn_of(html: &str) -> String {
    let message = format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}");
    let letter = Letter {
        from: html.to_owned(),
        subject: html.to_owned(),
        outline: outline::of(message.as_bytes()),
        attachments: vec![html.to_owned()],
    };
    drawing(&letter).into_string()
}

/// Start tags, each with its attributes as name and value.
fn tags(markup: &str) -> Vec<(String, Vec<(String, String)>)> {
    let inner = markup.split('<').skip(1).filter(|tag| !tag.starts_with('/'));
    let read = |tag: &str| {
        let tag = tag.split('>').next().expect("a first part");
        let mut pieces = tag.splitn(2, ' ');
        let name = pieces.next().expect("a name").to_owned();
        let mut attributes = Vec::new();
        let mut rest = pieces.next().unwrap_or_default();
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("a quoted value");
            attributes.push((name.trim().to_lowercase(), value.to_owned()));
            rest = after;
        }
        assert!(rest.trim().is_empty(), "{tag}");
        (name, attributes)
    };
    inner.map(read).collect()
}

#[test]
fn nothing_in_a_drawing_can_load_lead_or_run() {
    for html in [
        "<a href='https://evil.example/x'>https://bank.example</a><img src='https://evil.example/p.gif' alt='Logo'>",
        "<svg onload=alert(1)><image href='http://evil.example/'/><foreignObject><script>alert(1)</script></svg>",
        "&lt;image href=\"http://evil.example/\"/&gt;<p>\"><script>alert(1)</script>",
        "<p style=\"background:url(//evil.example/x)\" onclick=x>words</p><style>@import 'http://evil.example'</style>",
        "<img alt='\" onload=\"alert(1)' width='9\" onload=\"alert(1)' height=-1 src=x>",
        "<h1>&#x202e;txt.exe</h1><blockquote>q</blockquote><li>i<hr>",
    ] {
        let markup = drawn_of(html);
        for (name, attributes) in tags(&markup) {
            assert!(ELEMENTS.contains(&name.as_str()) || name == "tspan", "{name} of {html}");
            for (attribute, value) in attributes {
                assert!(ATTRIBUTES.contains(&attribute.as_str()), "{attribute} of {html}");
                assert!(!value.contains([':', '(', '&', '/']), "{attribute}={value} of {html}");
            }
        }
        assert!(!markup.contains('\u{202e}'));
    }
}

#[test]
fn a_link_tells_its_real_host() {
    let markup = drawn_of("<p>Go to <a href='https://evil.example/x'>https://www.parliament.uk</a> now</p>");
    assert!(markup.contains("→\u{a0}evil.example, not"), "{markup}");
    let button = drawn_of("<p><a href='https://pay.example/x'>Pay now</a></p>");
    assert!(button.contains("button-box") && button.contains("→\u{a0}pay.example"), "{button}");
}

#[test]
fn a_long_mail_is_drawn_in_part() {
    let markup = drawn_of(&"<p>one two three</p>".repeat(5_000));
    assert!(markup.contains("The rest is not drawn."));
    assert!(markup.len() < 400_000, "{}", markup.len());
    let words = drawn_of(&format!("<p>{}</p>", "x".repeat(200_000)));
    assert!(words.len() < 1_000_000, "{}", words.len());
    assert!(words.contains("The rest is not drawn."));
}
