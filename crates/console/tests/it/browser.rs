//! The gallery in Chromium: accessible in light and dark, on a phone and on a desk, by keys alone, without a request
//! beyond the host. What is checked is in `tests/browser/pages.mjs`.

use crate::sample::{self, Voice};
use crate::server;
use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn every_page_is_usable_in_a_browser() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    if let Some(missing) = missing(&tests) {
        assert!(std::env::var_os("CI").is_none(), "{missing} is part of the test environment");
        println!("skipped: no {missing}; scripts/install-test-tools brings it");
        return;
    }
    let output = looked_at(&tests);
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    println!("{said}");
}

/// What is missing to run a browser, if anything is.
fn missing(tests: &Path) -> Option<&'static str> {
    let runs = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    match () {
        () if !runs("chromium") => Some("chromium"),
        () if !runs("node") => Some("node"),
        () if !tests.join("node_modules/playwright-core").exists() => Some("playwright-core"),
        () => None,
    }
}

/// Serves the gallery on loopback for as long as the script takes.
fn looked_at(tests: &Path) -> Output {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let list = format!("http://{}{}", listener.local_addr().expect("bound"), server::LIST);
    let router = server::router(sample::pages(&Voice::plain()));
    runtime.spawn(async move { axum::serve(listener, router).await });
    Command::new("node").arg("pages.mjs").arg(list).current_dir(tests).output().expect("node runs")
}
