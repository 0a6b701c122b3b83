"""The list of conversations: it can be narrowed, searched and sorted, and shows one page at a time."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics.metrics.case_list import CaseList, list_cases
from analytics.metrics.cases import Narrowing, count_cases, count_matching
from analytics.metrics.filters import AGENT, NOBODY
from analytics.metrics.modes import SERVICE_MODES
from analytics.metrics.occurring import list_occurring
from analytics.metrics.question import Rows
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND
from analytics.metrics.search import Search, is_short
from analytics.metrics.tally import Page
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import agent_name, show_customer
from analytics.ui.data.view import View
from analytics.ui.elements import explanation, tables
from analytics.ui.elements.case_links import (
    OPENING,
    CaseQuery,
    change_query,
    draw_choice,
    draw_wait_choice,
    open_case,
    secret_of_keys,
)
from analytics.ui.elements.figure import LABELS
from analytics.ui.elements.following import draw_following
from analytics.ui.elements.opening import title
from analytics.ui.elements.tables import TickableRows
from analytics.ui.filters.chips import chip_row, draw_chip
from analytics.ui.filters.looked_at import choose_filters, clear_filters
from analytics.ui.menu import CONVERSATIONS
from analytics.words import conversation_list, display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.periods import ALL
from analytics.words.wait_kinds import Wait

ROWS_PER_PAGE = 50

_ORDERS = {"longest": "Longest wait", "newest": "Newest", "handed_off": "Latest handoff"}
_OF_WAITS = ("waiting", "late", "closed", "never_answered")
_LONGEST_CHIP = 60


def draw(view: View, asked: CaseQuery, wait: Wait) -> None:
    """Draw the conversations that are asked for."""
    heading = st.container()
    text = _draw_controls(view, asked, wait)
    found = _find(view, asked, wait, text)
    search = _read_search(view, text)
    with heading:
        headline = _write_headline(view, asked, wait, found, searched=search is not None)
        title(view, CONVERSATIONS, headline, trends=False)
        if search is None and not _is_narrowed(asked):
            _draw_with_customer(view, found.count)
        _draw_chips(view, asked)
    if found.count:
        draw_following(partial(_draw_page, asked=asked, wait=wait, text=text), view)
    else:
        _draw_none(view, asked, search)


def _draw_controls(view: View, asked: CaseQuery, wait: Wait) -> str:
    """Draw the controls that search, narrow and sort; return the text to search for, which only the session holds."""
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
            on_change=change_query,
            kwargs={"page": ""},
            help=conversation_list.SEARCH_HELP,
        )
    with shown:
        kinds = conversation_list.name_kinds(view.target)
        draw_choice("Show", "kind", {name: label for name, (label, _) in kinds.items()}, asked.kind)
    with first:
        draw_choice("Sort by", "sort", _ORDERS, asked.sort)
    if asked.kind in _OF_WAITS or asked.sort == "longest":
        draw_wait_choice(wait)
    return text


def _read_search(view: View, text: str) -> Search | None:
    """Return what is searched for; None without a search."""
    wanted = text.strip().casefold()
    if not wanted:
        return None
    known = (name for name in view.ask(list_occurring, AGENT.key) if name != NOBODY)
    meant = (name for name in known if wanted in name.casefold() or wanted in agent_name(name).casefold())
    return Search(text, tuple(meant))


def _find(view: View, asked: CaseQuery, wait: Wait, text: str) -> Rows:
    """Return the page of conversations that is asked for; where there are fewer pages, the last."""
    wanted = CaseList(asked.narrowing(wait), _read_search(view, text), asked.sort, secret_of_keys())
    found = view.ask(list_cases, _page(asked.page), wanted)
    last = _count_pages(found)
    return found if asked.page <= last else view.ask(list_cases, _page(last), wanted)


def _page(number: int) -> Page:
    return Page((max(number, 1) - 1) * ROWS_PER_PAGE, ROWS_PER_PAGE)


def _count_pages(found: Rows) -> int:
    return -(-found.count // ROWS_PER_PAGE)


def _write_headline(view: View, asked: CaseQuery, wait: Wait, found: Rows, *, searched: bool) -> str:
    """Return how many conversations were found, in which order they are, and how long the longest wait is."""
    kind = conversation_list.name_kinds(view.target)[asked.kind][1]
    sentence = conversation_list.say_found(found.count, kind, searched=searched)
    if not found.count:
        return sentence
    longest = -(found.lead or 0) / MICROSECONDS_PER_SECOND
    return f"{sentence} {conversation_list.say_order(asked.sort, longest if longest >= 0 else None, wait)}"


def _is_narrowed(asked: CaseQuery) -> bool:
    return bool(asked.kind or asked.reason or asked.step)


def _draw_with_customer(view: View, found: int) -> None:
    """Say in how many of the conversations the customer wrote, as Overview counts only these."""
    number = view.ask(count_cases, Narrowing("customer"))
    if number < found:
        st.caption(conversation_list.with_customer(number))


def _draw_chips(view: View, asked: CaseQuery) -> None:
    """Draw a chip for each narrowing in the address; a click removes it."""
    labels = {
        "kind": conversation_list.name_kinds(view.target)[asked.kind][0] if asked.kind else "",
        "reason": f"Reason: {_shorten(asked.reason)}" if asked.reason else "",
        "step": f"Journey step: {_shorten(asked.step)}" if asked.step else "",
        "business": "Business hours only" if asked.business and view.hours else "",
    }
    if any(labels.values()):
        with chip_row("chips of cases"):
            for key, label in labels.items():
                if label:
                    draw_chip(label, f"any {key} of cases", _clear_narrowing, key)


def _shorten(name: str) -> str:
    """Return a name as words for a chip; a long name is cut."""
    words = display.words(name)
    return for_markdown(words if len(words) <= _LONGEST_CHIP else f"{words[: _LONGEST_CHIP - 1]}…")


def _clear_narrowing(key: str) -> None:
    change_query(**{key: "", "page": ""})


def _draw_page(view: View, asked: CaseQuery, wait: Wait, text: str) -> None:
    found = _find(view, asked, wait, text)
    limits = view.rules.silence, view.rules.longest_silence
    silence, longest = (display.duration(limit.total_seconds()) for limit in limits)
    explanation.draw_heading(
        "Conversations found", SERVICE_MODES, explained=conversation_list.explain(silence, longest)
    )
    draw_table(view, found.frame, wait)
    pages = _count_pages(found)
    if pages > 1:
        _draw_turning(min(max(asked.page, 1), pages), pages, found.count)


def draw_table(view: View, shown: pd.DataFrame, wait: Wait) -> None:
    """Draw conversations (see `analytics.metrics.case_list.build_case_rows`) as a table; one that is ticked opens."""
    zone = view.filter.timezone
    outcomes = [LABELS.get(name, display.NO_VALUE) for name in shown["outcome"]]
    frame = pd.DataFrame(
        {
            "Customer": [show_customer(phone) for phone in shown["user"]],
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
    rows = TickableRows([*shown["key"]], open_case)
    tables.draw(frame, {f"Wait for {wait.awaited}": display.duration}, alt="Conversations", rows=rows)
    st.caption(OPENING)


def _draw_turning(page: int, pages: int, number: int) -> None:
    """Draw the buttons to the previous and the next page."""
    first, last = (page - 1) * ROWS_PER_PAGE + 1, min(page * ROWS_PER_PAGE, number)
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.button(
            "Previous", icon=":material/chevron_left:", disabled=page == 1, on_click=_go_to_page, args=(page - 1,)
        )
        st.markdown(f"{display.count(first)}–{display.count(last)} of {display.count(number)}", width="content")
        st.button(
            "Next", icon=":material/chevron_right:", icon_position="right", disabled=page == pages,
            on_click=_go_to_page, args=(page + 1,),
        )  # fmt: skip


def _go_to_page(page: int) -> None:
    change_query(page=str(page) if page > 1 else "")


def _draw_none(view: View, asked: CaseQuery, search: Search | None) -> None:
    """Say that nothing was found, how many conversations the search finds elsewhere, and how to see some."""
    elsewhere = view.ask(count_matching, search) if search else 0
    if elsewhere:
        st.markdown(conversation_list.found_elsewhere(elsewhere))
        st.button("Search all data", type="primary", on_click=_show_everywhere)
    elif search and is_short(search.text):
        st.markdown(conversation_list.TOO_SHORT)
    elif search:
        st.markdown(conversation_list.NOTHING_MATCHES)
    elif _is_narrowed(asked):
        st.markdown(conversation_list.OTHER_KIND)
        st.button("Show all conversations", type="primary", on_click=_clear_kind)
    else:
        st.markdown(conversation_list.NONE_BEGAN)
        st.button("Show all data", type="primary", on_click=_show_everywhere)


def _clear_kind() -> None:
    change_query(kind="", reason="", step="", page="")


def _show_everywhere() -> None:
    _clear_kind()
    clear_filters()
    choose_filters(period=ALL)
