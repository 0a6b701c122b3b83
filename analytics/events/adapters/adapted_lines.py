"""Lines of a dump that are payloads of other systems, turned into lines of events."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.events.adapters.systems import find_payload, may_hold_payloads
from analytics.events.raw_lines import RawLines, split_or_none

if TYPE_CHECKING:
    from analytics.events.judge import Problem
    from analytics.events.unread import Unread

EVENTS_AT_A_TIME = 100_000


def adapt_lines(lines: RawLines) -> Iterator[RawLines]:
    """Yield the same lines with the events of payloads in the place of these, a bounded number at a time.

    Lines that are no payloads stay as they are. Where none is, a search of the whole text is all that it takes.
    """
    if lines.unit != "line" or not may_hold_payloads(lines.buffer):
        yield lines
        return
    adapting = _Adapting(lines)
    for place in range(len(lines)):
        adapting.take(place)
        if len(adapting.events) >= EVENTS_AT_A_TIME:
            yield adapting.give()
    yield adapting.give()


class _Adapting:
    """The events that were found so far, where each stood, and what was not read."""

    def __init__(self, lines: RawLines) -> None:
        self._lines = lines
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.events: list[bytes] = []
        self._line: list[int] = []
        self._index: list[int] = []
        self._problems: dict[int, Problem] = {}
        self._unread: Counter[Unread] = Counter()

    def take(self, place: int) -> None:
        """Take one line: the events of its payload or payloads, or the line itself."""
        raw, line = self._lines.raw(place), int(self._lines.line[place])
        several = split_or_none(raw) if raw.lstrip().startswith(b"[") and may_hold_payloads(raw) else None
        index = 0 if several else int(self._lines.index[place])
        for item in several or [raw]:
            if found := find_payload(item):
                system, payload = found
                adapted = system.read(payload)
                self._unread.update(adapted.unread)
                events = adapted.events
            else:
                events = [item]
                if problem := self._lines.problems.get(place):
                    self._problems[len(self.events)] = problem
            self.events += events
            self._line += [line] * len(events)
            self._index += range(index, index + len(events))
            index += len(events)

    def give(self) -> RawLines:
        """Return what was found, and begin anew."""
        line, index = np.array(self._line, np.int64), np.array(self._index, np.int32)
        made = RawLines.from_events(self.events, line, index, self._problems)
        made = replace(made, file=self._lines.file, unread=dict(self._unread))
        self._begin_anew()
        return made
