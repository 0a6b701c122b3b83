"""The page: make a connection, see its secrets once, list connections and revoke them."""

from collections.abc import Sequence

import streamlit as st

from analytics.store.event_store import open_store
from analytics.store.write_keys import DEFAULT_PROJECT, WriteKey
from analytics.ui.browser.session import Key
from analytics.ui.connections import listed_connections, shown_once
from analytics.ui.connections.shown_once import NewConnection
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.ui.elements.opening import setup_title
from analytics.ui.menu import CONNECTIONS
from analytics.words import connecting
from analytics.words.connection_steps import STEPS

_FAILED = "keys_failed"
_PROGRAM = "program"
_KINDS = {
    _PROGRAM: "Your own program",
    "cloud_api": "WhatsApp Cloud API",
    "chatwoot": "Chatwoot",
}


def draw_page() -> None:
    """Draw the page."""
    setup_title(CONNECTIONS)
    st.markdown(connecting.INTRODUCTION)
    notices.draw(_FAILED)
    with catch_store_errors():
        _draw(open_store().keys.all(), st.session_state.get(Key.KEY_MADE))


def _draw(known: Sequence[WriteKey], made: NewConnection | None) -> None:
    if made:
        shown_once.draw(made)
    else:
        _draw_form(known)
    listed_connections.draw(known)


def _draw_form(known: Sequence[WriteKey]) -> None:
    st.subheader("Make a connection" if known else "Make your first connection")
    kind = st.segmented_control(
        "From", list(_KINDS), default=_PROGRAM, format_func=_KINDS.__getitem__, key=Key.CONNECTION_KIND, required=True
    )
    projects = list(dict.fromkeys(key.project_name for key in known)) or [DEFAULT_PROJECT]
    with st.form("make_key", border=True):
        name, project = st.columns(2)
        with name:
            st.text_input(
                "Name",
                key=Key.KEY_NAME,
                placeholder="CRM" if kind == _PROGRAM else _KINDS[kind],
                help=connecting.NAME_HELP,
            )
        with project:
            st.selectbox(
                "Project",
                projects,
                key=Key.KEY_PROJECT,
                accept_new_options=True,
                help=connecting.PROJECT_HELP,
            )
        if kind in STEPS and STEPS[kind].secret_is_needed:
            st.text_input("App secret", type="password", key=Key.CONNECTION_SECRET, autocomplete="off")
            st.caption(STEPS[kind].secret)
        label = "Make a key" if kind == _PROGRAM else f"Connect {_KINDS[kind]}"
        st.form_submit_button(label, type="primary", icon=":material/key:", on_click=_make)


def _make() -> None:
    kind = st.session_state[Key.CONNECTION_KIND]
    name, project = st.session_state[Key.KEY_NAME], st.session_state[Key.KEY_PROJECT] or ""
    secret = st.session_state.get(Key.CONNECTION_SECRET, "").strip()
    if kind in STEPS and STEPS[kind].secret_is_needed and not secret:
        notices.say(_FAILED, "error", connecting.UNSIGNED_BY_META)
        return
    with catch_store_errors(notices.say_store_error(_FAILED)):
        if kind == _PROGRAM:
            made = NewConnection(name, project, key=open_store().keys.create(name, project))
        else:
            webhook = open_store().webhooks.create(kind, name, project, secret)
            made = NewConnection(name, project, system=kind, webhook=webhook)
        st.session_state[Key.KEY_MADE] = made
        st.session_state.pop(Key.CONNECTION_SECRET, None)
