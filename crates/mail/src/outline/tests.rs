//! Outlines of small messages, and of hostile ones.

use super::*;
use std::fmt::Write as _;

/// An outline as lines: `h1`, `p`, `li`, `q`, `img` and `hr`, with links as `[words](host)`, bold as `*`, hidden as `~`.
fn told(outline: &Outline) -> String {
    let mut told = String::new();
    for block in &outline.blocks {
        let line = match block {
            Block::Rule => "hr".to_owned(),
            Block::Picture(Picture { says, size: (width, height), is_hidden }) => {
                let side = |side: &Option<u32>| side.map_or("?".to_owned(), |side| side.to_string());
                let tail = if *is_hidden { " hidden" } else { "" };
                format!("img {says:?} {}x{}{tail}", side(width), side(height))
            }
            Block::Words(shape, runs) => {
                let name = match shape {
                    Shape::Heading(level) => format!("h{level}"),
                    Shape::Paragraph => "p".to_owned(),
                    Shape::Item => "li".to_owned(),
                    Shape::Quote => "q".to_owned(),
                };
                let words: String = runs.iter().map(run).collect();
                format!("{name} {}", words.replace('\n', "|"))
            }
        };
        writeln!(told, "{line}").expect("a string takes it");
    }
    told
}

fn run(Run { text, tone }: &Run) -> String {
    match tone {
        Tone::Plain => text.clone(),
        Tone::Strong => format!("*{text}*"),
        Tone::Hidden => format!("~{text}~"),
        Tone::Link(Lead { host, lies }) => format!("[{text}]({host}{})", if *lies { "!" } else { "" }),
    }
}

#[track_caller]
fn check(html: &str, expected: &str) {
    let message = format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}");
    assert_eq!(told(&of(message.as_bytes())), expected, "{html}");
}

#[test]
fn a_letter_keeps_its_shape() {
    check(
        "<h2>Harbour &amp; tide</h2><p>Dear  <b>Ada</b>,<br>it is &eacute;t&eacute;.</p><ul><li>one</li><li>two</li></ul>\
         <hr><blockquote>as you wrote</blockquote>after",
        "h2 Harbour & tide\np Dear *Ada*,|it is été.\nli one\nli two\nhr\nq as you wrote\np after\n",
    );
}

#[test]
fn links_tell_their_host_and_whether_they_lie() {
    check(
        "<p>See <a href='https://login.evil.example/x?u=1'>https://www.parliament.uk/login</a> or \
         <a href='https://www.parliament.uk/'>www.parliament.uk</a> or <a href='mailto:a@b.example'>write</a>.</p>",
        "p See [https://www.parliament.uk/login](login.evil.example!) or [www.parliament.uk](www.parliament.uk) or \
         [write](mailto).\n",
    );
}

#[test]
fn pictures_leave_their_place() {
    check(
        "<img src='https://t.example/p.gif' width=600 height='200px' alt='A &quot;ship&quot;'>\
         <img src='https://t.example/o.gif?u=1' width=1 height=1>",
        "img \"A \\\"ship\\\"\" 600x200\nimg \"\" 1x1 hidden\n",
    );
}

#[test]
fn what_is_hidden_is_told_as_such() {
    check("<div style='display:none'>preheader</div><p>seen</p>", "p ~preheader~\np seen\n");
}

#[test]
fn scripts_styles_and_titles_are_no_words() {
    check("<title>t</title><style>p{}</style><script>alert(1)</script><p>seen</p>", "p seen\n");
}

#[test]
fn plain_text_has_paragraphs() {
    let outline = of(b"Subject: x\r\n\r\nDear Ada,\r\nit is late.\r\n\r\nhttps://a.example/x\r\n");
    assert_eq!(told(&outline), "p Dear Ada,|it is late.\np https://a.example/x\n");
}

#[test]
fn what_never_ends_is_cut() {
    let message =
        format!("Content-Type: text/html\r\n\r\n{}", "<div><b><a href=x><blockquote hidden>w".repeat(20_000));
    let outline = of(message.as_bytes());
    assert!(outline.is_cut);
    assert!(outline.blocks.len() <= OUTLINE_BLOCKS_MAX);
    let long = format!("Content-Type: text/html\r\n\r\n<p>{}", "word ".repeat(200_000));
    assert!(of(long.as_bytes()).is_cut);
}

#[test]
fn no_message_is_no_outline() {
    assert_eq!(of(b""), Outline::default());
}
