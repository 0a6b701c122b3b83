"""Overview: how it goes, in a sentence, six cards, two charts and the metric table."""

import streamlit as st

from analytics.metrics import trends
from analytics.ui import cards, charts, headlines, tables, waits
from analytics.ui.pages import open_report, title

view = open_report()
title(view, "Overview", headlines.overview(view.numbers))
cards.overview(view)
cards.waiting(view, waits.leading(view.numbers))

received, conversations = st.columns(2)
with received:
    st.subheader("Messages over time")
    charts.lines(trends.messages(view.selection), up_to=view.data_up_to, alt="Messages received and sent by day")
with conversations:
    st.subheader("Conversations by outcome")
    charts.stacked(
        trends.conversations(view.selection), up_to=view.data_up_to, alt="Conversations begun by day and outcome"
    )

st.subheader("The ten metrics")
tables.metrics(view)
