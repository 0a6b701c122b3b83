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
TALK = ("message.received", "message.sent")
DAY = timedelta(hours=24)
WEEK = 7 * DAY


@dataclass(eq=False)
class Told:
    """An event, where it stood in the order of arrival, and what it counts for."""

    place: int
    kind: str
    time: datetime
    user: str
    said: dict[str, Any]
    order: tuple[Any, ...]
    by_bot: bool = False
    """Whether it names a bot, and no agent."""
    own_id: str = ""
    """The id it is under; `user` is its customer."""
    chat: tuple[str, str | None] | None = None
    message: "Told | None" = None
    conversation: "Conversation | None" = None
    mode: str = ""
    agent: str | None = None
    country: str | None = None
    first_of_user: bool = False
    delivered: bool = False
    read: bool = False
    failure: "Told | None" = None
    replied: bool = False

    @property
    def failed(self):
        return self.failure is not None and not self.delivered and not self.read

    @property
    def from_customer(self):
        return self.kind == "message.received"

    @property
    def from_us(self):
        """Whether it is a word of ours: a message that failed is none."""
        return self.kind == "message.sent" and not self.failed

    @property
    def from_person(self):
        mode = self.said.get("serviceMode")
        return self.from_us and (mode == "agent" or ("agentId" in self.said and not self.by_bot and mode != "bot"))

    @property
    def leads_to(self):
        return self.said["toMode"] if self.kind == "agent.handoff" else None


@dataclass(eq=False)
class Conversation:
    user: str
    events: list[Told] = field(default_factory=list)
    statuses: list[Told] = field(default_factory=list)
    over: bool = False
    """Whether another one followed it in its chat."""
    silent: bool = False
    """Whether it was silent when it was resolved."""
    afterword: bool = False
    back: datetime | None = None
    """When the customer came back."""

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
    def handoffs(self):
        return [event for event in self.events if event.leads_to == "agent"]

    @property
    def resolved(self):
        return self.last.kind == "chat.resolved"

    @property
    def words(self):
        return [event for event in self.events if event.from_customer or event.from_us]

    @property
    def first_received(self):
        return next((event for event in self.events if event.from_customer), None)

    @property
    def answered(self):
        """Whether we wrote after the customer's first message."""
        heard = False
        for event in self.words:
            heard = heard or event.from_customer
            if heard and event.from_us:
                return True
        return False

    def limit(self, silence, never):
        """How long a silence ends it."""
        unanswered = self.words and self.words[-1].from_customer
        return max(silence, never) if unanswered or self.asked_for_person else silence

    @property
    def asked_for_person(self):
        """Whether no person has written since a handoff to an agent that was not taken back."""
        for event in reversed(self.events):
            if event.from_person or event.leads_to == "bot":
                return False
            if event.leads_to == "agent":
                return True
        return False

    @property
    def waits_for_person(self):
        """Whether the customer has written in it, and no person since."""
        for event in reversed(self.events):
            if event.from_customer or event.from_person:
                return event.from_customer
        return False

    def is_open(self, now, silence, never):
        return not self.resolved and not self.over and now - self.last.time < self.limit(silence, never)

    def outcome(self, now, silence, never):
        if self.first_received is None:
            return None
        if self.afterword:
            return "afterwords"
        if self.needed_agent:
            return "needed_agent"
        if self.resolved and not self.silent:
            return "solved_by_bot" if self.answered else "closed_unanswered"
        if self.is_open(now, silence, never):
            return "ongoing"
        return "gave_up" if self.words[-1].from_customer else "ended_quietly"

    def may_stay_solved(self):
        return self.first_received is not None and self.resolved and not self.silent and not self.afterword

    def stay(self, now, stay):
        """What became of a resolved conversation: whether its customer came back within some days."""
        back = self.back is not None and self.back - self.last.time <= stay
        if now - self.last.time >= stay:
            return "came_back" if back else "stayed"
        return "already_back" if back else "undecided"


