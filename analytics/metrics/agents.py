"""Agent performance: the numbers of each agent, by attribution. They are ordered by name; there is no ranking."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from analytics.facts.names import counts_by_event_name
from analytics.facts.stated import AGENT
from analytics.facts.timeline import HANDOFF, NONE, RESOLVED, SENT, Ints, Mask
from analytics.facts.waits import ANSWERED, HUMAN, NEVER
from analytics.metrics.account import Account, Sentences, mark_places, state_count
from analytics.metrics.filters import NOBODY
from analytics.metrics.intervals import Axis
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.modes import mark_open_now
from analytics.metrics.question import added_up, conclude_from
from analytics.metrics.rates import count_message_steps
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, measure_durations, waits_of
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by, count_names, divide_by_name, in_order, name_codes


def tally_agent_performance(selection: Selection) -> Tally:
    """Return by agent the events, messages, conversations, and how long answered waits for a person took."""
    facts = selection.facts
    taking_part = _count_taking_part(selection, selection.conversations)
    return {
        "events": count_by(selection.event_counts, facts, "agent", "kind", "to_mode"),
        "messages": count_by(selection.message_counts, facts, "agent", "delivered", "read", "replied"),
        "conversations": pd.Series(taking_part, dtype=np.int64).rename_axis("agent"),
        "replies": _take_replies(selection),
    }


def conclude_agent_performance(tally: Tally, _: Scope) -> Result:
    """Return the numbers of each agent who has any, by name, nobody first."""
    events, messages = _by_agent(tally["events"]), _by_agent(tally["messages"])
    conversations, replies = tally["conversations"].to_dict(), _measure_replies(tally["replies"])
    names = sorted({*events, *conversations, *replies}, key=lambda name: (name != NOBODY, name))
    return {
        name: {
            "events": {} if name not in events else counts_by_event_name(events[name]),
            "conversations": conversations.get(name, 0),
            "messages_sent": _count(events.get(name), kind=SENT),
            **replies.get(name, _NO_REPLIES),
            "resolved": _count(events.get(name), kind=RESOLVED),
            "handoffs": _count(events.get(name), kind=HANDOFF, to_mode=AGENT),
            "read_rate": _read_rate(messages.get(name)),
        }
        for name in names
    }


def _by_agent(counts: pd.Series) -> dict[str, pd.DataFrame]:
    return cast("dict[str, pd.DataFrame]", dict(iter(counts.reset_index().groupby("agent"))))


@added_up
def count_open_conversations(selection: Selection) -> dict[str, int]:
    """Return for each agent the number of conversations that pass, are open now and have an event by the agent."""
    return _count_taking_part(selection, selection.conversations & mark_open_now(selection))


def _tally_days(selection: Selection) -> pd.Series:
    """Return how many events each agent has on each day of the period."""
    events, axis = selection.facts.events, Axis(selection.scope, "day")
    agent = events.cells.table["agent"].to_numpy()[events.cells.code[selection.events]]
    day, days = axis.number(events.quarter[selection.events]), len(axis.index)
    places = (agent.astype(np.int64) - NONE) * days + day
    counts = np.bincount(places[day != NONE])
    occurring = np.flatnonzero(counts)
    parts = {"agent": occurring // max(days, 1) + NONE, "day": occurring % max(days, 1), "count": counts[occurring]}
    return count_by(pd.DataFrame(parts), selection.facts, "agent", "day")


@conclude_from(_tally_days)
def count_active_days(tally: Tally, _: Scope) -> dict[str, int]:
    """Return for each agent the number of days of the period with an event by the agent."""
    days = tally.groupby(level="agent").size()
    return {str(name): int(days[name]) for name in in_order(days.index)}


@added_up
def count_never_answered(selection: Selection) -> dict[str, int]:
    """Return for each agent how many waits for a person that are theirs were never answered."""
    waits, chosen = selection.facts.waits, waits_of(selection, HUMAN, NEVER)
    agent = waits.cells.table["agent"].to_numpy()[waits.cells.code[chosen]]
    return {str(name): int(count) for name, count in count_names(selection.facts, "agent", agent).items()}


def _count_taking_part(selection: Selection, conversations: Mask) -> dict[str, int]:
    """Return for each agent how many of the chosen conversations have an event by the agent."""
    rows = selection.facts.conversations
    chosen = conversations[rows.pair_conversation]
    if selection.filter.agents:
        chosen &= np.isin(rows.pair_agent, selection.agent_codes)
    agents, counts = np.unique(rows.pair_agent[chosen], return_counts=True)
    return dict(zip(name_codes(selection.facts, "agent", agents), counts.tolist(), strict=True))


_NO_REPLIES: Result = {"replies": 0, "median_response_seconds": None, "p90_response_seconds": None}


def _take_replies(selection: Selection) -> dict[str, Ints]:
    """Return for each agent how long answered waits for a person took, in microseconds."""
    waits, chosen = selection.facts.waits, waits_of(selection, HUMAN, ANSWERED)
    agent = waits.cells.table["agent"].to_numpy()[waits.cells.code[chosen]]
    return divide_by_name(selection.facts, "agent", agent, measure_durations(selection, chosen))


def _measure_replies(durations: Mapping[str, Ints]) -> dict[str, Result]:
    """Return for each agent the number of answered waits for a person, and their median and p90 in seconds."""
    seconds = pd.Series(np.concatenate([np.zeros(0, np.int64), *durations.values()]) / MICROSECONDS_PER_SECOND)
    grouped = seconds.groupby(np.repeat(np.array([*durations], object), [*map(len, durations.values())]))
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


@conclude_from(tally_agent_performance)
def _explain_gap(tally: Tally, scope: Scope) -> Sentences:
    """Return how many agents have events but answered nobody who waited for a person."""
    found = conclude_agent_performance(tally, scope)
    return state_count(
        len({*list_active(found)} - {*_list_replying(found)}),
        "agent has events, but answered no customer who waited for a person. Only the raw event count counts this "
        "agent",
        "agents have events, but answered no customer who waited for a person. Only the raw event count counts them",
    )


def _count_nobodys(selection: Selection) -> Tally:
    counts = selection.event_counts
    return int(counts["count"][counts["agent"] == NONE].sum())


@conclude_from(_count_nobodys)
def _explain_nobody(tally: Tally, _: Scope) -> Sentences:
    """Say how many events count for no agent."""
    return state_count(tally, "event counts for no agent", "events count for no agent")


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
    tally=tally_agent_performance,
    conclude=conclude_agent_performance,
    guide=lambda result: Reading(len(list_active(result))),
    ledger=lambda result: Reading(len(_list_replying(result))),
    account=Account(_explain_gap, _explain_nobody, _mark_of_agents, _mark_answered_waits),
)
