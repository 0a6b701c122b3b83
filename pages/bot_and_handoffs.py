"""Bot and handoffs: what the bot finishes, what it passes on, and why."""

import streamlit as st

from analytics.metrics import breakdowns, trends
from analytics.ui import cards, charts, headlines, tables
from analytics.ui.pages import open_report, title

view = open_report()
handoffs = breakdowns.handoffs(view.selection)
title(view, "Bot and handoffs", headlines.bot_and_handoffs(view.numbers, handoffs))
cards.outcomes(view)

st.subheader("What came of conversations")
charts.stacked(trends.conversations(view.selection), alt="Conversations begun by day and outcome")

reasons, matrix = st.columns(2)
with reasons:
    st.subheader("Why they were passed to an agent")
    charts.bars(
        handoffs.groupby("reason")["count"].sum().sort_values(ascending=False).to_dict(),
        alt="Handoffs by reason",
    )
with matrix:
    st.subheader("Reason by journey step")
    st.dataframe(handoffs.pivot_table(index="reason", columns="step", values="count", fill_value=0, aggfunc="sum"))

st.subheader("Events by who handled them")
tables.modes(view.numbers["service_modes"])
