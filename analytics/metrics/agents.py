"""Agent performance: the numbers of each agent, by attribution. They are ordered by name; there is no ranking."""

from typing import cast

import numpy as np
import pandas as pd

from analytics.facts.attribution import AGENT
from analytics.facts.names import counts_by_event_name, name_of
from analytics.facts.timeline import HANDOFF, NONE, RESOLVED, SENT, Mask
from analytics.facts.waits import ANSWERED, HUMAN
from analytics.metrics.account import Account, Sentences, mark_places, state_count
from analytics.metrics.filters import NOBODY
from analytics.metrics.intervals import Axis
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.modes import mark_open_now
from analytics.metrics.rates import count_message_steps
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, measure_durations, waits_of
from analytics.metrics.selection import Selection


def compute_agent_performance(selection: Selection) -> Result:
    """Return the numbers of each agent who has any, nobody first."""
    events, messages = _by_agent(selection.event_counts), _by_agent(selection.message_counts)
    conversations = _count_taking_part(selection, selection.conversations)
    replies = _measure_replies(selection)
    codes = sorted({*events, *conversations, *replies})
    return {
        name_of(code, selection.facts.agents, NOBODY): {
            "events": {} if code not in events else counts_by_event_name(events[code]),
            "conversations": conversations.get(code, 0),
            "messages_sent": _count(events.get(code), kind=SENT),
            **replies.get(code, _NO_REPLIES),
            "resolved": _count(events.get(code), kind=RESOLVED),
            "handoffs": _count(events.get(code), kind=HANDOFF, to_mode=AGENT),
            "read_rate": _read_rate(messages.get(code)),
        }
        for code in codes
    }


def _by_agent(counts: pd.DataFrame) -> dict[int, pd.DataFrame]:
    return cast("dict[int, pd.DataFrame]", dict(iter(counts.groupby("agent"))))


def count_open_conversations(selection: Selection) -> dict[str, int]:
    """Return for each agent the number of conversations that pass, are open now and have an event by the agent."""
    counts = _count_taking_part(selection, selection.conversations & mark_open_now(selection))
    return {name_of(code, selection.facts.agents, NOBODY): count for code, count in counts.items()}


def count_active_days(selection: Selection) -> dict[str, int]:
    """Return for each agent the number of days of the period with an event by the agent."""
    events, axis = selection.facts.events, Axis(selection, "day")
    agent = events.cells.table["agent"].to_numpy()[events.cells.code[selection.events]]
    day, days = axis.number(events.quarter[selection.events]), len(axis.index)
    places = (agent.astype(np.int64) - NONE) * days + day
    active = np.bincount(places[day != NONE], minlength=(len(selection.facts.agents) - NONE) * days)
    counts = np.count_nonzero(active.reshape(-1, days), axis=1) if days else np.zeros(0, np.int64)
    return {
        name_of(code, selection.facts.agents, NOBODY): int(count) for code, count in enumerate(counts, NONE) if count
    }


def _count_taking_part(selection: Selection, conversations: Mask) -> dict[int, int]:
    """Return for each agent (code) how many of the chosen conversations have an event by the agent."""
    rows = selection.facts.conversations
    chosen = conversations[rows.pair_conversation]
    if selection.filter.agents:
        chosen &= np.isin(rows.pair_agent, selection.agent_codes)
    agents, counts = np.unique(rows.pair_agent[chosen], return_counts=True)
    return dict(zip(agents.tolist(), counts.tolist(), strict=True))


_NO_REPLIES: Result = {"replies": 0, "median_response_seconds": None, "p90_response_seconds": None}


def _measure_replies(selection: Selection) -> dict[int, Result]:
    """Return for each agent (code) the number of answered waits for a person, and their median and p90 in seconds."""
    waits = selection.facts.waits
    chosen = waits_of(selection, HUMAN, ANSWERED)
    durations = pd.Series(measure_durations(selection, chosen) / MICROSECONDS_PER_SECOND)
    grouped = durations.groupby(waits.cells.table["agent"].to_numpy()[waits.cells.code[chosen]])
    columns = (grouped.size(), grouped.quantile(0.5), grouped.quantile(0.9))
    return {
        agent: dict(zip(_NO_REPLIES, numbers, strict=True))
        for agent, *numbers in zip(columns[0].index.tolist(), *(c.tolist() for c in columns), strict=True)
    }


def _count(cells: pd.DataFrame | None, **parts: int) -> int:
    if cells is None:
        return 0
    wanted = np.logical_and.reduce([cells[name] == code for name, code in parts.items()])
    return int(cells["count"][wanted].sum())


def _read_rate(cells: pd.DataFrame | None) -> float | None:
    if cells is None:
        return None
    steps = count_message_steps(cells)
    return divide(steps["read"], steps["sent"])


def list_active(result: Result) -> list[str]:
    """Return the agents of the metric who have events; the others only took part in conversations or waits."""
    return [name for name, agent in result.items() if name != NOBODY and any(agent["events"].values())]


def _list_replying(result: Result) -> list[str]:
    return [name for name, agent in result.items() if name != NOBODY and agent["replies"] > 0]


def _explain_gap(selection: Selection) -> Sentences:
    """Return how many agents have events but answered nobody who waited for a person."""
    found = compute_agent_performance(selection)
    return state_count(
        len({*list_active(found)} - {*_list_replying(found)}),
        "agent has events, but answered nobody who waited for a person: in the raw event count only",
        "agents have events, but answered nobody who waited for a person: in the raw event count only",
    )


def _explain_nobody(selection: Selection) -> Sentences:
    """Say how many events count for no agent."""
    counts = selection.event_counts
    nobody = int(counts["count"][counts["agent"] == NONE].sum())
    return state_count(nobody, "event counts for no agent", "events count for no agent")


def _mark_of_agents(selection: Selection) -> Mask:
    cells = selection.facts.events.cells
    return selection.events & (cells.table["agent"] != NONE).to_numpy()[cells.code]


def _mark_answered_waits(selection: Selection) -> Mask:
    """Return which events begin a wait for a person that was answered."""
    return mark_places(selection, selection.facts.waits.begin[waits_of(selection, HUMAN, ANSWERED)])


AGENT_PERFORMANCE = Metric(
    key="agent_performance",
    label="Agent performance",
    definition="What each agent does: conversations, messages, replies and how fast they are. "
    "The number is how many agents were active.",
    formula="Events grouped by agentId",
    per_message="Agents who answered someone waiting for a person",
    unit="count",
    better="neither",
    compute=compute_agent_performance,
    guide=lambda result: Reading(len(list_active(result))),
    ledger=lambda result: Reading(len(_list_replying(result))),
    account=Account(_explain_gap, _explain_nobody, _mark_of_agents, _mark_answered_waits),
)
