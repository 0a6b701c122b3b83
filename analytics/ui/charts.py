"""Charts: Plotly figures from small frames, in one visual language.

Colours mean the same on every page and are told apart by colour-blind people (after Okabe and Ito, 2008),
in light and dark. Figures are plain dicts with few, aggregated points. Days that are not over yet, or whose
numbers still change, are dotted or hatched.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics import display
from analytics.metrics.traffic import WEEKDAYS
from analytics.ui.countries import alpha_3, country_name
from analytics.ui.escape import for_chart
from analytics.ui.server import MAP_PATH

BLUE, ORANGE, GREEN, MINT, SKY, PINK, RED, OLIVE, GREY = (
    "#3B8FCB", "#E69F00", "#0F9D76", "#74C7A5", "#63B8EC", "#CC79A7", "#D55E00", "#A89A2C", "#8A94A0",
)  # fmt: skip
COLOURS = {
    "received": BLUE, "replied": BLUE, "first_time_writers": BLUE,  # what customers do
    "sent": PINK, "ended_quietly": PINK,  # what we do last
    "delivered": MINT, "read": GREEN, "in_target": GREEN,  # what came about
    "needed_agent": ORANGE, "solved_by_bot": SKY,  # who does it
    "median": BLUE, "p90": RED, "gave_up": RED, "ongoing": GREY, "new_contacts": OLIVE,
}  # fmt: skip
LABELS = {
    "received": "Received", "sent": "Sent", "delivered": "Delivered", "read": "Read (at least)",
    "replied": "Replied", "needed_agent": "Needed an agent", "solved_by_bot": "Solved by the bot",
    "gave_up": "Customer gave up", "ended_quietly": "Ended quietly", "ongoing": "Ongoing",
    "median": "Median", "p90": "9 in 10 answered within", "in_target": "Answered in target",
    "new_contacts": "New contacts", "first_time_writers": "First-time writers",
}  # fmt: skip
STILL_COUNTING = "Still counting"
RECEIPTS = timedelta(hours=48)
"""How long deliveries and reads of a message may come late."""
HEIGHT = 320

_DAY = timedelta(days=1)
_FEW = 5
"""An axis has at most about so many steps; counts up to it are counted one by one."""
_ROOMY = 7
"""A chart of fewer days or names than these has room beside them, lest a bar grow as wide as the chart."""
_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
_HATCHED = {"shape": "/", "fillmode": "replace", "size": 6, "solidity": 0.4}
_ON_COLOUR = {"color": "#141414"}
_STEPS = [
    size * unit
    for unit, sizes in ((1, (1, 2, 5, 10, 15, 30)), (60, (1, 2, 5, 10, 15, 30)), (3_600, (1, 2, 3, 6, 12)))
    for size in sizes
]
_THEMES = {
    "light": {
        "land": "#E9ECEF", "ocean": "#F7FAFC", "border": "#B4BCC4",
        "none": "#EFF4F9", "few": "#CFE3F4", "many": "#0B4A83",
    },
    "dark": {
        "land": "#2B303A", "ocean": "#12161F", "border": "#59616D",
        "none": "#1F2731", "few": "#1F4466", "many": "#A6DAFB",
    },
}  # fmt: skip
_TEXT = {"count": display.count, "share": display.share, "seconds": display.duration}


def lines(
    frame: pd.DataFrame, *, up_to: datetime, alt: str, unit: str = "count", settles: timedelta = timedelta(0)
) -> None:
    """Draw a line for each column over the days of the index, dotted where they still change.

    `up_to` is the local time that the data reach, `settles` how long after a day its numbers still change.
    """
    open_days = _open_days(frame.index, up_to, settles)
    traces = [trace for name in frame.columns for trace in _line(name, frame[name], unit, open_days)]
    if frame.tail(open_days).notna().any(axis=None):
        traces.append(_legend_of({"type": "scatter", "mode": "lines", "line": {"color": GREY, "dash": "dot"}}))
    top = frame.max().max()
    _draw(traces, alt, xaxis=_day_axis(frame.index), yaxis=_axis(unit, top), hovermode="x unified")


def stacked(frame: pd.DataFrame, *, up_to: datetime, alt: str) -> None:
    """Draw a stacked bar a day, a layer for each column, the first on top; hatched where the day is not over."""
    open_days = _open_days(frame.index, up_to)
    traces = [_layer(name, frame[name], open_days) for name in reversed(frame.columns)]
    if frame.tail(open_days).any(axis=None):
        traces.insert(0, _legend_of({"type": "bar", "marker": {"color": GREY, "pattern": _HATCHED}}))
    _draw(
        traces,
        alt,
        barmode="stack",
        hovermode="x unified",
        xaxis=_day_axis(frame.index),
        yaxis=_axis("count", frame.sum(axis=1).max()),
        legend={**_LEGEND, "traceorder": "reversed"},
    )


def bars(values: Mapping[str, float], *, alt: str, colour: str = BLUE, unit: str = "count") -> None:
    """Draw a horizontal bar for each name, the first on top; without any, say so."""
    if not values:
        st.caption("None in this period.")
        return
    names = [for_chart(name) for name in values]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": list(values.values()),
        "marker": {"color": colour},
        "text": [_TEXT[unit](value) for value in values.values()],
        "textposition": "auto",
        "insidetextfont": _ON_COLOUR,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    _draw(
        [trace],
        alt,
        height=68 + 30 * len(names),
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
        xaxis=_axis(unit, max(values.values())),
    )


def columns(names: Sequence[str], values: Sequence[float], *, alt: str, colour: str = BLUE) -> None:
    """Draw a vertical bar for each name."""
    trace = {
        "type": "bar",
        "x": [for_chart(name) for name in names],
        "y": list(values),
        "marker": {"color": colour},
        "hovertemplate": "%{x}: %{y:,}<extra></extra>",
    }
    room = max(_ROOMY - len(names), 0) / 2
    xaxis = {"type": "category", "range": [-0.5 - room, len(names) - 0.5 + room], "automargin": True}
    _draw([trace], alt, xaxis=xaxis, yaxis=_axis("count", max(values, default=0)))


def funnel(steps: Mapping[str, int], *, alt: str) -> None:
    """Draw a funnel with each step's share of the first and of the one before."""
    trace = {
        "type": "funnel",
        "y": [LABELS[step] for step in steps],
        "x": list(steps.values()),
        "texttemplate": "%{value:,}<br>%{percentInitial:.0%} of sent",
        "insidetextfont": _ON_COLOUR,
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
        "hovertemplate": "%{y} %{x}:00: %{z:,}<extra></extra>",
        **_scale("none", max(map(max, grid), default=0)),
    }
    _draw([trace], alt, yaxis={"autorange": "reversed"}, xaxis={"type": "category"})


