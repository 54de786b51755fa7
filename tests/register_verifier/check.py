#!/usr/bin/env python3
"""Checks a seal, proof or certificate of a register by docs/register.md alone: no code is shared with the program.

    check.py proof FILE [ROOT]
    check.py certificate FILE FROM.seal TO.seal

Exit code 0: it holds and nothing is open. 1: it does not, or a certificate has changes without a notice. 2: bad usage.
"""

import base64
import hashlib
import json
import struct
import sys


class Bad(Exception):
    """What does not hold."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def check(holds, reason):
    if not holds:
        raise Bad(reason)


class Reader:
    """Bytes of a file, of which everything that is read is hashed."""

    def __init__(self, file):
        self.file = file
        self.hash = hashlib.sha256()

    def take(self, count):
        data = self.file.read(count)
        check(len(data) == count, "it ends too early")
        self.hash.update(data)
        return data

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def checksum(self):
        expected = self.hash.digest()
        check(self.take(32) == expected, "its checksum is another")
        check(self.file.read(1) == b"", "something follows its end")


def leaf_hash(key, mark, fields):
    return sha256(b"\0", struct.pack(">I", len(key)), key, mark, fields)


class Tree:
    """RFC 6962, section 2.1: complete subtrees from the left, the largest first."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def push(self, node):
        rest = self.size
        while rest & 1:
            node = sha256(b"\1", self.peaks.pop(), node)
            rest >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        root = self.peaks[-1] if self.peaks else sha256()
        for left in reversed(self.peaks[:-1]):
            root = sha256(b"\1", left, root)
        return root


def inclusion_root(index, size, leaf, path):
    """The root that a path leads to: RFC 9162, section 2.1.3.2."""
    check(index < size, "the elector is beyond the end")
    place, last, node = index, size - 1, leaf
    for sibling in path:
        check(last > 0, "the path is too long")
        if place & 1 or place == last:
            node = sha256(b"\1", sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\1", node, sibling)
        place, last = place >> 1, last >> 1
    check(last == 0, "the path is too short")
    return node


class Seal:
    """A seal's file; its electors are yielded once."""

    def __init__(self, name):
        self.reader = Reader(open(name, "rb"))
        check(self.reader.take(16) == b"PORTCULLIS-SEAL2", "this is no seal")
        self.heading = json.loads(self.reader.take(self.reader.number(">I")))
        self.tree = Tree()

    def electors(self):
        """Key and mark of each elector."""
        last = None
        while (length := self.reader.number(">I")) != 0xFFFFFFFF:
            key, mark, fields = self.reader.take(length), self.reader.take(16), self.reader.take(32)
            check(last is None or last < key, "the keys of a seal do not ascend")
            last = key
            self.tree.push(leaf_hash(key, mark, fields))
            yield key, mark
        check(self.reader.number(">Q") == self.tree.size, "a seal has another number of electors")
        check(self.reader.take(32) == self.tree.root(), "the leaves of a seal do not come to its root")
        self.reader.checksum()

    def name(self):
        root = base64.b64encode(self.tree.root()).decode()
        return {"epoch": self.heading["epoch"], "rows": self.tree.size, "root": root}


def check_proof(name, root=None):
    reader = Reader(open(name, "rb"))
    check(reader.take(16) == b"PORTCULLISPROOF1", "this is no proof")
    part = lambda: reader.take(reader.number(">H"))
    heading = json.loads(part())
    _entry, rows, found_root, index = reader.number(">Q"), reader.number(">Q"), reader.take(32), reader.number(">Q")
    key, mark = part(), reader.take(16)
    commitments, shown = [], {}
    for _ in range(reader.number(">H")):
        if reader.number(">B"):
            salt, field, value = reader.take(16), part(), part()
            commitments.append(sha256(salt, struct.pack(">H", len(field)), field, value))
            shown[field.decode()] = value.decode()
        else:
            commitments.append(reader.take(32))
    path = [reader.take(32) for _ in range(reader.number(">B"))]
    reader.checksum()
    leaf = leaf_hash(key, mark, sha256(*commitments))
    check(inclusion_root(index, rows, leaf, path) == found_root, "the proof does not lead to its root")
    text = base64.b64encode(found_root).decode()
    check(root is None or root == text, "the proof leads to another root")
    print(json.dumps({"register": heading["register"], "root": text, "fields": shown}, sort_keys=True))
    return True


def differences(before, after):
    """Key and change of each elector who differs, in the order of the keys."""
    left, right = next(before, None), next(after, None)
    while left or right:
        if right is None or (left and left[0] < right[0]):
            yield left[0], "removed"
            left = next(before, None)
        elif left is None or right[0] < left[0]:
            yield right[0], "added"
            right = next(after, None)
        else:
            if left[1] != right[1]:
                yield left[0], "changed"
            left, right = next(before, None), next(after, None)


def key_of(values):
    return b"".join(struct.pack(">H", len(text)) + text for text in map(str.encode, values))


def check_certificate(name, before_name, after_name):
    before, after = Seal(before_name), Seal(after_name)
    lines = [json.loads(line) for line in open(name, encoding="utf-8")]
    check(len(lines) >= 2, "the certificate ends too early")
    head, body, totals = lines[0], lines[1:-1], lines[-1]
    found = [(key_of(line["key"]), line["change"]) for line in body if line["change"] != "none"]
    check(found == list(differences(before.electors(), after.electors())), "the seals differ in other electors")
    check(head["format"] == "portcullis register certificate 1", "this is no certificate")
    check([head["from"], head["to"]] == [before.name(), after.name()], "it is about other seals")
    names = {head["register"], before.heading["register"], after.heading["register"]}
    check(len(names) == 1, "it is about another register")
    counted = {
        "electors": len(found),
        "unexplained": sum(line["change"] != "none" and not line["notices"] for line in body),
        "not_carried_out": sum(line["change"] == "none" for line in body),
    }
    check(totals == counted, "its counts are others")
    print(json.dumps(counted, sort_keys=True))
    return not counted["unexplained"] and not counted["not_carried_out"]


def main(arguments):
    kinds = {"proof": (check_proof, (2, 3)), "certificate": (check_certificate, (4,))}
    if not arguments or len(arguments) not in kinds.get(arguments[0], (None, ()))[1]:
        return print(__doc__, file=sys.stderr) or 2
    try:
        return 0 if kinds[arguments[0]][0](*arguments[1:]) else 1
    except (Bad, OSError, ValueError, KeyError, TypeError) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
