"""Validation: lines go in; the event frame comes out, and everything that cannot be used with the reason.

Nothing is lost: received = events + duplicates + rejected.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, islice

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.events.columns.assemble import Assembly
from analytics.events.columns.parser import ColumnParser, Columns
from analytics.events.contract import EVENTS, Assumptions
from analytics.events.customers import find_links
from analytics.events.dump_error import DumpError
from analytics.events.judge import Problem, ValidEvent, judge
from analytics.events.left_out import LeftOut, LeftOuts, note
from analytics.events.raw_lines import RawLines
from analytics.events.rejected import Rejected
from analytics.events.rejects import find_rejected_ids, find_unmended
from analytics.events.repeats import Repeats
from analytics.events.unread import Unread

MOST_REJECTED = 1_000_000
"""The most events that may be unusable: each is kept, with its reason and its bytes."""

_OPEN_QUESTIONS = {"timestamp_no_offset", "phone_no_country_code", "date_ambiguous", "value_unknown"}


@dataclass(frozen=True)
class Validation:
    """The result of validation.

    `events` is the event frame (see `frame.py`) in order of arrival, with the first event of each identity;
    `repeats` counts the others.
    """

    events: pd.DataFrame
    rejected: list[Rejected]
    repeats: Repeats = field(default_factory=Repeats)
    mended: frozenset[str] = frozenset()
    """The ids of rejected events that came again in a file of rejects (see `rejects.py`), valid now or not."""
    unread: dict[Unread, int] = field(default_factory=dict)
    """What payloads of other systems held that was not understood, and how often."""
    left_out: int = 0
    """How many rows of tables were left out, as it was told; they are not among the received."""
    left_out_properties: LeftOuts = field(default_factory=LeftOuts)
    """The optional properties that could not be used, and how often."""
    links: pd.DataFrame | None = None
    """Which ids are one customer's, by all valid events (see `customers.py`); None where only `events` say so."""

    @property
    def all_links(self) -> pd.DataFrame:
        """Which ids are one customer's, whoever says so."""
        return find_links(self.events) if self.links is None else self.links

    @property
    def duplicates(self) -> int:
        """How many events came again."""
        return self.repeats.total()

    @property
    def conflicts(self) -> int:
        """How many duplicates differ from the first of their identity."""
        return sum(count for (_, fields), count in self.repeats.items() if fields)

    @property
    def received(self) -> int:
        """The number of all events, good or not."""
        return len(self.events) + self.duplicates + len(self.rejected)

    @property
    def unknown_events(self) -> dict[str, int]:
        """The number of events by name for names outside the contract; they are kept, but not part of the metrics."""
        counts = self.events["event"].value_counts()
        return {str(name): int(count) for name, count in counts.items() if name not in EVENTS and count}


def validate(
    blocks: Iterable[RawLines], assumptions: Assumptions | None = None, *, open_batches: bool = True
) -> Validation:
    """Validate the events of `blocks`, whose lines may hold an event, a batch, or a list of either.

    Without `open_batches`, a line holds one event.

    Blocks may come from several files one after the other: an event known from the first is a duplicate
    in the second. A blank line is no event.

    Raises:
        DumpError: if more events cannot be used than are kept.
    """
    mended: set[str] = set()
    unread: Counter[Unread] = Counter()
    left_out: list[int] = []
    noted = _note_rejects(_note_beside(blocks, unread, left_out), mended)
    properties = LeftOuts()
    assembly, rejected = validate_to_columns(
        noted,
        assumptions or Assumptions(),
        open_batches=open_batches,
        most_rejected=MOST_REJECTED,
        note_left_out=lambda _, found: note(properties, found),
    )
    events, again, links = assembly.event_frame()
    return Validation(events, rejected, again, frozenset(mended), dict(unread), sum(left_out), properties, links)


def _note_beside(blocks: Iterable[RawLines], unread: "Counter[Unread]", left_out: list[int]) -> Iterator[RawLines]:
    """Yield blocks, and note what they say beside their events."""
    for lines in blocks:
        unread.update(lines.unread)
        left_out.append(lines.left_out)
        yield lines


