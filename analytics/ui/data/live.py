"""Live data: a project's stored events, followed by one thread of this process for all who look at them."""

import time

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.access.rights import rights
from analytics.live.dataset import Dataset
from analytics.live.follower import Follower
from analytics.live.followers import followers
from analytics.live.last_answers import last_answers
from analytics.live.rules import Rules
from analytics.store.event_store import open_store
from analytics.store.imports import Import
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.browser import dialogs
from analytics.ui.browser.address import disregard, page_of_this_run
from analytics.ui.browser.session import Key
from analytics.ui.data import store_errors
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet
from analytics.ui.data.view import View

_LOOK_SECONDS = 2.0
"""How often a page looks whether there is anything later to draw."""
_BETWEEN_PAGES_SECONDS = 10.0
"""If events come all the time, the whole page is drawn again at most this often; some parts follow sooner."""
_REST = 30
"""After a whole page, rest for at least this many times as long as it took, so that many who look leave some time."""


def projects() -> list[Project]:
    """Return the projects that may be seen; while the store does not answer, those that it had last.

    Raises:
        StoreError: where it has not answered yet.
    """
    may_see = rights().may_see
    return [each for each in last_answers().ask("projects", lambda: open_store().projects()) if may_see(each.id)]


def current_project() -> Project | None:
    """Return the project that is looked at; None if there is none yet.

    Raises:
        StoreError: where the store does not answer.
    """
    known = {project.name: project for project in projects()}
    return known.get(st.session_state.get(Key.PROJECT, ""), next(iter(known.values()), None))


def is_anything_stored() -> bool:
    """Return whether there is a project to go back to; false while the store does not answer."""
    with catch_store_errors(keep_quiet):
        return bool(projects())
    return False


def count_known_in_store(dataset: Dataset) -> int:
    """Return how many explored events the project that is looked at has already.

    Raises:
        StoreError: where the store does not answer.
    """
    project = current_project()
    return dataset.count_known(open_store(), project.id) if project else 0


def add_to_store(dataset: Dataset) -> Import:
    """Add explored events to the project that is looked at, and return what was new.

    Raises:
        StoreError: where the store does not answer.
    """
    store = open_store()
    project = current_project() or store.create_project(DEFAULT_PROJECT)
    return dataset.add_to(store, project.id, who="dashboard")


def look(project: Project, page: StreamlitPage, rules: Rules) -> Dataset:
    """Return the latest dataset of a project under some rules; the page is drawn again when there is a later one.

    Raises:
        StoreError: where the store does not answer.
    """
    follower = followers().of(open_store(), project)
    with st.spinner("Reading your events"):
        dataset = follower.look(rules)
    st.session_state[Key.FOLLOWER], st.session_state[Key.PAGE_BEGAN] = follower, time.monotonic()
    _redraw_when_changed(follower, follower.version, page, page_of_this_run())
    return dataset


def note_page_drawn() -> None:
    """Note that the whole page was drawn, which then rests for a while."""
    now = time.monotonic()
    took = now - st.session_state.get(Key.PAGE_BEGAN, now)
    st.session_state[Key.PAGE_RESTS_UNTIL] = now + max(_BETWEEN_PAGES_SECONDS, _REST * took)


def latest(view: View) -> View:
    """Return the view of the latest data of the project that this session follows, through the same filters."""
    follower: Follower = st.session_state[Key.FOLLOWER]
    return view.of_latest(follower.look())


@st.fragment(run_every=_LOOK_SECONDS)
def _redraw_when_changed(follower: Follower, shown: int, page: StreamlitPage, drawn: str) -> None:
    """Draw the page again when the data change, or if the browser emptied it because it had missed a change of page.

    While they cannot be followed, or nothing new can be stored, that is said.
    """
    follower.look()
    if follower.trouble:
        store_errors.draw_standing_still(follower.trouble)
    elif not follower.has_room:
        store_errors.draw_full()
    if page_of_this_run() != drawn:
        disregard()
        st.switch_page(page, query_params={key: st.query_params.get_all(key) for key in st.query_params})
    rested = time.monotonic() >= st.session_state.get(Key.PAGE_RESTS_UNTIL, 0.0)
    if follower.version != shown and rested and not dialogs.is_open():
        st.rerun()
