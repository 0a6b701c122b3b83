"""The report: all metrics of a selection, as one JSON object and as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from analytics.facts.facts import Facts
from analytics.facts.names import counts_by_event_name
from analytics.metrics.agents import AGENT_PERFORMANCE
from analytics.metrics.comparison import Comparison, selection_to_compare
from analytics.metrics.contacts import DAILY_NEW_CONTACTS
from analytics.metrics.filters import NARROWING, Filter
from analytics.metrics.first_message import TIME_TO_FIRST_MESSAGE
from analytics.metrics.metric import Metric, Reading, Result
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.question import conclude_from
from analytics.metrics.rates import DELIVERY_RATE, MESSAGE_FUNNEL, READ_RATE, REPLY_RATE
from analytics.metrics.response_time import RESPONSE_TIME
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally
from analytics.metrics.terms import Terms
from analytics.metrics.traffic import PEAK_HOURS, TRAFFIC_BY_COUNTRY

METRICS: tuple[Metric, ...] = (
    RESPONSE_TIME,
    DAILY_NEW_CONTACTS,
    READ_RATE,
    DELIVERY_RATE,
    REPLY_RATE,
    MESSAGE_FUNNEL,
    TRAFFIC_BY_COUNTRY,
    PEAK_HOURS,
    AGENT_PERFORMANCE,
    SERVICE_MODES,
    TIME_TO_FIRST_MESSAGE,
)
"""All metrics, in the order in which they are shown: first the ten of the integration guide, then others."""


def report(
    facts: Facts,
    chosen: Filter,
    *,
    as_of: int | None = None,
    comparison: Comparison | None = None,
    terms: Terms | None = None,
) -> dict[str, Any]:
    """Return the filters, the events and the metrics; with a `comparison` also the `previous` metrics.

    `previous` is None if there is nothing to compare with. `as_of` is microseconds since 1970 UTC.
    """
    return report_of(Selection(facts, chosen, as_of, terms), comparison)


def report_of(selection: Selection, comparison: Comparison | None = None) -> dict[str, Any]:
    """Return the report of a selection."""
    found: dict[str, Any] = {
        "filters": _filters_as_json(selection.filter),
        "events": _events_as_json(selection),
        "metrics": compute_metrics(selection),
    }
    if comparison:
        other = selection_to_compare(selection, comparison)
        found["previous"] = None if other is None else compute_metrics(other)
    return found


def _tally_metrics(selection: Selection) -> Tally:
    return {metric.key: metric.tally(selection) for metric in METRICS}


@conclude_from(_tally_metrics)
def compute_metrics(tally: Tally, scope: Scope) -> dict[str, Result]:
    """Return the result of each metric by its key."""
    return {metric.key: metric.conclude(tally[metric.key], scope) for metric in METRICS}


@dataclass(frozen=True)
class MetricRow:
    """One metric's line in the metric table: both readings, and those of the compared period."""

    metric: Metric
    guide: Reading
    ledger: Reading
    previous_guide: Reading | None = None
    previous_ledger: Reading | None = None


def metric_table(
    metrics: dict[str, Result], previous: dict[str, Result] | None = None, *, settled: bool = True
) -> list[MetricRow]:
    """Return a line for each metric; what can still change has no earlier number unless all messages are `settled`."""
    return [
        MetricRow(
            metric,
            metric.guide(metrics[metric.key]),
            metric.ledger(metrics[metric.key]),
            *((metric.guide(before), metric.ledger(before)) if before is not None else (None, None)),
        )
        for metric in METRICS
        for before in [previous[metric.key] if previous and (settled or not metric.settles_late) else None]
    ]


@dataclass(frozen=True)
class ReadingRow:
    """One reading of a metric on a line of its own: its `kind`, how it is counted, and that of the compared period."""

    metric: Metric
    kind: Literal["raw event count", "per message"]
    formula: str
    now: Reading
    before: Reading | None


def flatten(rows: Iterable[MetricRow]) -> list[ReadingRow]:
    """Return two lines for each of a metric table: the raw event count, and per message."""
    return [
        line
        for row in rows
        for line in (
            ReadingRow(row.metric, "raw event count", row.metric.formula, row.guide, row.previous_guide),
            ReadingRow(row.metric, "per message", row.metric.per_message, row.ledger, row.previous_ledger),
        )
    ]


def _filters_as_json(chosen: Filter) -> dict[str, Any]:
    """Return the filter as it stands in the JSON; weekdays are numbers (Monday is 0)."""
    always, others = (
        {choice.option: list(getattr(chosen, choice.field)) for choice in NARROWING if choice.always_told is told}
        for told in (True, False)
    )
    return {
        "from": chosen.first_day.isoformat() if chosen.first_day else None,
        "to": chosen.last_day.isoformat() if chosen.last_day else None,
        "timezone": chosen.timezone,
        **dict(sorted(always.items())),
        **{name: values for name, values in others.items() if values},
    }


def _events_as_json(selection: Selection) -> dict[str, Any]:
    by_type = counts_by_event_name(selection.event_counts)
    return {"total": sum(by_type.values()), "by_type": by_type}
