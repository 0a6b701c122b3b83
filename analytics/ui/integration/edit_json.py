"""JSON: a request as text, edited, checked and sent."""

import json

import streamlit as st

from analytics.events import samples
from analytics.ui.browser.session import Key
from analytics.ui.integration import exchange
from analytics.ui.integration.connection import Connection
from analytics.words import integration_tabs

_LONGEST = 1_000_000
"""Characters of a body: it is part of a message to the server, which may have 4 MiB."""


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    st.markdown(integration_tabs.JSON)
    if Key.TEST_JSON_TEXT not in st.session_state:
        _renew()
    st.text_area("Body", key=Key.TEST_JSON_TEXT, height=420, max_chars=_LONGEST, persist_state="session")
    with st.container(horizontal=True):
        disabled = connection is None
        check = st.button("Only check", type="primary", icon=":material/rule:", disabled=disabled)
        send = st.button("Send", icon=":material/send:", disabled=disabled)
        st.button("New IDs and time", icon=":material/refresh:", on_click=_renew)
    if connection and (send or check):
        body = st.session_state[Key.TEST_JSON_TEXT].encode()
        st.session_state[Key.TEST_JSON] = exchange.post(connection, body, dry_run=check)
    if sent := st.session_state.get(Key.TEST_JSON):
        exchange.draw(sent)


def _renew() -> None:
    st.session_state[Key.TEST_JSON_TEXT] = json.dumps(
        {"batch": samples.make_conversation(test=True)[1:3]}, indent=2, ensure_ascii=False
    )
    st.session_state.pop(Key.TEST_JSON, None)
