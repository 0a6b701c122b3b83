"""Saved views: kept with the project, opened with their filters over any data, replaced, deleted and brought back."""

import json
from urllib.parse import parse_qs

import pytest

from analytics.store.preferences import SavedView, preferences_of
from tests.events_of import handoff, received, sent
from tests.pages.test_pages import ROOT, loaded, opened

EVENTS = [received("06:00", "a"), handoff("06:01"), sent("06:31", "b", agent="amina")]


@pytest.fixture
def token():
    return loaded([json.dumps(event) for event in EVENTS]).token


def views(store):
    return {view.name: view for view in preferences_of(store.settings, store.projects()[0].id).views}


def save(app, name):
    app.text_input(key="view_name").set_value(name).run()
    next(button for button in app.button if button.label == "Save this view").click().run()
    assert not app.exception
    return " ".join(caption.value for caption in app.caption).replace("\u2060", "")


def follow(app, name, page):
    (link,) = (link.proto for link in app.get("page_link") if link.proto.label.replace("\u2060", "") == name)
    assert link.page == page
    app.query_params.clear()
    for key, texts in parse_qs(link.query_string).items():
        app.query_params[key] = texts
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception


def test_a_view_is_kept_with_page_and_filters_but_not_the_data_and_opens_again(store, token):
    app = opened("agents", token, country="KE", tz="Africa/Nairobi", period="Last 7 days")
    assert "“Slow ones” is saved." in save(app, "  Slow   ones ")
    address = {"country": ("KE",), "tz": ("Africa/Nairobi",), "period": ("7d",)}
    assert views(store) == {"Slow ones": SavedView(name="Slow ones", page="agents", address=address)}

    other = opened("overview", token, country="NG")
    follow(other, "Slow ones", "agents")
    assert other.title[0].value == "Agents"
    assert other.session_state["country"] == ["KE"]
    assert other.session_state["period"] == "7d"
    other.multiselect(key="country").set_value([]).run()
    assert other.session_state["country"] == []  # its link is followed once
    follow(other, "Slow ones", "agents")
    assert other.session_state["country"] == ["KE"]


def test_a_name_is_needed_and_the_same_name_replaces(store, token):
    app = opened("overview", token)
    assert "A saved view needs a name." in save(app, " ")
    assert "“Mine” is saved." in save(app, "Mine")
    app.multiselect(key="country").set_value(["KE"]).run()
    assert "“Mine” is replaced." in save(app, "Mine")
    assert views(store)["Mine"].address["country"] == ("KE",)


def test_a_deleted_view_can_be_brought_back(store, token):
    app = opened("overview", token)
    save(app, "Mine")
    app.button(key="no view Mine").click().run()
    assert views(store) == {}
    next(button for button in app.button if button.label.startswith("Bring back")).click().run()
    assert list(views(store)) == ["Mine"]


def test_the_app_opens_with_the_chosen_view_unless_the_address_says_more(token):
    app = opened("settings", token)
    save(app, "Mine")
    app.button(key="first view Mine").click().run()
    assert opened("overview").title[0].value == "Settings"
    assert opened("overview", token).title[0].value == "Overview"
