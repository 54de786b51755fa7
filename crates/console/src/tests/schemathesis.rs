//! An independent program reads the OpenAPI document and asks whatever it allows, and what it does not: no answer is our fault,
//! and each is as the document says.

use super::desk::Desk;
use crate::token::Scope;
use axum::http::StatusCode;
use model::{EventTime, Role};
use runtime::live::{Delivery, Incoming};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// Cases for each operation.
const EXAMPLES: &str = "20";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method,ignored_auth";

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools/schemathesis/bin/schemathesis")
}

/// A few messages and a list of members, so that answers have something in them.
fn fill(desk: &Desk) {
    desk.state.live.replace_house(super::members::MEMBERS).expect("a list of members");
    for at in 0..3 {
        let bytes = format!(
            "From: Press <press{at}@outlet.example>\r\nTo: ada@northmere.example\r\nSubject: number {at}\r\n\
             Message-ID: <{at}@outlet.example>\r\n\r\n<img src=\"https://tracker.example/p.gif?u={at}\">"
        );
        let incoming = Incoming {
            bytes: bytes.into_bytes(),
            source: format!("drop:{at}.eml"),
            mailbox: Some("M004".into()),
            delivery: Delivery { received: EventTime(1_610_960_400), envelope: None },
        };
        desk.state.live.observe(incoming).expect("a message");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interface_keeps_to_its_document_whatever_is_asked() {
    let program = program();
    if !program.exists() {
        return println!("skipped: no schemathesis; scripts/install-test-tools brings it");
    }
    let desk = Desk::with(|settings| settings.rate.burst = u32::MAX);
    fill(&desk);
    let account = desk.account("both-1", &[Role::Analyst, Role::Approver]);
    let token = desk.token(&account, &Scope::ALL);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(crate::serve(listener, Arc::clone(&desk.state), async {
        let _ = stopped.await;
    }));
    let output = tokio::task::spawn_blocking(move || ask(&program, &format!("http://{address}"), &token));
    let output = output.await.expect("no panic");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(desk.get("/healthz", None).await.status, StatusCode::OK);
    stop.send(()).expect("it still serves");
    served.await.expect("no panic").expect("it ends in order");
}

/// Runs the program to its end, in a folder that takes what it writes.
fn ask(program: &Path, console: &str, token: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(program)
        .current_dir(folder.path())
        .args(["run", &format!("{console}/api/v1/openapi.json")])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", EXAMPLES, "--seed", "1789", "--continue-on-failure", "--no-color"])
        .output()
        .expect("it starts")
}
