"""A case: one conversation with all its events."""

import re
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analytics.events.frame import EVENT_NAMES
from analytics.events.timestamps import instants_of
from analytics.facts.facts import Facts
from analytics.facts.names import name_of, names_of
from analytics.facts.shard import Shard
from analytics.facts.stated import MODES
from analytics.facts.timeline import DELIVERED, FAILED, NONE, READ, Ints
from analytics.facts.waits import AFTERWORD, ANSWERED, CLOSED, CUSTOMER, HUMAN, NEVER, WAITING
from analytics.metrics.case_list import build_case_rows, find_events_of
from analytics.metrics.parties import digest, list_ids, name_chats
from analytics.metrics.question import conclude_from
from analytics.metrics.response_time import MICROSECONDS_PER_SECOND
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally

STATES = {ANSWERED: "answered", CLOSED: "closed", WAITING: "waiting", NEVER: "never"}

_KEY = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{16})")
_STORY_COLUMNS = ("content_type", "template_id", "handoff_reason", "journey_step", "resolution_type", "source")


@dataclass(frozen=True)
class Case:
    """One conversation: its row among others (see `build_case_rows`), its chat's id, and what happened in it.

    `others` are rows of the latest other conversations of its customer, the newest first, `others_count` is how many
    there are in all.
    """

    row: pd.Series
    chat_id: str
    story: pd.DataFrame
    waits: pd.DataFrame
    others: pd.DataFrame
    others_count: int


def _tally_case(selection: Selection, key: str, wait: int, most_others: int, secret: bytes) -> Tally:
    """Return the conversation of a key, which only one shard can have."""
    number = find_by_key(selection.shard, key, secret)
    if number is None:
        return []
    facts = selection.facts
    rows = partial(build_case_rows, selection, wait=wait, secret=secret)
    others = find_of_same_customer(facts, number)
    chat_id = name_chats(selection.shard, facts.events.chat[facts.conversations.first[[number]]])["id"].iloc[0]
    story, waits = build_story(selection, number), find_waits_in(selection, number)
    chosen = np.array([number])
    return [Case(rows(chosen).iloc[0], str(chat_id), story, waits, rows(others[:most_others]), len(others))]


@conclude_from(_tally_case)
def open_case(tally: Tally, _: Scope, key: str, wait: int, most_others: int, secret: bytes) -> Case | None:  # noqa: ARG001
    """Return the conversation of a key, with its longest wait of a kind; None if there is none, or none any more."""
    return tally[0] if tally else None


def find_by_key(shard: Shard, key: str, secret: bytes) -> int | None:
    """Return the conversation of a key; None if there is none, or none any more.

    It is the conversation of the key's chat that was running at the key's time. It may begin earlier than that if
    older events have arrived since. Of a customer who is known by more ids now, each makes a key.
    """
    match = _KEY.fullmatch(key)
    if not match:
        return None
    began, wanted = int(match[1], 16), match[2]
    rows, time, chat = shard.facts.conversations, shard.facts.events.time, shard.facts.events.chat
    running = np.flatnonzero((time[rows.first] <= began) & (began <= time[rows.last]))
    chats = chat[rows.first[running]]
    owners = shard.facts.chat_owner[chats]
    ids, chat_ids = list_ids(shard, owners), name_chats(shard, chats)["id"]
    found = (
        number
        for number, owner, chat_id in zip(running.tolist(), owners.tolist(), chat_ids, strict=True)
        if any(digest(known, chat_id, secret) == wanted for known in ids[owner])
    )
    return next(found, None)


def find_of_same_customer(facts: Facts, conversation: int) -> Ints:
    """Return the other conversations of a conversation's customer, the newest first."""
    first = facts.conversations.first
    owner = facts.chat_owner[facts.events.chat[first]]
    same = np.flatnonzero(owner == owner[conversation])
    same = same[same != conversation]
    newest_first: Ints = same[np.argsort(-facts.events.time[first[same]], kind="stable")]
    return newest_first


