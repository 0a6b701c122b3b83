"""Who answers first, as the events have it."""

import pytest

from analytics.facts.start import Evidence
from tests.events_of import assigned, facts_of, handoff, received, resolved, sent

SIGNED = [received("06:30"), sent("06:31", agent="amina"), resolved("06:32")]


def found(*events, **rules):
    return facts_of(*events, start_mode="found", **rules).start_mode


def test_people_answer_first_where_they_sign_and_no_bot_shows():
    assert found(*SIGNED) == "agent"
    assert found(received("06:30"), sent("06:31", mode="agent")) == "agent"


@pytest.mark.parametrize(
    "sign",
    [
        handoff("06:33", "agent", agent="amina"),
        handoff("06:33", "bot"),
        received("06:33", mode="bot"),
        sent("06:33", mode="bot", agent="flow 7"),
        resolved("06:33", mode="bot"),
    ],
)
def test_any_sign_of_a_bot_says_that_the_bot_answers_first(sign):
    assert found(*SIGNED, sign) == "bot"


@pytest.mark.parametrize(("unsigned", "mode"), [(1, "agent"), (2, "bot")])
def test_of_what_people_write_19_of_20_are_signed(unsigned, mode):
    written = [sent(f"06:{minute:02}", agent="amina") for minute in range(19)]
    others = [sent(f"07:{minute:02}") for minute in range(unsigned)]
    assert found(*written, *others) == mode


@pytest.mark.parametrize("template", [{"content": "template"}, {"template": "order_update"}])
def test_templates_are_nobodys_writing(template):
    assert found(*SIGNED, *(sent(f"07:{minute:02}", **template) for minute in range(30))) == "agent"


def test_where_nobody_writes_the_bot_answers_first():
    assert found() == "bot"
    assert found(received("06:30"), assigned("06:31", "amina")) == "bot"


def test_an_agent_that_settings_call_a_bot_is_a_sign_of_one():
    assert found(*SIGNED, sent("06:33", agent="flow 7"), bots=("flow 7",)) == "bot"


def test_test_events_and_statuses_of_test_messages_say_nothing():
    assert found(*SIGNED, handoff("06:33", test=True)) == "agent"
    assert found(*SIGNED, handoff("06:33", test=True), include_test=True) == "bot"


def test_what_was_found_is_told_with_its_evidence():
    facts = facts_of(*SIGNED, handoff("06:33"), sent("06:34", template="order_update"), start_mode="found")
    assert facts.evidence == Evidence(bot_handoffs=1, bot_events=0, sent=2, written=1, signed=1)


def test_a_mode_that_is_set_stands_whatever_the_events_say():
    facts = facts_of(*SIGNED, start_mode="bot")
    assert (facts.start_mode, facts.evidence.mode) == ("bot", "agent")
