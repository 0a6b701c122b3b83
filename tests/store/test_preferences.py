"""What a team sets for its project is kept, checked, and falls back to what holds without it."""

from datetime import time, timedelta

import pytest
from pydantic import ValidationError

from analytics.store.preferences import (
    Agent,
    Hours,
    Opening,
    Preferences,
    list_problems,
    preferences_of,
    set_preferences,
)

WORKDAY = Hours(opens=time(8), closes=time(17, 30))
CHOSEN = Preferences(
    target_share=0.9,
    target_seconds=300,
    opening=Opening(days=(WORKDAY,) * 5 + (None, None), timezone="Africa/Nairobi"),
    timezone="Africa/Lagos",
    start_mode="agent",
    silence_hours=12,
    never_answered_hours=48,
    reply_hours=12,
    stay_days=14,
    assignments_route=True,
    agents={"a1": Agent(name="Amina", team="Sales"), "a2": Agent(team="Sales"), "a3": Agent(name="Chidi")},
    crm_link="https://crm.example/chats/{chatId}",
    show_phones=True,
)


def test_without_anything_set_the_defaults_hold(store, shop):
    assert preferences_of(store.settings, shop) == Preferences()
    assert Preferences().target == timedelta(minutes=15)


def test_what_is_set_is_kept_and_taken_back(store, shop):
    set_preferences(store.settings, shop, CHOSEN)
    assert preferences_of(store.settings, shop) == CHOSEN
    set_preferences(store.settings, shop, Preferences())
    assert preferences_of(store.settings, shop) == Preferences()
    assert store.settings.of(shop) == {}


def test_a_value_that_cannot_be_read_falls_back_and_the_others_hold(store, shop):
    store.settings.change(shop, {"target_share": "most", "opening": {"days": []}, "silence_hours": 12, "new": 1})
    assert preferences_of(store.settings, shop) == Preferences(silence_hours=12)


def test_other_settings_of_the_project_stay(store, shop):
    store.settings.change(shop, {"matching a": {}})
    set_preferences(store.settings, shop, CHOSEN)
    assert store.settings.of(shop)["matching a"] == {}


def test_bots_are_the_agents_that_are_said_to_be():
    chosen = Preferences(agents={"flow 7": Agent(bot=True), "a1": Agent(name="Amina"), "b": Agent(name="B", bot=True)})
    assert chosen.bots == ("b", "flow 7")


def test_a_team_is_its_agents():
    assert CHOSEN.teams == {"Sales": ("a1", "a2")}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"target_share": 0.0}, "above 0 % and at most 100 %"),
        ({"target_seconds": 0}, "between a second and 7 days"),
        ({"silence_hours": 0}, "between 1 hour and 30 days"),
        ({"never_answered_hours": 0}, "never answered must be between 1 hour and 30 days"),
        ({"reply_hours": 721}, "between 1 hour and 30 days"),
        ({"stay_days": 91}, "between 1 and 90 days"),
        ({"timezone": "Mars/Olympus"}, "'Mars/Olympus' is not a time zone"),
        ({"crm_link": "javascript:alert({chatId})"}, "must begin with https:// or http://"),
        ({"crm_link": "https://crm.example/chats"}, "needs {chatId}"),
        ({"crm_link": "https://{chatId}.example/"}, "after the host"),
        ({"crm_link": "https://crm.example/{chatId} x"}, "without spaces"),
        ({"crm_link": "https://[crm/{chatId}"}, "is not an address"),
        ({"agents": {"": Agent(name="Amina")}}, "needs an agentId"),
        ({"agents": {"a": {"name": "Ami\0na"}}}, "cannot have the character NUL"),
        ({"views": ({"name": "Ken\0ya", "page": "", "address": {}},)}, "cannot have the character NUL"),
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong, said):
    with pytest.raises(ValidationError) as refused:
        Preferences(**wrong)
    assert said in list_problems(refused.value)[0]


@pytest.mark.parametrize(
    ("days", "said"),
    [((None,) * 7, "at least one open day"), ((WORKDAY,), "seven days")],
)
def test_opening_hours_name_seven_days_one_of_them_open(days, said):
    with pytest.raises(ValidationError) as refused:
        Opening(days=days, timezone="UTC")
    assert said in list_problems(refused.value)[0]
