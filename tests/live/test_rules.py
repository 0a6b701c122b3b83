"""What a project's preferences mean for its facts, and who answers first as it was found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.facts.rules import Rules
from analytics.live.rules import KEPT_FROM_MESSAGES, keep_start_mode, rules_of
from analytics.store.preferences import Agent, Preferences, preferences_of, set_preferences
from tests.events_of import facts_of, sent

PEOPLE = Preferences(found_start_mode="agent")


@pytest.fixture
def shop(store):
    return store.create_project("shop").id


def facts_of_people(messages):
    """Facts of so many messages that people signed."""
    return facts_of(*(sent("06:30", f"m{number}", agent="amina") for number in range(messages)), start_mode="found")


def test_each_preference_is_a_rule():
    chosen = Preferences(
        start_mode="agent",
        silence_hours=2,
        never_answered_hours=48,
        reply_hours=12,
        stay_days=3,
        assignments_route=True,
        agents={"flow 7": Agent(bot=True), "amina": Agent(name="Amina")},
    )
    assert rules_of(chosen, include_test=True) == Rules(
        "agent",
        timedelta(hours=2),
        timedelta(hours=48),
        timedelta(hours=12),
        timedelta(days=3),
        assignments_route=True,
        bots=("flow 7",),
        include_test=True,
    )
    assert rules_of(Preferences()) == Rules()


def test_what_was_found_holds_for_stored_events_alone_and_what_is_set_for_all():
    assert rules_of(PEOPLE).start_mode == "agent"
    assert rules_of(PEOPLE, stored=False).start_mode == "found"
    assert rules_of(Preferences(start_mode="bot", found_start_mode="agent")).start_mode == "bot"


@pytest.mark.parametrize(("messages", "kept"), [(KEPT_FROM_MESSAGES - 1, None), (KEPT_FROM_MESSAGES, "agent")])
def test_from_a_thousand_messages_on_it_is_kept(store, shop, messages, kept):
    keep_start_mode(store.settings, shop, facts_of_people(messages))
    assert preferences_of(store.settings, shop) == Preferences(found_start_mode=kept)


@pytest.mark.parametrize("known", [Preferences(start_mode="bot"), Preferences(found_start_mode="bot")])
def test_what_is_set_or_was_found_before_stays(store, shop, known):
    set_preferences(store.settings, shop, known)
    keep_start_mode(store.settings, shop, facts_of_people(KEPT_FROM_MESSAGES))
    assert preferences_of(store.settings, shop) == known


def test_numbers_with_test_events_keep_nothing(store, shop):
    facts = facts_of_people(KEPT_FROM_MESSAGES)
    keep_start_mode(store.settings, shop, replace(facts, rules=replace(facts.rules, include_test=True)))
    assert preferences_of(store.settings, shop) == Preferences()
