"""The metric table: all metrics, each with an explanation of how it is counted."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.metrics.report import MetricRow, flatten, metric_table
from analytics.ui.browser.session import Key
from analytics.ui.data.view import View
from analytics.ui.elements import explanation
from analytics.ui.elements.downloads import UNITS, offer_download
from analytics.ui.elements.explanation import Number, describe_reading, name_of_reading
from analytics.ui.elements.tables import TickableRows, show
from analytics.words import display
from analytics.words.meanings import READINGS

NAME = "All metrics"


def draw(view: View) -> None:
    """Draw all metrics: raw event count beside per message, change, formula."""
    rows = metric_table(view.numbers, view.previous_numbers, settled=view.is_settled)
    frame = pd.DataFrame(
        {
            "Metric": [row.metric.label for row in rows],
            "Raw event count": [describe_reading(row.metric, row.guide) for row in rows],
            "Per message": [describe_reading(row.metric, row.ledger) for row in rows],
            "Change": [display.change(row.metric, row.ledger, row.previous_ledger) for row in rows],
            "Formula": [row.metric.formula for row in rows],
        }
    )
    if not view.is_compared:
        frame = frame.drop(columns="Change")
    show(frame, alt=NAME, rows=TickableRows([row.metric.key for row in rows], _ask_for_metric))
    offer_download(_table_of_numbers(rows), NAME)
    st.caption(f"{READINGS} Tick a metric to see how it is counted.")
    if asked := st.session_state.pop(Key.METRIC_ASKED_FOR, None):
        (metric,) = (row.metric for row in rows if row.metric.key == asked)
        explanation.open_explanation(Number(metric.label, metric))


def _ask_for_metric(key: str) -> None:
    st.session_state[Key.METRIC_ASKED_FOR] = key


def _table_of_numbers(rows: Sequence[MetricRow]) -> pd.DataFrame:
    """Return the metric table as numbers: a row for each metric and reading, with its parts."""
    lines = [
        {
            "Metric": line.metric.label,
            "Reading": line.kind.capitalize(),
            "Unit": UNITS.get(line.metric.unit, line.metric.unit),
            "Name": name_of_reading(line.metric, line.now),
            "Value": line.now.value,
            "Numerator": line.now.numerator,
            "Denominator": line.now.denominator,
            "Value before": line.before.value if line.before and line.before.name == line.now.name else None,
            "How it is counted": line.formula,
        }
        for line in flatten(rows)
    ]
    whole = dict.fromkeys(("Numerator", "Denominator"), "Int64")
    return pd.DataFrame(lines).astype(whole | dict.fromkeys(("Value", "Value before"), "float64"))
