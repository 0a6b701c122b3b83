"""Breakdowns: the numbers of a selection by agent, country, template and so on, as small frames."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.facts.names import names_of
from analytics.facts.timeline import CREATED, NONE, RECEIVED, Ints, Mask, category_codes
from analytics.facts.waits import ANSWERED, HUMAN, WAITING
from analytics.metrics.question import added_up, conclude_from
from analytics.metrics.rates import count_steps
from analytics.metrics.response_time import (
    MICROSECONDS_PER_SECOND,
    answer_durations,
    mark_late,
    mark_waits,
    measure_durations,
    waits_of,
)
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import NOT_GIVEN, Tally, count_by, count_names, divide_by_name, in_order
from analytics.metrics.traffic import as_grid, tally_by_hour_of_week

DURATIONS = ("under 1 min", "1–5 min", "5–15 min", "15–60 min", "1–4 h", "over 4 h")
NO_REPLY = "no reply"
REPLY_WINDOW = timedelta(hours=24)
"""How long after a customer's latest message WhatsApp lets a business send a free-form reply."""
DELIVERY_DEADLINE = timedelta(hours=24)
"""A message without a sign of delivery after this time counts as not delivered."""

_DURATION_LIMITS = (60, 300, 900, 3_600, 14_400)


@added_up
def count_waits_by_duration(selection: Selection, kind: int) -> dict[str, int]:
    """Return the number of waits of a kind by duration; waits without a reply, whatever became of them, come last."""
    answered = answer_durations(selection, kind)
    unanswered = int(np.count_nonzero(mark_waits(selection, kind))) - len(answered)
    return {**count_by_duration(answered / MICROSECONDS_PER_SECOND), NO_REPLY: unanswered}


def count_by_duration(seconds: npt.NDArray[np.float64]) -> dict[str, int]:
    """Return the number of durations (seconds, float64) by length; one that equals a limit counts as the shorter."""
    counts = np.bincount(np.searchsorted(_DURATION_LIMITS, seconds), minlength=len(DURATIONS))
    return dict(zip(DURATIONS, counts.tolist(), strict=True))


