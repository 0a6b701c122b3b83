"""The list of conversations: narrowed, searched, sorted, a page of them at a time."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.facts.timeline import NONE, Ints, Mask
from analytics.metrics.cases import Narrowing, find, in_order, longest_waits, rows
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.response_time import MICROSECOND
from analytics.metrics.search import LEAST, is_short, search
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import agent_name, phone_shown
from analytics.ui.data.view import View
from analytics.ui.elements import explanation, tables
from analytics.ui.elements.case_links import OPENING, Asked, ask, choice, choose_wait, open_case
from analytics.ui.elements.figure import LABELS
from analytics.ui.elements.opening import title
from analytics.ui.elements.tables import Rows
from analytics.ui.filters.chips import chip, chip_row
from analytics.ui.filters.looked_at import let_go, narrow
from analytics.ui.menu import CONVERSATIONS
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.periods import ALL
from analytics.words.wait_kinds import Wait

PAGE = 50
_EXPLAINED = (
    "Each from the first event of a chat to the next `chat.resolved`, or until {silence} pass without an event; it "
    "counts at its first event, and where it is narrowed, if one of its waits, messages or handoffs is of that kind"
)

_ORDERS = {"longest": "Longest wait", "newest": "Newest", "handed_off": "Passed to an agent"}
_FIRST = {"newest": "newest", "handed_off": "last passed to an agent"}
_OF_WAITS = ("waiting", "late", "closed")
_LONGEST_CHIP = 60


def draw(view: View, asked: Asked, wait: Wait) -> None:
    """Draw the conversations that are asked for."""
    heading = st.container()
    text = _controls(view, asked, wait)
    matching = _matching(view, text)
    found = find(view.selection, asked.narrowing(wait))
    if matching is not None:
        found = found[matching[found]]
    found = in_order(view.selection, found, asked.sort, wait.kind)
    with heading:
        headline = _headline(view, asked, wait, found, searched=matching is not None)
        title(view, CONVERSATIONS, headline, trends=False)
        if matching is None and not _narrowed(asked):
            _with_customer(view, found)
        _chips(view, asked)
    if len(found):
        _page(view, asked, wait, found)
    else:
        _none(asked, text, matching)


def kinds(view: View) -> dict[str, tuple[str, str]]:
    """Return how a choice and how a sentence says each kind of conversation."""
    target = display.duration(view.target.total_seconds())
    return {
        "": ("All conversations", ""),
        "customer": ("The customer wrote", "in which the customer wrote"),
        "waiting": ("Still waiting", "whose customer still waits"),
        "late": (f"Answered later than {target}", f"answered later than {target}"),
        "closed": ("Closed without reply", "closed without reply"),
        "handed_off": ("Passed to an agent", "passed to an agent"),
        "needed_agent": ("Needed an agent", "that needed an agent"),
        "finished": ("Finished without an agent", "finished without an agent"),
        "solved_by_bot": ("Solved by the bot", "solved by the bot"),
        "ended_quietly": ("Ended quietly", "that ended quietly"),
        "gave_up": ("Customer gave up", "in which the customer gave up"),
        "ongoing": ("Ongoing", "still ongoing"),
        "undelivered": ("Not delivered within 24 h", "with a message not delivered within 24 h"),
    }


def _controls(view: View, asked: Asked, wait: Wait) -> str:
    """Draw what narrows and sorts, and return what is searched for, which stands nowhere but in the session."""
    searched, shown, first = st.columns([3, 2, 2], vertical_alignment="bottom")
    with searched:
        text = st.text_input(
            "Search",
            key=Key.SEARCH,
            max_chars=100,
            type="search",
            live=True,
            placeholder="Phone, chat or agent",
            persist_state="page",
            on_change=ask,
            kwargs={"page": ""},
            help=f"A phone number written in any way, or at least its last {LEAST} digits; at least {LEAST} characters "
            "of a chat id; an agent’s id or name, or any part of it",
        )
    with shown:
        choice("Show", "kind", {name: label for name, (label, _) in kinds(view).items()}, asked.kind)
    with first:
        choice("First", "sort", _ORDERS, asked.sort)
    if asked.kind in _OF_WAITS or asked.sort == "longest":
        choose_wait(wait)
    return text


def _matching(view: View, text: str) -> Mask | None:
    """Return which of all conversations a search finds, None without one."""
    wanted, agents = text.strip().casefold(), view.dataset.facts.agents
    if not wanted:
        return None
    meant = [name for name in agents if wanted in name.casefold() or wanted in agent_name(name).casefold()]
    return search(view.dataset.events, view.dataset.facts, text, meant)


def _headline(view: View, asked: Asked, wait: Wait, found: Ints, *, searched: bool) -> str:
    """Return how many there are of what is asked for, in which order, and how long the longest wait is."""
    parts = [display.counted(len(found), "conversation"), kinds(view)[asked.kind][1]]
    matched = "that matches your search" if len(found) == 1 else "that match your search"
    said = " ".join([part for part in parts if part] + [matched] * searched)
    if not len(found):
        return f"{said}."
    if asked.sort != "longest":
        return f"{said}, {_FIRST[asked.sort]} first."
    longest = int(longest_waits(view.selection, wait.kind)[0][found[0]])
    if longest == NONE:
        return f"{said}; nobody waited for {wait.awaited}."
    return f"{said}, longest wait first: {display.duration(longest / MICROSECOND)} for {wait.awaited}."


def _narrowed(asked: Asked) -> bool:
    return bool(asked.kind or asked.reason or asked.step)


def _with_customer(view: View, found: Ints) -> None:
    """Say in how many of all conversations the customer wrote, for Overview counts only these."""
    number = len(find(view.selection, Narrowing("customer")))
    if number < len(found):
        st.caption(f"{display.count(number)} of them with a message from the customer.")


def _chips(view: View, asked: Asked) -> None:
    """Draw a chip for each narrowing that the address says, which takes it back."""
    said = {
        "kind": kinds(view)[asked.kind][0] if asked.kind else "",
        "reason": f"Reason: {_short(asked.reason)}" if asked.reason else "",
        "step": f"Journey step: {_short(asked.step)}" if asked.step else "",
        "business": "Business hours only" if asked.business and view.selection.terms.hours else "",
    }
    if any(said.values()):
        with chip_row("chips of cases"):
            for key, label in said.items():
                if label:
                    chip(label, f"any {key} of cases", _any, key)


def _short(name: str) -> str:
    """Return a name as words for a chip, only the beginning of a long one."""
    words = display.words(name)
    return for_markdown(words if len(words) <= _LONGEST_CHIP else f"{words[: _LONGEST_CHIP - 1]}…")


def _any(key: str) -> None:
    ask(**{key: "", "page": ""})


def _page(view: View, asked: Asked, wait: Wait, found: Ints) -> None:
    silence = display.duration(view.dataset.facts.rules.silence.total_seconds())
    explanation.heading("Conversations found", SERVICE_MODES, explained=_EXPLAINED.format(silence=silence))
    pages = -(-len(found) // PAGE)
    page = min(max(asked.page, 1), pages)
    shown = rows(view.dataset.events, view.selection, found[(page - 1) * PAGE : page * PAGE], wait.kind)
    table(view, shown, wait)
    if pages > 1:
        _turn(page, pages, len(found))


def table(view: View, shown: pd.DataFrame, wait: Wait) -> None:
    """Draw conversations (see `analytics.metrics.cases.rows`), each of which opens when it is ticked."""
    zone = view.filter.timezone
    outcomes = [LABELS.get(name, display.NO_VALUE) for name in shown["outcome"]]
    frame = pd.DataFrame(
        {
            "Customer": [phone_shown(phone) for phone in shown["user"]],
            f"Wait for {wait.awaited}": shown["wait"],
            "Waiting": ["now" if waiting else display.NO_VALUE for waiting in shown["waiting"]],
            "Outcome": outcomes,
            "Reason": [display.words(reason) or display.NO_VALUE for reason in shown["reason"]],
            "Agents": [", ".join(map(agent_name, agents)) or display.NO_VALUE for agents in shown["agents"]],
            "Began": shown["began"].dt.tz_convert(zone),
            "Last event": shown["last"].dt.tz_convert(zone),
            "Country": [country_name(code) for code in shown["country"]],
            "Received": shown["received"],
            "Sent": shown["sent"],
        }
    )
    stand_for = [str(number) for number in shown["conversation"]]
    rows = Rows(stand_for, partial(open_case, view))
    tables.draw(frame, {f"Wait for {wait.awaited}": display.duration}, alt="Conversations", rows=rows)
    st.caption(OPENING)


def _turn(page: int, pages: int, number: int) -> None:
    """Draw the way to the pages before and after."""
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, number)
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.button("Previous", icon=":material/chevron_left:", disabled=page == 1, on_click=_to, args=(page - 1,))
        st.markdown(f"{display.count(first)}–{display.count(last)} of {display.count(number)}", width="content")
        st.button(
            "Next", icon=":material/chevron_right:", icon_position="right", disabled=page == pages, on_click=_to,
            args=(page + 1,),
        )  # fmt: skip


def _to(page: int) -> None:
    ask(page=str(page) if page > 1 else "")


def _none(asked: Asked, text: str, matching: Mask | None) -> None:
    """Say that there are none, of what a search for a text finds anywhere, and what would show some."""
    elsewhere = 0 if matching is None else int(matching.sum())
    if elsewhere:
        are = "matches" if elsewhere == 1 else "match"
        st.markdown(f"{display.counted(elsewhere, 'conversation')} outside of what is chosen {are} your search.")
        st.button("Look in all data", type="primary", on_click=_everywhere)
    elif matching is not None and is_short(text):
        st.markdown(
            f"No agent is called so. Type at least {LEAST} digits of a phone number or {LEAST} characters of a chat id."
        )
    elif matching is not None:
        st.markdown("No phone number ends so, no chat id holds it, and no agent is called so.")
    elif _narrowed(asked):
        st.markdown("Choose another kind of conversation, or a longer period.")
        st.button("Show all conversations", type="primary", on_click=_any_kind)
    else:
        st.markdown("No conversation began in this period. Choose a longer one.")
        st.button("Show all data", type="primary", on_click=_everywhere)


def _any_kind() -> None:
    ask(kind="", reason="", step="", page="")


def _everywhere() -> None:
    _any_kind()
    let_go()
    narrow(period=ALL)
