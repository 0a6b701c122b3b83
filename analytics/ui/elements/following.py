"""Parts of a page that follow what comes in, more often than the whole page is drawn again."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from analytics.server.turns import take_turn
from analytics.ui.browser import dialogs
from analytics.ui.data import live
from analytics.ui.data.view import View, set_current_view
from analytics.ui.elements.case_links import read_query
from analytics.ui.filters.looked_at import current_address

_SECONDS = 5


def draw_following(draw: Callable[[View], None], view: View) -> None:
    """Draw a part of a page; if its data are live, draw it every five seconds, with the latest of them.

    What people choose in the part is followed by the whole page, where it changes what is looked at.
    """
    if not view.dataset.live:
        draw(view)
        return
    st.fragment(_draw_latest, run_every=_SECONDS)(draw, view, _looked_at())


def _draw_latest(draw: Callable[[View], None], view: View, drawn: Any) -> None:
    if _looked_at() != drawn and not dialogs.is_open():
        st.rerun()
    with take_turn():
        latest = live.latest(view)
        set_current_view(latest)  # to whoever asks how its numbers are counted
        draw(latest)


def _looked_at() -> Any:
    return current_address(), read_query()
