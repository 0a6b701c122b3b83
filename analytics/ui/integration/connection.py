"""The connection: the collector that is tested, and the write key."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from analytics.sending.client import AddressError, Client, KeyFormatError, capture_url
from analytics.sending.trouble import CAPTURE_PATH
from analytics.settings import settings
from analytics.store.event_store import open_store
from analytics.store.projects import Project
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.words import integration_tabs
from analytics.words.escape import for_markdown

OWN = "The collector of this app"

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  # where it listens, not where we do
_ANSWER_SECONDS = 10.0
_KEY_NAME = "Test page"
_MADE = "test_key_made"


@dataclass(frozen=True)
class Connection:
    """A collector and a write key. `shown` is its address for people to copy; `project` is the key's, if known."""

    url: str
    shown: str
    key: str
    project: Project | None

    def client(self, attempts: int = 1) -> Client:
        """Return a client. It does not try again unless told to, as people should see at once what is wrong."""
        return Client(self.url, self.key, attempts=attempts, answer_seconds=_ANSWER_SECONDS)


def choose_connection() -> Connection | None:
    """Draw the choice of collector and key; return None while one of them is missing."""
    target, key, make = st.columns([4, 4, 3], vertical_alignment="bottom")
    with target:
        chosen = st.selectbox("Send to", [OWN, *_list_targets()], key="test_target", persist_state="session")
    with key:
        st.text_input(
            "Connection key (write key)",
            type="password",
            key=Key.TEST_KEY,
            placeholder="wk_…",
            autocomplete="off",
            persist_state="session",
        )
    with make:
        if chosen == OWN:
            st.button("Make a key for this test", icon=":material/key:", on_click=_make_key, width="stretch")
    return _connect(chosen)


def public_address() -> str:
    """Return the address of the app's own collector as the browser reaches it."""
    page = urlsplit(st.context.url or "")
    return f"{page.scheme}://{page.netloc}{CAPTURE_PATH}" if page.netloc else _own_address()


def webhook_address(hook_id: str) -> str:
    """Return the address of a webhook of the app's own collector, as the browser reaches it."""
    return _to_webhook(public_address(), hook_id)


def own_webhook_address(hook_id: str) -> str:
    """Return the same address as this machine reaches it."""
    return _to_webhook(_own_address(), hook_id)


def _to_webhook(capture: str, hook_id: str) -> str:
    return f"{capture.removesuffix(CAPTURE_PATH)}/v1/webhooks/{hook_id}"


def _list_targets() -> list[str]:
    return [target for target in dict.fromkeys(map(str.strip, settings().targets.split(","))) if target]


def _connect(chosen: str) -> Connection | None:
    key = st.session_state[Key.TEST_KEY].strip()
    notices.draw(_MADE)
    if not key:
        st.info(integration_tabs.NEEDS_KEY)
        return None
    try:
        with catch_store_errors():
            own = chosen == OWN
            url = _own_address() if own else capture_url(chosen)
            connection = Connection(url, public_address() if own else url, key, _find_project(key) if own else None)
            with connection.client():
                return connection
    except (AddressError, KeyFormatError) as error:
        st.error(for_markdown(str(error)), icon=":material/error:")
    return None


def _own_address() -> str:
    """Return the address of the collector in this process, as this machine reaches it."""
    address = st.get_option("server.address") or ""
    host = "127.0.0.1" if address in _EVERYWHERE else address
    return f"http://{f'[{host}]' if ':' in host else host}:{st.get_option('server.port')}{CAPTURE_PATH}"


def _find_project(key: str) -> Project | None:
    """Return the project of a key; None if the key cannot be used, which the collector will report."""
    known = open_store().keys.find(key)
    return Project(known.project, known.project_name) if known else None


def _make_key() -> None:
    project = st.session_state.get(Key.PROJECT) or DEFAULT_PROJECT
    with catch_store_errors(notices.say_store_error(_MADE)):
        st.session_state[Key.TEST_KEY] = open_store().keys.create(_KEY_NAME, project)
        notices.say(
            _MADE,
            "success",
            f"We made a key for the project **{for_markdown(project)}** and put it into the field. Its name under "
            f"*Connections* is “{_KEY_NAME}”. You can revoke it there.",
            ":material/key:",
        )
