"""Today: the finding of Overview, of a view."""

import streamlit as st

from analytics.metrics.response_time import in_target
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import preferences
from analytics.ui.data.view import View
from analytics.words import headlines, wait_kinds
from analytics.words.periods import in_words


def finding(view: View) -> str:
    """Return who got an answer in target in the chosen period, and who waits now."""
    wait = wait_kinds.leading(view.numbers)
    before = in_target(view.previous, wait.kind) if view.previous else None
    answers = headlines.Answers(wait, in_target(view.selection, wait.kind), before, view.comparison)
    period = in_words(st.session_state.get(Key.PERIOD, ""))
    return headlines.overview(answers, view.target, preferences().target_share, wait_kinds.now(view.selection), period)
