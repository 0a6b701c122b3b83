"""Trends as charts: lines and stacked bars over days, weeks or months (frames of `analytics.metrics.trends`).

What is not over yet, or still changes, is dotted or hatched; so is a count of a week or month that the period cuts.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.ui.figure import COLOURS, GREY, HATCHED, LABELS, LEGEND, ROOMY, TEXT, draw, number_axis
from analytics.ui.periods import CUSTOM
from analytics.ui.sidebar import toggle
from analytics.ui.view import Reach

STILL_COUNTING = "Still counting"
RECEIPTS = timedelta(hours=48)
"""How long deliveries and reads of a message may come late."""

_DAY = timedelta(days=1)
_LABELS = {"D": "%-d %b", "W-SUN": "%-d %b", "M": "%b"}
_TITLES = {"D": "%a %-d %b %Y", "W-SUN": "Week of %-d %b %Y", "M": "%B %Y"}
_PARTS = {"D": "Part of a day", "W-SUN": "Part of a week", "M": "Part of a month"}
_TICKS = 7
_MARK = {"type": "scatter", "mode": "lines"}
_DOT, _DOTTED_UP_TO = 6, 15

_Flags = npt.NDArray[np.bool_]


def lines(
    frame: pd.DataFrame, reach: Reach, *, alt: str, unit: str = "count", settles: timedelta = timedelta(0)
) -> None:
    """Draw a line for each column; `settles` is how long after an interval its numbers still change."""
    intervals = _Intervals(frame, reach, settles, whole=unit == "count")
    axis = number_axis(unit, frame.max().max())
    _draw_lines(_traces(frame, intervals, unit), intervals, alt=alt, yaxis=axis)


def towards(frame: pd.DataFrame, reach: Reach, goal: float, *, alt: str) -> None:
    """Draw a line for each column, of shares, and one across where they should be."""
    axis = {**number_axis("share", goal), "range": [0, 1.05 * np.nanmax([goal, frame.max().max()])]}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": goal, "y1": goal}
    look = {"line": {"color": GREY, "width": 1.5, "dash": "dash"}}
    intervals = _Intervals(frame, reach, timedelta(0), whole=False)
    traces = [*_traces(frame, intervals, "share"), _named(f"Target {TEXT['share'](goal)}", {**_MARK, **look})]
    _draw_lines(traces, intervals, alt=alt, yaxis=axis, shapes=[{**line, **look}])


def _traces(frame: pd.DataFrame, intervals: "_Intervals", unit: str) -> list[dict[str, Any]]:
    traces = [trace for name in frame.columns for trace in _line(name, frame[name], unit, intervals)]
    if frame[intervals.flagged].notna().any(axis=None):
        traces.append(intervals.legend({**_MARK, "line": {"color": GREY, "dash": "dot"}}))
    return traces


def _draw_lines(traces: list[dict[str, Any]], intervals: "_Intervals", *, alt: str, **layout: Any) -> None:
    draw(traces, alt, act=_choose_days, xaxis=intervals.axis(), hovermode="x unified", **layout)


def stacked(frame: pd.DataFrame, reach: Reach, *, alt: str) -> None:
    """Draw a stacked bar for each interval, a layer for each column, the first on top."""
    intervals = _Intervals(frame, reach, timedelta(0), whole=True)
    traces = [_layer(name, frame[name], intervals) for name in reversed(frame.columns)]
    if frame[intervals.flagged].any(axis=None):
        traces.insert(0, intervals.legend({"type": "bar", "marker": {"color": GREY, "pattern": HATCHED}}))
    draw(
        traces,
        alt,
        act=_choose_days,
        barmode="stack",
        hovermode="x unified",
        xaxis=intervals.axis(),
        yaxis=number_axis("count", frame.sum(axis=1).max()),
        legend={**LEGEND, "traceorder": "reversed"},
    )


def _choose_days(days: list[str]) -> None:
    """Look at an interval alone, its first and last day as ISO 8601; clicked again, at the period before."""
    first, last = map(date.fromisoformat, days)
    toggle(period=CUSTOM, days=(first, last))


def _named(name: str, mark: dict[str, Any]) -> dict[str, Any]:
    """Return a trace that only stands in the legend."""
    return {**mark, "name": name, "x": [None], "y": [None], "hoverinfo": "skip"}


class _Intervals:
    """The intervals of a frame: when they `begin`, how long a `step` is, and which of them are no whole ones yet.

    Those are `open` that are not over or not settled; `cut`, where they should be `whole`, by the period's ends.
    `days` are the first and the last within the period, ISO 8601.
    """

    def __init__(self, frame: pd.DataFrame, reach: Reach, settles: timedelta, *, whole: bool) -> None:
        index = pd.PeriodIndex(frame.index)
        self.frequency = index.freqstr
        self.begin, end = index.start_time, (index + 1).start_time
        self.step = pd.Series([*self.begin, *end[-1:]]).diff().min()
        self.open: _Flags = np.asarray(end > pd.Timestamp(reach.up_to.replace(tzinfo=None)) - settles)
        begins, ends = self.begin.to_numpy("M8[D]"), end.to_numpy("M8[D]") - 1
        first = np.maximum(begins, np.datetime64(reach.first_day)) if reach.first_day else begins
        last = np.minimum(ends, np.datetime64(reach.last_day)) if reach.last_day else ends
        self.days: list[list[str]] = np.column_stack([first.astype(str), last.astype(str)]).tolist()
        self.cut: _Flags = ((first > begins) | (last < ends) & ~self.open) & whole
        self.flagged: _Flags = self.open | self.cut

    def said(self) -> list[str]:
        """Return for each interval what is to be said beside its number, or nothing."""
        part = _PARTS[self.frequency].lower()
        words = np.where(self.open, STILL_COUNTING.lower(), np.where(self.cut, part, ""))
        return [f" ({word})" if word else "" for word in words.tolist()]

    def legend(self, mark: dict[str, Any]) -> dict[str, Any]:
        """Return a trace that only stands in the legend, to explain how flagged intervals look."""
        names = [_PARTS[self.frequency]] * bool(self.cut.any()) + [STILL_COUNTING] * bool(self.open.any())
        return _named(", ".join(names).capitalize(), mark)

    def axis(self) -> dict[str, Any]:
        """Return their axis: ticks at beginnings only, and room beside few of them."""
        axis: dict[str, Any] = {
            "type": "date",
            "tickformat": f"{_LABELS[self.frequency]}\n%Y",
            "hoverformat": _TITLES[self.frequency],
        }
        if not len(self.begin):
            return axis
        room = self.step * max(ROOMY - len(self.begin), 0) / 2 + self.step / 2
        axis["range"] = [self.begin[0] - room, self.begin[-1] + room]
        if len(self.begin) <= _TICKS or self.step > _DAY:
            ticks = self.begin[:: -(-len(self.begin) // _TICKS)]
            axis["tickvals"], axis["ticktext"] = list(ticks), self._texts(ticks)
        return axis

    def _texts(self, ticks: pd.DatetimeIndex) -> list[str]:
        """Return what ticks say, below the first of each year the year."""
        texts = ticks.strftime(_LABELS[self.frequency])
        new_year = np.append([True], np.diff(ticks.year) != 0)
        return [
            f"{text}<br>{tick.year}" if new else text for text, tick, new in zip(texts, ticks, new_year, strict=True)
        ]


def _line(name: str, values: pd.Series, unit: str, intervals: _Intervals) -> list[dict[str, Any]]:
    """Return the trace of all points and, where intervals are flagged, a dotted one that leads to them."""
    points = _with_gaps(values, unit, intervals)
    line = {"color": COLOURS[name], "width": 2}
    solid = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": LABELS[name],
        "x": list(points["time"]),
        "y": _or_none(points["value"]),
        "text": points["text"].tolist(),
        "customdata": points["days"].tolist(),
        "line": line,
        "marker": {"color": COLOURS[name], "size": points["size"].tolist()},
        "hovertemplate": "%{text}",
    }
    flagged = intervals.flagged
    near = flagged | np.append(flagged[1:], False) | np.append([False], flagged[:-1])
    first = int(near.argmax())
    dotted = {
        "type": "scatter",
        "mode": "lines",
        "x": list(intervals.begin[first:]),
        "y": _or_none(values.where(near)[first:]),
        "line": {**line, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [solid, dotted] if near.any() else [solid]


def _with_gaps(values: pd.Series, unit: str, intervals: _Intervals) -> pd.DataFrame:
    """Return the points of a line: `time`, `value`, `text`, `size`, `days`; a gap before those it is not drawn to."""
    flagged, dots = intervals.flagged, _DOT if len(values) < _DOTTED_UP_TO else 0
    said = zip(_or_none(values), intervals.said(), strict=True)
    points = pd.DataFrame(
        {
            "time": intervals.begin,
            "value": values.to_numpy(),
            "text": [f"{TEXT[unit](value)}{words}" for value, words in said],
            "size": np.where(flagged, _DOT, dots),
            "days": intervals.days,
        }
    )
    apart = flagged | np.append([False], flagged[:-1])
    apart[:1] = False
    gaps = points[apart].assign(value=np.nan, text="", size=0)
    together: pd.DataFrame = pd.concat([gaps, points]).sort_index(kind="stable")
    return together


def _or_none(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else value for value in values.tolist()]


def _layer(name: str, values: pd.Series, intervals: _Intervals) -> dict[str, Any]:
    shape = np.where(intervals.flagged, "/", "").tolist()
    return {
        "type": "bar",
        "name": LABELS[name],
        "x": list(intervals.begin),
        "y": values.tolist(),
        "customdata": intervals.days,
        "width": intervals.step / timedelta(milliseconds=1) * 0.8,
        "marker": {"color": COLOURS[name], "pattern": {**HATCHED, "shape": shape}},
        "hovertemplate": [f"%{{y:,}}{said}" for said in intervals.said()],
    }
