"""Events for a rule: made of its own literals so that it matches, and altered so that it nearly does."""

import sigma.types as types
from sigma.conditions import ConditionAND, ConditionNOT, ConditionOR, ConditionValueExpression

# A field that no rule asks for, whose value only keywords look at.
OTHER = "a field of no rule"


def text_for(value):
    """A text that passes, as far as that is easily said; None if it takes none."""
    match value:
        case types.SigmaString():
            parts = {types.SpecialChars.WILDCARD_MULTI: "", types.SpecialChars.WILDCARD_SINGLE: "q"}
            return "".join(parts.get(part, part) for part in value.s)
        case types.SigmaCompareExpression():
            return str(value.number.number)
        case types.SigmaNumber():
            return str(value.number)
        case types.SigmaBool():
            return str(value.boolean).lower()
        case types.SigmaRegularExpression():
            return str(value.regexp).replace("\\", "")
        case types.SigmaCIDRExpression():
            return value.cidr.split("/")[0]
        case types.SigmaTimestampPart():
            return "2026-11-07T07:07:07"
        case types.SigmaFieldReference() | types.SigmaExists():
            return "x"
    return None


class Maker:
    """Makes events by chance that can be repeated."""

    def __init__(self, chance):
        self.chance = chance

    def event(self, condition, is_altered):
        """An event for a parsed condition: a dictionary of lists of values."""
        event = {}
        self.satisfy(condition, is_altered, event)
        return event

    def satisfy(self, node, is_altered, event):
        if isinstance(node, ConditionAND):
            for part in node.args:
                self.satisfy(part, is_altered, event)
        elif isinstance(node, ConditionOR):
            self.satisfy(self.chance.choice(node.args), is_altered, event)
        elif isinstance(node, ConditionNOT):
            if is_altered and self.chance.random() < 0.3:
                self.satisfy(node.args[0], is_altered, event)
        else:
            field = OTHER if isinstance(node, ConditionValueExpression) else node.field
            self.add(field, node.value, is_altered, event)

    def add(self, field, value, is_altered, event):
        if isinstance(value, types.SigmaExpansion):
            return self.add(field, self.chance.choice(value.values), is_altered, event)
        if isinstance(value, types.SigmaExists) and not value.exists:
            return None
        text = text_for(value)
        if isinstance(value, types.SigmaFieldReference):
            event.setdefault(value.field, []).append(text)
        if text is None:
            if is_altered and self.chance.random() < 0.5:
                event.setdefault(field, []).append(None)
            return None
        if is_altered and self.chance.random() < 0.4:
            text = self.altered(text)
        values = event.setdefault(field, [])
        if values and isinstance(values[-1], str) and self.chance.random() < 0.9:
            values[-1] += text
        elif isinstance(value, types.SigmaNumber) and self.chance.random() < 0.5 and text.isdecimal():
            values.append(int(text))
        else:
            values.append(text)
        return None

    def altered(self, text):
        """The text with a change that may or may not matter."""
        at = self.chance.randrange(len(text) + 1)
        return self.chance.choice(
            [
                text.upper,
                text.lower,
                lambda: text[1:],
                lambda: text[:-1],
                lambda: text[:at] + text[at + 1 :],
                lambda: text[:at] + self.chance.choice("Kж-/–\\ .?*") + text[at:],
                lambda: "x" + text,
                lambda: text + "\n",
                lambda: text[:at] + "Σ" + text[at:],
                lambda: "",
            ]
        )()
