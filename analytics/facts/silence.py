"""Silence: where conversations begin, and after which silence they end."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analytics.facts.rules import Rules
from analytics.facts.stated import AGENT, Stated
from analytics.facts.timeline import NONE, RECEIVED, RESOLVED, Ints, Mask, Timeline, is_status

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Conversing:
    """Which conversation each spine event belongs to, as long as the spine; `starts` has one place for each.

    `number` (int32) is NONE for events outside every conversation. `patient` marks events after which it takes the
    longer silence to end the conversation. `late` marks resolves that came after that silence.
    """

    number: Ints
    starts: Ints
    patient: Mask
    late: Mask


def split_conversations(timeline: Timeline, stated: Stated, rules: Rules) -> Conversing:
    """Return the conversations of a timeline.

    A conversation lasts up to and including the next `chat.resolved`, or until silence: the longer one while the
    customer's last message is unanswered, or they were passed to an agent and no person has written. A resolve begins
    none: it ends the chat's latest, however long the silence, unless that is resolved. A status without its message
    neither begins nor prolongs one; it belongs to the one that is running.
    """
    spine = slice(0, timeline.spine)
    chat, time, kind = timeline.chat[spine], timeline.time[spine], timeline.kind[spine]
    short, long = rules.silence // _MICROSECOND, rules.longest_silence // _MICROSECOND
    status, resolves = is_status(kind), kind == RESOLVED
    before = last_place_before(~status)
    goes_on = (before != NONE) & (chat[before] == chat) & ~resolves[before]
    pause = time - time[before]
    patient = _find_patient(timeline, stated, begins_anew=~status & ~resolves & ~(goes_on & (pause < long)))
    running = goes_on & (pause < np.where(patient[before], long, short))
    starts = np.flatnonzero(~status & ~resolves & ~running)
    begins = np.zeros(timeline.spine, np.int32)
    begins[starts] = 1
    number = np.cumsum(begins, dtype=np.int32) - 1
    number[np.where(resolves, ~goes_on, status & ~running)] = NONE
    return Conversing(number, starts, patient, resolves & goes_on & ~running)


def _find_patient(timeline: Timeline, stated: Stated, begins_anew: Mask) -> Mask:
    """Return after which spine events the longer silence holds; `begins_anew` marks where surely a conversation begins.

    While the longer silence holds no shorter one ends a conversation. So it is enough to look back to the last word,
    and to the last event about a person, as far as the last of these.
    """
    to_mode = stated.to_mode[: timeline.spine]
    since = last_place_up_to(begins_anew)
    word, person = last_place_up_to(stated.word), last_place_up_to(stated.human | (to_mode != NONE))
    unanswered = (word >= since) & (timeline.kind[word] == RECEIVED)
    asked_for_person = (person >= since) & (to_mode[person] == AGENT)
    patient: Mask = (unanswered & (word != NONE)) | (asked_for_person & (person != NONE))
    return patient


def last_place_before(wanted: Mask) -> Ints:
    """Return for each place the last wanted place before it; NONE if there is none."""
    before = np.full(len(wanted), NONE, np.int64)
    before[1:] = last_place_up_to(wanted)[:-1]
    return before


def last_place_up_to(wanted: Mask) -> Ints:
    """Return for each place the last wanted place up to and including it; NONE if there is none."""
    return np.maximum.accumulate(np.where(wanted, np.arange(len(wanted)), NONE))
