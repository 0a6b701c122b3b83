"""Read, delivery and reply rate, and the funnel they form: over event counts, and per message.

Per message the steps are nested: a reply proves a read, a read proves a delivery.
"""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.facts.timeline import DELIVERED, NONE, READ, RECEIVED, SENT, STATUSES, Ints, Mask
from analytics.metrics.account import Account, Sentences, is_kind, mark_places, select_kinds, state_count
from analytics.metrics.metric import Metric, Reading, Result, divide, ratio
from analytics.metrics.question import added_up, conclude_from
from analytics.metrics.selection import Scope, Selection
from analytics.metrics.tally import Tally, count_by, in_order

RECEIPT_DELAY = timedelta(hours=48)
"""How late the receipts of a message may arrive: its delivery and its read."""

STEPS = ("sent", "delivered", "read", "replied")
_KINDS = {"sent": SENT, "delivered": DELIVERED, "read": READ, "replied": RECEIVED}
"""The events that the raw event count of each step counts; a reply is any `message.received`."""


def count_message_steps(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many messages reached each step, from counted cells of the ledger; the steps are nested sets."""
    reached = count_steps(counts).sum()
    return {step: int(reached[step]) for step in STEPS}


def count_steps(counts: pd.DataFrame) -> pd.DataFrame:
    """Return for each counted cell how many messages reached each of `STEPS` (int64)."""
    replied = counts["replied"] == 1
    read = replied | (counts["read"] == 1)
    delivered = read | (counts["delivered"] == 1)
    reached = (counts["count"] * rows for rows in (delivered, read, replied))
    return pd.DataFrame(dict(zip(STEPS, (counts["count"], *reached), strict=True)))


def count_proved(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many messages reached a step without a status of their own: only a later step proves it."""
    reached = count_message_steps(counts)
    with_status = {step: int(counts["count"][counts[step] == 1].sum()) for step in ("delivered", "read")}
    return {step: reached[step] - count for step, count in with_status.items()}


@added_up
def count_proved_messages(selection: Selection) -> dict[str, int]:
    """Return `count_proved` of the messages that pass."""
    return count_proved(selection.message_counts)


@added_up
def count_statuses(selection: Selection) -> dict[str, int]:
    """Return how many statuses there are in `all`, and how many of them were `joined` to their message."""
    statuses = selection.events & is_kind(selection, *STATUSES)
    joined = statuses & (selection.facts.events.message != NONE)
    return {"all": int(np.count_nonzero(statuses)), "joined": int(np.count_nonzero(joined))}


def _tally_funnel(selection: Selection) -> Tally:
    return {
        "events": count_by(selection.event_counts, selection.facts, "kind"),
        "messages": count_by(selection.message_counts, selection.facts, "delivered", "read", "replied"),
    }


def _conclude_funnel(tally: Tally, _: Scope) -> Result:
    events = {step: int(tally["events"].get(kind, 0)) for step, kind in _KINDS.items()}
    return {"guide": events, "ledger": count_message_steps(tally["messages"].reset_index())}


def _rate_of(step: str) -> Callable[[Tally, Scope], Result]:
    def conclude(tally: Tally, scope: Scope) -> Result:
        funnel = _conclude_funnel(tally, scope)
        return {reading: ratio(steps[step], steps["sent"]) for reading, steps in funnel.items()}

    return conclude


def _tally_deliveries(selection: Selection) -> Tally:
    return {**_tally_funnel(selection), "failures": _tally_failures(selection)}


def _tally_failures(selection: Selection) -> Tally:
    counts = selection.message_counts
    return count_by(counts[counts["failed"] == 1], selection.facts, "error")


def _conclude_deliveries(tally: Tally, scope: Scope) -> Result:
    """Return the rate, and of what was not delivered how much failed, by error code, and how much is pending."""
    by_code = {str(code): int(count) for code, count in _most_first(tally["failures"]).items()}
    failed, steps = sum(by_code.values()), _conclude_funnel(tally, scope)["ledger"]
    pending = steps["sent"] - steps["delivered"] - failed
    undelivered = {"failed": failed, "pending": pending, "by_code": by_code}
    return {**_rate_of("delivered")(tally, scope), "undelivered": undelivered}


def _most_first(counts: pd.Series) -> pd.Series:
    return counts.reindex(in_order(counts.index)).sort_values(ascending=False, kind="stable")


def _read_replied_share(steps: Result) -> Reading:
    return Reading(divide(steps["replied"], steps["sent"]), steps["replied"], steps["sent"])


def _account_of(*steps: str) -> Account:
    """Return the account of a metric about the messages that reached some steps."""
    gaps = {step: _tally_reply_gap if step == "replied" else _tally_status_gap for step in steps}

    def tally(selection: Selection) -> Tally:
        return {step: tally_gap(selection, step) for step, tally_gap in gaps.items()}

    @conclude_from(tally)
    def gap(tally: Tally, _: Scope) -> Sentences:
        explain = {step: _explain_reply_gap if step == "replied" else _explain_status_gap for step in steps}
        return [sentence for step in steps for sentence in explain[step](tally[step], step)]

    kinds = [_KINDS[step] for step in steps]
    return Account(
        gap, _explain_not_counted, select_kinds(SENT, *kinds), lambda selection: _mark_counted(selection, kinds)
    )


def _tally_status_gap(selection: Selection, step: str) -> Tally:
    statuses, message = selection.events & is_kind(selection, _KINDS[step]), selection.facts.events.message
    ours = mark_places(selection, _places_of_messages(selection))
    known = statuses & (message != NONE)
    own = int(ours[message[known]].sum())
    counts = selection.message_counts
    return {
        "unknown": int(statuses.sum() - known.sum()),
        "of_others": int(known.sum()) - own,
        "elsewhere": int(counts["count"][counts[step] == 1].sum()) - own,
        "proved": count_proved(counts)[step],
    }


def _explain_status_gap(tally: Tally, step: str) -> Sentences:
    """Return why the number of delivery or read events differs from the number of messages delivered or read."""
    one, many = {"delivered": ("delivery", "deliveries"), "read": ("read", "reads")}[step]
    verb = {"delivered": "delivered", "read": "read"}[step]
    proof = {"delivered": "a read or a reply", "read": "a reply"}[step]
    return [
        *state_count(
            tally["unknown"],
            f"{one} has no message here, and counts only in the raw event count",
            f"{many} have no message here, and count only in the raw event count",
        ),
        *state_count(
            tally["of_others"],
            f"{one} is of a message sent outside the period or the filters, and counts only in the raw event count",
            f"{many} are of messages sent outside the period or the filters, and count only in the raw event count",
        ),
        *state_count(
            tally["elsewhere"],
            f"message was {verb} outside the period or the filters, and counts only per message",
            f"messages were {verb} outside the period or the filters, and count only per message",
        ),
        *state_count(
            tally["proved"],
            f"{one} had no receipt, but {proof} proves it. It counts only per message",
            f"{many} had no receipt, but {proof} proves them. They count only per message",
        ),
    ]


def _tally_reply_gap(selection: Selection, _: str) -> Tally:
    received = selection.events & is_kind(selection, RECEIVED)
    replies = mark_places(selection, _places_of_replies(selection))
    return {"no_reply": int((received & ~replies).sum()), "elsewhere": int((replies & ~received).sum())}


def _explain_reply_gap(tally: Tally, _: str) -> Sentences:
    """Return why the number of messages received differs from the number of our messages that were answered."""
    return [
        *state_count(
            tally["no_reply"],
            "received message answers none of ours in time, or follows one that did. It counts only in the raw event "
            "count",
            "received messages answer none of ours in time, or follow one that did. They count only in the raw event "
            "count",
        ),
        *state_count(
            tally["elsewhere"],
            "reply came outside the period or the filters, and counts only per message",
            "replies came outside the period or the filters, and count only per message",
        ),
    ]


@added_up
def count_still_counting(selection: Selection) -> int:
    """Return how many messages are so recent that receipts and replies may still come."""
    youngest = selection.as_of - RECEIPT_DELAY // timedelta(microseconds=1)
    return int((selection.facts.events.time[_places_of_messages(selection)] > youngest).sum())


def _tally_not_counted(selection: Selection) -> Tally:
    return {"young": count_still_counting.tally(selection), "failed": int(_tally_failures(selection).sum())}


@conclude_from(_tally_not_counted)
def _explain_not_counted(tally: Tally, _: Scope) -> Sentences:
    """Return how many messages failed, and how many are so recent that receipts may still arrive."""
    return [
        *state_count(
            tally["failed"],
            "message failed. It counts as sent, but never as delivered, read or replied to",
            "messages failed. They count as sent, but never as delivered, read or replied to",
        ),
        *state_count(
            tally["young"],
            "message was sent in the last 48 h and is still counting, as receipts can come late",
            "messages were sent in the last 48 h and are still counting, as receipts can come late",
        ),
    ]


def _mark_counted(selection: Selection, kinds: list[int]) -> Mask:
    """Return which events are messages that pass, their statuses of some kinds, or their replies at any time."""
    message, places = selection.facts.events.message, _places_of_messages(selection)
    found = mark_places(selection, places)
    statuses = np.flatnonzero((message != NONE) & is_kind(selection, *kinds))
    found[statuses] = found[message[statuses]]
    return found | mark_places(selection, _places_of_replies(selection))


def _places_of_messages(selection: Selection) -> Ints:
    return selection.facts.messages.place[selection.messages]


def _places_of_replies(selection: Selection) -> Ints:
    """Return the places of the replies that came in time after messages that pass."""
    reply = selection.facts.messages.reply[selection.messages]
    places: Ints = reply[reply != NONE]
    return places


READ_RATE = Metric(
    key="read_rate",
    label="Read rate",
    definition=(
        "The share of our messages that customers opened. It may be higher, as some customers switch read receipts off."
    ),
    formula="message.read / message.sent",
    per_message="Sent messages read ÷ sent; a reply proves a read",
    unit="share",
    better="higher",
    tally=_tally_funnel,
    conclude=_rate_of("read"),
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account_of("read"),
    settles_late=True,
)

DELIVERY_RATE = Metric(
    key="delivery_rate",
    label="Delivery rate",
    definition="The share of our messages that reached the customer's phone.",
    formula="message.delivered / message.sent",
    per_message="Sent messages delivered ÷ sent; a read proves a delivery. The others failed or are pending",
    unit="share",
    better="higher",
    tally=_tally_deliveries,
    conclude=_conclude_deliveries,
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account_of("delivered"),
    settles_late=True,
)

REPLY_RATE = Metric(
    key="reply_rate",
    label="Reply rate",
    definition="How often customers write back. The raw event count may pass 100 %, as customers also write first.",
    formula="message.received / message.sent",
    per_message=(
        "Sent messages after which the customer wrote within 24 h, in any chat ÷ sent; failed messages get no reply"
    ),
    unit="share",
    better="higher",
    tally=_tally_funnel,
    conclude=_rate_of("replied"),
    guide=lambda result: Reading.of_ratio(result["guide"]),
    ledger=lambda result: Reading.of_ratio(result["ledger"]),
    account=_account_of("replied"),
    settles_late=True,
)

MESSAGE_FUNNEL = Metric(
    key="message_funnel",
    label="Message funnel",
    definition="How far our messages get: sent, delivered, read, replied to. The number is the share replied to.",
    formula="Sent → Delivered → Read → Replied",
    per_message="Nested sets: a later step proves the earlier ones",
    unit="share",
    better="higher",
    tally=_tally_funnel,
    conclude=_conclude_funnel,
    guide=lambda result: _read_replied_share(result["guide"]),
    ledger=lambda result: _read_replied_share(result["ledger"]),
    account=_account_of("delivered", "read", "replied"),
    settles_late=True,
)
