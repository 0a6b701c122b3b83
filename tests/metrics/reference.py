"""What every number means, once more: plain loops over one chat's events, slow and obvious.

Written from the definitions alone, to be compared with the arrays of `analytics.metrics`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import phonenumbers

from analytics.events.identity import identity, message, occurrence

NATURAL_ORDER = (
    "contact.created", "message.received", "agent.handoff", "chat.assigned",
    "message.sent", "message.delivered", "message.read", "message.failed", "chat.resolved",
)  # fmt: skip
STATUSES = ("message.delivered", "message.read", "message.failed")
HANDOVERS = ("agent.handoff", "chat.assigned", "message.sent")
DAY = timedelta(hours=24)


@dataclass(eq=False)
class Told:
    """An event, where it stood in the order of arrival, and what it counts for."""

    place: int
    kind: str
    time: datetime
    user: str
    said: dict[str, Any]
    order: tuple[Any, ...]
    chat: tuple[str, str | None] | None = None
    message: "Told | None" = None
    conversation: "Conversation | None" = None
    mode: str = ""
    agent: str | None = None
    country: str | None = None
    first_of_user: bool = False
    delivered: bool = False
    read: bool = False
    replied: bool = False


@dataclass(eq=False)
class Conversation:
    events: list[Told] = field(default_factory=list)
    statuses: list[Told] = field(default_factory=list)
    over: bool = False
    """Whether another one followed it in its chat."""

    @property
    def first(self):
        return self.events[0]

    @property
    def last(self):
        return self.events[-1]

    @property
    def agents(self):
        return {event.agent for event in self.events + self.statuses}

    @property
    def needed_agent(self):
        return any(event.mode == "agent" for event in self.events + self.statuses)

    @property
    def handoff(self):
        """The first handoff to an agent."""
        to_agent = (e for e in self.events if e.kind == "agent.handoff" and e.said["toMode"] == "agent")
        return next(to_agent, None)

    def outcome(self, now, silence):
        spoken = [event.kind for event in self.events if event.kind in ("message.received", "message.sent")]
        if "message.received" not in spoken:
            return None
        if self.needed_agent:
            return "needed_agent"
        if self.last.kind == "chat.resolved":
            return "solved_by_bot"
        if not self.over and now - self.last.time < silence:
            return "ongoing"
        return "gave_up" if spoken[-1] == "message.received" else "ended_quietly"


@dataclass(eq=False)
class Wait:
    kind: str
    begin: Told
    state: str = "waiting"
    duration: timedelta | None = None
    mode: str = ""
    agent: str | None = None
    to: str | None = None

    def answer(self, reply):
        self.state, self.duration = "answered", reply.time - self.begin.time
        self.mode, self.agent = reply.mode, reply.agent

    def close(self, mode, agent):
        self.state, self.mode, self.agent = "closed", mode, agent


@dataclass
class Story:
    """All that is derived from events; `now` is the time of the newest, also of the unknown ones."""

    events: list[Told]
    conversations: list[Conversation]
    waits: list[Wait]
    now: datetime | None


def told(events, *, start_mode="bot", silence=DAY, reply_window=DAY, include_test=False):
    """Tell the story of events in the guide's format, in their order of arrival."""
    kept = _kept(events, include_test=include_test)
    known = [event for event in kept if event.kind in NATURAL_ORDER]
    _find_chats(known)
    _find_countries(known)
    _mark_firsts(known)
    conversations, waits = [], []
    for chat in sorted({event.chat for event in known}, key=str):
        of_chat = sorted((event for event in known if event.chat == chat), key=lambda event: event.order)
        _Chat(start_mode, silence, conversations, waits).walk(of_chat)
        _find_replies(of_chat, reply_window)
    for event in known:
        if event.message:
            _take_from_message(event)
    return Story(known, conversations, waits, max((event.time for event in kept), default=None))


def _kept(events, *, include_test):
    """The first of each identity, test events left out, each with the place it has among the first ones."""
    seen, kept = set(), []
    for event in events:
        said, kind, user = dict(event["properties"]), event["event"], event["userId"]
        time = datetime.fromisoformat(event["timestamp"])
        micro = (time - datetime.fromisoformat("1970-01-01T00:00:00+00:00")) // timedelta(microseconds=1)
        if kind.startswith("message."):
            subject = message(said["messageId"])
        else:
            other = "" if kind in NATURAL_ORDER else f"{kind} {said}"
            subject = occurrence(user, said.get("chatId"), micro, other)
        if (kind, subject) in seen:
            continue
        seen.add((kind, subject))
        if said.get("agentId") == "(none)":  # nobody is called so
            del said["agentId"]
        rank = NATURAL_ORDER.index(kind) if kind in NATURAL_ORDER else 9
        order = (time, rank, identity(kind, subject))
        if include_test or not event["context"].get("test"):
            kept.append(Told(len(seen) - 1, kind, time, user, said, order))
    return kept


