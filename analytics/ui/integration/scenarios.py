"""Scenarios: whole conversations, also late, out of order or broken, each with the expected answer."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.events import samples
from analytics.events.samples import Event
from analytics.sending.answer import Answer
from analytics.sending.client import Client, batch
from analytics.sending.trouble import Trouble
from analytics.ui.browser.session import Key
from analytics.ui.integration.connection import Connection
from analytics.words import display, integration_tabs
from analytics.words.escape import for_markdown


@dataclass(frozen=True)
class ExpectedAnswer:
    """The expected answer: counts, the field and code of each rejected event, or why nothing is taken."""

    accepted: int = 0
    duplicates: int = 0
    errors: tuple[tuple[str, str], ...] = ()
    warnings: int = 0
    trouble: Trouble | None = None

    @classmethod
    def of(cls, answer: Answer) -> "ExpectedAnswer":
        """Return an answer in this form, to be compared."""
        return cls(
            answer.accepted,
            answer.duplicates,
            tuple((error.field, error.code) for error in answer.errors),
            len(answer.warnings),
            answer.failure.trouble if answer.failure else None,
        )

    def __str__(self) -> str:
        """Return it in words."""
        if self.trouble:
            return f"not taken: {display.words(self.trouble.name.lower())}"
        parts = [
            f"{self.accepted} accepted" if self.accepted else "",
            display.with_noun(self.duplicates, "duplicate") if self.duplicates else "",
            *(f"{field or 'event'} rejected ({code})" for field, code in self.errors),
            display.with_noun(self.warnings, "warning") if self.warnings else "",
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Request:
    """A request of a scenario, and the answer to expect."""

    body: bytes
    expected: ExpectedAnswer


@dataclass(frozen=True)
class Scenario:
    """A scenario: what happens and why it matters. A `broken` one is only checked, so that nothing of it is kept."""

    name: str
    about: str
    requests: Callable[[], list[Request]]
    broken: bool = False


def draw(connection: Connection | None) -> None:
    """Draw the tab."""
    known = {scenario.name: scenario for scenario in SCENARIOS}
    chosen = known[st.selectbox("Scenario", known, key="scenario", persist_state="session")]
    st.caption(chosen.about + (f" {integration_tabs.ONLY_CHECKED}" if chosen.broken else ""))
    with st.container(horizontal=True):
        disabled = connection is None
        one = st.button("Run this scenario", type="primary", icon=":material/play_arrow:", disabled=disabled)
        every = st.button("Run all", icon=":material/playlist_play:", disabled=disabled)
    if connection and (one or every):
        with st.spinner("Running"), connection.client() as client:
            wanted = SCENARIOS if every else [chosen]
            st.session_state[Key.TEST_SCENARIOS] = [
                line for scenario in wanted for line in run_scenario(client, scenario)
            ]
    if lines := st.session_state.get(Key.TEST_SCENARIOS):
        _draw_result(lines)


@dataclass(frozen=True)
class ScenarioResult:
    """The result of one request of a scenario."""

    scenario: str
    expected: ExpectedAnswer
    answer: Answer

    @property
    def is_met(self) -> bool:
        """Whether the answer is the expected one."""
        return ExpectedAnswer.of(self.answer) == self.expected


def run_scenario(client: Client, scenario: Scenario) -> list[ScenarioResult]:
    """Post the requests of a scenario one after the other."""
    return [
        ScenarioResult(scenario.name, request.expected, client.post(request.body, dry_run=scenario.broken))
        for request in scenario.requests()
    ]


def _draw_result(lines: Sequence[ScenarioResult]) -> None:
    met = sum(line.is_met for line in lines)
    if met == len(lines):
        st.success(
            f"**As expected:** {display.with_noun(met, 'answer')} of {len(lines)}.", icon=":material/check_circle:"
        )
    else:
        st.error(f"**{len(lines) - met} of {display.with_noun(len(lines), 'answer')} are not as expected.**")
    st.table(
        pd.DataFrame(
            [
                {
                    "": ":green[:material/check_circle:]" if line.is_met else ":red[:material/cancel:]",
                    "Scenario": for_markdown(line.scenario),
                    "Expected": for_markdown(str(line.expected)),
                    "Answered": for_markdown(_describe_answer(line)),
                }
                for line in lines
            ]
        ),
        hide_index=True,
        border="horizontal",
    )


def _describe_answer(line: ScenarioResult) -> str:
    """Return the answer in words; for a rejected event, the message that its sender gets."""
    answer = line.answer
    if answer.failure:
        return str(answer.failure)
    taken = str(replace(ExpectedAnswer.of(answer), errors=()))
    return "; ".join(filter(None, [taken, *(f"{error.field}: {error.message}" for error in answer.errors)]))


def _find_event(name: str, events: Sequence[Event]) -> Event:
    return next(event for event in events if event["event"] == name)


def _make_request(events: Sequence[Event], **expected: Any) -> Request:
    return Request(batch(samples.as_json(events)), ExpectedAnswer(**expected))


def _bot_alone() -> list[Request]:
    talk = [event for event in samples.make_conversation(test=True) if event["event"] != "agent.handoff"]
    for event in talk:
        event["properties"].pop("agentId", None)
    return [_make_request(talk, accepted=6)]


def _with_agent() -> list[Request]:
    talk = samples.make_conversation(test=True)
    handoff = _find_event("agent.handoff", talk)
    properties = {name: handoff["properties"][name] for name in ("chatId", "agentId")}
    return [_make_request([*talk, {**handoff, "event": "chat.assigned", "properties": properties}], accepted=8)]


def _out_of_order() -> list[Request]:
    talk = samples.make_conversation(test=True)
    late = [event for event in talk if event["event"] in ("message.sent", "contact.created")]
    early = [event for event in reversed(talk) if event not in late]
    return [_make_request(early, accepted=5), _make_request(late, accepted=2)]


def _sent_three_times() -> list[Request]:
    talk = samples.make_conversation(test=True)
    return [
        _make_request(talk, accepted=7),
        _make_request(talk, duplicates=7),
        _make_request([*talk, *talk], duplicates=14),
    ]


def _unknown_event() -> list[Request]:
    return [
        _make_request([{**samples.make_sample("chat.resolved"), "event": "cart.abandoned"}], accepted=1, warnings=1)
    ]


def _number_in_quotes() -> list[Request]:
    event = samples.make_sample("chat.resolved")
    event["properties"]["messageCount"] = "12"
    return [_make_request([event], accepted=1, warnings=1)]


def _break_sample(name: str, field: str, code: str, **changes: Any) -> Callable[[], list[Request]]:
    """Return the requests of a scenario with one event that is good except for `changes`; None removes a property."""

    def requests() -> list[Request]:
        event = samples.make_sample(name)
        properties = {**event["properties"], **changes.get("properties", {})}
        broken = {
            **event,
            **changes,
            "properties": {key: value for key, value in properties.items() if value is not None},
        }
        return [_make_request([broken], errors=((field, code),))]

    return requests


def _one_among_good() -> list[Request]:
    talk = samples.make_conversation(test=True)[:3]
    talk[1]["properties"]["direction"] = "outbound"
    return [_make_request(talk, accepted=2, errors=(("properties.direction", "literal_error"),))]


def _no_batch() -> list[Request]:
    event = json.dumps(samples.make_sample("message.read")).encode()
    return [Request(event, ExpectedAnswer(trouble=Trouble.NOT_UNDERSTOOD))]


SCENARIOS = (
    Scenario("The bot alone", "A new customer asks. The bot answers and solves it without an agent.", _bot_alone),
    Scenario("Passed to an agent", "The bot passes the chat on. An agent is assigned and resolves it.", _with_agent),
    Scenario(
        "Late and out of order",
        "Statuses arrive before their message, and the contact arrives last. The order of arrival changes nothing.",
        _out_of_order,
    ),
    Scenario(
        "Sent three times",
        "The same events come again, as after a lost answer. Each is stored once.",
        _sent_three_times,
    ),
    Scenario(
        "An event of your own",
        "An event with another name is kept with a warning. It is part of no metric.",
        _unknown_event,
    ),
    Scenario(
        "One broken event among good ones",
        "The good events are taken. The answer names the broken one.",
        _one_among_good,
        broken=True,
    ),
    Scenario(
        "A local phone number",
        "Without a country code nobody knows whose number it is.",
        _break_sample("message.received", "userId", "phone_no_country_code", userId="0712345678"),
        broken=True,
    ),
    Scenario(
        "A phone number from Excel",
        "A spreadsheet has rounded the number. Its last digits are lost.",
        _break_sample("message.received", "userId", "phone_precision_lost", userId="2.54713E+11"),
        broken=True,
    ),
    Scenario(
        "A time without a zone",
        "The time means something else in each time zone.",
        _break_sample("message.sent", "timestamp", "timestamp_no_offset", timestamp="2026-01-20T06:30:00"),
        broken=True,
    ),
    Scenario(
        "A time in the future",
        "The time is more than a day ahead, so a clock must be wrong.",
        _break_sample("message.sent", "timestamp", "timestamp_in_future", timestamp="2099-01-20T06:30:00Z"),
        broken=True,
    ),
    Scenario(
        "A status without its message",
        "Without a messageId nobody knows which message was read.",
        _break_sample("message.read", "properties.messageId", "missing", properties={"messageId": None}),
        broken=True,
    ),
    Scenario(
        "A number in quotes",
        "JSON numbers have no quotes. An optional property that cannot be used is left out, but its event counts.",
        _number_in_quotes,
    ),
    Scenario(
        "Another channel",
        "This app takes only WhatsApp events.",
        _break_sample("message.received", "context.channel", "literal_error", context={"channel": "sms", "test": True}),
        broken=True,
    ),
    Scenario("An event without a batch", "A request must hold a list of events named batch.", _no_batch, broken=True),
)
