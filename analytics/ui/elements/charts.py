"""Charts: Plotly figures from small frames."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics.filters import HOUR, WEEKDAY
from analytics.metrics.metric import divide
from analytics.ui.browser.clicks import Act
from analytics.ui.elements.downloads import offer_download
from analytics.ui.elements.figure import BLUE, COLOURS, LABELS, ON_COLOUR, ROOMY, draw, number_axis, scale, theme
from analytics.words import display
from analytics.words.countries import alpha_3, country_name
from analytics.words.escape import for_chart

_MOST_BARS = 15
_LONGEST_LABEL = 40
"""The characters of a name beside a bar; more would leave the bar no room, and the download has the whole name."""
_FAR = 100
"""The distance in pixels from the pointer to the middle of a cell up to which the cell reacts."""


def draw_bars(
    values: Mapping[str, float],
    *,
    alt: str,
    colour: str = BLUE,
    shown: Callable[[str], str] = str,
    act: Act | None = None,
) -> None:
    """Draw a horizontal bar for each name, the first on top; `shown` returns a name's label. Without any, say so.

    If there are many, only the first are drawn; the download has all. `act` is called with the name of a clicked bar.
    """
    if not values:
        st.caption("There are none in this period.")
        return
    labels = [shown(name) for name in values]
    drawn = dict(list(values.items())[:_MOST_BARS])
    apart = [label if labels.count(label) == 1 else name for label, name in zip(labels, drawn, strict=False)]
    names = [for_chart(label) for label in display.shorten_apart(apart, _LONGEST_LABEL)]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": list(drawn.values()),
        "customdata": list(drawn),
        "marker": {"color": colour},
        "text": [display.count(value) for value in drawn.values()],
        "textposition": "auto",
        "insidetextfont": ON_COLOUR,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    draw(
        [trace],
        alt,
        height=68 + 30 * len(names),
        act=act,
        hovermode="y",
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
        xaxis=number_axis("count", max(values.values())),
    )
    if len(drawn) < len(values):
        st.caption(
            f"The chart shows the first {len(drawn)} of {display.count(len(values))}. The download has all of them."
        )
    offer_download(pd.DataFrame({"Name": labels, alt: list(values.values())}), alt)


def draw_columns(
    names: Sequence[str], values: Sequence[float], *, alt: str, colour: str = BLUE, act: Act | None = None
) -> None:
    """Draw a vertical bar for each name; `act` is called with the name of a clicked bar."""
    trace = {
        "type": "bar",
        "x": [for_chart(name) for name in names],
        "y": list(values),
        "customdata": [name if value else None for name, value in zip(names, values, strict=True)],
        "marker": {"color": colour},
        "hovertemplate": "%{x}: %{y:,}<extra></extra>",
    }
    room = max(ROOMY - len(names), 0) / 2
    xaxis = {"type": "category", "range": [-0.5 - room, len(names) - 0.5 + room], "automargin": True}
    yaxis = number_axis("count", max(values, default=0))
    draw([trace], alt, act=act, hovermode="x", xaxis=xaxis, yaxis=yaxis)
    offer_download(pd.DataFrame({"Name": list(names), alt: list(values)}), alt)


def draw_funnel(steps: Mapping[str, int], *, alt: str) -> None:
    """Draw a funnel with each step's share of the first and of the one before."""
    numbers = list(steps.values())
    before = [numbers[0], *numbers[:-1]] if numbers else []
    trace = {
        "type": "funnel",
        "y": [LABELS[step] for step in steps],
        "x": numbers,
        "text": [
            f"{display.count(number)}<br>{display.share(divide(number, numbers[0]))} of sent" for number in numbers
        ],
        "textinfo": "text",
        "customdata": [display.share(divide(*pair)) for pair in zip(numbers, before, strict=True)],
        "insidetextfont": ON_COLOUR,
        "marker": {"color": [COLOURS[step] for step in steps]},
        "connector": {"fillcolor": "rgba(138,148,160,0.25)"},
        "hovertemplate": "%{y}: %{x:,}<br>%{customdata} of the step before<extra></extra>",
    }
    draw([trace], alt, yaxis={"automargin": True})
    offer_download(pd.DataFrame({"Step": [LABELS[step] for step in steps], "Messages": numbers}), alt)


