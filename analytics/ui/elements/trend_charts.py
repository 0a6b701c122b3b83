"""Trends as charts: lines and stacked bars over hours, days, weeks or months (frames of `analytics.metrics.trends`).

An interval that is not over, or may still change, is dotted or hatched; so is a week or month that the period cuts.
Of one that has not begun nothing is drawn.
"""

from datetime import date, timedelta, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.metrics.filters import HOUR
from analytics.ui.data.view import Reach
from analytics.ui.elements.downloads import UNITS, offer_download
from analytics.ui.elements.figure import COLOURS, GREY, HATCHED, LABELS, LEGEND, ROOMY, TEXT, draw, look_of, number_axis
from analytics.ui.filters.looked_at import toggle_filters
from analytics.words.periods import CUSTOM

STILL_COUNTING = "Still counting"

_DAY = timedelta(days=1)
_HALF_HOUR = timedelta(minutes=30)
"""Where a clock skips a part of an hour that there is, it skips this much."""
_LABELS = {"h": "%H:%M", "D": "%-d %b", "W-SUN": "%-d %b", "M": "%b"}
_SECOND_LINES = {"h": "%-d %b", "D": "%Y", "W-SUN": "%Y", "M": "%Y"}
_TITLES = {"h": "%a %-d %b %Y, %H:%M", "D": "%a %-d %b %Y", "W-SUN": "Week of %-d %b %Y", "M": "%B %Y"}
_DATES = {"h": "%a %-d %b, %H:%M", "D": "%a %-d %b %Y", "W-SUN": "from %-d %b %Y", "M": "from %-d %b %Y"}
_PARTS = {"h": "Part of an hour", "D": "Part of a day", "W-SUN": "Part of a week", "M": "Part of a month"}
_FIRST_COLUMN = {"h": "Hour from", "D": "Day", "W-SUN": "Week from", "M": "Month from"}
_TICKS = 7
_FAINT = 0.4
_MARK = {"type": "scatter", "mode": "lines"}
_DOT, _DOTTED_UP_TO = 6, 15

_Flags = npt.NDArray[np.bool_]


def draw_lines(
    frame: pd.DataFrame, reach: Reach, *, alt: str, unit: str = "count", before: pd.DataFrame | None = None
) -> None:
    """Draw a line for each column, and beside it a faint line of the period `before`, if there is one."""
    intervals = _Intervals(frame, reach, whole=unit == "count")
    traces = [*_traces_before(frame, before, unit, reach), *_traces_of(intervals.begun(frame), intervals, unit)]
    _draw_traces(traces, intervals, alt=alt, yaxis=number_axis(unit, _find_top(frame, before)))
    _offer(frame, unit, alt, reach, before)


def draw_towards(
    frame: pd.DataFrame, reach: Reach, goal: float, *, alt: str, before: pd.DataFrame | None = None
) -> None:
    """Draw a line for each column of shares, as `lines` does, and a horizontal line at the `goal`."""
    top = float(np.nanmax([goal, _find_top(frame, before)]))
    axis = {**number_axis("share", top), "range": [0, 1.05 * top]}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": goal, "y1": goal}
    look = {"line": {"color": GREY, "width": 1.5, "dash": "dash"}}
    intervals = _Intervals(frame, reach, whole=False)
    traces = [*_traces_before(frame, before, "share", reach), *_traces_of(frame, intervals, "share")]
    traces.append(_legend_entry(f"Target {TEXT['share'](goal)}", {**_MARK, **look}))
    _draw_traces(traces, intervals, alt=alt, yaxis=axis, shapes=[{**line, **look}])
    _offer(frame, "share", alt, reach, before)


def mark_whole(index: pd.Index, reach: Reach) -> _Flags:
    """Return which intervals of a trend are over, and wholly within the period."""
    return ~_Intervals(pd.DataFrame(index=index), reach, whole=True).flagged


def _find_top(frame: pd.DataFrame, before: pd.DataFrame | None) -> float:
    """Return the greatest number that is drawn; NaN without any."""
    drawn = frame if before is None else pd.concat([frame, before[frame.columns]])
    return float(drawn.max().max())


def _traces_before(frame: pd.DataFrame, before: pd.DataFrame | None, unit: str, reach: Reach) -> list[dict[str, Any]]:
    """Return the lines of the compared period, which has the frame's intervals, and an entry in the legend."""
    if before is None or before.empty:
        return []
    begins = pd.PeriodIndex(before.index)
    dates = (begins.start_time - (reach.earlier or timedelta())).strftime(_DATES[begins.freqstr])
    traces = [
        {
            **_MARK,
            "name": f"{LABELS[name]}, before",
            "x": list(begins.start_time),
            "y": _or_none(before[name]),
            "text": [f"{TEXT[unit](value)} ({day})" for value, day in zip(_or_none(before[name]), dates, strict=True)],
            "line": {"color": COLOURS[name], "width": 1.5},
            "opacity": _FAINT,
            "showlegend": False,
            "hovertemplate": "%{text}",
        }
        for name in frame.columns
    ]
    return [
        *traces,
        _legend_entry("Compared period", {**_MARK, "line": {"color": GREY, "width": 1.5}, "opacity": _FAINT}),
    ]