def world(values: Mapping[str, int], *, alt: str) -> None:
    """Draw countries (ISO 3166-1 alpha-2) on a map whose topology this server holds, as near as they allow."""
    known = [code for code in values if alpha_3(code)]
    theme = _theme()
    trace = {
        "type": "choropleth",
        "locations": [alpha_3(code) for code in known],
        "z": [values[code] for code in known],
        "text": [country_name(code) for code in known],
        "marker": {"line": {"color": theme["border"], "width": 0.5}},
        "hovertemplate": "%{text}: %{z:,}<extra></extra>",
        **_scale("few", max((values[code] for code in known), default=0), orientation="h", y=-0.02, yanchor="top"),
    }
    geo = {
        "projection": {"type": "natural earth"},
        "fitbounds": "locations" if known else False,
        "bgcolor": "rgba(0,0,0,0)",
        "showframe": False,
        "showland": True,
        "landcolor": theme["land"],
        "showocean": True,
        "oceancolor": theme["ocean"],
        "showlakes": False,
        "showcountries": True,
        "countrycolor": theme["border"],
        "coastlinecolor": theme["border"],
    }
    _draw([trace], alt, height=420, geo=geo)


def _open_days(days: pd.Index, up_to: datetime, settles: timedelta = timedelta(0)) -> int:
    """Return how many of the last days are not over, or not settled, at the local time that the data reach."""
    settled = pd.Timestamp(up_to.replace(tzinfo=None)) - settles - _DAY
    return int((days > settled).sum())


