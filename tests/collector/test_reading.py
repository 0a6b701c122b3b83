"""Programs with a read key get the numbers of their project, as the command line gives them, and nothing else."""

import io
import json
import random

import pytest
import requests
from click.testing import CliRunner

from analytics import read_dump, validate
from analytics.asking.answering import Answering
from analytics.cli.main import commands
from analytics.settings import Settings, settings
from analytics.simulation import simulate
from analytics.store.audit import Wanted, list_entries
from analytics.store.read_keys import ReadKeys
from tests.servers import collector

CHOICES = {
    "from": ["2026-01-03", "2026-01-05"],
    "to": ["2026-01-06", "2026-01-09"],
    "timezone": ["Africa/Nairobi", "America/Sao_Paulo"],
    "country": ["KE", "BR", "Unknown"],
    "mode": ["bot", "agent"],
    "agent": ["(none)", "agent_1"],
    "weekday": ["monday", "sat"],
    "hour": ["9", "17"],
    "compare": ["previous", "week"],
    "start-mode": ["auto", "bot"],
    "as-of": ["2026-01-08T12:00:00Z"],
}


@pytest.fixture
def key(store):
    """A read key of a project with some traffic."""
    events = b"".join(simulate(2_000, seed=7, days=9))
    found = validate(read_dump(io.BytesIO(events)))
    store.add_import(store.create_project("shop").id, found, file="a.ndjson", digest="")
    return ReadKeys(store.database).create("BI", "shop")


@pytest.fixture
def address(store):
    with collector(store, Settings(reads_per_second=0)) as address:
        yield address


def read(address, key, path="/v1/report", **asked):
    return requests.get(address + path, params=asked, headers={"X-Read-Key": key} if key else {}, timeout=30)


def test_the_report_is_that_of_the_command_line_to_the_last_digit(store, key, address, monkeypatch):
    monkeypatch.setenv("ANALYTICS_STORE_URL", f"duckdb:///{store.database.path}")
    settings.cache_clear()
    answering = Answering(store, store.database.path)
    chance = random.Random(5)  # noqa: S311
    try:
        for _ in range(25):
            chosen = {name: chance.choice(values) for name, values in CHOICES.items() if chance.random() < 0.3}
            command = ["metrics", "--format", "json", *(f"--{name}={value}" for name, value in chosen.items())]
            printed = CliRunner().invoke(commands, command)
            assert printed.exit_code == 0, printed.output
            answer = read(address, key, **chosen)
            assert (answer.status_code, answer.json()) == (200, json.loads(printed.stdout)), chosen
    finally:
        answering.stop()
        settings.cache_clear()


def test_who_waits_is_told_masked(store, key, address):
    told = read(address, key, "/v1/waiting", wait="reply").json()
    assert told["count"] == len(told["waiting"]) > 0
    first = told["waiting"][0]
    assert first.keys() == {"customer", "since", "waited_seconds", "free_reply_seconds", "agent", "country"}
    phones = set(store.events(store.project("shop").id).events["user_id"])
    text = json.dumps(told)
    assert [phone for phone in phones if phone in text] == []


@pytest.mark.parametrize("path", ["/v1/report", "/v1/waiting"])
def test_only_a_usable_read_key_reads_and_it_adds_nothing(store, key, address, path):
    assert read(address, key, path).status_code == 200
    for other in (None, "rk_made_up", store.keys.create("CRM", "shop")):
        refused = read(address, other, path)
        assert refused.status_code == 401
        assert "metrics" not in refused.json()
    posted = requests.post(f"{address}/v1/capture", json={"batch": []}, headers={"X-Write-Key": key}, timeout=30)
    assert posted.status_code == 401
    ReadKeys(store.database).revoke(ReadKeys(store.database).all()[0].id)
    assert read(address, key, path).status_code == 401


def test_a_key_reads_its_own_project_alone(store, key, address):
    other = ReadKeys(store.database).create("BI", "desk")
    assert read(address, key).json()["events"]["total"] > 1_000
    assert read(address, other).json()["events"]["total"] == 0


@pytest.mark.parametrize(("asked", "why"), [
    ({"agents": "a"}, "'agents' is no parameter; there are agent,"),
    ({"from": "yesterday"}, "from: 'yesterday' is not a day"),
    ({"from": "2026-01-05", "to": "2026-01-04"}, "to 2026-01-04 is before from 2026-01-05."),
    ({"from": ["2026-01-05", "2026-01-06"]}, "from comes twice."),
    ({"timezone": "Mars"}, "timezone: 'Mars' is not a time zone"),
    ({"timezone": "../../etc/passwd"}, "is not a time zone"),
    ({"country": "Kenya"}, "country: 'Kenya' is not a country"),
    ({"compare": "decade"}, "compare: 'decade' is not a period"),
])  # fmt: skip
def test_what_has_no_sense_is_refused_in_words(key, address, asked, why):
    refused = read(address, key, **asked)
    assert (refused.status_code, refused.json()["code"]) == (400, "wrong_parameter")
    assert why in refused.json()["message"]
    assert read(address, key, "/v1/waiting", wait="forever").status_code == 400


def test_too_many_requests_are_asked_to_come_back(store, key):
    with collector(store, Settings(reads_per_second=1)) as address:
        answers = [read(address, key) for _ in range(3)]
    assert 429 in [answer.status_code for answer in answers]
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 429)


def test_keys_are_noted_and_only_their_digest_is_kept(store, key):
    ReadKeys(store.database).revoke(ReadKeys(store.database).all()[0].id)
    noted = [entry.what for entry in list_entries(store.database, Wanted())]
    assert noted[:2] == ["read key revoked", "read key made"]
    with store.database.reading() as connection:
        assert key not in str(connection.exec_driver_sql("SELECT * FROM read_keys").fetchall())
