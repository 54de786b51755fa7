//! rspamd's milter on the loopback, with Debian's rules and everything off that asks the network.

use crate::Result;
use crate::postfix::free_address;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CONFIGURATION: &str = r#"
.include "$CONFDIR/common.conf"
options {
    pidfile = "$RUNDIR/rspamd.pid";
    .include "$CONFDIR/options.inc"
    dns { nameserver = ["127.0.0.1:1"]; timeout = 0.01s; retransmits = 0; }
}
logging { type = "file"; filename = "$LOGDIR/rspamd.log"; level = "error"; }
worker "rspamd_proxy" {
    bind_socket = "@ADDRESS@";
    milter = yes;
    timeout = 60s;
    upstream "local" { default = yes; self_scan = yes; }
    count = 2;
}
"#;
/// What needs DNS, HTTP, Redis or another server.
const NETWORK_MODULES: &[&str] = &[
    "antivirus",
    "arc",
    "asn",
    "aws_s3",
    "bimi",
    "clickhouse",
    "dcc",
    "dkim",
    "dkim_signing",
    "dmarc",
    "elastic",
    "external_relay",
    "fuzzy_check",
    "greylist",
    "hfilter",
    "history_redis",
    "metadata_exporter",
    "mx_check",
    "neural",
    "rbl",
    "replies",
    "reputation",
    "rspamd_update",
    "spf",
    "surbl",
    "url_redirector",
    "ratelimit",
    "whitelist",
];
/// Nothing is refused: what is measured is the way to the mailbox.
const NO_ACTIONS: &str = "reject = null;\nadd_header = 6;\ngreylist = null;\n";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running rspamd, which ends with it.
pub(crate) struct Rspamd {
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Rspamd {
    /// Starts it, if it is installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        if !Path::new("/usr/bin/rspamd").exists() {
            return Ok(None);
        }
        let (folder, address) = (tempfile::tempdir()?, free_address());
        let path = folder.path();
        std::fs::create_dir(path.join("local.d"))?;
        let configuration = CONFIGURATION.replace("@ADDRESS@", &address.to_string());
        std::fs::write(path.join("rspamd.conf"), configuration)?;
        for module in NETWORK_MODULES {
            std::fs::write(path.join(format!("local.d/{module}.conf")), "enabled = false;\n")?;
        }
        std::fs::write(path.join("local.d/actions.conf"), NO_ACTIONS)?;
        let phishing = "openphish_enabled = false;\nphishtank_enabled = false;\n";
        std::fs::write(path.join("local.d/phishing.conf"), phishing)?;
        let mut command = Command::new("/usr/bin/rspamd");
        // `-i`: as root it would change to its own account, which may not enter the folder.
        command.args(["-f", "-i", "-c"]).arg(path.join("rspamd.conf"));
        for name in ["LOCAL_CONFDIR", "DBDIR", "RUNDIR", "LOGDIR"] {
            command.arg(format!("--var={name}={}", path.display()));
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let rspamd = Self { address, child, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if started.elapsed() > PATIENCE {
                return Err("rspamd did not start".into());
            }
            crate::pace::pause();
        }
        Ok(Some(rspamd))
    }
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        // Its main process ends its workers when it is asked to end; a kill would leave them.
        let _ = Command::new("/bin/kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}
