"""What was told, compared with what was done."""

from collections import Counter
from dataclasses import dataclass

from house import moment


@dataclass
class Delay:
    """How long after the first line of a kind of step the first alert came, in seconds; none when it never came."""

    step: str
    seconds: float | None
    rule: str | None
    case: str | None
    remembered: bool


def delays(house):
    """One for each kind of step, in the order of time. An alert counts when a line of such a step set it off."""
    first = {}
    for step in sorted(house.steps, key=lambda step: step["first"]):
        first.setdefault(step["step"], moment(step["first"]))
    return [delay(house, kind, began) for kind, began in first.items()]


def delay(house, kind, began):
    alerts = [row for row in house.alerts() if row["step"] == kind]
    remembered = any(row["step"] == kind for row in house.alerts(("medium",)))
    if not alerts:
        return Delay(kind, None, None, None, remembered)
    earliest = min(alerts, key=lambda row: moment(row["time"]))
    # Some logs know no milliseconds, so an alert may seem to come before what it is about.
    seconds = max((moment(earliest["time"]) - began).total_seconds(), 0.0)
    return Delay(kind, seconds, earliest["rule"]["title"], earliest["case"], remembered)


def entry_cases(house):
    """Cases that hold an alert of the entry."""
    return {row["case"] for row in house.alerts() if row["step"] == "entry"} - {None}


def in_entry_case(house, kind):
    """Did an alert or a sighting worth remembering of this kind of step join a case of the entry?"""
    rows = house.alerts(("medium", "high", "critical"))
    return any(row["case"] in entry_cases(house) for row in rows if row["step"] == kind)


def false_alerts(house, levels):
    """Alerts that no line of the intruder set off, by rule."""
    return Counter(row["rule"]["title"] for row in house.alerts(levels) if row["step"] is None)


def same(house, other):
    """Did both tell the same alerts?"""
    what = lambda rows: Counter((row["rule"]["id"], row["time"], row["source"], row["position"]) for row in rows)
    return what(house.sightings) == what(other.sightings)
