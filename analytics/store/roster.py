"""Rosters: files with the names and the teams of agents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Protocol

from pydantic import ValidationError

from analytics.events.dump_error import DumpError
from analytics.events.files.contents import Content, contents
from analytics.store.preferences import Agent, list_problems

MAX_ROSTER_BYTES = 5 * 2**20

_NAMES = {
    "agentId": ("agentid", "id", "agent", "userid", "user", "operatorid", "employeeid", "email", "login"),
    "name": ("name", "agentname", "fullname", "displayname", "username", "operator", "operatorname"),
    "team": ("team", "teamname", "group", "department", "squad", "queue", "unit"),
}
"""The names that a column may have, reduced to letters and digits, the likeliest first."""

_MOST_ROWS = 100_000


class RosterError(Exception):
    """A file that is no roster; the message says why and what to do."""


@dataclass(frozen=True)
class Roster:
    """The agents of a file by agentId, the column of each part, and the numbers of rows without and with a known id."""

    agents: dict[str, Agent]
    columns: dict[str, str]
    without_id: int
    repeated: int


class Look(Protocol):
    """What says what a file holds, as `contents` does."""

    def __call__(self, source: BinaryIO, *, rows: int) -> Iterable[Content]:
        """Yield what a file holds, of tables at most so many rows."""


def read_roster(data: bytes, look: Look = contents) -> Roster:
    """Return the agents of a table: CSV with any separator, or Excel. If an agentId is repeated, the last row counts.

    `look` reads the file.

    Raises:
        RosterError: if it is not such a table, or a name in it is not allowed.
    """
    if len(data) > MAX_ROSTER_BYTES:
        raise RosterError(f"The file is larger than {MAX_ROSTER_BYTES // 2**20} MB: keep only agentId, name and team.")
    columns, rows = _read_rows(data, look)
    agents: dict[str, Agent] = {}
    without_id = repeated = 0
    for row in rows:
        values = {part: " ".join((row[column] or "").split()) for part, column in columns.items()}
        agent_id = values.pop("agentId")
        without_id += not agent_id
        repeated += agent_id in agents
        if agent_id:
            agents[agent_id] = _make_agent(agent_id, values)
    if not agents:
        raise RosterError("No row names an agent, because the column agentId is empty.")
    return Roster(agents, columns, without_id, repeated)


def _make_agent(agent_id: str, values: dict[str, str]) -> Agent:
    try:
        return Agent.model_validate(values)
    except ValidationError as error:
        raise RosterError(f"{agent_id}: {list_problems(error)[0]}") from None


def _read_rows(data: bytes, look: Look) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the column of each part, and the rows."""
    try:
        tables = (content.sample for content in look(BytesIO(data), rows=_MOST_ROWS + 1))
        table = next((table for table in tables if table is not None), None)
    except DumpError as error:
        raise RosterError(str(error)) from None
    if table is None:
        raise RosterError("This is not a table: save it as CSV with the columns agentId, name and team.")
    if len(table) > _MOST_ROWS:
        raise RosterError(f"The table has more than {_MOST_ROWS:,} rows: keep only the rows of your agents.")
    columns = _match_columns(table.column_names)
    return columns, table.select(list(columns.values())).to_pylist()


def _match_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return the column of each part, by its name; a column serves once.

    Raises:
        RosterError: without a column of ids, or without any other.
    """
    plain = {re.sub(r"[^a-z0-9]", "", column.lower()): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for part, names in _NAMES.items():
        known = next((plain.pop(name) for name in names if name in plain), None)
        if known is not None:
            found[part] = known
    if "agentId" not in found or len(found) == 1:
        listed = ", ".join(columns[:10])
        raise RosterError(f"The table needs a column agentId, and a column for the name or the team. It has: {listed}.")
    return found