def _find_chats(events):
    messages = {(e.user, e.said["messageId"]): e for e in events if e.kind == "message.sent"}
    named = defaultdict(set)
    for event in events:
        if event.kind in STATUSES:
            event.message = messages.get((event.user, event.said["messageId"]))
        chat_id = (event.message or event).said.get("chatId")
        if chat_id is not None:
            event.chat = (event.user, chat_id)
            named[event.user].add(event.chat)
    for event in events:
        if event.chat is None:
            only = named[event.user] if len(named[event.user]) == 1 else {(event.user, None)}
            (event.chat,) = only


def _find_countries(events):
    of_contact = {}
    for event in sorted(events, key=lambda event: event.order):
        if event.kind == "contact.created" and event.said.get("countryCode"):
            of_contact[event.user] = event.said["countryCode"]
    for event in events:
        said = event.said.get("countryCode") or of_contact.get(event.user)
        event.country = said or _region(event.user)


def _region(number):
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def _mark_firsts(events):
    met = set()
    for event in sorted(events, key=lambda event: event.order):
        if event.kind in ("contact.created", "message.received") and (event.user, event.kind) not in met:
            met.add((event.user, event.kind))
            event.first_of_user = True


class _Chat:
    """What a chat remembers while its events pass by."""

    def __init__(self, start_mode, silence, conversations, waits):
        self.start_mode, self.silence = start_mode, silence
        self.conversations, self.waits = conversations, waits
        self.conversation = None
        self.mode, self.agent = start_mode, None
        self.customer = self.human = self.assignment = None
        self.unanswered = []

    def walk(self, events):
        for event in events:
            if event.message:
                continue
            if event.kind in STATUSES:
                self.note_status(event)
            else:
                self.begin_or_go_on(event)
                before = self.mode, self.agent
                self.attribute(event)
                self.wait(event, before)
                if event.kind == "chat.resolved":
                    self.end_conversation()
        for wait in [self.customer, self.human, self.assignment, *self.unanswered]:
            if wait:
                wait.mode, wait.agent = self.mode, self.agent

    def note_status(self, event):
        """A status whose message is unknown: it changes nothing."""
        running = self.conversation and event.time - self.conversation.last.time < self.silence
        if running:
            event.conversation = self.conversation
            self.conversation.statuses.append(event)
        event.mode = event.said.get("serviceMode") or (self.mode if running else self.start_mode)
        event.agent = event.said.get("agentId") or (self.agent if running else None)

    def begin_or_go_on(self, event):
        if self.conversation and event.time - self.conversation.last.time >= self.silence:
            self.end_conversation()
        if not self.conversation:
            if self.conversations and self.conversations[-1].first.chat == event.chat:
                self.conversations[-1].over = True
            self.conversation = Conversation()
            self.conversations.append(self.conversation)
        self.conversation.events.append(event)
        event.conversation = self.conversation

    def end_conversation(self):
        self.conversation = None
        self.mode, self.agent = self.start_mode, None

    def attribute(self, event):
        mode, agent = event.said.get("serviceMode"), event.said.get("agentId")
        if event.kind == "agent.handoff":
            self.mode = mode or event.said["toMode"]
        elif event.kind == "chat.assigned" or (event.kind == "message.sent" and agent):
            self.mode = mode or "agent"
        if event.kind in HANDOVERS and agent:
            self.agent = agent
        if event.kind == "agent.handoff" and event.said["toMode"] == "bot":
            self.agent = None
        event.mode = mode or self.mode
        event.agent = agent or (None if event.kind == "message.sent" else self.agent)

    def wait(self, event, before):
        to = event.said.get("toMode") if event.kind == "agent.handoff" else None
        if event.kind == "message.received":
            self.customer = self.customer or self.begun("customer", event)
            self.unanswered.append(self.begun("every_message", event))
        if to == "agent" or (event.kind == "message.received" and event.mode == "agent"):
            self.human = self.human or self.begun("human", event)
        if event.kind == "message.sent":
            for wait in [self.customer, *self.unanswered]:
                if wait:
                    wait.answer(event)
            self.customer, self.unanswered = None, []
            mode = event.said.get("serviceMode")
            if self.human and (mode == "agent" or (event.said.get("agentId") and mode != "bot")):
                self.human.answer(event)
                self.human = None
            if self.assignment and self.assignment.to == event.said.get("agentId") and mode != "bot":
                self.assignment.answer(event)
                self.assignment = None
        self.assign(event, before, ends=event.kind == "chat.resolved" or to == "bot")
        if event.kind == "chat.resolved" and self.customer:
            self.customer.close(*before)
            self.customer = None
        if (event.kind == "chat.resolved" or to == "bot") and self.human:
            self.human.close(*before)
            self.human = None

    def assign(self, event, before, *, ends):
        """An assignment waits for the agent's own reply, until it ends or is somebody else's."""
        to = event.agent if event.kind == "chat.assigned" else None
        if self.assignment and (ends or (to and to != self.assignment.to)):
            self.assignment.close(*before)
            self.assignment = None
        if to and not self.assignment:
            self.assignment = self.begun("assignment", event)
            self.assignment.to = to

    def begun(self, kind, event):
        self.waits.append(Wait(kind, event))
        return self.waits[-1]


