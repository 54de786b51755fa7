"""Compares exported campaigns with the truth. A campaign belongs to the operation that most of its messages come from."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Score:
    """One exercise. Counts are sums over its hostile operations; `first_alerts` has one entry an operation, None when none came."""

    seed: str
    variant: str | None
    messages: int
    hostile: int
    assigned: int
    members: int
    members_found: int
    opened: int
    opened_found: int
    opened_wrong: int
    first_alerts: list
    false_campaigns: int
    lawful_inside: int


def score(seed, variant, exercise: Path, messages, campaigns):
    truth = read_lines(exercise / "truth" / "campaigns.jsonl")
    concerning = [campaign for campaign in campaigns if campaign["concern"]]
    owned = {operation["id"]: [] for operation in truth}
    false_campaigns, lawful_inside = 0, 0
    for campaign in concerning:
        operation, share = owner(campaign, truth)
        if share < 0.5:
            false_campaigns += 1
            continue
        owned[operation["id"]].append(campaign)
        lawful_inside += round((1 - share) * len(set(campaign["messages"])))
    pairs = [(operation, owned[operation["id"]]) for operation in truth]
    opened = [opens(*pair) for pair in pairs]
    return Score(
        seed,
        variant,
        messages,
        hostile=sum(len(set(operation["messages"])) for operation in truth),
        assigned=sum(len(set(operation["messages"]) & union(found, "messages")) for operation, found in pairs),
        members=sum(len(set(operation["members"])) for operation in truth),
        members_found=sum(len(set(operation["members"]) & union(found, "members")) for operation, found in pairs),
        opened=sum(len(operation["opened"]) for operation in truth),
        opened_found=sum(right for right, _ in opened),
        opened_wrong=sum(wrong for _, wrong in opened),
        first_alerts=[first_alert(found) for _, found in pairs],
        false_campaigns=false_campaigns,
        lawful_inside=lawful_inside,
    )


def owner(campaign, truth):
    """The operation that most messages of the campaign come from, and their share."""
    messages = set(campaign["messages"])
    shared = [(len(messages & set(operation["messages"])) / max(len(messages), 1), operation) for operation in truth]
    share, operation = max(shared, key=lambda pair: pair[0], default=(0, None))
    return operation, share


def union(campaigns, field):
    return {item for campaign in campaigns for item in campaign[field]}


def opens(operation, campaigns):
    """(members rightly said to have opened, members wrongly said so)"""
    said = {member for campaign in campaigns for member, state in campaign["members"].items() if state == "opened"}
    true = set(operation["opened"])
    return len(said & true), len(said - true)


def first_alert(campaigns):
    """How many of the campaign's mails had arrived when a person was alerted; the earliest alert counts."""
    alerts = [campaign["first_alert"] for campaign in campaigns if campaign["first_alert"]]
    return min(alerts, key=lambda alert: alert["time"])["after_messages"] if alerts else None


def read_lines(path: Path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
