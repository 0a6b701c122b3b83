"""Customers as they are kept: which ids are one customer's, what brought each link, and whose each event is.

Beside every event stands its customer's number. The least number of all their ids is a customer's, so that it does not
depend on the order in which links come. A link that joins two customers moves the events of one of them in the same
transaction. Links of test events join here as well: whatever is asked for, a customer is then one by number.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, delete, select, text

from analytics.events.customer_id import canonical, spellings_of
from analytics.events.customers import LINKING, join_ids, join_links, no_links
from analytics.store.customer_numbers import NUMBER, encode, number_of
from analytics.store.database import Database
from analytics.store.tables import events, linked_ids, links

LINKS = select(links.c.one, links.c.other, links.c.test).distinct()
"""The query for links with the columns that `links_frame` reads."""


def links_frame(rows: pa.Table) -> pd.DataFrame:
    """Return rows of `LINKS` as links (see `analytics.events.customers`)."""
    return pd.DataFrame({
        "one": pd.Series(rows["one"].to_pylist(), dtype="str"),
        "other": pd.Series(rows["other"].to_pylist(), dtype="str"),
        "test": rows["test"].to_numpy().astype(np.bool_),
    })  # fmt: skip


def links_of_rows(*parts: pa.Table | None) -> pd.DataFrame:
    """Return the links that rows of the table `events` bring."""
    return join_links(*(_links_by(rows, name) for rows in parts if rows for name in LINKING if _has(rows[name])))


def _has(column: pa.ChunkedArray) -> bool:
    return int(column.null_count) < len(column)


def _links_by(rows: pa.Table, name: str) -> pd.DataFrame:
    chosen = rows.select(["user_id", name, "test"]).filter(pc.is_valid(rows[name]))
    distinct = dict.fromkeys(
        (min(user, other), max(user, other), test)
        for user, other, test in zip(*(column.to_pylist() for column in chosen.columns), strict=True)
        if user != other
    )
    return no_links() if not distinct else pd.DataFrame(list(distinct), columns=["one", "other", "test"])


def keep_links(
    database: Database, connection: Connection, project: int, found: pd.DataFrame, import_id: str | None = None
) -> None:
    """Keep links and what brought them, and join the customers that they make one.

    It comes before the events that bring them are filed. From here on, no other transaction files events of the
    project until this one ends, if any of the links is new.
    """
    rows = _rows_of_links(found, project, import_id)
    if not len(rows) or not _has_new(connection, rows):
        return
    database.lock_customers(connection, project, alone=True)
    database.insert(connection, links, rows)
    _join(connection, project, found)


def keep_links_of_rows(database: Database, connection: Connection, project: int, rows: pa.Table) -> None:
    """Keep the links of rows of the table `events`, each with the import that brought its row."""
    for import_id in rows["import_id"].unique().to_pylist():
        own = pc.equal(rows["import_id"], import_id) if import_id else pc.is_null(rows["import_id"])
        keep_links(database, connection, project, links_of_rows(rows.filter(own)), import_id)


def file_events(
    database: Database, connection: Connection, rows: pa.Table, brought: pd.DataFrame, import_id: str | None = None
) -> pa.Table:
    """Return rows of the table `events`, each with the number of its customer, after keeping the links they bring.

    All are of one project. No other transaction brings a link in between.
    """
    if not len(rows):
        return rows
    project = rows["project"][0].as_py()
    keep_links(database, connection, project, brought, import_id)
    database.lock_customers(connection, project, alone=False)
    any_linked = select(linked_ids.c.id).where(linked_ids.c.project == project).limit(1)
    if connection.scalar(any_linked) is None:
        return rows
    codes, distinct = encode(rows["user_id"])
    ids = [canonical(known) for known in distinct.to_pylist()]
    linked = _find_linked(connection, project, ids)
    numbers = pa.array([linked.get(known) or number_of(known) for known in ids], NUMBER).take(codes)
    return rows.set_column(rows.schema.get_field_index("customer"), "customer", numbers)


def forget_links(database: Database, connection: Connection, project: int, chosen: ColumnElement[bool]) -> None:
    """Remove links of a project, and part the customers whom nothing joins any more; its customers must be locked."""
    if not connection.execute(delete(links).where(links.c.project == project, chosen)).rowcount:
        return
    before = _linked_of(connection, project)
    connection.execute(delete(linked_ids).where(linked_ids.c.project == project))
    left = links_frame(database.read(connection, LINKS.where(links.c.project == project)))
    now = _number_linked(left)
    _insert_ids(connection, project, now)
    changed = {known: now.get(known, number_of(known)) for known in before if now.get(known) != before[known]}
    spelled = {spelling: number for known, number in changed.items() for spelling in spellings_of(known)}
    _run(connection, _REFILE, project, spelled)


def file_unfiled(connection: Connection, project: int) -> None:
    """Give a number to the events that have none, all of which are of one project."""
    unfiled = events.c.project == project, events.c.customer.is_(None)
    linked = _linked_of(connection, project)
    ids = connection.scalars(select(events.c.user_id).where(*unfiled).distinct())
    _run(connection, _FILE, project, {known: linked.get(canonical(known)) or number_of(known) for known in ids})


def _linked_of(connection: Connection, project: int) -> dict[str, int]:
    query = select(linked_ids.c.id, linked_ids.c.customer).where(linked_ids.c.project == project)
    return {known: customer for known, customer in connection.execute(query)}  # noqa: C416  # rows are no pairs


def _number_linked(known: pd.DataFrame) -> dict[str, int]:
    """Return the customer's number by id, of all ids that are linked."""
    ids = pd.Index(sorted({canonical(end) for name in ("one", "other") for end in known[name]}), dtype="str")
    first = join_ids(ids, known)
    numbers = np.array([number_of(end) for end in ids], np.int64)
    least = numbers.copy()
    np.minimum.at(least, first, numbers)
    return dict(zip(ids.tolist(), least[first].tolist(), strict=True))


