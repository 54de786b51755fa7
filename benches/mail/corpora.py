"""The corpora: which folders, what they are, and an even choice of their messages."""

from dataclasses import dataclass
from pathlib import Path

HOSTILE = {"phish_pot": "phishing", "spam_sa": "spam", "spam_csdmc": "spam"}
LAWFUL = {"ham_csdmc": "ham", "ham_sa": "ham", "hardham_sa": "ham"}


@dataclass
class Corpus:
    name: str
    kind: str
    files: list

    @property
    def mean_bytes(self):
        return sum(file.stat().st_size for file in self.files) / len(self.files)


def load(data: Path, limit):
    """All corpora that are there, each with at most `limit` messages, chosen evenly over the sorted names."""
    found = []
    for name, kind in (HOSTILE | LAWFUL).items():
        files = sorted((data / name).glob("*.eml"))
        if files:
            found.append(Corpus(name, kind, evenly(files, limit)))
    return found


def evenly(files, limit):
    if limit is None or limit >= len(files):
        return files
    return [files[at * len(files) // limit] for at in range(limit)]
