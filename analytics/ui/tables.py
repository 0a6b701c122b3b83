"""Tables: the metric table, and the agents."""

import pandas as pd
import streamlit as st

from analytics import display
from analytics.events.frame import EVENT_NAMES
from analytics.metrics.metric import Result
from analytics.metrics.report import metric_table
from analytics.ui.countries import country_name
from analytics.ui.sidebar import NO_AGENT
from analytics.ui.view import View

DURATION = st.column_config.NumberColumn(format="localized")
"""How a column of durations (timedelta) is shown: as hours, minutes and seconds."""


def metrics(view: View) -> None:
    """Draw all ten metrics: raw event count beside per message, change, formula."""
    rows = metric_table(view.numbers, view.previous_numbers)
    frame = pd.DataFrame(
        {
            "Metric": [row.metric.label for row in rows],
            "Raw event count": [display.reading(row.metric, row.guide) for row in rows],
            "Per message": [display.reading(row.metric, row.ledger) for row in rows],
            "Change": [display.change(row.metric, row.ledger, row.previous_ledger) for row in rows],
            "Formula": [row.metric.formula for row in rows],
        }
    )
    if view.previous is None:
        frame = frame.drop(columns="Change")
    st.dataframe(frame, hide_index=True, height="content", alt="The ten metrics")
    with st.expander("How is this counted?"):
        for row in rows:
            metric = row.metric
            st.markdown(f"**{metric.label}.** {metric.definition} Per message: {metric.per_message}.")
    st.caption(
        "**Raw event count** divides events by events, as in the integration guide. **Per message** counts each "
        "message once, on the day it was sent, and cannot pass 100 %: a reply proves a read, a read proves a delivery."
    )


def agents(performance: Result, open_now: dict[str, int], waiting: dict[str, int]) -> None:
    """Draw a line for each agent; `open_now` and `waiting` count conversations and customers of each now."""
    frame = pd.DataFrame(
        [
            {
                "Agent": NO_AGENT if name == "(none)" else name,
                "Open now": open_now.get(name, 0),
                "Waiting now": waiting.get(name, 0),
                "Conversations": agent["conversations"],
                "Replies": agent["replies"],
                "Median reply": _timedelta(agent["median_response_seconds"]),
                "9 in 10 within": _timedelta(agent["p90_response_seconds"]),
                "Messages sent": agent["messages_sent"],
                "Resolved": agent["resolved"],
                "Passed to them": agent["handoffs"],
                "Read (at least)": agent["read_rate"],
                "Events": sum(agent["events"].values()),
            }
            for name, agent in performance.items()
        ]
    )
    formats = {
        "Median reply": DURATION,
        "9 in 10 within": DURATION,
        "Read (at least)": st.column_config.NumberColumn(format="percent"),
    }
    st.dataframe(frame, hide_index=True, height="content" if len(frame) < 50 else "auto", column_config=formats)


def message_rates(rates: pd.DataFrame, label: str) -> None:
    """Draw the ledger by one thing: sent, and the shares delivered, read and replied."""
    shares = {
        "delivered": "Delivered",
        "read": "Read (at least)",
        "replied": "Replied",
    }
    formats = {name: st.column_config.NumberColumn(format="percent") for name in shares.values()}
    frame = rates.rename(columns={"sent": "Sent", **shares}).rename_axis(label).reset_index()
    st.dataframe(frame, hide_index=True, column_config=formats)


def waits_by_country(waits: pd.DataFrame) -> None:
    """Draw answered waits by country: how many, their median and ninth decile."""
    frame = pd.DataFrame(
        {
            "Country": [country_name(code) for code in waits.index],
            "Answered": waits["answered"].to_numpy(),
            "Median": [_timedelta(seconds) for seconds in waits["median"]],
            "9 in 10 within": [_timedelta(seconds) for seconds in waits["p90"]],
        }
    )
    st.dataframe(frame, hide_index=True, column_config={"Median": DURATION, "9 in 10 within": DURATION})


def modes(result: Result) -> None:
    """Draw events by kind and service mode."""
    frame = pd.DataFrame({"Bot (self-serve)": result["bot"], "Agent (assisted)": result["agent"]})
    frame = frame.reindex([name for name in EVENT_NAMES if name in frame.index]).fillna(0).astype(int)
    st.dataframe(frame.rename_axis("Event").reset_index(), hide_index=True)


def _timedelta(seconds: float | None) -> pd.Timedelta | None:
    """Return a duration to sort by, whole seconds; None where there is none."""
    return None if seconds is None else pd.Timedelta(seconds=round(seconds))
