"""Overview: how it goes, in a sentence, six cards, two charts and the metric table."""

import streamlit as st

from analytics.metrics import trends
from analytics.ui import cards, headlines, tables, trend_charts, waits
from analytics.ui.pages import open_report, title

view = open_report()
title(view, "Overview", headlines.overview(view.numbers, view.target))
cards.overview(view)
cards.waiting(view, waits.leading(view.numbers))

received, conversations = st.columns(2)
with received:
    st.subheader("Messages over time")
    trend_charts.lines(
        trends.messages(view.selection, view.interval), view.reach, alt=f"Messages received and sent by {view.interval}"
    )
with conversations:
    st.subheader("Conversations by outcome")
    trend_charts.stacked(
        trends.conversations(view.selection, view.interval),
        view.reach,
        alt=f"Conversations begun by {view.interval} and outcome",
    )

st.subheader("The ten metrics")
tables.metrics(view)
