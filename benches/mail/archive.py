"""A very long mailbox: throughput on the whole machine, and whether memory stays bounded."""

import os
import shutil
import subprocess
from pathlib import Path

from process import run_child


def measure_archive(source: Path, messages, scratch: Path, profile):
    mailbox, data, output = scratch / "archive.mbox", scratch / "archive-data", scratch / "archive.jsonl"
    subprocess.run(["python3", "benches/make_archive", source, str(messages), mailbox], check=True)
    size = mailbox.stat().st_size
    command = [Path("target") / profile / "portcullis", "mail", "scan", "--format", "jsonl", "--data", data, mailbox]
    code, cpu, wall, rss = run_child(command, output)
    with open(output, "rb") as lines:
        read = sum(1 for _ in lines)
    kept = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
    for path in (mailbox, output):
        path.unlink()
    shutil.rmtree(data, ignore_errors=True)
    return (
        f"\nLong mailbox: {read:,} of {messages:,} messages, {size / 1e6:,.0f} MB, exit code {code}\n"
        f"  {read / wall:,.0f} messages a second on {os.cpu_count()} cores ({wall:.1f} s), "
        f"{read / cpu:,.0f} a CPU-second, peak RSS {rss:,.0f} MiB, {kept / max(read, 1):,.0f} bytes kept a message\n"
    )
