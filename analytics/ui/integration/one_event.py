"""One event: a form for each of the nine; its fields come from the contract."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.events import samples
from analytics.events.contract import EVENTS, Properties
from analytics.events.property_fields import PropertyField, property_fields
from analytics.sending.client import batch
from analytics.ui.browser.session import Key
from analytics.ui.integration import exchange
from analytics.ui.integration.connection import Connection
from analytics.ui.integration.exchange import Exchange
from analytics.words import integration_tabs
from analytics.words.escape import for_markdown

_PREFIX = "one_event "
_ANY_EVENT = set(Properties.model_fields)
_PLACES = {name: place for place, name in enumerate(EVENTS)}


@dataclass(frozen=True)
class Field:
    """A field of the form: its path in the event, whether it is required, and the values that it may have."""

    path: str
    required: bool
    choices: tuple[str, ...] = ()
    literal: bool = False
    """Whether its value in JSON is a number, true or false instead of a text."""


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    name = st.selectbox("Event", list(EVENTS), key="one_event_name", persist_state="session")
    st.caption(integration_tabs.one_event(EVENTS[name].__doc__ or ""))
    fields = fields_of(name)
    _prefill(name, fields)
    with st.form("one_event", border=True):
        slots = _draw_fields(name, fields)
        test = st.checkbox("Mark it as a test, so that it is part of no report", value=True, key="one_event_test")
        with st.container(horizontal=True):
            disabled = connection is None
            send = st.form_submit_button("Send", type="primary", icon=":material/send:", disabled=disabled)
            check = st.form_submit_button("Only check", icon=":material/rule:", disabled=disabled)
    st.button("New IDs and time", icon=":material/refresh:", on_click=_renew, args=(name,))
    if connection and (send or check):
        event = _build_event(name, fields, test=test)
        st.session_state[Key.TEST_ONE_EVENT] = (
            name,
            exchange.post(connection, batch(samples.as_json([event])), dry_run=check),
        )
    sent_name, sent = st.session_state.get(Key.TEST_ONE_EVENT, (None, None))
    if sent and sent_name == name:
        _draw_errors_beside(sent, slots)
        exchange.draw(sent)


def fields_of(name: str) -> list[Field]:
    """Return the fields of an event, the required ones first."""
    of_event = [field for field in property_fields().values() if field.named[_PLACES[name]]]
    fields = [
        Field(
            f"properties.{field.name}",
            bool(field.required[_PLACES[name]]),
            (field.constants[name],) if name in field.constants else _list_choices(field.kind),
            _allows(field.kind, (bool, int, float)),
        )
        for field in sorted(of_event, key=lambda field: _sort_key(field, name))
    ]
    envelope = [Field("userId", True), Field("timestamp", True), Field("context.channel", True, ("whatsapp",))]
    return envelope + fields


def _sort_key(field: PropertyField, name: str) -> tuple[bool, bool]:
    optional = not field.required[_PLACES[name]]
    return optional, optional and field.column in _ANY_EVENT


def _list_choices(kind: Any) -> tuple[str, ...]:
    """Return the values that a type allows; empty if they cannot be listed."""
    if kind is bool:
        return "true", "false"
    if get_origin(kind) is Literal:
        return get_args(kind)
    return tuple(choice for part in get_args(kind) for choice in _list_choices(part))


def _allows(kind: Any, wanted: tuple[type, ...]) -> bool:
    return kind in wanted or any(_allows(part, wanted) for part in get_args(kind))


def _prefill(name: str, fields: Iterable[Field]) -> None:
    """Fill the fields with a fresh sample, unless they hold something."""
    missing = [field for field in fields if widget_key(name, field) not in st.session_state]
    if missing:
        sample = samples.make_sample(name)
        for field in missing:
            st.session_state[widget_key(name, field)] = _as_text(
                _value_at(sample, field.path), choice=bool(field.choices)
            )


def _renew(name: str) -> None:
    for field in fields_of(name):
        st.session_state.pop(widget_key(name, field), None)
    st.session_state.pop(Key.TEST_ONE_EVENT, None)


def widget_key(name: str, field: Field) -> str:
    """Return where the session keeps what a field of an event holds."""
    return f"{_PREFIX}{name} {field.path}"


def _value_at(event: Mapping[str, Any], path: str) -> Any:
    outer, _, inner = path.partition(".")
    return event[outer].get(inner) if inner else event[outer]


def _as_text(value: Any, *, choice: bool) -> str | None:
    if value is None:
        return None if choice else ""
    return value if isinstance(value, str) else json.dumps(value)


def _draw_fields(name: str, fields: Sequence[Field]) -> dict[str, DeltaGenerator]:
    """Draw the fields, two in a row; return for each field the place for its error."""
    slots = {}
    for place, field in enumerate(fields):
        if place % 2 == 0:
            row = st.columns(2)
        with row[place % 2]:
            label = field.path.removeprefix("properties.") + (" *" if field.required else "")
            if field.choices:
                st.selectbox(
                    label,
                    field.choices,
                    key=widget_key(name, field),
                    index=None,
                    placeholder="not given",
                    accept_new_options=True,
                    persist_state="session",
                )
            else:
                st.text_input(label, key=widget_key(name, field), placeholder="not given", persist_state="session")
            slots[field.path] = st.empty()
    return slots


def _build_event(name: str, fields: Iterable[Field], *, test: bool) -> samples.Event:
    """Return the event as it was filled in; empty fields are left out."""
    event: dict[str, Any] = {"type": "track", "event": name, "context": {}, "properties": {}}
    for field in fields:
        if text := st.session_state[widget_key(name, field)]:
            value = _parse_value(text) if field.literal else text
            outer, _, inner = field.path.partition(".")
            if inner:
                event[outer][inner] = value
            else:
                event[outer] = value
    if test:
        event["context"]["test"] = True
    return event


def _parse_value(text: str) -> Any:
    """Return the JSON value of a text; the text itself if it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _draw_errors_beside(sent: Exchange, slots: Mapping[str, DeltaGenerator]) -> None:
    for error in sent.answer.errors:
        if error.field in slots:
            slots[error.field].error(for_markdown(error.message), icon=":material/arrow_upward:")
