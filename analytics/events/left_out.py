"""Left out: optional properties that could not be used. Each costs itself, not its event; it is counted and shown."""

from collections import Counter, defaultdict
from typing import NamedTuple

_MOST_VALUES = 1_000
"""With more kinds than this, new ones are counted without their value."""

_SHOWN = 3


class LeftOut(NamedTuple):
    """A property that was left out: of which event, its field as in problems, why, and what it held, as JSON."""

    event: str
    field: str
    message: str
    value: str


LeftOuts = Counter[LeftOut]
"""How often each was left out."""


def note(found: LeftOuts, left_out: LeftOut) -> None:
    """Count a property that was left out."""
    if len(found) >= _MOST_VALUES and left_out not in found:
        left_out = left_out._replace(value="")
    found[left_out] += 1


def describe(found: LeftOuts) -> list[str]:
    """Return a sentence for each property and reason, the commonest first."""
    by_reason: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (_, field, message, value), count in found.items():
        by_reason[field, message][value] += count
    ordered = sorted(by_reason.items(), key=lambda each: (-each[1].total(), each[0]))
    return [
        f"{field} was left out of {values.total():,} event{'s' * (values.total() != 1)}{show(values)}: {message}"
        for (field, message), values in ordered
    ]


def show(values: "Counter[str]") -> str:
    """Return the commonest values in brackets; nothing where none is to be shown."""
    shown = [value for value, _ in values.most_common() if value][:_SHOWN]
    more = ", …" * (len(values) > len(shown) > 0)
    return f" ({', '.join(shown)}{more})" if shown else ""
