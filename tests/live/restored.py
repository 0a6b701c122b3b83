"""`python -m tests.live.restored`: a PostgreSQL store that is moved to another cluster, watched for minutes.

Events are stored in a cluster that has counted many transactions; `pg_dump` takes them to a fresh one, perhaps of a
later major version. The dashboard there must show all of them once, as long as it is watched, and follow what comes.
"""

import argparse
import contextlib
import io
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics import read_dump, validate
from analytics.live.follower import Follower
from analytics.simulation import simulate
from analytics.store.event_store import EventStore, open_store_at
from tests.events_of import ndjson, received
from tests.postgres import Postgres
from tests.servers import free_port

_TRANSACTIONS = 100_000
_BETWEEN_SECONDS = 10


@contextlib.contextmanager
def cluster_of(programs: Path, user: str) -> Iterator[str]:
    """Yield the address of a new database in a cluster made by the PostgreSQL whose programs these are."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        for path in (data, data.parent):
            subprocess.run(["chown", user, path], check=True)

        def run(program: str, *arguments: str) -> None:
            subprocess.run([programs / program, *arguments], check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")

        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data}"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def fill(store: EventStore, count: int) -> int:
    """Store about so many simulated events, and return how many there are."""
    start = date(2026, 1, 1)
    found = validate(read_dump(io.BytesIO(b"".join(simulate(count, seed=1, start=start, days=30)))))
    project = store.create_project("shop")
    store.add_import(project.id, found, file="simulated", digest="")
    return store.count(project.id)


def watch(store: EventStore, expected: int, until: float) -> None:
    """Look at the dashboard's events until then; now and then one is added.

    Raises:
        AssertionError: where there are ever other than were stored.
    """
    project = store.project("shop")
    live = Follower(store, project)
    added, next_time, began = 0, time.monotonic() + _BETWEEN_SECONDS, datetime.now(UTC) - timedelta(days=1)
    try:
        while time.monotonic() < until:
            shown = len(live.look().events)
            assert expected <= shown <= expected + added, f"{shown} events are shown of {expected + added}"
            if time.monotonic() > next_time:
                assert shown == expected + added, "what comes is followed"
                at = f"{began + timedelta(seconds=added):%Y-%m-%d %H:%M:%S}"
                found = validate(read_dump(io.BytesIO(ndjson([received(at, f"new {added}")]))))
                store.add_import(project.id, found, file="new", digest="")
                added, next_time = added + 1, time.monotonic() + _BETWEEN_SECONDS
            time.sleep(0.2)
    finally:
        live.stop()
    print(f"{expected:,} events stood for the whole time, and {added} that came since were followed")  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--old-programs", type=Path, help="where the programs of an older PostgreSQL are")
    parser.add_argument("--user", default="postgres", help="who runs the older PostgreSQL")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        new = _enter(stack)
        if options.old_programs:
            url = stack.enter_context(cluster_of(options.old_programs, options.user))
        else:
            url = _enter(stack).new_database()
        new.use_up_transactions(url, _TRANSACTIONS)
        store = open_store_at(url)
        count = fill(store, options.events)
        store.close()
        store = open_store_at(new.restore(new.dump(url)))
        stack.callback(store.close)
        watch(store, count, time.monotonic() + 60 * options.minutes)


def _enter(stack: contextlib.ExitStack) -> Postgres:
    server = Postgres()
    stack.callback(server.close)
    return server


if __name__ == "__main__":
    main()