@added_up
def count_waiting_in_window(selection: Selection, kind: int) -> int:
    """Return how many running waits of a kind are in chats whose customer wrote within `REPLY_WINDOW`."""
    events, waits = selection.facts.events, selection.facts.waits
    received = (events.cells.table["kind"] == RECEIVED).to_numpy()[events.cells.code]
    lately = received & (selection.as_of - events.time < REPLY_WINDOW // timedelta(microseconds=1))
    waiting = waits.begin[waits_of(selection, kind, WAITING)]
    return int(np.isin(events.chat[waiting], events.chat[lately]).sum())


def _tally_waits_by(selection: Selection, kind: int, part: str) -> Tally:
    rows, facts = selection.facts.waits, selection.facts
    codes = rows.cells.table[part].to_numpy()[rows.cells.code]
    done, late, in_time = _judge_waits(selection, kind)
    return {
        "answered": divide_by_name(facts, part, codes[done], measure_durations(selection, done)),
        "late": count_names(facts, part, codes[late]),
        "in_time": count_names(facts, part, codes[in_time]),
    }


@conclude_from(_tally_waits_by)
def waits_by(tally: Tally, _: Scope, kind: int, part: str) -> pd.DataFrame:  # noqa: ARG001
    """Return by `agent` or `country`: `answered` waits of a kind, their `median` and `p90` in seconds; most first.

    The column `in_target` is answered in time ÷ (answered, never answered or waiting for longer); else missing.
    """
    names, each = np.array([*tally["answered"]], object), [*tally["answered"].values()]
    seconds = np.concatenate([np.zeros(0, np.int64), *each]) / MICROSECONDS_PER_SECOND
    durations = pd.Series(seconds).groupby(np.repeat(names, [*map(len, each)]))
    answered = durations.size()
    decided = answered.add(tally["late"], fill_value=0)
    found = pd.DataFrame(
        {
            "answered": answered.reindex(decided.index, fill_value=0).astype(np.int64),
            "median": durations.quantile(0.5),
            "p90": durations.quantile(0.9),
            "in_target": tally["in_time"].reindex(decided.index, fill_value=0) / decided,
        },
        index=in_order(decided.index),
    )
    return found.sort_values("answered", ascending=False, kind="stable")


def _tally_in_target_by_hour(selection: Selection, kind: int) -> Tally:
    quarter = selection.facts.waits.quarter
    done, late, in_time = _judge_waits(selection, kind)
    return {
        "in_time": tally_by_hour_of_week(selection, quarter[in_time]),
        "judged": tally_by_hour_of_week(selection, quarter[done | late]),
    }


@conclude_from(_tally_in_target_by_hour)
def count_in_target_by_hour(tally: Tally, _: Scope, kind: int) -> tuple[Ints, Ints]:  # noqa: ARG001
    """Return two 7 × 24 grids (int64) by the hour of the beginning: waits answered in time, and all waits judged."""
    return as_grid(tally["in_time"]), as_grid(tally["judged"])


def _tally_waits_by_hour(selection: Selection, kind: int) -> Tally:
    return tally_by_hour_of_week(selection, quarters_of_waits(selection, kind))


@conclude_from(_tally_waits_by_hour)
def count_waits_by_hour(tally: Tally, _: Scope, kind: int) -> Ints:  # noqa: ARG001
    """Return a 7 × 24 grid (int64) of how many waits of a kind began in each hour of the week."""
    return as_grid(tally)


def _judge_waits(selection: Selection, kind: int) -> tuple[Mask, Mask, Mask]:
    """Return which waits were answered, which were not within the target or ever, and which were in time."""
    limit = selection.terms.target // timedelta(microseconds=1)
    done, late = waits_of(selection, kind, ANSWERED), mark_late(selection, kind)
    in_time = done.copy()
    in_time[done] = measure_durations(selection, done) <= limit
    return done, late, in_time


def quarters_of_waits(selection: Selection, kind: int) -> Ints:
    """Return the quarters of an hour in which waits of a kind began."""
    return selection.facts.waits.quarter[mark_waits(selection, kind)]


def _tally_messages_by(selection: Selection, part: str) -> Tally:
    return count_by(selection.message_counts, selection.facts, part, "delivered", "read", "replied")


@conclude_from(_tally_messages_by)
def messages_by(tally: Tally, _: Scope, part: str) -> pd.DataFrame:
    """Return by `template` or `content_type` the messages `sent`, most first.

    Beside them stand the shares of them that were `delivered`, `read` and `replied` to.
    """
    table = tally.reset_index()
    steps = count_steps(table).groupby(table[part]).sum()
    frame = steps.div(steps["sent"], axis=0).assign(sent=steps["sent"])
    frame = frame.reindex(in_order(frame.index))
    return frame.sort_values("sent", ascending=False, kind="stable")


@added_up
def count_undelivered(selection: Selection) -> dict[str, int]:
    """Return how many messages were sent longer ago than `DELIVERY_DEADLINE`, and how many of them show no delivery."""
    return {"settled": int(mark_settled(selection).sum()), "lost": len(find_undelivered(selection))}


def find_undelivered(selection: Selection) -> Ints:
    """Return the places of messages sent longer ago than `DELIVERY_DEADLINE` without any sign of delivery (int64)."""
    messages = selection.facts.messages
    no_sign = (messages.cells.table[["delivered", "read", "replied"]] == 0).all(axis=1).to_numpy()
    return messages.place[mark_settled(selection) & no_sign[messages.cells.code]]


def mark_settled(selection: Selection) -> Mask:
    """Return which messages that pass were sent longer ago than `DELIVERY_DEADLINE`."""
    sent = selection.facts.events.time[selection.facts.messages.place]
    return selection.messages & (selection.as_of - sent >= DELIVERY_DEADLINE // timedelta(microseconds=1))


def _tally_handoffs(selection: Selection) -> Tally:
    counts = selection.facts.handoffs.cells.count(selection.handoffs)
    return count_by(counts, selection.facts, "reason", "step")


@conclude_from(_tally_handoffs)
def count_handoffs(tally: Tally, _: Scope) -> pd.DataFrame:
    """Return handoffs to an agent: `reason`, `step`, `count`, most first."""
    by_name: pd.Series = tally.sort_index(key=lambda names: in_order(names.unique()).get_indexer(names))
    return by_name.reset_index().sort_values("count", ascending=False, kind="stable")


@added_up
def measure_seconds_to_handoff(selection: Selection) -> npt.NDArray[np.float64]:
    """Return how long conversations ran before their first handoff to an agent, in seconds (float64)."""
    rows, time = selection.facts.conversations, selection.facts.events.time
    chosen = selection.conversations & (rows.handoff != NONE)
    seconds: npt.NDArray[np.float64] = (time[rows.handoff[chosen]] - time[rows.first[chosen]]) / MICROSECONDS_PER_SECOND
    return seconds


def _tally_sources(selection: Selection) -> Tally:
    events, source = selection.facts.events, selection.shard.frame["source"]
    wanted = ((events.cells.table["kind"] == CREATED) & (events.cells.table["first"] == 1)).to_numpy()
    codes, counts = np.unique(
        category_codes(source)[events.row[selection.events & wanted[events.cells.code]]], return_counts=True
    )
    return pd.Series(counts, names_of(codes, source.cat.categories, NOT_GIVEN).rename("source"))


@conclude_from(_tally_sources)
def count_contacts_by_source(tally: pd.Series, _: Scope) -> pd.Series:
    """Return the number of new contacts (distinct users, at their first contact) by `source`, most first."""
    counts = tally.groupby(level="source").sum()  # which may be called as what is not given is
    return counts.reindex(in_order(counts.index)).sort_values(ascending=False, kind="stable")


@added_up
def count_waiting_by_agent(selection: Selection) -> dict[str, int]:
    """Return for each agent how many customers wait for a person now, whenever their wait began."""
    rows, chosen = selection.facts.waits, waits_of(selection.without_period, HUMAN, WAITING)
    agent = rows.cells.table["agent"].to_numpy()[rows.cells.code[chosen]]
    return {str(name): int(count) for name, count in count_names(selection.facts, "agent", agent).items()}
