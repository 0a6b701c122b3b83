"""Realistic WhatsApp traffic of a business, in the format of the integration guide.

`audience.py` says who writes and when, `chats.py` what happens then, `lines.py` how it is spelt.
This module paces them: slice after slice of time, so that the events asked for spread over all the days,
and as a real export has them: not quite in order, some twice, some broken.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import numpy as np

from analytics.simulation import audience, lines
from analytics.simulation.audience import QUARTERS, Audience, Floats
from analytics.simulation.chats import Traffic
from analytics.simulation.row import ROW, Rows

DEFAULT_START: Final = date(2026, 1, 5)
"""A Monday. Not today: the same arguments give the same bytes on any day."""

_DAY_MS = 86_400_000
_SLICE_EVENTS = 20_000
_BLOCK_LINES = 1_500
_LATE = 0.015
_REPEATED = 0.005
_CAMPAIGN_EVERY = 7
_CAMPAIGN_SHARE = 0.05
_CAMPAIGN_LINES = 2.9
_CONVERSATION_LINES = 9.0


def simulate(
    events: int, *, seed: int = 0, start: date | None = None, days: int = 30, bad: float = 0.0
) -> Iterator[bytes]:
    """Yield blocks of NDJSON bytes (whole lines, some 100s of kB each) with exactly `events` lines in all.

    The traffic begins at `start` (`DEFAULT_START` unless given), 00:00 UTC, and spreads over `days` by the
    hours and weekdays of its users; nothing happens later than a day after the last. Lines come in order of
    time but for 1.5 % that are late; 0.5 % repeat an earlier line; the share `bad` breaks the event contract.
    The same arguments give the same bytes. Memory depends on the events per day, not on their number.

    Raises ValueError for a negative `events` or `seed`, `days` under 1, or a `bad` that is no share.
    """
    if events < 0 or seed < 0 or days < 1 or not 0 <= bad <= 1:
        wanted = "events >= 0, seed >= 0, days >= 1 and 0 <= bad <= 1"
        raise ValueError(f"need {wanted}; got {events=}, {seed=}, {days=}, {bad=}")
    return _blocks(events, seed, start or DEFAULT_START, days, bad)


def _blocks(events: int, seed: int, start: date, days: int, bad: float) -> Iterator[bytes]:
    rng = np.random.default_rng(seed)
    users = Audience(seed, 50 + events // 50, rng)
    for rows in _arrivals(events, Traffic(users, rng), _slices(events, start, days), bad, rng):
        for first in range(0, len(rows), _BLOCK_LINES):
            written = lines.write(rows[first : first + _BLOCK_LINES], users, seed)
            yield ("\n".join(written) + "\n").encode()


@dataclass(frozen=True)
class _Slice:
    """A part of a UTC day. `planned` and `campaign`: how many lines of each sort should come from it."""

    day: date
    quarters: slice
    planned: float
    campaign: float

    @property
    def midnight(self) -> int:
        """The beginning of the day, in ms since 1970."""
        return int(datetime.combine(self.day, time(), UTC).timestamp()) * 1000

    @property
    def end(self) -> int:
        """The end of the slice, in ms since 1970."""
        return self.midnight + int(self.quarters.stop) * audience.QUARTER_MS

    def cut(self, activity: Floats) -> Floats:
        """Return the day's `activity` within the slice, 0 elsewhere."""
        inside = np.zeros_like(activity)
        inside[:, self.quarters] = activity[:, self.quarters]
        return inside


