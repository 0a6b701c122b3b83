"""A new connection: its secrets, which are shown this once, and what to do with them."""

from dataclasses import dataclass

import streamlit as st

from analytics.events import samples
from analytics.sending.client import batch
from analytics.sending.commands import as_curl
from analytics.store.webhooks import NewWebhook
from analytics.ui.browser.session import Key
from analytics.ui.filters.looked_at import current_address
from analytics.ui.integration.connection import public_address, webhook_address
from analytics.ui.menu import INTEGRATION
from analytics.words import connecting
from analytics.words.connection_steps import NOT_TWICE, REACHABLE, STEPS
from analytics.words.escape import for_markdown


@dataclass(frozen=True)
class NewConnection:
    """A new connection: a write key, or a webhook for a system."""

    name: str
    project: str
    key: str = ""
    system: str = ""
    webhook: NewWebhook | None = None


def draw(made: NewConnection) -> None:
    """Draw what is shown only once."""
    with st.container(border=True):
        if made.webhook:
            _draw_webhook(made, made.webhook)
        else:
            _draw_key(made)


def _draw_key(made: NewConnection) -> None:
    st.subheader(f"The key “{for_markdown(made.name)}” of the project {for_markdown(made.project)}")
    st.warning(connecting.COPY_KEY, icon=":material/content_copy:")
    st.code(made.key, language=None, wrap_lines=True)
    st.markdown(f"Send it as the header `X-Write-Key` to `{public_address()}`, for example:")
    event = samples.as_json([samples.make_sample("message.received")])
    with st.expander("A first event with curl", icon=":material/terminal:"):
        st.code("export WRITE_KEY=…  # the key", language="bash")
        st.code(as_curl(public_address(), batch(event)), language="bash", wrap_lines=True)
    with st.container(horizontal=True):
        if st.button("Test the integration with this key", type="primary", icon=":material/send:"):
            st.session_state[Key.TEST_KEY] = made.key
            _forget()
            st.switch_page(INTEGRATION.path, query_params=current_address())
        st.button("I have copied it", icon=":material/check:", on_click=_forget)


def _draw_webhook(made: NewConnection, webhook: NewWebhook) -> None:
    found = STEPS[made.system]
    st.subheader(f"{found.title}: “{for_markdown(made.name)}” of the project {for_markdown(made.project)}")
    st.warning(connecting.COPY_WEBHOOK, icon=":material/content_copy:")
    st.markdown("The address")
    st.code(webhook_address(webhook.hook_id), language=None, wrap_lines=True)
    if found.verifies:
        st.markdown("The verify token")
        st.code(webhook.verify_token, language=None, wrap_lines=True)
    st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(found.steps, 1)))
    st.caption(f"{REACHABLE} {NOT_TWICE}")
    st.button("I have entered it", type="primary", icon=":material/check:", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(Key.KEY_MADE, None)
