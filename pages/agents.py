"""Agents: what each does. Ordered by name; nobody is ranked here."""

import streamlit as st

from analytics import display
from analytics.metrics.agents import open_conversations
from analytics.metrics.breakdowns import agents_waiting
from analytics.ui import cards, headlines, tables
from analytics.ui.pages import open_report, title
from analytics.ui.waits import PERSON

view = open_report()
title(view, "Agents", headlines.agents(view.numbers), trends=False)
tables.agents(view.numbers["agent_performance"], open_conversations(view.selection), agents_waiting(view.selection))
cards.waiting(view, PERSON)
silence = display.duration(view.dataset.facts.rules.silence.total_seconds())
st.caption(f"A conversation is open until it is resolved or silent for {silence}; its customer may wait for longer.")
