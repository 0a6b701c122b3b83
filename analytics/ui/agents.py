"""Agents on the screen: a row for each, one agent in detail, or several beside each other."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.metrics.agents import count_active_days, count_never_answered, count_open_conversations
from analytics.metrics.case_list import list_longest_waits
from analytics.metrics.filters import NOBODY
from analytics.metrics.response_time import RESPONSE_TIME
from analytics.metrics.stayed_solved import stayed_solved_by
from analytics.metrics.tally import Page
from analytics.ui.conversations import page
from analytics.ui.data.preferences import agent_name, preferences
from analytics.ui.data.view import View
from analytics.ui.elements import cards, explanation, tables, trend_charts
from analytics.ui.elements.case_links import secret_of_keys
from analytics.ui.elements.downloads import offer_download
from analytics.ui.elements.tables import TickableRows
from analytics.ui.filters.looked_at import toggle_on_click
from analytics.ui.filters.naming import distinguish_options
from analytics.words import display
from analytics.words.headlines import FEW_CASES
from analytics.words.wait_kinds import PERSON

MOST_COMPARED = 6
"""More lines than this in one chart cannot be distinguished."""

_LONGEST = 10
_NAME = "Agents"


def count_slower(view: View) -> int | None:
    """Return how many agents answered too small a share in target; only agents with `FEW_CASES` waits count.

    It is None if nobody answered that many.
    """
    found = view.ask(breakdowns.waits_by, PERSON.kind, "agent").drop(index=NOBODY, errors="ignore")
    found = found[found["answered"] >= FEW_CASES]
    return int((found["in_target"] < preferences().target_share).sum()) if len(found) else None


def draw_table(view: View) -> None:
    """Draw a row for each agent by name, "no agent" last; and how many who wait for them can get a free-form reply."""
    performance = view.numbers["agent_performance"]
    names = sorted(performance, key=lambda name: (name == NOBODY, agent_name(name)))
    open_now, days = view.ask(count_open_conversations), view.ask(count_active_days)
    waiting = view.ask(breakdowns.count_waiting_by_agent)
    in_target = view.ask(breakdowns.waits_by, PERSON.kind, "agent")["in_target"]
    stayed, never = view.ask(stayed_solved_by, "agent")["value"], view.ask(count_never_answered)
    counts, _ = view.ask(trends.measure_replies_by_agent, PERSON.kind, view.interval)
    frame = pd.DataFrame(
        [
            {
                "Agent": agent_name(name),
                "Open now": open_now.get(name, 0),
                "Conversations": agent["conversations"],
                "Per active day": agent["conversations"] / days[name] if name in days else None,
                "Replies": agent["replies"],
                "Median": agent["median_response_seconds"],
                "9 in 10 within": agent["p90_response_seconds"],
                "In target": in_target.get(name),
                "Resolved": agent["resolved"],
                "Stayed solved": stayed.get(name),
                "Never answered": never.get(name, 0),
                "Waiting now": waiting.get(name, 0),
                "Sent": agent["messages_sent"],
                "Passed to them": agent["handoffs"],
                "Read (at least)": agent["read_rate"],
            }
            for name in names
            for agent in [performance[name]]
        ]
    )
    trend = f"Replies by {view.interval}"
    shown = frame.copy()
    shown.insert(9, trend, [counts[name].tolist() if name in counts else [] for name in names])
    formats = {
        **dict.fromkeys(("Median", "9 in 10 within"), display.duration),
        **dict.fromkeys(("In target", "Stayed solved", "Read (at least)"), display.share),
        "Per active day": "{:.1f}".format,
        "Replies": tables.mark_few,
    }
    tables.show(shown, formats, alt=_NAME, rows=TickableRows(names, toggle_on_click("agent")))
    offer_download(frame, _NAME, units=tables.units_of(formats))
    cards.draw_waiting(view, PERSON)


def draw_one(view: View) -> None:
    """Draw how the chosen agent does over time, and their longest waits."""
    trend = view.ask(trends.measure_responses, PERSON.kind, view.interval)
    before = view.ask_before(trends.measure_responses, PERSON.kind, view.interval)
    target, goal = display.duration(view.target.total_seconds()), preferences().target_share
    in_target, duration = st.columns(2)
    with in_target:
        explanation.draw_heading(f"Answered within {target}", RESPONSE_TIME, PERSON)
        alt = f"The agent’s share answered within {target} by {view.interval}"
        trend_charts.draw_towards(trend[["in_target"]], view.reach, goal, before=before, alt=alt)
    with duration:
        explanation.draw_heading("Median and 9 in 10", RESPONSE_TIME, PERSON)
        alt = f"Median and 90th percentile of the agent’s waits by {view.interval}"
        trend_charts.draw_lines(trend[["median", "p90"]], view.reach, unit="seconds", before=before, alt=alt)
    longest = view.ask(list_longest_waits, Page(0, _LONGEST), PERSON.kind, secret_of_keys())
    if longest.count:
        st.subheader("Longest waits")
        page.draw_table(view, longest.frame, PERSON)


def draw_several(view: View, names: Sequence[str]) -> None:
    """Draw the medians of agents beside each other."""
    explanation.draw_heading("Agents compared", RESPONSE_TIME, PERSON)
    _, medians = view.ask(trends.measure_replies_by_agent, PERSON.kind, view.interval)
    chosen = [name for name in names if name in medians][:MOST_COMPARED]
    if not chosen:
        st.markdown("None of the chosen agents answered a customer who waited for a person.")
        return
    shown = medians[chosen].rename(columns=distinguish_options(chosen, agent_name))
    trend_charts.draw_lines(
        shown, view.reach, unit="seconds", alt=f"Median wait for a person by {view.interval} and agent"
    )
    if len(names) > MOST_COMPARED:
        st.caption(f"The chart shows the first {MOST_COMPARED} of the {len(names)} chosen agents.")
