"""Breakdowns: the numbers of a selection by agent, country, template and so on, as small frames."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.facts.names import name_of, names_of
from analytics.facts.timeline import CREATED, NONE, RECEIVED, Ints, Mask
from analytics.facts.waits import ANSWERED, CLOSED, HUMAN, WAITING
from analytics.metrics.filters import NOBODY, UNKNOWN
from analytics.metrics.rates import count_steps
from analytics.metrics.response_time import (
    MICROSECONDS_PER_SECOND,
    answer_durations,
    measure_durations,
    measure_running,
    waits_of,
)
from analytics.metrics.selection import Selection
from analytics.metrics.traffic import count_by_weekday_and_hour

DURATIONS = ("under 1 min", "1–5 min", "5–15 min", "15–60 min", "1–4 h", "over 4 h")
NO_REPLY = "no reply"
NOT_GIVEN = "Not given"
REPLY_WINDOW = timedelta(hours=24)
"""How long after a customer's latest message WhatsApp lets a business answer freely."""
DELIVERY_DEADLINE = timedelta(hours=24)
"""A message without a sign of delivery after this time counts as not delivered."""

_DURATION_LIMITS = (60, 300, 900, 3_600, 14_400)


def count_waits_by_duration(selection: Selection, kind: int) -> dict[str, int]:
    """Return the number of waits of a kind by duration; waits without a reply, closed or open, come last."""
    table = selection.facts.waits.cells.count(selection.waits)
    unanswered = table["count"][(table["kind"] == kind) & table["state"].isin([CLOSED, WAITING])].sum()
    return {**count_by_duration(answer_durations(selection, kind) / MICROSECONDS_PER_SECOND), NO_REPLY: int(unanswered)}


def count_by_duration(seconds: npt.NDArray[np.float64]) -> dict[str, int]:
    """Return the number of durations (seconds, float64) by length; one that equals a limit counts as the shorter."""
    counts = np.bincount(np.searchsorted(_DURATION_LIMITS, seconds), minlength=len(DURATIONS))
    return dict(zip(DURATIONS, counts.tolist(), strict=True))


def count_waiting_in_window(selection: Selection, kind: int) -> int:
    """Return how many running waits of a kind are in chats whose customer wrote within `REPLY_WINDOW`."""
    events, waits = selection.facts.events, selection.facts.waits
    received = (events.cells.table["kind"] == RECEIVED).to_numpy()[events.cells.code]
    lately = received & (selection.as_of - events.time < REPLY_WINDOW // timedelta(microseconds=1))
    waiting = waits.begin[waits_of(selection, kind, WAITING)]
    return int(np.isin(events.chat[waiting], events.chat[lately]).sum())


def waits_by(selection: Selection, kind: int, part: str) -> pd.DataFrame:
    """Return by `agent` or `country`: `answered` waits of a kind, their `median` and `p90` in seconds; most first.

    The column `in_target` is answered in time ÷ (answered + waiting for longer); missing if there are none.
    """
    rows, facts = selection.facts.waits, selection.facts
    names, nobody = {"agent": (facts.agents, NOBODY), "country": (facts.countries, UNKNOWN)}[part]
    codes = rows.cells.table[part].to_numpy()[rows.cells.code]
    done, late, in_time = _judge_waits(selection, kind)
    durations = pd.Series(measure_durations(selection, done) / MICROSECONDS_PER_SECOND).groupby(codes[done])
    answered, late_ones = durations.size(), pd.Series(codes[late]).value_counts()
    decided = answered.add(late_ones, fill_value=0)
    found = pd.DataFrame(
        {
            "answered": answered.reindex(decided.index, fill_value=0).astype(np.int64),
            "median": durations.quantile(0.5),
            "p90": durations.quantile(0.9),
            "in_target": pd.Series(codes[in_time]).value_counts().reindex(decided.index, fill_value=0) / decided,
        },
        index=decided.index,
    )
    found.index = pd.Index(names_of(found.index.to_numpy(), names, nobody))
    return found.sort_values("answered", ascending=False, kind="stable")


def count_in_target_by_hour(selection: Selection, kind: int) -> tuple[Ints, Ints]:
    """Return two 7 × 24 grids (int64) by the hour of the beginning: waits answered in time, and all waits judged."""
    quarter = selection.facts.waits.quarter
    done, late, in_time = _judge_waits(selection, kind)
    return count_by_weekday_and_hour(selection, quarter[in_time]), count_by_weekday_and_hour(
        selection, quarter[done | late]
    )


def _judge_waits(selection: Selection, kind: int) -> tuple[Mask, Mask, Mask]:
    """Return which waits of a kind were answered, which run longer than the target, and which were in time."""
    limit = selection.terms.target // timedelta(microseconds=1)
    done, late = waits_of(selection, kind, ANSWERED), waits_of(selection, kind, WAITING)
    late[late] = measure_running(selection, late) > limit
    in_time = done.copy()
    in_time[done] = measure_durations(selection, done) <= limit
    return done, late, in_time


def quarters_of_waits(selection: Selection, kind: int) -> Ints:
    """Return the quarters of an hour in which waits of a kind began."""
    rows = selection.facts.waits
    wanted = (rows.cells.table["kind"] == kind).to_numpy()
    return rows.quarter[selection.waits & wanted[rows.cells.code]]


def messages_by(selection: Selection, part: str) -> pd.DataFrame:
    """Return by `template` or `content_type` the messages `sent`, most first.

    Beside them stand the shares of them that were `delivered`, `read` and `replied` to.
    """
    names = {"template": selection.facts.templates, "content_type": selection.facts.content_types}[part]
    counts = selection.message_counts
    steps = count_steps(counts).groupby(counts[part]).sum()
    frame = steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])
    frame.index = pd.Index([name_of(code, names, NOT_GIVEN) for code in steps.index.tolist()], dtype=object)
    return frame.sort_values("sent", ascending=False, kind="stable")


