"""What the app and the command line call to read files: the same lines as `read_dump` gives, from a child process."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, cast

from pydantic import TypeAdapter

from analytics.events.dump_error import DumpError
from analytics.events.files.choices import NO_CHOICES, Choices
from analytics.events.files.contents import ROWS_TO_SEE, Content
from analytics.events.files.dump import Progress, Source, name_of
from analytics.events.raw_lines import RawLines
from analytics.events.tables.encodings import Guess
from analytics.reading.messages import Message, lines_of, table_of
from analytics.reading.process import Child, borrow

MOST_MORE_BYTES = 2**30
"""How much more memory a child may hold than when it started."""
MOST_MORE_BYTES_AT_ONCE = 3 * 2**29
"""The same for workbooks and Parquet, which are held whole, or a great part of them."""
MOST_SECONDS_SILENT = 28.0
"""So that a file in which nothing is to be found is refused within 30 s of its being dropped."""
_SECONDS_BETWEEN_BEATS = 0.25
_READ_AT_ONCE = (b"PAR1", b"PK\x03\x04")
_TO_DO = "split it, or export it again as CSV or as JSON with one event per line (NDJSON)"


def read_apart(source: Source, progress: Progress | None = None, choices: Choices = NO_CHOICES) -> Iterator[RawLines]:
    """Yield the lines of a dump in blocks, as `read_dump` does. Where nobody wants the rest, the child is ended.

    `progress` is called with the share of the file read so far (0 to 1), and some times a second while nothing comes.

    Raises:
        DumpError: as `read_dump` does, and where the file took the child too much memory, too much time, or its life.
    """
    request = {"choices": TypeAdapter(Choices).dump_json(choices, by_alias=True).decode()}
    reading = _Reading(progress)
    for message in reading.answers(source, request):
        lines = lines_of(message)
        reading.note(lines)
        yield lines


def look_apart(
    source: Source,
    name: str | None = None,
    progress: Progress | None = None,
    *,
    encoding: str | None = None,
    rows: int = ROWS_TO_SEE,
) -> Iterator[Content]:
    """Yield what a file holds, as `contents` does; `progress` is called some times a second.

    Raises:
        DumpError: as `read_apart` does.
    """
    request = {"name": name or name_of(source), "encoding": encoding, "rows": rows}
    for message in _Reading(progress).answers(source, request):
        said = message.said
        guess = said["guess"] and TypeAdapter(Guess).validate_python(said["guess"])
        yield Content(said["content"], said["kind"], table_of(message), guess)


class _Reading:
    """The reading of one file: how far it has come, and what is said where it comes no further."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress or (lambda _: None)
        self._share = 0.0
        self._reached = ""

    def note(self, lines: RawLines) -> None:
        """Note how far the file has been read."""
        if len(lines):
            where = f" of “{lines.file}”" if lines.file else ""
            self._reached = f" after {lines.unit} {int(lines.line[-1]):,}{where}"

    def answers(self, source: Source, request: dict[str, Any]) -> Iterator[Message]:
        """Yield what a child says of a file."""
        with _on_disk(source) as file, borrow() as child:
            child.ask(request, file, _most_bytes(file))
            while (message := self._wait(child)) and not message.is_last:
                if "share" in message.said:
                    self._share = message.said["share"]
                    self._progress(self._share)
                else:
                    yield message
            if message is None:
                raise DumpError(self._describe_death(child))
        if reason := self._refusal(message.said):
            raise DumpError(reason)

    def _wait(self, child: Child) -> Message | None:
        """Return a child's next message, None if none comes any more."""
        since = monotonic()
        while not child.speaks(_SECONDS_BETWEEN_BEATS):
            if monotonic() - since > MOST_SECONDS_SILENT:
                silent = f"because nothing more was found for {MOST_SECONDS_SILENT:.0f} seconds"
                raise DumpError(f"We stopped reading the file{self._reached}, {silent}: {_TO_DO}.")
            self._progress(self._share)
        return child.hear()

    def _refusal(self, said: dict[str, Any]) -> str:
        """Return why a file cannot be used, as its child says; empty if it can."""
        if said.get("memory"):
            return f"Reading the file takes too much memory{self._reached}: {_TO_DO}."
        if "failed" in said:
            return (
                f"The file cannot be read{self._reached} ({said['failed']} at {said['at']}). It may be damaged: "
                f"{_TO_DO}."
            )
        return str(said.get("refused", ""))

    def _describe_death(self, child: Child) -> str:
        code = child.wait()
        if child.outgrown:
            most = child.most_more_bytes / 2**30
            return f"Reading the file takes more than {most:g} GiB of memory{self._reached}: {_TO_DO}."
        cause = signal.strsignal(-code) if code < 0 else f"exit code {code}"
        return f"Reading the file stopped{self._reached} ({cause}). It is damaged or needs too much memory: {_TO_DO}."


def _most_bytes(file: BinaryIO) -> int:
    """Return how much memory a file may take; some of these are not read row by row."""
    file.seek(0)
    return MOST_MORE_BYTES_AT_ONCE if file.read(4) in _READ_AT_ONCE else MOST_MORE_BYTES


@contextmanager
def _on_disk(source: Source) -> Iterator[BinaryIO]:
    """Give an open file that another process can read: that of a path, or a copy of what is in memory alone."""
    try:
        if isinstance(source, str | Path):
            with Path(source).open("rb") as file:
                yield file
        elif isinstance(source, BytesIO):
            with tempfile.TemporaryFile() as copy:
                copy.write(source.getbuffer())
                copy.flush()
                yield cast("BinaryIO", copy)
        else:
            yield source
    except OSError as error:
        raise DumpError(f"The file cannot be read: {error.strerror or error}.") from None
