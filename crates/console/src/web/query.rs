//! The query of a page, and the way to its next page.

use super::form::Fields;
use crate::error::Failure;
use crate::page::text;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// What stands behind the `?`. A query that cannot be read is empty: it came from a link that somebody shortened.
pub(crate) struct Query(pub(crate) Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// `path` with these pairs behind it; empty ones are left out.
pub(crate) fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", text::segment(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Behind which row a page of a list begins; `None` for the first page.
pub(crate) fn after(query: &Fields) -> Option<String> {
    Some(query.get("after").to_owned()).filter(|after| !after.is_empty())
}

/// The rows of one page of a list, from `from` on, and where the next page begins.
pub(crate) fn cut<T>(rows: impl Iterator<Item = T>, from: usize, size: usize) -> (Vec<T>, Option<usize>) {
    let mut rows = rows.skip(from);
    let page: Vec<T> = rows.by_ref().take(size).collect();
    (page, rows.next().map(|_| from.saturating_add(size)))
}

/// A number in a query; 0 where there is none.
///
/// # Errors
/// [`Failure::Invalid`] for anything else.
pub(crate) fn number<T: std::str::FromStr + Default>(text: &str) -> Result<T, Failure> {
    if text.is_empty() {
        return Ok(T::default());
    }
    text.parse().map_err(|_| Failure::Invalid("the address names a number that is none".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_and_end() {
        assert_eq!(cut(0..5, 0, 2), (vec![0, 1], Some(2)));
        assert_eq!(cut(0..5, 4, 2), (vec![4], None));
        assert_eq!(cut(0..4, 2, 2), (vec![2, 3], None));
        assert_eq!(cut(0..4, usize::MAX, 2), (vec![], None));
    }

    #[test]
    fn empty_pairs_are_left_out() {
        assert_eq!(with("/members", &[("text", ""), ("state", "opened")]), "/members?state=opened");
        assert_eq!(with("/members", &[("text", "")]), "/members");
        assert_eq!(with("/hunt", &[("q", "a b&c")]), "/hunt?q=a%20b%26c");
    }
}
