"""Names: what the codes in facts mean, in the order that readers expect."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.facts.timeline import (
    ASSIGNED,
    CREATED,
    DELIVERED,
    FAILED,
    HANDOFF,
    NONE,
    READ,
    RECEIVED,
    RESOLVED,
    SENT,
    Ints,
)

_READING_ORDER = (CREATED, RECEIVED, SENT, DELIVERED, READ, FAILED, ASSIGNED, HANDOFF, RESOLVED)


def name_of(code: int, known: pd.Index, missing: str) -> str:
    """Return the name of a code."""
    return missing if code == NONE else str(known[code])


def names_of(codes: Ints, known: pd.Index, missing: str) -> pd.Index:
    """Return the name of each code."""
    names: pd.Index = pd.Index(np.append(known.to_numpy(object), missing)[codes], dtype="str")
    return names


def codes_of(names: Iterable[str], known: pd.Index, missing: str | None = None) -> list[int]:
    """Return the codes of names. Unknown names are left out; the name `missing` gives the code NONE."""
    names = list(names)
    found: list[int] = known.get_indexer(pd.Index(names, dtype="str")).tolist()
    return [NONE] * (missing in names) + [code for code in found if code != NONE]


def counts_by_event_name(counts: pd.DataFrame) -> dict[str, int]:
    """Return counted cells of events as counts by event name, only for events that occur."""
    by_kind = counts.groupby("kind")["count"].sum()
    return {EVENT_NAMES[kind]: int(by_kind[kind]) for kind in _READING_ORDER if kind in by_kind.index}
