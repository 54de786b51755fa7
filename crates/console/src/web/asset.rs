//! The files of the program. Their address changes with their content, so that browsers may keep them for good.

use crate::page::asset::{ALL, Asset, ICON, SCRIPT, STYLE};
use crate::secret;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

pub(crate) async fn style(headers: HeaderMap) -> Response {
    answer(&STYLE, &headers)
}

pub(crate) async fn script(headers: HeaderMap) -> Response {
    answer(&SCRIPT, &headers)
}

pub(crate) async fn icon(headers: HeaderMap) -> Response {
    answer(&ICON, &headers)
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    debug_assert!(ALL.iter().any(|other| other.path == asset.path), "every file has its route");
    let tag = format!("\"{}\"", secret::hash_text(asset.content).get(..16).unwrap_or_default());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let kept = [(header::CACHE_CONTROL, FOR_A_YEAR.to_owned()), (header::ETAG, tag.clone())];
    if known.is_some_and(|known| known.split(',').any(|candidate| candidate.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, asset.media_type)], asset.content).into_response()
}