def build_story(selection: Selection, conversation: int) -> pd.DataFrame:
    """Return what happened in a conversation, in order: one row for each event, except statuses of known messages.

    `time` is UTC and `event` the event's name. `agent`, `mode`, `from_mode`, `to_mode`, `content_type`, `template_id`,
    `handoff_reason`, `journey_step`, `resolution_type` and `source` are texts, empty if the event has none.
    `delivered`, `read` and `failed` are the times of a message's first such statuses (NaT without one); `error_code`
    and `error_title` are what the failure says of its reason. `pause` is the time since the previous row in seconds.
    """
    facts, events = selection.facts.events, selection.shard.frame
    own, statuses = _split_events(selection, conversation)
    frame, cells = events.iloc[facts.row[own]], facts.cells.table.iloc[facts.cells.code[own]]
    time = facts.time[own]
    failures = _find_first_statuses(selection, own, statuses, FAILED)
    return pd.DataFrame(
        {
            "time": instants_of(time),
            "event": [EVENT_NAMES[code] for code in cells["kind"]],
            "agent": names_of(cells["agent"].to_numpy(), selection.facts.agents, ""),
            "mode": [MODES[code] for code in cells["mode"]],
            "from_mode": _texts(frame["from_mode"]),
            "to_mode": [name_of(int(code), pd.Index(MODES), "") for code in cells["to_mode"]],
            **{name: _texts(frame[name]) for name in _STORY_COLUMNS},
            "delivered": _times_at(selection, _find_first_statuses(selection, own, statuses, DELIVERED)),
            "read": _times_at(selection, _find_first_statuses(selection, own, statuses, READ)),
            "failed": _times_at(selection, failures),
            **{name: _texts_at(selection, events[name], failures) for name in ("error_code", "error_title")},
            "pause": np.diff(time, prepend=time[:1]) / MICROSECONDS_PER_SECOND,
        }
    )


def find_waits_in(selection: Selection, conversation: int) -> pd.DataFrame:
    """Return one row for each customer wait and each wait for a person that began or ended in a conversation.

    `kind` is a code of `analytics.facts.waits`, `state` one of `STATES`. `began` and `ended` are UTC;
    `ended` is NaT while it runs. `seconds` is how long it lasted, or has lasted so far. `event` is the row of the
    conversation's `build_story` that ended it, below 0 if none did. `carried_over` says whether it began in an earlier
    conversation of the chat.
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
            "state": [STATES[code] for code in state],
            "began": instants_of(began),
            "ended": instants_of(ended).where(end != NONE),
            "seconds": (ended - began) / MICROSECONDS_PER_SECOND,
            "event": event,
            "carried_over": carried_over,
        }
    )
    return found.iloc[np.flatnonzero((of == conversation) | carried_over)].reset_index(drop=True)


def _split_events(selection: Selection, conversation: int) -> tuple[Ints, Ints]:
    """Return the places of a conversation's events in order, and those of the statuses of known messages."""
    places = find_events_of(selection, np.array([conversation]))
    known = selection.facts.events.message[places] != NONE
    return places[~known], places[known]


def _find_first_statuses(selection: Selection, own: Ints, statuses: Ints, kind: int) -> Ints:
    """Return for each event the place of its first status of a kind; NONE without one."""
    facts = selection.facts.events
    kinds = facts.cells.table["kind"].to_numpy()[facts.cells.code[statuses]]
    chosen = statuses[kinds == kind]
    chosen = chosen[facts.time[chosen].argsort(kind="stable")]
    first = pd.Series(chosen).groupby(facts.message[chosen]).first()
    return first.reindex(own, fill_value=NONE).to_numpy()


def _times_at(selection: Selection, places: Ints) -> pd.Series:
    return pd.Series(instants_of(selection.facts.events.time[places])).where(places != NONE)


def _texts_at(selection: Selection, column: pd.Series, places: Ints) -> list[str]:
    texts = _texts(column.iloc[selection.facts.events.row[places]])
    return ["" if place == NONE else text for place, text in zip(places.tolist(), texts, strict=True)]


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
