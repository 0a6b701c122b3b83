"""Response times: the choice of a kind of wait, and switches that change how it is measured. The address holds all."""

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.metrics.breakdowns import count_in_target_by_hour, count_waits_by_hour
from analytics.metrics.response_time import count_never_answered, count_outside_hours, median, share_in_target
from analytics.ui.browser import address
from analytics.ui.data.preferences import schedule
from analytics.ui.data.view import View, set_current_view
from analytics.ui.elements import charts
from analytics.ui.elements.case_links import WAITS
from analytics.ui.filters.looked_at import current_address, toggle_on_click
from analytics.ui.menu import SETTINGS
from analytics.words import display, reports, wait_kinds
from analytics.words.wait_kinds import MESSAGE, REPLY, Wait

_GRIDS = {"waits": "Waits", "messages": "Messages", "in_target": "Share in target"}
_ALT = {"waits": "Waits that begin", "messages": "Messages received", "in_target": "Share in target"}


def choose(view: View) -> tuple[View, Wait]:
    """Draw the choices; return the view, with business hours only if these are chosen, and the chosen kind of wait."""
    lead = wait_kinds.leading_wait(view.numbers)
    names = sorted(WAITS, key=lambda name: WAITS[name] is not lead)
    wait = WAITS[_choose_one("wait", "Which wait", names, lambda name: WAITS[name].name)]
    hours, every, last_words = st.columns(3)
    with hours:
        view = _choose_hours(view, wait)
    with every:
        wait = _choose_every_message(view, wait)
    with last_words:
        view = _choose_last_words(view, wait)
    return view, wait


def _choose_hours(view: View, wait: Wait) -> View:
    """Draw the switch for business hours, or a link to set them, and return the view that it chooses."""
    hours = schedule()
    if hours is None:
        st.toggle("Business hours only", disabled=True, key="no hours")
        st.page_link(
            SETTINGS.path, label="Set your opening hours", icon=":material/schedule:", query_params=current_address()
        )
        return view
    on = address.toggle("Business hours only", "business")
    in_hours = view.in_hours(hours)
    medians = view.ask(median, wait.kind), in_hours.ask(median, wait.kind)
    outside = reports.waits_outside(in_hours.ask(count_outside_hours, wait.kind))
    st.caption(f"{reports.median_with(*medians, 'business hours only')}{outside}")
    if not on:
        return view
    set_current_view(in_hours)  # to whoever asks how its numbers are counted
    return in_hours


def _choose_every_message(view: View, wait: Wait) -> Wait:
    """Draw the switch for every message, which only exists for any reply, and return the wait that it chooses."""
    if wait is not REPLY:
        st.toggle("Every message", disabled=True, key="no messages")
        st.caption(reports.every_message(REPLY.name))
        return wait
    on = address.toggle("Every message", "every")
    each, first = view.ask(median, MESSAGE.kind), view.ask(median, REPLY.kind)
    st.caption(reports.median_with(first, each, "each message counted by itself, as in the integration guide,"))
    return MESSAGE if on else wait


def _choose_last_words(view: View, wait: Wait) -> View:
    """Draw the switch that leaves out waits that may be a “thanks”, and return the view that it chooses."""
    if wait is MESSAGE:
        st.toggle("Leave out last words", disabled=True, key="no last words")
        return view
    on = address.toggle("Leave out last words", "lastwords")
    without = view.without_last_words()
    never = view.ask(count_never_answered, wait.kind)
    all_shown, less = (display.share(seen.ask(share_in_target, wait.kind).value) for seen in (view, without))
    st.caption(reports.last_words(never["no_reply"], never["last_word"], all_shown, less))
    if not on:
        return view
    set_current_view(without)  # to whoever asks how its numbers are counted
    return without


def draw_week(view: View, wait: Wait) -> None:
    """Draw weekday by hour: the messages, the waits, or the share of waits that was answered in target."""
    shown = _choose_one("grid", "What the hours show", list(_GRIDS), _GRIDS.__getitem__)
    act, alt = toggle_on_click("weekday", "hour"), f"{_ALT[shown]} by weekday and hour"
    if shown == "in_target":
        in_time, cases = (grid.tolist() for grid in view.ask(count_in_target_by_hour, wait.kind))
        shares = [
            [count / number if number else None for count, number in zip(*rows, strict=True)]
            for rows in zip(in_time, cases, strict=True)
        ]
        charts.draw_week(shares, cases=cases, alt=alt, act=act)
        return
    waits = view.ask(count_waits_by_hour, wait.kind).tolist() if shown == "waits" else None
    charts.draw_week(waits or view.numbers["peak_hours"]["by_weekday_hour"], alt=alt, act=act)


def _choose_one(key: str, label: str, names: Sequence[str], shown: Callable[[str], str]) -> str:
    """Draw a choice that the address holds, and return it; the first name is the default."""
    parameter = address.one_of(key, dict.fromkeys(names, ""))
    address.take([parameter])
    chosen = st.segmented_control(
        label, sorted(names, key=list(WAITS | _GRIDS).index), format_func=shown, key=key, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    address.show(address.give([parameter]))
    return str(chosen)
