"""A case: one conversation with all its events. Its key in addresses reveals nothing about the customer."""

import hashlib
import re

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.events.timestamps import instants_of
from analytics.facts.facts import Facts
from analytics.facts.names import name_of, names_of
from analytics.facts.stated import MODES
from analytics.facts.timeline import DELIVERED, NONE, READ, Ints, category_codes
from analytics.facts.waits import AFTERWORD, CUSTOMER, HUMAN
from analytics.metrics.cases import find_events_of
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND
from analytics.metrics.selection import Selection

_KEY = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{16})")
_STORY_COLUMNS = ("content_type", "template_id", "handoff_reason", "journey_step", "resolution_type", "source")


def key_of(events: pd.DataFrame, facts: Facts, conversation: int, secret: bytes) -> str:
    """Return the key of a conversation: when it began, and a keyed hash of its user and chat."""
    began = int(facts.events.time[facts.conversations.first[conversation]])
    return f"{began:x}-{_digest(*_list_parties(events, facts, np.array([conversation]))[0], secret)}"


def find_by_key(events: pd.DataFrame, facts: Facts, key: str, secret: bytes) -> int | None:
    """Return the conversation of a key; None if there is none, or none any more.

    It is the conversation of the key's chat that was running at the key's time. It may begin earlier than that if
    older events have arrived since.
    """
    match = _KEY.fullmatch(key)
    if not match:
        return None
    began, digest = int(match[1], 16), match[2]
    rows, time = facts.conversations, facts.events.time
    running = np.flatnonzero((time[rows.first] <= began) & (began <= time[rows.last]))
    parties = _list_parties(events, facts, running)
    found = (
        number for number, party in zip(running.tolist(), parties, strict=True) if _digest(*party, secret) == digest
    )
    return next(found, None)


def chat_id_of(events: pd.DataFrame, facts: Facts, conversation: int) -> str:
    """Return the id of a conversation's chat; empty if its events name none."""
    return _list_parties(events, facts, np.array([conversation]))[0][1]


def find_of_same_customer(facts: Facts, conversation: int) -> Ints:
    """Return the other conversations of a conversation's customer, the newest first."""
    first = facts.conversations.first
    owner = facts.chat_owner[facts.events.chat[first]]
    same = np.flatnonzero(owner == owner[conversation])
    same = same[same != conversation]
    newest_first: Ints = same[np.argsort(-facts.events.time[first[same]], kind="stable")]
    return newest_first


def build_story(events: pd.DataFrame, selection: Selection, conversation: int) -> pd.DataFrame:
    """Return what happened in a conversation, in order: one row for each event, except statuses of known messages.

    `time` is UTC and `event` the event's name. `agent`, `mode`, `from_mode`, `to_mode`, `content_type`, `template_id`,
    `handoff_reason`, `journey_step`, `resolution_type` and `source` are texts, empty if the event has none. `delivered`
    and `read` are the times of a message's statuses (NaT without one). `pause` is the time since the previous row in
    seconds.
    """
    facts = selection.facts.events
    own, statuses = _split_events(selection, conversation)
    frame, cells = events.iloc[facts.row[own]], facts.cells.table.iloc[facts.cells.code[own]]
    time = facts.time[own]
    return pd.DataFrame(
        {
            "time": instants_of(time),
            "event": [EVENT_NAMES[code] for code in cells["kind"]],
            "agent": names_of(cells["agent"].to_numpy(), selection.facts.agents, ""),
            "mode": [MODES[code] for code in cells["mode"]],
            "from_mode": _texts(frame["from_mode"]),
            "to_mode": [name_of(int(code), pd.Index(MODES), "") for code in cells["to_mode"]],
            **{name: _texts(frame[name]) for name in _STORY_COLUMNS},
            "delivered": _find_status_times(selection, own, statuses, DELIVERED),
            "read": _find_status_times(selection, own, statuses, READ),
            "pause": np.diff(time, prepend=time[:1]) / MICROSECONDS_PER_SECOND,
        }
    )


def find_waits_in(selection: Selection, conversation: int) -> pd.DataFrame:
    """Return one row for each customer wait and each wait for a person that began or ended in a conversation.

    `kind` and `state` are codes of `analytics.facts.waits`. `began` and `ended` are UTC; `ended` is NaT while it runs.
    `seconds` is how long it lasted, or has lasted so far. `event` is the row of the conversation's `build_story` that
    ended it; NONE if none did. `carried_over` says whether it began in an earlier conversation of the chat.
    """
    facts, rows = selection.facts.events, selection.facts.waits
    own, _ = _split_events(selection, conversation)
    of_kind = rows.cells.table["kind"].isin((CUSTOMER, HUMAN)) & (rows.cells.table["state"] != AFTERWORD)
    chosen = np.flatnonzero(of_kind.to_numpy()[rows.cells.code] & (facts.chat[rows.begin] == facts.chat[own[0]]))
    begin, end, state = rows.begin[chosen], rows.end[chosen], selection.wait_states[chosen]
    began, of = facts.time[begin], facts.conversation[begin]
    ended = np.where(end == NONE, selection.as_of, facts.time[end])
    event = pd.Index(own).get_indexer(pd.Index(end))
    carried_over = (of != conversation) & (event != NONE)
    kinds = rows.cells.table["kind"].to_numpy()[rows.cells.code[chosen]]
    found = pd.DataFrame(
        {
            "kind": kinds,
            "state": state,
            "began": instants_of(began),
            "ended": instants_of(ended).where(end != NONE),
            "seconds": (ended - began) / MICROSECONDS_PER_SECOND,
            "event": event,
            "carried_over": carried_over,
        }
    )
    return found.iloc[np.flatnonzero((of == conversation) | carried_over)].reset_index(drop=True)


def _list_parties(events: pd.DataFrame, facts: Facts, conversations: Ints) -> list[tuple[str, str]]:
    """Return the user and the chat id of each conversation; the id is empty if no event names one."""
    chats = facts.events.chat[facts.conversations.first[conversations]]
    wanted = np.zeros(len(facts.chat_owner), np.bool_)
    wanted[chats] = True
    places = np.flatnonzero(wanted[facts.events.chat])
    code = category_codes(events["chat_id"])[facts.events.row[places]]
    of_chat = np.full(len(facts.chat_owner), NONE, np.int64)
    of_chat[facts.events.chat[places[code != NONE]]] = code[code != NONE]
    users, ids = events["user_id"].cat.categories, events["chat_id"].cat.categories
    return [(str(users[facts.chat_owner[chat]]), name_of(int(of_chat[chat]), ids, "")) for chat in chats.tolist()]


def _digest(user: str, chat_id: str, secret: bytes) -> str:
    return hashlib.blake2b(f"{user}\x1f{chat_id}".encode(), key=secret, digest_size=8).hexdigest()


def _split_events(selection: Selection, conversation: int) -> tuple[Ints, Ints]:
    """Return the places of a conversation's events in order, and those of the statuses of known messages."""
    places = find_events_of(selection, np.array([conversation]))
    known = selection.facts.events.message[places] != NONE
    return places[~known], places[known]


def _find_status_times(selection: Selection, own: Ints, statuses: Ints, kind: int) -> pd.DatetimeIndex:
    """Return for each event the time of its first status of a kind; NaT without one."""
    facts = selection.facts.events
    kinds = facts.cells.table["kind"].to_numpy()[facts.cells.code[statuses]]
    chosen = statuses[kinds == kind]
    first = pd.Series(facts.time[chosen]).groupby(facts.message[chosen]).min()
    return instants_of(first.reindex(own).to_numpy())


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
