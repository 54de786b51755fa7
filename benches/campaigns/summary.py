"""A table of scores with the sums that the targets speak of."""

HEADER = f"{'seed':>5}  {'assigned':>11}  {'members':>9}  {'opened':>7}  {'first alert':>11}  {'false':>5}  {'lawful in':>9}  {'mails':>7}  variant"


# The subset of the grid that the published target speaks of.
RECIPIENTS = 5
PURITY = 0.8


class Summary:
    def __init__(self, title):
        self.title = title
        self.rows = []

    def add(self, row):
        self.rows.append(row)

    def render(self):
        lines = [f"\n{self.title}", HEADER, *map(render_row, self.rows), "all:", *totals(self.rows)]
        targeted = [row for row in self.rows if is_targeted(row.variant)]
        if len(targeted) < len(self.rows):
            lines += [f"{len(targeted)} with at least {RECIPIENTS} recipients and a purity of {PURITY}:", *totals(targeted)]
        return "\n".join(lines)


def is_targeted(variant):
    """Whether the published target speaks of it: smaller or more scattered operations are shown, but not promised."""
    factors = dict(factor.split("=") for factor in (variant or "").split(",") if "=" in factor)
    return int(factors.get("recipients", RECIPIENTS)) >= RECIPIENTS and float(factors.get("purity", PURITY)) >= PURITY


def totals(rows):
    def total(field):
        return sum(getattr(row, field) for row in rows)

    mails = max(total("messages"), 1)
    alerts = sorted(alert for row in rows for alert in row.first_alerts if alert is not None)
    silent = sum(alert is None for row in rows for alert in row.first_alerts)
    recall = 100 * total("assigned") / max(total("hostile"), 1)
    false_rate = 10_000 * total("false_campaigns") / mails
    return [
        f"  recall {recall:.2f} % ({total('assigned')}/{total('hostile')} messages), "
        f"members {total('members_found')}/{total('members')}, "
        f"opened {total('opened_found')}/{total('opened')} and {total('opened_wrong')} wrong",
        f"  false campaigns {total('false_campaigns')} in {mails:,} mails ({false_rate:.3f} per 10,000), "
        f"lawful mails inside campaigns {total('lawful_inside')}",
        f"  first alert after k mails: median {percentile(alerts, 50)}, 95th percentile {percentile(alerts, 95)}, never {silent}",
    ]


def render_row(row):
    alerts = " ".join("never" if alert is None else str(alert) for alert in row.first_alerts)
    opened = f"{row.opened_found}/{row.opened}" + (f"+{row.opened_wrong}" if row.opened_wrong else "")
    return (
        f"{row.seed:>5}  {f'{row.assigned}/{row.hostile}':>11}  {f'{row.members_found}/{row.members}':>9}  {opened:>7}  "
        f"{alerts:>11}  {row.false_campaigns:>5}  {row.lawful_inside:>9}  {row.messages:>7}  {row.variant or ''}"
    ).rstrip()


def percentile(ordered, share):
    """The smallest value that at least `share` percent of the values do not exceed."""
    if not ordered:
        return "none"
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
