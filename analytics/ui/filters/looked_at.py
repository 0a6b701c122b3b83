"""The current data and filters. The URL holds all of it, so that a view can be reloaded or sent."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.live.dataset import Dataset
from analytics.live.rules import rules_of
from analytics.store.projects import Project
from analytics.ui.browser import address
from analytics.ui.browser.address import Parameter
from analytics.ui.browser.clicks import Act
from analytics.ui.browser.session import Key
from analytics.ui.data import live
from analytics.ui.data.datasets import datasets
from analytics.ui.data.preferences import load_preferences, preferences
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet
from analytics.ui.filters.parameters import DATA, FILTERS, LOOKED_AT, LOOKS, PROJECT, ZONE, read_zone
from analytics.words.periods import CUSTOM


def look_at(token: str, project: str | None = None, days: tuple[date, date] | None = None) -> None:
    """Look at another dataset from this run on, in a callback. The filters are reset, as they might hide all of it.

    `project` chooses a project of the stored events, and `days` the first and the last day.
    """
    st.session_state[Key.DATA] = token
    if project:
        st.session_state[Key.PROJECT] = project
    st.session_state.setdefault(Key.ZONE, ZONE.read(()))
    for parameter in (*FILTERS, *LOOKS):
        st.session_state[parameter.key] = parameter.read(())
    if days:
        st.session_state[Key.PERIOD], st.session_state[Key.DAYS] = CUSTOM, days
    address.intend(LOOKED_AT)


def current_data(page: StreamlitPage) -> tuple[Dataset | None, bool]:
    """Return the dataset that the address names, and whether it names one; otherwise the stored events.

    The stored events are followed while a `page` shows them.

    Raises:
        StoreError: where the store does not answer.
    """
    address.take([DATA, PROJECT])
    token = st.session_state[Key.DATA]
    project = None if token else _choose_project()
    with catch_store_errors(keep_quiet) if token else nullcontext():
        load_preferences()
    if token:
        return datasets().get(token, rules_of(preferences(), stored=False)), True
    dataset = live.look(project, page, rules_of(preferences())) if project else None
    return (dataset if dataset and len(dataset.contents) else None), False


def _choose_project() -> Project | None:
    """Return the project whose stored events are shown; if there are several, the sidebar offers them."""
    known = {project.name: project for project in live.projects()}
    if st.session_state[Key.PROJECT] not in known:
        st.session_state[Key.PROJECT] = next(iter(known), "")
    if len(known) > 1:
        st.sidebar.selectbox("Project", known, key=Key.PROJECT)
    return known.get(st.session_state[Key.PROJECT])


def current_address(**chosen: list[str]) -> dict[str, list[str]]:
    """Return the address of the current view, with other values for some filters, by key."""
    return {**address.give(LOOKED_AT), **chosen}


def current_time_zone() -> str:
    """Return the current time zone: the chosen one, else the project's, else the browser's."""
    return st.session_state.get(Key.ZONE) or read_zone(())


def take_filters() -> list[str]:
    """Read the filters from the address, and return the labels of those that make no sense."""
    labels = {parameter.key: parameter.label for parameter in LOOKED_AT}
    return [labels[key] for key in address.take([*FILTERS, *LOOKS, ZONE])]


def choose_filters(**chosen: Any) -> None:
    """Choose filters by key, in a callback; the sidebar and the address follow."""
    st.session_state.update(chosen)


def toggle_filters(**chosen: Any) -> None:
    """Choose exactly these values of filters, in a callback; if they are chosen already, clear these filters."""
    if all(st.session_state[key] == value for key, value in chosen.items()):
        clear_filters(*chosen)
        return
    if "days" in chosen:
        st.session_state[Key.PERIOD_BEFORE] = chosen["days"], st.session_state[Key.PERIOD], st.session_state[Key.DAYS]
    choose_filters(**chosen)


def toggle_on_click(*keys: str) -> Act:
    """Return a click's action that toggles a value of one filter, or one value each of several filters."""

    def click(clicked: Any) -> None:
        values = clicked if len(keys) > 1 else [clicked]
        toggle_filters(**{key: [value] for key, value in zip(keys, values, strict=True)})

    return click


def clear_filters(*keys: str) -> None:
    """Clear filters by key, or all of them, in a callback; cleared days restore the period before them."""
    days, *before = st.session_state.pop(Key.PERIOD_BEFORE, (None,))
    restored = before if "days" in keys and days == st.session_state[Key.DAYS] else []
    for parameter in FILTERS:
        if parameter.key in keys or not keys:
            st.session_state[parameter.key] = parameter.read(())
    choose_filters(**dict(zip(("period", "days"), restored, strict=False)))


def take_filters_from(address: Mapping[str, Sequence[str]]) -> None:
    """Choose exactly the filters and the time zone that an address names, in a callback."""
    for parameter in (*FILTERS, *LOOKS, ZONE):
        try:
            st.session_state[parameter.key] = parameter.read(address.get(parameter.key, ()))
        except ValueError:  # of another version of the program, perhaps
            st.session_state[parameter.key] = parameter.read(())


def in_codes(address: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return an address in codes, also where it says words that stood there before; what means nothing is left out."""
    known = {parameter.key: parameter for parameter in LOOKED_AT}
    return {key: _in_codes(known[key], texts) if key in known else [*texts] for key, texts in address.items()}


def _in_codes(parameter: Parameter, texts: Sequence[str]) -> list[str]:
    try:
        return parameter.write(parameter.read(texts))
    except ValueError:
        return []


def is_chosen(key: str) -> bool:
    """Return whether a filter or the comparison differs from its default."""
    (parameter,) = (parameter for parameter in (*FILTERS, *LOOKS) if parameter.key == key)
    return bool(st.session_state[key] != parameter.read(()))
