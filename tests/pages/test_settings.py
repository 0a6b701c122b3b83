"""What a team sets is kept with its project, said to be, and shows on every page."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.facts.rules import Rules
from analytics.store.preferences import Agent, Hours, Opening, Preferences, preferences_of, set_preferences
from analytics.ui.data.datasets import SAMPLE, datasets

ROOT = Path(__file__).parents[2]


def opened(page="settings", **parameters):
    app = AppTest.from_file(str(ROOT / "analytics" / "ui" / "main.py"), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception
    return app


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception


@pytest.fixture
def kept(store):
    """A function that returns what is kept for the only project."""

    def kept():
        (project,) = store.projects()
        return preferences_of(store.settings, project.id)

    return kept


def test_the_first_that_is_saved_begins_the_project_and_shows_at_once(kept, store):
    app = opened(data=SAMPLE)
    assert "creates the project **default**" in app.markdown[0].value
    assert store.projects() == []
    app.number_input(key="set_target_share").set_value(95)
    app.number_input(key="set_target_minutes").set_value(5)
    press(app, "save_target")
    assert kept() == Preferences(target_share=0.95, target_seconds=300)
    assert [text.value for text in app.success] == [
        "Saved. From now on it shows in the headline and the cards of Overview, on Response times and on Agents."
    ]
    overview = opened("overview", data=SAMPLE)
    assert "Answered within 5 min" in [metric.label for metric in overview.metric]


def test_who_answers_first_and_silence_make_the_facts_anew(kept):
    app = opened(data=SAMPLE)
    app.radio(key="set_start_mode").set_value("agent")
    app.number_input(key="set_silence_hours").set_value(6)
    press(app, "save_conversations")
    assert kept() == Preferences(start_mode="agent", silence_hours=6)
    opened("bot_and_handoffs", data=SAMPLE)
    assert datasets().get(SAMPLE).facts.rules == Rules(start_mode="agent", silence=timedelta(hours=6))


def test_it_is_said_who_answers_first_and_why_and_saving_as_found_finds_it_anew(kept, store):
    app = opened(data=SAMPLE)
    told = [caption.value for caption in app.caption if "answers first" in caption.value]
    assert len(told) == 1
    assert told[0].startswith("The bot answers first, as we found in the events: ")
    project = store.create_project("default")
    set_preferences(store.settings, project.id, Preferences(found_start_mode="agent"))
    app = opened(data=SAMPLE)
    press(app, "save_conversations")
    assert kept() == Preferences()


def test_what_is_counted_by_other_limits_is_kept(kept):
    app = opened(data=SAMPLE)
    app.toggle(key="set_assignments_route").set_value(True)
    app.number_input(key="set_never_answered_hours").set_value(48)
    app.number_input(key="set_reply_hours").set_value(12)
    app.number_input(key="set_stay_days").set_value(14)
    press(app, "save_conversations")
    assert kept() == Preferences(assignments_route=True, never_answered_hours=48, reply_hours=12, stay_days=14)


def test_what_cannot_be_saved_is_told_and_nothing_is_changed(kept):
    app = opened()
    app.text_input(key="set_crm_link").set_value("https://crm.example/chats")
    press(app, "save_cases")
    assert "needs" in app.error[0].value
    assert not app.success
    assert kept() == Preferences()


def test_the_zone_of_the_project_is_that_of_new_links_and_of_this_session(kept):
    app = opened(data=SAMPLE)
    app.selectbox(key="set_timezone").set_value("Asia/Tokyo")
    press(app, "save_zone")
    assert kept() == Preferences(timezone="Asia/Tokyo")
    assert app.query_params["tz"] == "Asia/Tokyo"
    assert opened("overview", data=SAMPLE).query_params["tz"] == "Asia/Tokyo"
    assert opened("overview", data=SAMPLE, tz="Africa/Lagos").query_params["tz"] == "Africa/Lagos"


def test_monday_to_friday_are_filled_at_once_and_always_open_takes_them_back(kept):
    app = opened(data=SAMPLE, tz="Africa/Nairobi")
    app.segmented_control(key="set_opening").set_value("Opening hours").run()
    app.time_input(key="set_opens").set_value(time(7, 30))
    press(app, "fill_opening")
    press(app, "save_opening")
    workday = Hours(opens=time(7, 30), closes=time(17))
    assert kept().opening == Opening(days=(workday,) * 5 + (None, None), timezone="Africa/Nairobi")
    assert app.success[0].value == (
        "Saved. From now on it shows in Response times, where *Business hours only* counts only the open time of waits."
    )
    app.segmented_control(key="set_opening").set_value("Always open").run()
    press(app, "save_opening")
    assert kept().opening is None
    assert app.success[0].value.startswith("Saved. All hours count from now on")


def test_agents_are_taken_from_a_file_after_a_look(kept, store):
    project = store.create_project("default").id
    set_preferences(store.settings, project, Preferences(agents={"a9": Agent(name="Ben")}))
    app = opened(data=SAMPLE)
    app.file_uploader(key="set_roster").set_value(
        ("staff.csv", b"id;name;team\nagent_01;Amina;Sales\n", "text/csv")
    ).run()
    assert "**1 agent**: agentId from “id”" in " ".join(text.value for text in app.markdown)
    assert "agent_01" not in kept().agents
    press(app, "save_roster")
    assert kept().agents == {"a9": Agent(name="Ben"), "agent_01": Agent(name="Amina", team="Sales")}
