"""Asks a program that reads Sigma rules, event by event, and holds its answers against pySigma's reading of the same rules.

    python sigma_oracle RULES [--events 4] [--every 1] [--seed 1789]

The program is on the other side of standard input and output. It says first which rules it has, their ids separated by tabs. Then a line
goes out for each event, `ID<tab>JSON`, where the id is of the rule whose logsource the event has; back comes a line with the ids of all
rules that match it. Disagreements are told on standard error; with any that `explained.yml` does not explain the exit code is 1.
"""

import argparse
import json
import pathlib
import random
import sys

import yaml
from events import Maker
from meaning import Meaning
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("rules", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=4, help="events for each rule")
    parser.add_argument("--every", type=int, default=1, help="only one rule of so many gets events")
    parser.add_argument("--seed", type=int, default=1789)
    return parser.parse_args()


def rules_below(folder):
    """Each rule by its id; and the ids of those that pySigma does not read, with the reason."""
    rules, unread = {}, {}
    for path in sorted(folder.glob("rules*/**/*.yml")):
        text = path.read_text(encoding="utf-8")
        try:
            rule = SigmaRule.from_yaml(text)
            rules[str(rule.id)] = (rule, Meaning(rule))
        except (SigmaError, NotImplementedError) as error:
            unread[yaml.safe_load(text).get("id")] = str(error)
    return rules, unread


class Judge:
    """The program on the other side."""

    def __init__(self):
        self.known = set(self.answer())

    def answer(self):
        line = sys.stdin.readline()
        if not line:
            sys.exit("the program ended too early")
        return line.rstrip("\n").split("\t")

    def ask(self, rule_id, event):
        values = {name: found[0] if len(found) == 1 else found for name, found in event.items()}
        print(rule_id, json.dumps(values), sep="\t", flush=True)
        return set(self.answer())


def main():
    options = arguments()
    explained = yaml.safe_load((pathlib.Path(__file__).parent / "explained.yml").read_text(encoding="utf-8"))
    rules, unread = rules_below(options.rules)
    judge = Judge()
    maker = Maker(random.Random(options.seed))
    compared = matched = 0
    differing, uncomparable = {}, {}
    asked = [rule_id for rule_id in sorted(rules) if rule_id in judge.known][:: options.every]
    for rule_id in asked:
        meaning = rules[rule_id][1]
        for round_ in range(options.events):
            event = maker.event(maker.chance.choice(meaning.conditions), round_ > 0)
            found = judge.ask(rule_id, event)
            for held in {rule_id} | (found & rules.keys()):
                try:
                    expected = rules[held][1].holds(event)
                except Exception as error:  # what Python's expressions cannot do is told, whatever it is
                    uncomparable[held] = repr(error)
                    continue
                compared += 1
                matched += expected
                if expected != (held in found):
                    differing.setdefault(held, (expected, event))
    told = {rule_id for rule_id in differing | uncomparable if rule_id not in explained["rules"]}
    missing = {rule_id for rule_id in rules.keys() - judge.known if rule_id not in explained["rules"]}
    for rule_id in sorted(told):
        if rule_id in differing:
            expected, event = differing[rule_id]
            print(f"{rule_id} should be {expected}: {json.dumps(event)}", file=sys.stderr)
        else:
            print(f"{rule_id} cannot be compared: {uncomparable[rule_id]}", file=sys.stderr)
    for rule_id in sorted(missing):
        print(f"{rule_id} is not in force", file=sys.stderr)
    print(
        f"{len(asked)} rules, {compared} answers compared, {matched} matches; {len(differing)} rules differ, "
        f"{len(uncomparable)} cannot be compared, {len(unread)} are not read by pySigma; {len(told | missing)} unexplained",
        file=sys.stderr,
    )
    sys.exit(1 if told or missing else 0)


main()
