"""The finding of Overview: its headline."""

import streamlit as st

from analytics.metrics.response_time import share_in_target
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import preferences
from analytics.ui.data.view import View
from analytics.ui.elements.cards import count_waiting_now
from analytics.words import headlines, wait_kinds
from analytics.words.periods import begin_sentence


def write_finding(view: View) -> str:
    """Return how many got an answer in target in the chosen period, and how many wait now."""
    wait = wait_kinds.leading_wait(view.numbers)
    before = view.ask_before(share_in_target, wait.kind)
    answers = headlines.Answers(wait, view.ask(share_in_target, wait.kind), before, view.comparison)
    period = begin_sentence(st.session_state.get(Key.PERIOD, ""))
    return headlines.overview(answers, view.target, preferences().target_share, count_waiting_now(view), period)
