"""Overview: how it goes, in a sentence, six cards, what is opened and closed, what changed, and the metric table."""

import streamlit as st

from analytics.metrics import trends
from analytics.ui import cards, changes, headlines, metric_table, trend_charts, waits
from analytics.ui.pages import open_report, title
from analytics.ui.preferences import preferences

view = open_report()
aimed = preferences().target_share
title(
    view,
    "Overview",
    headlines.overview(view.numbers, view.target, aimed, view.previous_numbers, view.comparison),
)
cards.overview(view)
cards.waiting(view, waits.leading(view.numbers))

work, changed = st.columns(2)
with work:
    st.subheader("Opened against closed")
    trend_charts.lines(
        trends.opened_and_closed(view.selection, view.interval),
        view.reach,
        alt=f"Conversations opened and closed by {view.interval}",
    )
    st.caption("Opened: begun, and the customer wrote. Closed: resolved; those that fall silent end without that.")
with changed:
    st.subheader("What changed most")
    changes.draw(view)

st.subheader("Messages over time")
trend_charts.lines(
    trends.messages(view.selection, view.interval),
    view.reach,
    before=trends.messages(view.previous, view.interval) if view.previous else None,
    alt=f"Messages received and sent by {view.interval}",
)

st.subheader(metric_table.NAME)
metric_table.draw(view)
