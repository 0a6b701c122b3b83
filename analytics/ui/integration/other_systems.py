"""Other systems: a sample payload of each is delivered, and what became of it is shown."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analytics.events.adapters.sample_payloads import make_payload
from analytics.events.adapters.signatures import HEADERS, SENT_AT, sign
from analytics.events.adapters.systems import SYSTEMS
from analytics.events.unread import Unread
from analytics.sending.answer import Answer
from analytics.sending.deliver import deliver
from analytics.store.event_store import open_store
from analytics.store.webhooks import NewWebhook
from analytics.store.write_keys import DEFAULT_PROJECT
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import not_understood, tables
from analytics.ui.integration.connection import Connection, own_webhook_address
from analytics.ui.integration.exchange import draw_failure, format_milliseconds
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown

_NAME = "Test page"


@dataclass(frozen=True)
class _Delivered:
    """A payload, the events in it, what was not understood, and the answer if it was delivered."""

    payload: dict[str, Any]
    events: list[dict[str, Any]]
    unread: list[tuple[Unread, int]]
    answer: Answer | None


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    st.markdown(integration_tabs.OTHER_SYSTEMS)
    system = st.segmented_control(
        "System",
        list(SYSTEMS),
        default=next(iter(SYSTEMS)),
        format_func=lambda key: SYSTEMS[key].title,
        key="test_system",
        required=True,
    )
    delivers = system in HEADERS
    known: dict[str, _Delivered] = st.session_state.setdefault(Key.TEST_PAYLOAD, {})
    if st.button("Deliver a sample" if delivers else "Read a sample", type="primary", icon=":material/webhook:"):
        project = connection.project.name if connection and connection.project else DEFAULT_PROJECT
        with catch_store_errors(), st.spinner("Delivering"):
            known[system] = _deliver(system, project)
    if delivered := known.get(system):
        _draw_delivered(delivered)


def _deliver(system: str, project: str) -> _Delivered:
    payload = make_payload(system)
    body = json.dumps(payload).encode()
    adapted = SYSTEMS[system].read(payload)
    answer = None
    if system in HEADERS:
        webhook, secret = _webhook_of(system, project)
        at = str(int(time.time()))
        headers = {HEADERS[system]: sign(system, secret, body, at), SENT_AT: at}
        answer = deliver(own_webhook_address(webhook.hook_id), body, headers)
    return _Delivered(payload, [json.loads(event) for event in adapted.events], list(adapted.unread.items()), answer)


def _webhook_of(system: str, project: str) -> tuple[NewWebhook, str]:
    """Return the webhook of this session for tests, and its secret; it is made where there is none that works."""
    made: dict[str, tuple[NewWebhook, str]] = st.session_state.setdefault(Key.TEST_WEBHOOKS, {})
    if system not in made or open_store().webhooks.find(made[system][0].hook_id) is None:
        secret = secrets.token_hex(16)
        made[system] = open_store().webhooks.create(system, _NAME, project, secret), secret
    return made[system]


def _draw_delivered(delivered: _Delivered) -> None:
    answer = delivered.answer
    if answer and answer.failure:
        draw_failure(answer.failure)
    elif answer:
        st.success(
            f"**Verified and understood, but not stored:** {display.with_noun(answer.accepted, 'event')} can be used, "
            f"{display.count(answer.rejected)} cannot · answered in {format_milliseconds(answer.seconds)}. The name "
            f"of the webhook under *Connections* is “{_NAME}”. You can revoke it there.",
            icon=":material/check_circle:",
        )
        for error in answer.errors:
            st.warning(for_markdown(f"{error.field}: {error.message}"), icon=":material/report:")
    else:
        st.info(integration_tabs.READ_LIKE_AN_IMPORT, icon=":material/info:")
    st.markdown("**The result**")
    frame = pd.DataFrame({
        "Event": [event["event"] for event in delivered.events],
        "Customer": [display.mask_customer(event["userId"]) for event in delivered.events],
        "Happened": [event["timestamp"] for event in delivered.events],
        "Message": [event["properties"].get("messageId", display.NO_VALUE) for event in delivered.events],
    })  # fmt: skip
    tables.show(frame, alt="The events in the payload")
    if delivered.unread:
        st.markdown("**What we did not understand.** Data health counts and names it.")
        not_understood.draw(delivered.unread)
    with st.expander("The payload", icon=":material/data_object:"):
        st.code(json.dumps(delivered.payload, indent=2), language="json")
