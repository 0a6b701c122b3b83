"""Short literals for events, and what the real validator, the facts and the report make of them.

A time is `"06:31"`, `"06:31:30"` (on 2026-01-20, UTC) or a day and a time: `"2026-01-21 06:31"`.
"""

import json
from datetime import UTC, date, datetime

import numpy as np

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.timestamps import to_microseconds
from analytics.events.validate import validate
from analytics.facts.attribution import Origin
from analytics.facts.facts import build_facts
from analytics.facts.rules import Rules
from analytics.facts.stated import MODES
from analytics.facts.timeline import NONE, find_messages_of
from analytics.facts.waits import ASSIGNMENT, CUSTOMER, EVERY_MESSAGE, HUMAN
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.metrics.selection import Selection

JOHN = "+254712345678"
MARY = "+254700000001"
DAY = "2026-01-20"
MUCH_LATER = datetime(2030, 1, 1, tzinfo=UTC)
NAMES = {
    "message_id": "messageId", "chat": "chatId", "agent": "agentId", "mode": "serviceMode",
    "country": "countryCode", "template": "templateId", "reason": "handoffReason", "step": "journeyStep",
    "source": "source",
}  # fmt: skip


def event(name, at, /, *, user=JOHN, test=False, **properties):
    """An event in the guide's format; properties by the short names of `NAMES`, or by their own."""
    return {
        "type": "track",
        "event": name,
        "userId": user,
        "timestamp": instant(at).isoformat(),
        "context": {"channel": "whatsapp", **({"test": True} if test else {})},
        "properties": {NAMES.get(key, key): value for key, value in properties.items() if value is not None},
    }


def contact(at, *, chat="chat", **more):
    return event("contact.created", at, chat=chat, **more)


def received(at, message_id=None, *, chat="chat", content="text", **more):
    return event(
        "message.received", at, message_id=message_id or f"in at {at}", chat=chat, direction="inbound",
        contentType=content, **more,
    )  # fmt: skip


def sent(at, message_id=None, *, chat="chat", content="text", **more):
    return event(
        "message.sent", at, message_id=message_id or f"out at {at}", chat=chat, direction="outbound",
        contentType=content, **more,
    )  # fmt: skip


def delivered(at, message_id, **more):
    return event("message.delivered", at, message_id=message_id, **more)


def read(at, message_id, **more):
    return event("message.read", at, message_id=message_id, **more)


def failed(at, message_id, code=None, **more):
    return event("message.failed", at, message_id=message_id, errorCode=code, **more)


def handoff(at, to="agent", *, chat="chat", **more):
    return event("agent.handoff", at, chat=chat, fromMode="agent" if to == "bot" else "bot", toMode=to, **more)


def assigned(at, agent, *, chat="chat", **more):
    return event("chat.assigned", at, chat=chat, agent=agent, **more)


def resolved(at, *, chat="chat", **more):
    return event("chat.resolved", at, chat=chat, **more)


def instant(text):
    if isinstance(text, datetime):
        return text
    return datetime.fromisoformat(text if "-" in text else f"{DAY} {text}").replace(tzinfo=UTC)


def microseconds(text):
    return to_microseconds(instant(text))


def ndjson(events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def frame_of(events):
    """The event frame of events that must all be valid."""
    blocks = [RawLines.from_text(ndjson(events))] if events else []
    found = validate(blocks, Assumptions(now=MUCH_LATER))
    assert found.rejected == []
    return found.events


def owners(frame, customer):
    """The customer of each event of a frame: of a status that of its message, which may be another than it names."""
    users, message = customer[frame["user_id"].cat.codes.to_numpy()], find_messages_of(frame)
    return np.where(message == NONE, users, users[message])


def facts_of(*events, start_mode="bot", **rules):
    """Facts of events; the bot answers first unless it is said otherwise."""
    return build_facts(frame_of(events), Rules(start_mode=start_mode, **rules))


def chosen(*, first_day=None, last_day=None, **more):
    """A filter, its days written as texts."""
    days = {"first_day": first_day, "last_day": last_day}
    return Filter(**{name: day and date.fromisoformat(day) for name, day in days.items()}, **more)


def selection_of(*events, as_of=None, rules=None, terms=None, **filters):
    now = None if as_of is None else microseconds(as_of)
    frame = frame_of(events)
    return Selection(
        build_facts(frame, Rules(**{"start_mode": "bot"} | (rules or {}))), chosen(**filters), now, terms, frame=frame
    )


def report_of(*events, as_of=None, rules=None, comparison=None, terms=None, **filters):
    now = None if as_of is None else microseconds(as_of)
    facts = facts_of(*events, **(rules or {}))
    return report(facts, chosen(**filters), as_of=now, comparison=comparison, terms=terms)


def metrics_of(*events, **options):
    return report_of(*events, **options)["metrics"]


def attributed(part, *events, **rules):
    """Each event's `agent`, `mode` or `country`, in the order of arrival; None where there is none."""
    facts = facts_of(*events, **rules)
    names = {"agent": facts.agents, "mode": MODES, "country": facts.countries}[part]
    codes = facts.events.cells.table[part].to_numpy()[facts.events.cells.code]
    return [None if code == NONE else names[code] for code in _by_arrival(facts, codes)]


def origins(part, *events, **rules):
    """Where each event's `agent`, `mode` or `country` comes from, in the order of arrival."""
    facts = facts_of(*events, **rules)
    shared = facts.events.origin
    codes = {"agent": shared % 8, "mode": shared // 8, "country": facts.events.country_origin}[part]
    return [Origin(int(code)).name.lower() for code in _by_arrival(facts, codes)]


def conversations(*events, **rules):
    """Each event's conversation, in the order of arrival: 0 for the first met, None outside any."""
    facts = facts_of(*events, **rules)
    numbers = {NONE: None}
    found = _by_arrival(facts, facts.events.conversation)
    return [numbers.setdefault(number, len(numbers) - 1) for number in found]


def chats(*events):
    """The chat of each event, in the order of arrival, numbered as they are met."""
    facts = facts_of(*events)
    numbers = {}
    return [numbers.setdefault(number, len(numbers)) for number in _by_arrival(facts, facts.events.chat)]


def waits(kind, *events, **rules):
    """The waits of a kind in order of beginning: state, seconds (None while waiting), mode, agent."""
    facts = facts_of(*events, **rules)
    rows = facts.waits.cells.table.iloc[facts.waits.cells.code].reset_index(drop=True)
    rows["seconds"] = facts.waits.duration / 1e6
    rows["begin"] = facts.events.time[facts.waits.begin]
    wanted = {"customer": CUSTOMER, "human": HUMAN, "every message": EVERY_MESSAGE, "assignment": ASSIGNMENT}[kind]
    return [
        (
            ("answered", "closed", "waiting", "never", "afterword")[wait.state],
            wait.seconds if wait.state == 0 else None,
            MODES[wait.mode],
            None if wait.agent == NONE else facts.agents[wait.agent],
        )
        for wait in rows[rows["kind"] == wanted].sort_values("begin", kind="stable").itertuples()
    ]


def _by_arrival(facts, values):
    return [value for _, value in sorted(zip(facts.events.row.tolist(), values.tolist(), strict=True))]
