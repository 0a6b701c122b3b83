"""What is looked at: which data, through which filters. All of it lives in the URL, to be reloaded or sent."""

from collections.abc import Mapping, Sequence
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
from analytics.ui.data.preferences import load, preferences
from analytics.ui.filters.parameters import DATA, FILTERS, LOOKED_AT, LOOKS, PROJECT, ZONE, read_zone
from analytics.words.periods import CUSTOM


def look_at(token: str, project: str | None = None, days: tuple[date, date] | None = None) -> None:
    """Look at another dataset from this run on, as a callback; filters chosen for other data would hide it.

    Of the stored events, those of a `project` where it is named; those of the first and the last of `days`.
    """
    st.session_state[Key.DATA] = token
    if project:
        st.session_state[Key.PROJECT] = project
    st.session_state.setdefault(Key.ZONE, ZONE.read(()))
    for parameter in (*FILTERS, *LOOKS):
        st.session_state[parameter.key] = parameter.read(())
    if days:
        st.session_state[Key.PERIOD], st.session_state[Key.DAYS] = CUSTOM, days
    address.meant(LOOKED_AT)


def chosen_data(page: StreamlitPage) -> tuple[Dataset | None, bool]:
    """Return the dataset that the address names, and whether one was named at all; else the stored events.

    These are followed while a `page` shows them.

    Raises:
        StoreError: where the store does not answer.
    """
    address.take([DATA, PROJECT])
    token = st.session_state[Key.DATA]
    project = None if token else _chosen_project()
    load()
    if token:
        return datasets().get(token, rules_of(preferences())), True
    dataset = live.look(project, page, rules_of(preferences())) if project else None
    return (dataset if dataset and len(dataset.events) else None), False


def _chosen_project() -> Project | None:
    """Return the project whose stored events are looked at; where there are several, the sidebar offers them."""
    known = {project.name: project for project in live.projects()}
    if st.session_state[Key.PROJECT] not in known:
        st.session_state[Key.PROJECT] = next(iter(known), "")
    if len(known) > 1:
        st.sidebar.selectbox("Project", known, key=Key.PROJECT)
    return known.get(st.session_state[Key.PROJECT])


def here(**chosen: list[str]) -> dict[str, list[str]]:
    """Return the address of what is looked at, with other values of some filters by their keys."""
    return {**address.give(LOOKED_AT), **chosen}


def time_zone() -> str:
    """Return the time zone that is looked at: the chosen one, else the browser's."""
    return st.session_state.get(Key.ZONE) or read_zone(())


def take_filters() -> list[str]:
    """Take over what the address says of the filters, and return the labels of what it says without sense."""
    labels = {parameter.key: parameter.label for parameter in LOOKED_AT}
    return [labels[key] for key in address.take([*FILTERS, *LOOKS, ZONE])]


def narrow(**chosen: Any) -> None:
    """Choose filters by their keys, as a callback: the sidebar and the address follow."""
    st.session_state.update(chosen)


def toggle(**chosen: Any) -> None:
    """Choose just these values of filters, as a callback; let go of them where just these are chosen."""
    if all(st.session_state[key] == value for key, value in chosen.items()):
        let_go(*chosen)
        return
    if "days" in chosen:
        st.session_state[Key.PERIOD_BEFORE] = chosen["days"], st.session_state[Key.PERIOD], st.session_state[Key.DAYS]
    narrow(**chosen)


def toggles(*keys: str) -> Act:
    """Return what a click does that chooses a value of a filter, or one each of several."""

    def click(clicked: Any) -> None:
        values = clicked if len(keys) > 1 else [clicked]
        toggle(**{key: [value] for key, value in zip(keys, values, strict=True)})

    return click


def let_go(*keys: str) -> None:
    """Let go of filters by their keys, of all where none is named, as a callback; days give way to those before."""
    days, *before = st.session_state.pop(Key.PERIOD_BEFORE, (None,))
    restored = before if "days" in keys and days == st.session_state[Key.DAYS] else []
    for parameter in FILTERS:
        if parameter.key in keys or not keys:
            st.session_state[parameter.key] = parameter.read(())
    narrow(**dict(zip(("period", "days"), restored, strict=False)))


def take_over(address: Mapping[str, Sequence[str]]) -> None:
    """Choose the filters and the time zone that an address names, and no others, as a callback."""
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
    """Return whether a filter, or a comparison, is other than it is when nothing is chosen."""
    (parameter,) = (parameter for parameter in (*FILTERS, *LOOKS) if parameter.key == key)
    return bool(st.session_state[key] != parameter.read(()))
