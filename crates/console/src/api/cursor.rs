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
    /// The key of the row after which the part begins, and how many rows it has, for lists that can be entered at a key.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a cursor that is none of ours, or a limit out of range.
    pub(crate) fn after_and_limit(&self) -> Result<(Option<String>, usize), Failure> {
        Ok((self.after()?, self.limit()?))
    }

    fn after(&self) -> Result<Option<String>, Failure> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        key.map(Some).ok_or_else(foreign_cursor)
    }

    fn limit(&self) -> Result<usize, Failure> {
        Some(self.limit.unwrap_or(ROWS))
            .filter(|limit| (1..=API_PAGE_ROWS_MAX).contains(limit))
            .ok_or_else(|| Failure::Invalid(format!("`limit` is between 1 and {API_PAGE_ROWS_MAX}")))
    }
}

/// A cursor that is none of ours.
pub(crate) fn foreign_cursor() -> Failure {
    Failure::Invalid("`cursor` is not one that a former answer gave".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_the_key_of_the_last_row() {
        let page = measure::Page { rows: vec!["a", "c/d"], next: Some("c/d".to_owned()) };
        let page = Page::of(page, str::to_owned);
        let part = Part { cursor: page.next, limit: None };
        assert_eq!(part.after_and_limit().expect("our own cursor"), (Some("c/d".to_owned()), ROWS));
    }

    #[test]
    fn foreign_cursors_and_limits_out_of_range_are_refused() {
        let is_refused = |cursor: Option<&str>, limit: usize| {
            let part = Part { cursor: cursor.map(str::to_owned), limit: Some(limit) };
            part.after_and_limit().is_err()
        };
        assert!(is_refused(Some("not base64!"), 1));
        assert!(is_refused(None, 0));
        assert!(is_refused(None, API_PAGE_ROWS_MAX + 1));
        assert!(!is_refused(None, API_PAGE_ROWS_MAX));
    }
}
