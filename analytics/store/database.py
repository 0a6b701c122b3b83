"""The interface of a database that holds the store's tables and moves many rows at once."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Engine, Select, Table

from analytics.store.rows import COUNT_ASKED_FOR, EVENTS_ASKED_FOR
from analytics.store.tables import events


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class StoreUnavailableError(StoreError):
    """The store does not answer for now: trying again later may help."""


class StoreFullError(StoreUnavailableError):
    """The store cannot keep more for now."""

    def __init__(self) -> None:
        super().__init__("The disk of the event store is full. Make room on it: nothing else is needed.")


class StoreDamagedError(StoreError):
    """The store's file is damaged: some of it, or all, cannot be read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} is damaged: restore a backup. `analytics check` says which parts of it can be read. "
            f"The reason: {reason.removesuffix('.')}."
        )


class StoreInUseError(StoreError):
    """Another process holds the store, which belongs to one at a time."""


class StoreClosedError(StoreError):
    """The store was closed by this process."""

    def __init__(self) -> None:
        super().__init__("The event store is closed.")


class KnownKeysError(Exception):
    """Some rows are known already, although all were said to be new; nothing of the transaction is kept."""


class Database(ABC):
    """What the two databases do differently. A `revision` orders commits: see `since`."""

    engine: Engine

    @property
    def path(self) -> Path | None:
        """The database's file, if it has one."""
        return None

    @property
    def has_room(self) -> bool:
        """Whether more can be kept, as far as is known."""
        return True

    @property
    def free_bytes(self) -> int | None:
        """The bytes that are free on its disk; None where that is another machine's."""
        return None

    @abstractmethod
    def count_bytes(self) -> int:
        """Return the bytes that it takes on its disk."""

    @property
    def patience(self) -> float | None:
        """The seconds in which a commit of a few events should be done; None where it only takes its time."""
        return None

    def warnings(self) -> list[str]:
        """Return in words what was found damaged or was lost, and what to do."""
        return []

    @contextmanager
    @abstractmethod
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that is committed at the end, or not at all.

        Raises:
            StoreUnavailableError: where the database does not answer, or cannot keep more.
        """

    @contextmanager
    @abstractmethod
    def reading(self) -> Iterator[Connection]:
        """Give a transaction that sees one state of the database throughout.

        Raises:
            StoreUnavailableError: where the database does not answer.
        """

    @abstractmethod
    def lock_schema(self, connection: Connection) -> None:
        """Keep other processes from making or upgrading tables until this transaction ends."""

    @abstractmethod
    def lock_customers(self, connection: Connection, project: int, *, alone: bool) -> None:
        """Keep the customers of a project as they are until this transaction ends.

        Several may file events under them at a time; who changes them does so `alone`. It is asked for before anything
        is written, so that no two writers block each other.
        """

    @abstractmethod
    def insert(self, connection: Connection, table: Table, rows: pa.Table, *, all_new: bool = False) -> int:
        """Insert the rows whose key is not there yet, and return how many these were.

        Rows of `events` have different keys; in other tables, the first row of each key is inserted. `all_new` says
        that most likely all rows are new, which may be faster.

        Raises:
            KnownKeysError: possibly, if `all_new` is wrong.
        """

    @abstractmethod
    def just_inserted(self, connection: Connection) -> ColumnElement[bool]:
        """Return the condition on `events` that holds for what this transaction inserted."""

    @abstractmethod
    def read(self, connection: Connection, query: Select[Any]) -> pa.Table:
        """Return what a query finds."""

    @abstractmethod
    @contextmanager
    def asking(self, connection: Connection, keys: pa.ChunkedArray) -> Iterator[None]:
        """Provide a table `asked` with these keys, which queries in this context may use."""

    def rows_of(self, connection: Connection, keys: pa.ChunkedArray) -> pa.Table:
        """Return the events with these keys, with the columns of `rows.EVENTS`; made for many keys."""
        with self.asking(connection, keys):
            return self.read(connection, EVENTS_ASKED_FOR)

    def count_of(self, connection: Connection, keys: pa.ChunkedArray) -> int:
        """Return how many of these keys are known."""
        with self.asking(connection, keys):
            return int(self.read(connection, COUNT_ASKED_FOR)["known"][0].as_py())

    def era(self, connection: Connection) -> str:  # noqa: ARG002
        """Return what positions belong to: those of another era, before a restore, say nothing about this one."""
        return ""

    def settle_restored(self) -> None:  # noqa: B027
        """Make events that came with a restore older than all positions of this era."""

    @abstractmethod
    def position(self, connection: Connection) -> str:
        """Return where this transaction stands among the commits of its era."""

    @abstractmethod
    def since(self, position: str, table: Table = events) -> ColumnElement[bool]:
        """Return the condition on `events`, or on `links`, that holds for what was committed after `position`.

        If it is used with `position` in one transaction, no row is skipped or repeated, whatever the order in which
        writers commit.
        """

    def copy_to(self, file: Path) -> dict[str, int]:  # noqa: ARG002  # an embedded one does
        """Write all tables as they are at one moment to a new file, and return how many rows each of them has.

        Raises:
            StoreError: if that cannot be done.
        """
        raise StoreError("This database is backed up by a program of its own.")

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""
