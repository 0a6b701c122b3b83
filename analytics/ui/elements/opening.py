"""How pages open: with what they show, their title and finding, how far the data reach, and the way to some data."""

from datetime import date
from typing import Any

import streamlit as st

from analytics.live.last_answers import last_answers
from analytics.metrics.account import count_passing
from analytics.metrics.intervals import Interval
from analytics.ui.browser.session import Key
from analytics.ui.data.datasets import SAMPLE
from analytics.ui.data.view import View, current_view
from analytics.ui.filters import chips
from analytics.ui.filters.looked_at import choose_filters, current_address, is_chosen, look_at
from analytics.ui.menu import CONNECTIONS, IMPORT, INTEGRATION, OVERVIEW, Page
from analytics.words.escape import for_markdown
from analytics.words.start_mode import explain_start_mode


def open_report(*, any_period: bool = False) -> View:
    """Return the view that a report shows. Without data, draw how to get some, and stop.

    With `any_period`, data of another period are enough.
    """
    view = current_view()
    if view is None:
        if not last_answers().silent_since:
            _draw_welcome()
        st.stop()
    if not any_period and not view.ask(count_passing):
        _draw_nothing_found(view)
        st.stop()
    return view


def title(view: View, page: Page, headline: str, *, trends: bool = True) -> None:
    """Open a page: its title, its finding in a sentence, how far the data reach, and what is chosen.

    A page with `trends` shows them by hour, day, week or month.
    """
    st.title(page.title)
    st.markdown(f"##### {headline}")
    with st.container(horizontal=True, vertical_alignment="center", key="reach"):
        st.caption(data_up_to(view), width="stretch")
        if trends:
            _draw_interval(view)
    chips.draw_chips(view)
    if is_chosen("compare") and view.comparison and not view.is_compared:
        st.caption(
            "There is nothing to compare with. This period has no first day, or the data begin after the compared "
            "period."
        )


def setup_title(page: Page) -> None:
    """Open a page that sets something up: its title, and how far the data reach that are looked at."""
    st.title(page.title)
    if view := current_view():
        st.caption(data_up_to(view))


def note_start_mode(view: View) -> None:
    """Say who answers first, on which waits for a person and outcomes hang, and why."""
    st.caption(explain_start_mode(view.start))


def data_up_to(view: View) -> str:
    """Return how far the data of a view reach, and their name."""
    since = " · reading newer events" if view.behind else ""
    return f"Data up to {view.data_up_to:%a %-d %b %Y, %H:%M %Z} · {for_markdown(view.name)}{since}"


def explore_button(
    label: str, token: str, *, project: str | None = None, days: tuple[date, date] | None = None, **looks: Any
) -> None:
    """Draw a button that leads to a dataset, or to a project's stored events; only to some days if `days` are given."""
    if st.button(label, on_click=look_at, args=(token, project, days), **looks):
        st.switch_page(OVERVIEW.path, query_params=current_address())


def _draw_welcome() -> None:
    st.title("How well do you answer on WhatsApp?")
    st.markdown(
        "Drop the events that your CRM exports. You will see how fast you reply, whether customers read your messages, "
        "who writes from where and when, what each agent does and what the bot solves. Nothing leaves this machine."
    )
    sample, own, send = st.columns(3, border=True)
    with sample:
        st.markdown("**Look around first**")
        st.markdown("The sample has two months of made-up but realistic traffic, up to today.")
        explore_button("Explore sample data", SAMPLE, type="primary", icon=":material/science:", width="stretch")
    with own:
        st.markdown("**Use the events you have**")
        st.markdown(
            "Use CSV, Excel or Parquet with one event or one message per row, or use JSON. Files may be compressed."
        )
        _way("Import a file", IMPORT)
    with send:
        st.markdown("**Connect your CRM**")
        st.markdown("Connect your own program, WhatsApp or Chatwoot, and see the first event arrive.")
        _way("Make a connection", CONNECTIONS)
        _way("Send a test event", INTEGRATION)


def _way(label: str, page: Page) -> None:
    if st.button(label, icon=f":material/{page.icon}:", width="stretch"):
        st.switch_page(page.path)


def _draw_nothing_found(view: View) -> None:
    if chips.list_chosen(view):
        st.title("No data for these filters")
        st.caption(data_up_to(view))
        chips.draw_chips(view)
        chips.draw_nothing_found(view)
        return
    st.title("There is nothing to report")
    if view.contents.tests:
        st.markdown("These are test events (`context.test` is true). They are part of no report.")
    else:
        st.markdown("These data hold none of the nine known events. **Import** shows what was found.")


def _draw_interval(view: View) -> None:
    """Draw the switch between hours, days, weeks and months; the address leaves out the one that suits the period."""
    st.session_state[Key.SHOWN_INTERVAL] = view.interval
    st.segmented_control(
        "Trends by",
        view.intervals,
        key=Key.SHOWN_INTERVAL,
        format_func=str.capitalize,
        required=True,
        label_visibility="collapsed",
        on_change=_choose_interval,
        args=(view.suiting_interval,),
    )


def _choose_interval(suiting: Interval) -> None:
    by = st.session_state[Key.SHOWN_INTERVAL]
    choose_filters(**{Key.INTERVAL: "" if by == suiting else by})
