"""What DuckDB says went wrong, as errors of the store: whether it is so for now only, and what to do."""

import logging
import re
from pathlib import Path

import duckdb
from sqlalchemy.exc import DBAPIError

from analytics.store.database import (
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreInUseError,
    StoreUnavailableError,
)

log = logging.getLogger(__name__)

_FOR_NOW = (
    duckdb.IOException,  # the disk is full
    duckdb.TransactionException,  # it was at the commit
    duckdb.FatalException,  # it was where DuckDB had to give up
    duckdb.ConnectionException,  # another thread has let go of the file for that
    duckdb.OutOfMemoryException,
    duckdb.ResourceInUseException,  # it is being let go of while another thread reads
    duckdb.InterruptException,
)
_DAMAGED = (duckdb.InternalException, duckdb.SerializationException)
_SAYS_DAMAGED = re.compile(r"corrupt|could not read enough bytes|replaying WAL|checksum", re.IGNORECASE)
_OTHER_TABLES = (duckdb.CatalogException, duckdb.BinderException)
SAYS_FULL = "No space left on device"
_HELD = "Could not set lock"
_NO_DATABASE = "not a valid DuckDB database file"


def cause_of(error: DBAPIError | duckdb.Error) -> BaseException | None:
    """Return DuckDB's own error."""
    return error.orig if isinstance(error, DBAPIError) else error


def translate(error: DBAPIError | duckdb.Error, path: Path) -> StoreError | None:
    """Return what an error says about the store, without its folder; None for errors of the program."""
    cause = cause_of(error)
    reason = _first_line(cause).replace(f"{path.absolute().parent}/", "")
    if isinstance(cause, _DAMAGED) or _SAYS_DAMAGED.search(reason):
        return StoreDamagedError(path.name, reason)
    if SAYS_FULL in reason:
        return StoreFullError()
    if isinstance(cause, _FOR_NOW):
        log.warning("The event store does not work for now: %s", reason)
        return StoreUnavailableError("The event store does not work at the moment. Its log says why.")
    if isinstance(cause, _OTHER_TABLES):
        return StoreError(f"{path.name} is not an event store, because it has other tables: {reason}")
    return None


def translate_opening(error: OSError | duckdb.Error, path: Path) -> StoreError:
    """Return why a file could not be opened, and what to do."""
    reason = _first_line(error)
    if _HELD in reason:
        return StoreInUseError(
            f"{path} is open in another program. Wait until that program ends, or stop it. With PostgreSQL as the "
            "store, both can run at the same time."
        )
    found = translate(error, path) if isinstance(error, duckdb.Error) else None
    if found and (isinstance(found, StoreDamagedError) or isinstance(error, duckdb.FatalException)):
        return found
    what_to_do = " If it was one, it is damaged: restore a backup." if _NO_DATABASE in reason else ""
    return StoreError(f"{path} cannot be opened as an event store: {reason}{what_to_do}")


def _first_line(error: BaseException | None) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
