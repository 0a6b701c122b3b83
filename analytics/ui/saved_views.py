"""Saved views: a page and its filters under a name, kept with the project."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from pydantic import ValidationError
from streamlit.navigation.page import StreamlitPage

from analytics.store.preferences import SavedView, list_problems
from analytics.ui.browser.address import remember_link
from analytics.ui.browser.session import Key
from analytics.ui.data.preferences import preferences, save_preferences
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.filters.looked_at import current_address, in_codes, take_filters_from
from analytics.ui.menu import page_at
from analytics.words.escape import for_markdown
from analytics.words.settings_help import VIEW_IS_SHARED

_OF_DATA = ("data", "project", "tz")
_NOT_KEPT = ("data", "project", "case", "page")
"""Parts of the address that a saved view leaves out: the data, the opened conversation, and the list's page."""


def draw_links(*, may_change: bool) -> None:
    """Draw the saved views; a click opens one."""
    if preferences().views:
        st.caption("Saved views")
    for view in preferences().views:
        _draw_view(view, may_change=may_change)


def draw_offer(page: StreamlitPage, *, may_change: bool) -> None:
    """Draw the form that saves the current view, and its link. It stays open while a name is typed and after saving."""
    is_open = Key.VIEW_NOTICE in st.session_state or bool(st.session_state.get(Key.VIEW_NAME))
    label = "Save or share this view" if may_change else "Share this view"
    with st.expander(label, icon=":material/bookmark:", expanded=is_open):
        if may_change:
            st.text_input("Name", key=Key.VIEW_NAME, max_chars=100, placeholder="Kenya on Mondays")
            st.button("Save this view", on_click=_save, args=(page.url_path,), icon=":material/bookmark_add:")
        if message := st.session_state.pop(Key.VIEW_NOTICE, ""):
            st.caption(message)
        if deleted := st.session_state.get(Key.VIEW_DELETED):
            st.button(f"Bring back “{for_markdown(deleted.name)}”", on_click=_bring_back, icon=":material/undo:")
        st.caption(VIEW_IS_SHARED)
        here = urlencode({key: st.query_params.get_all(key) for key in st.query_params if key != "case"}, doseq=True)
        link = escape(f"{st.context.url}?{here}")
        st.html(f'<a class="link" href="{link}">{link}</a>')
        st.button("Copy the link", key="copy link", icon=":material/content_copy:")


def open_first(page: StreamlitPage) -> None:
    """Go to the view with which the app opens, if one is set and the address asks for nothing else."""
    if st.session_state.get(Key.FIRST_VIEW_OPENED):
        return
    st.session_state[Key.FIRST_VIEW_OPENED] = True
    first = next((view for view in preferences().views if view.name == preferences().first_view), None)
    if first and not page.url_path and not st.query_params:
        take_filters_from(first.address)
        st.switch_page(_path_of_page(first), query_params={**first.address, **current_address()})


def _draw_view(view: SavedView, *, may_change: bool) -> None:
    is_first = view.name == preferences().first_view
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"row view {view.name}"):
        key, link = f"view {view.name}", remember_link({**_address_of_data(), **in_codes(view.address)})
        st.page_link(_path_of_page(view), label=for_markdown(view.name), width="stretch", query_params=link)
        if not may_change:
            return
        label = "Open the app with Overview" if is_first else "Open the app with this view"
        icon = f":material/{'home' if is_first else 'home_pin'}:"
        name = "" if is_first else view.name
        st.button(label, key=f"first {key}", icon=icon, type="tertiary", help=label, on_click=_begin_with, args=(name,))
        label, icon = "Delete this view", ":material/delete:"
        st.button(label, key=f"no {key}", icon=icon, type="tertiary", help=label, on_click=_delete, args=(view,))


def _path_of_page(view: SavedView) -> Path:
    return page_at(view.page).path


def _address_of_data() -> dict[str, list[str]]:
    """Return the part of the address that names the data and the time zone, for views that do not name them."""
    return {key: said for key, said in current_address().items() if key in _OF_DATA}


def _save(page: str) -> None:
    kept = {key: tuple(st.query_params.get_all(key)) for key in st.query_params if key not in _NOT_KEPT}
    name = " ".join(st.session_state[Key.VIEW_NAME].split())
    others = tuple(view for view in preferences().views if view.name != name)
    replaced = len(others) < len(preferences().views)

    def change() -> str:
        save_preferences(views=(*others, SavedView(name=name, page=page, address=kept)))
        st.session_state[Key.VIEW_NAME] = ""
        return f"“{for_markdown(name)}” is {'replaced' if replaced else 'saved'}."

    _apply(change)


def _begin_with(name: str) -> None:
    def change() -> str:
        save_preferences(first_view=name)
        return f"The app opens with “{for_markdown(name)}”." if name else "The app opens with Overview."

    _apply(change)


def _delete(view: SavedView) -> None:
    def change() -> str:
        save_preferences(views=tuple(other for other in preferences().views if other.name != view.name))
        st.session_state[Key.VIEW_DELETED] = view
        return f"“{for_markdown(view.name)}” is deleted."

    _apply(change)


def _bring_back() -> None:
    view = st.session_state.pop(Key.VIEW_DELETED)

    def change() -> str:
        save_preferences(views=(*(other for other in preferences().views if other.name != view.name), view))
        return f"“{for_markdown(view.name)}” is back."

    _apply(change)


def _apply(change: Callable[[], str]) -> None:
    """Change the views, and keep the message about it for the next run."""
    try:
        with catch_store_errors(lambda text: _say(for_markdown(text))):
            _say(change())
    except ValidationError as error:
        _say(" ".join(map(for_markdown, list_problems(error))))


def _say(text: str) -> None:
    st.session_state[Key.VIEW_NOTICE] = text
