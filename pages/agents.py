"""Agents: what each does. Ordered by name; nobody is ranked here."""

import streamlit as st

from analytics.metrics.agents import open_conversations
from analytics.metrics.breakdowns import agents_waiting
from analytics.ui import cards, headlines, tables
from analytics.ui.pages import open_report, title
from analytics.ui.waits import PERSON

view = open_report()
title(view, "Agents", headlines.agents(view.numbers))
tables.agents(view.numbers["agent_performance"], open_conversations(view.selection), agents_waiting(view.selection))
cards.waiting(view, PERSON)
st.caption("A conversation is open until it is resolved or silent for 24 hours; its customer may wait for longer.")
