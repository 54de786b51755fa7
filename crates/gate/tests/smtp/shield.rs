//! How the sink protects itself: TLS with a certificate of its own, and a user with a password.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Who may sign in.
pub(crate) const USER: &str = "portcullis";
pub(crate) const PASSWORD: &str = "correct horse";

/// TLS, and whether it begins at once.
#[derive(Clone)]
pub(crate) struct Shield {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) is_implicit: bool,
    /// What somebody on the way puts behind the answer to STARTTLS.
    pub(crate) injected: &'static str,
    /// Where its certificate is.
    pub(crate) folder: Arc<tempfile::TempDir>,
}

impl Shield {
    /// With a certificate for this name, such as `IP:127.0.0.1`.
    pub(crate) fn of(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        make_certificate(folder.path(), name);
        let chain = CertificateDer::pem_file_iter(folder.path().join("cert.pem")).expect("a certificate");
        let chain = chain.collect::<Result<Vec<_>, _>>().expect("it is PEM");
        let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("they belong together");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { acceptor, is_implicit: false, injected: "", folder: Arc::new(folder) }
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }
}

fn make_certificate(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=sink", "-addext", &format!("subjectAltName={name}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl makes a certificate");
}
