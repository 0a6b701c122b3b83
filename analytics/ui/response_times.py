"""Response times: which wait is looked at, and the switches that change how long it was. All stand in the address."""

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.facts.timeline import RECEIVED
from analytics.metrics.breakdowns import begun_waits, in_target_by_hour
from analytics.metrics.response_time import answered, median
from analytics.metrics.traffic import weekday_hours
from analytics.ui.browser import address
from analytics.ui.data.preferences import schedule
from analytics.ui.data.view import View, show
from analytics.ui.elements import charts
from analytics.ui.elements.case_links import WAITS
from analytics.ui.filters.looked_at import here, toggles
from analytics.ui.menu import SETTINGS
from analytics.words import display, wait_kinds
from analytics.words.wait_kinds import MESSAGE, REPLY, Wait

_GRIDS = {"waits": "Waits", "messages": "Messages", "in_target": "Share in target"}
_ALT = {"waits": "Waits that begin", "messages": "Messages received", "in_target": "Share in target"}


def choose(view: View) -> tuple[View, Wait]:
    """Draw what can be chosen, and return the view, of business hours where these are, and the wait to look at."""
    lead = wait_kinds.leading(view.numbers)
    names = sorted(WAITS, key=lambda name: WAITS[name] is not lead)
    wait = WAITS[_one_of("wait", "Which wait", names, lambda name: WAITS[name].name)]
    hours, every = st.columns(2)
    with hours:
        view = _in_hours(view, wait)
    with every:
        wait = _every_message(view, wait)
    return view, wait


def _in_hours(view: View, wait: Wait) -> View:
    """Draw the switch of business hours, or the way to set them; and return the view that it chooses."""
    hours = schedule()
    if hours is None:
        st.toggle("Business hours only", disabled=True, key="no hours")
        st.page_link(SETTINGS.path, label="Set your opening hours", icon=":material/schedule:", query_params=here())
        return view
    on = address.toggle("Business hours only", "business")
    in_hours = view.in_hours(hours)
    changed = _changes(median(view.selection, wait.kind), median(in_hours.selection, wait.kind), "business hours")
    st.caption(f"{changed}{_outside(view, in_hours, wait)}")
    if not on:
        return view
    show(in_hours)  # to whoever asks how its numbers are counted
    return in_hours


def _outside(view: View, in_hours: View, wait: Wait) -> str:
    """Say how many answered waits lay wholly outside of business hours."""
    count = int(((answered(in_hours.selection, wait.kind) == 0) & (answered(view.selection, wait.kind) > 0)).sum())
    return f" {display.counted(count, 'wait')} lay wholly outside of them: 0 s." if count else ""


def _every_message(view: View, wait: Wait) -> Wait:
    """Draw the switch of every message, which is of any reply, and return the wait that it chooses."""
    if wait is not REPLY:
        st.toggle("Every message", disabled=True, key="no messages")
        st.caption(f"Counts each message by itself, as the integration guide does: choose *{REPLY.name}*.")
        return wait
    on = address.toggle("Every message", "every")
    each, first = median(view.selection, MESSAGE.kind), median(view.selection, REPLY.kind)
    st.caption(_changes(first, each, "each message by itself, as in the integration guide"))
    return MESSAGE if on else wait


def _changes(off: float | None, on: float | None, switch: str) -> str:
    return f"Median {display.duration(off)} → {display.duration(on)} with {switch}."


def week(view: View, wait: Wait) -> None:
    """Draw weekday by hour: the messages, the waits, or the share of these that ended in target."""
    shown = _one_of("grid", "What the hours show", list(_GRIDS), _GRIDS.__getitem__)
    act, alt = toggles("weekday", "hour"), f"{_ALT[shown]} by weekday and hour"
    if shown == "in_target":
        in_time, cases = (grid.tolist() for grid in in_target_by_hour(view.selection, wait.kind))
        shares = [
            [count / number if number else None for count, number in zip(*rows, strict=True)]
            for rows in zip(in_time, cases, strict=True)
        ]
        charts.week(shares, cases=cases, alt=alt, act=act)
        return
    of_waits = shown == "waits"
    quarters = begun_waits(view.selection, wait.kind) if of_waits else view.selection.quarters_of(RECEIVED)
    charts.week(weekday_hours(view.selection, quarters).tolist(), alt=alt, act=act)


def _one_of(key: str, label: str, names: Sequence[str], shown: Callable[[str], str]) -> str:
    """Draw a choice of one that stands in the address, and return it; the first is the default."""
    parameter = address.one_of(key, dict.fromkeys(names, ""))
    address.take([parameter])
    chosen = st.segmented_control(
        label, sorted(names, key=list(WAITS | _GRIDS).index), format_func=shown, key=key, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    address.put(address.give([parameter]))
    return str(chosen)
