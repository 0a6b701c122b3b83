"""Hypothesis strategies for small but nasty traffic: everything collides, nothing is complete."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from hypothesis import strategies as st

from analytics.events.customer_id import canonical
from analytics.metrics.filters import NOBODY, UNKNOWN, Filter
from tests.events_of import assigned, contact, event, handoff, received, resolved, sent

USERS = ("+254712345678", "+14165550123", "+77012345678", "+999123456", "KE.1349AB", "+5215512340001", "+525512340001")
UNSEEN = "US.ENT.1181"  # in no event's userId
CHATS = ("a", "b")
MESSAGES = tuple(f"m{number}" for number in range(8))
AGENTS = ("amina", "brian", "amina", "brian", NOBODY)  # the last is nobody's name
COUNTRIES = ("KE", "US")
MODES = ("bot", "agent")
TEMPLATES = ("order_update", "welcome")
LINKS = ("waUserId", "phone", "previousUserId")
BEGINNING = datetime(2026, 3, 27, 21, tzinfo=UTC)  # clocks in Europe go forward two nights later

_HOURS = (0, 0, 1, 2, 5, 12, 23, 24, 25, 30, 48, 49, 53, 72, 100)
_SECONDS = (0, 0, 0, 0.000_001, 59, 60, 61, 300, 899, 900, 1_800, 3_600, 3_601)


def _or_none(*values):
    return st.sampled_from((None, *values))


times = st.builds(
    lambda hours, seconds: BEGINNING + timedelta(hours=hours, seconds=seconds),
    st.sampled_from(_HOURS),
    st.sampled_from(_SECONDS),
)
_shared = {
    "user": st.sampled_from(USERS),
    "test": st.sampled_from((False,) * 19 + (True,)),
    "mode": _or_none(None, *MODES),
    "agent": _or_none(*AGENTS),
    "country": _or_none(None, None, *COUNTRIES),
    **dict.fromkeys(LINKS, _or_none(*(None,) * 5, *USERS, UNSEEN)),
}
_chat = {**_shared, "chat": st.sampled_from(CHATS)}
_message = {**_chat, "message_id": st.sampled_from(MESSAGES)}
_message = {**_message, "content": st.sampled_from(("text", "text", "image", "audio"))}
_message = {**_message, "phoneNumberId": _or_none(None, None, "n1", "n2")}
_sent = {**_message, "template": _or_none(None, *TEMPLATES)}
_status = {**_shared, "message_id": st.sampled_from(MESSAGES), "chat": _or_none(None, *CHATS)}
_assigned = {**_chat, "agent": st.sampled_from(AGENTS)}

# Messages are what most traffic consists of, and what most rules are about.
_events = st.one_of(
    st.builds(received, times, **_message),
    st.builds(received, times, **_message),
    st.builds(sent, times, **_sent),
    st.builds(sent, times, **_sent),
    st.builds(event, st.just("message.delivered"), times, **_status),
    st.builds(event, st.just("message.read"), times, **_status),
    st.builds(event, st.just("message.failed"), times, **_status, errorCode=_or_none("131026", "131047")),
    st.builds(contact, times, **_chat),
    st.builds(handoff, times, st.sampled_from(MODES), **_chat),
    st.builds(assigned, times, **_assigned),
    st.builds(resolved, times, **_chat),
    st.builds(event, st.just("menu.opened"), times, **_chat),
)


def traffic():
    """Events in any order of arrival; those of one identity are equal."""
    few, many = st.lists(_events, max_size=8), st.lists(_events, min_size=30, max_size=90)
    return st.builds(_with_links, st.one_of(few, many, many), _links).map(_with_equal_duplicates)


_links = st.sets(st.sampled_from(list(combinations([*USERS, UNSEEN], 2))), max_size=3)


def _with_links(events, allowed):
    """The events with those links alone that are allowed; else all of them would be one customer's."""
    for told in events:
        said, user = told["properties"], told["userId"]
        for name in LINKS:
            if name in said and not {(user, said[name]), (said[name], user)} & allowed:
                del said[name]
    return events


def _with_equal_duplicates(events):
    first = {}
    return [first.setdefault(_identity(event), event) for event in events]


def _identity(event):
    name, said = event["event"], event["properties"]
    if name.startswith("message."):
        return name, said["messageId"]
    known = {key: value for key, value in said.items() if key != "chatId"} if name == "menu.opened" else {}
    return name, canonical(event["userId"]), said.get("chatId"), event["timestamp"], str(known)


filters = st.builds(
    Filter,
    first_day=_or_none(None, *(date(2026, 3, day) for day in (27, 28, 29, 30))),
    last_day=_or_none(None, *(date(2026, 3, day) for day in (28, 29, 30, 31))),
    timezone=st.sampled_from(("UTC", "Africa/Nairobi", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")),
    agents=st.sampled_from(((), (), ("amina",), (NOBODY,), ("brian", NOBODY), ("unheard of",))),
    countries=st.sampled_from(((), (), ("KE",), ("CA", UNKNOWN), ("ZZ",))),
    modes=st.sampled_from(((), (), ("bot",), ("agent",), MODES)),
    weekdays=st.sampled_from(((), (), (), (4,), (5, 6), (0, 2))),
    hours=st.sampled_from(((), (), (), (0, 21, 22, 23), (1, 9), tuple(range(12)))),
    templates=st.sampled_from(((), (), (), ("welcome",), TEMPLATES, ("unheard of",))),
    content_types=st.sampled_from(((), (), (), ("image",), ("text", "audio"), ("unheard of",))),
)