@dataclass(eq=False)
class Wait:
    kind: str
    begin: Told
    end: Told | None = None
    state: str = "waiting"
    duration: timedelta | None = None
    mode: str = ""
    agent: str | None = None
    to: str | None = None

    def answer(self, reply):
        self.end, self.state, self.duration = reply, "answered", reply.time - self.begin.time
        self.mode, self.agent = reply.mode, reply.agent

    def close(self, event, never, mode, agent):
        state = "closed" if event.time - self.begin.time < never else "never"
        self.end, self.state, self.mode, self.agent = event, state, mode, agent

    def give_up(self, event, mode, agent):
        """The customer wrote again, in a later conversation."""
        self.end, self.state, self.mode, self.agent = event, "never", mode, agent

    def state_at(self, now, never):
        if self.begin.conversation and self.begin.conversation.afterword and self.kind in ("customer", "human"):
            return "afterword"
        if self.end and self.end.time <= now:
            return self.state
        return "waiting" if now - self.begin.time < never else "never"

    @property
    def had_last_word(self):
        """Whether we had answered before it began: a person, if it waits for one."""
        heard = False
        for event in self.begin.conversation.events:
            if event is self.begin:
                return False
            if event.from_customer:
                heard = True
            elif heard and (event.from_person if self.kind == "human" else event.from_us):
                return True
        return False


@dataclass
class Story:
    """All that is derived from events; `now` is the time of the newest that counts."""

    events: list[Told]
    conversations: list[Conversation]
    waits: list[Wait]
    start_mode: str
    now: datetime | None
    silence: timedelta
    never: timedelta
    stay: timedelta


def told(
    events,
    *,
    start_mode="found",
    silence=DAY,
    never_answered=3 * DAY,
    reply_window=DAY,
    stay=WEEK,
    assignments_route=False,
    bots=(),
    include_test=False,
):
    """Tell the story of events in the guide's format, in their order of arrival."""
    known = _counting(events, bots, include_test=include_test)
    of_id = customers(events, include_test=include_test)
    for event in known:
        event.own_id, event.user = event.user, of_id[event.user]
    _find_chats(known)
    _find_countries(known)
    _mark_firsts(known)
    for event in known:
        if event.message:
            _report_to_message(event)
    if start_mode == "found":
        start_mode = _find_start_mode(known)
    conversations, waits = [], []
    for chat in sorted({event.chat for event in known}, key=str):
        of_chat = sorted((event for event in known if event.chat == chat), key=lambda event: event.order)
        _Chat(start_mode, silence, never_answered, assignments_route, conversations, waits).walk(of_chat)
    for user in {event.user for event in known}:
        of_user = sorted((event for event in known if event.user == user), key=lambda event: event.order)
        _find_replies(of_user, reply_window)
        _find_afterwords([c for c in conversations if c.user == user], of_user)
        _find_returns([c for c in conversations if c.user == user])
    for event in known:
        if event.message:
            _take_from_message(event)
    now = max((event.time for event in known), default=None)
    return Story(known, conversations, waits, start_mode, now, silence, never_answered, stay)


def customers(events, *, include_test=False):
    """The customer of each id, called as the first of their ids; links of duplicates and of other names count."""
    parts = {}

    def join(one, other):
        both = parts.setdefault(one, {one}) | parts.setdefault(other, {other})
        parts.update(dict.fromkeys(both, both))

    for event in events:
        user, said = event["userId"], event["properties"]
        join(user, user)
        join(user, _as_one_number(user))
        if include_test or not event["context"].get("test"):
            for other in filter(None, map(said.get, ("waUserId", "phone", "previousUserId"))):
                join(user, other)
                join(other, _as_one_number(other))
    return {known: min(part) for known, part in parts.items()}


def _as_one_number(known):
    """WhatsApp writes Brazilian numbers with and without a 9, Mexican ones with a 1, Argentinian ones with a 9."""
    country, rest = known[:3], known[3:]
    if country == "+55" and len(rest) == 10 and rest[2] in "6789":
        return f"+55{rest[:2]}9{rest[2:]}"
    if (country, rest[:1]) in (("+52", "1"), ("+54", "9")) and len(rest) == 11:
        return country + rest[1:]
    return known


