"""What is printed."""

from collections import Counter

from measure import delays, entry_cases, false_alerts, in_entry_case

NOTES = """
synthetic: houses, people and intruders are invented, and the same hand wrote them and the rules; docs/dwell.md says what that leaves open
alert: a sighting of level high or critical, which opens a case; remembered: one of level medium, which only joins one
seconds: time of the alert's event minus that of the first line of the step; a live scan adds at most one second to it
"""


def after(seconds):
    if seconds is None:
        return "never"
    if seconds < 600:
        return f"{seconds:.0f} s"
    if seconds < 86_400 * 2:
        return f"{seconds / 3_600:.1f} h"
    return f"{seconds / 86_400:.0f} d"


def attacked(house):
    rows = [f"\nway in: {house.way}, seed {house.seed}: {house.lines} lines, {house.days} days"]
    known = entry_cases(house)
    for delay in delays(house):
        joined = "" if delay.step == "entry" else ("same case" if in_entry_case(house, delay.step) else "other case")
        rule = delay.rule or ("remembered only" if delay.remembered else "")
        rows.append(f"  {delay.step:<26} {after(delay.seconds):>8}  {joined if rule else '':<10}  {rule}")
    lawful = sum(row["case"] in known and row["step"] is None for row in house.alerts(("medium", "high", "critical")))
    hostile = sum(row["case"] in known and row["step"] is not None for row in house.alerts(("medium", "high", "critical")))
    rows.append(f"  case of the entry: {hostile} sightings of the intruder, {lawful} of lawful life")
    rows.append(costs(house))
    return "\n".join(rows)


def lawful(house):
    rows = [f"\nno intruder, seed {house.seed}: {house.lines} lines, {house.days} days"]
    for name, levels in (("alerts", ("high", "critical")), ("remembered", ("medium",))):
        told = false_alerts(house, levels)
        rows.append(f"  {name}: {sum(told.values()) / house.days:.2f} a day ({sum(told.values())})")
        rows.extend(f"    {count:>5}  {title}" for title, count in told.most_common())
    opened = Counter(case["status"] for case in house.cases.values())
    rows.append(f"  cases: {opened['open']} opened, {opened['forming']} remembered")
    rows.append(costs(house))
    return "\n".join(rows)


def costs(house):
    pace = house.lines / house.cpu_seconds
    return f"  {house.cpu_seconds:.1f} CPU-s, {house.wall_seconds:.1f} s in {house.pieces} processes, {pace:,.0f} lines a CPU-s"


def verdict(attacked_houses, lawful_houses):
    """The figures that were asked for, and whether they were reached."""
    worst = lambda kind: [delay for house in attacked_houses for delay in delays(house) if delay.step == kind]
    rows = ["\nasked for, over all houses"]
    rows.append(line("entry to alert, the longest", worst("entry"), 60))
    rows.append(line("use after 270 days to alert, the longest", worst("use after 270 days"), 86_400))
    slow = worst("password once in 11 days") + worst("slow bulk read")
    rows.append(line("low and slow to alert, the longest", slow, 86_400))
    joined = [in_entry_case(house, "use after 270 days") for house in attacked_houses]
    rows.append(f"  {'use after 270 days in the case of the entry':<48} {sum(joined)} of {len(joined)}")
    for house in lawful_houses:
        daily = sum(false_alerts(house, ("high", "critical")).values()) / house.days
        rows.append(f"  {f'false alerts a day, seed {house.seed}':<48} {daily:.2f} (at most 1)")
    return "\n".join(rows)


def line(what, found, seconds_max):
    missed = sum(delay.seconds is None for delay in found)
    longest = max((delay.seconds for delay in found if delay.seconds is not None), default=None)
    late = f", {missed} of {len(found)} never" if missed else ""
    return f"  {what:<48} {after(longest)} (at most {after(seconds_max)}){late}"
