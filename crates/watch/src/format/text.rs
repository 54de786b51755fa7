//! Steps through a line of text.

/// What is left of a line that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a>(pub(super) &'a str);

impl<'a> Rest<'a> {
    /// The text up to the next `mark`, which is taken too; all of it if there is none.
    pub(super) fn until(&mut self, mark: char) -> &'a str {
        let (found, rest) = self.0.split_once(mark).unwrap_or((self.0, ""));
        self.0 = rest;
        found
    }

    /// The text up to the next `mark`, which must be there.
    pub(super) fn before(&mut self, mark: char) -> Option<&'a str> {
        let (found, rest) = self.0.split_once(mark)?;
        self.0 = rest;
        Some(found)
    }

    /// Takes `text` if it stands here.
    pub(super) fn take(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// Text in double quotes that stands here; a backslash takes the meaning from a quote, and stays.
    pub(super) fn quoted(&mut self) -> Option<&'a str> {
        let inside = self.0.strip_prefix('"')?;
        let mut is_escaped = false;
        let end = inside.bytes().position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        })?;
        let (found, rest) = inside.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(found)
    }

    /// Skips blanks.
    pub(super) fn skip_blanks(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }
}
