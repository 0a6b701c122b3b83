"""Listen: the events of one key as they come, which of the nine have come, and what is missing in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.events.contract import EVENTS, STATUS_EVENTS
from analytics.store.arrivals import MOST_ARRIVALS, Arrivals, find_arrivals, this_moment
from analytics.store.event_store import EventStore, open_store
from analytics.store.write_keys import WriteKey
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import tables
from analytics.ui.filters.looked_at import current_time_zone
from analytics.ui.integration.connection import Connection
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown

_EVERY_SECONDS = 2.0
_SHOWN = 50


@dataclass(frozen=True)
class _Need:
    """A property of an event that some report needs, and what is wrong without it."""

    event: str
    column: str
    name: str
    consequence: str


_NEEDS = (
    _Need("message.sent", "agent_id", "agentId", "the report on agents will be wrong"),
    _Need("agent.handoff", "handoff_reason", "handoffReason", "we cannot say why chats are passed on"),
    _Need("agent.handoff", "journey_step", "journeyStep", "we cannot say at which step chats are passed on"),
    _Need("contact.created", "source", "source", "we cannot say where contacts come from"),
    _Need("chat.resolved", "resolution_type", "resolutionType", "we cannot say how conversations ended"),
)


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    with catch_store_errors():
        store = open_store()
        keys = [key for key in store.keys.all() if key.revoked_at is None]
        if not keys:
            st.info(integration_tabs.NO_KEY)
            return
        key = _choose_key(keys, store, connection)
        if Key.TEST_LISTENING_SINCE not in st.session_state:
            st.session_state[Key.TEST_LISTENING_SINCE] = this_moment(store)
        _draw_live(store, key)


def _choose_key(keys: Sequence[WriteKey], store: EventStore, connection: Connection | None) -> WriteKey:
    own = store.keys.find(connection.key) if connection else None
    ids = {key.id: key for key in keys}
    choice, again = st.columns([4, 2], vertical_alignment="bottom")
    with choice:
        chosen = st.selectbox(
            "Listen to the key",
            list(ids),
            index=list(ids).index(own.id) if own and own.id in ids else 0,
            format_func=lambda key_id: (
                f"{ids[key_id].name} · {ids[key_id].project_name} · {key_id}"
            ),  # labels must differ
        )
    with again:
        st.button("Start again", icon=":material/restart_alt:", on_click=_begin_anew, width="stretch")
    return ids[chosen]


def _begin_anew() -> None:
    st.session_state.pop(Key.TEST_LISTENING_SINCE, None)


@st.fragment(run_every=_EVERY_SECONDS)
def _draw_live(store: EventStore, key: WriteKey) -> None:
    """Draw the events since the tab was opened; it is drawn again every few seconds."""
    with catch_store_errors():
        _draw_arrivals(find_arrivals(store, key, st.session_state[Key.TEST_LISTENING_SINCE]))


def _draw_arrivals(arrived: Arrivals) -> None:
    if arrived.events.empty and not arrived.rejected:
        since = st.session_state[Key.TEST_LISTENING_SINCE].at.astimezone(ZoneInfo(current_time_zone()))
        st.info(
            integration_tabs.listening(f"{since:%H:%M:%S}"),
            icon=":material/hearing:",
        )
        return
    seen, missing = st.columns(2)
    with seen:
        _draw_seen(arrived.events)
    with missing:
        _draw_missing(arrived)
    if len(arrived.events):
        _draw_newest(arrived.events)


def _draw_seen(events: pd.DataFrame) -> None:
    counts = Counter(events["event"].astype(str))
    st.markdown("**Which of the nine events came**")
    st.markdown("  \n".join(_describe_seen(name, counts[name]) for name in EVENTS))
    if others := sorted(set(counts) - set(EVENTS)):
        st.caption(
            f"These events are not one of the nine, and are part of no metric: {', '.join(map(for_markdown, others))}."
        )


def _describe_seen(name: str, count: int) -> str:
    if count:
        return f":green[:material/check_circle:] {name} · {display.count(count)}"
    return f":gray[:material/radio_button_unchecked:] {name} · not yet"


def _draw_missing(arrived: Arrivals) -> None:
    st.markdown("**What is missing**")
    found = find_gaps(arrived.events)
    for code, field, message in dict.fromkeys(arrived.rejected):
        count = arrived.rejected.count((code, field, message))
        found.insert(0, f"{display.with_noun(count, 'event')} rejected: {field or 'the whole event'}: {message}.")
    for gap in found:
        st.warning(for_markdown(gap), icon=":material/report:")
    if not found:
        st.success(integration_tabs.NOTHING_MISSING, icon=":material/check_circle:")


def find_gaps(events: pd.DataFrame) -> list[str]:
    """Return which properties an event frame lacks, and which report is wrong because of it."""
    found = []
    by_people = events[(events["service_mode"] != "bot").to_numpy()]
    for need in _NEEDS:
        values = by_people.loc[(by_people["event"] == need.event).to_numpy(), need.column]
        if missing := int(values.isna().sum()):
            share = display.share(missing / len(values))
            by = " not by the bot" if need.event == "message.sent" else ""
            found.append(f"{share} of {need.event} events{by} lack {need.name}, so {need.consequence}.")
    statuses = events[events["event"].isin(STATUS_EVENTS).to_numpy()]
    sent = events.loc[(events["event"] == "message.sent").to_numpy(), "message_id"]
    if lost := int((~statuses["message_id"].isin(sent)).sum()):
        share = display.share(lost / len(statuses))
        found.append(integration_tabs.lost_statuses(share))
    return found


def _draw_newest(events: pd.DataFrame) -> None:
    newest = events.head(_SHOWN)
    st.markdown(
        f"**The newest of {'the last ' * (len(events) == MOST_ARRIVALS)}{display.with_noun(len(events), 'event')}**"
    )
    frame = pd.DataFrame(
        {
            "Event": newest["event"].astype(str).to_numpy(),
            "Happened": newest["timestamp"]
            .dt.tz_convert(current_time_zone())
            .dt.strftime("%-d %b %Y, %H:%M:%S")
            .to_numpy(),
            "Customer": [display.mask_customer(phone) for phone in newest["user_id"]],
            "Agent": newest["agent_id"].astype(object).fillna(display.NO_VALUE).to_numpy(),
            "Test": ["yes" if test else display.NO_VALUE for test in newest["test"]],
        }
    )
    tables.show(frame, alt="The events that came, the newest first")
