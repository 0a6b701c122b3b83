"""The ledger: one row per outbound message, which says whether it was delivered, read and replied to, or failed."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.chronicle import Chronicle
from analytics.facts.silence import last_place_up_to
from analytics.facts.stated import Stated
from analytics.facts.timeline import DELIVERED, FAILED, NONE, READ, SENT, Ints, Mask, Timeline


@dataclass(frozen=True)
class Ledger:
    """One row per `message.sent`: its place in the timeline (int32) and what is known of it (bool).

    `delivered` and `read` say whether such a status came, `failed` whether only a failure did; `error` is the code of
    its `errorCode`. `reply` (int32) is the place of the customer's first message that is credited to it, within the
    reply window; NONE without one.
    """

    place: Ints
    delivered: Mask
    read: Mask
    failed: Mask
    error: Ints
    reply: Ints


def build_ledger(events: pd.DataFrame, told: Chronicle, reply_window: timedelta) -> Ledger:
    """Return the ledger of a chronicle."""
    timeline, stated = told.timeline, told.stated
    kind = timeline.kind[: timeline.spine]
    sent = np.flatnonzero(kind == SENT)
    receipts = timeline.kind[timeline.spine :]
    error = np.full(timeline.spine, NONE, np.int32)
    failures = receipts == FAILED
    error[timeline.message[failures]] = timeline.codes(events["error_code"])[timeline.spine :][failures]
    failed = stated.failed[sent]
    return Ledger(
        sent.astype(np.int32),
        _mark(timeline, timeline.message[receipts == DELIVERED])[sent],
        _mark(timeline, timeline.message[receipts == READ])[sent],
        failed,
        np.where(failed, error[sent], np.int32(NONE)),
        _find_replies(events, timeline, stated, reply_window)[sent].astype(np.int32),
    )


def _mark(timeline: Timeline, places: Ints) -> Mask:
    marked = np.zeros(timeline.spine, np.bool_)
    marked[places] = True
    return marked


def _find_replies(events: pd.DataFrame, timeline: Timeline, stated: Stated, window: timedelta) -> Ints:
    """Return for each spine event the first reply that came in time; NONE without one."""
    received, message = _find_credited(events, timeline, stated)
    soon = np.flatnonzero(timeline.time[received] - timeline.time[message] <= window // timedelta(microseconds=1))
    reply = np.full(timeline.spine, NONE, np.int64)
    reply[message[soon[::-1]]] = received[soon[::-1]]  # backwards, so that the first stays
    return reply


def _find_credited(events: pd.DataFrame, timeline: Timeline, stated: Stated) -> tuple[Ints, Ints]:
    """Return the places of customers' messages, and of the message of ours that each is credited to.

    That is the latest before it that went to the same customer from the same number of ours, whatever chat either is
    in; a number that is not said fits any. Customers' messages that follow none are left out.
    """
    words = _order_by_customer(events, timeline, np.flatnonzero(stated.word))
    ours = timeline.kind[words] == SENT
    latest = last_place_up_to(ours)
    number = timeline.codes(events["phone_number_id"])[words]
    if (number != NONE).any():
        named = np.flatnonzero(number != NONE)
        of_number = _find_latest_of_number(timeline.user[words], number, ours)
        of_none = last_place_up_to(ours & (number == NONE))
        latest[named] = np.maximum(of_number, of_none)[named]
    wrote = np.flatnonzero(~ours & (latest != NONE) & (timeline.user[words] == timeline.user[words[latest]]))
    return words[wrote], words[latest[wrote]]


def _order_by_customer(events: pd.DataFrame, timeline: Timeline, places: Ints) -> Ints:
    """Return places in each customer's order; that of their chat, for those who have only one."""
    occurs = np.zeros(len(timeline.chat_owner), np.bool_)
    occurs[timeline.chat[places]] = True
    chats = np.bincount(timeline.chat_owner[occurs], minlength=len(occurs))
    several = chats[timeline.user[places]] > 1
    mixed = places[several]
    key = events["key_high"].to_numpy()[timeline.row[mixed]]
    order = np.lexsort((key, timeline.kind[mixed], timeline.time[mixed], timeline.user[mixed]))
    return np.concatenate([places[~several], mixed[order]])


def _find_latest_of_number(customer: Ints, number: Ints, ours: Mask) -> Ints:
    """Return for each message the latest of ours up to it of the same customer and number of ours; NONE without."""
    order = np.lexsort((number, customer))
    latest = last_place_up_to(ours[order])
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (np.diff(customer[order]) != 0) | (np.diff(number[order]) != 0)
    found = np.full(len(order), NONE, np.int64)
    found[order] = np.where((latest != NONE) & (latest >= last_place_up_to(begins)), order[latest], NONE)
    return found
