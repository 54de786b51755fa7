"""rspamd with Debian's rules: one scanning worker on loopback, everything off that asks the network."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from process import Measurement, Server, free_port

CONFIGURATION = """
.include "$CONFDIR/common.conf"
options {{
    pidfile = "$RUNDIR/rspamd.pid";
    .include "$CONFDIR/options.inc"
    dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.01s; retransmits = 0; }}
}}
logging {{ type = "file"; filename = "$LOGDIR/rspamd.log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; task_timeout = 60s; }}
"""

# What needs DNS, HTTP, Redis or another server. `hfilter` is among them: without DNS it charges every host for having no name.
NETWORK_MODULES = """
antivirus arc asn aws_s3 bimi clickhouse dcc dkim dkim_signing dmarc elastic external_relay fuzzy_check greylist hfilter
history_redis metadata_exporter mx_check neural rbl replies reputation rspamd_update spf surbl url_redirector ratelimit whitelist
""".split()
PHISHING_FEEDS_OFF = "openphish_enabled = false;\nphishtank_enabled = false;\n"
CAUGHT = {"add header", "rewrite subject", "reject"}


class Rspamd:
    name = "rspamd"

    def __init__(self, scratch: Path, _profile):
        self.folder = scratch / "rspamd"
        self.port = free_port()

    def __enter__(self):
        self.write_configuration()
        command = ["rspamd", "-f", "-c", self.folder / "rspamd.conf", f"--var=LOCAL_CONFDIR={self.folder}"]
        if os.geteuid() == 0:
            # As root it would change to its own user, who may not enter our folder.
            command.append("-i")
        command += [f"--var={name}={self.folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR")]
        self.server = Server(command, self.port, self.folder / "output.txt")
        self.server.wait_until_ready()
        self.is_warm = False
        return self

    def __exit__(self, *_):
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_configuration(self):
        local = self.folder / "local.d"
        local.mkdir(parents=True)
        (self.folder / "rspamd.conf").write_text(CONFIGURATION.format(port=self.port))
        for module in NETWORK_MODULES:
            (local / f"{module}.conf").write_text("enabled = false;\n")
        (local / "phishing.conf").write_text(PHISHING_FEEDS_OFF)

    def measure(self, files):
        if not self.is_warm:
            self.scan(files[:50])
            self.server.wait_until_idle()
            self.is_warm = True
        cpu, started = self.server.cpu_seconds(), time.monotonic()
        actions = self.scan(files)
        wall = time.monotonic() - started
        cpu = self.server.cpu_seconds() - cpu
        caught = sum(action in CAUGHT for action in actions)
        return Measurement(len(actions), cpu, wall, self.server.peak_rss_mib(), caught, failed=len(files) - len(actions))

    def scan(self, files):
        """The action for each message. The client's own CPU time is not counted."""
        command = ["rspamc", "-h", f"127.0.0.1:{self.port}", "-n", "4", "--json", "--compact", *files]
        output = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
        answers = [json.loads(line) for line in output.decode("utf-8", "replace").splitlines() if line.startswith("{")]
        return [answer["action"] for answer in answers if "action" in answer]