def _join(connection: Connection, project: int, found: pd.DataFrame) -> None:
    pairs = [(canonical(one), canonical(other)) for one, other in zip(found["one"], found["other"], strict=True)]
    ids = dict.fromkeys(end for pair in pairs for end in pair if pair[0] != pair[1])
    linked = _find_linked(connection, project, ids)
    number = {known: linked.get(known) or number_of(known) for known in ids}
    least = _find_least((number[one], number[other]) for one, other in pairs if one != other)
    _insert_ids(connection, project, {known: least[number[known]] for known in ids if known not in linked})
    moved = {before: now for before, now in least.items() if before != now}
    for query in (_MOVE_IDS, _MOVE_EVENTS):
        _run(connection, query, project, moved)


def _find_least(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each number the least of those that pairs connect with it."""
    parent: dict[int, int] = {}

    def top(number: int) -> int:
        while (above := parent.setdefault(number, number)) != number:
            parent[number] = number = parent[above]
        return number

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        parent[high] = low
    return {number: top(number) for number in list(parent)}


def _rows_of_links(found: pd.DataFrame, project: int, import_id: str | None) -> pa.Table:
    told = list(zip(found["one"].tolist(), found["other"].tolist(), found["test"].tolist(), strict=True))
    subjects = ("\x1f".join(map(str, (project, *link, import_id or ""))) for link in told)
    keys = [hashlib.md5(subject.encode(), usedforsecurity=False).hexdigest() for subject in subjects]
    return pa.table({
        "key": pa.array(keys, pa.string()),
        "project": pa.array([project] * len(told), pa.int32()),
        "one": pa.array([link[0] for link in told], pa.string()),
        "other": pa.array([link[1] for link in told], pa.string()),
        "test": pa.array([link[2] for link in told], pa.bool_()),
        "import_id": pa.array([import_id] * len(told), pa.string()),
    })  # fmt: skip


def _has_new(connection: Connection, rows: pa.Table) -> bool:
    known = connection.scalar(_COUNT_KNOWN, {"keys": rows["key"].to_pylist()})
    return bool(known != len(rows))


def _find_linked(connection: Connection, project: int, ids: Iterable[str]) -> dict[str, int]:
    found = connection.execute(_FIND_LINKED, {"project": project, "ids": list(ids)})
    return {known: customer for known, customer in found}  # noqa: C416  # rows are no pairs


def _insert_ids(connection: Connection, project: int, numbers: Mapping[str, int]) -> None:
    _run(connection, _INSERT_IDS, project, numbers)


def _run(connection: Connection, query: Any, project: int, numbers: Mapping[Any, int]) -> None:
    if numbers:
        connection.execute(query, {"project": project, "old": list(numbers), "new": list(numbers.values())})


def _pairs(kind: str) -> str:
    return f"(SELECT unnest(CAST(:old AS {kind}[])) AS old, unnest(CAST(:new AS BIGINT[])) AS new) AS pairs"


_COUNT_KNOWN = text("SELECT count(*) FROM links WHERE key IN (SELECT CAST(unnest(CAST(:keys AS TEXT[])) AS UUID))")
_FIND_LINKED = text(
    "SELECT id, customer FROM linked_ids WHERE project = :project AND id IN (SELECT unnest(CAST(:ids AS TEXT[])))"
)
_INSERT_IDS = text(f"INSERT INTO linked_ids (project, id, customer) SELECT :project, old, new FROM {_pairs('TEXT')}")
_MOVE_IDS = text(
    f"UPDATE linked_ids SET customer = pairs.new FROM {_pairs('BIGINT')} "
    "WHERE linked_ids.project = :project AND linked_ids.customer = pairs.old"
)
_MOVE_EVENTS = text(
    f"UPDATE events SET customer = pairs.new FROM {_pairs('BIGINT')} "
    "WHERE events.project = :project AND events.customer = pairs.old"
)
_FILE = text(
    f"UPDATE events SET customer = pairs.new FROM {_pairs('TEXT')} "
    "WHERE events.project = :project AND events.user_id = pairs.old AND events.customer IS NULL"
)
_REFILE = text(
    f"UPDATE events SET customer = pairs.new FROM {_pairs('TEXT')} "
    "WHERE events.project = :project AND events.user_id = pairs.old"
)
