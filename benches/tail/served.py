"""`portcullis serve` beside logs, on this machine only."""

import os
import queue
import re
import signal
import subprocess
import threading
import urllib.request

CONFIG = """[house]
data = "state"
[logs.followed]
path = "{path}"
[console]
listen = "127.0.0.1:0"
"""
PATIENCE_SECONDS = 60


class Served:
    """A house that is running; it ends with the block."""

    def __init__(self, programs, folder, path):
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / path
        if not target.exists():
            target.touch()
        config = folder / "portcullis.toml"
        config.write_text(CONFIG.format(path=path), encoding="utf-8")
        command = [programs / "portcullis", "serve", "--config", config]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()
        self.console = re.search(r"http://[0-9.:]+", self.wait_for("console on http://")).group()

    def listen(self):
        for line in self.process.stderr:
            self.said.put(line)

    def wait_for(self, words):
        while True:
            line = self.said.get(timeout=PATIENCE_SECONDS)
            if words in line:
                return line

    def metric(self, name):
        with urllib.request.urlopen(f"{self.console}/metrics", timeout=PATIENCE_SECONDS) as answer:
            text = answer.read().decode()
        values = re.findall(rf"^{name}{{[^}}]*}} ([0-9.]+)$", text, re.MULTILINE)
        return int(sum(map(float, values)))

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mebibytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) >> 10

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_SECONDS)
