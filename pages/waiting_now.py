"""Waiting now: who waits for a reply at this moment, and how long we may still answer freely."""

import streamlit as st

from analytics.metrics.waiting import waiting_now
from analytics.ui import headlines, waiting, waits
from analytics.ui.pages import open_report, title

view = open_report(any_period=True)
heading = st.container()
lead = waits.leading(view.numbers)
kinds = {wait.name: wait for wait in (waits.PERSON, waits.REPLY)}
wait = kinds[st.segmented_control("Who waits for what", kinds, default=lead.name, key="waiting for", required=True)]
with heading:
    title(view, "Waiting now", headlines.waiting_now(waiting_now(view.selection, wait.kind), wait), trends=False)
st.caption("Whenever the wait began: the period does not matter here, the other filters do.")
waiting.draw(view, wait)