def _counting(events, bots, *, include_test):
    """The first of each identity, of the contract's names, each with its place among the first ones.

    Test events and the statuses of test messages are left out.
    """
    seen, kept, tests = set(), [], set()
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
        by_bot = said.get("agentId") in bots
        if by_bot:
            said.setdefault("serviceMode", "bot")
        rank = NATURAL_ORDER.index(kind) if kind in NATURAL_ORDER else None
        if event["context"].get("test"):
            if kind == "message.sent":
                tests.add(said["messageId"])
            if not include_test:
                continue
        if rank is not None:
            order = (time, rank, identity(kind, subject))
            kept.append(Told(len(seen) - 1, kind, time, user, said, order, by_bot))
    if include_test:
        return kept
    return [event for event in kept if not (event.kind in STATUSES and event.said["messageId"] in tests)]


def _find_chats(events):
    messages = {e.said["messageId"]: e for e in events if e.kind == "message.sent"}
    named = defaultdict(set)
    for event in events:
        if event.kind in STATUSES:
            event.message = messages.get(event.said["messageId"])
        else:
            event.chat = (event.user, event.said["chatId"])
            named[event.user].add(event.chat)
    for event in events:
        if event.message:
            event.user, event.chat = event.message.user, event.message.chat
        elif event.kind in STATUSES and "chatId" in event.said:
            event.chat = (event.user, event.said["chatId"])
        elif event.kind in STATUSES:
            (event.chat,) = named[event.user] if len(named[event.user]) == 1 else {(event.user, None)}


def _find_countries(events):
    of_contact = {}
    for event in sorted(events, key=lambda event: event.order):
        if event.kind == "contact.created" and event.said.get("countryCode"):
            of_contact[event.user] = event.said["countryCode"]
    for event in events:
        of_message = event.message.said.get("countryCode") if event.message else None
        said = event.said.get("countryCode") or of_message or of_contact.get(event.user)
        event.country = said or _region((event.message or event).own_id)


def _region(number):
    if not number.startswith("+"):
        return number[:2]
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


def _report_to_message(status):
    if status.kind == "message.delivered":
        status.message.delivered = True
    elif status.kind == "message.read":
        status.message.read = True
    else:
        status.message.failure = status


def _find_start_mode(events):
    """Who answers first, as the events have it: people, where no bot shows and people sign what they write."""
    handed = any("bot" in (e.said["fromMode"], e.said["toMode"]) for e in events if e.kind == "agent.handoff")
    if handed or any(event.said.get("serviceMode") == "bot" for event in events):
        return "bot"
    written = [
        event
        for event in events
        if event.kind == "message.sent" and event.said["contentType"] != "template" and "templateId" not in event.said
    ]
    by_people = [event for event in written if "agentId" in event.said or event.said.get("serviceMode") == "agent"]
    return "agent" if written and len(by_people) >= 0.95 * len(written) else "bot"