def _traces_of(frame: pd.DataFrame, intervals: "_Intervals", unit: str) -> list[dict[str, Any]]:
    traces = [
        trace
        for place, name in enumerate(frame.columns)
        for trace in _line_traces(look_of(name, place), frame[name], unit, intervals)
    ]
    if frame[intervals.flagged].notna().any(axis=None):
        traces.append(intervals.legend({**_MARK, "line": {"color": GREY, "dash": "dot"}}))
    return traces


def _draw_traces(traces: list[dict[str, Any]], intervals: "_Intervals", *, alt: str, **layout: Any) -> None:
    draw(
        traces,
        alt,
        act=_choose_days,
        margin=_margin(traces),
        xaxis=intervals.axis(),
        hovermode="x unified",
        **layout,
    )


def _margin(traces: list[dict[str, Any]]) -> dict[str, int]:
    """Return margins in pixels with room for dates, numbers up to 99,999 and one line of legend.

    Without them Plotly measures the texts by drawing everything twice. It still does so if they need more room.
    """
    return {"l": 52, "r": 8, "t": 42 if len(traces) > 1 else 8, "b": 49}


def draw_stacked(frame: pd.DataFrame, reach: Reach, *, alt: str) -> None:
    """Draw a stacked bar for each interval with a layer for each column; the first column is on top."""
    intervals = _Intervals(frame, reach, whole=True)
    traces = [trace for name in reversed(frame.columns) for trace in _layer_traces(name, frame[name], intervals)]
    if frame[intervals.flagged].any(axis=None):
        traces.insert(0, intervals.legend({"type": "bar", "marker": {"color": GREY, "pattern": HATCHED}}))
    draw(
        traces,
        alt,
        act=_choose_days,
        margin=_margin(traces),
        barmode="stack",
        hovermode="x unified",
        xaxis=intervals.axis(),
        yaxis=number_axis("count", frame.sum(axis=1).max()),
        legend={**LEGEND, "traceorder": "reversed"},
    )
    _offer(frame, "count", alt, reach)


def _offer(frame: pd.DataFrame, unit: str, alt: str, reach: Reach, before: pd.DataFrame | None = None) -> None:
    """Offer the numbers as a file: a row for each interval, with those of the compared period beside it.

    Hours have their offset from UTC.
    """
    begins = pd.PeriodIndex(frame.index)
    named = frame.rename(columns=LABELS)
    if before is not None and len(before) == len(frame):
        for name in frame.columns:
            named[f"{LABELS[name]}, before"] = before[name].to_numpy()
    units = dict.fromkeys(named.columns, unit) if unit in UNITS else None
    named.insert(0, _FIRST_COLUMN[begins.freqstr], list_beginnings(begins, reach.up_to.tzinfo))
    offer_download(named, alt, units=units)


def list_beginnings(intervals: pd.PeriodIndex, zone: tzinfo | None) -> list[Any]:
    """Return the first day of each interval; of hours, texts that say when they begin with the offset from UTC."""
    begins = intervals.start_time
    if intervals.freqstr != "h":
        return list(begins.date)
    first = np.ones(len(begins), np.bool_)  # of an hour that comes twice
    whole, half = (
        (begins + later).tz_localize(zone, ambiguous=first, nonexistent="NaT") for later in (timedelta(), _HALF_HOUR)
    )
    return [begin.isoformat(timespec="minutes") for begin in whole.where(whole.notna(), half)]


def _choose_days(days: list[str]) -> None:
    """Choose the days of a clicked interval (ISO 8601) as the period, and its hour if it is one, or let go of them."""
    first, last, *hour = days
    if hour:
        toggle_filters(**{HOUR.key: hour})
    else:
        toggle_filters(period=CUSTOM, days=(date.fromisoformat(first), date.fromisoformat(last)))


def _legend_entry(name: str, mark: dict[str, Any]) -> dict[str, Any]:
    """Return a trace that only appears in the legend."""
    return {**mark, "name": name, "x": [None], "y": [None], "hoverinfo": "skip"}


