"""Tables: numbers are written as on cards, and sorted as numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analytics.events.contract import EVENTS
from analytics.metrics.filters import NOBODY
from analytics.metrics.metric import Result
from analytics.metrics.tally import NOT_GIVEN
from analytics.ui.browser import clicks
from analytics.ui.browser.clicks import Act
from analytics.ui.data.preferences import agent_name
from analytics.ui.elements.downloads import offer_download
from analytics.ui.filters.looked_at import toggle_on_click
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.headlines import FEW_CASES
from analytics.words.meanings import ON_SCREEN

SHORT = 50
"""A table with up to this many rows is shown whole; a longer one scrolls."""
MOST_ROWS = 500
"""The rows of a table that are drawn; of more, the first are drawn and the download has all."""
_MOST_REASONS, _MOST_STEPS = 40, 12
_SHORT_BESIDE = 12
"""The same limit for tables that stand beside each other."""

_UNITS: dict[Callable[..., str], str] = {display.duration: "seconds", display.share: "share"}


@dataclass(frozen=True)
class TickableRows:
    """What each row stands for (None for nothing), and the action that gets it when the row is ticked."""

    stand_for: Sequence[str | None]
    act: Act


def draw_message_rates(
    rates: pd.DataFrame, label: str, before: pd.DataFrame | None = None, *, settled: bool = True
) -> None:
    """Draw messages by template or content type: sent, and the shares delivered, read and replied, with changes.

    Shares that can still change, as not all messages are `settled`, have none.
    """
    shares = {"delivered": "Delivered", "read": "Read (at least)", "replied": "Replied"}
    frame = rates.rename(columns={"sent": "Sent", **shares}).rename_axis(label).reset_index()
    if before is not None:
        before = before.reindex(rates.index)
        frame.insert(2, "Change", _describe_changes("count", rates["sent"], before["sent"]))
        if settled:
            frame["Read, change"] = _describe_changes("share", rates["read"], before["read"])
    templates = [None if name == NOT_GIVEN else name for name in rates.index]
    rows = TickableRows(templates, toggle_on_click("template")) if label == "Template" else None
    draw(frame, dict.fromkeys(shares.values(), display.share), alt=f"Messages by {label.lower()}", rows=rows)


def _describe_changes(unit: str, now: pd.Series, before: pd.Series) -> list[str]:
    """Return in words how each number changed; one without an earlier number is new."""
    return [
        "new" if pd.isna(old) else (display.difference(unit, new, old) or "new") if not pd.isna(new) else ""
        for new, old in zip(now, before, strict=True)
    ]


def draw_waits_by_agent(waits: pd.DataFrame) -> None:
    """Draw answered waits by agent, sorted by name; "no agent" comes last."""
    waits = waits.loc[sorted(waits.index, key=lambda name: (name == NOBODY, agent_name(name)))]
    _draw_waits(waits, "Agent", agent_name, TickableRows(list(waits.index), toggle_on_click("agent")))


def draw_waits_by_country(waits: pd.DataFrame) -> None:
    """Draw answered waits by country, the most first."""
    _draw_waits(waits, "Country", country_name, TickableRows(list(waits.index), toggle_on_click("country")))


def _draw_waits(waits: pd.DataFrame, label: str, shown: Callable[[str], str], rows: TickableRows) -> None:
    """Draw answered waits: their number, marked if few, their median, 90th percentile and share in target."""
    frame = pd.DataFrame(
        {
            label: [shown(name) for name in waits.index],
            "Answered": waits["answered"].to_numpy(),
            "Median": waits["median"].to_numpy(),
            "9 in 10 within": waits["p90"].to_numpy(),
            "In target": waits["in_target"].to_numpy(),
        }
    )
    durations = {"Median": display.duration, "9 in 10 within": display.duration}
    formats = {"Answered": mark_few, **durations, "In target": display.share}
    draw(frame, formats, alt=f"Waits by {label.lower()}", rows=rows, short=_SHORT_BESIDE)


def draw_stayed_solved(found: pd.DataFrame) -> None:
    """Draw by reason of the last handoff how many conversations stayed solved (see `metrics.stayed_solved`)."""
    frame = pd.DataFrame(
        {
            "Reason": [display.words(str(name)) for name in found.index],
            "Stayed solved": found["value"].to_numpy(),
            "Stayed": found["stayed"].to_numpy(),
            "Came back": found["came_back"].to_numpy(),
            "Too recent to tell": found["undecided"].to_numpy(),
            "Already back": found["already_back"].to_numpy(),
        }
    )
    draw(frame, {"Stayed solved": display.share}, alt="Stayed solved by reason")


def mark_few(number: float) -> str:
    """Return a number of cases in words; a small number is marked as few."""
    return f"few: {number:.0f}" if number < FEW_CASES else display.count(number)


def draw_handoffs(counts: pd.DataFrame, before: pd.DataFrame | None = None) -> None:
    """Draw handoffs (frames with `reason`, `step`, `count`) by reason and journey step, the commonest first.

    Steps stand in quotes: they are words from the events, and one may have the name of a column of ours.
    """
    alt = "Handoffs by reason and journey step"
    reason, step = counts["reason"].map(display.words), counts["step"].map(_quote)
    reasons, steps = _Commonest(reason, counts, _MOST_REASONS), _Commonest(step, counts, _MOST_STEPS)
    rows, columns = reasons.sum_others(reason), steps.sum_others(step)
    table = counts.pivot_table(index=rows, columns=columns, values="count", fill_value=0, aggfunc="sum")
    table = table.loc[reasons.names, steps.names]
    in_all = table.sum(axis=1)
    table.columns = pd.Index(display.shorten_apart(steps.names))
    table.insert(0, "All steps", in_all)
    if before is not None:
        old = before["count"].groupby(reasons.sum_others(before["reason"].map(display.words))).sum()
        table.insert(1, "Change", _describe_changes("count", in_all, old.reindex(in_all.index)))
    table = table.rename_axis("Reason").reset_index()
    show(table, alt=alt)
    every = pd.DataFrame({"Reason": reason, "Journey step": step, "Handoffs": counts["count"]})
    offer_download(every if reasons.others or steps.others else table, alt)


def _quote(step: str) -> str:
    return step if step == NOT_GIVEN else f"“{display.words(step)}”"


class _Commonest:
    """The names with the greatest counts, the commonest first, and at the end `others` that stands for all the rest."""

    def __init__(self, names: pd.Series, counts: pd.DataFrame, most: int) -> None:
        by_name = counts["count"].groupby(names).sum().sort_values(ascending=False, kind="stable")
        rest = len(by_name) - most if len(by_name) > most + 1 else 0
        self._kept = list(by_name.index[: len(by_name) - rest])
        self.others = f"and {display.count(rest)} others" if rest else ""

    @property
    def names(self) -> list[str]:
        return [*self._kept, *([self.others] if self.others else [])]

    def sum_others(self, names: pd.Series) -> pd.Series:
        return names.where(names.isin(self._kept), self.others)


def draw_modes(result: Result) -> None:
    """Draw events by kind and service mode."""
    frame = pd.DataFrame({"Bot (self-serve)": result["bot"], "Agent (assisted)": result["agent"]})
    frame = frame.reindex([name for name in EVENTS if name in frame.index]).fillna(0).astype(int)
    draw(frame.rename_axis("Event").reset_index(), alt="Events by who handled them")


def draw(
    frame: pd.DataFrame,
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    *,
    alt: str,
    rows: TickableRows | None = None,
    short: int = SHORT,
) -> None:
    """Draw a table of the current view, as `show` does, and offer it as a file."""
    show(frame, formats, alt=alt, rows=rows, short=short)
    offer_download(frame, alt, units=units_of(formats or {}))


def units_of(formats: Mapping[str, Callable[[Any], str]]) -> dict[str, str]:
    """Return the unit of each column whose numbers are written as durations or shares."""
    return {name: _UNITS[write] for name, write in formats.items() if write in _UNITS}


def show(
    frame: pd.DataFrame,
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    *,
    alt: str,
    rows: TickableRows | None = None,
    short: int = SHORT,
) -> None:
    """Draw a table whose first column stays in sight. `formats` write the numbers; other whole numbers are counts.

    If its `rows` stand for something, one can be ticked. With more than `short` rows it scrolls. Lists of numbers are
    drawn as lines.
    """
    formats, rows_in_all = dict(formats or {}), len(frame)
    frame = _shorten_texts(frame.head(MOST_ROWS))
    frame = frame.astype(dict.fromkeys(formats, "float64"))  # of missing numbers alone, pandas makes objects
    frame = frame.round(dict.fromkeys(formats, 4))  # screen readers and downloads get the number itself
    written: dict[Any, Any] = dict.fromkeys(frame.select_dtypes("integer").columns, display.count) | formats
    written |= dict.fromkeys(frame.select_dtypes("datetimetz").columns, "{:%a %-d %b %Y, %H:%M}".format)
    columns = {
        name: st.column_config.Column(help=ON_SCREEN.get(name), width=_width(name, frame[name], formats.get(name)))
        for name in frame.columns
    }
    columns[frame.columns[0]] = st.column_config.Column(pinned=True)
    lines = [name for name in frame.columns if len(frame) and isinstance(frame[name].iloc[0], list)]
    columns |= {name: st.column_config.AreaChartColumn() for name in lines}
    st.dataframe(
        frame.style.format(written, na_rep=display.NO_VALUE),
        hide_index=True,
        height="content" if len(frame) <= short else "auto",
        column_config=columns,
        placeholder=display.NO_VALUE,
        alt=alt,
        **_make_tickable(alt, rows),
    )
    if rows_in_all > MOST_ROWS:
        st.caption(
            f"The table shows the first {MOST_ROWS} of {display.count(rows_in_all)} rows. The download has all of them."
        )


def _shorten_texts(frame: pd.DataFrame) -> pd.DataFrame:
    texts = frame.select_dtypes(["object", "str", "category"]).columns
    frame = frame.copy()
    frame[texts] = frame[texts].map(lambda value: display.shorten(value) if isinstance(value, str) else value)
    return frame


def _width(name: str, values: pd.Series, write: Callable[[Any], str] | None) -> int | None:
    """Return the width in pixels of a column of durations, which a narrow column would cut; None for all others."""
    if write is not display.duration:
        return None
    return 26 + 7 * max(map(len, [name, *values.dropna().map(write)]))


def _make_tickable(name: str, rows: TickableRows | None) -> dict[str, Any]:
    """Return the arguments that make rows act when they are ticked; the tick disappears with the action."""
    if rows is None:
        return {}

    def find_ticked(selection: Any) -> str | None:
        return rows.stand_for[selection["rows"][0]] if selection["rows"] else None

    on_select = clicks.make_callback(name, find_ticked, rows.act)
    return {"key": clicks.key(name), "on_select": on_select, "selection_mode": "single-row"}
