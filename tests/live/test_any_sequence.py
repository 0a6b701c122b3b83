"""Whatever happens to store and follower, in any order: the dashboard shows what is stored, and all of it once."""

import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.events.contract import Assumptions
from analytics.events.raw_lines import RawLines
from analytics.events.validate import validate
from analytics.facts.facts import build_facts
from analytics.live import follower, snapshots
from analytics.live.follower import Follower
from analytics.metrics.filters import Filter
from analytics.metrics.report import report
from analytics.store.event_store import open_store_at
from analytics.store.postgres import PostgresDatabase
from analytics.store.rows import event_rows
from analytics.store.tables import events
from tests.events_of import JOHN, MARY, MUCH_LATER, ndjson, read, received, sent
from tests.postgres import Postgres

IDS = (JOHN, MARY, "KE.1349AB", "KE.1350CD", "+254700000009")
NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NUMBERS),
        st.tuples(st.just("link"), NUMBERS),
        st.tuples(st.just("begin"), NUMBERS),
        st.sampled_from([("commit",), ("undo",), ("look",), ("fail",), ("reopen",), ("back up",), ("restore",)]),
    ),
    max_size=9,
)


def validated(numbers, **links):
    """Messages of several customers; the statuses of some name another id."""
    lines = [
        event
        for number in numbers
        for user in [IDS[number % len(IDS)]]
        for event in (
            received(f"06:{number:02}", f"m{number}", user=user, **links),
            sent(f"07:{number:02}", f"a{number}", user=user),
            read(f"08:{number:02}", f"a{number + number % 2}", user=user),
        )
    ]
    return validate([RawLines.from_text(ndjson(lines))], Assumptions(now=MUCH_LATER))


class Shop:
    """A store with a follower, and what may happen to them; each step is a method."""

    def __init__(self, clusters, url):
        self._clusters, self._url = clusters, url
        self._backup = None
        self._writers = []
        self._open()

    def _open(self):
        self.store = open_store_at(self._url)
        self.project = self.store.create_project("shop")
        self.live = Follower(self.store, self.project)

    def close(self):
        while self._writers:
            self.commit()
        self.live.stop()
        self.store.close()

    def add(self, numbers):
        self.store.add_import(self.project.id, validated(numbers), file="f", digest="")

    def link(self, numbers):
        """Say of some customers, maybe in events that are known, that they are one who is known by another id, too."""
        found = validated(numbers, waUserId=IDS[numbers[0] % len(IDS)], phone="KE.1351EF")
        self.store.add_import(self.project.id, found, file="f", digest="")

    def begin(self, numbers):
        """Begin to add events in a transaction that others overtake; DuckDB has one writer at a time."""
        if not self._clusters or self._writers:
            return
        writing = self.store.database.writing()
        rows = event_rows(validated([20 + number for number in numbers]).events, self.project.id, datetime.now(UTC))
        self.store.database.insert(writing.__enter__(), events, rows)
        self._writers.append(writing)

    def commit(self):
        if self._writers:
            self._writers.pop().__exit__(None, None, None)

    def undo(self):
        for done in self.store.imports(self.project.id):
            if not done.undone_at:
                self.store.undo_import(self.project.id, done.id)
                return

    def look(self):
        self.live.look()

    def fail(self):
        """Have the follower meet an error that nobody expects."""
        read, failed = self.store.events, []

        def events(*arguments):
            if not failed and threading.current_thread().name == "follower":
                failed.append(True)
                raise MemoryError
            return read(*arguments)

        self.store.events = events

    def reopen(self):
        self.close()
        self._open()

    def back_up(self):
        self.close()
        self._backup = self._clusters[0].dump(self._url) if self._clusters else self._path.read_bytes()
        self._open()

    @property
    def _path(self):
        return self.store.database.path

    def restore(self):
        """Restore the backup; in PostgreSQL into another cluster, to which the address then leads, as all goes on."""
        if self._backup is None:
            return
        if not self._clusters:
            self.close()
            for copy in self._path.parent.glob("*.copy*"):
                copy.unlink()
            self._path.write_bytes(self._backup)
            self._open()
            return
        while self._writers:
            self.commit()
        self._clusters.reverse()
        self._url = self._clusters[0].restore(self._backup)
        self.store.database.close()
        self.store.database = PostgresDatabase(self._url)
        self._backup = self._clusters[0].dump(self._url)

    def check(self):
        """The numbers of the dashboard are soon those of the stored events, each counted once."""
        while self._writers:
            self.commit()
        stored = self.store.events(self.project.id)
        until = time.monotonic() + 20
        while not self._shows(stored):
            assert time.monotonic() < until
            time.sleep(0.02)
        expected = build_facts(stored.events, links=stored.links)
        assert report(self.live.look().facts, Filter()) == report(expected, Filter())

    def _shows(self, stored):
        shown = self.live.look().found
        return sorted(shown.events["message_id"]) == sorted(stored.events["message_id"]) and len(shown.links) == len(
            stored.links
        )


@pytest.fixture(scope="module")
def another_cluster():
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(params=["duckdb", "postgresql"])
def open_shop(request, tmp_path_factory, monkeypatch):
    """A function that makes a shop in an empty store, whose follower is quick and keeps snapshots of few events."""
    for name in ("_POLL_SECONDS", "_BETWEEN_CHANGES_SECONDS", "_LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(follower, name, 0.02)
    monkeypatch.setattr(snapshots, "LEAST_EVENTS", 1)
    clusters = []
    if request.param == "postgresql":
        clusters = [request.getfixturevalue(name) for name in ("postgres", "another_cluster")]
        clusters[0].use_up_transactions(clusters[0].new_database(), 3_000)  # so that the other's are behind

    def open_shop():
        path = tmp_path_factory.mktemp("store") / "events.duckdb"
        return Shop([*clusters], clusters[0].new_database() if clusters else f"duckdb:///{path}")

    return open_shop


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("add", [1]), ("back up",), ("look",), ("add", [2]), ("look",), ("restore",), ("add", [3])])
@example(steps=[("add", [1]), ("look",), ("fail",), ("add", [2]), ("begin", [3]), ("add", [4]), ("commit",), ("undo",)])
@example(steps=[("add", [1, 2, 3]), ("look",), ("link", [1, 2]), ("look",), ("link", [2, 3]), ("undo",), ("undo",)])
def test_after_any_sequence_each_event_is_counted_once(steps, open_shop):
    shop = open_shop()
    try:
        for name, *arguments in steps:
            getattr(shop, name.replace(" ", "_"))(*arguments)
        shop.check()
    finally:
        shop.close()
