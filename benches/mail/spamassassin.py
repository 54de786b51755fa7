"""SpamAssassin with Debian's rules: its server on loopback, local tests only."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from process import Measurement, Server, free_port

CHILDREN = 2


class SpamAssassin:
    name = "spamassassin"

    def __init__(self, scratch: Path, _profile):
        self.log = scratch / "spamd.txt"
        self.port = free_port()

    def __enter__(self):
        command = ["spamd", "--local", "--nouser-config", "--listen", "127.0.0.1", "--port", str(self.port)]
        command += ["--max-children", str(CHILDREN), "--min-children", str(CHILDREN), "--syslog", "stderr"]
        self.server = Server(command, self.port, self.log)
        self.server.wait_until_ready()
        self.is_warm = False
        return self

    def __exit__(self, *_):
        self.server.stop()

    def measure(self, files):
        if not self.is_warm:
            self.scan(files[: 2 * CHILDREN])
            self.is_warm = True
        cpu, started = self.server.cpu_seconds(), time.monotonic()
        scores = self.scan(files)
        wall = time.monotonic() - started
        cpu = self.server.cpu_seconds() - cpu
        caught = sum(score >= threshold > 0 for score, threshold in scores)
        failed = sum(threshold == 0 for _, threshold in scores)
        return Measurement(len(files) - failed, cpu, wall, self.server.peak_rss_mib(), caught, failed)

    def scan(self, files):
        with ThreadPoolExecutor(CHILDREN) as pool:
            return list(pool.map(self.score, files))

    def score(self, file):
        """(score, threshold); spamc answers 0/0 for a message that it could not have judged."""
        command = ["spamc", "-d", "127.0.0.1", "-p", str(self.port), "-c", "-s", str(64 << 20)]
        with open(file, "rb") as message:
            answer = subprocess.run(command, stdin=message, capture_output=True, check=False).stdout
        score, _, threshold = answer.decode().strip().partition("/")
        return float(score or 0), float(threshold or 0)
