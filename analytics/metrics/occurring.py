"""What occurs in the data, whatever the filter: the values that can be chosen, and the kinds of events."""

from analytics.events.frame import EVENT_NAMES
from analytics.metrics.filters import CHOICES, NOBODY, UNKNOWN
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection


def _tally_codes(selection: Selection, key: str) -> list[str]:
    (choice,) = (choice for choice in CHOICES if choice.key == key)
    return [*choice.occurring(selection.facts)]


@conclude_from(_tally_codes)
def list_occurring(tally: list[str], _: Scope, key: str) -> list[str]:  # noqa: ARG001
    """Return the codes of a choice that occur (see `CHOICES`), by name, nobody and the unknown last."""
    return sorted(set(tally), key=lambda code: (code in (NOBODY, UNKNOWN), code))


def _tally_kinds(selection: Selection) -> list[int]:
    kinds: list[int] = selection.facts.events.cells.table["kind"].unique().tolist()
    return kinds


@conclude_from(_tally_kinds)
def list_never_seen(tally: list[int], _: Scope) -> list[str]:
    """Return which events of the contract never occur."""
    return [name for code, name in enumerate(EVENT_NAMES) if code not in tally]
