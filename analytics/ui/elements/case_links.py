"""Links from a number to the conversations behind it, and the part of the address that says which ones.

Only the address holds it, so that Back, a reload and a link sent to somebody show the same.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

import streamlit as st

from analytics.metrics.case_list import Order
from analytics.metrics.cases import KINDS, Narrowing
from analytics.store.event_store import EventStore, open_store
from analytics.store.secret import load_secret
from analytics.ui.browser.clicks import Act
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet
from analytics.ui.data.view import View
from analytics.ui.filters.looked_at import current_address
from analytics.ui.menu import CONVERSATIONS, WAITING_NOW
from analytics.words import wait_kinds
from analytics.words.wait_kinds import Wait

WAITS = {"person": wait_kinds.PERSON, "reply": wait_kinds.REPLY}
ORDERS: tuple[Order, ...] = get_args(Order)

OPENING = "Tick a row to open its conversation. On a keyboard, press Shift and Space on the row."

_BUTTONS_UP_TO = 2
_SECRET_OF_THIS_PROCESS = secrets.token_bytes(32)
"""Used while the store does not answer."""

_Name = TypeVar("_Name", bound=str)


@dataclass(frozen=True)
class CaseQuery:
    """What the address asks for; `wait` is None if it does not say, `case` is the key of an opened conversation."""

    kind: str = ""
    wait: str | None = None
    reason: str = ""
    step: str = ""
    business: bool = False
    sort: Order = "longest"
    page: int = 1
    case: str = ""

    def narrowing(self, wait: Wait) -> Narrowing:
        """Return which conversations are wanted, judged by a kind of wait."""
        return Narrowing(self.kind, wait.kind, self.reason, self.step)


def draw_cases_link(view: View, label: str = "See cases", **narrowing: str) -> None:
    """Draw a link to the conversations behind a number of a view; the filters are kept.

    They may be narrowed by `kind` (see `analytics.metrics.cases.KINDS`), by `wait` (the waits that count: `person` or
    `reply`), and by the `reason` and the `step` of handoffs, as the events name them.
    """
    address = _address(view, narrowing)
    st.page_link(CONVERSATIONS.path, label=label, icon=":material/forum:", query_params=address)


def draw_waiting_link(_: View, wait: Wait) -> None:
    """Draw a link to those who are in a kind of wait now; the current filters are kept."""
    address = {**current_address(), "wait": [name_of_wait(wait)]}
    st.page_link(WAITING_NOW.path, label="See who is waiting", icon=":material/hourglass_top:", query_params=address)


def name_of_wait(wait: Wait) -> str:
    """Return the name of a kind of wait in the address; the customer wait stands in for "every message"."""
    counted = wait_kinds.REPLY if wait is wait_kinds.MESSAGE else wait
    return next(name for name, known in WAITS.items() if known is counted)


def open_on_click(key: str) -> Act:
    """Return a click's action: remember the clicked value as a narrowing of cases; the page then calls `follow`."""

    def click(clicked: str) -> None:
        st.session_state[Key.CLICKED_CASES] = {key: clicked}

    return click


def follow(view: View) -> None:
    """Go to the cases that were clicked, if there was a click."""
    narrowing = st.session_state.pop(Key.CLICKED_CASES, None)
    if narrowing:
        st.switch_page(CONVERSATIONS.path, query_params=_address(view, narrowing))


def _address(view: View, narrowing: dict[str, str]) -> dict[str, list[str]]:
    if unknown := narrowing.keys() - {"kind", "wait", "reason", "step"}:
        raise TypeError(f"Cases are not narrowed by {', '.join(unknown)}")
    if view.hours:
        narrowing = {**narrowing, "business": "true"}
    return {**current_address(), **{key: [text] for key, text in narrowing.items() if text}}


def read_query() -> CaseQuery:
    """Return what the address asks for; values without sense are ignored."""
    return CaseQuery(
        kind=_one_of("kind", KINDS) or "",
        wait=_one_of("wait", WAITS),
        reason=_text("reason"),
        step=_text("step"),
        business=_text("business") == "true",
        sort=_one_of("sort", ORDERS) or ORDERS[0],
        page=int(page) if (page := _text("page")).isdecimal() and len(page) < 9 else 1,
        case=_text("case"),
    )


def change_query(**changes: str) -> None:
    """Change what the address asks for, in a callback; an empty text removes a parameter."""
    for key, text in changes.items():
        if text:
            st.query_params[key] = text
        else:
            st.query_params.pop(key, None)


def draw_choice(label: str, key: str, labels: Mapping[str, str], now: str) -> None:
    """Draw a choice that the address holds, of names with `labels`; `now` is its present value."""
    widget = f"{key} of cases"
    st.session_state[widget] = now

    def change() -> None:
        change_query(**{key: st.session_state[widget], "page": ""})

    looks: Any = {"format_func": labels.__getitem__, "key": widget, "on_change": change}
    if len(labels) > _BUTTONS_UP_TO:
        st.selectbox(label, labels, **looks)
    else:
        st.segmented_control(label, labels, required=True, label_visibility="collapsed", **looks)


def draw_wait_choice(now: Wait) -> None:
    """Draw the choice of which wait counts."""
    draw_choice("Which wait", "wait", {name: wait.name for name, wait in WAITS.items()}, name_of_wait(now))


def open_case(key: str) -> None:
    """Put the key of a conversation into the address, in a callback."""
    change_query(case=key)


def secret_of_keys() -> bytes:
    """Return the secret of the keys that stand for conversations in addresses."""
    with catch_store_errors(keep_quiet):
        return _load_secret(open_store())
    return _SECRET_OF_THIS_PROCESS


@cache
def _load_secret(store: EventStore) -> bytes:
    return load_secret(store.settings)  # which never changes


def _text(key: str) -> str:
    """Return the text of a parameter, however long: the reason and the step of a handoff may have any length."""
    return st.query_params.get(key, "")


def _one_of(key: str, known: Iterable[_Name]) -> _Name | None:
    text = _text(key)
    return next((name for name in known if name == text), None)
