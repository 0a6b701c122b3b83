"""Backups: all tables of an embedded store, as they are at one moment, in a file of their own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.store.beside import log_of, unfinished
from analytics.store.database import Database, StoreError
from analytics.store.duckdb_copy import count_rows
from analytics.store.private_files import make_private

_LEAST_ROOM = 16 * 2**20
"""The room that is wanted beside twice the size of the store, which has its keys' index in its log for a while."""


@dataclass(frozen=True)
class Backup:
    """A backup: its file, its size in bytes, and how many rows each of its tables has."""

    file: Path
    size: int
    rows: dict[str, int]


def back_up(database: Database, target: Path) -> Backup:
    """Write a backup to a new file, which is there whole or not at all; others may read and write meanwhile.

    Raises:
        StoreError: where something is there already, it cannot be written, or it does not hold what was read.
    """
    if os.path.lexists(target):
        raise StoreError(f"{target} exists already: choose another file name.")
    return replace_backup(database, target)


def replace_backup(database: Database, target: Path) -> Backup:
    """Write a backup as `back_up` does, in place of an earlier one.

    Raises:
        StoreError: where it cannot be written, or it does not hold what was read.
    """
    if not target.parent.is_dir():
        raise StoreError(f"The folder {target.parent} does not exist: make it first.")
    part = unfinished(target)
    try:
        _refuse_where_room_is_short(database, target)
        with _removed_after(part):
            rows = database.copy_to(part)
            make_private(part)
            if (written := count_rows(part)) != rows:
                raise StoreError(f"The backup has {written} rows instead of {rows}, so we deleted it.")
            _wait_until_on_disk(part)
            part.rename(target)
            if os.name == "posix":  # elsewhere folders cannot be opened
                _wait_until_on_disk(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from None
    return Backup(target, target.stat().st_size, rows)


def _refuse_where_room_is_short(database: Database, target: Path) -> None:
    """Refuse to fill a disk, which may be the store's own."""
    files = [file for file in (database.path, database.path and log_of(database.path)) if file and file.exists()]
    needed = 2 * sum(file.stat().st_size for file in files) + _LEAST_ROOM
    free = shutil.disk_usage(target.parent).free
    if free < needed:
        needs, has = needed // 2**20, free // 2**20
        raise StoreError(f"A backup may need {needs:,} MB, and the disk of {target.parent} has {has:,} MB left.")


@contextmanager
def _removed_after(part: Path) -> Iterator[None]:
    """Remove what an earlier attempt left, and at the end what is left of this one."""
    part.unlink(missing_ok=True)
    try:
        yield
    finally:
        for file in (part, log_of(part)):
            file.unlink(missing_ok=True)


def _wait_until_on_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
