"""Charts: Plotly figures from small frames."""

from collections.abc import Mapping, Sequence

import streamlit as st

from analytics.metrics.traffic import WEEKDAYS
from analytics.ui.countries import alpha_3, country_name
from analytics.ui.escape import for_chart
from analytics.ui.figure import (
    BLUE,
    COLOURS,
    LABELS,
    ON_COLOUR,
    ROOMY,
    TEXT,
    draw,
    number_axis,
    scale,
    theme,
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
        "text": [TEXT[unit](value) for value in values.values()],
        "textposition": "auto",
        "insidetextfont": ON_COLOUR,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    draw(
        [trace],
        alt,
        height=68 + 30 * len(names),
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
        xaxis=number_axis(unit, max(values.values())),
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
    room = max(ROOMY - len(names), 0) / 2
    xaxis = {"type": "category", "range": [-0.5 - room, len(names) - 0.5 + room], "automargin": True}
    draw([trace], alt, xaxis=xaxis, yaxis=number_axis("count", max(values, default=0)))


def funnel(steps: Mapping[str, int], *, alt: str) -> None:
    """Draw a funnel with each step's share of the first and of the one before."""
    trace = {
        "type": "funnel",
        "y": [LABELS[step] for step in steps],
        "x": list(steps.values()),
        "texttemplate": "%{value:,}<br>%{percentInitial:.0%} of sent",
        "insidetextfont": ON_COLOUR,
        "marker": {"color": [COLOURS[step] for step in steps]},
        "connector": {"fillcolor": "rgba(138,148,160,0.25)"},
        "hovertemplate": "%{y}: %{x:,}<br>%{percentPrevious:.0%} of the step before<extra></extra>",
    }
    draw([trace], alt, yaxis={"automargin": True})


def week(grid: Sequence[Sequence[int]], *, alt: str) -> None:
    """Draw a heat map of weekday by hour."""
    trace = {
        "type": "heatmap",
        "z": [list(row) for row in grid],
        "x": [f"{hour:02}" for hour in range(24)],
        "y": [day[:3] for day in WEEKDAYS],
        "hovertemplate": "%{y} %{x}:00: %{z:,}<extra></extra>",
        **scale("none", max(map(max, grid), default=0)),
    }
    draw([trace], alt, yaxis={"autorange": "reversed"}, xaxis={"type": "category"})


def world(values: Mapping[str, int], *, alt: str) -> None:
    """Draw countries (ISO 3166-1 alpha-2) on a map whose topology this server holds, as near as they allow."""
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
