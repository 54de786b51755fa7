"""The commands of Portcullis that the benchmark uses. Only what a user could see goes in and comes out."""

import json
import subprocess
from pathlib import Path


class House:
    def __init__(self, program: Path):
        self.program = program

    def variants(self):
        """Every variant of the grid, as text that `exercise write --variant` takes."""
        return self.output("exercise", "variants").decode().split()

    def write(self, scratch: Path, seed, variant):
        folder = scratch / "exercise"
        choice = ["--variant", variant] if variant else []
        self.output("exercise", "write", "--seed", seed, *choice, folder)
        return folder

    def scan(self, scratch: Path, exercise: Path):
        """(how many messages were judged, the campaigns that were found)"""
        data = ["--data", scratch / "data"]
        inputs = ["--members", exercise / "members.csv", "--proxy-log", exercise / "proxy.log", exercise / "mail"]
        judged = self.output("mail", "scan", "--format", "jsonl", *data, *inputs).count(b"\n")
        exported = self.output("campaign", "export", "--format", "jsonl", *data)
        return judged, [json.loads(line) for line in exported.splitlines()]

    def output(self, *arguments):
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        # 1 means that some input was set aside, which the exercise's malformed mails are there for.
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()}")
        return done.stdout
