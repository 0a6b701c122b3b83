"""A database that keeps the store's tables, and takes and gives many of their rows at once."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Engine, Select, Table

from analytics.store.rows import ASKED, KNOWN


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class StoreUnavailableError(StoreError):
    """The store does not answer for now: trying again later may help."""


class StoreClosedError(StoreError):
    """The store was closed by this process."""

    def __init__(self) -> None:
        super().__init__("The event store is closed.")


class KnownKeysError(Exception):
    """Rows that were said to be all new are not; nothing of their transaction is kept."""


class Database(ABC):
    """What the two databases do differently. A `revision` orders commits: see `since`."""

    engine: Engine

    @property
    def path(self) -> Path | None:
        """The file that holds it all, where there is one."""
        return None

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
    def insert(self, connection: Connection, table: Table, rows: pa.Table, *, all_new: bool = False) -> int:
        """Insert the rows whose key is not there yet, and return how many these were.

        Rows of `events` have different keys; of other tables, the first row of a key is inserted. `all_new` says
        that most likely all are, which may be faster.

        Raises:
            KnownKeysError: perhaps, where `all_new` does not hold.
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
        """Have a table `asked` of these keys, which queries within may name."""

    def rows_of(self, connection: Connection, keys: pa.ChunkedArray) -> pa.Table:
        """Return the events of these keys, as `rows.EVENTS` has them; for many keys."""
        with self.asking(connection, keys):
            return self.read(connection, ASKED)

    def count_of(self, connection: Connection, keys: pa.ChunkedArray) -> int:
        """Return how many of these keys are known."""
        with self.asking(connection, keys):
            return int(self.read(connection, KNOWN)["known"][0].as_py())

    @abstractmethod
    def position(self, connection: Connection) -> str:
        """Return where this transaction stands among the commits."""

    @abstractmethod
    def since(self, position: str) -> ColumnElement[bool]:
        """Return the condition on `events` that holds for what was committed after `position`.

        Together with `position`, within one transaction, it neither skips nor repeats a row, in whatever
        order writers commit.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""
