"""Settings: the names and teams of agents."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics.filters import AGENT, NOBODY
from analytics.metrics.occurring import list_occurring
from analytics.reading.parent import look_apart
from analytics.store.preferences import Agent, Preferences
from analytics.store.roster import MAX_ROSTER_BYTES, Roster, RosterError, read_roster
from analytics.ui.data.view import current_view
from analytics.ui.settings.part import draw_part, draw_save_button
from analytics.words import display, settings_help
from analytics.words.escape import for_markdown

_FORMATS = ["csv", "tsv", "txt", "xlsx", "parquet"]
_SHORT = 12


def draw(chosen: Preferences) -> None:
    """Draw the agents that occur or have a name, to be edited, and an upload to read them from a file."""
    with draw_part("agents", "Agents and teams", settings_help.SHOWN_AGENTS) as saved:
        view = current_view()
        occurring = set(view.ask(list_occurring, AGENT.key)) - {NOBODY} if view else set()
        known = chosen.agents
        file, table = st.tabs(["From a file", "By hand"])
        with file:
            _draw_file(known, occurring, saved)
        with table:
            _draw_table(known, sorted(occurring | known.keys()), saved)


def _draw_file(known: Mapping[str, Agent], occurring: set[str], saved: str) -> None:
    dropped = st.file_uploader(
        "A table with the columns agentId, name and team",
        _FORMATS,
        max_upload_size=MAX_ROSTER_BYTES // 2**20,
        key="set_roster",
        help=settings_help.ROSTER,
    )
    if dropped is None:
        return
    try:
        roster = read_roster(dropped.getvalue(), look_apart)
    except RosterError as error:
        st.error(for_markdown(str(error)), icon=":material/error:")
        return
    st.markdown(describe_roster(roster, known, occurring))
    st.dataframe(frame_of(roster.agents, list(roster.agents)), hide_index=True, height=_height(len(roster.agents)))
    draw_save_button("roster", lambda: {"agents": merge_roster(known, roster)}, saved, "Use these agents")


def merge_roster(known: Mapping[str, Agent], roster: Roster) -> dict[str, Agent]:
    """Return all agents, those of the roster with its names and teams; who is a bot stays one."""
    bots = {key for key, agent in known.items() if agent.bot}
    read = {key: agent.model_copy(update={"bot": key in bots}) for key, agent in roster.agents.items()}
    return {**known, **read}


def describe_roster(roster: Roster, known: Mapping[str, Agent], occurring: set[str]) -> str:
    """Return what a roster holds, and which of its rows are ignored."""
    found = roster.agents.keys()
    columns = ", ".join(f"{part} from “{for_markdown(column)}”" for part, column in roster.columns.items())
    sentences = [f"**{display.with_noun(len(found), 'agent')}**: {columns}."]
    if occurring:
        sentences.append(
            f"{len(found & occurring)} of the {display.with_noun(len(occurring), 'agent')} in the data are in this "
            "file."
        )
    read = merge_roster(known, roster)
    if renamed := sum(known.get(key, read[key]) != read[key] for key in roster.agents):
        sentences.append(f"{display.count(renamed)} had another name or team before.")
    if roster.without_id:
        sentences.append(f"We left out {display.with_noun(roster.without_id, 'row')} without an agentId.")
    if roster.repeated:
        sentences.append(f"{display.with_noun(roster.repeated, 'agentId')} came twice: the last row counts.")
    return " ".join(sentences)


def _draw_table(known: Mapping[str, Agent], agent_ids: list[str], saved: str) -> None:
    if not agent_ids:
        st.caption(settings_help.NO_AGENTS)
        return
    nameless = sum(not known.get(agent_id, Agent()).name for agent_id in agent_ids)
    if nameless:
        st.caption(f"{display.count(nameless)} of {display.with_noun(len(agent_ids), 'agent')} have no name yet.")
    edited = st.data_editor(
        frame_of(known, agent_ids),
        key=f"set_agents {hash(tuple(agent_ids))}",
        hide_index=True,
        disabled=["agentId"],
        column_config={"Bot": st.column_config.CheckboxColumn(help=settings_help.BOT)},
        height=_height(len(agent_ids)),
    )
    draw_save_button("agents", lambda: {"agents": agents_of(edited)}, saved)


def frame_of(known: Mapping[str, Agent], agent_ids: list[str]) -> pd.DataFrame:
    """Return agents as a frame with the texts `agentId`, `Name` and `Team`, and whether each is a `Bot`."""
    agents = [known.get(agent_id, Agent()) for agent_id in agent_ids]
    columns = {
        "agentId": agent_ids,
        "Name": [agent.name for agent in agents],
        "Team": [agent.team for agent in agents],
    }
    return pd.DataFrame(columns, dtype="str").assign(Bot=[agent.bot for agent in agents])


def agents_of(frame: pd.DataFrame) -> dict[str, Agent]:
    """Return the agents of a frame that have a name or a team, or are bots.

    Raises:
        ValidationError: where one is too long.
    """
    rows = zip(*(frame[name].tolist() for name in ("agentId", "Name", "Team", "Bot")), strict=True)
    agents = {agent_id: _agent(name, team, bot) for agent_id, name, team, bot in rows}
    return {agent_id: agent for agent_id, agent in agents.items() if agent != Agent()}


def _agent(name: Any, team: Any, bot: Any) -> Agent:
    texts = {"name": name, "team": team}
    return Agent(**{key: text for key, text in texts.items() if isinstance(text, str)}, bot=bot is True)


def _height(rows: int) -> Any:
    return "content" if rows <= _SHORT else "auto"
