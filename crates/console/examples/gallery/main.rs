//! The gallery: every page of the console with invented data, to look at without a mail server behind it.
//!
//! `cargo run -p console --example gallery -- FOLDER` writes all pages to FOLDER and serves them on loopback with the
//! headers of the console. It ends when its standard input ends.

mod sample;
mod server;

use sample::{Page, Voice};
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

#[tokio::main]
async fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let pages = sample::pages(&Voice::plain());
    write(Path::new(&folder), &pages)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "http://{}{}", listener.local_addr()?, server::LIST)?;
    tokio::select! {
        served = axum::serve(listener, server::router(pages)) => served,
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
