"""Restoring: a backup takes the place of an embedded store that no process holds."""

import glob
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from analytics.store.beside import before_restore, forget_what_lies_beside, log_of, unfinished
from analytics.store.database import StoreError, StoreInUseError
from analytics.store.private_files import make_folder, make_private

try:
    import fcntl
except ImportError:  # on Windows, where nobody can rename a file that is open
    fcntl = None  # type: ignore[assignment]


@contextmanager
def copied_beside(source: Path, store: Path) -> Iterator[Path]:
    """Give a copy of a backup beside the store, with its log if it has one; what is left of it is removed at the end.

    Raises:
        StoreError: if it cannot be made.
    """
    part = unfinished(store)
    try:
        try:
            make_folder(store.parent)
            for file, copy in ((source, part), (log_of(source), log_of(part))):
                copy.unlink(missing_ok=True)
                if file == source or file.exists():
                    shutil.copyfile(file, copy)
                    make_private(copy)
        except OSError as error:
            raise StoreError(f"{source} cannot be copied beside the store: {error.strerror}.") from None
        yield part
    finally:
        for file in store.parent.glob(f"{glob.escape(part.name)}*"):
            file.unlink()


def put_in_place(part: Path, store: Path) -> Path | None:
    """Put a store that lies beside another into its place; return where that is kept, None if there was none.

    Raises:
        StoreInUseError: if a process holds the store.
        StoreError: if it cannot be done.
    """
    kept = before_restore(store, datetime.now(UTC))
    try:
        with held_by_nobody(store):
            there = store.exists()
            _rename(store, kept)
            forget_what_lies_beside(store)
            _rename(part, store)
    except OSError as error:
        raise StoreError(f"{store} cannot be replaced: {error.strerror}.") from None
    return kept if there else None


def _rename(store: Path, name: Path) -> None:
    """Rename the file of a store with its log, where there are any."""
    for file, other in ((log_of(store), log_of(name)), (store, name)):
        if file.exists():
            file.rename(other)


@contextmanager
def held_by_nobody(store: Path) -> Iterator[None]:
    """Keep other processes from opening a store, where there is one, as each that has it open keeps the others.

    Raises:
        StoreInUseError: if a process has it open.
    """
    if fcntl is None or not store.exists():
        yield
        return
    with store.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # DuckDB asks for the same
        except BlockingIOError:
            raise StoreInUseError(f"{store} is open in another program: stop that program first.") from None
        yield
