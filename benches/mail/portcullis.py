"""Portcullis as a user runs it, and the floor: the same libraries without any judgement."""

import json
import re
import shutil
from pathlib import Path

from process import Measurement, run_child

# The floor holds all messages in memory and counts only the time after reading them.
RATE = re.compile(r"(\d+) msg/CPU-s")


class Portcullis:
    """The full scan: campaigns, feature records and evidence included, into an empty data folder each time."""

    name = "portcullis"

    def __init__(self, scratch: Path, profile):
        self.program = Path("target") / profile / "portcullis"
        self.data = scratch / "data"
        self.output = scratch / "scan.jsonl"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.data, ignore_errors=True)

    def measure(self, files):
        shutil.rmtree(self.data, ignore_errors=True)
        command = [self.program, "mail", "scan", "--format", "jsonl", "--data", self.data, *files]
        code, cpu, wall, rss = run_child(command, self.output)
        if code not in (0, 1):
            raise RuntimeError(f"portcullis mail scan ended with {code}")
        with open(self.output, encoding="utf-8") as lines:
            verdicts = [json.loads(line)["verdict"] for line in lines]
        caught = verdicts.count("quarantine")
        return Measurement(len(verdicts), cpu, wall, rss, caught, failed=len(files) - len(verdicts))


class Floor:
    """Parse, HTML scan and URL reading only: no engine on these libraries can be faster."""

    name = "floor"

    def __init__(self, scratch: Path, profile):
        self.program = Path("target") / profile / "examples" / "floor"
        self.output = scratch / "floor.txt"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def measure(self, files):
        code, _, wall, _ = run_child([self.program, *files], self.output)
        printed = RATE.search(self.output.read_text())
        if code != 0 or not printed:
            raise RuntimeError(f"the floor ended with {code}")
        return Measurement(len(files), len(files) / float(printed.group(1)), wall, None)
