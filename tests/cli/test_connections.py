"""Connections from a shell: made, listed and removed; secrets are asked for, never named on the command line."""

import io
import sys

import pytest

from analytics.store.event_store import open_store_at


@pytest.fixture(autouse=True)
def store(store_url, use_store):
    """A function that opens the store that commands use, to look into it."""
    use_store(store_url)
    return lambda: open_store_at(store_url)


@pytest.fixture
def piped(run, monkeypatch):
    """A function that runs a command with a text piped into it."""

    def piped(text, *arguments):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return run(*arguments)

    return piped


def looked(store, look):
    opened = store()
    try:
        return look(opened)
    finally:
        opened.close()


def test_a_webhook_is_made_and_shown_once_with_what_to_enter(piped, store):
    code, out, err = piped(
        "secret\n", "connections", "create", "Our number", "--from", "whatsapp", "--collector", "https://x.test/"
    )
    address, token = out.splitlines()
    assert code == 0
    assert address.startswith("https://x.test/v1/webhooks/wh_")
    assert "Callback URL" in err
    assert "secret\n" not in out
    webhook = looked(store, lambda opened: opened.webhooks.find(address.rpartition("/")[2]))
    assert (webhook.system, webhook.secret, webhook.is_verified_by(token)) == ("cloud_api", "secret", True)


def test_whatsapp_needs_its_secret(piped):
    code, _, err = piped("\n", "connections", "create", "Our number", "--from", "whatsapp")
    assert code == 2
    assert "app secret" in err


def test_connections_are_listed_changed_and_removed(run, piped, store):
    assert "There are no connections yet" in run("connections", "list")[2]
    key = run("connections", "create", "CRM")[1].strip()
    address = piped("", "connections", "create", "Desk", "--from", "chatwoot")[1].strip()
    rows = [line.split()[:3] for line in run("connections", "list")[1].splitlines()[1:]]
    assert [row[1:] for row in rows] == [["Desk", "chatwoot"], ["CRM", "program"]]
    assert "Desk" not in run("keys", "list")[1]
    assert piped("s3cret\n", "connections", "secret", rows[0][0])[0] == 0
    hook_id = address.rpartition("/")[2]
    assert looked(store, lambda opened: opened.webhooks.find(hook_id)).secret == "s3cret"  # noqa: S105
    assert piped("x\n", "connections", "secret", rows[1][0])[0] == 2
    for row in rows:
        assert run("connections", "remove", row[0])[0] == 0
    assert looked(store, lambda opened: (opened.webhooks.find(hook_id), opened.keys.find(key))) == (None, None)
