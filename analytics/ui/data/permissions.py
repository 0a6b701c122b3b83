"""What whoever looks may do in the project that is looked at."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import streamlit as st

from analytics.access.actions import Action
from analytics.access.rights import RefusedError, Rights, hold_rights, rights
from analytics.store.audit import Actor, What, acting, note_alone
from analytics.store.database import StoreError
from analytics.store.event_store import open_store
from analytics.ui.browser.session import Key
from analytics.ui.data.live import current_project

_NOTED_AGAIN = timedelta(minutes=10)
"""So long it counts as one time that a page, which is drawn again and again, shows or refuses something."""


def may(action: Action) -> bool:
    """Return whether whoever looks may do something in the project that is looked at.

    Raises:
        StoreError: where the store has to be asked, and does not answer.
    """
    found = rights()
    return found.may(action, _current(found))


def demand(action: Action) -> None:
    """Go on only if whoever looks may do something; that they may not is noted.

    Raises:
        RefusedError: where they may not.
        StoreError: as `may`.
    """
    if not may(action):
        if rights().person:
            _note_now_and_then(What.REFUSED, None, action=action.words)
        raise RefusedError(action)


def is_let_see_in_full() -> bool:
    """Return whether whoever signed in sees phones and names in full in the project; that they do is noted.

    Raises:
        StoreError: as `may`.
    """
    found = rights()
    project = _current(found)
    if not found.sees_in_full(project):
        return False
    _note_now_and_then(What.SEEN_IN_FULL, project, page=urlsplit(st.context.url or "").path)
    return True


def _note_now_and_then(what: What, project: int | None, **details: str) -> None:
    now, key = datetime.now(UTC), (what, project, *details.values())
    noted: dict[object, datetime] = st.session_state.setdefault(Key.NOTED_LATELY, {})
    if key not in noted or now - noted[key] > _NOTED_AGAIN:
        note_alone(open_store().database, what, project, **details)
        noted[key] = now


def may_see_raw() -> bool:
    """Return whether events may be seen as they came, with all that is in them.

    Raises:
        StoreError: as `may`.
    """
    found = rights()
    return not found.signed_in or found.sees_in_full(_current(found))


def demand_raw() -> None:
    """Go on only if events may be seen as they came.

    Raises:
        StoreError: where they may not, or as `may`.
    """
    if not may_see_raw():
        raise StoreError("Events as they came hold phones and names in full: an admin may let you see these.")


def guarded(
    make: Callable[[], bytes], name: str, filters: Sequence[str] = (), *, rows: int | None = None, in_full: bool = False
) -> Callable[[], bytes]:
    """Return what makes a file for whoever looks now: it asks and notes it when they want it.

    It may run in any thread. With `in_full` the file holds phones as they are.
    """
    look, project = hold_rights(), _current(rights())

    def make_if_they_may() -> bytes:
        found = look()
        if not found.may(Action.DOWNLOAD, project) or (in_full and found.signed_in and not found.sees_in_full(project)):
            _note_refusal(found, Action.DOWNLOAD)
            raise RefusedError(Action.DOWNLOAD)
        made = make()
        if found.person:
            with acting(Actor(found.person.id, "dashboard")):
                said = {"file": name, "filters": list(filters), "rows": rows, "in_full": in_full}
                note_alone(open_store().database, What.DOWNLOADED, project, **said)
        return made

    return make_if_they_may


def _note_refusal(found: Rights, action: Action) -> None:
    if found.person:
        with acting(Actor(found.person.id, "dashboard")):
            note_alone(open_store().database, What.REFUSED, action=action.words)


def _current(found: Rights) -> int | None:
    """Return the project that is looked at; who may do the same everywhere needs none."""
    if not found.signed_in:
        return None
    project = current_project()
    return project.id if project else None
