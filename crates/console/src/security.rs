//! What every response says to browsers about itself, and which requests a browser may have been tricked into.

use crate::error::Failure;
use crate::state::State;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Nothing but our own files is loaded, nothing inline runs, and nobody puts us into a frame.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'",
);
/// No other host learns which page somebody came from. `no-referrer` would say the same, but with it browsers send
/// `Origin: null` with our own forms (Fetch standard, "append a request `Origin` header"), and the check below would refuse them.
const REFERRER_POLICY: HeaderValue = HeaderValue::from_static("same-origin");
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, REFERRER_POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    ),
];

/// Adds the headers to every response.
pub(crate) async fn add_headers(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if state.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
    // Files of the program may be kept, and say so themselves. Pages hold personal data and stay nowhere.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses a form that another site sent. Browsers tell where a form came from; who tells nothing must be signed in and
/// then proves by the token in the form that it is ours.
///
/// # Errors
/// [`Failure::Forbidden`] where another site is named, or none where `must_be_named`.
pub(crate) fn check_origin(
    headers: &HeaderMap,
    public_url: &str,
    must_be_named: bool,
) -> Result<(), Failure> {
    let foreign = || Failure::Forbidden("this form was sent from another site".into());
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| site != "same-origin") {
        return Err(foreign());
    }
    match headers.get(header::ORIGIN).map(HeaderValue::to_str) {
        Some(Ok(origin)) if origin.eq_ignore_ascii_case(public_url) => Ok(()),
        Some(_) => Err(foreign()),
        None if must_be_named => Err(foreign()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://portcullis.example";

    #[track_caller]
    fn check(sent: &[(&'static str, &'static str)], must_be_named: bool, is_ours: bool) {
        let headers: HeaderMap = sent
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(check_origin(&headers, HERE, must_be_named).is_ok(), is_ours, "{sent:?}");
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        check(&[("origin", HERE)], true, true);
        check(&[("origin", HERE), ("sec-fetch-site", "same-origin")], true, true);
        check(&[("origin", "https://portcullis.example.evil.example")], false, false);
        check(&[("origin", "http://portcullis.example")], false, false);
        check(&[("origin", "null")], false, false);
        check(&[("origin", HERE), ("sec-fetch-site", "same-site")], false, false);
        check(&[], true, false);
        check(&[], false, true);
    }
}
