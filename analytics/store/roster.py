"""Rosters: files that say what agents are called and in which team they are."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from analytics.events.dump_error import DumpError
from analytics.events.tables.reading import table
from analytics.store.preferences import Agent, problems

MAX_BYTES = 5 * 2**20

_NAMES = {
    "agentId": ("agentid", "id", "agent", "userid", "user", "operatorid", "employeeid", "email", "login"),
    "name": ("name", "agentname", "fullname", "displayname", "username", "operator", "operatorname"),
    "team": ("team", "teamname", "group", "department", "squad", "queue", "unit"),
}
"""What columns are called, letters and digits only, the likeliest first."""

_FILES_OF_BYTES = (b"PAR1", b"PK\x03\x04")


class RosterError(Exception):
    """A file that is no roster; the message says why and what to do."""


@dataclass(frozen=True)
class Roster:
    """The agents of a file by their agentId, the column that each part came from, and rows that name no agent."""

    agents: dict[str, Agent]
    columns: dict[str, str]
    without_id: int
    repeated: int


def read_roster(data: bytes) -> Roster:
    """Return the agents that a table names: CSV with any separator, or Excel; of a repeated agentId the last row.

    Raises:
        RosterError: where it is no such table, or holds what cannot be a name.
    """
    if len(data) > MAX_BYTES:
        raise RosterError(f"The file is larger than {MAX_BYTES // 2**20} MB: keep agentId, name and team alone.")
    columns, rows = _rows(data)
    agents: dict[str, Agent] = {}
    without_id = repeated = 0
    for row in rows:
        said = {part: " ".join((row[column] or "").split()) for part, column in columns.items()}
        agent_id = said.pop("agentId")
        without_id += not agent_id
        repeated += agent_id in agents
        if agent_id:
            agents[agent_id] = _agent(agent_id, said)
    if not agents:
        raise RosterError("No row names an agent: the column of the agentId is empty.")
    return Roster(agents, columns, without_id, repeated)


def _agent(agent_id: str, said: dict[str, str]) -> Agent:
    try:
        return Agent(**said)
    except ValidationError as error:
        raise RosterError(f"{agent_id}: {problems(error)[0]}") from None


def _rows(data: bytes) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return which column holds each part, and the rows."""
    rest = io.BytesIO(data if data.startswith(_FILES_OF_BYTES) else b"")
    try:
        found = table(data, rest)
        if found is None:
            raise RosterError("This is no table: save it as CSV with the columns agentId, name and team.")
        columns = _columns(found.columns)
        return columns, [row for rows in found.rows for row in rows.texts.select(list(columns.values())).to_pylist()]
    except DumpError as error:
        raise RosterError(str(error)) from None


def _columns(columns: Sequence[str]) -> dict[str, str]:
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
        raise RosterError(f"A column agentId is needed, and one for the name or the team; found: {listed}.")
    return found
