"""Lost commits are noticed: the number of the latest one is kept beside the embedded store's file, too.

DuckDB drops the end of a damaged log without a word. So each commit has a number in the database, and once it is
durable the number is written to a small file, before anybody is told that something is kept. Where the file is ahead
of the database when this is opened, commits are missing. Who is killed between the two leaves the database ahead, as
does a power failure, since nobody waits for the disk to have the file: both are right.
"""

import logging
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

_RECORD = struct.Struct("<8sQqQq")
_CHECKSUM = struct.Struct("<I")
_MAGIC = b"commits1"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Confirmed:
    """The number and time (seconds since 1970) of the latest commit; how many were lost so far, and the last's time."""

    number: int = 0
    at: int = 0
    lost: int = 0
    lost_until: int = 0


def commits_path(store: Path) -> Path:
    """Return the path of the file that knows how many commits a store had.

    Whoever puts another in the place of a store, such as a backup, removes it.
    """
    return store.with_name(f"{store.name}.commits")


class Commits:
    """The commits of a store that were confirmed, and how many of them are missing."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = commits_path(store)
        self._file: BinaryIO | None = None
        self._known = _Confirmed()
        self._lock = threading.Lock()

    def compare(self, number: int) -> None:
        """Take the number of the latest commit in the database, which was just opened."""
        with self._lock:
            known = _read(self._path) or _Confirmed(number)
            if number < known.number:
                missing = known.number - number
                known = replace(known, lost=known.lost + missing, lost_until=known.at)
            self._known = replace(known, number=number)
            self._write()
        for text in self.warnings():
            log.warning("%s", text)

    def confirm(self, number: int) -> None:
        """Note a commit that is durable."""
        with self._lock:
            self._known = replace(self._known, number=number, at=int(time.time()))
            self._write()

    def warnings(self) -> list[str]:
        """Return in words what was lost and what to do; nothing where nothing was."""
        if not self._known.lost:
            return []
        commits = "1 confirmed commit is" if self._known.lost == 1 else f"{self._known.lost:,} confirmed commits are"
        until = datetime.fromtimestamp(self._known.lost_until, UTC)
        text = (
            f"{self._store.name}: {commits} missing, the last of {until:%Y-%m-%d %H:%M:%S} UTC. Its log was damaged or "
            "lost, or somebody put an older copy in its place. Send and import again what came until then. Nothing is "
            f"stored twice. Then stop the app and delete {self._path.name}."
        )
        return [text]

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
        self._file = None

    def _write(self) -> None:
        """Write what is known in one piece; what is committed stays so where this fails."""
        known = self._known
        record = _RECORD.pack(_MAGIC, known.number, known.at, known.lost, known.lost_until)
        try:
            if self._file is None:
                self._path.touch(0o600)
                self._file = self._path.open("r+b", buffering=0)
            self._file.seek(0)
            self._file.write(record + _CHECKSUM.pack(crc32(record)))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path.name, error.strerror)


def _read(path: Path) -> _Confirmed | None:
    """Return what was confirmed, None where this is not known."""
    with suppress(FileNotFoundError):
        data = path.read_bytes()
        record = data[: _RECORD.size]
        if data[_RECORD.size :] == _CHECKSUM.pack(crc32(record)) and record.startswith(_MAGIC):
            return _Confirmed(*_RECORD.unpack(record)[1:])
        log.warning("%s is damaged: so we do not know whether commits were lost.", path.name)
    return None
