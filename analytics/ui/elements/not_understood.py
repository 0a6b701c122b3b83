"""What payloads of other systems held that was not understood, as a table."""

from collections.abc import Iterable

import pandas as pd

from analytics.events.adapters.systems import SYSTEMS
from analytics.events.unread import Unread
from analytics.ui.elements import tables


def draw(found: Iterable[tuple[Unread, int]]) -> None:
    """Draw the kinds of things in their order, each with how often it came."""
    rows = list(found)
    frame = pd.DataFrame({
        "System": [title_of(kind.system) for kind, _ in rows],
        "Kind": [kind.what for kind, _ in rows],
        "Name in that system": [kind.name for kind, _ in rows],
        "How often": [count for _, count in rows],
    })  # fmt: skip
    tables.draw(frame, alt="Payloads of other systems that we did not understand")


def title_of(system: str) -> str:
    """Return what a system is called; its key where this program does not know it."""
    return SYSTEMS[system].title if system in SYSTEMS else system