class _Chat:
    """What a chat remembers while its events pass by."""

    def __init__(self, start_mode, silence, never, assignments_route, conversations, waits):
        self.start_mode, self.silence, self.never = start_mode, silence, never
        self.assignments_route = assignments_route
        self.conversations, self.waits = conversations, waits
        self.conversation = None
        self.mode, self.agent = start_mode, None
        self.before_conversation = start_mode, None
        self.customer = self.human = self.assignment = None
        self.unanswered = []

    def walk(self, events):
        for event in events:
            if event.message:
                continue
            if event.kind in STATUSES:
                self.note_status(event)
            elif event.kind == "chat.resolved" and (self.conversation is None or self.conversation.resolved):
                self.note_outside(event)
            else:
                self.begin_or_go_on(event)
                before = self.mode, self.agent
                self.attribute(event)
                self.wait(event, before)
                if event.kind == "chat.resolved":
                    self.mode, self.agent = self.start_mode, None
        for wait in [self.customer, self.human, self.assignment, *self.unanswered]:
            if wait:
                wait.mode, wait.agent = self.mode, self.agent

    def is_running(self, event):
        conversation = self.conversation
        return (
            conversation is not None
            and not conversation.resolved
            and event.time - conversation.last.time < conversation.limit(self.silence, self.never)
        )

    def note_status(self, event):
        """A status whose message is unknown: it changes nothing."""
        if self.is_running(event):
            event.conversation = self.conversation
            self.conversation.statuses.append(event)
            event.mode = event.said.get("serviceMode") or self.mode
            event.agent = event.said.get("agentId") or self.agent
        else:
            self.note_outside(event)

    def note_outside(self, event):
        event.mode = event.said.get("serviceMode") or self.start_mode
        event.agent = event.said.get("agentId")

    def begin_or_go_on(self, event):
        if event.kind == "chat.resolved":
            self.conversation.silent = not self.is_running(event)
        elif not self.is_running(event):
            if self.conversation:
                self.conversation.over = True
            self.before_conversation = self.mode, self.agent
            self.mode, self.agent = self.start_mode, None
            self.conversation = Conversation(event.user)
            self.conversations.append(self.conversation)
        event.conversation = self.conversation
        self.conversation.events.append(event)

    def attribute(self, event):
        mode, agent = event.said.get("serviceMode"), event.said.get("agentId")
        sets_agent = agent and not event.by_bot
        if event.kind == "agent.handoff":
            self.mode = event.leads_to
            self.agent = agent if sets_agent and self.mode == "agent" else None
        elif event.kind == "chat.assigned" or (event.kind == "message.sent" and agent):
            if not (event.kind == "chat.assigned" and self.assignments_route):
                self.mode = mode or "agent"
            if sets_agent and mode != "bot":
                self.agent = agent
        event.mode = mode or self.mode
        event.agent = agent or (None if event.kind == "message.sent" else self.agent)

    def wait(self, event, before):
        if event.from_customer:
            self.give_up_waits_of_earlier_conversations(event)
            self.customer = self.customer or self.begun("customer", event)
            self.unanswered.append(self.begun("every_message", event))
        if self.asks_for_person(event):
            begin = self.customer.begin if self.customer else event
            self.human = self.human or self.begun("human", begin)
        if event.from_us:
            self.answer(event)
        ends = event.kind == "chat.resolved" or event.leads_to == "bot"
        self.assign(event, before, ends=ends)
        if event.kind == "chat.resolved" and self.customer:
            self.customer.close(event, self.never, *before)
            self.customer = None
        if ends and self.human:
            self.human.close(event, self.never, *before)
            self.human = None

    def give_up_waits_of_earlier_conversations(self, event):
        if self.customer and self.customer.begin.conversation is not event.conversation:
            self.customer.give_up(event, *self.before_conversation)
            self.customer = None
        if self.human and self.human.begin.conversation is not event.conversation:
            self.human.give_up(event, *self.before_conversation)
            self.human = None

    def asks_for_person(self, event):
        if event.kind == "chat.assigned":
            to_bot = event.by_bot or event.said.get("serviceMode") == "bot"
            waits = self.customer or event.conversation.waits_for_person
            return waits and not to_bot and not self.assignments_route
        return event.leads_to == "agent" or (event.from_customer and event.mode == "agent")

    def answer(self, reply):
        if reply.from_person:
            if self.human is None and self.customer:  # a person simply answered
                self.human = self.begun("human", self.customer.begin)
            if self.human:
                self.human.answer(reply)
                self.human = None
            if self.assignment and self.assignment.to == reply.said.get("agentId"):
                self.assignment.answer(reply)
                self.assignment = None
        for wait in [self.customer, *self.unanswered]:
            if wait:
                wait.answer(reply)
        self.customer, self.unanswered = None, []

    def assign(self, event, before, *, ends):
        """An assignment waits for the agent's own reply, until it ends or is somebody else's."""
        to_person = not event.by_bot and event.said.get("serviceMode") != "bot"
        to = event.agent if event.kind == "chat.assigned" and to_person else None
        if self.assignment and (ends or (to and to != self.assignment.to)):
            self.assignment.close(event, self.never, *before)
            self.assignment = None
        if to and not self.assignment:
            self.assignment = self.begun("assignment", event)
            self.assignment.to = to

    def begun(self, kind, event):
        self.waits.append(Wait(kind, event))
        return self.waits[-1]


