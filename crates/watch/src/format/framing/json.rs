//! JSON: an object a line, objects over several lines, an array of them, or a document with a list of records.

use super::cut::{Cut, line};
use model::limit::LOG_NESTING_MAX;

/// Names of lists whose items are the records of a document: CloudTrail, Azure, Graph, and exports of others.
const LISTS: [&[u8]; 4] = [b"\"Records\"", b"\"records\"", b"\"value\"", b"\"events\""];
/// A document with such a list names it within so many bytes.
const HEAD_BYTES_MAX: usize = 4 << 10;

#[derive(Debug)]
pub(super) struct Cutter {
    scan: Scan,
    list: List,
    /// No object has come that stands alone, so that this may still be a document with a list.
    is_fresh: bool,
    /// There is no line feed up to here.
    line_seen: usize,
    /// The first line of the object that waits does not end it.
    is_over_lines: bool,
}

/// Where the objects stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    /// One by one.
    No,
    /// In a list.
    Within,
    /// Behind the list of a document, which may have more to tell.
    Behind,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { scan: Scan::default(), list: List::No, is_fresh: true, line_seen: 0, is_over_lines: false }
    }
}

impl Cutter {
    /// The object under way is given up.
    pub(super) fn begin_again(&mut self) {
        self.scan = Scan::default();
        self.line_seen = 0;
        self.is_over_lines = false;
    }

    pub(super) fn next(&mut self, rest: &[u8], is_end: bool) -> Cut {
        if self.scan.at == 0 && self.line_seen == 0 {
            let between = self.between(rest);
            if between > 0 {
                return Cut::Skip(between);
            }
        }
        if self.list == List::Behind {
            return self.behind(rest, is_end);
        }
        if rest.first() != Some(&b'{') {
            return line(rest, is_end);
        }
        if let Some(head) = self.head(rest) {
            self.begin_again();
            self.list = List::Within;
            return Cut::Skip(head);
        }
        let cut =
            if self.list == List::No && !self.is_over_lines { self.one_line(rest, is_end) } else { None };
        let cut = cut.unwrap_or_else(|| self.scan.object(rest, is_end));
        if cut != Cut::More {
            self.begin_again();
            self.is_fresh &= self.list == List::Within;
        }
        cut
    }

    /// How many bytes stand between two objects.
    fn between(&mut self, rest: &[u8]) -> usize {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'}');
        let mut count = 0_usize;
        for byte in rest {
            match byte {
                b'[' if self.list == List::No => self.list = List::Within,
                b']' if self.list == List::Within => {
                    self.list = List::Behind;
                    return count.saturating_add(1);
                }
                _ if is_blank(byte) && self.list != List::Behind => {}
                _ => break,
            }
            count = count.saturating_add(1);
        }
        count
    }

    /// What a document has behind its list ends with its brace, or with the line.
    fn behind(&mut self, rest: &[u8], is_end: bool) -> Cut {
        let Some(end) = memchr::memchr2(b'}', b'\n', rest) else {
            return if is_end { Cut::Skip(rest.len()) } else { Cut::More };
        };
        (self.list, self.is_fresh) = (List::No, true);
        Cut::Skip(end.saturating_add(1))
    }

    /// How long the head of a document with a list is, its bracket too.
    fn head(&self, rest: &[u8]) -> Option<usize> {
        if self.list != List::No || !(self.is_fresh || begins_with_list(rest)) {
            return None;
        }
        let head = rest.get(..HEAD_BYTES_MAX).unwrap_or(rest);
        let mut scan = Scan::default();
        for (at, byte) in head.iter().enumerate() {
            if *byte == b'[' && !scan.is_quoted && scan.depth == 1 {
                let before = head.get(..at).unwrap_or_default().trim_ascii_end();
                let name = before.strip_suffix(b":").unwrap_or_default().trim_ascii_end();
                if LISTS.iter().any(|list| name.ends_with(list)) {
                    return at.checked_add(1);
                }
            }
            scan.step(*byte);
            if scan.depth == 0 {
                return None;
            }
        }
        None
    }

    /// An object that ends with its line, which is quickly seen. None if its line does not end it.
    fn one_line(&mut self, rest: &[u8], is_end: bool) -> Option<Cut> {
        let unseen = rest.get(self.line_seen..).unwrap_or_default();
        let end = memchr::memchr(b'\n', unseen).map(|found| self.line_seen.saturating_add(found));
        let (to, length) = match end {
            Some(end) => (end, end.saturating_add(1)),
            None if is_end => (rest.len(), rest.len()),
            None => {
                self.line_seen = rest.len();
                return Some(Cut::More);
            }
        };
        let text = rest.get(..to).unwrap_or_default().trim_ascii_end();
        if !text.ends_with(b"}") {
            self.is_over_lines = true;
            return None;
        }
        Some(Cut::Record { from: 0, to: text.len(), length })
    }
}

/// In a log of documents with lists, each begins with the name of its list.
fn begins_with_list(rest: &[u8]) -> bool {
    let rest = rest.get(1..).unwrap_or_default().trim_ascii_start();
    rest.starts_with(b"\"Records\"") || rest.starts_with(b"\"records\"")
}

/// How deep a byte stands.
#[derive(Debug, Clone, Copy, Default)]
struct Scan {
    /// So many bytes are looked at.
    at: usize,
    depth: usize,
    /// A bit for each object (1) or list (0) that is open, the innermost last.
    kinds: u64,
    is_quoted: bool,
    is_escaped: bool,
}

impl Scan {
    /// The object that the bytes begin with.
    fn object(&mut self, rest: &[u8], is_end: bool) -> Cut {
        while let Some(byte) = rest.get(self.at) {
            if *byte == b'\n' {
                // Neither a text nor an object within an object goes on like this: the object before was cut off.
                let next = rest.get(self.at.saturating_add(1));
                if next.is_none() && !is_end {
                    return Cut::More;
                }
                if self.is_quoted || (next == Some(&b'{') && self.kinds & 1 == 1) {
                    return Cut::Broken(self.at.saturating_add(1), "an object of JSON is not closed");
                }
            }
            self.step(*byte);
            self.at = self.at.saturating_add(1);
            if self.depth == 0 {
                return Cut::Record { from: 0, to: self.at, length: self.at };
            }
            if self.depth > LOG_NESTING_MAX {
                return Cut::Broken(self.at, "an object of JSON is too deep");
            }
        }
        Cut::More
    }

    fn step(&mut self, byte: u8) {
        if self.is_quoted {
            self.is_quoted = byte != b'"' || self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            return;
        }
        match byte {
            b'"' => self.is_quoted = true,
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.kinds = self.kinds << 1 | u64::from(byte == b'{');
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.kinds >>= 1;
            }
            _ => {}
        }
    }
}