def _find_replies(events, window):
    message = None
    for event in events:
        if event.kind == "message.sent":
            message = event
        if event.kind == "message.received" and message and event.time - message.time <= window:
            message.replied = True


def _take_from_message(status):
    message = status.message
    if status.kind == "message.delivered":
        message.delivered = True
    elif status.kind == "message.read":
        message.read = True
    status.conversation = message.conversation
    status.conversation.statuses.append(status)
    status.mode = status.said.get("serviceMode") or message.mode
    status.agent = status.said.get("agentId") or message.agent


def metrics(story, chosen, now=None, silence=DAY):
    """The ten metrics of a filter as they stand in the JSON."""
    view = _View(story, chosen, now or story.now, silence)
    return {
        "response_time": view.response_time(),
        "daily_new_contacts": view.contacts(),
        **view.rates(),
        "traffic_by_country": view.countries(),
        "peak_hours": view.hours(),
        "agent_performance": view.agents(),
        "service_modes": view.modes(),
    }


class _View:
    def __init__(self, story, chosen, now, silence):
        self.chosen, self.now, self.silence = chosen, now, silence
        self.zone = ZoneInfo(chosen.timezone)
        self.events = [
            e for e in story.events if self.passes(e, e.country, e.mode) and self.has(e.agent) and self.is_asked_for(e)
        ]
        self.waits = [
            w
            for w in story.waits
            if self.passes(w.begin, w.begin.country, w.mode) and self.has(w.agent) and self.holds(w.begin.conversation)
        ]
        self.conversations = [
            c
            for c in story.conversations
            if self.passes(c.first, c.first.country, "agent" if c.needed_agent else "bot")
            and any(self.has(agent) for agent in c.agents)
            and self.holds(c)
        ]
        self.messages = self.of("message.sent")

    def passes(self, event, country, mode):
        local, chosen = event.time.astimezone(self.zone), self.chosen
        day = local.date()
        return (
            (not chosen.weekdays or local.weekday() in chosen.weekdays)
            and (not chosen.hours or local.hour in chosen.hours)
            and (chosen.first_day is None or day >= chosen.first_day)
            and (chosen.last_day is None or day <= chosen.last_day)
            and (not chosen.countries or (country or "Unknown") in chosen.countries)
            and (not chosen.modes or mode in chosen.modes)
        )

    def has(self, agent):
        return not self.chosen.agents or (agent or "(none)") in self.chosen.agents

    def questions(self):
        """What is asked of messages: which kinds of events are such, by what property, and which values will do."""
        if self.chosen.templates:
            yield ("message.sent",), "templateId", self.chosen.templates
        if self.chosen.content_types:
            yield ("message.sent", "message.received"), "contentType", self.chosen.content_types

    def is_asked_for(self, event):
        return all(self.answers(event, *question) for question in self.questions())

    def answers(self, event, kinds, name, values):
        if event.kind in STATUSES or event.kind in kinds:
            message = event.message or event
            return message.kind in kinds and message.said.get(name) in values
        return self.holds_an_answer(event.conversation, kinds, name, values)

    def holds(self, conversation):
        return all(self.holds_an_answer(conversation, *question) for question in self.questions())

    def holds_an_answer(self, conversation, kinds, name, values):
        return conversation is not None and any(
            self.answers(event, kinds, name, values) for event in conversation.events if event.kind in kinds
        )

    def of(self, kind):
        return [event for event in self.events if event.kind == kind]

    def response_time(self):
        every = self.durations("every_message", self.waits)
        return {
            **self.of_waits("customer"),
            "human": self.of_waits("human"),
            "every_message": every,
        }

    def durations(self, kind, waits):
        done = [w.duration.total_seconds() for w in waits if w.kind == kind and w.state == "answered"]
        median, p90 = np.percentile(done, [50, 90]).tolist() if done else (None, None)
        mean = sum(done) / len(done) if done else None
        return {"median_seconds": median, "mean_seconds": mean, "p90_seconds": p90, "answered": len(done)}

    def of_waits(self, kind):
        waits = [wait for wait in self.waits if wait.kind == kind]
        return {
            **self.durations(kind, waits),
            "waiting": sum(wait.state == "waiting" for wait in waits),
            "closed_without_reply": sum(wait.state == "closed" for wait in waits),
            "within_seconds": {
                str(seconds): self.within(waits, timedelta(seconds=seconds)) for seconds in (60, 300, 900, 3600)
            },
        }

    def within(self, waits, target):
        done = [wait.duration for wait in waits if wait.state == "answered"]
        late = [wait for wait in waits if wait.state == "waiting" and self.now - wait.begin.time > target]
        return share(sum(duration <= target for duration in done), len(done) + len(late))

    def contacts(self):
        created, received = self.of("contact.created"), self.of("message.received")
        return {
            "guide": self.by_day(created),
            "unique": self.by_day([event for event in created if event.first_of_user]),
            "first_time_writers": self.by_day([event for event in received if event.first_of_user]),
        }

    def by_day(self, events):
        days = Counter(event.time.astimezone(self.zone).date().isoformat() for event in events)
        return {"total": len(events), "by_day": dict(sorted(days.items()))}

    def rates(self):
        events = {
            "sent": len(self.messages),
            "delivered": len(self.of("message.delivered")),
            "read": len(self.of("message.read")),
            "replied": len(self.of("message.received")),
        }
        both = {"guide": events, "ledger": funnel(self.messages)}
        steps = {"read_rate": "read", "delivery_rate": "delivered", "reply_rate": "replied"}
        return {
            **{
                rate: {
                    reading: {
                        "numerator": found[step],
                        "denominator": found["sent"],
                        "value": share(found[step], found["sent"]),
                    }
                    for reading, found in both.items()
                }
                for rate, step in steps.items()
            },
            "message_funnel": both,
        }

    def countries(self):
        return dict(Counter(event.country or "Unknown" for event in self.of("message.received")))

    def hours(self):
        grid = [[0] * 24 for _ in range(7)]
        for event in self.of("message.received"):
            local = event.time.astimezone(self.zone)
            grid[local.weekday()][local.hour] += 1
        return {"by_hour": [sum(hour) for hour in zip(*grid, strict=True)], "by_weekday_hour": grid}

    def agents(self):
        everyone = {event.agent for event in self.events} | {w.agent for w in self.replies()}
        everyone |= {agent for c in self.conversations for agent in c.agents if self.has(agent)}
        return {agent or "(none)": self.agent(agent) for agent in everyone}

    def replies(self):
        return [wait for wait in self.waits if wait.kind == "human" and wait.state == "answered"]

    def agent(self, agent):
        events = [event for event in self.events if event.agent == agent]
        done = [wait.duration.total_seconds() for wait in self.replies() if wait.agent == agent]
        median, p90 = np.percentile(done, [50, 90]).tolist() if done else (None, None)
        messages = [event for event in events if event.kind == "message.sent"]
        to_agent = [e for e in events if e.kind == "agent.handoff" and e.said["toMode"] == "agent"]
        return {
            "events": dict(Counter(event.kind for event in events)),
            "conversations": sum(agent in conversation.agents for conversation in self.conversations),
            "messages_sent": len(messages),
            "replies": len(done),
            "median_response_seconds": median,
            "p90_response_seconds": p90,
            "resolved": sum(event.kind == "chat.resolved" for event in events),
            "handoffs": len(to_agent),
            "read_rate": share(funnel(messages)["read"], len(messages)),
        }

    def modes(self):
        by_mode = {
            mode: dict(Counter(event.kind for event in self.events if event.mode == mode)) for mode in ("bot", "agent")
        }
        names = ("needed_agent", "solved_by_bot", "gave_up", "ended_quietly", "ongoing")
        outcomes = Counter(conversation.outcome(self.now, self.silence) for conversation in self.conversations)
        counts = {name: outcomes[name] for name in names}
        alone = counts["solved_by_bot"] + counts["ended_quietly"]
        decided = sum(counts.values()) - counts["ongoing"]
        return {**by_mode, "outcomes": {**counts, "finished_without_agent": share(alone, decided)}}


def funnel(messages):
    replied = [message for message in messages if message.replied]
    read = [message for message in messages if message.read or message.replied]
    delivered = [message for message in messages if message.delivered or message.read or message.replied]
    return {
        "sent": len(messages), "delivered": len(delivered), "read": len(read), "replied": len(replied)
    }  # fmt: skip


def share(part, whole):
    return part / whole if whole else None
