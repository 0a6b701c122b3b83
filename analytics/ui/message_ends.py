"""Messages: how they ended, why some failed, and where that happened."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.metrics import ends, trends
from analytics.metrics.metric import divide
from analytics.metrics.rates import DELIVERY_RATE
from analytics.metrics.tally import NOT_GIVEN
from analytics.ui.data.view import View
from analytics.ui.elements import explanation, tables, trend_charts
from analytics.ui.elements.downloads import offer_download
from analytics.ui.elements.tables import TickableRows
from analytics.ui.filters.looked_at import toggle_on_click
from analytics.words import display, failures, reports
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown

_REASONS_SHOWN = 6


def draw_ends(view: View) -> None:
    """Draw how messages ended, why they failed, and both by template, by country and over time."""
    found, by_code = view.ask(ends.measure_ends), view.ask(ends.count_failures)
    if not found["sent"]:
        return
    explanation.draw_heading("How messages ended", DELIVERY_RATE)
    _draw_shares(found)
    titles = view.contents.error_titles if len(by_code) else {}
    if len(by_code):
        _draw_reasons(by_code, found["sent"], titles)
    _draw_where(view, titles)


def _draw_shares(found: dict[str, int]) -> None:
    """Draw the three ends, each with its share of what was sent."""
    with st.container(horizontal=True):
        for end, (label, meaning) in reports.ENDS.items():
            st.metric(
                f"{label} · {display.count(found[end])}",
                display.share(found[end] / found["sent"]),
                help=meaning,
                border=True,
            )
    st.caption(reports.ends_add_up(found["sent"]))


def _draw_reasons(by_code: "pd.Series[int]", sent: int, titles: dict[str, str]) -> None:
    """Draw why messages failed, the commonest reasons first, and offer all of them as a file."""
    st.markdown("##### Why messages failed")
    st.markdown(failures.say_faults({str(code): int(count) for code, count in by_code.items()}))
    rows = [_describe_reason(str(code), int(count), sent, titles) for code, count in by_code.items()]
    _draw_reasons_beside(rows[:_REASONS_SHOWN])
    if more := rows[_REASONS_SHOWN:]:
        with st.expander(f"{display.with_noun(len(more), 'rarer reason')}"):
            _draw_reasons_beside(more)
    offer_download(pd.DataFrame(rows), "Why messages failed", units={"Share of sent": "share"})


def _draw_reasons_beside(rows: Sequence[dict[str, Any]]) -> None:
    """Draw reasons in two columns; one below the other on a phone."""
    for first in range(0, len(rows), 2):
        for column, row in zip(st.columns(2), rows[first : first + 2], strict=False):
            with column:
                _draw_reason(row)


def _describe_reason(code: str, count: int, sent: int, titles: dict[str, str]) -> dict[str, Any]:
    why = failures.explain_failure(code, titles.get(code))
    return {
        "Code": code,
        "What happened": why.happened,
        "Messages": count,
        "Share of sent": count / sent,
        "Cause": why.fault,
        "What to do": why.remedy,
        "Try again": why.again,
    }


def _draw_reason(row: dict[str, Any]) -> None:
    said = {name: for_markdown(str(value)) for name, value in row.items()}
    share = display.share(row["Share of sent"])
    number = f"**{display.with_noun(row['Messages'], 'message')}** ({share} of sent)"
    with st.container(border=True, gap=None, height="stretch"):
        st.markdown(f"**{said['What happened']}**")
        st.markdown(f"{number} · Cause: {said['Cause']} · Try again: {said['Try again']}")
        st.caption(f"{said['What to do']} (Code {said['Code']})")


def _draw_where(view: View, titles: dict[str, str]) -> None:
    """Draw how messages ended by what they were and where they went, and what was not delivered over time."""
    st.markdown("##### Where and when")
    by_template, by_country, over_time = st.tabs(["By template", "By country", f"By {view.interval}"])
    with by_template:
        _draw_by(view, "template", "Template", titles)
    with by_country:
        _draw_by(view, "country", "Country", titles)
    with over_time:
        trend_charts.draw_stacked(
            view.ask(trends.measure_not_delivered, view.interval),
            view.reach,
            alt=f"Messages that failed or are pending by {view.interval}",
        )
        st.caption(reports.ends_over_time(view.interval))


def _draw_by(view: View, part: str, label: str, titles: dict[str, str]) -> None:
    found, commonest = view.ask(ends.ends_by, part), view.ask(ends.failures_by, part)
    names = [str(name) for name in found.index]
    shown = [country_name(name) if part == "country" else name for name in names]
    shares = {"Delivered": "delivered", "Failed": "failed", "Pending": "pending"}
    frame = pd.DataFrame(
        {
            label: shown,
            "Sent": found["sent"].to_numpy(),
            **{title: [divide(count, sent) for count, sent in zip(found[end], found["sent"], strict=True)]
               for title, end in shares.items()},
            "Most common failure": [_name_commonest(commonest.get(name), titles) for name in names],
        }
    )  # fmt: skip
    stand_for = [None if name == NOT_GIVEN else name for name in names]
    tables.draw(
        frame,
        dict.fromkeys(shares, display.share),
        alt=f"How messages ended by {label.lower()}",
        rows=TickableRows(stand_for, toggle_on_click(part)),
    )


def _name_commonest(code: str | None, titles: dict[str, str]) -> str:
    return display.NO_VALUE if code is None else failures.name_failure(code, titles.get(code))
