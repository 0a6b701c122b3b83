"""The audit log: every event that it knows is noted once, where it happens, and nothing in it tells of a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from analytics.settings import settings
from analytics.store.audit import SHELL, WHO_ACTS, Actor, Wanted, What, acting, list_entries, note_alone
from analytics.store.database import StoreError
from analytics.store.event_store import open_store_at
from analytics.store.people import People
from analytics.store.preferences import Agent, Preferences, preferences_of, set_preferences
from analytics.store.sign_ins import SignIns
from analytics.store.tables import audit
from analytics.store.write_keys import digest_key
from tests.events_of import received

ANN = Actor("a1b2c3d4", "192.0.2.7")


@pytest.fixture
def store(store_url):
    store = open_store_at(store_url)
    yield store
    store.close()


def noted(store, **wanted):
    """What was noted, the oldest first."""
    return [entry.what for entry in reversed(list_entries(store.database, Wanted(**wanted)))]


def do_everything(store, found):
    """Do each thing that the store notes, with names and secrets in it, and return these."""
    shop = store.create_project("shop").id
    key = store.keys.create("Ann's CRM", "shop")
    store.keys.revoke(store.keys.all()[0].id)
    hook = store.webhooks.create("chatwoot", "Ann's inbox", "shop", "geheim")
    webhook = next(each for each in store.keys.all() if each.system)
    store.webhooks.change_secret(webhook.id, "geheimer")
    done = store.add_import(shop, found(received("06:30")), file="Ann's events.ndjson", digest="", who="ann")
    store.undo_import(shop, done.id)
    store.delete_test_events(shop)
    link = "https://x.example/{chatId}"
    named = Preferences(target_seconds=600, agents={"a1": Agent(name="Ann Lee")}, crm_link=link)
    set_preferences(store.settings, shop, named)
    people = People(store.database)
    ann = people.grant("ann@shop.example", "admin", "shop", sees_in_full=True)
    sessions = SignIns(store.database, timedelta(hours=1), timedelta(hours=1))
    secret = sessions.begin(ann.id, "192.0.2.7")
    sessions.end(digest_key(secret), "192.0.2.7")
    people.sign_out("ann@shop.example")
    people.block("ann@shop.example")
    people.unblock("ann@shop.example")
    people.unbind("ann@shop.example")
    people.withdraw("ann@shop.example", shop)
    return [key, hook.hook_id, hook.verify_token, secret, "geheim", "Ann", "ann@", "+2547", "x.example"]


def test_what_changes_something_is_noted_once_and_in_order(store, found):
    do_everything(store, found)
    assert noted(store) == [
        "key made", "key revoked", "key made", "secret changed", "imported", "import undone", "test events deleted",
        "settings changed", "role given", "signed in", "signed out", "sessions ended", "blocked", "unblocked",
        "unbound",
        "role taken",
    ]  # fmt: skip


def test_nothing_in_it_tells_a_phone_a_name_a_key_or_an_address(store, caplog, found):
    caplog.set_level("INFO", "analytics.store.audit")
    hidden = do_everything(store, found)
    told = json.dumps([[str(each.at), each.who, each.from_where, each.details] for each in list_entries(
        store.database, Wanted()
    )])  # fmt: skip
    logged = "\n".join(str(record.msg) for record in caplog.records)
    assert [secret for secret in hidden if secret in told or secret in logged] == []


def test_each_entry_is_one_line_of_the_log(store, caplog, found):
    caplog.set_level("INFO", "analytics.store.audit")
    do_everything(store, found)
    assert [record.msg["audit"] for record in caplog.records] == noted(store)


def test_settings_are_told_with_the_old_and_the_new_value_unless_they_name_people(store):
    shop = store.create_project("shop").id
    set_preferences(store.settings, shop, Preferences(target_seconds=600, agents={"a1": Agent(name="Ann Lee")}))
    changed = preferences_of(store.settings, shop).model_copy(update={"target_seconds": 300, "silence_hours": 12})
    set_preferences(store.settings, shop, changed)
    set_preferences(store.settings, shop, changed.model_copy(update={"found_start_mode": "bot"}))
    last, first = list_entries(store.database, Wanted())
    assert first.details == {"target_seconds": [None, 600], "agents": "changed"}
    assert last.details == {"target_seconds": [600, 300], "silence_hours": [None, 12]}


def test_who_acts_is_who_is_said_to_else_whom_the_process_knows_else_the_shell(store, monkeypatch):
    note_alone(store.database, What.BACKED_UP)
    monkeypatch.setattr("analytics.store.audit.WHO_ACTS", [lambda: None, lambda: ANN])
    note_alone(store.database, What.BACKED_UP)
    with acting(Actor("local", "127.0.0.1")):
        note_alone(store.database, What.BACKED_UP)
    by = [(entry.who, entry.from_where) for entry in reversed(list_entries(store.database, Wanted()))]
    assert by == [(SHELL.who, SHELL.from_where), (ANN.who, ANN.from_where), ("local", "127.0.0.1")]
    assert WHO_ACTS == []


def test_what_fails_is_not_noted(store, found):
    shop = store.create_project("shop").id
    import_id = store.add_import(shop, found(received("06:30")), file="a", digest="").id
    store.undo_import(shop, import_id)
    with pytest.raises(StoreError):
        store.undo_import(shop, import_id)
    with pytest.raises(StoreError):
        store.keys.revoke("none")
    with pytest.raises(StoreError):
        store.keys.create("a\0b", "shop")
    assert noted(store) == ["imported", "import undone"]


def test_entries_are_asked_for_by_time_kind_person_and_project(store):
    shop, desk = store.create_project("shop").id, store.create_project("desk").id
    with acting(ANN):
        note_alone(store.database, What.DOWNLOADED, shop, rows=7)
    note_alone(store.database, What.IMPORTED, desk)
    note_alone(store.database, What.BACKED_UP)
    now = datetime.now(UTC)
    assert noted(store, what=("imported", "downloaded")) == ["downloaded", "imported"]
    assert noted(store, who=ANN.who) == ["downloaded"]
    assert noted(store, projects=(desk,)) == ["imported", "backed up"]
    assert noted(store, projects=()) == ["backed up"]
    assert noted(store, most=1) == ["backed up"]
    assert noted(store, since=now) == []
    assert len(noted(store, until=now)) == 3


def test_entries_older_than_they_are_kept_for_are_forgotten_with_the_next(store):
    assert settings().audit_days == 400
    note_alone(store.database, What.BACKED_UP)
    note_alone(store.database, What.RESTORED)
    with store.database.writing() as connection:
        for what, days in (("backed up", 401), ("restored", 399)):
            then = datetime.now(UTC) - timedelta(days=days)
            connection.execute(update(audit).where(audit.c.what == what).values(noted_at=then))
    note_alone(store.database, What.IMPORTED)
    assert noted(store) == ["restored", "imported"]
