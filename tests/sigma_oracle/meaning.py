"""What a rule means, from pySigma's parsed form and the text of the specification alone: slow, short, and written without looking at
the program that is held against it."""

import ipaddress
import json
import re
from datetime import datetime

import sigma.types as types
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)

COMPARISONS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def text_of(value):
    """A value as a log has it."""
    return value if isinstance(value, str) else json.dumps(value)


def folded(text):
    """Both cases of letters are alike, each letter for itself."""
    return "".join(letter.lower() for letter in text)


def number_of(text):
    """A number in decimal, or in hexadecimal as Windows writes some."""
    if re.fullmatch(r"0[xX][0-9a-fA-F]+", text):
        return int(text, 16)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return float(text) if re.search(r"[.eE]", text) else int(text)
    return None


def expression_of(string, is_cased):
    """A text with wildcards as a regular expression."""
    parts = []
    for part in string.s:
        if part == types.SpecialChars.WILDCARD_MULTI:
            parts.append(".*")
        elif part == types.SpecialChars.WILDCARD_SINGLE:
            parts.append(".")
        else:
            parts.append(re.escape(part if is_cased else folded(part)))
    return re.compile("".join(parts), re.DOTALL)


def is_like(string, text, is_keyword):
    """Is the text like the string; or any part of it, for a keyword?"""
    is_cased = isinstance(string, types.SigmaCasedString)
    expression = expression_of(string, is_cased)
    text = text if is_cased else folded(text)
    return bool(expression.search(text) if is_keyword else expression.fullmatch(text))


def is_in(network, text):
    """Is the text an address of the network? An IPv4 address written in IPv6 is the IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in ipaddress.ip_network(network, strict=False)


def part_of_time(part, text):
    """The part of a time as it is written."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.isocalendar().week if part == "week" else getattr(time, part)


class Meaning:
    """The conditions of one rule."""

    def __init__(self, rule):
        self.conditions = [condition.parsed for condition in rule.detection.parsed_condition]

    def holds(self, event):
        """Does the rule match the event: a dictionary of lists of values?"""
        return any(self.node(condition, event) for condition in self.conditions)

    def node(self, node, event):
        if isinstance(node, ConditionAND):
            return all(self.node(part, event) for part in node.args)
        if isinstance(node, ConditionOR):
            return any(self.node(part, event) for part in node.args)
        if isinstance(node, ConditionNOT):
            return not self.node(node.args[0], event)
        if isinstance(node, ConditionFieldEqualsValueExpression):
            return self.field(node.field, node.value, event)
        assert isinstance(node, ConditionValueExpression), node
        return any(self.passes(node.value, value, event, True) for values in event.values() for value in values)

    def field(self, field, wanted, event):
        values = event.get(field, [])
        if isinstance(wanted, types.SigmaExpansion):
            return any(self.field(field, value, event) for value in wanted.values)
        if isinstance(wanted, types.SigmaNull):
            return not values or None in values
        if isinstance(wanted, types.SigmaExists):
            return bool(values) == bool(wanted)
        return any(self.passes(wanted, value, event, False) for value in values)

    def passes(self, wanted, value, event, is_keyword):
        if value is None:
            return False
        text = text_of(value)
        match wanted:
            case types.SigmaExpansion():
                return any(self.passes(one, value, event, is_keyword) for one in wanted.values)
            case types.SigmaString():
                return is_like(wanted, text, is_keyword)
            case types.SigmaNumber() if is_keyword:
                return text_of(wanted.number) in text
            case types.SigmaNumber():
                return number_of(text) == wanted.number
            case types.SigmaBool():
                return folded(text) == text_of(wanted.boolean)
            case types.SigmaRegularExpression():
                return bool(wanted_expression(wanted).search(text))
            case types.SigmaCIDRExpression():
                return is_in(wanted.cidr, text)
            case types.SigmaTimestampPart():
                return part_of_time(wanted.timestamp_part.value, text) == wanted.number
            case types.SigmaCompareExpression():
                number = number_of(text)
                return number is not None and COMPARISONS[wanted.op.value](number, wanted.number.number)
            case types.SigmaFieldReference():
                return any(self.relates(wanted, text, other) for other in event.get(wanted.field, []))
        raise NotImplementedError(type(wanted).__name__)

    @staticmethod
    def relates(wanted, text, other):
        if other is None:
            return False
        text, other = folded(text), folded(text_of(other))
        if wanted.starts_with and wanted.ends_with:
            return other in text
        if wanted.starts_with:
            return text.startswith(other)
        return text.endswith(other) if wanted.ends_with else text == other


def wanted_expression(wanted):
    """The expression of a rule, compiled."""
    flags = 0
    for flag in wanted.flags:
        flags |= wanted.sigma_to_python_flags[flag]
    return re.compile(str(wanted.regexp), flags)