class _Intervals:
    """The intervals of a frame: when they `begin`, the length of a `step`, and which of them are incomplete.

    An interval is `open` if it is not over or its numbers may still change. It is `cut` if it should be `whole` but the
    period ends within it. `days` are its first and last day within the period (ISO 8601), and its hour if it is one.
    """

    def __init__(self, frame: pd.DataFrame, reach: Reach, *, whole: bool) -> None:
        index = pd.PeriodIndex(frame.index)
        self.frequency = index.freqstr
        self.begin, end = index.start_time, (index + 1).start_time
        self.step = pd.Series([*self.begin, *end[-1:]]).diff().min()
        up_to = pd.Timestamp(reach.up_to.replace(tzinfo=None))
        self.open: _Flags = np.asarray(end > up_to)
        self._to_come: _Flags = np.asarray(self.begin > up_to) & whole
        begins, ends = self.begin.to_numpy("M8[D]"), index.end_time.to_numpy("M8[D]")
        first = np.maximum(begins, np.datetime64(reach.first_day)) if reach.first_day else begins
        last = np.minimum(ends, np.datetime64(reach.last_day)) if reach.last_day else ends
        hours = [self.begin.strftime("%H")] if self.frequency == "h" else []
        self.days: list[list[str]] = np.column_stack([first.astype(str), last.astype(str), *hours]).tolist()
        self.cut: _Flags = ((first > begins) | (last < ends) & ~self.open) & whole
        self.flagged: _Flags = self.open | self.cut

    def begun(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame without the numbers of intervals that have not begun: they are not known to be 0."""
        return frame.mask(np.broadcast_to(self._to_come[:, None], frame.shape))

    def remarks(self) -> list[str]:
        """Return for each interval a remark beside its number; empty if there is none."""
        part = _PARTS[self.frequency].lower()
        words = np.where(self.open, STILL_COUNTING.lower(), np.where(self.cut, part, ""))
        return [f" ({word})" if word else "" for word in words.tolist()]

    def legend(self, mark: dict[str, Any]) -> dict[str, Any]:
        """Return a trace that only appears in the legend and explains how flagged intervals look."""
        names = [_PARTS[self.frequency]] * bool(self.cut.any()) + [STILL_COUNTING] * bool(self.open.any())
        return _legend_entry(", ".join(names).capitalize(), mark)

    def axis(self) -> dict[str, Any]:
        """Return the axis of the intervals: ticks only at beginnings, and room at the sides if there are few."""
        axis: dict[str, Any] = {
            "type": "date",
            "tickformat": f"{_LABELS[self.frequency]}\n{_SECOND_LINES[self.frequency]}",
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
        """Return the texts of ticks; the first one of each year, or of each day of hours, has it below."""
        texts, below = ticks.strftime(_LABELS[self.frequency]), ticks.strftime(_SECOND_LINES[self.frequency])
        new = [True, *(below[1:] != below[:-1])]
        return [f"{text}<br>{line}" if is_new else text for text, line, is_new in zip(texts, below, new, strict=True)]


def _line_traces(look: tuple[str, str], values: pd.Series, unit: str, intervals: _Intervals) -> list[dict[str, Any]]:
    """Return the trace of all points and, if intervals are flagged, a dotted trace that leads to them.

    `look` is its name in the legend and its colour.
    """
    name, colour = look
    points = _points_with_gaps(values, unit, intervals)
    line = {"color": colour, "width": 2}
    solid = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(points["time"]),
        "y": _or_none(points["value"]),
        "text": points["text"].tolist(),
        "customdata": points["days"].tolist(),
        "line": line,
        "marker": {"color": colour, "size": points["size"].tolist()},
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


def _points_with_gaps(values: pd.Series, unit: str, intervals: _Intervals) -> pd.DataFrame:
    """Return the points of a line (`time`, `value`, `text`, `size`, `days`), with a gap where it is not solid."""
    flagged, dots = intervals.flagged, _DOT if len(values) < _DOTTED_UP_TO else 0
    said = zip(_or_none(values), intervals.remarks(), strict=True)
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


def _layer_traces(name: str, values: pd.Series, intervals: _Intervals) -> list[dict[str, Any]]:
    """Return the trace of bars. If the first bar is hatched, a plain trace for the legend comes before it."""
    bars = {
        "type": "bar",
        "name": LABELS[name],
        "legendgroup": name,
        "x": list(intervals.begin),
        "y": values.tolist(),
        "customdata": intervals.days,
        "width": intervals.step / timedelta(milliseconds=1) * 0.8,
        "marker": {
            "color": COLOURS[name],
            "pattern": {**HATCHED, "shape": np.where(intervals.flagged, "/", "").tolist()},
        },
        "hovertemplate": [f"%{{y:,}}{said}" for said in intervals.remarks()],
    }
    if not intervals.flagged[:1].any():
        return [bars]
    plain = _legend_entry(LABELS[name], {"type": "bar", "legendgroup": name, "marker": {"color": COLOURS[name]}})
    return [plain, {**bars, "showlegend": False}]
