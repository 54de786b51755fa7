"""One invented house: its logs are written, read in pieces by a process each, and what was told is kept."""

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

SERIOUS = ("high", "critical")


@dataclass
class House:
    """What reading the logs of one house gave."""

    seed: int
    way: str
    days: int
    lines: int
    pieces: int
    steps: list
    hostile: dict
    sightings: list = field(default_factory=list)
    cases: dict = field(default_factory=dict)
    rules: list = field(default_factory=list)
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    def alerts(self, levels=SERIOUS):
        return [row for row in self.sightings if row["rule"]["level"] in levels]


def play(programs, folder, seed, way, wanted):
    """Writes a house and reads it; `way` is how the intruder comes in, or `none`."""
    writer = [programs / "examples" / "dwell", folder / "house", str(seed), way, str(wanted.staff), wanted.style]
    told = subprocess.run(writer, check=True, capture_output=True, text=True).stdout.split()
    pieces = sorted((folder / "house" / "logs").iterdir())
    house = House(seed, way, int(told[0]), int(told[2]), len(pieces), *read_truth(folder / "house" / "truth"))
    house.rules = ["--no-shipped", "--rules", wanted.rules] if wanted.rules else []
    for piece in pieces:
        read_piece(programs, folder, [piece], house, folder / "data")
    house.cases = read_cases(programs, folder / "data")
    mark(house)
    return house


def read_at_once(programs, folder, house):
    """Everything in one process, without a restart: what is told must be the same."""
    once = House(house.seed, house.way, house.days, house.lines, 1, [], {}, rules=house.rules)
    read_piece(programs, folder, [folder / "house" / "logs"], once, folder / "once")
    return once


def read_piece(programs, folder, paths, house, data):
    command = [programs / "portcullis", "watch", "scan", "--data", data, "--format", "jsonl", *house.rules, *paths]
    out = folder / "sightings.jsonl"
    started = time.monotonic()
    with open(out, "wb") as rows, open(folder / "notes", "wb") as notes:
        child = subprocess.Popen(command, stdout=rows, stderr=notes, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"bench-dwell: a scan ended with {child.returncode}: {(folder / 'notes').read_text()}")
    house.wall_seconds += time.monotonic() - started
    house.cpu_seconds += usage.ru_utime + usage.ru_stime
    with open(out, encoding="utf-8") as rows:
        house.sightings.extend(json.loads(row) for row in rows)


def read_truth(folder):
    """The steps, and for each line that the intruder left the step it belongs to. Nothing but this measurement reads them."""
    if not folder.exists():
        return [], {}
    with open(folder / "steps.jsonl", encoding="utf-8") as rows:
        steps = [json.loads(row) for row in rows]
    with open(folder / "events.jsonl", encoding="utf-8") as rows:
        hostile = {row["line"]: row["step"] for row in map(json.loads, rows)}
    return steps, hostile


def read_cases(programs, data):
    """The cases, and for those that were joined to an older one, which."""
    command = [programs / "portcullis", "case", "list", "--all", "--format", "jsonl", "--data", data]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    cases = {row["id"]: row for row in map(json.loads, rows)}
    for row in cases.values():
        if row["status"] == "joined":
            show = [programs / "portcullis", "case", "show", row["id"], "--format", "jsonl", "--data", data]
            shown = json.loads(subprocess.run(show, check=True, capture_output=True, text=True).stdout)
            row["joined_to"] = (shown[0] if isinstance(shown, list) else shown)["ended_by"]
    return cases


def mark(house):
    """Says of each sighting which step's line set it off, if any, and in which case it ended."""
    logs = {}
    for row in house.sightings:
        row["case"] = last_case(house.cases, row["case"])
        row["step"] = None
        # Silence has no line that set it off.
        if row["source"]:
            if row["source"] not in logs:
                logs[row["source"]] = Path(row["source"]).read_text(encoding="utf-8").splitlines()
            row["step"] = house.hostile.get(logs[row["source"]][int(row["position"].removeprefix("line ")) - 1])


def last_case(cases, case):
    while case in cases and cases[case]["status"] == "joined":
        case = cases[case]["joined_to"]
    return case


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