def _slices(events: int, start: date, days: int) -> list[_Slice]:
    """Return the days cut in equal parts, small enough to hold one in memory, each with its plan."""
    parts = next((n for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48) if n * days * _SLICE_EVENTS >= events), QUARTERS)
    dates = [start + timedelta(day) for day in range(days)]
    usual = np.array([audience.rhythm(day).sum(axis=0) for day in dates]).reshape(days * parts, -1).sum(axis=1)
    pushed = np.array([_campaign(day, start, days).sum(axis=0) for day in dates])
    pushed = pushed.reshape(days * parts, -1).sum(axis=1)
    share = _CAMPAIGN_SHARE * min(1, days / _CAMPAIGN_EVERY)
    planned = usual / usual.sum() * events * (1 - share)
    campaigns = pushed / pushed.sum() * events * share
    width = QUARTERS // parts
    return [
        _Slice(dates[n // parts], slice(n % parts * width, n % parts * width + width), plan, campaign)
        for n, (plan, campaign) in enumerate(zip(planned.tolist(), campaigns.tolist(), strict=True))
    ]


def _campaign(day: date, start: date, days: int) -> Floats:
    """Return the activity of the campaign of `day`: one a week, in the middle of the first."""
    due = (day - start).days % _CAMPAIGN_EVERY == min(3, days - 1)
    return audience.campaign(day) * due


def _arrivals(
    events: int, traffic: Traffic, slices: list[_Slice], bad: float, rng: np.random.Generator
) -> Iterator[Rows]:
    """Yield exactly `events` rows in the order in which their lines are written.

    Rows of a conversation that belong to a later slice of time wait until that slice.
    """
    waiting = np.empty(0, ROW)
    written = 0
    for part, rows in _happenings(events, traffic, slices, bad, rng):
        waiting = np.concatenate([waiting, rows])
        waiting = waiting[waiting["arrival"].argsort(kind="stable")]
        due = min(int(waiting["arrival"].searchsorted(part.end)), events - written)
        yield waiting[:due]
        written += due
        waiting = waiting[due:]
    yield waiting[: events - written]


def _happenings(
    events: int, traffic: Traffic, slices: list[_Slice], bad: float, rng: np.random.Generator
) -> Iterator[tuple[_Slice, Rows]]:
    """Yield each slice with the rows of what begins in it: at least `events` rows in all, and few more."""
    planned, made = 0.0, 0
    limit = slices[-1].midnight + 2 * _DAY_MS
    for part in slices:
        planned += part.planned + part.campaign
        rows = _disturb(_promote(traffic, part), limit, bad, rng)
        count = max(0, round((planned - made - len(rows)) / _CONVERSATION_LINES))
        rows = np.concatenate([rows, _disturb(_converse(traffic, part, count), limit, bad, rng)])
        while part is slices[-1] and made + len(rows) < events:
            count = math.ceil((events - made - len(rows)) / _CONVERSATION_LINES)
            rows = np.concatenate([rows, _disturb(_converse(traffic, part, count), limit, bad, rng)])
        made += len(rows)
        yield part, rows


def _promote(traffic: Traffic, part: _Slice) -> Rows:
    """Return the rows of the campaign that falls into the slice, if any."""
    activity = part.cut(audience.campaign(part.day))
    return traffic.campaign(round(part.campaign / _CAMPAIGN_LINES), activity, part.midnight, part.day.month)


def _converse(traffic: Traffic, part: _Slice, count: int) -> Rows:
    """Return the rows of `count` conversations that begin in the slice."""
    return traffic.conversations(count, part.cut(audience.rhythm(part.day)), part.midnight)


def _disturb(rows: Rows, limit: int, bad: float, rng: np.random.Generator) -> Rows:
    """Return rows as they reach a file: some late, some damaged, some twice, none from after `limit` (ms)."""
    rows = rows[rows["time"] < limit]
    late = rng.random(len(rows)) < _LATE
    rows["arrival"] = rows["time"] + late * (60_000 + rng.exponential(1_200_000, len(rows))).astype(np.int64)
    rows["bad"] = (rng.random(len(rows)) < bad) * rng.integers(1, 256, len(rows))
    again = rows[rng.random(len(rows)) < _REPEATED]
    again["arrival"] += 1 + rng.exponential(60_000, len(again)).astype(np.int64)
    return np.concatenate([rows, again])
