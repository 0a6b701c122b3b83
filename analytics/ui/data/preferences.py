"""The preferences of the current project, and what they change on every page."""

from datetime import time
from typing import Any, cast

import streamlit as st

from analytics.access.actions import Action
from analytics.access.rights import rights
from analytics.live.last_answers import last_answers
from analytics.metrics.business_hours import Schedule
from analytics.metrics.filters import NOBODY
from analytics.metrics.terms import Terms
from analytics.store.event_store import open_store
from analytics.store.preferences import Preferences, preferences_of, set_preferences
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.browser.session import Key
from analytics.ui.data.live import current_project
from analytics.ui.data.permissions import is_let_see_in_full, may
from analytics.words import display

NO_AGENT = "No agent recorded"


def load_preferences() -> None:
    """Load the current project's preferences for this run; while the store does not answer, those that it had last.

    Raises:
        StoreError: where it has not answered yet; the preferences are the defaults then.
    """
    st.session_state[Key.PREFERENCES] = Preferences()
    if project := current_project():
        st.session_state[Key.PREFERENCES] = last_answers().ask(
            ("preferences", project.id), lambda: preferences_of(open_store().settings, project.id)
        )


def preferences() -> Preferences:
    """Return the preferences of the current project; they also hold while a file is explored."""
    return cast("Preferences | None", cast("Any", st.session_state).get(Key.PREFERENCES)) or Preferences()


def save_preferences(**changes: Any) -> None:
    """Change preferences of the current project, from this run on. The project is made if there is none.

    Raises:
        ValidationError: if a value is not allowed.
        StoreError: if the store does not answer.
    """
    store = open_store()
    project = current_project() or store.create_project(DEFAULT_PROJECT)
    changed = Preferences.model_validate({**dict(preferences_of(store.settings, project.id)), **changes})
    set_preferences(store.settings, project.id, changed)
    st.session_state[Key.PREFERENCES] = changed
    if "timezone" in changes:  # which this session has chosen already
        st.session_state.pop(Key.ZONE, None)
        st.query_params.pop("tz", None)


def schedule() -> Schedule | None:
    """Return the opening hours of the project; None if it is always open."""
    opening = preferences().opening
    if opening is None:
        return None
    spans = tuple((_minute_of_day(day.opens), _minute_of_day(day.closes)) if day else None for day in opening.days)
    return Schedule(spans, opening.timezone)


def _minute_of_day(instant: time) -> int:
    return instant.hour * 60 + instant.minute


def terms() -> Terms:
    """Return the terms by which answers are judged in this project; all hours count."""
    return Terms(preferences().target)


def show_customer(known_as: str) -> str:
    """Return a customer's id for the screen and for downloads: masked, unless they are shown in full."""
    return known_as if sees_in_full() else display.mask_customer(known_as)


def sees_in_full() -> bool:
    """Return whether phones and names are shown in full: to persons who may; where nobody signs in, as is set."""
    if rights().signed_in:
        return is_let_see_in_full()
    return preferences().show_phones and may(Action.CHANGE_SETTINGS)


def agent_name(agent_id: str) -> str:
    """Return an agent's name on the screen: the name from the settings, else the id."""
    if agent_id == NOBODY:
        return NO_AGENT
    known = preferences().agents.get(agent_id)
    return known.name if known and known.name else agent_id
