"""Traffic: the countries from which customers write, and the hours at which they write."""

import numpy as np
import pandas as pd

from analytics.facts.calendar import WEEKDAYS
from analytics.facts.timeline import RECEIVED, Ints
from analytics.metrics.account import Account, Sentences, say_nothing, select_kinds, state_count
from analytics.metrics.filters import UNKNOWN
from analytics.metrics.metric import Metric, Reading, Result, divide
from analytics.metrics.question import conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by


def tally_traffic_by_country(selection: Selection) -> Tally:
    """Return messages received by country."""
    counts = selection.event_counts
    return count_by(counts[counts["kind"] == RECEIVED], selection.facts, "country")


def conclude_traffic_by_country(tally: Tally, _: Scope) -> Result:
    """Return messages received by country, most first, then by name."""
    return dict(sorted(tally.to_dict().items(), key=lambda item: (-item[1], item[0])))


def tally_peak_hours(selection: Selection) -> Tally:
    """Return messages received by local hour of the week."""
    return tally_by_hour_of_week(selection, selection.quarters_of(RECEIVED))


def conclude_peak_hours(tally: Tally, _: Scope) -> Result:
    """Return messages received by local hour (24), and by weekday (7, Monday first) and hour."""
    grid = as_grid(tally)
    return {"by_hour": grid.sum(axis=0).tolist(), "by_weekday_hour": grid.tolist()}


def tally_by_hour_of_week(selection: Selection, quarters: Ints) -> pd.Series:
    """Return how many quarters of an hour fall on each local hour of the week (168, from Monday 0:00)."""
    per_quarter = np.bincount(quarters)
    hour_of_week = selection.calendar.weekday.astype(np.int64) * 24 + selection.calendar.hour
    weights = np.bincount(hour_of_week[: len(per_quarter)], weights=per_quarter, minlength=7 * 24)
    return pd.Series(weights.astype(np.int64)).rename_axis("hour")


def as_grid(by_hour: pd.Series) -> Ints:
    """Return counts by hour of the week as a 7 × 24 grid (int64), Monday first."""
    return by_hour.to_numpy().reshape(7, 24)


def _busiest_country(traffic: Result) -> Reading:
    total = sum(traffic.values())
    name, count = next(iter(traffic.items()), ("", 0))
    return Reading(divide(count, total), count, total, name)


def _busiest_hour(result: Result) -> Reading:
    by_hour = result["by_hour"]
    total, count = sum(by_hour), max(by_hour)
    return Reading(divide(count, total), count, total, f"{by_hour.index(count):02}:00" if total else "")


def _busiest_hour_of_week(result: Result) -> Reading:
    grid = np.array(result["by_weekday_hour"])
    total, place = int(grid.sum()), int(grid.argmax())
    count = int(grid.max())
    name = f"{WEEKDAYS[place // 24]} {place % 24:02}:00" if total else ""
    return Reading(divide(count, total), count, total, name)


@conclude_from(tally_traffic_by_country)
def _explain_unknown(tally: Tally, _: Scope) -> Sentences:
    """Return how many messages came from an unknown country; they count under this name."""
    unknown = int(tally.get(UNKNOWN, 0))
    return state_count(unknown, "message is from an unknown country", "messages are from unknown countries")


TRAFFIC_BY_COUNTRY = Metric(
    key="traffic_by_country",
    label="Traffic by country",
    definition="Which countries customers write from. The number is the share of the busiest.",
    formula="message.received grouped by countryCode",
    per_message="Each message once, by attributed country: event, else contact, else phone number or user id",
    unit="share",
    better="neither",
    tally=tally_traffic_by_country,
    conclude=conclude_traffic_by_country,
    guide=_busiest_country,
    ledger=_busiest_country,
    account=Account(say_nothing, _explain_unknown, select_kinds(RECEIVED), select_kinds(RECEIVED)),
)


@conclude_from(say_nothing.tally)
def _explain_hours(_: Tally, __: Scope) -> Sentences:
    counted = "the raw event count for each hour of the day, per message for each hour of each weekday"
    return [f"Both count the same messages: {counted}."]


PEAK_HOURS = Metric(
    key="peak_hours",
    label="Peak hours",
    definition="When customers write, in local time. The number is the share of the busiest hour.",
    formula="message.received grouped by hour",
    per_message="Each message once, by weekday and hour",
    unit="share",
    better="neither",
    tally=tally_peak_hours,
    conclude=conclude_peak_hours,
    guide=_busiest_hour,
    ledger=_busiest_hour_of_week,
    account=Account(_explain_hours, say_nothing, select_kinds(RECEIVED), select_kinds(RECEIVED)),
)
