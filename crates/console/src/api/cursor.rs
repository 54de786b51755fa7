//! Cursors: the key of the last row of a part, in a form that nobody reads anything into.

use super::Page;
use crate::error::Failure;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::limit::API_PAGE_ROWS_MAX;
use runtime::measure;
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows of a part, where none is asked for.
const ROWS: usize = 100;

impl<T> Page<T> {
    /// A part of a list as `runtime` gives it.
    pub(crate) fn of<U>(page: measure::Page<U>, show: impl Fn(U) -> T) -> Self {
        let next = page.next.map(|key| URL_SAFE_NO_PAD.encode(key));
        Self { items: page.rows.into_iter().map(show).collect(), next }
    }
}

/// Which part of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// `next` of the part before; absent for the first.
    pub(crate) cursor: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) limit: Option<usize>,
}

impl Part {
    /// The rows after the cursor. `rows` are in ascending order of `key`, by which the next part goes on, whatever was added
    /// or removed in between.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a cursor that is none of ours, or a limit out of range.
    pub(crate) fn cut<T, U>(
        &self,
        rows: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> String,
        show: impl Fn(T) -> U,
    ) -> Result<Page<U>, Failure> {
        let after = self.after()?;
        let limit = self.limit()?;
        let mut rows = rows.into_iter().filter(|row| after.as_ref().is_none_or(|after| key(row) > *after));
        let page: Vec<T> = rows.by_ref().take(limit).collect();
        let last = page.last().map(|row| URL_SAFE_NO_PAD.encode(key(row)));
        let next = rows.next().and(last);
        Ok(Page { items: page.into_iter().map(show).collect(), next })
    }

    /// The key of the row after which the part begins, and how many rows it has, for lists that can be entered at a key.
    ///
    /// # Errors
    /// As [`Part::cut`].
    pub(crate) fn after_and_limit(&self) -> Result<(Option<String>, usize), Failure> {
        Ok((self.after()?, self.limit()?))
    }

    fn after(&self) -> Result<Option<String>, Failure> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        key.map(Some).ok_or_else(|| Failure::Invalid("`cursor` is not one that a former answer gave".into()))
    }

    fn limit(&self) -> Result<usize, Failure> {
        Some(self.limit.unwrap_or(ROWS))
            .filter(|limit| (1..=API_PAGE_ROWS_MAX).contains(limit))
            .ok_or_else(|| Failure::Invalid(format!("`limit` is between 1 and {API_PAGE_ROWS_MAX}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(cursor: Option<String>, limit: usize) -> Part {
        Part { cursor, limit: Some(limit) }
    }

    #[test]
    fn parts_add_up_whatever_is_added_in_between() {
        let cut = |part: Part, rows: &[&str]| {
            part.cut(rows.iter().copied(), |row| (*row).to_owned(), str::to_owned).expect("a good part")
        };
        let first = cut(part(None, 2), &["a", "c", "e", "g"]);
        assert_eq!(first.items, ["a", "c"]);
        let second = cut(part(first.next, 2), &["a", "b", "d", "e", "g"]);
        assert_eq!(second.items, ["d", "e"]);
        let last = cut(part(second.next, 2), &["g"]);
        assert_eq!((last.items, last.next), (vec!["g".to_owned()], None));
    }

    #[test]
    fn what_is_no_cursor_and_no_limit_is_refused() {
        let is_refused = |part: Part| part.cut(["a"], |row| (*row).to_owned(), str::to_owned).is_err();
        assert!(is_refused(part(Some("?".into()), 1)));
        assert!(is_refused(part(Some("_w".into()), 1)), "not text");
        assert!(is_refused(part(None, 0)));
        assert!(is_refused(part(None, API_PAGE_ROWS_MAX + 1)));
        assert!(!is_refused(part(None, API_PAGE_ROWS_MAX)));
    }
}