def _find_replies(events, window):
    """Each message of a customer answers our latest one before it, of the same number of ours."""
    for place, event in enumerate(events):
        if not event.from_customer:
            continue
        number = event.said.get("phoneNumberId")
        for earlier in reversed(events[:place]):
            if earlier.from_us and (not number or earlier.said.get("phoneNumberId") in (None, number)):
                earlier.replied = earlier.replied or event.time - earlier.time <= window
                break


def _find_afterwords(conversations, events):
    resolves = [event for event in events if event.kind == "chat.resolved"]
    for conversation in conversations:
        kinds = Counter(event.kind for event in conversation.events)
        earlier = [resolve.time for resolve in resolves if resolve.order < conversation.first.order]
        conversation.afterword = (
            bool(earlier)
            and conversation.first.time - max(earlier) <= DAY
            and conversation.resolved
            and not kinds["agent.handoff"]
            and not kinds["chat.assigned"]
            and 1 <= kinds["message.received"] <= 2
            and not conversation.answered
        )


def _find_returns(conversations):
    for conversation in conversations:
        if conversation.may_stay_solved():
            returns = [
                other.first_received
                for other in conversations
                if other is not conversation
                and not other.afterword
                and other.words
                and other.words[0].from_customer
                and other.first_received.order > conversation.last.order
            ]
            conversation.back = min((event.time for event in returns), default=None)


def _take_from_message(status):
    message = status.message
    status.conversation = message.conversation
    status.conversation.statuses.append(status)
    status.mode = status.said.get("serviceMode") or message.mode
    status.agent = status.said.get("agentId") or message.agent


def metrics(story, chosen, now=None):
    """All metrics of a filter as they stand in the JSON."""
    view = _View(story, chosen, now or story.now)
    return {
        "response_time": view.response_time(),
        "daily_new_contacts": view.contacts(),
        **view.rates(),
        "traffic_by_country": view.countries(),
        "peak_hours": view.hours(),
        "agent_performance": view.agents(),
        "service_modes": view.modes(),
        "time_to_first_message": view.first_messages([e for e in story.events if e.kind in TALK]),
    }


