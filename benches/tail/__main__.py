"""How long from a line to evidence, and how fast a house catches up."""

import argparse
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from served import Served

LINE = (
    '{{"@timestamp":"{time}","event":{{"code":1,"provider":"Microsoft-Windows-Sysmon"}},"winlog":{{'
    '"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"host-{number}","event_id":1,"event_data":{{'
    '"Image":"C:\\\\Windows\\\\System32\\\\cmd.exe","CommandLine":"cmd.exe /c whoami",'
    '"ParentImage":"C:\\\\Windows\\\\System32\\\\inetsrv\\\\w3wp.exe","ParentCommandLine":"w3wp.exe -ap MSExchangeOWAAppPool"}}}}}}\n'
)
# Nothing is read for so long: the house has caught up.
QUIET_SECONDS = 6.0


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("programs", type=Path)
    asked.add_argument("--lines", type=int, default=500)
    asked.add_argument("--staff", type=int, default=60)
    wanted = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portcullis-tail-"))
    try:
        print(latency(wanted, folder / "latency"))
        print(catching_up(wanted, folder / "catching-up"))
    finally:
        shutil.rmtree(folder)


def latency(wanted, folder):
    """Writes one line after the other at moments that no clock of the program knows; each opens a case of its own."""
    log = folder / "sysmon.jsonl"
    with Served(wanted.programs, folder, log.name) as served:
        delays = []
        chance = random.Random(1)
        with open(log, "a", encoding="utf-8", buffering=1) as lines:
            for number in range(wanted.lines):
                time.sleep(chance.uniform(0.0, 0.25))
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                began = time.monotonic()
                lines.write(LINE.format(time=stamp, number=number))
                served.wait_for("watch::live: new=")
                delays.append(time.monotonic() - began)
    delays.sort()
    at = lambda share: delays[min(len(delays) - 1, int(len(delays) * share))] * 1_000
    return (
        f"line written to evidence, {len(delays)} lines: median {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, longest {at(1.0):.0f} ms"
    )


def catching_up(wanted, folder):
    """Starts a house beside the logs of a year."""
    house = folder / "house"
    writer = [wanted.programs / "examples" / "dwell", house, "1", "query", str(wanted.staff)]
    lines = int(subprocess.run(writer, check=True, capture_output=True, text=True).stdout.split()[2])
    began = time.monotonic()
    with Served(wanted.programs, folder, "house/logs") as served:
        last, seen = began, 0
        while time.monotonic() - last < QUIET_SECONDS or seen == 0:
            time.sleep(0.1)
            events = served.metric("portcullis_log_events_total")
            if events != seen:
                last, seen = time.monotonic(), events
        cpu = served.cpu_seconds()
        peak = served.peak_mebibytes()
    seconds = last - began
    return (
        f"caught up with {seen} events of {lines} lines in {seconds:.1f} s and {cpu:.1f} CPU-s: "
        f"{seen / seconds:,.0f} events/s, {seen / cpu:,.0f} events/CPU-s, {peak} MiB at most"
    )


os.environ.setdefault("RUST_LOG", "info")
main()
