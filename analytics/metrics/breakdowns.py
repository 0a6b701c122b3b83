"""Breakdowns: the numbers of a selection by one thing or another, as small frames for tables and charts."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.facts.names import name_of, names_of
from analytics.facts.timeline import CREATED, NONE, RECEIVED, Ints, Mask
from analytics.facts.waits import ANSWERED, CLOSED, HUMAN, WAITING
from analytics.metrics.filters import NOBODY, UNKNOWN
from analytics.metrics.rates import steps_of
from analytics.metrics.response_time import MICROSECOND, answered, lasted, took, waits_of
from analytics.metrics.selection import Selection
from analytics.metrics.traffic import weekday_hours

DURATIONS = ("under 1 min", "1–5 min", "5–15 min", "15–60 min", "1–4 h", "over 4 h")
NO_REPLY = "no reply"
NOT_GIVEN = "Not given"
REPLY_WINDOW = timedelta(hours=24)
"""How long after a customer's latest message WhatsApp lets a business answer freely."""
SETTLED = timedelta(hours=24)
"""A message that did not arrive in so long a time counts as not delivered."""

_LIMITS = (60, 300, 900, 3_600, 14_400)


def wait_distribution(selection: Selection, kind: int) -> dict[str, int]:
    """Return how many waits of a kind took how long; those without a reply, closed or open, come last."""
    table = selection.facts.waits.cells.count(selection.waits)
    unanswered = table["count"][(table["kind"] == kind) & table["state"].isin([CLOSED, WAITING])].sum()
    return {**by_duration(answered(selection, kind) / MICROSECOND), NO_REPLY: int(unanswered)}


def by_duration(seconds: npt.NDArray[np.float64]) -> dict[str, int]:
    """Return how many durations, in seconds (float64), are how long; one on a limit is among the shorter."""
    counts = np.bincount(np.searchsorted(_LIMITS, seconds), minlength=len(DURATIONS))
    return dict(zip(DURATIONS, counts.tolist(), strict=True))


def waiting_in_window(selection: Selection, kind: int) -> int:
    """Return how many running waits of a kind are in chats whose customer wrote within `REPLY_WINDOW`."""
    events, waits = selection.facts.events, selection.facts.waits
    received = (events.cells.table["kind"] == RECEIVED).to_numpy()[events.cells.code]
    lately = received & (selection.as_of - events.time < REPLY_WINDOW // timedelta(microseconds=1))
    waiting = waits.begin[waits_of(selection, kind, WAITING)]
    return int(np.isin(events.chat[waiting], events.chat[lately]).sum())


def waits_by(selection: Selection, kind: int, part: str) -> pd.DataFrame:
    """Return by `agent` or `country`: `answered` waits of a kind, their `median` and `p90` in seconds; most first.

    Beside them `in_target`: answered in time ÷ (answered + waiting for longer), missing where there are none.
    """
    rows, facts = selection.facts.waits, selection.facts
    names, nobody = {"agent": (facts.agents, NOBODY), "country": (facts.countries, UNKNOWN)}[part]
    codes = rows.cells.table[part].to_numpy()[rows.cells.code]
    done, late, in_time = _judged(selection, kind)
    durations = pd.Series(took(selection, done) / MICROSECOND).groupby(codes[done])
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


def in_target_by_hour(selection: Selection, kind: int) -> tuple[Ints, Ints]:
    """Return how many waits of a kind were answered in time, and of how many: 7 × 24 (int64), by when they began."""
    quarter = selection.facts.waits.quarter
    done, late, in_time = _judged(selection, kind)
    return weekday_hours(selection, quarter[in_time]), weekday_hours(selection, quarter[done | late])


def _judged(selection: Selection, kind: int) -> tuple[Mask, Mask, Mask]:
    """Return which waits of a kind were answered, which wait for longer than the target, which were answered in it."""
    limit = selection.terms.target // timedelta(microseconds=1)
    done, late = waits_of(selection, kind, ANSWERED), waits_of(selection, kind, WAITING)
    late[late] = lasted(selection, late) > limit
    in_time = done.copy()
    in_time[done] = took(selection, done) <= limit
    return done, late, in_time


def begun_waits(selection: Selection, kind: int) -> Ints:
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
    steps = steps_of(counts).groupby(counts[part]).sum()
    frame = steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])
    frame.index = pd.Index([name_of(code, names, NOT_GIVEN) for code in steps.index.tolist()], dtype=object)
    return frame.sort_values("sent", ascending=False, kind="stable")


def undelivered(selection: Selection) -> Ints:
    """Return the places of messages sent longer ago than `SETTLED` without any sign of delivery (int64)."""
    messages = selection.facts.messages
    no_sign = (messages.cells.table[["delivered", "read", "replied"]] == 0).all(axis=1).to_numpy()
    return messages.place[settled(selection) & no_sign[messages.cells.code]]


def settled(selection: Selection) -> Mask:
    """Return which messages that pass were sent longer ago than `SETTLED`."""
    sent = selection.facts.events.time[selection.facts.messages.place]
    return selection.messages & (selection.as_of - sent >= SETTLED // timedelta(microseconds=1))


def handoffs(selection: Selection) -> pd.DataFrame:
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


def seconds_to_handoff(selection: Selection) -> npt.NDArray[np.float64]:
    """Return how long conversations ran before their first handoff to an agent, in seconds (float64)."""
    rows, time = selection.facts.conversations, selection.facts.events.time
    chosen = selection.conversations & (rows.handoff != NONE)
    seconds: npt.NDArray[np.float64] = (time[rows.handoff[chosen]] - time[rows.first[chosen]]) / MICROSECOND
    return seconds


def contacts_by_source(selection: Selection, source: pd.Series) -> pd.Series:
    """Return new contacts (distinct users, at their first) by `source`, most first.

    `source` is the column of the event frame.
    """
    table = selection.facts.events.cells.table
    wanted = ((table["kind"] == CREATED) & (table["first"] == 1)).to_numpy()
    rows = selection.facts.events.row[selection.events & wanted[selection.facts.events.cells.code]]
    return source.iloc[rows].astype("str").fillna(NOT_GIVEN).value_counts()


def agents_waiting(selection: Selection) -> dict[str, int]:
    """Return by agent how many customers wait for a person now, whenever they began to."""
    counts = selection.facts.waits.cells.count(selection.whenever.waits)
    waiting = counts[(counts["kind"] == HUMAN) & (counts["state"] == WAITING)].groupby("agent")["count"].sum()
    names = names_of(waiting.index.to_numpy(), selection.facts.agents, NOBODY)
    return dict(zip(names, waiting.tolist(), strict=True))
