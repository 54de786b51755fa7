//! A Postfix of our own in a folder that goes away: it takes mail on a port of the loopback, asks a milter, and hands what it
//! accepted to a sink by LMTP.

use crate::free_port::free_port;
use crate::sender::send;
use crate::sink::Sink;
use gate::milter::Listen;
use milter::{Message, edit};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Why Postfix cannot be started here, if it cannot.
pub(crate) fn missing() -> Option<&'static str> {
    if !Path::new("/usr/sbin/postfix").exists() {
        return Some("Postfix is not installed (scripts/install-test-tools)");
    }
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    (!is_root).then_some("Postfix starts as root only")
}

/// A running Postfix, which ends with it.
pub(crate) struct Postfix {
    folder: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) sink: Sink,
}

impl Postfix {
    /// Starts Postfix with these milters, in their order.
    pub(crate) fn start(milters: &[&Listen]) -> Self {
        let milters: Vec<String> = milters.iter().map(|listen| endpoint(listen)).collect();
        let sink = Sink::start();
        let address = free_address();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
            .expect("Postfix's account looks into it");
        for name in ["conf", "queue", "data"] {
            fs::create_dir(path.join(name)).expect("a folder");
        }
        std::os::unix::fs::chown(path.join("data"), Some(account("postfix")), None).expect("Postfix owns it");
        let main = include_str!("../../../../tests/postfix/main.cf")
            .replace("@FOLDER@", &path.display().to_string())
            .replace("@MILTERS@", &milters.join(", "))
            .replace("@SINK@", &sink.address.to_string());
        let master =
            include_str!("../../../../tests/postfix/master.cf").replace("@ADDRESS@", &address.to_string());
        fs::write(path.join("conf/main.cf"), main).expect("it is written");
        fs::write(path.join("conf/master.cf"), master).expect("it is written");
        let postfix = Self { folder, address, sink };
        postfix.command("postfix", &["start"]);
        postfix
    }

    /// Hands a message over, which must be taken, and answers what is delivered, without the `Received` that Postfix puts first.
    #[track_caller]
    pub(crate) fn deliver(&self, rcpt_to: &str, message: &[u8]) -> Vec<u8> {
        let answer = send(self.address, &[rcpt_to], message).expect("an answer");
        assert_eq!(answer.code, 250, "{}\n{}", answer.text, self.log());
        below_received(&self.sink.next().bytes)
    }

    /// Is nothing in its queue?
    pub(crate) fn is_empty(&self) -> bool {
        self.command("postqueue", &["-j"]).is_empty()
    }

    /// What Postfix has written into its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// What one of its commands prints, which must succeed.
    fn command(&self, name: &str, arguments: &[&str]) -> String {
        let (is_done, told) = self.run(name, arguments);
        assert!(is_done, "{name} {arguments:?}: {told}");
        told
    }

    /// Runs one of its commands to its end. Did it succeed, and what did it print, or why did it not?
    fn run(&self, name: &str, arguments: &[&str]) -> (bool, String) {
        let conf = self.folder.path().join("conf");
        // The daemon would keep a pipe open for as long as it lives.
        let errors = self.folder.path().join("errors");
        let output = Command::new(name)
            .arg("-c")
            .arg(conf)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(if name == "postfix" { Stdio::null() } else { Stdio::piped() })
            .stderr(fs::File::create(&errors).expect("a file"))
            .output()
            .expect("Postfix is installed");
        if output.status.success() {
            return (true, String::from_utf8_lossy(&output.stdout).into_owned());
        }
        (false, format!("{}{}", fs::read_to_string(&errors).unwrap_or_default(), self.log()))
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let (is_stopped, told) = self.run("postfix", &["stop"]);
        // A second panic would hide what the first one said.
        assert!(is_stopped || std::thread::panicking(), "{told}");
    }
}

/// A message without the `Received` that Postfix put first.
#[track_caller]
pub(crate) fn below_received(delivered: &[u8]) -> Vec<u8> {
    let (mut fields, body) = edit::split(delivered);
    assert!(fields.first().is_some_and(|field| field.is("Received")), "Postfix puts one first");
    fields.remove(0);
    Message { fields, body: body.to_vec(), ..Message::default() }.to_bytes()
}

fn endpoint(listen: &Listen) -> String {
    match listen {
        Listen::Tcp(address) => format!("inet:{address}"),
        Listen::Unix(path) => format!("unix:{}", path.display()),
    }
}

/// An address that is free now.
pub(crate) fn free_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port()).into()
}

/// The number of a system account.
fn account(name: &str) -> u32 {
    let accounts = fs::read_to_string("/etc/passwd").expect("accounts");
    let line =
        accounts.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).expect("Postfix's account");
    line.split(':').nth(1).and_then(|number| number.parse().ok()).expect("its number")
}
