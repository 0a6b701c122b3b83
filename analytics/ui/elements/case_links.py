"""Cases: the way from a number to the conversations behind it, and what the address says of them.

What is said stands in the address alone, so that Back, a reload and a link that was sent show the same.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import streamlit as st

from analytics.metrics.case import key_of, of_key
from analytics.metrics.cases import KINDS, Narrowing, Order
from analytics.store.event_store import open_store
from analytics.store.secret import secret
from analytics.ui.browser.clicks import Act
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet
from analytics.ui.data.view import View
from analytics.ui.filters.looked_at import here
from analytics.ui.menu import CONVERSATIONS, WAITING_NOW
from analytics.words import wait_kinds
from analytics.words.wait_kinds import Wait

WAITS = {"person": wait_kinds.PERSON, "reply": wait_kinds.REPLY}
ORDERS: tuple[Order, ...] = get_args(Order)

OPENING = "Tick a row to open its conversation; on a keyboard, press Shift and Space on it."

_FEW = 2
_SECRET_OF_THIS_PROCESS = secrets.token_bytes(32)
"""Stands in while the store does not answer."""

_Name = TypeVar("_Name", bound=str)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; `wait` is None where it does not say, `case` the key of an opened conversation."""

    kind: str = ""
    wait: str | None = None
    reason: str = ""
    step: str = ""
    business: bool = False
    sort: Order = "longest"
    page: int = 1
    case: str = ""

    def narrowing(self, wait: Wait) -> Narrowing:
        """Return which conversations are meant, judged by a kind of wait."""
        return Narrowing(self.kind, wait.kind, self.reason, self.step)


def see_cases(view: View, label: str = "See cases", **narrowing: str) -> None:
    """Draw the way to the conversations behind a number of a view, its filters kept.

    They may be narrowed by `kind` (see `analytics.metrics.cases.KINDS`); by `wait`, the waits that count: `person` or
    `reply`; by the `reason` and the `step` of handoffs, as the events name them.
    """
    address = _address(view, narrowing)
    st.page_link(CONVERSATIONS.path, label=label, icon=":material/forum:", query_params=address)


def see_waiting(_: View, wait: Wait) -> None:
    """Draw the way to those who wait now in a kind of wait, the filters of what is looked at kept."""
    address = {**here(), "wait": [name_of(wait)]}
    st.page_link(WAITING_NOW.path, label="See who waits", icon=":material/hourglass_top:", query_params=address)


def name_of(wait: Wait) -> str:
    """Return how the address names a kind of wait; every message's are judged by the customers' waits."""
    counted = wait_kinds.REPLY if wait is wait_kinds.MESSAGE else wait
    return next(name for name, known in WAITS.items() if known is counted)


def opens(key: str) -> Act:
    """Return what a click does that leads to the cases narrowed by what was clicked; its page is to `follow` it."""

    def click(clicked: str) -> None:
        st.session_state[Key.CLICKED_CASES] = {key: clicked}

    return click


def follow(view: View) -> None:
    """Go to the cases that were clicked, if any were."""
    narrowing = st.session_state.pop(Key.CLICKED_CASES, None)
    if narrowing:
        st.switch_page(CONVERSATIONS.path, query_params=_address(view, narrowing))


def _address(view: View, narrowing: dict[str, str]) -> dict[str, list[str]]:
    if unknown := narrowing.keys() - {"kind", "wait", "reason", "step"}:
        raise TypeError(f"Cases are not narrowed by {', '.join(unknown)}")
    if view.selection.terms.hours:
        narrowing = {**narrowing, "business": "true"}
    return {**here(), **{key: [text] for key, text in narrowing.items() if text}}


def asked() -> Asked:
    """Return what the address asks for; what it says without sense is as if it were not said."""
    return Asked(
        kind=_one_of("kind", KINDS) or "",
        wait=_one_of("wait", WAITS),
        reason=_text("reason"),
        step=_text("step"),
        business=_text("business") == "true",
        sort=_one_of("sort", ORDERS) or ORDERS[0],
        page=int(page) if (page := _text("page")).isdecimal() and len(page) < 9 else 1,
        case=_text("case"),
    )


def ask(**changes: str) -> None:
    """Change what the address asks for, as a callback; an empty text is not said."""
    for key, text in changes.items():
        if text:
            st.query_params[key] = text
        else:
            st.query_params.pop(key, None)


def choice(label: str, key: str, labels: Mapping[str, str], now: str) -> None:
    """Draw a choice of one thing that the address says, by its names and `labels`; `now` is what it says now."""
    widget = f"{key} of cases"
    st.session_state[widget] = now

    def change() -> None:
        ask(**{key: st.session_state[widget], "page": ""})

    looks: Any = {"format_func": labels.__getitem__, "key": widget, "on_change": change}
    if len(labels) > _FEW:
        st.selectbox(label, labels, **looks)
    else:
        st.segmented_control(label, labels, required=True, label_visibility="collapsed", **looks)


def choose_wait(now: Wait) -> None:
    """Draw the choice of which wait counts."""
    choice("Which wait", "wait", {name: wait.name for name, wait in WAITS.items()}, name_of(now))


def open_case(view: View, conversation: str) -> None:
    """Have the address name a conversation of a view by a key, as a callback."""
    ask(case=key_of(view.dataset.events, view.dataset.facts, int(conversation), _secret()))


def opened_case(view: View, key: str) -> int | None:
    """Return the conversation of a key, None where the data of a view hold none."""
    return of_key(view.dataset.events, view.dataset.facts, key, _secret())


def _secret() -> bytes:
    with catch_store_errors(keep_quiet):
        return secret(open_store().settings)
    return _SECRET_OF_THIS_PROCESS


def _text(key: str) -> str:
    """Return what the address says, however long: the reason and the step of a handoff may be of any length."""
    return st.query_params.get(key, "")


def _one_of(key: str, known: Iterable[_Name]) -> _Name | None:
    said = _text(key)
    return next((name for name in known if name == said), None)
