"""Agents: what each does. Ordered by name; nobody is ranked here."""

import streamlit as st

from analytics.metrics.agents import open_conversations
from analytics.metrics.breakdowns import agents_waiting
from analytics.ui import charts, headlines, tables
from analytics.ui.pages import open_report, title

view = open_report()
performance = view.numbers["agent_performance"]
title(view, "Agents", headlines.agents(view.numbers))
tables.agents(performance, open_conversations(view.selection), agents_waiting(view.selection))

st.subheader("Conversations by agent")
conversations = {name: agent["conversations"] for name, agent in performance.items() if name != "(none)"}
charts.columns(list(conversations), list(conversations.values()), alt="Conversations by agent")
