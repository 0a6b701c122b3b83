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
from analytics.metrics.search import SHORTEST_SEARCH, Search, is_short
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
from analytics.words import display
from analytics.words.countries import country_name
from analytics.words.escape import for_markdown
from analytics.words.periods import ALL
from analytics.words.wait_kinds import Wait

ROWS_PER_PAGE = 50
_EXPLAINED = (
    "Each from the first event of a chat to the next `chat.resolved`, or until {silence} pass without an event (while "
    "its customer waits for an answer, {longest}); it counts at its first event, and where it is narrowed, if one "
    "of its waits, messages or handoffs is of that kind"
)

_ORDERS = {"longest": "Longest wait", "newest": "Newest", "handed_off": "Passed to an agent"}
_FIRST = {"newest": "newest", "handed_off": "last passed to an agent"}
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


def name_kinds(view: View) -> dict[str, tuple[str, str]]:
    """Return for each kind of conversation its words as an option and its words in a sentence."""
    target = display.duration(view.target.total_seconds())
    return {
        "": ("All conversations", ""),
        "customer": ("The customer wrote", "in which the customer wrote"),
        "waiting": ("Still waiting", "whose customer still waits"),
        "late": (f"Answered later than {target}", f"answered later than {target}"),
        "closed": ("Closed without reply", "closed without reply"),
        "never_answered": ("Never answered", "never answered"),
        "handed_off": ("Passed to an agent", "passed to an agent"),
        "needed_agent": ("Needed an agent", "that needed an agent"),
        "finished": ("Finished without an agent", "finished without an agent"),
        "solved_by_bot": ("Solved by the bot", "solved by the bot"),
        "ended_quietly": ("Ended quietly", "that ended quietly"),
        "closed_unanswered": ("Closed unanswered", "closed unanswered"),
        "gave_up": ("Customer gave up", "in which the customer gave up"),
        "ongoing": ("Ongoing", "still ongoing"),
        "afterwords": ("After closing", "that are words after closing"),
        "came_back": ("Customer came back", "whose customer came back"),
        "undelivered": ("Not delivered within 24 h", "with a message not delivered within 24 h"),
    }


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
            help=f"A phone number written in any way, or at least its last {SHORTEST_SEARCH} digits; at least "
            f"{SHORTEST_SEARCH} characters of a WhatsApp user id or of a chat id; an agent’s id or name, or any part "
            "of it. A customer is found by each of their ids",
        )
    with shown:
        draw_choice("Show", "kind", {name: label for name, (label, _) in name_kinds(view).items()}, asked.kind)
    with first:
        draw_choice("First", "sort", _ORDERS, asked.sort)
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
    parts = [display.with_noun(found.count, "conversation"), name_kinds(view)[asked.kind][1]]
    matched = "that matches your search" if found.count == 1 else "that match your search"
    sentence = " ".join([part for part in parts if part] + [matched] * searched)
    if not found.count:
        return f"{sentence}."
    if asked.sort != "longest":
        return f"{sentence}, {_FIRST[asked.sort]} first."
    longest = -(found.lead or 0)
    if longest < 0:
        return f"{sentence}; nobody waited for {wait.awaited}."
    return f"{sentence}, longest wait first: {display.duration(longest / MICROSECONDS_PER_SECOND)} for {wait.awaited}."


def _is_narrowed(asked: CaseQuery) -> bool:
    return bool(asked.kind or asked.reason or asked.step)


def _draw_with_customer(view: View, found: int) -> None:
    """Say in how many of the conversations the customer wrote, as Overview counts only these."""
    number = view.ask(count_cases, Narrowing("customer"))
    if number < found:
        st.caption(f"{display.count(number)} of them with a message from the customer.")


def _draw_chips(view: View, asked: CaseQuery) -> None:
    """Draw a chip for each narrowing in the address; a click removes it."""
    labels = {
        "kind": name_kinds(view)[asked.kind][0] if asked.kind else "",
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
        "Conversations found", SERVICE_MODES, explained=_EXPLAINED.format(silence=silence, longest=longest)
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
        are = "matches" if elsewhere == 1 else "match"
        st.markdown(f"{display.with_noun(elsewhere, 'conversation')} outside of what is chosen {are} your search.")
        st.button("Look in all data", type="primary", on_click=_show_everywhere)
    elif search and is_short(search.text):
        st.markdown(
            f"No agent is called so. Type at least {SHORTEST_SEARCH} digits of a phone number or {SHORTEST_SEARCH} "
            "characters of a user id or a chat id."
        )
    elif search:
        st.markdown("No phone number ends so, no chat id holds it, and no agent is called so.")
    elif _is_narrowed(asked):
        st.markdown("Choose another kind of conversation, or a longer period.")
        st.button("Show all conversations", type="primary", on_click=_clear_kind)
    else:
        st.markdown("No conversation began in this period. Choose a longer one.")
        st.button("Show all data", type="primary", on_click=_show_everywhere)


def _clear_kind() -> None:
    change_query(kind="", reason="", step="", page="")


def _show_everywhere() -> None:
    _clear_kind()
    clear_filters()
    choose_filters(period=ALL)