def draw_week(
    grid: Sequence[Sequence[float | None]],
    *,
    alt: str,
    cases: Sequence[Sequence[int]] | None = None,
    act: Act | None = None,
) -> None:
    """Draw a heat map of weekday by hour; `act` is called with the codes of the weekday and hour clicked.

    The numbers are counts. With `cases` they are shares of that many cases, None without any. A heat map does not
    react to clicks, so invisible points, one in the middle of each cell, do.
    """
    hours, days = list(HOUR.codes), [day[:3] for day in WEEKDAY.names]
    colours = {
        "type": "heatmap",
        "z": [list(row) for row in grid],
        "x": hours,
        "y": days,
        "hoverinfo": "skip",
        **(scale("none", 1, "share") if cases else scale("none", _find_most(grid))),
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": hours * len(days),
        "y": [day for day in days for _ in hours],
        "text": _write_texts(grid, cases),
        "customdata": [
            [day, hour] if number else None
            for day, row in zip(WEEKDAY.codes, grid, strict=True)
            for hour, number in zip(HOUR.codes, row, strict=True)
        ],
        "marker": {"opacity": 0, "size": 10},
        "showlegend": False,
        "hovertemplate": "%{y} %{x}:00: %{text}<extra></extra>",
    }
    axes: dict[str, Any] = {
        "xaxis": {"type": "category", "range": [-0.5, len(hours) - 0.5], "showgrid": False, "ticks": ""},
        "yaxis": {"type": "category", "range": [len(days) - 0.5, -0.5], "showgrid": False, "ticks": ""},
    }
    draw([colours, points], alt, act=act, hovermode="closest", hoverdistance=_FAR, **axes)
    numbers = {
        "Weekday": [day for day in WEEKDAY.names for _ in hours],
        "Hour": list(range(len(hours))) * len(WEEKDAY.names),
        alt: list(chain(*grid)),
    }
    of = {"Of": list(chain(*cases))} if cases else {}
    offer_download(pd.DataFrame(numbers | of), alt, units={alt: "share"} if cases else None)


def _find_most(grid: Sequence[Sequence[float | None]]) -> int:
    return int(max(number or 0 for row in grid for number in row))


def _write_texts(grid: Sequence[Sequence[float | None]], cases: Sequence[Sequence[int]] | None) -> list[str]:
    if cases is None:
        return [display.count(number) for row in grid for number in row]
    pairs = zip(chain(*grid), chain(*cases), strict=True)
    return [f"{display.share(share)} of {display.count(number)}" for share, number in pairs]


def draw_world(values: Mapping[str, int], *, alt: str) -> None:
    """Draw countries (ISO 3166-1 alpha-2) on a map that zooms to them; this server has the map's topology."""
    known = [code for code in values if alpha_3(code)]
    colours = theme()
    trace = {
        "type": "choropleth",
        "locations": [alpha_3(code) for code in known],
        "z": [values[code] for code in known],
        "text": [country_name(code) for code in known],
        "marker": {"line": {"color": colours["border"], "width": 0.5}},
        "hovertemplate": "%{text}: %{z:,}<extra></extra>",
        **scale("few", max((values[code] for code in known), default=0), orientation="h", y=-0.02, yanchor="top"),
    }
    geo = {
        "projection": {"type": "natural earth"},
        "fitbounds": "locations" if known else False,
        "bgcolor": "rgba(0,0,0,0)",
        "showframe": False,
        "showland": True,
        "landcolor": colours["land"],
        "showocean": True,
        "oceancolor": colours["ocean"],
        "showlakes": False,
        "showcountries": True,
        "countrycolor": colours["border"],
        "coastlinecolor": colours["border"],
    }
    draw([trace], alt, height=420, geo=geo)
    named = {"Country": list(map(country_name, values)), "Code": list(values), alt: list(values.values())}
    offer_download(pd.DataFrame(named), alt)
