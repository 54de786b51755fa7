//! The gallery: every page of the console with invented data, to look at without a mail server behind it.
//!
//! `cargo run -p console --example gallery -- FOLDER` writes all pages to FOLDER and serves them on loopback with the
//! headers of the console. It ends when its standard input ends. The browser tests use it.

mod sample;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use console::page::asset;
use sample::{Page, Voice};
use std::path::Path;
use std::{env, fs, io};

/// The policy of the console: nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[tokio::main]
async fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let pages = sample::pages(&Voice::plain());
    write(Path::new(&folder), &pages)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/gallery", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, router(pages)) => served,
        read = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())) => read?.map(|_| ()),
    }
}

fn write(folder: &Path, pages: &[Page]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for page in pages {
        fs::write(folder.join(format!("{}.html", page.name)), &page.markup)?;
    }
    Ok(())
}

fn router(pages: Vec<Page>) -> Router {
    let lines: Vec<String> = pages.iter().map(|page| format!("{} {}", page.name, page.path)).collect();
    let list = lines.join("\n");
    let mut router = Router::new().route("/gallery", get(|| async { list }));
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
