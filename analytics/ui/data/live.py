"""Live data: a project's stored events, followed as long as somebody looks at them."""

import atexit
import logging
import threading
import time
from datetime import UTC, datetime

import pandas as pd
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.events.append import append
from analytics.events.timestamps import to_microseconds
from analytics.events.validate import Validated
from analytics.facts.facts import Facts, Rules, build_facts
from analytics.facts.refresh import refreshed
from analytics.live.snapshots import Snapshot, Snapshots
from analytics.store.database import StoreClosedError, StoreError
from analytics.store.event_store import EventStore, open_store
from analytics.store.imports import Import
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.browser import dialogs
from analytics.ui.browser.address import disregard, page_of_this_run
from analytics.ui.data.datasets import Dataset
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet

_POLL_SECONDS = 1.0
_BETWEEN_CHANGES_SECONDS = 3.0
"""Where events come all the time, a page that is drawn again each time may still be used."""
_REST = 5
"""Refreshing takes at most one part of so many of the time."""
_FORGOTTEN_SECONDS = 60.0

log = logging.getLogger(__name__)


class LiveProject:
    """The latest dataset of a project's stored events; a thread keeps it so while it is being looked at."""

    def __init__(self, store: EventStore, project: Project) -> None:
        self._store = store
        self._project = project
        self._snapshots = Snapshots(store, project.id)
        self._lock = threading.Lock()
        self._looked_at = 0.0
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._position = ""
        self._version = 0
        self._latest: Dataset | None = None
        self._rules = Rules()

    @property
    def version(self) -> int:
        """A number that grows with each change."""
        return self._version

    def look(self, rules: Rules | None = None) -> Dataset:
        """Return the latest dataset, and follow what comes; its facts are made under the `rules` named last.

        Raises:
            StoreError: where the store does not answer, and nothing is known yet.
        """
        self._looked_at = time.monotonic()
        latest = self._latest
        if latest and self._thread and rules in (None, latest.facts.rules):
            return latest  # newer events may be on their way
        with self._lock:
            self._rules = rules or self._rules
            if self._thread is None:
                if self._latest or not self._recall():
                    self._catch_up()
                self._thread = threading.Thread(target=self._follow, name="live", daemon=True)
                self._thread.start()
            assert self._latest is not None  # noqa: S101  # it was recalled, or read
            if self._latest.facts.rules != self._rules:
                self._show(self._position, self._latest.events, build_facts(self._latest.events, self._rules))
            return self._latest

    def stop(self) -> None:
        """Follow no longer; called before the process ends, as a thread within the database would crash it."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self._snapshots.stop()

    def _follow(self) -> None:
        rest = 0.0 if self._latest and self._latest.behind else _POLL_SECONDS
        while not self._stopped.wait(rest):
            began = time.monotonic()
            with self._lock:
                if began - self._looked_at > _FORGOTTEN_SECONDS:
                    self._thread = None
                    return
                known = self._version
                try:
                    self._catch_up()
                except StoreClosedError:
                    return
                except RuntimeError:
                    if threading.main_thread().is_alive():
                        raise
                    return  # the process ends, and lets no thread begin
                except StoreError as error:
                    log.warning("%s", error)
            at_least = _POLL_SECONDS if self._version == known else _BETWEEN_CHANGES_SECONDS
            rest = max(at_least, _REST * (time.monotonic() - began))

    def _recall(self) -> bool:
        """Show the latest snapshot and return whether there is one; what came since can take seconds to be added."""
        kept = self._snapshots.latest()
        if kept:
            behind = kept.position != self._store.position(self._project.id)
            self._show(kept.position, kept.events, kept.facts, behind=behind)
        return kept is not None

    def _catch_up(self) -> None:
        changes = self._store.events(self._project.id, self._position)
        if changes.everything or self._latest is None:
            self._show(changes.position, changes.events, build_facts(changes.events, self._rules))
        elif len(changes.events):
            events = append(self._latest.events, changes.events)
            self._show(changes.position, events, refreshed(self._latest.facts, events))
        elif self._latest.behind:  # the events that came since are another project's
            self._show(changes.position, self._latest.events, self._latest.facts)
        else:
            self._position = changes.position

    def _show(self, position: str, events: pd.DataFrame, facts: Facts, *, behind: bool = False) -> None:
        self._position = position
        self._version += 1
        token = f"project {self._project.id} {self._version}"
        self._latest = Dataset(token, self._project.name, Validated(events, []), facts, live=True, behind=behind)
        self._snapshots.keep(Snapshot(position, events, facts))


@st.cache_resource(show_spinner=False)
def live_project(_store: EventStore, _project: Project, project_id: int) -> LiveProject:  # noqa: ARG001
    """Return what follows a project in this process, known by its number."""
    live = LiveProject(_store, _project)
    atexit.register(live.stop)
    return live


def projects() -> list[Project]:
    """Return the projects of the store.

    Raises:
        StoreError: where it does not answer.
    """
    return open_store().projects()


def chosen_project() -> Project | None:
    """Return the project that is looked at, None where there is none yet.

    Raises:
        StoreError: where the store does not answer.
    """
    known = {project.name: project for project in projects()}
    return known.get(st.session_state.get("project", ""), next(iter(known.values()), None))


def anything_stored() -> bool:
    """Return whether there is a project to go back to; not while the store does not answer."""
    with catch_store_errors(keep_quiet):
        return bool(projects())
    return False


def known_in_store(dataset: Dataset) -> int:
    """Return how many explored events the project that is looked at has already.

    Raises:
        StoreError: where the store does not answer.
    """
    project = chosen_project()
    return open_store().known(project.id, dataset.events) if project else 0


def add_to_store(dataset: Dataset) -> Import:
    """Add explored events to the project that is looked at, and return what was new.

    Raises:
        StoreError: where the store does not answer.
    """
    store = open_store()
    project = chosen_project() or store.create_project(DEFAULT_PROJECT)
    return store.add_import(project.id, dataset.found, file=dataset.name, digest=dataset.digest, who="dashboard")


def look(project: Project, page: StreamlitPage, rules: Rules) -> Dataset:
    """Return the latest dataset of a project under some rules, and have the page drawn again when there is a later one.

    Raises:
        StoreError: where the store does not answer.
    """
    live = live_project(open_store(), project, project.id)
    with st.spinner("Reading your events"):
        dataset = live.look(rules)
    _redraw_when_changed(live, live.version, page, page_of_this_run())
    return dataset


@st.fragment(run_every=_POLL_SECONDS)
def _redraw_when_changed(live: LiveProject, shown: int, page: StreamlitPage, drawn: str) -> None:
    """Draw the page again, too, where the browser has emptied it: it had asked before it knew of a change of page."""
    live.look()
    if page_of_this_run() != drawn:
        disregard()
        st.switch_page(page, query_params={key: st.query_params.get_all(key) for key in st.query_params})
    if live.version != shown and not dialogs.is_open():
        st.rerun()


def as_of(dataset: Dataset) -> int | None:
    """Return "now" for what is still open: the minute for live data, None for others, whose newest event says it.

    Events that a fast clock dates in the future do not move it.
    """
    if not dataset.live:
        return None
    clock = datetime.now(UTC)
    now, newest = to_microseconds(clock), dataset.facts.newest or 0
    if newest > now:
        times = dataset.facts.events.time
        newest = int(times[times <= now].max(initial=0))
    return max(to_microseconds(clock.replace(second=0, microsecond=0)), newest)
