"""Parts of a page that follow what comes in, more often than the whole page is drawn again."""

from collections.abc import Callable
from dataclasses import dataclass
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
    if not view.live:
        draw(view)
        return
    st.fragment(_draw_part, run_every=_SECONDS)(_Part(draw, view, _looked_at()))


@dataclass
class _Part:
    """A part of a page: what it draws, the view that it showed last, and what was looked at when its page was drawn."""

    draw: Callable[[View], None]
    view: View
    looked_at: Any
    is_drawn: bool = False


def _draw_part(part: _Part) -> None:
    """Draw a part: with its page the same data as all of it, later the latest."""
    if _looked_at() != part.looked_at and not dialogs.is_open():
        st.rerun()
    with take_turn():
        if part.is_drawn:
            part.view = live.latest(part.view)
        part.is_drawn = True
        set_current_view(part.view)  # to whoever asks how its numbers are counted
        part.draw(part.view)


def _looked_at() -> Any:
    return current_address(), read_query()
