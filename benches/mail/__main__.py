"""Runs every engine over every corpus and prints two tables, then the long mailbox."""

import os
import signal
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import corpora
import report
from archive import measure_archive
from portcullis import Floor, Portcullis
from rspamd import Rspamd
from spamassassin import SpamAssassin

ENGINES = {"portcullis": Portcullis, "floor": Floor, "rspamd": Rspamd, "spamassassin": SpamAssassin}


def main():
    data = Path(os.environ["PORTCULLIS_DATA"]) / "mail"
    profile = os.environ["PROFILE"]
    limit = int(os.environ.get("N", "0")) or None
    slow_limit = int(os.environ.get("SPAMASSASSIN_N", "100"))
    archive_messages = int(os.environ.get("ARCHIVE", "250000"))
    names = os.environ["ENGINES"].split()
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        sys.exit(f"bench-mail: no engine is called {', '.join(unknown)}")

    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-mail-") as scratch:
        for name in names:
            with ENGINES[name](Path(scratch), profile) as engine:
                for corpus in corpora.load(data, limit if name != "spamassassin" else min(slow_limit, limit or slow_limit)):
                    print(f"{name}: {corpus.name}, {len(corpus.files)} messages", file=sys.stderr)
                    rows.append((corpus, engine.name, engine.measure(corpus.files)))
        print(report.speed(rows))
        print(report.detection(rows))
        if archive_messages and "portcullis" in names:
            print(measure_archive(data / "archive", archive_messages, Path(scratch), profile))
    print(report.NOTES.format(profile=profile))


# Being asked to end must still end the servers that were started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
main()
