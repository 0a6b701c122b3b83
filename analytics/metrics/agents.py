"""Agent performance: what is counted for each agent, by attribution. Ordered by name, no ranking."""

from typing import cast

import numpy as np
import pandas as pd

from analytics.facts.attribution import AGENT
from analytics.facts.names import by_event_name, name_of
from analytics.facts.timeline import HANDOFF, NONE, RESOLVED, SENT, Mask
from analytics.facts.waits import ANSWERED, HUMAN
from analytics.metrics.account import Account, Sentences, at, said
from analytics.metrics.filters import NOBODY
from analytics.metrics.intervals import Axis
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.modes import open_now
from analytics.metrics.rates import message_steps
from analytics.metrics.response_time import MICROSECOND, took, waits_of
from analytics.metrics.selection import Selection


def agent_performance(selection: Selection) -> Result:
    """Return the numbers of each agent who has any, nobody first."""
    events, messages = _by_agent(selection.event_counts), _by_agent(selection.message_counts)
    conversations = _taking_part(selection, selection.conversations)
    replies = _replies(selection)
    codes = sorted({*events, *conversations, *replies})
    return {
        name_of(code, selection.facts.agents, NOBODY): {
            "events": {} if code not in events else by_event_name(events[code]),
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


def open_conversations(selection: Selection) -> dict[str, int]:
    """Return by agent how many of the conversations that pass are open now and have an event of theirs."""
    counts = _taking_part(selection, selection.conversations & open_now(selection))
    return {name_of(code, selection.facts.agents, NOBODY): count for code, count in counts.items()}


def active_days(selection: Selection) -> dict[str, int]:
    """Return by agent on how many days of the period there is an event of theirs."""
    events, axis = selection.facts.events, Axis(selection, "day")
    agent = events.cells.table["agent"].to_numpy()[events.cells.code[selection.events]]
    day, days = axis.number(events.quarter[selection.events]), len(axis.index)
    places = (agent.astype(np.int64) - NONE) * days + day
    active = np.bincount(places[day != NONE], minlength=(len(selection.facts.agents) - NONE) * days)
    counts = np.count_nonzero(active.reshape(-1, days), axis=1) if days else np.zeros(0, np.int64)
    return {
        name_of(code, selection.facts.agents, NOBODY): int(count) for code, count in enumerate(counts, NONE) if count
    }


def _taking_part(selection: Selection, conversations: Mask) -> dict[int, int]:
    """Return by agent how many of the chosen conversations have an event of theirs."""
    rows = selection.facts.conversations
    chosen = conversations[rows.pair_conversation]
    if selection.filter.agents:
        chosen &= np.isin(rows.pair_agent, selection.agent_codes)
    agents, counts = np.unique(rows.pair_agent[chosen], return_counts=True)
    return dict(zip(agents.tolist(), counts.tolist(), strict=True))


_NO_REPLIES: Result = {"replies": 0, "median_response_seconds": None, "p90_response_seconds": None}


def _replies(selection: Selection) -> dict[int, Result]:
    """Return by agent the number of answered waits for a person, their median and p90 in seconds."""
    waits = selection.facts.waits
    chosen = waits_of(selection, HUMAN, ANSWERED)
    durations = pd.Series(took(selection, chosen) / MICROSECOND)
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
    steps = message_steps(cells)
    return divide(steps["read"], steps["sent"])


def active(result: Result) -> list[str]:
    """Return the agents with events among those of the metric; others have conversations or waits that began."""
    return [name for name, agent in result.items() if name != NOBODY and any(agent["events"].values())]


def _replying(result: Result) -> list[str]:
    return [name for name, agent in result.items() if name != NOBODY and agent["replies"] > 0]


def _gap(selection: Selection) -> Sentences:
    """Say how many agents did something but answered nobody who waited for a person."""
    found = agent_performance(selection)
    return said(
        len({*active(found)} - {*_replying(found)}),
        "agent has events, but answered nobody who waited for a person: in the raw event count only",
        "agents have events, but answered nobody who waited for a person: in the raw event count only",
    )


def _by_nobody(selection: Selection) -> Sentences:
    """Say how many events count for no agent."""
    counts = selection.event_counts
    nobody = int(counts["count"][counts["agent"] == NONE].sum())
    return said(nobody, "event counts for no agent", "events count for no agent")


def _of_agents(selection: Selection) -> Mask:
    cells = selection.facts.events.cells
    return selection.events & (cells.table["agent"] != NONE).to_numpy()[cells.code]


def _answered_waits(selection: Selection) -> Mask:
    """Return the events with which the waits begin that an agent answered."""
    return at(selection, selection.facts.waits.begin[waits_of(selection, HUMAN, ANSWERED)])


AGENT_PERFORMANCE = Metric(
    key="agent_performance",
    label="Agent performance",
    definition="What each agent does: conversations, messages, replies and how fast they are. "
    "The number is how many agents were active.",
    formula="Events grouped by agentId",
    per_message="Agents who answered someone waiting for a person",
    unit="count",
    better="neither",
    compute=agent_performance,
    guide=lambda result: Reading(len(active(result))),
    ledger=lambda result: Reading(len(_replying(result))),
    account=Account(_gap, _by_nobody, _of_agents, _answered_waits),
)
