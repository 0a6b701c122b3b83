"""Documents: JSON values over several lines, and very long lines. They are split into events in bounded memory."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NoReturn

import msgspec
import numpy as np
import numpy.typing as npt

from analytics.events.adapters.systems import find_payload, may_hold_payloads
from analytics.events.dump_error import DumpError
from analytics.events.files.structure import Readable, Structure
from analytics.events.raw_lines import MAX_BYTES_SPLIT_AT_ONCE, RawLines, split_batch, split_list
from analytics.events.wording import is_cut_off, json_fault, json_offset, json_place

EVENTS_PER_BLOCK = 100_000
_BYTES_PER_BLOCK = 8 * 2**20

LINES_TO_SEE = 3
_COMMA, _BEGIN_OF_LIST, _END_OF_LIST = b",[]"
_KEY_OF_BATCH = re.compile(rb'"batch"\s*:\s*\Z')
_MOST_BYTES_OF_KEY = 1_000  # with the space behind it
_MOST_BYTES_OF_PAYLOAD = 16 * 2**20
"""A payload of another system is read at once; webhooks have 3 MB at most, and a page of a list hardly more."""


def opens_document(head: bytes) -> bool:
    """Return whether one JSON value spans several lines. Otherwise the first line was merely cut short.

    In a document the first line opens something that it does not close, and the next two lines continue it. If they
    do not continue it, the document is broken, unless these lines are values of their own.
    """
    first, *more = head.strip().split(b"\n", LINES_TO_SEE)[:LINES_TO_SEE]
    if not more or _json_state(first) != "cut":
        return False
    if _json_state(b"\n".join([first, *more])) != "broken":
        return True
    return first.rstrip().endswith((b"{", b"[", b",", b":")) and "whole" not in map(_json_state, more)


def _json_state(text: bytes) -> Literal["whole", "cut", "broken"]:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "cut" if is_cut_off(error) else "broken"
    except RecursionError:
        return "broken"
    return "whole"


def read_document(head: bytes, stream: Readable, line: int = 1) -> Iterator[RawLines]:
    """Yield the events of a JSON value in blocks. `head` is its beginning, at a line of the file, `stream` the rest.

    A list may be of any length, and so may a batch; whatever else is in it has at most 1 MiB, but for a payload of
    another system, which may also be all that there is.

    Raises:
        DumpError: if it is not JSON, or holds anything longer.
    """
    head += stream.read(max(0, MAX_BYTES_SPLIT_AT_ONCE + 1 - len(head)))
    if len(head) > MAX_BYTES_SPLIT_AT_ONCE:
        if may_hold_payloads(head):
            head += stream.read(max(0, _MOST_BYTES_OF_PAYLOAD - len(head)))
        if find_payload(head):
            yield RawLines.from_events([head.strip()], np.array([line]), np.zeros(1, np.int32))
        else:
            yield from _Splitting(Structure(head, stream, line)).blocks()
        return
    try:
        events = split_batch(head)
    except (ValueError, RecursionError) as error:
        offset = json_offset(error, head)
        place = None if offset is None else json_place(offset, head)
        raise _error(error, head, place and (place[0] + line - 1, place[1])) from None
    yield from to_blocks([head.strip()] if events is None else events, head, line, 0)


def to_blocks(events: list[bytes], text: bytes, line: int, index: int) -> Iterator[RawLines]:
    """Yield the events of a text that begins at a line of the file; `index` is the number of the first of them."""
    breaks = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    place = 0
    for start in range(0, len(events), EVENTS_PER_BLOCK):
        part = events[start : start + EVENTS_PER_BLOCK]
        places = []
        for event in part:
            place = text.find(event, place)
            places.append(place)
            place += len(event)
        lines = np.searchsorted(breaks, places).astype(np.int64) + line
        first = index + start
        yield RawLines.from_events(part, lines, np.arange(first, first + len(part), dtype=np.int32))


class _Splitting:
    """The splitting of a long text, of which no more is held than a block and an item."""

    def __init__(self, held: Structure) -> None:
        self._held = held
        self._index = 0

    def blocks(self) -> Iterator[RawLines]:
        """Yield the events of the text."""
        if self._next_letter() == b"[":
            self._held.drop(1)
            yield from self._items(1)
        else:
            yield from self._batch(0)
        if self._next_letter(may_end=True):
            self._decode(b"[]", self._held.text, b"")  # raises for what follows

    def _items(self, depth: int, *, of_batch: bool = False) -> Iterator[RawLines]:
        """Yield the events of a list whose items stand at a depth; its first bracket was dropped, its last will be."""
        held, before, more = self._held, b"[", True
        while more:
            stops, closed = self._find_stops(depth)
            sizes = np.diff(stops, prepend=-1)
            if (sizes[0] if len(stops) else len(held.text)) > MAX_BYTES_SPLIT_AT_ONCE:
                if of_batch:
                    self._refuse_long()
                yield from self._batch(depth)
                more = self._pass_comma()
            elif not closed and (len(held.text) < _BYTES_PER_BLOCK or not len(stops)) and held.read_on():
                continue
            else:
                count = int(np.argmax(np.append(sizes > MAX_BYTES_SPLIT_AT_ONCE, True)))
                count = min(count, EVENTS_PER_BLOCK)
                more = count < len(stops) or not closed
                if not count:
                    self._refuse_cut()
                text = held.text[: stops[count - 1]]
                events = self._decode(before, text, b",0]" if more else b"]", of_batch=of_batch)
                yield from self._to_blocks(events, text)
                held.drop(int(stops[count - 1]) + 1)
            before = b"[0,"

    def _find_stops(self, depth: int) -> tuple[npt.NDArray[np.int64], bool]:
        """Return where the items at a depth end: at commas, and at the end of their list if that is held."""
        held = self._held
        ends = np.flatnonzero(held.depths < depth)
        last = int(ends[0]) if len(ends) else len(held.places)
        if len(ends) and held.kinds[last] != _END_OF_LIST:
            self._decode(b"[", held.text[: held.places[last] + 1], b"")
        commas = held.places[:last][(held.kinds[:last] == _COMMA) & (held.depths[:last] == depth)]
        return np.append(commas, held.places[last : last + 1]), bool(len(ends))

    def _batch(self, depth: int) -> Iterator[RawLines]:
        """Yield the events of the batch that the text goes on with, in brackets of a depth; it will be dropped."""
        held = self._held
        if self._next_letter() != b"{":
            self._refuse_long()
        start = self._find(lambda: self._find_list_of_batch(depth + 1))
        self._check_batch(b"", held.text[: start + 1], b"]}")
        held.drop(start + 1)
        yield from self._items(depth + 2, of_batch=True)
        end = self._find(lambda: held.places[held.depths == depth])
        self._check_batch(b'{"batch":[]', held.text[: end + 1], b"")
        held.drop(end + 1)

    def _find_list_of_batch(self, depth: int) -> list[int]:
        """Return where the list of a batch begins; `depth` is that of the batch's keys."""
        held = self._held
        ends = np.flatnonzero(held.depths < depth)
        last = int(ends[0]) if len(ends) else len(held.places)
        begins = (held.kinds[:last] == _BEGIN_OF_LIST) & (held.depths[:last] == depth + 1)
        for place in held.places[:last][begins].tolist():
            if _KEY_OF_BATCH.search(held.text, max(0, place - _MOST_BYTES_OF_KEY), place):
                return [place]
        if len(ends):
            self._refuse_long()
        return []

    def _check_batch(self, before: bytes, text: bytes, after: bytes) -> None:
        """Refuse what is no JSON, or an event rather than a batch."""
        try:
            found = msgspec.json.decode(before + text + after, type=dict[str, msgspec.Raw])
        except (ValueError, RecursionError) as error:
            self._refuse(error, before, text)
        if any(bytes(found.get(name, b"null")) != b"null" for name in ("event", "event_name")):
            self._refuse_long()

    def _find(self, search: Callable[[], Sequence[int] | npt.NDArray[np.int64]]) -> int:
        """Read on until a search finds a place, and return the first; it cannot be far."""
        while not len(found := search()):
            if len(self._held.text) > MAX_BYTES_SPLIT_AT_ONCE:
                self._refuse_long()
            if not self._held.read_on():
                self._refuse_cut()
        return int(found[0])

    def _pass_comma(self) -> bool:
        """Drop the comma that comes next, or the end of the list; return whether it was a comma."""
        letter = self._next_letter()
        if letter not in {b",", b"]"}:
            self._decode(b"[0 ", self._held.text[:1], b"]")
        self._held.drop(1)
        return letter == b","

    def _next_letter(self, *, may_end: bool = False) -> bytes:
        """Drop the space that comes next, and return the letter behind it; empty at the end."""
        while not (rest := self._held.text.lstrip()):
            self._held.drop(len(self._held.text))
            if not self._held.read_on():
                if not may_end:
                    self._refuse_cut()
                return b""
        self._held.drop(len(self._held.text) - len(rest))
        return rest[:1]

    def _decode(self, before: bytes, text: bytes, after: bytes, *, of_batch: bool = False) -> list[bytes]:
        """Return the events of a list, a part of which is held; what was put before and after it is left out."""
        try:
            found = (split_list if of_batch else split_batch)(before + text + after) or []
        except (ValueError, RecursionError) as error:
            self._refuse(error, before, text)
        return found[b"0" in before : len(found) - (b"0" in after)]

    def _to_blocks(self, events: list[bytes], text: bytes) -> Iterator[RawLines]:
        yield from to_blocks(events, text, self._held.line, self._index)
        self._index += len(events)

    def _refuse(self, error: Exception, before: bytes, text: bytes) -> NoReturn:
        offset = json_offset(error, before + text)
        place = None if offset is None else self._held.place_of(offset - len(before))
        raise _error(error, before + text, place) from None

    def _refuse_cut(self) -> NoReturn:
        raise _error(ValueError("EOF"), b"", None)

    def _refuse_long(self) -> NoReturn:
        line, _ = self._held.place_of(0)
        raise DumpError(
            f"This is one JSON document. The value that begins at line {line:,} has more than "
            f"{MAX_BYTES_SPLIT_AT_ONCE // 2**20} MiB, but it is not a list of events and not a batch: write one event "
            "per line (NDJSON)."
        )


def _error(error: Exception, text: bytes, place: tuple[int, int] | None) -> DumpError:
    where = f" at line {place[0]:,}, column {place[1]:,}" if place else ""
    return DumpError(f"The file is not valid JSON{where}: {json_fault(error, text)}.")
