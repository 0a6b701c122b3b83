"""The page *Connection keys*: make a key, see it once, list keys and revoke them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analytics.events import samples
from analytics.sending.client import batch
from analytics.sending.commands import as_curl
from analytics.store.event_store import open_store
from analytics.store.write_keys import DEFAULT_PROJECT, WriteKey
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.ui.elements.opening import setup_title
from analytics.ui.filters.looked_at import current_address
from analytics.ui.integration.connection import public_address
from analytics.ui.menu import CONNECTION_KEYS, INTEGRATION
from analytics.words import display
from analytics.words.escape import for_markdown

_FAILED = "keys_failed"


@dataclass(frozen=True)
class _NewKey:
    """A new key, which is shown only once."""

    name: str
    project: str
    key: str


def draw_page() -> None:
    """Draw the page."""
    setup_title(CONNECTION_KEYS)
    st.markdown(
        "A connection key (write key) lets a program, such as your CRM, add events to one project. It cannot read "
        "anything. Give each program a key of its own, so that you can see which one sends, and revoke one alone."
    )
    notices.draw(_FAILED)
    with catch_store_errors():
        _draw(open_store().keys.all(), st.session_state.get(Key.KEY_MADE))


def _draw(known: Sequence[WriteKey], made: _NewKey | None) -> None:
    if made:
        _show_once(made)
    else:
        _draw_form(known)
    _draw_list(known)


def _draw_form(known: Sequence[WriteKey]) -> None:
    st.subheader("Make a key" if known else "Make your first key")
    projects = list(dict.fromkeys(key.project_name for key in known)) or [DEFAULT_PROJECT]
    with st.form("make_key", border=True):
        name, project = st.columns(2)
        with name:
            st.text_input("Name", key=Key.KEY_NAME, placeholder="CRM", help="Which program will send with it")
        with project:
            st.selectbox(
                "Project",
                projects,
                key=Key.KEY_PROJECT,
                accept_new_options=True,
                help="Events of a project are counted together. Type a new name for a project of its own.",
            )
        st.form_submit_button("Make a key", type="primary", icon=":material/key:", on_click=_make_key)


def _make_key() -> None:
    name, project = st.session_state[Key.KEY_NAME], st.session_state[Key.KEY_PROJECT] or ""
    with catch_store_errors(notices.say_store_error(_FAILED)):
        st.session_state[Key.KEY_MADE] = _NewKey(name, project, open_store().keys.create(name, project))


def _show_once(made: _NewKey) -> None:
    with st.container(border=True):
        st.subheader(f"The key “{for_markdown(made.name)}” of the project {for_markdown(made.project)}")
        st.warning(
            "**Copy it now: it is shown this once.** Only its fingerprint is kept.", icon=":material/content_copy:"
        )
        st.code(made.key, language=None, wrap_lines=True)
        st.markdown(f"Send it as the header `X-Write-Key` to `{public_address()}`, for example:")
        event = samples.as_json([samples.make_sample("message.received")])
        with st.expander("A first event with curl", icon=":material/terminal:"):
            st.code("export WRITE_KEY=…  # the key", language="bash")
            st.code(as_curl(public_address(), batch(event)), language="bash", wrap_lines=True)
        with st.container(horizontal=True):
            if st.button("Test the integration with it", type="primary", icon=":material/send:"):
                st.session_state[Key.TEST_KEY] = made.key
                _forget_key()
                st.switch_page(INTEGRATION.path, query_params=current_address())
            st.button("I have copied it", icon=":material/check:", on_click=_forget_key)


def _forget_key() -> None:
    st.session_state.pop(Key.KEY_MADE, None)


def _draw_list(known: Sequence[WriteKey]) -> None:
    usable = [key for key in known if key.revoked_at is None]
    revoked = [key for key in known if key.revoked_at]
    if usable:
        st.subheader("Keys in use")
        for key in usable:
            _draw_usable(key)
    elif known:
        st.info("No key can be used: all are revoked. Make one, and give it to the program that sends your events.")
    else:
        st.info(
            "There is no key yet. Make one, give it to the program that sends your events, and watch them arrive "
            "under *Test the integration*."
        )
    if revoked:
        with st.expander(f"Revoked keys ({len(revoked)})"):
            _draw_revoked(revoked)


def _draw_usable(key: WriteKey) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"key_{key.id}"):
        st.markdown(
            f"**{for_markdown(key.name)}** · project {for_markdown(key.project_name)}  \n"
            f":small[{key.id} · made {_format_day(key.created_at)} · {_describe_last_use(key)}]",
            width="stretch",
        )
        with st.popover("Revoke", icon=":material/block:"):
            st.markdown(
                f"**Revoke “{for_markdown(key.name)}”?** Whoever sends with it is refused from now on. "
                "What was sent stays. This cannot be undone."
            )
            st.button("Revoke it", type="primary", key=f"revoke_{key.id}", on_click=_revoke, args=(key.id,))


def _revoke(key_id: str) -> None:
    with catch_store_errors(notices.say_store_error(_FAILED)):
        open_store().keys.revoke(key_id)


def _draw_revoked(keys: Sequence[WriteKey]) -> None:
    st.table(
        pd.DataFrame(
            [
                {
                    "Name": for_markdown(key.name),
                    "Project": for_markdown(key.project_name),
                    "Made": _format_day(key.created_at),
                    "Last used": _format_day(key.last_used_at),
                    "Revoked": _format_day(key.revoked_at),
                }
                for key in keys
            ]
        ),
        hide_index=True,
        border="horizontal",
    )


def _format_day(instant: datetime | None) -> str:
    return f"{instant:%-d %b %Y}" if instant else "never"


def _describe_last_use(key: WriteKey) -> str:
    if key.last_used_at is None:
        return "never used"
    seconds = (datetime.now(UTC) - key.last_used_at).total_seconds()
    return "used within the last minutes" if seconds < 120 else f"used {display.duration(seconds)} ago"
