//! Where everything stands on the sheet: words are laid out in lines, from top to bottom.

use super::{Letter, width};
use crate::page::text;
use mail::outline::{Block, Lead, Picture, Run, Shape, Tone};

/// Width of the sheet and of its margin.
pub(super) const WIDTH: u64 = 440;
pub(super) const MARGIN: u64 = 24;
/// Width of what stands between the margins.
pub(super) const INNER: u64 = WIDTH - 2 * MARGIN;
/// Height of the longest drawing; what comes further down is not drawn.
const HEIGHT_MAX: u64 = 6_000;
/// Size of usual words, and of what is said about them.
const SIZE: u64 = 14;
const NOTE_SIZE: u64 = 11;
/// How far items of lists and quotes are moved in.
const INDENT: u64 = 16;
/// Longest words of a link that stands alone and is drawn as a button, as messages show theirs.
const BUTTON_CHARS_MAX: usize = 40;
/// Attachments that are drawn.
const ATTACHMENTS_MAX: usize = 20;

/// Words on one line: how they look, and what they say.
pub(super) type Piece = (&'static str, String);

/// Something drawn.
pub(super) enum Mark {
    Line { class: &'static str, x: u64, y: u64, pieces: Vec<Piece> },
    Badge { y: u64, letter: String },
    Rule { y: u64 },
    Bar { y: u64, height: u64 },
    Dot { x: u64, y: u64 },
    Box { class: &'static str, x: u64, y: u64, width: u64, height: u64 },
    Hills { x: u64, y: u64 },
    Clip { x: u64, y: u64 },
}

/// Marks, and how far down they reach.
pub(super) struct Sheet {
    marks: Vec<Mark>,
    y: u64,
    /// Whether the last block was an item of a list; items stand closer to each other than to other blocks.
    is_in_list: bool,
    /// Whether something was left out.
    is_cut: bool,
}

/// How a block of words is set.
struct Setting {
    class: &'static str,
    size: u64,
    x: u64,
}

impl Sheet {
    pub(super) fn of(letter: &Letter) -> Self {
        let mut sheet =
            Self { marks: Vec::new(), y: MARGIN, is_in_list: false, is_cut: letter.outline.is_cut };
        sheet.head(&letter.from, &letter.subject);
        for block in &letter.outline.blocks {
            if sheet.is_full() {
                break;
            }
            sheet.block(block);
        }
        if letter.outline.blocks.is_empty() {
            sheet.note("It shows no words.");
        }
        if sheet.is_cut {
            sheet.note("The rest is not drawn.");
        }
        sheet.attachments(&letter.attachments);
        sheet
    }

    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    pub(super) fn height(&self) -> u64 {
        self.y + MARGIN / 2
    }

    /// Whether there is no room for more.
    fn is_full(&mut self) -> bool {
        let is_full = self.y > HEIGHT_MAX;
        self.is_cut |= is_full;
        is_full
    }

    /// Who writes and what about, as programs show it above a message.
    fn head(&mut self, from: &str, subject: &str) {
        let initial = from.chars().find(|char| char.is_alphanumeric());
        self.marks.push(Mark::Badge {
            y: self.y,
            letter: initial.map(|char| char.to_uppercase().collect()).unwrap_or_default(),
        });
        let subject = if subject.trim().is_empty() { "(no subject)" } else { subject };
        let x = MARGIN + 44;
        self.words(&[plain(&text::visible(subject))], &Setting { class: "words words-subject", size: 16, x });
        self.words(&[plain(&text::visible(from))], &Setting { class: "words words-from", size: 12, x });
        self.y = self.y.max(MARGIN + 36) + 8;
        self.rule();
    }

    fn rule(&mut self) {
        self.marks.push(Mark::Rule { y: self.y });
        self.y += 16;
    }

    fn block(&mut self, block: &Block) {
        let is_item = matches!(block, Block::Words(Shape::Item, _));
        if self.is_in_list && !is_item {
            self.y += 6;
        }
        self.is_in_list = is_item;
        match block {
            Block::Rule => self.rule(),
            Block::Picture(picture) => self.picture(picture),
            Block::Words(shape, runs) => self.shaped(*shape, runs),
        }
    }

    fn shaped(&mut self, shape: Shape, runs: &[Run]) {
        if let ([Run { text, tone: Tone::Link(lead) }], Shape::Paragraph) = (runs, shape)
            && text.chars().count() <= BUTTON_CHARS_MAX
            && !text.contains('\n')
        {
            return self.button(text.trim(), lead);
        }
        let top = self.y;
        let (class, size, x) = match shape {
            Shape::Heading(1) => ("words words-heading words-h1", 21, MARGIN),
            Shape::Heading(2) => ("words words-heading words-h2", 18, MARGIN),
            Shape::Heading(_) => ("words words-heading words-h3", 15, MARGIN),
            Shape::Paragraph => ("words", SIZE, MARGIN),
            Shape::Item => {
                self.marks.push(Mark::Dot { x: MARGIN + 5, y: self.y + 11 });
                ("words", SIZE, MARGIN + INDENT)
            }
            Shape::Quote => ("words words-quote", SIZE, MARGIN + INDENT),
        };
        self.words(runs, &Setting { class, size, x });
        if shape == Shape::Quote {
            self.marks.push(Mark::Bar { y: top, height: self.y - top });
        }
        self.y += if shape == Shape::Item { 4 } else { 10 };
    }

    /// Runs in lines between `x` and the right margin.
    fn words(&mut self, runs: &[Run], setting: &Setting) {
        let limit = (MARGIN + INNER - setting.x) * 100 / setting.size;
        for pieces in lines(runs, limit) {
            if self.is_full() {
                return;
            }
            let height = setting.size * 10 / 7;
            self.marks.push(Mark::Line {
                class: setting.class,
                x: setting.x,
                y: self.y + setting.size + (height - setting.size) / 3,
                pieces,
            });
            self.y += height;
        }
    }

    fn note(&mut self, words: &str) {
        let pieces = vec![("run", words.to_owned())];
        self.marks.push(Mark::Line { class: "words words-note", x: MARGIN, y: self.y + NOTE_SIZE, pieces });
        self.y += 2 * NOTE_SIZE;
    }

    /// A link that stands alone, and under it where it leads.
    fn button(&mut self, words: &str, lead: &Lead) {
        let wide = (width::of(words) * SIZE / 100 + 32).clamp(80, INNER);
        self.marks.push(Mark::Box { class: "button-box", x: MARGIN, y: self.y, width: wide, height: 34 });
        let pieces = vec![("run-link", words.to_owned())];
        self.marks.push(Mark::Line { class: "words", x: MARGIN + 16, y: self.y + 22, pieces });
        self.y += 38;
        let said = Run { text: led(lead).trim_start().to_owned(), tone: Tone::Link(lead.clone()) };
        let class = if lead.lies { "words words-lie" } else { "words words-note" };
        let limit = INNER * 100 / NOTE_SIZE;
        for pieces in lines(&[Run { tone: Tone::Plain, ..said }], limit) {
            self.marks.push(Mark::Line { class, x: MARGIN, y: self.y + NOTE_SIZE, pieces });
            self.y += NOTE_SIZE * 10 / 7;
        }
        self.y += 10;
    }

    /// A box where a picture would be, as large as the message says; a small sign for those that nobody is meant to see.
    fn picture(&mut self, picture: &Picture) {
        if picture.is_hidden {
            self.marks.push(Mark::Box {
                class: "picture-hidden",
                x: MARGIN,
                y: self.y + 1,
                width: 11,
                height: 11,
            });
            let words = "a picture that the reader is not meant to see".to_owned();
            let pieces = vec![("run", words)];
            self.marks.push(Mark::Line { class: "words words-lie", x: MARGIN + 18, y: self.y + 11, pieces });
            self.y += 26;
            return;
        }
        let wide = picture.size.0.map_or(INNER, u64::from).clamp(64, INNER);
        let high = picture.size.1.map_or(72, u64::from).clamp(32, 160);
        self.marks.push(Mark::Box { class: "picture", x: MARGIN, y: self.y, width: wide, height: high });
        self.marks.push(Mark::Hills { x: MARGIN + 8, y: self.y + 6 });
        let says = if picture.says.is_empty() { "picture, not loaded" } else { picture.says.as_str() };
        let limit = wide.saturating_sub(50) * 100 / 12;
        if let Some(pieces) = lines(&[plain(says)], limit).into_iter().next() {
            self.marks.push(Mark::Line {
                class: "words words-picture",
                x: MARGIN + 42,
                y: self.y + 21,
                pieces,
            });
        }
        self.y += high + 12;
    }

    fn attachments(&mut self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        self.rule();
        for name in names.iter().take(ATTACHMENTS_MAX) {
            let name = if name.is_empty() { "attachment without a name" } else { name.as_str() };
            let limit = (INNER - 44) * 100 / 12;
            let (shown, rest) = width::split(name, limit);
            let shown = if rest.is_empty() { shown.to_owned() } else { format!("{shown}…") };
            self.marks.push(Mark::Box {
                class: "attachment",
                x: MARGIN,
                y: self.y,
                width: INNER,
                height: 30,
            });
            self.marks.push(Mark::Clip { x: MARGIN + 11, y: self.y + 5 });
            let pieces = vec![("run", shown)];
            self.marks.push(Mark::Line {
                class: "words words-attachment",
                x: MARGIN + 32,
                y: self.y + 20,
                pieces,
            });
            self.y += 36;
        }
        if names.len() > ATTACHMENTS_MAX {
            self.note(&format!("and {} more", names.len() - ATTACHMENTS_MAX));
        }
    }
}

fn plain(text: &str) -> Run {
    Run { text: text.to_owned(), tone: Tone::Plain }
}

/// Where a link would lead, in words.
fn led(lead: &Lead) -> String {
    match (lead.host.as_str(), lead.lies) {
        ("", _) => " → nowhere".to_owned(),
        // The arrow stays with what it points to.
        (host, true) => format!(" →\u{a0}{host}, not what it says"),
        (host, false) => format!(" →\u{a0}{host}"),
    }
}

/// Runs broken into lines no wider than `limit`, in hundredths of their size.
fn lines(runs: &[Run], limit: u64) -> Vec<Vec<Piece>> {
    let mut breaker = Breaker { lines: Vec::new(), line: Vec::new(), taken: 0, limit };
    for run in runs {
        let (class, lead) = match &run.tone {
            Tone::Plain => ("run", None),
            Tone::Strong => ("run-strong", None),
            Tone::Hidden => ("run-hidden", None),
            Tone::Link(lead) => ("run-link", Some(lead)),
        };
        breaker.run(class, &run.text);
        if let Some(lead) = lead {
            breaker.run(if lead.lies { "run-lie" } else { "run-lead" }, &led(lead));
        }
    }
    breaker.end_line();
    breaker.lines
}

struct Breaker {
    lines: Vec<Vec<Piece>>,
    line: Vec<Piece>,
    taken: u64,
    limit: u64,
}

impl Breaker {
    fn run(&mut self, class: &'static str, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.end_line();
            }
            for (at, word) in line.split(' ').enumerate() {
                if at > 0 {
                    self.push(class, " ");
                }
                self.word(class, word);
            }
        }
    }

    fn word(&mut self, class: &'static str, mut word: &str) {
        if self.taken > 0 && self.taken + width::of(word) > self.limit {
            self.end_line();
        }
        // Each step looks at one line's worth: a word of a megabyte exists.
        loop {
            let (head, rest) = width::split(word, self.limit);
            self.push(class, head);
            if rest.is_empty() {
                return;
            }
            self.end_line();
            word = rest;
        }
    }

    fn push(&mut self, class: &'static str, text: &str) {
        // Blank space begins no line.
        if text.is_empty() || (self.taken == 0 && text == " ") {
            return;
        }
        self.taken += width::of(text);
        match self.line.last_mut() {
            Some((last, words)) if *last == class => words.push_str(text),
            _ => self.line.push((class, text.to_owned())),
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.taken = 0;
        if !line.is_empty() {
            self.lines.push(line);
        }
    }
}
