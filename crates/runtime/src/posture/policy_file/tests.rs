//! A server of policies on this machine, with a certificate of its own.

use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};

const HOST_NAME: &str = "mta-sts.house.example";

fn make_certificate(folder: &Path) {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=policy \
        -addext subjectAltName=DNS:mta-sts.house.example -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out cert.pem";
    let made = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl is installed").success());
}

/// Serves one connection with `answer`, and says what was asked.
fn serve(listener: &TcpListener, config: ServerConfig, answer: &str) -> String {
    let (mut socket, _) = listener.accept().expect("a connection");
    let mut connection = ServerConnection::new(Arc::new(config)).expect("a server");
    let mut stream = Stream::new(&mut connection, &mut socket);
    let mut asked = Vec::new();
    let mut byte = [0];
    while !asked.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        asked.push(byte[0]);
    }
    let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
    String::from_utf8_lossy(&asked).into_owned()
}

/// Fetches from a server that answers `answer`, under `name`. Answers what was asked as well.
fn fetched(name: &str, answer: &str) -> (Fetched, String) {
    let folder = tempfile::tempdir().expect("a folder");
    make_certificate(folder.path());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(folder.path().join("cert.pem"))
        .and_then(Iterator::collect)
        .expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).expect("a key");
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(chain.clone());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("they belong together");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addresses = [listener.local_addr().expect("an address")];
    std::thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener, config, answer));
        let fetched = fetch_from(name, &addresses, &http::trust(roots).expect("TLS"));
        (fetched, server.join().expect("it served"))
    })
}

#[track_caller]
fn check(answer: &str, expected: &Fetched) {
    assert_eq!(fetched(HOST_NAME, answer).0, *expected);
}

#[test]
fn a_policy_is_fetched_as_senders_fetch_it() {
    let (fetched, asked) =
        fetched(HOST_NAME, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nversion: STSv1\n");
    assert_eq!(fetched, Fetched::Text("version: STSv1\n".into()));
    assert!(asked.starts_with("GET /.well-known/mta-sts.txt HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("host: mta-sts.house.example\r\n"), "{asked}");
}

#[test]
fn what_senders_do_not_take_is_refused() {
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: https://b.example/\r\nContent-Length: 0\r\n\r\n";
    check(elsewhere, &Fetched::Refused("status 302".into()));
    let large = format!("HTTP/1.1 200 OK\r\n\r\n{}", "mx: a.example\n".repeat(5_000));
    check(&large, &Fetched::Refused("more than 65536 bytes".into()));
}

#[test]
fn a_certificate_for_another_name_is_none() {
    let fetched = fetched("mta-sts.other.example", "").0;
    assert!(matches!(&fetched, Fetched::Unreachable(why) if why.contains("certificate")), "{fetched:?}");
}
