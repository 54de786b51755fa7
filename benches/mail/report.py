"""Tables of the measurements."""

NOTES = """
Profile {profile}. CPU-seconds are user plus system time: for portcullis of the whole command, its start included; for the floor of parsing,
HTML and URLs alone; for rspamd and SpamAssassin of the warmed-up server processes, without their clients. Peak RSS is that of the largest process.
Network tests are off everywhere. Caught means at default thresholds: verdict quarantine; rspamd "add header" or more; SpamAssassin 5 points.
SpamAssassin sees fewer messages because it is slow. The weights of Portcullis were fitted with part of these corpora at hand, those of the others
were not, and neither learnt here: judge detection by mail that came later.
"""


def speed(rows):
    header = ["corpus", "engine", "messages", "mean KB", "msg/CPU-s", "msg/s", "peak MiB", "failed"]
    lines = []
    for corpus, engine, result in rows:
        lines.append([
            corpus.name,
            engine,
            f"{result.messages:,}",
            f"{corpus.mean_bytes / 1000:.1f}",
            f"{result.messages / max(result.cpu_seconds, 1e-6):,.0f}",
            f"{result.messages / max(result.wall_seconds, 1e-6):,.0f}",
            "" if result.peak_rss_mib is None else f"{result.peak_rss_mib:,.0f}",
            str(result.failed),
        ])
    return table("Speed and memory", header, sorted(lines, key=lambda line: line[0]))


def detection(rows):
    header = ["corpus", "kind", "engine", "messages", "caught", "share", "false alarms"]
    lines = []
    for corpus, engine, result in rows:
        if result.caught is None:
            continue
        share = f"{100 * result.caught / max(result.messages, 1):.2f} %"
        is_lawful = corpus.kind == "ham"
        lines.append([
            corpus.name,
            corpus.kind,
            engine,
            f"{result.messages:,}",
            f"{result.caught:,}",
            "" if is_lawful else share,
            share if is_lawful else "",
        ])
    return table("Detection", header, sorted(lines, key=lambda line: (line[1], line[0])))


def table(title, header, lines):
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    text_columns = 3 if "kind" in header else 2

    def render(line):
        cells = [
            cell.ljust(width) if column < text_columns else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths))
        ]
        return "  ".join(cells).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([f"\n{title}", render(header), rule, *map(render, lines)])
