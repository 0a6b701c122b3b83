"""Who answers first is said in words, with what the events say of it."""

import pytest

from analytics.facts.start import Evidence
from analytics.words.start_mode import say_misfit, say_start_mode, say_why
from tests.events_of import facts_of, handoff, sent


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (
            Evidence(sent=30, written=20, signed=20),
            "people answer first, as no event shows a bot, and 20 of 20 messages that are no templates name an agent",
        ),
        (Evidence(bot_handoffs=1, written=1), "the bot answers first, as 1 handoff is from or to a bot"),
        (Evidence(bot_events=2, written=1), "the bot answers first, as 2 events name it"),
        (Evidence(sent=4), "the bot answers first, as nobody has written a message that is no template"),
        (
            Evidence(sent=2, written=2, signed=1),
            "the bot answers first, as only 1 of 2 messages that are no templates name an agent, fewer than 95 %",
        ),
    ],
)
def test_the_evidence_is_said(found, why):
    assert say_why(found) == f"The events say: {why}."


def test_it_is_said_whether_it_was_found_or_set():
    events = [sent("06:30", agent="amina")]
    assert say_start_mode(facts_of(*events, start_mode="found")) == "People answer first, as found in the events."
    assert say_start_mode(facts_of(*events, start_mode="bot")) == "The bot answers first, as it stands in Settings."


def test_events_that_no_longer_fit_are_said():
    events = [sent("06:30", agent="amina")]
    assert say_misfit(facts_of(*events, start_mode="found")) == ""
    assert say_misfit(facts_of(*events, start_mode="agent")) == ""
    assert say_misfit(facts_of(*events, handoff("06:31"), start_mode="agent")).startswith(
        "People answer first, as it stands in Settings. The events say: the bot answers first, as 1 handoff"
    )
