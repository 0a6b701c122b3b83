"""The look of figures: colours, words and axes in one visual language.

Colours have the same meaning on every page. Colour-blind people can distinguish them (after Okabe and Ito, 2008), in
light and dark themes. Figures are plain dicts with few, aggregated points.
"""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.server.middleware import MAP_PATH
from analytics.ui.browser import clicks
from analytics.ui.browser.clicks import Act
from analytics.words import display
from analytics.words.escape import for_chart

BLUE, ORANGE, GREEN, MINT, SKY, PINK, RED, OLIVE, GREY = (
    "#3B8FCB", "#E69F00", "#0F9D76", "#74C7A5", "#63B8EC", "#CC79A7", "#D55E00", "#A89A2C", "#8A94A0",
)  # fmt: skip
COLOURS = {
    "received": BLUE, "replied": BLUE, "first_time_writers": BLUE,  # what customers do
    "sent": PINK, "ended_quietly": PINK,  # what we do last
    "delivered": MINT, "read": GREEN, "in_target": GREEN,  # what came about
    "needed_agent": ORANGE, "solved_by_bot": SKY,  # who does it
    "opened": ORANGE, "closed": GREEN,  # what is to do, and done
    "median": BLUE, "p90": RED, "gave_up": RED, "failed": RED, "pending": GREY, "ongoing": GREY, "new_contacts": OLIVE,
    "closed_unanswered": OLIVE, "afterwords": MINT, "stayed": GREEN,
}  # fmt: skip
LABELS = {
    "received": "Received", "sent": "Sent", "delivered": "Delivered", "read": "Read (at least)",
    "replied": "Replied", "needed_agent": "Needed an agent", "solved_by_bot": "Solved by the bot",
    "closed_unanswered": "Closed unanswered", "afterwords": "After closing", "stayed": "Stayed solved",
    "gave_up": "Left before a reply", "ended_quietly": "Went silent", "ongoing": "Ongoing",
    "failed": "Failed", "pending": "Pending",
    "median": "Median", "p90": "9 in 10 answered within", "in_target": "Answered in target",
    "opened": "Opened", "closed": "Closed", "new_contacts": "New contacts", "first_time_writers": "First-time writers",
}  # fmt: skip
_OTHERS = (BLUE, ORANGE, GREEN, PINK, RED, SKY)
"""The colours, in this order, of lines without a colour of their own."""
HEIGHT = 320

FEW_STEPS = 5
"""An axis has at most about this many steps; counts up to it get a tick each."""
ROOMY = 7
"""A chart with fewer intervals or names gets room at its sides, so that no bar becomes as wide as the chart."""
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
HATCHED = {"shape": "/", "fillmode": "replace", "size": 6, "solidity": 0.4}
ON_COLOUR = {"color": "#141414"}
_STEPS = [
    size * unit
    for unit, sizes in ((1, (1, 2, 5, 10, 15, 30)), (60, (1, 2, 5, 10, 15, 30)), (3_600, (1, 2, 3, 6, 12)))
    for size in sizes
]
_SHARE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
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
TEXT = {"count": display.count, "share": display.share, "seconds": display.duration}


def look_of(name: str, place: int) -> tuple[str, str]:
    """Return the label and the colour of a line; without a colour of its own it gets one by its `place`."""
    return LABELS.get(name) or for_chart(name), COLOURS.get(name) or _OTHERS[place % len(_OTHERS)]


def number_axis(unit: str, top: float) -> dict[str, Any]:
    """Return an axis for numbers from zero up to `top`: whole counts, shares, or durations in words."""
    axis: dict[str, Any] = {"rangemode": "tozero"}
    if unit == "share":
        return {**axis, **_ticks_of_shares(top)}
    if unit == "count":
        fitting = {"range": [0, 1.05], "dtick": 1} if not top else {"dtick": 1} if top <= FEW_STEPS else {}
        return {**axis, "tickformat": ",d", **fitting}
    step = next((step for step in _STEPS if top <= FEW_STEPS * step), _step_in_days(top))
    ticks = [] if pd.isna(top) else list(range(0, int(top) + step + 1, step))
    return {**axis, "tickvals": ticks, "ticktext": [display.duration(tick) for tick in ticks]}


def _ticks_of_shares(top: float) -> dict[str, Any]:
    """Return ticks up to a share, written as everywhere else: `60 %`."""
    step = next((step for step in _SHARE_STEPS if top <= FEW_STEPS * step), 1)
    ticks = [] if pd.isna(top) else [step * place for place in range(int(top / step) + 2)]
    return {"tickvals": ticks, "ticktext": [f"{100 * tick:.0f} %" for tick in ticks]}


def _step_in_days(seconds: float) -> int:
    return 86_400 if pd.isna(seconds) else 86_400 * -int(-seconds // (FEW_STEPS * 86_400))


def scale(least: str, top: int, unit: str = "count", **place: Any) -> dict[str, Any]:
    """Return a colour scale for counts up to `top`, or for shares, from the colour `least` to a strong one."""
    colours = theme()
    ticks = {"dtick": 1} if top <= FEW_STEPS else {}
    written = _ticks_of_shares(1) if unit == "share" else {"tickformat": ",d", **ticks}
    return {
        "colorscale": [[0, colours[least]], [1, colours["many"]]],
        "colorbar": {"thickness": 10, "len": 0.6, "outlinewidth": 0, **written, **place},
        "zmin": 0,
        "zmax": max(top, 1),
    }


def theme() -> dict[str, str]:
    """Return the colours of the theme that is looked at."""
    return _THEMES[st.context.theme.type or "light"]


def draw(
    traces: list[dict[str, Any]], alt: str, *, height: int = HEIGHT, act: Act | None = None, **layout: Any
) -> None:
    """Draw traces; `alt` describes them for screen readers.

    `act` is called with the `customdata` of a clicked point, if it has any, before the page is drawn again.
    """
    look: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": LEGEND,
        "showlegend": len(traces) > 1,
        "dragmode": False,
        **layout,
    }
    figure = {"data": traces, "layout": look}
    config = {"displayModeBar": False, "responsive": True, "topojsonURL": f"{MAP_PATH}/"}
    if act is None:
        st.plotly_chart(figure, config=config, alt=alt)
        return
    for axis in ("xaxis", "yaxis"):  # or a finger that scrolls the page would move the chart
        look[axis] = {**look.get(axis, {}), "fixedrange": True}
    on_select = clicks.make_callback(alt, _find_clicked, act)
    st.plotly_chart(figure, config=config, alt=alt, key=clicks.key(alt), on_select=on_select, selection_mode="points")


def _find_clicked(selection: Any) -> Any:
    points = selection["points"]
    return points[0]["customdata"] if points else None
