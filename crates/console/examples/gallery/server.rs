//! Serves the pages with the headers that the console sends.

use crate::sample::Page;
use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use console::page::asset;

/// The policy of the console: nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Path of the list of pages: lines of name and path.
pub(crate) const LIST: &str = "/gallery";

/// All `pages`, the assets that they refer to, and the list of them.
pub(crate) fn router(pages: Vec<Page>) -> Router {
    let lines: Vec<String> = pages.iter().map(|page| format!("{} {}", page.name, page.path)).collect();
    let list = lines.join("\n");
    let mut router = Router::new().route(LIST, get(|| async { list }));
    for file in asset::ALL {
        router = router
            .route(file.path, get(move || async move { ([(CONTENT_TYPE, file.media_type)], file.content) }));
    }
    for page in pages {
        router = router.route(&page.path, get(move || shown(page.markup.clone())));
    }
    router
}

async fn shown(markup: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)], markup)
}
