"""Returns: what follows a closed conversation in any chat of the customer, a "thanks" or another question."""

from datetime import timedelta

import numpy as np

from analytics.facts.silence import Conversing, last_place_up_to
from analytics.facts.timeline import NONE, RESOLVED, Ints, Mask, Timeline

AFTERWORD_WINDOW = timedelta(hours=24)
"""An afterword begins so soon after the customer's last resolve."""


def find_afterwords(timeline: Timeline, conversing: Conversing, likely: Mask) -> Mask:
    """Return which of the conversations that are `likely` afterwords begin soon enough after a resolve."""
    chosen = np.flatnonzero(likely)
    begin = conversing.starts[chosen]
    resolves = np.flatnonzero(timeline.kind[: timeline.spine] == RESOLVED)
    last = _find_last_before(timeline, resolves, begin)
    pause = timeline.time[begin] - timeline.time[last]
    found = np.zeros(len(likely), np.bool_)
    found[chosen] = (last != NONE) & (pause <= AFTERWORD_WINDOW // timedelta(microseconds=1))
    return found


def find_returns(timeline: Timeline, resolve: Ints, begin: Ints) -> Ints:
    """Return for each resolve the first place of `begin` after it of the same customer; NONE where there is none.

    Of an instant, a resolve comes last. `resolve` may be NONE.
    """
    found = np.full(len(resolve), NONE, np.int64)
    known = np.flatnonzero(resolve != NONE)
    found[known] = find_later(timeline.user, timeline.time, resolve[known], begin)
    return found


def find_later(user: Ints, time: Ints, places: Ints, wanted: Ints) -> Ints:
    """Return for each of `places` the first `wanted` place of the same user at a later time; NONE without one.

    `user` and `time` are those of each place.
    """
    both = np.concatenate([wanted, places])
    asks = np.arange(len(both)) >= len(wanted)
    order = np.lexsort((asks, time[both], user[both]))[::-1]
    following = last_place_up_to(~asks[order])
    place = both[order][following]
    same = (following != NONE) & (user[place] == user[both[order]])
    found = np.full(len(places), NONE, np.int64)
    asked = asks[order]
    found[order[asked] - len(wanted)] = np.where(same, place, NONE)[asked]
    return found


def _find_last_before(timeline: Timeline, resolves: Ints, begin: Ints) -> Ints:
    """Return for each of `begin` the last resolve of the same customer before it; NONE where there is none."""
    both = np.concatenate([begin, resolves])
    is_resolve = np.arange(len(both)) >= len(begin)
    order = np.lexsort((is_resolve, timeline.time[both], timeline.user[both]))
    last = last_place_up_to(is_resolve[order])
    place = both[order][last]
    same = (last != NONE) & (timeline.user[place] == timeline.user[both[order]])
    found = np.full(len(begin), NONE, np.int64)
    of_begin = ~is_resolve[order]
    found[order[of_begin]] = np.where(same, place, NONE)[of_begin]
    return found