def find_undelivered(selection: Selection) -> Ints:
    """Return the places of messages sent longer ago than `DELIVERY_DEADLINE` without any sign of delivery (int64)."""
    messages = selection.facts.messages
    no_sign = (messages.cells.table[["delivered", "read", "replied"]] == 0).all(axis=1).to_numpy()
    return messages.place[mark_settled(selection) & no_sign[messages.cells.code]]


def mark_settled(selection: Selection) -> Mask:
    """Return which messages that pass were sent longer ago than `DELIVERY_DEADLINE`."""
    sent = selection.facts.events.time[selection.facts.messages.place]
    return selection.messages & (selection.as_of - sent >= DELIVERY_DEADLINE // timedelta(microseconds=1))


def count_handoffs(selection: Selection) -> pd.DataFrame:
    """Return handoffs to an agent: `reason`, `step`, `count`, most first."""
    counts = selection.facts.handoffs.cells.count(selection.handoffs)
    counts = counts[counts["count"] > 0]
    frame = pd.DataFrame(
        {
            "reason": names_of(counts["reason"].to_numpy(), selection.facts.reasons, NOT_GIVEN),
            "step": names_of(counts["step"].to_numpy(), selection.facts.steps, NOT_GIVEN),
            "count": counts["count"].to_numpy(),
        }
    )
    return frame.sort_values("count", ascending=False, kind="stable")


def measure_seconds_to_handoff(selection: Selection) -> npt.NDArray[np.float64]:
    """Return how long conversations ran before their first handoff to an agent, in seconds (float64)."""
    rows, time = selection.facts.conversations, selection.facts.events.time
    chosen = selection.conversations & (rows.handoff != NONE)
    seconds: npt.NDArray[np.float64] = (time[rows.handoff[chosen]] - time[rows.first[chosen]]) / MICROSECONDS_PER_SECOND
    return seconds


def count_contacts_by_source(selection: Selection, source: pd.Series) -> pd.Series:
    """Return the number of new contacts (distinct users, at their first contact) by `source`, most first.

    `source` is the column of the event frame.
    """
    table = selection.facts.events.cells.table
    wanted = ((table["kind"] == CREATED) & (table["first"] == 1)).to_numpy()
    rows = selection.facts.events.row[selection.events & wanted[selection.facts.events.cells.code]]
    return source.iloc[rows].astype("str").fillna(NOT_GIVEN).value_counts()


def count_waiting_by_agent(selection: Selection) -> dict[str, int]:
    """Return for each agent how many customers wait for a person now, whenever their wait began."""
    counts = selection.facts.waits.cells.count(selection.without_period.waits)
    waiting = counts[(counts["kind"] == HUMAN) & (counts["state"] == WAITING)].groupby("agent")["count"].sum()
    names = names_of(waiting.index.to_numpy(), selection.facts.agents, NOBODY)
    return dict(zip(names, waiting.tolist(), strict=True))
