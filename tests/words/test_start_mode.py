"""Who answers first is said in words, with what the events say of it."""

import pytest

from analytics.words.start_mode import explain_start_mode, say_misfit, say_start_mode
from tests.events_of import facts_of, handoff, received, sent

SIGNED, UNSIGNED, TEMPLATE = sent("06:30", agent="amina"), sent("06:31"), sent("06:32", template="welcome")


@pytest.mark.parametrize(
    ("events", "who", "why"),
    [
        ([SIGNED], "People", "no event shows a bot, and 1 of 1 message without a template names an agent"),
        ([SIGNED, handoff("06:33")], "The bot", "1 handoff is from or to a bot"),
        ([received("06:33", mode="bot")], "The bot", "1 event names a bot"),
        ([TEMPLATE], "The bot", "nobody has sent a message without a template"),
        ([SIGNED, UNSIGNED], "The bot", "only 1 of 2 messages without a template names an agent, fewer than 95 %"),
    ],
)
def test_what_was_found_is_said_with_its_reason(events, who, why):
    verb = "answer" if who == "People" else "answers"
    said = explain_start_mode(facts_of(*events, start_mode="found"))
    assert said == f"{who} {verb} first, as we found in the events: {why}."


def test_it_is_said_whether_it_was_found_or_set():
    assert say_start_mode(facts_of(SIGNED, start_mode="found")) == "People answer first, as we found in the events."
    assert say_start_mode(facts_of(SIGNED, start_mode="bot")) == "The bot answers first, as set in Settings."


def test_events_that_fit_what_was_set_say_so_and_others_contradict_it():
    assert explain_start_mode(facts_of(SIGNED, start_mode="agent")) == (
        "People answer first, as set in Settings: "
        "no event shows a bot, and 1 of 1 message without a template names an agent."
    )
    assert say_misfit(facts_of(SIGNED, start_mode="found")) == ""
    assert say_misfit(facts_of(SIGNED, start_mode="agent")) == ""
    assert say_misfit(facts_of(SIGNED, handoff("06:31"), start_mode="agent")) == (
        "People answer first, as set in Settings. "
        "But the events say that the bot answers first: 1 handoff is from or to a bot."
    )
