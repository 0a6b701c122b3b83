"""Agent performance: what is counted for each agent, by attribution. Ordered by name: nobody is ranked here."""

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.metrics.attribution import AGENT
from analytics.metrics.filters import NOBODY, Selection
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.rates import message_steps
from analytics.metrics.response_time import MICROSECOND
from analytics.metrics.timeline import HANDOFF, NONE, RESOLVED, SENT
from analytics.metrics.waits import ANSWERED, HUMAN


def agent_performance(selection: Selection) -> Result:
    """Return the numbers of each agent who has any, nobody first."""
    events = dict(iter(selection.event_counts.groupby("agent")))
    messages = dict(iter(selection.message_counts.groupby("agent")))
    conversations = _conversations(selection)
    replies = _replies(selection)
    codes = sorted({*events, *messages, *conversations.index, *replies.index})
    names = selection.facts.agents
    return {
        NOBODY if code == NONE else str(names[code]): {
            "events": _events(events.get(code)),
            "conversations": int(conversations.get(code, 0)),
            "messages_sent": _count(events.get(code), kind=SENT),
            **_of_replies(replies, code),
            "resolved": _count(events.get(code), kind=RESOLVED),
            "handoffs": _count(events.get(code), kind=HANDOFF, to_mode=AGENT),
            "read_rate": _read_rate(messages.get(code)),
        }
        for code in codes
    }


def _conversations(selection: Selection) -> pd.Series:
    """Return by agent how many of the conversations that pass have an event of theirs."""
    rows = selection.facts.conversations
    agents = pd.Series(rows.pair_agent[selection.conversations[rows.pair_conversation]])
    counts = agents.value_counts()
    if not selection.filter.agents:
        return counts
    wanted = [NONE] if NOBODY in selection.filter.agents else []
    wanted += selection.facts.agents.get_indexer(list(selection.filter.agents)).tolist()
    return counts[counts.index.isin(wanted)]


def _replies(selection: Selection) -> pd.DataFrame:
    """Return by agent the number of answered waits for a person, their median and p90 in seconds."""
    waits = selection.facts.waits
    table = waits.cells.table
    wanted = ((table["kind"] == HUMAN) & (table["state"] == ANSWERED)).to_numpy()
    chosen = selection.waits & wanted[waits.cells.code]
    durations = pd.Series(waits.duration[chosen] / MICROSECOND)
    grouped = durations.groupby(table["agent"].to_numpy()[waits.cells.code[chosen]])
    return pd.DataFrame(
        {"replies": grouped.size(), "median": grouped.quantile(0.5), "p90": grouped.quantile(0.9)}
    )


def _events(cells: pd.DataFrame | None) -> Result:
    if cells is None:
        return {}
    by_kind = cells.groupby("kind")["count"].sum()
    return {EVENT_NAMES[kind]: int(count) for kind, count in by_kind.items()}


def _count(cells: pd.DataFrame | None, **parts: int) -> int:
    if cells is None:
        return 0
    wanted = np.logical_and.reduce([cells[name] == code for name, code in parts.items()])
    return int(cells["count"][wanted].sum())


def _of_replies(replies: pd.DataFrame, agent: int) -> Result:
    if agent not in replies.index:
        return {"replies": 0, "median_response_seconds": None, "p90_response_seconds": None}
    row = replies.loc[agent]
    return {
        "replies": int(row["replies"]),
        "median_response_seconds": float(row["median"]),
        "p90_response_seconds": float(row["p90"]),
    }


def _read_rate(cells: pd.DataFrame | None) -> float | None:
    if cells is None:
        return None
    steps = message_steps(cells)
    return divide(steps["read"], steps["sent"])


def _active(result: Result) -> Reading:
    return Reading(sum(name != NOBODY for name in result))


def _replying(result: Result) -> Reading:
    return Reading(sum(name != NOBODY and agent["replies"] > 0 for name, agent in result.items()))


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
    guide=_active,
    ledger=_replying,
)
