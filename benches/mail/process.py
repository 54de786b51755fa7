"""CPU-seconds and peak memory of processes, as Linux counts them."""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Measurement:
    """What one engine did with one corpus. `caught` counts messages above the engine's own default threshold."""

    messages: int
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mib: float | None
    caught: int | None = None
    failed: int = 0


def run_child(command, stdout_path):
    """Runs to the end; returns (exit code, CPU-seconds, wall seconds, peak RSS in MiB)."""
    started = time.monotonic()
    with open(stdout_path, "wb") as stdout:
        child = subprocess.Popen(command, stdout=stdout, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    return child.returncode, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


class Server:
    """A server process on loopback that we start, measure with its children, and end by its process id."""

    def __init__(self, command, port, log_path, env=None):
        self.port = port
        with open(log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, start_new_session=True
            )

    def wait_until_ready(self, seconds_max=180):
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode} before it listened")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"{self.process.args[0]} does not listen after {seconds_max} s")

    def wait_until_idle(self, seconds_max=120):
        """Waits for background work, such as compiling patterns, that is no cost per message."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            before = self.cpu_seconds()
            time.sleep(1)
            if self.cpu_seconds() - before < 0.05:
                return

    def cpu_seconds(self):
        return sum(cpu_seconds(pid) for pid in process_tree(self.process.pid))

    def peak_rss_mib(self):
        """Peak of the largest process; forked ones share pages, so a sum would count them twice."""
        return max((peak_rss_mib(pid) for pid in process_tree(self.process.pid)), default=0.0)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_tree(root):
    children = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := stat_fields(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    tree, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        tree.append(pid)
        waiting.extend(children.get(pid, []))
    return tree


def stat_fields(pid):
    """The fields after the command's name, which may itself hold spaces and brackets; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_seconds(pid):
    """User and system time of a process and of its children that have ended."""
    fields = stat_fields(pid)
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS_PER_SECOND if fields else 0.0


def peak_rss_mib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0
