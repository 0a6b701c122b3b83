"""Listen: the events of one key as they come, which of the eight were seen, and what is missing in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from analytics.events.contract import EVENTS
from analytics.store.arrivals import MOST, Arrivals, arrivals, this_moment
from analytics.store.event_store import EventStore, open_store
from analytics.store.write_keys import WriteKey
from analytics.ui.browser.session import Key
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import tables
from analytics.ui.filters.looked_at import time_zone
from analytics.ui.integration.connection import Connection
from analytics.words import display
from analytics.words.escape import for_markdown

_EVERY_SECONDS = 2.0
_SHOWN = 50


@dataclass(frozen=True)
class _Need:
    """A property that some report needs of a kind of event, and what is wrong without it."""

    event: str
    column: str
    name: str
    else_: str


_NEEDS = (
    _Need("message.sent", "agent_id", "agentId", "the agent report will be wrong"),
    _Need("agent.handoff", "handoff_reason", "handoffReason", "why chats are passed on stays unknown"),
    _Need("agent.handoff", "journey_step", "journeyStep", "where in the journey chats are passed on stays unknown"),
    _Need("contact.created", "source", "source", "where contacts come from stays unknown"),
    _Need("chat.resolved", "resolution_type", "resolutionType", "how conversations ended stays unknown"),
)


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    with catch_store_errors():
        store = open_store()
        keys = [key for key in store.keys.all() if key.revoked_at is None]
        if not keys:
            st.info("There is no key to listen to yet: make one above, and let your program send with it.")
            return
        key = _chosen(keys, store, connection)
        if Key.TEST_LISTENING_SINCE not in st.session_state:
            st.session_state[Key.TEST_LISTENING_SINCE] = this_moment(store)
        _live(store, key)


def _chosen(keys: Sequence[WriteKey], store: EventStore, connection: Connection | None) -> WriteKey:
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
        st.button("Begin anew", icon=":material/restart_alt:", on_click=_begin_anew, width="stretch")
    return ids[chosen]


def _begin_anew() -> None:
    st.session_state.pop(Key.TEST_LISTENING_SINCE, None)


@st.fragment(run_every=_EVERY_SECONDS)
def _live(store: EventStore, key: WriteKey) -> None:
    """Draw what has come since the tab was opened, again and again."""
    with catch_store_errors():
        _draw_arrivals(arrivals(store, key, st.session_state[Key.TEST_LISTENING_SINCE]))


def _draw_arrivals(heard: Arrivals) -> None:
    if heard.events.empty and not heard.rejected:
        since = st.session_state[Key.TEST_LISTENING_SINCE].at.astimezone(ZoneInfo(time_zone()))
        st.info(
            f"Listening since {since:%H:%M:%S}. Nothing has come yet: let your program send with this key.",
            icon=":material/hearing:",
        )
        return
    seen, missing = st.columns(2)
    with seen:
        _seen(heard.events)
    with missing:
        _missing(heard)
    if len(heard.events):
        _newest(heard.events)


def _seen(events: pd.DataFrame) -> None:
    counts = Counter(events["event"].astype(str))
    st.markdown("**Seen of the eight**")
    st.markdown("  \n".join(_seen_line(name, counts[name]) for name in EVENTS))
    if others := sorted(set(counts) - set(EVENTS)):
        st.caption(f"Outside the eight, so in no metric: {', '.join(map(for_markdown, others))}.")


def _seen_line(name: str, count: int) -> str:
    if count:
        return f":green[:material/check_circle:] {name} · {display.count(count)}"
    return f":gray[:material/radio_button_unchecked:] {name} · not yet"


def _missing(heard: Arrivals) -> None:
    st.markdown("**What is missing**")
    found = gaps(heard.events)
    for code, field, message in dict.fromkeys(heard.rejected):
        count = heard.rejected.count((code, field, message))
        found.insert(0, f"{display.counted(count, 'event')} rejected: {field or 'the whole event'}: {message}.")
    for gap in found:
        st.warning(for_markdown(gap), icon=":material/report:")
    if not found:
        st.success("Nothing, in what has come so far.", icon=":material/check_circle:")


def gaps(events: pd.DataFrame) -> list[str]:
    """Return what an event frame lacks for the reports, and which report is wrong for it."""
    found = []
    by_people = events[(events["service_mode"] != "bot").to_numpy()]
    for need in _NEEDS:
        values = by_people.loc[(by_people["event"] == need.event).to_numpy(), need.column]
        if missing := int(values.isna().sum()):
            share = display.share(missing / len(values))
            by = " not by the bot" if need.event == "message.sent" else ""
            found.append(f"{share} of {need.event} events{by} lack {need.name}: {need.else_}.")
    statuses = events[events["event"].isin(["message.delivered", "message.read"]).to_numpy()]
    sent = events.loc[(events["event"] == "message.sent").to_numpy(), "message_id"]
    if lost := int((~statuses["message_id"].isin(sent)).sum()):
        share = display.share(lost / len(statuses))
        found.append(
            f"{share} of statuses are about no message that was heard here: unless it was sent before, compare their "
            "messageId with that of message.sent."
        )
    return found


def _newest(events: pd.DataFrame) -> None:
    newest = events.head(_SHOWN)
    st.markdown(f"**The newest of {'the last ' * (len(events) == MOST)}{display.counted(len(events), 'event')}**")
    frame = pd.DataFrame(
        {
            "Event": newest["event"].astype(str).to_numpy(),
            "Happened": newest["timestamp"].dt.tz_convert(time_zone()).dt.strftime("%d %b %H:%M:%S").to_numpy(),
            "Customer": [display.masked(phone) for phone in newest["user_id"]],
            "Agent": newest["agent_id"].astype(object).fillna(display.NO_VALUE).to_numpy(),
            "Test": ["yes" if test else display.NO_VALUE for test in newest["test"]],
        }
    )
    tables.show(frame, alt="Events as they came, the newest first")
