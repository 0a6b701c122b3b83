"""The structure of long JSON: where its brackets and commas are, found by array operations in a part at a time."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from analytics.events.wording import json_place

BYTES_AT_A_TIME = 2 * 2**20

_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_IS_MARK = np.zeros(256, np.bool_)
_IS_MARK[list(b'"[]{},')] = True
_STEP = np.zeros(256, np.int8)
_STEP[list(b"[{")] = 1
_STEP[list(b"]}")] = -1


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


class Structure:
    """The part of a JSON text that is held: its bytes, and its brackets and commas outside of texts.

    `places` (int64) are their offsets in `text`, `kinds` (uint8) their letters, and `depths` (int32) say in how many
    brackets one is behind each of them.
    """

    def __init__(self, head: bytes, stream: Readable, line: int = 1) -> None:
        """Take the beginning of the text, what follows it, and the number of its first line."""
        self.text = b""
        self.places = np.zeros(0, np.int64)
        self.kinds = np.zeros(0, np.uint8)
        self.depths = np.zeros(0, np.int32)
        self.line = line
        """The line at which `text` begins."""
        self._letters_before = 0  # in that line
        self._head, self._stream = head, stream
        self._depth = 0
        self._within_text = self._after_backslash = False

    def read_on(self) -> bool:
        """Hold some more of the text; return whether there was more."""
        part, self._head = self._head[:BYTES_AT_A_TIME], self._head[BYTES_AT_A_TIME:]
        part = part or self._stream.read(BYTES_AT_A_TIME)
        if part:
            self._find_marks(part)
            self.text += part
        return bool(part)

    def drop(self, size: int) -> None:
        """Hold the first bytes no longer."""
        dropped, self.text = self.text[:size], self.text[size:]
        breaks = dropped.count(b"\n")
        self.line += breaks
        letters = len(dropped[dropped.rfind(b"\n") + 1 :].decode(errors="replace"))
        self._letters_before = letters + (0 if breaks else self._letters_before)
        first = int(np.searchsorted(self.places, size))
        self.places, self.kinds, self.depths = self.places[first:] - size, self.kinds[first:], self.depths[first:]

    def place_of(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset in `text`, in characters, both from 1."""
        line, column = json_place(offset, self.text)
        return self.line + line - 1, column + (self._letters_before if line == 1 else 0)

    def _find_marks(self, part: bytes) -> None:
        data = np.frombuffer(part, np.uint8)
        places = np.flatnonzero(_IS_MARK[data])
        kinds = data[places]
        quotes = kinds == _QUOTE
        if self._after_backslash or b"\\" in part:
            quotes &= ~self._find_escaped(data)[places]
        within = (np.cumsum(quotes) + self._within_text) % 2 == 1
        self._within_text = bool(within[-1]) if len(within) else self._within_text
        outside = ~within & (kinds != _QUOTE)
        places, kinds = places[outside], kinds[outside]
        depths = self._depth + np.cumsum(_STEP[kinds], dtype=np.int32)
        self._depth = int(depths[-1]) if len(depths) else self._depth
        self.places = np.concatenate([self.places, places + len(self.text)])
        self.kinds = np.concatenate([self.kinds, kinds])
        self.depths = np.concatenate([self.depths, depths])

    def _find_escaped(self, data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """Return which bytes stand behind a backslash that is not escaped itself."""
        escaped = np.zeros(len(data) + 1, np.bool_)
        slashes = np.flatnonzero(data == _BACKSLASH)
        if self._after_backslash:
            escaped[0] = True
            slashes = slashes[slashes > 0]
        begins = np.diff(slashes, prepend=-2) != 1  # a run of them: every second one is escaped
        first = np.maximum.accumulate(np.where(begins, slashes, 0))
        escaped[slashes[(slashes - first) % 2 == 0] + 1] = True
        self._after_backslash = bool(escaped[-1])
        return escaped[:-1]