def _line(name: str, values: pd.Series, unit: str, open_days: int) -> list[dict[str, Any]]:
    """Return the trace of all points and, where days are open, a dotted one that leads to them."""
    days, drawn = list(values.index), [None if pd.isna(value) else value for value in values.tolist()]
    shut = len(days) - open_days
    dots = 6 if len(days) < 15 else 0
    gaps = days[shut:]  # a gap before each open day keeps the line from being drawn to it
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": LABELS[name],
        "x": [*days[:shut], *(day for day in gaps for _ in range(2))],
        "y": [*drawn[:shut], *(value for last in drawn[shut:] for value in (None, last))],
        "text": [_TEXT[unit](value) for value in drawn[:shut]]
        + [text for last in drawn[shut:] for text in ("", f"{_TEXT[unit](last)} ({STILL_COUNTING.lower()})")],
        "line": {"color": COLOURS[name], "width": 2},
        "marker": {"color": COLOURS[name], "size": [dots] * shut + [0, 6] * open_days},
        "hovertemplate": "%{text}",
    }
    dotted = {
        "type": "scatter",
        "mode": "lines",
        "x": days[max(shut - 1, 0) :],
        "y": drawn[max(shut - 1, 0) :],
        "line": {"color": COLOURS[name], "width": 2, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [points, dotted] if open_days else [points]


def _layer(name: str, values: pd.Series, open_days: int) -> dict[str, Any]:
    shut = len(values) - open_days
    return {
        "type": "bar",
        "name": LABELS[name],
        "x": list(values.index),
        "y": values.tolist(),
        "width": _DAY / timedelta(milliseconds=1) * 0.8,
        "marker": {"color": COLOURS[name], "pattern": {**_HATCHED, "shape": [""] * shut + ["/"] * open_days}},
        "hovertemplate": ["%{y:,}"] * shut + [f"%{{y:,}} ({STILL_COUNTING.lower()})"] * open_days,
    }


def _legend_of(mark: dict[str, Any]) -> dict[str, Any]:
    """Return a trace that only stands in the legend, to explain how open days look."""
    return {**mark, "name": STILL_COUNTING, "x": [None], "y": [None], "hoverinfo": "skip"}


def _day_axis(days: pd.Index) -> dict[str, Any]:
    """Return the axis of days: ticks at days only, and room beside few of them."""
    axis: dict[str, Any] = {"type": "date", "tickformat": "%-d %b\n%Y", "hoverformat": "%a %-d %b %Y"}
    if not len(days):
        return axis
    room = _DAY * max(_ROOMY - len(days), 0) / 2 + _DAY / 2
    axis["range"] = [days[0] - room, days[-1] + room]
    if len(days) <= _ROOMY:
        axis["tickvals"] = list(days)
    return axis


def _axis(unit: str, top: float) -> dict[str, Any]:
    """Return the axis of numbers from zero up to `top`: whole counts, shares, durations in words."""
    axis: dict[str, Any] = {"rangemode": "tozero"}
    if unit == "share":
        return {**axis, "tickformat": ".0%"}
    if unit == "count":
        fitting = {"range": [0, 1.05], "dtick": 1} if not top else {"dtick": 1} if top <= _FEW else {}
        return {**axis, "tickformat": ",d", **fitting}
    step = next((step for step in _STEPS if top <= _FEW * step), _whole_days(top))
    ticks = [] if pd.isna(top) else list(range(0, int(top) + step + 1, step))
    return {**axis, "tickvals": ticks, "ticktext": [display.duration(tick) for tick in ticks]}


def _whole_days(seconds: float) -> int:
    return 86_400 if pd.isna(seconds) else 86_400 * -int(-seconds // (_FEW * 86_400))


def _scale(least: str, top: int, **place: Any) -> dict[str, Any]:
    """Return how colours show how many, from that of the least to one far from the background."""
    theme = _theme()
    ticks = {"dtick": 1} if top <= _FEW else {}
    return {
        "colorscale": [[0, theme[least]], [1, theme["many"]]],
        "colorbar": {"thickness": 10, "len": 0.6, "outlinewidth": 0, "tickformat": ",d", **ticks, **place},
        "zmin": 0,
        "zmax": max(top, 1),
    }


def _theme() -> dict[str, str]:
    return _THEMES[st.context.theme.type or "light"]


def _draw(traces: list[dict[str, Any]], alt: str, *, height: int = HEIGHT, **layout: Any) -> None:
    figure = {
        "data": traces,
        "layout": {
            "height": height,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": _LEGEND,
            "showlegend": len(traces) > 1,
            "dragmode": False,
            **layout,
        },
    }
    config = {"displayModeBar": False, "responsive": True, "topojsonURL": f"{MAP_PATH}/"}
    st.plotly_chart(figure, config=config, alt=alt)