def _note_rejects(blocks: Iterable[RawLines], mended: set[str]) -> Iterator[RawLines]:
    for lines in blocks:
        ids = find_rejected_ids(lines.buffer)
        mended |= ids
        yield replace(lines, problems={**find_unmended(lines), **lines.problems}) if ids else lines


def validate_to_columns(
    blocks: Iterable[RawLines],
    assumptions: Assumptions,
    *,
    open_batches: bool,
    most_rejected: float = math.inf,
    note_left_out: Callable[[int, LeftOut], None] = lambda _, __: None,
) -> tuple[Assembly, list[Rejected]]:
    """Validate as `validate` does, but return the valid events as columns, and the rejected events.

    `note_left_out` is told of each optional property that could not be used, with the line of its event.

    Raises:
        DumpError: if there are more rejected ones than `most_rejected`, or a tenth of it with hardly any good one.
    """
    parser = ColumnParser(assumptions)
    assembly = Assembly(parser.vocabularies)
    rejected: list[Rejected] = []
    good = 0
    for lines, columns in _parse_blocks(parser, blocks, open_batches=open_batches):
        judged: dict[int, ValidEvent] = {}
        columns.good[list(lines.problems)] = False
        for place in np.flatnonzero(~columns.good).tolist():
            raw = lines.raw(place)
            match lines.problems.get(place) or judge(raw, assumptions):
                case ValidEvent() as event:
                    judged[place] = event
                    for left_out in event.left_out:
                        note_left_out(int(lines.line[place]), left_out)
                case Problem() as problem if raw.strip():
                    where = int(lines.line[place]), int(lines.index[place])
                    rejected.append(Rejected(*where, problem, raw, lines.file, lines.unit))
        good += len(judged) + int(np.count_nonzero(columns.good))
        if len(rejected) > most_rejected / 10 and (
            len(rejected) > most_rejected or (len(rejected) > 100 * good and _hopeless(rejected))
        ):
            raise _refusal(rejected)
        assembly.add(lines, columns, judged)
    return assembly, rejected


def _hopeless(rejected: list[Rejected]) -> bool:
    """Return whether no answer of people could make any of these events good."""
    return not any(event.problem.code in _OPEN_QUESTIONS for event in rejected)


def _refusal(rejected: list[Rejected]) -> DumpError:
    reasons = Counter((event.problem.field, event.problem.message) for event in rejected)
    (field, message), count = reasons.most_common(1)[0]
    return DumpError(
        f"{len(rejected):,} events of this file cannot be used, {count:,} of them for one reason: "
        f"{f'{field}: ' if field else ''}{message}. Fix the file, or read it in parts."
    )


def _parse_blocks(
    parser: ColumnParser, blocks: Iterable[RawLines], *, open_batches: bool
) -> Iterator[tuple[RawLines, Columns]]:
    """Yield lines of one event each, and their columns."""
    for lines, table in _query_ahead(parser, blocks):
        columns = parser.parse(lines, table)
        if open_batches and columns.is_batch.any():
            yield from ((opened, parser.parse(opened)) for opened in lines.split_batches(columns.is_batch))
        else:
            yield lines, columns


def _query_ahead(parser: ColumnParser, blocks: Iterable[RawLines]) -> Iterator[tuple[RawLines, pa.Table]]:
    """Yield each block with its JSON texts; meanwhile DuckDB works on the next block."""
    rest = iter(blocks)
    first = list(islice(rest, 2))
    if len(first) == 1:  # not worth a thread
        yield first[0], parser.query(first[0])
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting: tuple[RawLines, Future[pa.Table]] | None = None
        for lines in chain(first, rest):
            ahead = lines, pool.submit(parser.query, lines)
            if waiting:
                yield waiting[0], waiting[1].result()
            waiting = ahead
        if waiting:
            yield waiting[0], waiting[1].result()
