"""Writes each exercise, scans it as a user would, and prints how what was found compares with the truth."""

import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

from house import House
from score import score
from summary import Summary

LANTERN_SEEDS = " ".join(str(seed) for seed in range(101, 111))


def main():
    house = House(Path("target") / os.environ["PROFILE"] / "portcullis")
    seeds = os.environ.get("SEEDS", LANTERN_SEEDS).split()
    grid_seeds = os.environ.get("GRID_SEEDS", "201").split()
    chosen = os.environ.get("VARIANTS", "")
    variants = [text for text in chosen.split(";") if text] if chosen else (house.variants() if grid_seeds else [])

    lantern, grid = Summary("LANTERN"), Summary("Grid of variants")
    for seed in seeds:
        lantern.add(play(house, seed, None))
    for variant in variants:
        for seed in grid_seeds:
            grid.add(play(house, seed, variant))
    for summary in (lantern, grid):
        if summary.rows:
            print(summary.render())
    print("\nThese campaigns are synthetic: the figures show that the logic holds, not how accurate it is in the field.")


def play(house, seed, variant):
    print(f"seed {seed}, {variant or 'LANTERN'}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench-campaigns-") as scratch:
        exercise = house.write(Path(scratch), seed, variant)
        messages, campaigns = house.scan(Path(scratch), exercise)
        return score(seed, variant, exercise, messages, campaigns)


main()
