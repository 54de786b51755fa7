"""Plays houses with an intruder and houses without one, and prints what was seen when."""

import argparse
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import report
from house import play, read_at_once
from measure import same

WAYS = ("query", "cookie", "web-shell", "credential", "spray")


def arguments():
    parser = argparse.ArgumentParser(prog="bench-dwell")
    parser.add_argument("programs", type=Path)
    parser.add_argument("--seed", type=int, default=2_000, help="first seed")
    parser.add_argument("--seeds", type=int, default=1, help="houses for each way in")
    parser.add_argument("--quiet", type=int, default=3, help="houses without an intruder")
    parser.add_argument("--staff", type=int, default=60, help="people in a house")
    parser.add_argument("--only", choices=WAYS, help="this way in alone")
    parser.add_argument("--style", choices=("usual", "other"), default="usual", help="how logs are written")
    parser.add_argument("--rules", type=Path, help="rules instead of the shipped ones")
    return parser.parse_args()


def main():
    wanted = arguments()
    ways = [wanted.only] if wanted.only else WAYS
    attacked, lawful = [], []
    for way in ways:
        for seed in range(wanted.seed, wanted.seed + wanted.seeds):
            with tempfile.TemporaryDirectory(prefix="bench-dwell-") as scratch:
                house = play(wanted.programs, Path(scratch), seed, way, wanted)
                print(report.attacked(house), flush=True)
                if not attacked:
                    once = read_at_once(wanted.programs, Path(scratch), house)
                    print(f"  without restarts the same is told: {'yes' if same(house, once) else 'NO'}", flush=True)
                attacked.append(house)
    for seed in range(wanted.seed + 1_000, wanted.seed + 1_000 + wanted.quiet):
        with tempfile.TemporaryDirectory(prefix="bench-dwell-") as scratch:
            house = play(wanted.programs, Path(scratch), seed, "none", wanted)
            print(report.lawful(house), flush=True)
            lawful.append(house)
    print(report.verdict(attacked, lawful))
    print(report.NOTES)


main()
