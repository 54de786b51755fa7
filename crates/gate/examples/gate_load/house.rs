//! The gate to be measured: a process of its own, so that its memory and its CPU are its own.

use crate::letters::Letters;
use crate::postfix::free_address;
use crate::{Result, double};
use gate::milter::{Listen, LiveFilter, OnFailure, Policy};
use runtime::data::Data;
use runtime::live::{Live, LiveSettings};
use runtime::resolver::Resolver;
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The argument that makes this program the gate.
pub(crate) const CHILD: &str = "gate";
const READY: &str = "ready";
/// Clock ticks a second in /proc, which Linux fixes for user space.
const TICKS_PER_SEC: f64 = 100.0;

/// A running gate, which ends with it.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

/// A folder on the disk that is to be measured.
pub(crate) fn folder() -> Result<TempDir> {
    Ok(match std::env::var_os("GATE_DATA") {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    })
}

impl House {
    /// Starts a gate, on one core if that is wanted and can be had.
    pub(crate) fn start(on_one_core: bool) -> Result<Self> {
        let folder = folder()?;
        let address = free_address();
        let program = std::env::current_exe()?;
        let mut command = if on_one_core && Path::new("/usr/bin/taskset").exists() {
            let mut command = Command::new("/usr/bin/taskset");
            command.args(["--cpu-list", "0"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let mut child =
            command.args([CHILD, &address.to_string()]).arg(folder.path()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no pipe")?).lines();
        match lines.next() {
            Some(Ok(line)) if line == READY => Ok(Self { address, child, _folder: folder }),
            _ => Err("the gate did not start".into()),
        }
    }

    /// Seconds of CPU that it has used, its own and the kernel's for it.
    pub(crate) fn cpu(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(self.proc("stat"))?;
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let ticks = |at| fields.split_whitespace().nth(at).and_then(|ticks: &str| ticks.parse::<f64>().ok());
        // Fields 14 and 15 of proc(5), counted from the third.
        Ok((ticks(11).ok_or("no ticks")? + ticks(12).ok_or("no ticks")?) / TICKS_PER_SEC)
    }

    pub(crate) fn peak_rss_mib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1_024)
    }

    fn proc(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // One that ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The gate: it listens at an address, with its data in a folder, until it is killed.
pub(crate) fn serve(arguments: &[String]) -> Result<()> {
    let [address, folder] = arguments else { return Err("gate ADDRESS FOLDER".into()) };
    let data = Data::open(Path::new(folder))?;
    data.keep_house(&Letters::lantern()?.members)?;
    let settings = LiveSettings {
        trusted_authserv_ids: Vec::new(),
        resolver: Resolver::offline(),
        deadline: Duration::from_secs(20),
    };
    let live = Live::start(data, settings)?;
    let policy = Policy {
        authserv_id: "gate.house.example".into(),
        disarms: true,
        quarantines: true,
        on_failure: OnFailure::Tempfail,
        fail_open_groups: HashSet::new(),
        fail_closed_groups: HashSet::new(),
        sealer: None,
    };
    let listen = Listen::Tcp(address.parse()?);
    let settings = gate::milter::Settings { sessions_max: 256, ..double::settings(listen) };
    let _running = double::start_filter(&settings, Arc::new(LiveFilter::new(live, policy)));
    println!("{READY}");
    loop {
        std::thread::park();
    }
}
