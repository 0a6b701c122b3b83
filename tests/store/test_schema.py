"""The tables are made once, and upgraded in order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest
from sqlalchemy import select, text, update

from analytics.events.export import to_ndjson
from analytics.events.identity import OTHER_CODE
from analytics.store.database import StoreError
from analytics.store.event_store import open_store_at
from analytics.store.judged_again import find_judged_again
from analytics.store.rejected import RetryResult
from analytics.store.schema import UPGRADES, prepare
from analytics.store.tables import METADATA, schema_version
from analytics.store.tables import events as events_table
from tests.events_of import contact, delivered, failed, received, resolved
from tests.store.older_tables import take_back

LATEST = 1 + len(UPGRADES)
VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()
"""The tables as version 1 made them, with a row or two; both databases understand it."""


def version(store):
    with store.database.reading() as connection:
        return connection.scalars(select(schema_version.c.version)).all()


def upgrade(name):
    """An upgrade that notes that it ran."""
    return lambda connection: connection.execute(text("INSERT INTO done (name) VALUES (:name)"), {"name": name})


@pytest.fixture
def done(store):
    """A function that returns the upgrades that ran, in order."""
    with store.database.writing() as connection:
        connection.execute(text("CREATE TABLE done (name TEXT)"))

    def done():
        with store.database.reading() as connection:
            return connection.scalars(text("SELECT name FROM done")).all()

    return done


def test_a_new_store_is_of_the_latest_version(store):
    assert version(store) == [LATEST]


def test_upgrades_run_once_and_in_order(store, done):
    prepare(store.database, [*UPGRADES, upgrade("a")])
    assert (version(store), done()) == ([LATEST + 1], ["a"])
    for _ in range(2):
        prepare(store.database, [*UPGRADES, upgrade("a"), upgrade("b"), upgrade("c")])
        assert (version(store), done()) == ([LATEST + 3], ["a", "b", "c"])


def test_an_upgrade_that_fails_changes_nothing(store, done):
    def fail(_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        prepare(store.database, [*UPGRADES, upgrade("a"), fail])
    assert (version(store), done()) == ([LATEST], [])


def test_a_store_of_a_later_version_is_refused(store, store_url):
    with store.database.writing() as connection:
        connection.execute(update(schema_version).values(version=99))
    store.close()
    with pytest.raises(StoreError, match=rf"later version made this .* \(tables 99, we know {LATEST}\): update"):
        open_store_at(store_url)


def make(store_url, tables):
    """Make the tables of an older store."""
    kind, _, place = store_url.partition("://")
    with duckdb.connect(place[1:]) if kind == "duckdb" else psycopg.connect(store_url) as old:
        old.execute(tables)


@pytest.fixture
def old_store(store_url):
    """A store that was made by version 1."""
    make(store_url, VERSION_1)
    store = open_store_at(store_url)
    yield store
    store.close()


def test_a_store_of_version_1_is_upgraded_with_what_it_holds(old_store, found):
    assert version(old_store) == [LATEST]
    shop = old_store.project("shop").id
    (entry,) = old_store.imports(shop)
    assert (entry.file, entry.who, entry.stored, entry.undone_at) == ("march.ndjson", None, 1, None)
    assert [event.raw for event in old_store.list_rejected(shop)] == [b'{"a": ', b"bad"]
    old_store.add_import(shop, found(b"bad", b"worse"), file="april.ndjson", digest="other")
    assert [event.raw for event in old_store.list_rejected(shop)] == [b'{"a": ', b"bad", b"worse"]
    assert old_store.undo_import(shop, entry.id) == 1
    assert old_store.count(shop) == 0
    assert [event.raw for event in old_store.list_rejected(shop)] == [b"worse"]


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
def test_a_backup_of_the_old_tables_is_made_before_an_upgrade(store_url, tmp_path, caplog):
    make(store_url, VERSION_1)
    open_store_at(store_url).close()
    kept = tmp_path / f"events.duckdb.before-version-{LATEST}"
    assert f"the tables are upgraded to version {LATEST}; {kept.name} holds them as they were" in caplog.messages
    with duckdb.connect(str(kept), read_only=True) as old:
        assert old.sql("SELECT version FROM schema_version").fetchall() == [(1,)]
        assert old.sql("SELECT count(*) FROM events").fetchall() == [(1,)]
    kept.unlink()
    open_store_at(store_url).close()
    assert not kept.exists()


@pytest.mark.parametrize("store_url", ["duckdb"], indirect=True)
def test_where_no_backup_can_be_made_nothing_is_upgraded(store_url, tmp_path):
    make(store_url, VERSION_1)
    (tmp_path / f"events.duckdb.before-version-{LATEST}.part").mkdir()
    with pytest.raises(StoreError, match="The tables must be upgraded, and no backup can be made before that: "):
        open_store_at(store_url)
    with duckdb.connect(str(tmp_path / "events.duckdb")) as old:
        assert old.sql("SELECT version FROM schema_version").fetchall() == [(1,)]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_an_upgrade_of_postgresql_says_that_only_its_own_backups_lead_back(store_url, caplog):
    make(store_url, VERSION_1)
    open_store_at(store_url).close()
    assert (
        f"the tables are upgraded to version {LATEST}: only a backup by pg_dump from before leads back" in caplog.text
    )


def test_an_upgraded_store_has_the_columns_of_a_new_one(old_store):
    with old_store.database.reading() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(select(table)).all()


UNKNOWN = text(
    "INSERT INTO events (key, project, revision, received_at, import_id, event, timestamp, user_id, test, properties)"
    " VALUES (CAST(:key AS UUID), :project, 1, CAST(:received AS TIMESTAMPTZ), :import_id, :event,"
    " CAST('2026-03-01 08:00:00+00' AS TIMESTAMPTZ), '+254712345678', false, :properties)"
)


@pytest.fixture
def reopened_with(store, store_url, shop):
    """A function that stores events as they were kept while their name was unknown, and opens the store again."""
    opened = []

    def reopen(*kept):
        with store.database.writing() as connection:
            for number, (name, properties) in enumerate(kept):
                key = f"{number:031x}{OTHER_CODE:x}"
                received = f"2026-03-02 08:00:{number:02}+00"
                values = {"key": key, "project": shop, "received": received, "import_id": "0a1b2c3d", "event": name}
                connection.execute(UNKNOWN, values | {"properties": properties})
            take_back(connection, "_learn_of_failures")
        store.close()
        opened.append(open_store_at(store_url))
        return opened[-1]

    yield reopen
    for again in opened:
        again.close()


def test_an_event_that_was_unknown_and_is_known_now_gets_the_identity_of_its_name(reopened_with, found, shop, caplog):
    kept = '{"messageId":"m1","errorCode":131026,"shard":3}'
    store = reopened_with(("message.failed", kept), ("poll.sent", '{"poll":1}'))
    message = "project shop: 1 events have a name that is known now: 1 count, 0 came again, 0 cannot be used"
    assert message in caplog.messages
    events = store.events(shop).events
    assert events["event"].tolist() == ["poll.sent", "message.failed"]
    known = events.iloc[1]
    assert (known["message_id"], known["error_code"], known["properties"]) == ("m1", "131026", kept)
    again = store.add_import(shop, found(failed("06:30", "m1", 131026)), file="again.ndjson", digest="")
    assert (again.stored, again.duplicates) == (0, 1)


def test_it_stays_with_the_import_that_brought_it_and_as_old_as_it_was(reopened_with):
    store = reopened_with(("message.failed", '{"messageId":"m1"}'))
    with store.database.reading() as connection:
        (kept,) = connection.execute(select(events_table.c.import_id, events_table.c.received_at))
    assert (kept.import_id, f"{kept.received_at.astimezone(UTC):%F %T}") == ("0a1b2c3d", "2026-03-02 08:00:00")


def test_of_several_that_are_one_event_now_the_first_counts_and_what_lacks_an_id_is_rejected(
    reopened_with, shop, caplog
):
    store = reopened_with(
        ("message.failed", '{"messageId":"m1","errorCode":1}'),
        ("message.failed", '{"messageId":"m1","errorCode":2}'),
        ("message.failed", '{"errorCode":3}'),
    )
    assert "project shop: 3 events have a name that is known now: 1 count, 1 came again, 1 cannot be used" in (
        caplog.messages
    )
    assert store.events(shop).events["error_code"].tolist() == ["1"]
    assert [(again.event, again.fields, again.count) for again in store.repeats(shop)] == [
        ("message.failed", ("errorCode",), 1)
    ]
    assert [(reason.field, reason.code, reason.count) for reason in store.list_reasons(shop)] == [
        ("properties.messageId", "missing", 1)
    ]


def test_what_an_upgrade_made_of_the_events_of_a_project_is_kept(reopened_with, shop):
    store = reopened_with(
        ("message.failed", '{"messageId":"m1","errorCode":1}'),
        ("message.failed", '{"messageId":"m1","errorCode":2}'),
        ("message.failed", '{"errorCode":3}'),
    )
    found = find_judged_again(store.settings, shop)
    assert (found.known_now, found.rejected) == (RetryResult(1, 1, 1), RetryResult(0, 0, 1))
    assert timedelta(0) <= datetime.now(UTC) - found.at < timedelta(minutes=5)


def test_an_upgrade_that_changes_no_event_leaves_no_word(reopened_with, shop):
    store = reopened_with(("poll.sent", '{"poll":1}'))
    assert find_judged_again(store.settings, shop) is None


def test_what_is_stored_is_judged_again_once(reopened_with, store_url, shop, caplog):
    store = reopened_with(("message.failed", '{"messageId":"m1"}'))
    generation = store.position(shop).partition(" ")[0]
    store.close()
    caplog.clear()
    store = open_store_at(store_url)
    assert (store.position(shop).partition(" ")[0], caplog.messages) == (generation, [])
    store.close()


@pytest.fixture
def store_of_yesterday(store_url):
    """A store that was made before a column of each type was declared."""
    lacking = VERSION_1
    for column in ("source TEXT,", "has_media BOOLEAN,", "message_count DOUBLE PRECISION,", "properties TEXT"):
        assert column in lacking
        lacking = lacking.replace(column, "")
    make(store_url, lacking.replace("reported_at TIMESTAMP WITH TIME ZONE, test BOOLEAN,", "test BOOLEAN"))
    store = open_store_at(store_url)
    yield store
    store.close()


EVENTS_WITH_IT_ALL = (
    contact("06:00", source="website", note="kept"),
    received("06:30", "m2", hasMedia=False),
    delivered("06:34", "m3", deliveredAt="2026-01-20T06:33:59.123456Z"),
    resolved("06:36", messageCount=7),
)


def lines(events):
    return sorted(b"".join(to_ndjson(events)).splitlines())


def test_a_column_that_was_declared_since_is_added_to_a_store(store_of_yesterday, found):
    shop = store_of_yesterday.project("shop").id
    assert store_of_yesterday.add_import(shop, found(*EVENTS_WITH_IT_ALL), file="april.ndjson", digest="").stored == 4
    events = store_of_yesterday.events(shop).events
    old, new = events[events["message_id"] == "m1"], events[events["message_id"] != "m1"]
    added = ["source", "has_media", "message_count", "reported_at", "properties"]
    assert old[added].isna().to_numpy().tolist() == [[True] * len(added)]
    expected = found(*EVENTS_WITH_IT_ALL).events
    assert lines(new) == lines(expected)
    assert events.dtypes.astype(str).equals(expected.dtypes.astype(str))


def test_columns_are_added_once(store_of_yesterday, store_url):
    store_of_yesterday.close()
    for _ in range(2):
        store = open_store_at(store_url)
        assert (version(store), store.count(store.project("shop").id)) == ([LATEST], 1)
        store.close()