class _View:
    def __init__(self, story, chosen, now):
        self.chosen, self.now, self.story = chosen, now, story
        self.zone = ZoneInfo(chosen.timezone)
        self.events = [
            e for e in story.events if self.passes(e, e.country, e.mode) and self.has(e.agent) and self.is_asked_for(e)
        ]
        self.waits = [
            w
            for w in story.waits
            if self.passes(w.begin, w.begin.country, w.mode) and self.has(w.agent) and self.holds(w.begin.conversation)
        ]
        of_anybody = [
            c
            for c in story.conversations
            if self.passes(c.first, c.first.country, "agent" if c.needed_agent else "bot") and self.holds(c)
        ]
        self.conversations = [c for c in of_anybody if any(self.has(agent) for agent in c.agents)]
        self.solved = [c for c in of_anybody if c.may_stay_solved() and self.has(c.last.agent)]
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
        every = self.durations([wait for wait in self.waits if wait.kind == "every_message"])
        return {
            **self.of_waits("customer"),
            "human": self.of_waits("human"),
            "every_message": every,
        }

    def state(self, wait):
        return wait.state_at(self.now, self.story.never)

    def durations(self, waits):
        done = [wait.duration.total_seconds() for wait in waits if self.state(wait) == "answered"]
        median, p90 = np.percentile(done, [50, 90]).tolist() if done else (None, None)
        mean = sum(done) / len(done) if done else None
        return {"median_seconds": median, "mean_seconds": mean, "p90_seconds": p90, "answered": len(done)}

    def of_waits(self, kind):
        waits = [wait for wait in self.waits if wait.kind == kind]
        states = Counter(self.state(wait) for wait in waits)
        return {
            **self.durations(waits),
            "waiting": states["waiting"],
            "never_answered": states["never"],
            "closed_without_reply": states["closed"],
            "within_seconds": {
                str(seconds): self.within(waits, timedelta(seconds=seconds)) for seconds in (60, 300, 900, 3600)
            },
        }

    def within(self, waits, target):
        done = [wait.duration for wait in waits if self.state(wait) == "answered"]
        never = [wait for wait in waits if self.state(wait) == "never"]
        late = [wait for wait in waits if self.state(wait) == "waiting" and self.now - wait.begin.time > target]
        return share(sum(duration <= target for duration in done), len(done) + len(never) + len(late))

    def contacts(self):
        created, received = self.of("contact.created"), self.of("message.received")
        return {
            "guide": self.by_day(created),
            "unique": self.by_day([event for event in created if event.first_of_user]),
            "first_time_writers": self.by_day([event for event in received if event.first_of_user]),
        }

    def first_messages(self, talk):
        created = self.of("contact.created")
        firsts = [event for event in created if event.first_of_user]
        return {"guide": self.until_talk(created, talk), "unique": self.until_talk(firsts, talk)}

    def until_talk(self, contacts, talk):
        since = [[e.time - one.time for e in talk if e.user == one.user and e.time >= one.time] for one in contacts]
        took = [min(times).total_seconds() for times in since if times]
        median = float(np.median(took)) if took else None
        return {"median_seconds": median, "contacts": len(took), "without_message": len(since) - len(took)}

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
        found = {
            rate: {
                reading: {
                    "numerator": reached[step],
                    "denominator": reached["sent"],
                    "value": share(reached[step], reached["sent"]),
                }
                for reading, reached in both.items()
            }
            for rate, step in steps.items()
        }
        failed = [event for event in self.messages if event.failed]
        found["delivery_rate"]["undelivered"] = {
            "failed": len(failed),
            "pending": len(self.messages) - both["ledger"]["delivered"] - len(failed),
            "by_code": dict(Counter(event.failure.said.get("errorCode", "unknown") for event in failed)),
        }
        return {**found, "message_funnel": both}

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
        return [wait for wait in self.waits if wait.kind == "human" and self.state(wait) == "answered"]

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
        names = (
            "needed_agent", "solved_by_bot", "closed_unanswered", "gave_up", "ended_quietly", "ongoing", "afterwords",
        )  # fmt: skip
        story = self.story
        outcomes = Counter(c.outcome(self.now, story.silence, story.never) for c in self.conversations)
        counts = {name: outcomes[name] for name in names}
        alone = counts["solved_by_bot"] + counts["ended_quietly"]
        decided = sum(counts.values()) - counts["ongoing"] - counts["afterwords"]
        return {
            **by_mode,
            "outcomes": {**counts, "finished_without_agent": share(alone, decided)},
            "stayed_solved": self.stayed_solved(),
        }

    def stayed_solved(self):
        found = Counter(conversation.stay(self.now, self.story.stay) for conversation in self.solved)
        return {
            "stayed": found["stayed"],
            "came_back": found["came_back"],
            "undecided": found["undecided"] + found["already_back"],
            "already_back": found["already_back"],
            "value": share(found["stayed"], found["stayed"] + found["came_back"]),
        }


def funnel(messages):
    replied = [message for message in messages if message.replied]
    read = [message for message in messages if message.read or message.replied]
    delivered = [message for message in messages if message.delivered or message.read or message.replied]
    return {
        "sent": len(messages), "delivered": len(delivered), "read": len(read), "replied": len(replied)
    }  # fmt: skip


def share(part, whole):
    return part / whole if whole else None
