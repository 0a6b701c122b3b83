"""Charts: Plotly figures from small frames, in one visual language.

Colours mean the same on every page and are told apart by colour-blind people (after Okabe and Ito, 2008),
in light and dark. Figures are plain dicts with few, aggregated points.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics import display
from analytics.metrics.traffic import WEEKDAYS
from analytics.ui.countries import alpha_3
from analytics.ui.escape import for_chart
from analytics.ui.server import MAP_PATH

BLUE, ORANGE, GREEN, SKY, PINK, RED, GREY = (
    "#3B8FCB", "#E69F00", "#0F9D76", "#63B8EC", "#CC79A7", "#D55E00", "#8A94A0",
)  # fmt: skip
COLOURS = {
    "received": BLUE, "sent": ORANGE, "delivered": SKY, "read": GREEN, "replied": PINK,
    "bot": SKY, "agent": ORANGE,
    "needed_agent": ORANGE, "solved_by_bot": GREEN, "gave_up": RED, "ended_quietly": SKY, "ongoing": GREY,
    "median": BLUE, "p90": ORANGE, "in_target": GREEN,
    "new_contacts": GREEN, "first_time_writers": BLUE,
}  # fmt: skip
LABELS = {
    "received": "Received", "sent": "Sent", "delivered": "Delivered", "read": "Read (at least)",
    "replied": "Replied", "needed_agent": "Needed an agent", "solved_by_bot": "Solved by the bot",
    "gave_up": "Customer gave up", "ended_quietly": "Ended quietly", "ongoing": "Ongoing",
    "median": "Median", "p90": "9 in 10 answered within", "in_target": "Answered in target",
    "new_contacts": "New contacts", "first_time_writers": "First-time writers",
}  # fmt: skip
HEIGHT = 320

_DASHED = {"color": GREY, "dash": "dash", "width": 1}
_AXIS: dict[str, dict[str, Any]] = {
    "count": {"rangemode": "tozero"},
    "share": {"tickformat": ".0%", "rangemode": "tozero"},
    "seconds": {"ticksuffix": " min", "rangemode": "tozero"},
}
_HOVER = {"count": "%{y:,}", "share": "%{y:.1%}", "seconds": "%{y:,.1f} min"}
_TEXT = {"count": display.count, "share": display.share, "seconds": display.duration}


def lines(frame: pd.DataFrame, *, alt: str, unit: str = "count", target: float | None = None) -> None:
    """Draw a line for each column over the days of the index."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(frame) < 15 else "lines",
            "name": LABELS[name],
            "x": list(frame.index),
            "y": _plain(frame[name], unit),
            "line": {"color": COLOURS[name], "width": 2},
            "hovertemplate": _HOVER[unit],
        }
        for name in frame.columns
    ]
    shapes = []
    if target is not None:
        shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target, "line": _DASHED}]
    _draw(traces, alt, yaxis=_AXIS[unit], shapes=shapes, hovermode="x unified")


def stacked(frame: pd.DataFrame, *, alt: str) -> None:
    """Draw a stacked bar a day, a layer for each column."""
    traces = [_bar(LABELS[name], list(frame.index), frame[name], COLOURS[name]) for name in frame.columns]
    _draw(traces, alt, barmode="stack", hovermode="x unified")


def bars(values: Mapping[str, float], *, alt: str, colour: str = BLUE, unit: str = "count") -> None:
    """Draw a horizontal bar for each name, the first on top."""
    names = [for_chart(name) for name in values]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": _plain(pd.Series(values), unit),
        "marker": {"color": colour},
        "text": [_TEXT[unit](value) for value in values.values()],
        "textposition": "auto",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    height = max(160, 60 + 28 * len(names))
    _draw([trace], alt, height=height, yaxis={"autorange": "reversed", "automargin": True}, xaxis=_AXIS[unit])


def columns(names: Sequence[str], values: Sequence[float], *, alt: str, colour: str = BLUE) -> None:
    """Draw a vertical bar for each name."""
    _draw([_bar("", [for_chart(name) for name in names], pd.Series(values), colour)], alt, xaxis={"type": "category"})


def funnel(steps: Mapping[str, int], *, alt: str) -> None:
    """Draw a funnel with each step's share of the first and of the one before."""
    trace = {
        "type": "funnel",
        "y": [LABELS[step] for step in steps],
        "x": list(steps.values()),
        "textinfo": "value+percent initial+percent previous",
        "texttemplate": "%{value:,}<br>%{percentInitial:.0%} of sent",
        "marker": {"color": [COLOURS[step] for step in steps]},
        "connector": {"fillcolor": "rgba(138,148,160,0.25)"},
        "hovertemplate": "%{y}: %{x:,}<br>%{percentPrevious:.0%} of the step before<extra></extra>",
    }
    _draw([trace], alt, yaxis={"automargin": True})


def week(grid: Sequence[Sequence[int]], *, alt: str) -> None:
    """Draw a heat map of weekday by hour."""
    trace = {
        "type": "heatmap",
        "z": [list(row) for row in grid],
        "x": [f"{hour:02}" for hour in range(24)],
        "y": [day[:3] for day in WEEKDAYS],
        "colorscale": "Cividis",
        "hovertemplate": "%{y} %{x}:00: %{z:,}<extra></extra>",
        "colorbar": {"thickness": 10},
    }
    _draw([trace], alt, yaxis={"autorange": "reversed"}, xaxis={"type": "category"})


def world(values: Mapping[str, int], *, alt: str) -> None:
    """Draw countries (ISO 3166-1 alpha-2) on a map whose topology this server holds."""
    known = [code for code in values if alpha_3(code)]
    trace = {
        "type": "choropleth",
        "locations": [alpha_3(code) for code in known],
        "z": [values[code] for code in known],
        "colorscale": "Cividis",
        "colorbar": {"thickness": 10},
    }
    geo = {"projection": {"type": "natural earth"}, "bgcolor": "rgba(0,0,0,0)", "showframe": False}
    _draw([trace], alt, height=420, geo=geo)


def _bar(name: str, x: list[Any], values: pd.Series, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": x,
        "y": values.tolist(),
        "marker": {"color": colour},
        "hovertemplate": "%{y:,}" if name else "%{x}: %{y:,}<extra></extra>",
    }


def _plain(values: pd.Series, unit: str) -> list[Any]:
    """Return values as they are drawn: durations in minutes, missing ones as gaps."""
    shown = values / 60 if unit == "seconds" else values
    return [None if pd.isna(value) else value for value in shown.tolist()]


def _draw(traces: list[dict[str, Any]], alt: str, *, height: int = HEIGHT, **layout: Any) -> None:
    figure = {
        "data": traces,
        "layout": {
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 24, "b": 8},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "showlegend": len(traces) > 1,
            "dragmode": False,
            **layout,
        },
    }
    config = {"displayModeBar": False, "responsive": True, "topojsonURL": f"{MAP_PATH}/"}
    st.plotly_chart(figure, config=config, alt=alt)
