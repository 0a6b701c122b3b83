"""Who waits now, whatever the period: since when, for whom, and for how long a free reply is still possible."""

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.names import names_of
from analytics.facts.timeline import RECEIVED, Ints
from analytics.facts.waits import HUMAN, WAITING
from analytics.metrics.breakdowns import REPLY_WINDOW
from analytics.metrics.filters import NOBODY, UNKNOWN
from analytics.metrics.question import added_up
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND, waits_of
from analytics.metrics.selection import Selection

SECONDS_PER_HOUR = timedelta(hours=1).total_seconds()


def find_waiting(selection: Selection, kind: int, as_of: int | None = None) -> pd.DataFrame:
    """Return the running waits of a kind that pass all filters except the period's, the longest first.

    `conversation` (int32) is the one in which the wait began, `user` (int32) a code of the event frame's users, and
    `since` microseconds since 1970 UTC. `waited` and `left` are seconds (float64). `left` is what remains of WhatsApp's
    24 hours since the customer's latest message: below 0 if they have passed, missing if the customer never wrote.
    `agent` and `country` are names. `as_of` may be a later "now".
    """
    chosen = selection.without_period
    now = max(as_of or 0, chosen.as_of)
    facts, rows = chosen.facts, chosen.facts.waits
    running = np.flatnonzero(waits_of(chosen, kind, WAITING))
    begin, cells = rows.begin[running], rows.cells.table.iloc[rows.cells.code[running]]
    chat, since = facts.events.chat[begin], facts.events.time[begin]
    wrote = _find_latest_messages(chosen)[chat]
    left = REPLY_WINDOW.total_seconds() - (now - wrote) / MICROSECONDS_PER_SECOND
    found = pd.DataFrame(
        {
            "conversation": facts.events.conversation[begin],
            "user": facts.chat_owner[chat],
            "since": since,
            "waited": np.maximum(now - since, 0) / MICROSECONDS_PER_SECOND,
            "left": np.where(wrote > 0, left, np.nan),
            "agent": names_of(cells["agent"].to_numpy(), facts.agents, NOBODY),
            "country": names_of(cells["country"].to_numpy(), facts.countries, UNKNOWN),
        }
    )
    return found.sort_values("since", kind="stable", ignore_index=True)


def sort_by_urgency(waiting: pd.DataFrame) -> pd.DataFrame:
    """Return first those who can still be answered freely, by the time left; then the others, by the longest wait."""
    in_window = waiting["left"] > 0
    return pd.concat([waiting[in_window].sort_values("left", kind="stable"), waiting[~in_window]], ignore_index=True)


@added_up
def count_running(selection: Selection, kind: int) -> int:
    """Return how many waits of a kind run now and pass all filters except the period's."""
    return int(np.count_nonzero(waits_of(selection.without_period, kind, WAITING)))


@added_up
def count_waits_for_person(selection: Selection) -> int:
    """Return how many waits for a person there are, whatever the filter."""
    rows = selection.facts.waits
    return int((rows.cells.table["kind"] == HUMAN).to_numpy()[rows.cells.code].sum())


def count_leaving_soon(waiting: pd.DataFrame) -> int:
    """Return how many of those who wait can be answered freely for an hour at most."""
    return int(waiting["left"].between(0, SECONDS_PER_HOUR).sum())


def _find_latest_messages(selection: Selection) -> Ints:
    """Return for each chat when its customer wrote last (microseconds since 1970 UTC); 0 if never."""
    events = selection.facts.events
    received = np.flatnonzero((events.cells.table["kind"] == RECEIVED).to_numpy()[events.cells.code])
    latest = np.zeros(len(selection.facts.chat_owner), np.int64)
    latest[events.chat[received]] = events.time[received]  # in order of time: of several the last stays
    return latest
